//! Reading free text: known words and phrases, longest first, whatever their case, hyphens, plural or (in
//! tags) typing mistakes; refusals (`no drums`); numbers; and what nobody knows by its neighbours.

use catbird_score::Mode;

use super::{Entry, Facet, Touch, compact, entry, family, nearest, numbers, of_prose};

/// How far words are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Prose: known words only.
    Prose,
    /// Tags: mistakes are forgiven, and unknown words move the music a little.
    Tags,
}

/// A word or phrase that was understood.
#[derive(Clone, Debug)]
pub struct Found {
    /// The name the vocabulary has for it; the word itself where it has none.
    pub name: String,
    /// What it speaks of.
    pub facet: Facet,
    /// What it does, turned round if it was refused.
    pub touch: Touch,
    /// Whether it was refused (`no …`, `without …`).
    pub refused: bool,
    /// Whether it is known, not only like something known.
    pub known: bool,
}

/// What free text asks for.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// What was found, in order.
    pub found: Vec<Found>,
    /// A tempo given in numbers.
    pub bpm: Option<f64>,
    /// A key given by name.
    pub key: Option<(u8, Option<Mode>)>,
    /// Whether it says that nobody sings.
    pub voiceless: bool,
}

/// Words that say nothing about music.
const EMPTY: [&str; 91] = [
    "a",
    "an",
    "and",
    "the",
    "of",
    "with",
    "in",
    "on",
    "at",
    "to",
    "for",
    "from",
    "by",
    "or",
    "but",
    "as",
    "is",
    "are",
    "be",
    "it",
    "its",
    "this",
    "that",
    "these",
    "those",
    "i",
    "me",
    "my",
    "you",
    "your",
    "we",
    "our",
    "us",
    "he",
    "she",
    "they",
    "them",
    "his",
    "her",
    "their",
    "like",
    "about",
    "into",
    "over",
    "under",
    "some",
    "any",
    "very",
    "more",
    "most",
    "much",
    "so",
    "too",
    "just",
    "really",
    "quite",
    "bit",
    "little",
    "style",
    "styles",
    "song",
    "songs",
    "music",
    "track",
    "tune",
    "sound",
    "sounds",
    "sounding",
    "vibe",
    "vibes",
    "feel",
    "feeling",
    "influenced",
    "influence",
    "influences",
    "inspired",
    "type",
    "kind",
    "genre",
    "mood",
    "tempo",
    "bpm",
    "key",
    "please",
    "make",
    "want",
    "should",
    "will",
    "have",
    "has",
    "featuring",
];

/// Words that turn what follows round.
const REFUSALS: [&str; 12] = [
    "no", "without", "not", "minus", "non", "never", "avoid", "exclude", "except", "less", "remove", "zero",
];

/// What may stand beside `instrumental` when nobody is to sing.
const WHOLLY: [&str; 8] = [
    "purely",
    "pure",
    "fully",
    "only",
    "completely",
    "version",
    "piece",
    "all",
];

/// Most unknown words that are heeded.
const UNKNOWN: usize = 24;

/// Longest phrase, words.
const LONGEST: usize = 6;

/// Reads free text.
pub fn read(text: &str, depth: Depth) -> Reading {
    let mut out = Reading::default();
    let mut unknown: Vec<(String, bool)> = Vec::new();
    for phrase in text.split([
        ',', ';', '\n', '\r', '|', '.', '!', '?', '(', ')', '[', ']', '{', '}', '•', '·',
    ]) {
        let words = words(phrase);
        if words.is_empty() {
            continue;
        }
        out.bpm = out.bpm.or_else(|| numbers::tempo(&words));
        let named = match depth {
            Depth::Tags => numbers::key_in(&words),
            Depth::Prose => words.windows(2).find_map(|w| numbers::key_named(&w[0], &w[1])),
        };
        out.key = out.key.or(named);
        phrase_words(&words, depth, &mut out, &mut unknown);
    }
    let count = unknown.len().clamp(1, UNKNOWN) as f32;
    for (i, (word, refused)) in unknown.into_iter().take(UNKNOWN).enumerate() {
        let mut touch = nearest::touch(&word, 1.0 / count.sqrt());
        if i >= 2 {
            // Two extra players are enough.
            touch.ornaments.clear();
        }
        let touch = if refused {
            family::negate(&word, Facet::Theme, &touch)
        } else {
            touch
        };
        out.found.push(Found {
            name: word,
            facet: Facet::Theme,
            touch,
            refused,
            known: false,
        });
    }
    out
}

/// Lower-case words; hyphens and slashes part them, apostrophes do not, and decades lose their century.
fn words(phrase: &str) -> Vec<String> {
    let lower = phrase.to_lowercase().replace(['\'', '’', '`'], "");
    lower
        .split(|c: char| !(c.is_alphanumeric() || "#&♯♭+".contains(c)))
        .filter(|w| !w.is_empty())
        .map(|w| match w.strip_prefix("19") {
            // 1980s, 1985: the decade.
            Some(year)
                if year.len() >= 2 && year[..2].chars().all(|c| c.is_ascii_digit()) && !year[2..].contains("bpm") =>
            {
                format!("{}0s", &year[..1])
            }
            _ => w.to_owned(),
        })
        .collect()
}

/// The words of one phrase.
fn phrase_words(words: &[String], depth: Depth, out: &mut Reading, unknown: &mut Vec<(String, bool)>) {
    let mut at = 0;
    let mut refused = false;
    while at < words.len() {
        let word = words[at].as_str();
        let most = LONGEST.min(words.len() - at);
        let hit = (1..=most)
            .rev()
            .find_map(|n| known(&words[at..at + n], depth).map(|e| (n, e)));
        // "no vibrato" is a word of its own; "no drums" refuses one.
        if REFUSALS.contains(&word) && !matches!(hit, Some((n, _)) if n > 1) {
            refused = true;
            at += 1;
            continue;
        }
        if let Some((n, entry)) = hit {
            let alone = words[..at]
                .iter()
                .chain(&words[at + n..])
                .all(|w| EMPTY.contains(&w.as_str()) || WHOLLY.contains(&w.as_str()));
            take(entry, 1.0, refused, true, alone, out);
            at += n;
            refused = refused
                && words
                    .get(at)
                    .is_some_and(|w| matches!(w.as_str(), "or" | "and" | "nor" | "&"));
            if refused {
                at += 1;
            }
            continue;
        }
        let empty = EMPTY.contains(&word) || word.chars().all(|c| c.is_ascii_digit()) || compact(word).is_empty();
        let numeral = word.ends_with("bpm") || numbers::key(word).is_some();
        if depth == Depth::Tags && !empty && !numeral {
            // The longest typing mistake first: "snyth wave" before "snyth".
            let wrong = (1..=most.min(3))
                .rev()
                .filter(|n| {
                    !words[at..at + n]
                        .iter()
                        .any(|w| EMPTY.contains(&w.as_str()) || REFUSALS.contains(&w.as_str()))
                })
                .find_map(|n| nearest::mistyped(&compact(&words[at..at + n].concat())).map(|e| (n, e)));
            if let Some((n, entry)) = wrong {
                take(entry, 0.85, refused, true, words.len() == n, out);
                at += n;
            } else if let Some(entry) = nearest::derived(word) {
                take(entry, 0.7, refused, true, false, out);
                at += 1;
            } else {
                unknown.push((word.to_owned(), refused));
                at += 1;
            }
            refused = false;
            continue;
        }
        at += 1;
        // "no heavy and loud drums" refuses drums, "not for the drums" nothing.
        refused = refused && !matches!(word, "but" | "for" | "with");
    }
}

/// What these words together name.
fn known(words: &[String], depth: Depth) -> Option<Entry> {
    if words.len() == 1 && EMPTY.contains(&words[0].as_str()) && words[0] != "vocals" {
        return None;
    }
    // A phrase neither begins nor ends with filling: "in the summer" is not one word.
    if words.len() > 1
        && words
            .last()
            .is_some_and(|w| matches!(w.as_str(), "and" | "with" | "the" | "a"))
    {
        return None;
    }
    let spelling = words.join(" ");
    let entry = entry(&spelling)?;
    (depth == Depth::Tags || of_prose(&entry, &spelling)).then_some(entry)
}

/// Notes a find; `alone` when its phrase holds nothing else.
fn take(entry: Entry, share: f32, refused: bool, known: bool, alone: bool, out: &mut Reading) {
    if entry.name == "vocals" && refused {
        out.voiceless = true;
    }
    if entry.touch.instrumental && alone && !refused {
        out.voiceless = true;
    }
    let touch = if refused {
        family::negate(entry.name, entry.facet, entry.touch)
    } else if share < 1.0 {
        nearest::scaled(entry.touch, share)
    } else {
        entry.touch.clone()
    };
    out.found.push(Found {
        name: entry.name.to_owned(),
        facet: entry.facet,
        touch,
        refused,
        known,
    });
}
