//! The user's own dictionary: `[pron: Catbird = KAT-burd]` or `[pron: Catbird = /kˈætbɜɹd/]`.

use std::collections::BTreeMap;

use catbird_score::{
    Language, SungWord, Syllable,
    phoneme::{Class, PRIMARY, SECONDARY, class},
};

use crate::{SpeechError, sounds, spelling};

/// Words and how they are to be said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pronunciations {
    entries: BTreeMap<String, Entry>,
}

/// What the user wrote for a word.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    /// Parts between hyphens, read by the rules of the line's language; the index of the part in capitals.
    Respelt(Vec<String>, Option<usize>),
    /// Phonemes of the voice's alphabet.
    Ipa(String),
}

impl Pronunciations {
    /// Reads entries of the form `word = respelling`; the last one for a word counts.
    ///
    /// # Errors
    /// [`SpeechError::Pronunciation`] names the word and what is wrong with it.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, SpeechError> {
        let mut out = Self::default();
        for text in entries {
            let bad = |word: &str, why: &str| SpeechError::Pronunciation {
                word: word.trim().to_owned(),
                why: why.to_owned(),
            };
            let Some((word, said)) = text.split_once('=') else {
                return Err(bad(text, "it has no “=” between the word and its sound"));
            };
            if key(word).is_empty() {
                return Err(bad(text, "there is no word before the “=”"));
            }
            let entry = entry(said.trim()).map_err(|why| bad(word, &why))?;
            out.entries.insert(key(word), entry);
        }
        Ok(out)
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The syllables that the user wants for `word` in a line of `language`, if there is an entry.
    pub fn of(&self, word: &str, language: Language) -> Option<Vec<Syllable>> {
        Some(match self.entries.get(&key(word))? {
            Entry::Ipa(said) => sounds::syllables(said, language),
            Entry::Respelt(parts, stressed) => respelt(parts, *stressed, language),
        })
    }

    /// Puts the user's syllables where `words` have an entry.
    pub fn apply(&self, words: &mut [SungWord], language: Language) {
        if self.is_empty() {
            return;
        }
        for word in words {
            if let Some(syllables) = self.of(&word.text, language) {
                word.syllables = syllables;
            }
        }
    }
}

/// Letters alone, lower case, straight apostrophes.
fn key(word: &str) -> String {
    let units: Vec<String> = spelling::written(word).into_iter().flat_map(|w| w.units).collect();
    units.join("-").to_lowercase()
}

fn entry(said: &str) -> Result<Entry, String> {
    if let Some(ipa) = said.strip_prefix('/') {
        let ipa = ipa
            .strip_suffix('/')
            .ok_or("the “/” that ends its phonemes is missing")?;
        return fitted(ipa).map(Entry::Ipa);
    }
    let parts: Vec<String> = said
        .split(['-', ' ', '·'])
        .filter(|p| !p.is_empty())
        .map(str::to_owned)
        .collect();
    if parts.is_empty() {
        return Err("nothing stands behind the “=”".to_owned());
    }
    if let Some(c) = said
        .chars()
        .find(|c| !(c.is_alphabetic() || matches!(c, '-' | ' ' | '·' | '\'' | '’')))
    {
        return Err(format!(
            "“{c}” is no letter; write letters and hyphens, or phonemes between slashes"
        ));
    }
    let capital = |p: &String| p.chars().count() > 1 && p.chars().all(|c| !c.is_lowercase());
    let stressed = parts.iter().position(capital).filter(|_| parts.len() > 1);
    Ok(Entry::Respelt(
        parts.iter().map(|p| p.to_lowercase()).collect(),
        stressed,
    ))
}

/// IPA as people write it, in the voice's alphabet.
fn fitted(ipa: &str) -> Result<String, String> {
    let mut text = ipa.trim().to_owned();
    for (from, to) in [
        ("eɪ", "A"),
        ("aɪ", "I"),
        ("oʊ", "O"),
        ("əʊ", "O"),
        ("aʊ", "W"),
        ("ɔɪ", "Y"),
        ("tʃ", "ʧ"),
        ("t͡ʃ", "ʧ"),
        ("dʒ", "ʤ"),
        ("d͡ʒ", "ʤ"),
        ("ts", "ʦ"),
        ("t͡s", "ʦ"),
        ("g", "ɡ"),
        ("'", "ˈ"),
        ("ɫ", "l"),
        ("ʀ", "ʁ"),
        ("ã", "a\u{303}"),
        ("õ", "o\u{303}"),
        ("ẽ", "e\u{303}"),
        ("ç", "ç"),
    ] {
        text = text.replace(from, to);
    }
    let mut vowel = false;
    for c in text.chars() {
        match class(c) {
            Class::Vowel => vowel = true,
            Class::Other if !matches!(c, '.' | ' ' | sounds::GLIDE) => {
                return Err(format!("the voice has no phoneme “{c}”"));
            }
            _ => {}
        }
    }
    if !vowel {
        return Err("there is no vowel between the slashes".to_owned());
    }
    Ok(text)
}

/// Each part by itself, stress on the part in capitals or where the language usually has it.
fn respelt(parts: &[String], stressed: Option<usize>, language: Language) -> Vec<Syllable> {
    let mut out = Vec::new();
    let mut first = 0;
    for (i, part) in parts.iter().enumerate() {
        if Some(i) == stressed {
            first = out.len();
        }
        out.extend(sounds::respelt(part, language));
    }
    if parts.len() == 1 || out.is_empty() {
        return out;
    }
    let first = match (stressed, language) {
        (Some(_), _) => first,
        (None, Language::French) => out.len() - 1,
        (None, Language::Spanish | Language::Italian | Language::Portuguese) => out.len().saturating_sub(2),
        (None, _) => 0,
    };
    for (i, syllable) in out.iter_mut().enumerate() {
        syllable.phonemes.retain(|c| c != PRIMARY && c != SECONDARY);
        syllable.stress = if i == first { 2 } else { 0 };
        if i == first
            && let Some((at, _)) = syllable
                .phonemes
                .char_indices()
                .find(|(_, c)| class(*c) == Class::Vowel)
        {
            syllable.phonemes.insert(at, PRIMARY);
        }
    }
    out
}
