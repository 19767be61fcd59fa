//! Recordings of others: the bytes of an audio file in, 44.1 kHz stereo out.
//!
//! What a file is comes from its content alone; names and types that came with it are never looked
//! at. Everything a header claims is checked against limits before memory is taken for it, decoding
//! stops where the longest allowed recording ends, and what is broken is left out as long as enough
//! remains. 44.1 kHz stereo of up to 24 bit comes out sample for sample.

mod codec;
mod container;
mod downmix;
mod gapless;
mod labels;
mod mended;
mod opus;
mod reel;
mod session;

use std::fmt;

pub use container::Container;

/// The rate of every decoded recording, Hz.
pub const RATE: u32 = 44_100;

/// How far a recording may fall outside its limits, seconds: encoders pad to whole frames.
const SLACK_SECONDS: f64 = 0.05;

/// What is taken in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The shortest recording, seconds.
    pub min_seconds: f64,
    /// The longest recording, seconds; decoding stops there.
    pub max_seconds: f64,
    /// The largest file, bytes.
    pub max_bytes: usize,
}

impl Default for Limits {
    /// 6 seconds to 8 minutes; 8 minutes of 192 kHz, 32 bit, 5.1 are larger than the file limit on
    /// purpose: nobody sends masters to be covered.
    fn default() -> Self {
        Self {
            min_seconds: 6.0,
            max_seconds: 480.0,
            max_bytes: 512 << 20,
        }
    }
}

/// What a recording was before it was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// `mp3`, `mp2`, `pcm`, `adpcm`, `flac`, `vorbis`, `opus`, `aac` or `alac`.
    pub codec: &'static str,
    /// The usual ending of such a file's name, without the dot.
    pub extension: &'static str,
    /// The media type of such a file.
    pub media_type: &'static str,
    /// Samples a second before the conversion to [`RATE`], Hz.
    pub rate: u32,
    /// Channels before the conversion to stereo.
    pub channels: u16,
}

/// A decoded recording: stereo at [`RATE`].
#[derive(Clone, PartialEq)]
pub struct Recording {
    /// The left channel; full scale is ±1, and lossy codecs may pass it a little.
    pub left: Vec<f32>,
    /// The right channel, as long as the left one.
    pub right: Vec<f32>,
    /// What the file was.
    pub format: Format,
    /// The title in the file's tags, without control characters.
    pub title: Option<String>,
    /// The artist in the file's tags, without control characters.
    pub artist: Option<String>,
}

impl Recording {
    /// The length, seconds.
    pub fn seconds(&self) -> f64 {
        self.left.len() as f64 / f64::from(RATE)
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("seconds", &self.seconds())
            .field("format", &self.format)
            .field("title", &self.title)
            .field("artist", &self.artist)
            .finish_non_exhaustive()
    }
}

/// Why a file is not taken. Each is one sentence for whoever sent it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DecodeError {
    /// There are no bytes.
    #[error("The file is empty.")]
    Empty,
    /// More bytes than [`Limits::max_bytes`].
    #[error("The file is larger than {} MB, which is the most that is taken.", max_bytes >> 20)]
    TooLarge {
        /// The limit, bytes.
        max_bytes: usize,
    },
    /// Something else: a picture, a page, an archive.
    #[error("The file is not audio but {found}.")]
    NotAudio {
        /// What it looks like, with its article.
        found: &'static str,
    },
    /// Audio in a format or a variant that is not decoded.
    #[error("{codec} is not supported; send MP3, WAV, FLAC, OGG, M4A, AAC or AIFF.")]
    Unsupported {
        /// The format.
        codec: &'static str,
    },
    /// A container without sound, such as a silent film.
    #[error("The file has no audio track.")]
    NoAudio,
    /// A sample rate outside 8 to 192 kHz.
    #[error("The audio has a sample rate of {rate} Hz; 8000 to 192000 Hz are supported.")]
    Rate {
        /// What the file claims, Hz.
        rate: u32,
    },
    /// No channel, or more than eight.
    #[error("The audio has {count} channels; 1 to 8 are supported.")]
    Channels {
        /// What the file claims.
        count: usize,
    },
    /// Less sound than [`Limits::min_seconds`].
    #[error("The audio is {} seconds long; at least {min_seconds} seconds are needed.", floor_tenths(*seconds))]
    TooShort {
        /// What could be decoded, seconds.
        seconds: f64,
        /// The limit, seconds.
        min_seconds: f64,
    },
    /// More sound than [`Limits::max_seconds`].
    #[error("The audio is longer than {max_seconds} seconds, which is the most that is taken.")]
    TooLong {
        /// The limit, seconds.
        max_seconds: f64,
    },
    /// All samples are zero.
    #[error("The audio is silent from beginning to end.")]
    Silent,
    /// It begins like audio, but cannot be decoded.
    #[error("The file is damaged and cannot be decoded as {format}.")]
    Damaged {
        /// What it begins like.
        format: &'static str,
    },
}

/// Tenths of a second, rounded down: 5.99 seconds shall not read as the 6 that were asked for.
fn floor_tenths(seconds: f64) -> f64 {
    (seconds * 10.0).floor() / 10.0
}

/// Decodes a whole file.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Recording, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    if bytes.len() > limits.max_bytes {
        return Err(DecodeError::TooLarge {
            max_bytes: limits.max_bytes,
        });
    }
    let container = Container::sniff(bytes)?;
    let recording = contained(container, || session::Session::open(bytes, container)?.run(limits))?;
    let seconds = recording.seconds();
    if seconds < limits.min_seconds - SLACK_SECONDS {
        return Err(DecodeError::TooShort {
            seconds,
            min_seconds: limits.min_seconds,
        });
    }
    // Less than half of the last bit of 16: what a lossy codec makes of digital silence.
    if [&recording.left, &recording.right]
        .into_iter()
        .flatten()
        .all(|x| x.abs() < 1.0 / 65_536.0)
    {
        return Err(DecodeError::Silent);
    }
    Ok(recording)
}

/// Runs a decoder; should it panic over a malformed file, the file is damaged. The decoders are others'
/// work: one of them indexes an empty list when a fragment of an MP4 names no sample (symphonia 0.6.1,
/// found by fuzzing), and whoever sends such a file must not end more than this call.
fn contained(
    container: Container,
    decode: impl FnOnce() -> Result<Recording, DecodeError>,
) -> Result<Recording, DecodeError> {
    // Nothing of the decoder is used after a panic.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(decode)).unwrap_or_else(|_| {
        Err(DecodeError::Damaged {
            format: container.name(),
        })
    })
}

#[cfg(test)]
mod tests;
