//! Honest progress in named steps, and cancelling.

use std::ops::ControlFlow;

use crate::error::SoundError;

/// What is being done. A rendering passes through them in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The voice sings the words (only when there are any).
    Singing,
    /// The band plays and is mixed as it goes.
    Playing,
    /// The voice is laid over the band.
    Mixing,
    /// Tone, dynamics, loudness.
    Mastering,
}

/// Told the step and how much of it is done, 0–1; breaking cancels.
pub type Progress<'a> = dyn Fn(Step, f32) -> ControlFlow<()> + Sync + 'a;

/// Reports, and turns a break into an error.
pub(crate) fn report(progress: &Progress<'_>, step: Step, done: f32) -> Result<(), SoundError> {
    match progress(step, done) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(SoundError::Cancelled),
    }
}
