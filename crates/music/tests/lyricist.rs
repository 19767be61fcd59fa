//! The built-in lyricist over many descriptions.

use std::{collections::BTreeSet, time::Instant};

use catbird_music::{compose, lyricist, lyrics::Lyrics, words::english};
use catbird_score::{Brief, Role};

const DESCRIPTIONS: &str = include_str!("../examples/lyricist/descriptions.txt");

fn syllables(line: &str) -> usize {
    english(line, None).iter().map(|w| w.syllables.len()).sum()
}

#[test]
fn every_song_keeps_the_form() {
    for description in DESCRIPTIONS.lines().step_by(3) {
        let song = lyricist::write(description, 3);
        let lyrics = Lyrics::parse(&song.lyrics);
        let of = |role: Role| lyrics.sections.iter().filter(|s| s.role == role).collect::<Vec<_>>();
        let (verses, choruses) = (of(Role::Verse), of(Role::Chorus));
        assert!(verses.len() >= 2 && choruses.len() >= 2, "{}", song.lyrics);
        assert!(
            choruses
                .iter()
                .all(|c| c.lines == choruses[0].lines && c.lines.len() == 4),
            "{}",
            song.lyrics
        );
        assert!(!song.title.is_empty() && song.title.len() <= 80 && !song.tags.is_empty());
        assert!(song.lyrics.contains("[Outro]"), "{}", song.lyrics);
        for (a, b) in verses[0].lines.iter().zip(&verses[1].lines) {
            assert!(syllables(a).abs_diff(syllables(b)) <= 2, "{a} / {b}");
        }
        let mut seen = BTreeSet::new();
        for line in lyrics
            .sections
            .iter()
            .filter(|s| s.role != Role::Chorus)
            .flat_map(|s| &s.lines)
        {
            assert!(seen.insert(line.to_lowercase()), "twice: {line}\n{}", song.lyrics);
        }
        let lines: usize = lyrics.sections.iter().map(|s| s.lines.len()).sum();
        assert!((14..=34).contains(&lines), "{lines} lines\n{}", song.lyrics);
        assert_eq!(
            catbird_speech::language_of_song(song.lyrics.lines().filter(|l| !l.starts_with('['))),
            Ok(catbird_score::Language::English),
            "{}",
            song.lyrics
        );
    }
}

#[test]
fn what_should_rhyme_rhymes() {
    let (mut asked, mut perfect) = (0, 0);
    for description in DESCRIPTIONS.lines().step_by(4) {
        for rhyme in lyricist::draft(description, 5).1 {
            asked += 1;
            perfect += usize::from(rhyme.perfect);
        }
    }
    assert!(asked > 200 && perfect * 100 >= asked * 95, "{perfect} of {asked}");
}

#[test]
fn the_seed_decides_and_the_theme_is_named() {
    let text = "paper boats on a gutter stream";
    assert_eq!(lyricist::write(text, 7), lyricist::write(text, 7));
    let all: BTreeSet<String> = (0..20).map(|seed| lyricist::write(text, seed).lyrics).collect();
    assert_eq!(all.len(), 20);
    for lyrics in all {
        let chorus = lyrics.split("[Chorus]").nth(1).unwrap_or_default().to_lowercase();
        let chorus = chorus.split('[').next().unwrap_or_default();
        assert!(chorus.contains("boats") || chorus.contains("stream"), "{lyrics}");
    }
}

#[test]
fn rude_words_do_not_leak() {
    for text in [
        "fucking shit day",
        "you b1tch",
        "a bitch and a dick walk into a bar",
        "SH1T",
        "f*ck the system",
        "sex on the beach",
    ] {
        for seed in 0..4 {
            let song = lyricist::write(text, seed);
            let all = format!("{} {} {}", song.title, song.tags, song.lyrics).to_lowercase();
            for rude in ["fuck", "shit", "bitch", "b1tch", "dick", "sh1t", " sex", "f*ck"] {
                assert!(!all.contains(rude), "{text}: {all}");
            }
        }
    }
}

#[test]
fn anything_gives_a_song_soon() {
    lyricist::write("warm up", 0);
    let long = "moon over the river and ".repeat(5000);
    let odd = [
        "",
        " ",
        "🎵🔥💔",
        "12345",
        "日本の夏",
        "мир",
        "[Verse] [Chorus]",
        "\u{0}\u{7}",
        "{the} {gen}",
        "a*b*c",
        "'''",
        "I",
        long.as_str(),
    ];
    let begin = Instant::now();
    for text in odd {
        let song = lyricist::write(text, 1);
        assert!(
            Lyrics::parse(&song.lyrics).words().count() > 50,
            "{text}: {}",
            song.lyrics
        );
        assert!(!song.lyrics.contains(['{', '}', '*', '~', '|']), "{}", song.lyrics);
    }
    assert!(begin.elapsed().as_secs() < 30);
}

#[test]
fn the_words_can_be_composed() {
    for (i, text) in ["a lonely astronaut", "rap about the corner store", "ambient drone"]
        .into_iter()
        .enumerate()
    {
        let song = lyricist::write(text, i as u64);
        let brief = Brief {
            lyrics: Some(song.lyrics),
            description: text.to_owned(),
            ..Brief::default()
        };
        let score = compose(&brief, None).unwrap();
        assert!((60.0..400.0).contains(&score.seconds), "{text}: {} s", score.seconds);
    }
}
