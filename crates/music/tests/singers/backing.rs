//! Backing: under the lead, in the key, in range, as much as style and energy want.

use catbird_score::{Role, Score, SungLine};

use crate::{LYRICS, sane, song, vocal};

const STYLES: [&str; 14] = [
    "pop",
    "rock",
    "r&b",
    "gospel",
    "folk",
    "house",
    "punk",
    "reggae",
    "disco",
    "jazz",
    "hip hop",
    "trap",
    "ambient",
    "cinematic",
];

fn names(score: &Score) -> Vec<&str> {
    vocal(score).backing.iter().map(|c| c.name.as_str()).collect()
}

#[test]
fn everybody_stays_in_range_behind_the_lead() {
    for tags in STYLES {
        for seed in 0..3 {
            let what = format!("{tags} {seed}");
            let score = song(tags, LYRICS, seed);
            sane(&score, &what);
            assert_eq!(score, song(tags, LYRICS, seed), "{what}: same seed, same song");
            let lead = vocal(&score).channel.gain_db;
            for c in &vocal(&score).backing {
                let down = lead - c.channel.gain_db;
                assert!((8.9..=14.1).contains(&down), "{what}: {} is {down} dB down", c.name);
                assert!(
                    (0.29..=0.71).contains(&c.channel.pan.abs()),
                    "{what}: {} stands at {}",
                    c.name,
                    c.channel.pan
                );
            }
        }
    }
}

#[test]
fn second_voices_sing_the_words_in_thirds_and_never_cross() {
    let (mut thirds, mut notes, mut strong, mut fitting) = (0, 0, 0, 0);
    for tags in ["pop, backing vocals", "r&b", "gospel", "folk, harmonies"] {
        for seed in 0..5 {
            let score = song(tags, LYRICS, seed);
            let vocal = vocal(&score);
            for c in vocal.backing.iter().filter(|c| c.name.ends_with("harmony")) {
                for line in &c.lines {
                    let lead = crate::beside(vocal, line).expect("a line of the lead's");
                    let phonemes = |l: &SungLine| l.phonemes();
                    assert_eq!(phonemes(lead), phonemes(line));
                    assert_eq!(lead.notes().count(), line.notes().count());
                    let mut sides = std::collections::BTreeSet::new();
                    for (a, b) in lead.notes().zip(line.notes()) {
                        assert_eq!((a.start, a.length), (b.start, b.length));
                        assert!(b.velocity < a.velocity || a.velocity <= 2);
                        let apart = i32::from(b.pitch) - i32::from(a.pitch);
                        assert!((3..=9).contains(&apart.abs()), "{apart}");
                        sides.insert(apart.signum());
                        notes += 1;
                        thirds += usize::from(matches!(apart.abs(), 3 | 4 | 8 | 9));
                        let chord = score.chord_at(b.start).map(|c| c.chord);
                        assert!(
                            score.key_at(b.start).mode.harmonic_parent() != score.key_at(b.start).mode
                                || score.key_at(b.start).contains(b.pitch)
                                || chord.is_some_and(|c| c.contains(b.pitch)),
                            "{tags} {seed}: a wrong note"
                        );
                        if b.start % score.meter.beat() == 0 && b.length >= score.meter.beat() {
                            strong += 1;
                            fitting += usize::from(chord.is_some_and(|c| c.contains(b.pitch)));
                        }
                    }
                    assert_eq!(sides.len(), 1, "{tags} {seed}: the voices cross");
                }
            }
        }
    }
    assert!(notes > 500, "{notes}");
    assert!(thirds * 100 >= notes * 70, "{thirds} thirds and sixths of {notes}");
    assert!(
        fitting * 100 >= strong * 85,
        "{fitting} chord tones of {strong} strong notes"
    );
}

#[test]
fn styles_differ_and_tags_ask() {
    let many = |tags: &str| -> usize { (0..8).map(|seed| names(&song(tags, LYRICS, seed)).len()).sum() };
    assert!(
        many("gospel") > many("pop") && many("pop") > many("jazz"),
        "{} {} {}",
        many("gospel"),
        many("pop"),
        many("jazz")
    );
    assert_eq!(many("jazz"), 0);
    assert!(many("pop, backing vocals") > many("pop"));
    let refused: usize = (0..8)
        .map(|seed| {
            let mut wish = crate::brief("pop", LYRICS, seed);
            wish.negative_tags = "backing vocals".into();
            names(&catbird_music::compose(&wish, None).unwrap()).len()
        })
        .sum();
    assert!(refused < many("pop") / 2, "{refused}");
    let any = |tags: &str, name: &str| {
        (0..8).any(|seed| names(&song(tags, LYRICS, seed)).iter().any(|n| n.starts_with(name)))
    };
    assert!(any("punk", "gang") && any("rock", "octave") && any("house", "octave"));
    assert!(any("pop", "double left") && any("r&b", "high harmony") && any("folk", "low harmony"));
    assert!(any("r&b ballad", "high pad"));
    assert!(any("r&b", "calls") && any("gospel", "calls") && !any("pop", "calls") && !any("folk", "calls"));
}

#[test]
fn verses_are_the_leads_alone() {
    for seed in 0..8 {
        let score = song("pop", LYRICS, seed);
        for line in crate::with_words(vocal(&score)).flat_map(|c| &c.lines) {
            assert_eq!(score.sections[line.section].role, Role::Chorus);
        }
    }
}

#[test]
fn calls_stand_in_the_rests() {
    let mut calls = 0;
    for tags in ["r&b", "soul", "gospel", "hip hop", "trap"] {
        for seed in 0..10 {
            let score = song(
                tags,
                if matches!(tags, "hip hop" | "trap") {
                    crate::rap::RAP
                } else {
                    LYRICS
                },
                seed,
            );
            let vocal = vocal(&score);
            let time = |t: f64| score.tempo.seconds(t);
            for line in vocal
                .backing
                .iter()
                .filter(|c| c.name == "calls")
                .flat_map(|c| &c.lines)
            {
                calls += 1;
                let (a, b) = (line.notes().next().unwrap(), line.notes().last().unwrap());
                let (from, to) = (time(a.onset()), time(b.onset() + f64::from(b.length)));
                for sung in vocal.lines.iter().flat_map(SungLine::notes) {
                    let (s, e) = (time(sung.onset()), time(sung.onset() + f64::from(sung.length)));
                    assert!(e <= from || s >= to, "{tags} {seed}: over a word");
                }
            }
        }
    }
    assert!(calls > 40, "{calls}");
}
