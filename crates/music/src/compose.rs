//! The composer's own order of work.

use catbird_score::{Brief, Score};

/// Why a brief cannot be composed; always the caller's to change.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ComposeError {
    /// The lyrics are not in a language the voice sings.
    #[error("Input language not supported")]
    Language,
    /// More syllables than can be sung in the time.
    #[error("The lyrics have {syllables} syllables; {seconds} seconds are too short to sing them. Allow at least {needed} seconds.")]
    TooLong {
        /// Syllables counted.
        syllables: usize,
        /// Seconds asked.
        seconds: u32,
        /// Seconds needed.
        needed: u32,
    },
    /// Something else the caller can mend.
    #[error("{0}")]
    Invalid(String),
}

/// Writes the piece the brief asks for.
pub fn compose(_brief: &Brief) -> Result<Score, ComposeError> {
    Err(ComposeError::Invalid("the composer is being built".into()))
}
