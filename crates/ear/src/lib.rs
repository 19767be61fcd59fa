//! What is heard in a recording: beats, key, chords, form, who sings which melody. The result is a
//! [`catbird_score::Score`] whose [`catbird_score::Heard`] says how sure the ear is; edits read it like
//! any other score.
//!
//! All sound here is 44.1 kHz ([`RATE`]); mono is the mean of the channels. Nothing depends on the
//! number of threads.

pub mod align;
pub mod assemble;
pub mod brightness;
pub mod chords;
pub mod chroma;
pub mod ear;
pub mod error;
pub mod grid;
pub mod key;
pub mod loudness;
pub mod melody;
pub mod notes;
mod onnx;
mod pickle;
pub mod pitch;
pub mod resample;
pub mod rhythm;
pub mod sections;
pub mod separation;
mod stft;
pub mod timbre;

pub use ear::{Ear, EarFiles};
pub use error::EarError;

/// Samples a second of all sound in this crate.
pub const RATE: u32 = 44_100;

/// Told how far the ear is, 0–1, by step; breaks the work off when it says so.
pub type Progress<'a> = dyn Fn(&str, f32) -> std::ops::ControlFlow<()> + Sync + 'a;

/// Tells how far `step` is.
///
/// # Errors
/// [`EarError::Cancelled`] when whoever asked breaks it off.
pub(crate) fn tell(progress: &Progress, step: &str, done: f32) -> Result<(), EarError> {
    match progress(step, done) {
        std::ops::ControlFlow::Continue(()) => Ok(()),
        std::ops::ControlFlow::Break(()) => Err(EarError::Cancelled),
    }
}
