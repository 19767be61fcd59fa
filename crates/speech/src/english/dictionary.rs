//! The American English dictionary and tagger (`misaki-rs`, compiled in). Loading takes a quarter of
//! a second and about 100 MB, so it happens at the first song, not at the start.

use std::sync::LazyLock;

use misaki_rs::{G2P, Language};

static ENGLISH: LazyLock<G2P> = LazyLock::new(|| G2P::with_fallback(Language::EnglishUS, None));

/// Whether the dictionary holds `word` (any case).
pub fn knows(word: &str) -> bool {
    let lexicon = &ENGLISH.lexicon;
    let has = |w: &str| lexicon.golds.contains_key(w) || lexicon.silvers.contains_key(w);
    let lower = word.to_lowercase();
    let capital = || -> String {
        let mut chars = lower.chars();
        chars
            .next()
            .map(|c| c.to_uppercase().chain(chars).collect())
            .unwrap_or_default()
    };
    let stem = || {
        lower
            .strip_suffix("'s")
            .or_else(|| lower.strip_suffix('s'))
            .or_else(|| lower.strip_suffix("ed"))
    };
    has(word)
        || has(&lower)
        || has(&capital())
        || stem().is_some_and(has)
        || lower
            .strip_suffix("ing")
            .is_some_and(|s| has(s) || has(&format!("{s}e")))
}

/// Whether the dictionary holds exactly these letters in lower case (no names).
pub fn knows_lower(word: &str) -> bool {
    ENGLISH.lexicon.golds.contains_key(word) || ENGLISH.lexicon.silvers.contains_key(word)
}

/// The words of a plain text with their part of speech (Penn Treebank tags, from the tagger that
/// chooses between pronunciations). Slow: some milliseconds a sentence.
pub fn tagged(text: &str) -> Vec<(String, String)> {
    ENGLISH.g2p(text).map_or_else(
        |_| Vec::new(),
        |(_, tokens)| tokens.into_iter().map(|t| (t.text, t.tag)).collect(),
    )
}

/// The phonemes of one word by itself, without the cost of reading a line; `tag` is its part of
/// speech where the spelling has two readings. `None` where the dictionary has no answer.
pub fn word(word: &str, tag: &str) -> Option<String> {
    ENGLISH.lexicon.get_word(word, tag, None, None).map(|(ps, _)| ps)
}

/// The phonemes of each unit of a line, read together so that context counts (*the* apple, to *read*).
/// `None` where the dictionary has no answer.
pub fn read(units: &[String]) -> Vec<Option<String>> {
    let mut starts = Vec::with_capacity(units.len());
    let mut text = String::new();
    for unit in units {
        if !text.is_empty() {
            text.push(' ');
        }
        starts.push(text.len());
        text.push_str(unit);
    }
    let mut said: Vec<Option<String>> = vec![None; units.len()];
    let Ok((_, tokens)) = ENGLISH.g2p(&text) else {
        return said;
    };
    let mut doubtful = vec![false; units.len()];
    let mut at = 0;
    for token in tokens {
        // Tokens concatenate back to the text; should one not, look a little ahead for it.
        if !text[at..].starts_with(token.text.as_str()) {
            match text[at..].find(token.text.as_str()) {
                Some(skip) => at += skip,
                None => continue,
            }
        }
        let unit = starts.partition_point(|s| *s <= at).saturating_sub(1);
        at += token.text.len();
        let spans_next = starts.get(unit + 1).is_some_and(|next| at > *next);
        match token.phonemes.as_deref() {
            Some(ps) if !ps.contains('❓') && !spans_next => {
                let entry = said[unit].get_or_insert_default();
                if !entry.is_empty() {
                    entry.push(' ');
                }
                entry.push_str(ps);
            }
            _ => doubtful[unit] = true,
        }
    }
    for (i, answer) in said.iter_mut().enumerate() {
        if doubtful[i] {
            *answer = None;
        }
    }
    said
}
