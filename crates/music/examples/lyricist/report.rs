//! The lyricist in figures.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    time::Instant,
};

use catbird_music::{
    compose, lyricist,
    lyrics::Lyrics,
    words::{english, spelling},
};
use catbird_score::{Brief, Meter, Role, Score};

/// Songs composed for the match of stress and beat.
const COMPOSED: usize = 40;

/// Words that say nothing of a theme.
const EMPTY: &str = " a an the of and to in on at for with about my your our his her its i we you he she it they who that \
    is are was were be being me us how why when what if because song songs ballad tune track music anthem ode write late \
    very long description which their them so am not do don't can't won't has had have every up down out like made used \
    lo-fi ";

/// Everything measured, as text.
pub fn report(descriptions: &str) -> Result<String, Box<dyn std::error::Error>> {
    let mut out = String::new();
    let all: Vec<&str> = descriptions.lines().collect();
    lyricist::write("warm up", 0);
    let begin = Instant::now();
    let drafts: Vec<_> = all.iter().map(|d| lyricist::draft(d, 1)).collect();
    let each = begin.elapsed().as_secs_f64() * 1000.0 / all.len() as f64;

    let (asked, perfect) = drafts.iter().fold((0, 0), |(n, p), (_, rhymes)| {
        (n + rhymes.len(), p + rhymes.iter().filter(|r| r.perfect).count())
    });
    let (mut pairs, mut mismatched, mut repeated, mut sung) = (0, 0, 0, 0);
    let (mut grams2, mut grams3, mut n2, mut n3) = (BTreeSet::new(), BTreeSet::new(), 0usize, 0usize);
    let mut lines_seen: BTreeMap<String, usize> = BTreeMap::new();
    for (written, _) in &drafts {
        let lyrics = Lyrics::parse(&written.lyrics);
        let verses: Vec<_> = lyrics
            .sections
            .iter()
            .filter(|s| s.role == Role::Verse)
            .take(2)
            .collect();
        if let [a, b] = verses.as_slice() {
            for (x, y) in a.lines.iter().zip(&b.lines) {
                let n = |l: &str| english(l, None).iter().map(|w| w.syllables.len()).sum::<usize>();
                pairs += 1;
                mismatched += usize::from(n(x).abs_diff(n(y)) > 1);
            }
        }
        let mut seen = BTreeSet::new();
        sung += lyrics.sections.iter().map(|s| s.lines.len()).sum::<usize>();
        for line in lyrics
            .sections
            .iter()
            .filter(|s| s.role != Role::Chorus)
            .flat_map(|s| &s.lines)
        {
            repeated += usize::from(!seen.insert(line.to_lowercase()));
        }
        let mut unique = BTreeSet::new();
        for line in lyrics.sections.iter().flat_map(|s| &s.lines) {
            if !unique.insert(line.clone()) {
                continue;
            }
            *lines_seen.entry(line.to_lowercase()).or_default() += 1;
            let words: Vec<String> = spelling::written(line)
                .into_iter()
                .map(|w| w.text.to_lowercase())
                .collect();
            n2 += words.windows(2).count();
            n3 += words.windows(3).count();
            grams2.extend(words.windows(2).map(|w| w.join(" ")));
            grams3.extend(words.windows(3).map(|w| w.join(" ")));
        }
    }
    let english_themes: Vec<_> = all
        .iter()
        .zip(&drafts)
        .filter(|(d, _)| !theme_words(d).is_empty())
        .collect();
    let named = english_themes.iter().filter(|(d, (w, _))| names(d, &w.lyrics)).count();
    let in_chorus = english_themes
        .iter()
        .filter(|(d, (w, _))| names(d, &chorus(&w.lyrics)))
        .count();
    let songs: BTreeSet<&str> = drafts.iter().map(|(w, _)| w.lyrics.as_str()).collect();
    let titles: BTreeSet<&str> = drafts.iter().map(|(w, _)| w.title.as_str()).collect();
    let shared = lines_seen.values().filter(|n| **n > 1).count();
    let twins: f64 = all
        .iter()
        .map(|d| overlap(&lyricist::write(d, 1).lyrics, &lyricist::write(d, 2).lyrics))
        .sum();

    writeln!(out, "descriptions                              {}", all.len())?;
    writeln!(
        out,
        "different songs / titles                  {} / {}",
        songs.len(),
        titles.len()
    )?;
    writeln!(out, "time a song                               {each:.1} ms")?;
    writeln!(
        out,
        "sung lines a song                         {:.1}",
        sung as f64 / all.len() as f64
    )?;
    writeln!(
        out,
        "rhyming pairs, of those the schemes ask   {perfect} of {asked} ({:.1} %)",
        percent(perfect, asked)
    )?;
    writeln!(
        out,
        "distinct 2-grams / 3-grams                {:.3} / {:.3}",
        grams2.len() as f64 / n2 as f64,
        grams3.len() as f64 / n3 as f64
    )?;
    writeln!(
        out,
        "different lines, of them in several songs {} / {shared} ({:.1} %)",
        lines_seen.len(),
        percent(shared, lines_seen.len())
    )?;
    writeln!(
        out,
        "theme words in the song / in the chorus   {named} / {in_chorus} of {} ({:.1} / {:.1} %)",
        english_themes.len(),
        percent(named, english_themes.len()),
        percent(in_chorus, english_themes.len())
    )?;
    writeln!(out, "verse lines more than a syllable apart    {mismatched} of {pairs}")?;
    writeln!(out, "lines used twice outside the chorus       {repeated}")?;
    writeln!(
        out,
        "lines two seeds share                     {:.1} %",
        100.0 * twins / all.len() as f64
    )?;
    let (mut stronger, mut level, mut compared) = (0usize, 0usize, 0usize);
    let step = (all.len() / COMPOSED).max(1);
    for (description, (written, _)) in all.iter().zip(&drafts).step_by(step) {
        let brief = Brief {
            description: (*description).to_owned(),
            lyrics: Some(written.lyrics.clone()),
            tags: written.tags.clone(),
            seed: 1,
            ..Brief::default()
        };
        let score = compose(&brief, None)?;
        stress_match(&score, &mut stronger, &mut level, &mut compared);
    }
    writeln!(
        out,
        "stressed syllables on a stronger beat than an unstressed neighbour"
    )?;
    writeln!(
        out,
        "  stronger {:.1} %, as strong {:.1} %, weaker {:.1} % of {compared} neighbours",
        percent(stronger, compared),
        percent(level, compared),
        percent(compared - stronger - level, compared)
    )?;
    Ok(out)
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

fn theme_words(description: &str) -> Vec<String> {
    spelling::written(description)
        .into_iter()
        .map(|w| w.text.to_lowercase())
        .filter(|w| w.len() > 2 && w.is_ascii() && !EMPTY.contains(&format!(" {w} ")))
        .collect()
}

fn names(description: &str, text: &str) -> bool {
    let text = text.to_lowercase();
    let words: BTreeSet<String> = spelling::written(&text).into_iter().map(|w| w.text).collect();
    theme_words(description).iter().any(|w| words.contains(w))
}

fn chorus(lyrics: &str) -> String {
    let lyrics = Lyrics::parse(lyrics);
    let lines = lyrics
        .sections
        .into_iter()
        .filter(|s| s.role == Role::Chorus)
        .flat_map(|s| s.lines);
    lines.collect::<Vec<_>>().join("\n")
}

/// Share of the first text's lines that the second has too.
fn overlap(a: &str, b: &str) -> f64 {
    let lines = |t: &str| {
        t.lines()
            .filter(|l| !l.is_empty() && !l.starts_with('['))
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    let (a, b) = (lines(a), lines(b));
    a.intersection(&b).count() as f64 / a.len().max(1) as f64
}

/// Strength of a place in the bar: the first beat, half bars, beats, eighths, the rest.
fn strength(in_bar: u32, meter: Meter) -> u8 {
    let beat = meter.beat();
    match in_bar {
        0 => 4,
        t if meter.beats.is_multiple_of(2) && t == meter.bar() / 2 => 3,
        t if t.is_multiple_of(beat) => 2,
        t if t.is_multiple_of(beat / 2) => 1,
        _ => 0,
    }
}

fn stress_match(score: &Score, stronger: &mut usize, level: &mut usize, compared: &mut usize) {
    const WEAK: &str = " the a an of to in on at and or but for with from by as is are was were be am it its it's that \
        than if my your his her our their we you he she they i i'm i'll me him them us do can will have has had so this ";
    for line in score.vocal.iter().flat_map(|v| &v.lines) {
        let mut places: Vec<(u8, u8)> = Vec::new();
        for word in &line.words {
            let weak = word.syllables.len() == 1 && WEAK.contains(&format!(" {} ", word.text.to_lowercase()));
            for syllable in &word.syllables {
                let Some(note) = syllable.notes.first() else { continue };
                let stress = if weak { 0 } else { syllable.stress };
                places.push((stress, strength(note.start % score.meter.bar(), score.meter)));
            }
        }
        for pair in places.windows(2) {
            let (((2, strong), (0, weak)) | ((0, weak), (2, strong))) = (pair[0], pair[1]) else {
                continue;
            };
            *compared += 1;
            *stronger += usize::from(strong > weak);
            *level += usize::from(strong == weak);
        }
    }
}
