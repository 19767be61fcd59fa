//! Rows of text to lines that one breath can sing.

use catbird_speech::script::{Letters, letters};

use crate::words::spelling::{self, Glyph, glyph};

/// Full-width marks, behind which no space stands.
const WIDE: [char; 7] = ['。', '！', '？', '；', '，', '、', '：'];

/// Longest row that is left as the writer broke it, in words.
const LONGEST: usize = 10;
/// The length aimed at when a row must be cut, in words.
const IDEAL: f64 = 7.0;

/// The lines of `text`: its rows, those too long cut where a singer would breathe.
pub fn lines(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for row in text.split('\n') {
        let row = row.split_whitespace().collect::<Vec<_>>().join(" ");
        if spelling::written(&row).is_empty() {
            continue;
        }
        cut(&row, &mut out);
    }
    out
}

/// A stretch of the row between two white spaces, with how many words it holds.
struct Chunk<'a> {
    text: &'a str,
    words: usize,
    /// How good a place to breathe stands before it (0 none – 3 end of a sentence).
    breath: f64,
}

fn cut(row: &str, out: &mut Vec<String>) {
    let chunks = chunks(row);
    let total: usize = chunks.iter().map(|c| c.words).sum();
    if total <= LONGEST {
        out.push(row.to_owned());
        return;
    }
    // Shortest path over break points; a line holds at most LONGEST words unless one chunk holds more.
    let n = chunks.len();
    let mut best = vec![f64::INFINITY; n + 1];
    let mut from = vec![0; n + 1];
    best[0] = 0.0;
    for end in 1..=n {
        let mut words = 0;
        for start in (0..end).rev() {
            words += chunks[start].words;
            if words > LONGEST && end - start > 1 {
                break;
            }
            let length = (words as f64 - IDEAL).powi(2) / 4.0 + if words < 4 { 4.0 } else { 0.0 };
            let breath = if start == 0 {
                0.0
            } else {
                6.0 - 3.0 * chunks[start].breath
            };
            let cost = best[start] + length + breath;
            if cost < best[end] {
                best[end] = cost;
                from[end] = start;
            }
        }
    }
    let mut ends = vec![n];
    while let Some(&end) = ends.last().filter(|e| **e > 0) {
        ends.push(from[end]);
    }
    for pair in ends.windows(2).rev() {
        let line: Vec<&str> = chunks[pair[1]..pair[0]].iter().map(|c| c.text).collect();
        if chunks[pair[1]..pair[0]].iter().any(|c| c.words > 0) {
            let mut text = line.join(" ");
            for mark in WIDE {
                text = text.replace(&format!("{mark} "), &mark.to_string());
            }
            out.push(text);
        }
    }
}

fn chunks(row: &str) -> Vec<Chunk<'_>> {
    let pieces: Vec<&str> = row
        .split(' ')
        .flat_map(|p| p.split_inclusive(&WIDE[..]))
        .filter(|p| !p.is_empty())
        .collect();
    let capitals = pieces.iter().filter(|p| is_capital(p)).count();
    // Capitals mark lines only where they are the exception.
    let capitals_tell = capitals * 5 < pieces.len() * 2;
    let mut previous = "";
    pieces
        .into_iter()
        .map(|text| {
            let after = previous
                .trim_end_matches(['"', '\'', '”', '’', ')'])
                .chars()
                .next_back();
            let breath = match after {
                Some('.' | '!' | '?' | '…' | ';' | '。' | '！' | '？' | '；') => 3.0,
                Some(',' | ':' | '—' | '–' | '-' | '，' | '、' | '：') => 2.0,
                _ if capitals_tell && is_capital(text) => 2.6,
                _ if text.starts_with('(') => 1.5,
                _ if opens_clause(text) => 1.0,
                _ => 0.0,
            };
            previous = text;
            Chunk {
                text,
                words: words(text),
                breath,
            }
        })
        .collect()
}

/// How many words a piece holds. Chinese and Japanese write no spaces: a hanzi, or two kana, take a
/// singer about as long as a word.
fn words(piece: &str) -> usize {
    let count = |want| piece.chars().filter(|c| letters(*c) == want).count();
    let wide = count(Letters::Han) + count(Letters::Kana).div_ceil(2);
    if wide > 0 { wide } else { spelling::written(piece).len() }
}

fn is_capital(word: &str) -> bool {
    let mut letters = word.chars().filter_map(|c| match glyph(c) {
        Glyph::Letter(l) => Some(l),
        _ => None,
    });
    let first = letters.next().is_some_and(char::is_uppercase);
    // "I" and its contractions are always written so.
    first
        && !matches!(
            word.trim_matches(|c: char| !c.is_alphanumeric()),
            "I" | "I'm" | "I’m" | "I'll" | "I’ll" | "I've" | "I’ve" | "I'd" | "I’d"
        )
}

/// Words a new phrase often begins with.
fn opens_clause(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "and"
            | "but"
            | "or"
            | "so"
            | "when"
            | "where"
            | "while"
            | "if"
            | "because"
            | "'cause"
            | "till"
            | "until"
            | "that"
            | "who"
            | "with"
            | "without"
            | "like"
            | "for"
            | "through"
            | "under"
            | "over"
            | "from"
            | "into"
            | "i"
            | "we"
            | "you"
            | "they"
    )
}
