//! What helps with words that the readers do not know.

use crate::Pronunciations;

/// Pronounces words no dictionary knows.
pub trait UnknownWords: Send + Sync {
    /// The word's phonemes in the voice's alphabet, if it can tell.
    fn phonemes(&self, word: &str) -> Option<String>;
}

/// Everything a reader may ask beyond its own rules.
#[derive(Clone, Copy)]
pub struct Aids<'a> {
    /// For English words that are in no dictionary; spelling rules stand in without it.
    pub unknown: Option<&'a dyn UnknownWords>,
    /// The user's own dictionary; it has the last word.
    pub pronunciations: &'a Pronunciations,
}
