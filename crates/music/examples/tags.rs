//! What tags lead to: `tags` prints a table of its arguments; with no argument it reads one word or phrase a
//! line from standard input and tells how many the vocabulary knows.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::{collections::BTreeMap, io::Read};

use catbird_music::{
    compose, tags,
    vocabulary::{self, Depth},
};
use catbird_score::Brief;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    if asked.is_empty() {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        coverage(&text);
        return Ok(());
    }
    println!("| tags | style | bpm | key | voice | band |\n|---|---|---|---|---|---|");
    for words in asked {
        let brief = Brief {
            tags: words.clone(),
            lyrics: Some("[verse]\nPaper boats on a gutter stream\nCarry the names that we used to dream\n".into()),
            seed: 7,
            ..Brief::default()
        };
        let score = compose(&brief, None)?;
        let mut band: Vec<&str> = score
            .parts
            .iter()
            .filter(|p| !p.notes.is_empty())
            .map(|p| p.name.as_str())
            .collect();
        band.dedup();
        let voice = score.vocal.as_ref().map_or("none", |v| v.singer.name.as_str());
        println!(
            "| {words} | {} ({}, {}) | {:.0} | {} | {voice} | {} |",
            score.style,
            score.labels.genre,
            score.labels.mood,
            score.tempo.bpm_at(0),
            score.key.name(),
            band.join(", ")
        );
        println!("| | in more words: {} | | | | |", tags::upsample(&words, 1));
    }
    Ok(())
}

fn coverage(text: &str) {
    let mut ways: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let reading = vocabulary::read(line, Depth::Tags);
        let known = reading.found.iter().filter(|f| f.known).count();
        let whole = vocabulary::entry(line).is_some() || reading.bpm.is_some() || reading.key.is_some();
        let way = match (whole, known, reading.found.len()) {
            (true, ..) => "known",
            (_, k, n) if k > 0 && k == n => "known in its words or as a slip",
            (_, k, _) if k > 0 => "known in part",
            (_, _, n) if n > 0 => "by neighbour",
            _ => "not heard",
        };
        ways.entry(way).or_default().push(line);
    }
    let total: usize = ways.values().map(Vec::len).sum();
    for (way, words) in ways {
        println!(
            "{way}: {} of {total} ({:.1} %)",
            words.len(),
            100.0 * words.len() as f64 / total as f64
        );
        if way != "known" {
            println!("  {}", words.join("; "));
        }
    }
}
