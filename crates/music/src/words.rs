//! Words to syllables.

use catbird_score::{Role, SungWord};

use crate::{compose::ComposeError, lyrics::Lyrics};

/// Pronounces words no dictionary knows.
pub trait UnknownWords: Send + Sync {
    /// The word's phonemes in the voice's alphabet, if it can tell.
    fn phonemes(&self, word: &str) -> Option<String>;
}

/// A line with its syllables; the notes are still empty.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedLine {
    /// As written.
    pub text: String,
    /// Its words in order.
    pub words: Vec<SungWord>,
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

/// The syllables of an English line.
pub fn english(_line: &str, _unknown: Option<&dyn UnknownWords>) -> Vec<SungWord> {
    Vec::new()
}

/// Checks the language of `lyrics` and finds the syllables of every line.
pub fn prepare(_lyrics: &Lyrics, _unknown: Option<&dyn UnknownWords>) -> Result<Vec<PreparedSection>, ComposeError> {
    Ok(Vec::new())
}
