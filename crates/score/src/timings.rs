//! Timed lyrics: when each line, word and syllable is sung.

use serde::{Deserialize, Serialize};

use crate::score::Score;

/// A word with its time in the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimedWord {
    /// The word.
    pub word: String,
    /// Seconds from the beginning of the file.
    pub start: f64,
    /// Seconds.
    pub end: f64,
}

/// A line with its time in the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimedLine {
    /// The line as written.
    pub text: String,
    /// Seconds from the beginning of the file.
    pub start: f64,
    /// Seconds.
    pub end: f64,
    /// Its words.
    pub words: Vec<TimedWord>,
}

/// The lyrics of `score` with their times, from the same tempo map as the audio.
pub fn timed_lines(score: &Score) -> Vec<TimedLine> {
    let lines = score.vocal.iter().flat_map(|v| &v.lines);
    lines
        .filter_map(|line| {
            let words: Vec<TimedWord> = line
                .words
                .iter()
                .filter_map(|word| {
                    let mut notes = word.syllables.iter().flat_map(|s| &s.notes);
                    let first = notes.next()?;
                    let last = notes.next_back().unwrap_or(first);
                    Some(TimedWord {
                        word: word.text.clone(),
                        start: score.tempo.seconds(first.onset()),
                        end: score.tempo.seconds(last.onset() + f64::from(last.length)),
                    })
                })
                .collect();
            let (start, end) = (words.first()?.start, words.last()?.end);
            Some(TimedLine {
                text: line.text.clone(),
                start,
                end,
                words,
            })
        })
        .collect()
}
