//! Audio files: planar 32-bit float in, bytes of a file out. Nothing here changes the sound beyond
//! what the format itself does (quantisation with dither, psychoacoustic coding).

pub mod mp3;
pub mod wav;

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The channels of one file differ in length; always a bug of the caller.
    #[error("left has {left} frames and right has {right}")]
    Uneven {
        /// Frames on the left.
        left: usize,
        /// Frames on the right.
        right: usize,
    },
    /// The format cannot hold this audio (sample rate, size).
    #[error("{0}")]
    Unsupported(String),
    /// The disk refused.
    #[error("cannot write {path}: {source}")]
    Write {
        /// Where to.
        path: std::path::PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
}

fn even(left: &[f32], right: &[f32]) -> Result<(), MediaError> {
    if left.len() == right.len() {
        Ok(())
    } else {
        Err(MediaError::Uneven { left: left.len(), right: right.len() })
    }
}
