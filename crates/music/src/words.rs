//! Lyrics to syllables: [`catbird_speech`] reads line by line; here the lines keep their sections.

use std::collections::BTreeMap;

use catbird_score::{Language, Role, SungWord};
use catbird_speech::{Aids, Pronunciations};
pub use catbird_speech::{
    UnknownWords,
    english::{alone, dictionary, phonemes, read as english},
    spelling,
};

use crate::{
    compose::ComposeError,
    lyrics::{Lyrics, Sings},
};

/// A line with its syllables; the notes are still empty.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedLine {
    /// As written.
    pub text: String,
    /// Its words in order.
    pub words: Vec<SungWord>,
    /// Its language.
    pub language: Language,
    /// Who sings it.
    pub sings: Sings,
}

impl PreparedLine {
    /// How many syllables are sung.
    pub fn syllables(&self) -> usize {
        self.words.iter().map(|w| w.syllables.len()).sum()
    }
}

/// A section of the lyrics, ready to be set to music.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedSection {
    /// The name shown (`Verse 2`).
    pub name: String,
    /// What it does in the form.
    pub role: Role,
    /// Its lines; empty for instrumental sections.
    pub lines: Vec<PreparedLine>,
}

/// More words than this are a book: refused before minutes are spent reading it.
const MOST_WORDS: usize = 4000;

/// Finds the language of every line of `lyrics` and reads it.
///
/// # Errors
/// [`ComposeError::Language`] where something cannot be sung; [`ComposeError::Invalid`] for a book and for
/// a pronunciation that cannot be understood.
pub fn prepare(lyrics: &Lyrics, unknown: Option<&dyn UnknownWords>) -> Result<Vec<PreparedSection>, ComposeError> {
    let words = lyrics.words().count();
    if words > MOST_WORDS {
        return Err(ComposeError::Invalid(format!(
            "The lyrics have {words} words; at most {MOST_WORDS} can be sung in one song."
        )));
    }
    let pronunciations = Pronunciations::parse(lyrics.pronunciations.iter().map(String::as_str))?;
    let aids = Aids {
        unknown,
        pronunciations: &pronunciations,
    };
    let text = || lyrics.sections.iter().flat_map(|s| &s.lines).map(String::as_str);
    let song = catbird_speech::language_of_song(text())?;
    // A chorus that comes back is read once.
    let mut read: BTreeMap<&str, (Language, Vec<SungWord>)> = BTreeMap::new();
    for line in text() {
        if !read.contains_key(line) {
            let language = catbird_speech::language_of(line, song);
            read.insert(line, (language, catbird_speech::read(line, language, &aids)?));
        }
    }
    let prepared = |(line, sings): (&String, &Sings)| PreparedLine {
        text: line.clone(),
        words: read.get(line.as_str()).map(|r| r.1.clone()).unwrap_or_default(),
        language: read.get(line.as_str()).map_or(song, |r| r.0),
        sings: *sings,
    };
    Ok(lyrics
        .sections
        .iter()
        .map(|s| PreparedSection {
            name: s.name.clone(),
            role: s.role,
            lines: s.lines.iter().zip(&s.sings).map(prepared).collect(),
        })
        .collect())
}
