//! The master: tone, character, glue, width, and the asked loudness under the asked true peak.

mod glue;
mod limiter;
mod lofi;
mod loudness_match;
mod saturate;
mod tone;
mod true_peak;
mod width;

use catbird_score::Master;

use crate::{
    audio::{Stereo, amplitude},
    error::SoundError,
    loudness::{self, Loudness},
    progress::{Progress, Step, report},
};

/// The level the dynamics are set up for, LUFS.
const WORKING_LUFS: f64 = -18.0;

/// Frames processed at once.
const CHUNK: usize = 16_384;

/// Turns the mix into the finished file, in place.
pub(crate) fn master(
    audio: &mut Stereo,
    settings: &Master,
    seed: u64,
    progress: &Progress<'_>,
) -> Result<Loudness, SoundError> {
    report(progress, Step::Mastering, 0.0)?;
    let Some(lufs) = loudness::lufs(&audio.left, &audio.right) else {
        // Silence has no loudness to bring anywhere.
        audio.scale(0.0);
        return Ok(loudness::measure(audio));
    };
    let gain = amplitude((WORKING_LUFS - lufs).clamp(-60.0, 60.0) as f32);
    let mut tone = tone::Tone::new(audio, settings);
    report(progress, Step::Mastering, 0.2)?;
    let mut lofi = lofi::Lofi::new(settings.lofi, seed);
    let mut glue = glue::Glue::new(settings.glue);
    let mut saturate = saturate::Saturate::new(settings.drive);
    let mut width = width::Width::new(audio, settings.width);
    let frames = audio.frames();
    for at in (0..frames).step_by(CHUNK) {
        let n = CHUNK.min(frames - at);
        let (l, r) = (&mut audio.left[at..at + n], &mut audio.right[at..at + n]);
        l.iter_mut().chain(r.iter_mut()).for_each(|x| *x *= gain);
        tone.run(l, r);
        lofi.run(l, r);
        glue.run(l, r);
        saturate.run(l, r);
        width.run(l, r);
    }
    report(progress, Step::Mastering, 0.45)?;
    loudness_match::run(audio, settings, progress)
}
