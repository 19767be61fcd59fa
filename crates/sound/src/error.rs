//! Why a score could not be made to sound.

use std::path::PathBuf;

use crate::{stretch::StretchError, voice::VoiceError};

/// Why a rendering failed.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// The progress callback asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// The score breaks its own rules.
    #[error(transparent)]
    Score(#[from] catbird_score::ScoreError),
    /// The sampled instruments cannot be loaded; mend the file and render again.
    #[error("cannot load the SoundFont {path}: {reason}")]
    SoundFont {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The singer cannot be loaded or cannot sing this.
    #[error("the voice failed: {0}")]
    Voice(#[from] VoiceError),
    /// A recording that sounds in the piece is missing or cannot be read.
    #[error("cannot read the recording {clip}: {reason}")]
    Recording {
        /// Whose audio.
        clip: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A recording is to be played too fast, too slow, too high or too low.
    #[error(transparent)]
    Stretch(#[from] StretchError),
    /// The song is longer than fits in memory.
    #[error("{seconds} s are too long; at most {limit} s can be rendered")]
    TooLong {
        /// Asked.
        seconds: f64,
        /// Allowed.
        limit: f64,
    },
}
