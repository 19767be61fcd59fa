//! Reads lines from standard input and writes the phonemes of each: `speak es < lines`. With `auto`
//! each line's language is found first.

use std::io::{BufRead, Write};

use catbird_score::Language;
use catbird_speech::{Aids, Pronunciations, language_of, read};

fn main() -> std::io::Result<()> {
    let asked = std::env::args().nth(1).unwrap_or_default();
    let dots = std::env::args().nth(2).is_some();
    let pronunciations = Pronunciations::default();
    let aids = Aids {
        unknown: None,
        pronunciations: &pronunciations,
    };
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let language = Language::find(&asked).unwrap_or_else(|| language_of(&line, Language::English));
        match read(&line, language, &aids) {
            Ok(words) => {
                let words: Vec<String> = words
                    .iter()
                    .map(|w| {
                        let parts: Vec<&str> = w.syllables.iter().map(|s| s.phonemes.as_str()).collect();
                        parts.join(if dots { "." } else { "" })
                    })
                    .collect();
                writeln!(out, "{}", words.join(" "))?;
            }
            Err(error) => writeln!(out, "{error}")?,
        }
    }
    Ok(())
}
