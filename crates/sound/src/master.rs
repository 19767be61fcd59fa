//! The master: tone, character, glue, width, and the asked loudness under the asked true peak.

mod glue;
mod limiter;
mod lofi;
pub(crate) mod loudness_match;
mod rehearsal;
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

/// Everything before the last limiter, set up by listening to a piece.
pub(crate) struct Chain {
    tone: ToneStage,
    dirt: DirtStage,
}

/// Level, balance and dynamics.
struct ToneStage {
    gain: f32,
    tone: tone::Tone,
    lofi: lofi::Lofi,
    glue: glue::Glue,
}

/// Saturation and the picture.
struct DirtStage {
    saturate: saturate::Saturate,
    width: width::Width,
}

impl Chain {
    /// For `audio`, which is to be as loud as [`WORKING_LUFS`] inside the chain; `None` for silence,
    /// which has no loudness to bring anywhere.
    pub fn heard(audio: &Stereo, settings: &Master, seed: u64) -> Option<Self> {
        let lufs = loudness::lufs(&audio.left, &audio.right)?;
        Some(Self {
            tone: ToneStage {
                gain: amplitude((WORKING_LUFS - lufs).clamp(-60.0, 60.0) as f32),
                tone: tone::Tone::new(audio, settings),
                lofi: lofi::Lofi::new(settings.lofi, seed),
                glue: glue::Glue::new(settings.glue),
            },
            dirt: DirtStage {
                saturate: saturate::Saturate::new(settings.drive),
                width: width::Width::new(audio, settings.width),
            },
        })
    }

    /// The next block, in place.
    pub fn run(&mut self, l: &mut [f32], r: &mut [f32]) {
        self.tone.run(l, r);
        self.dirt.run(l, r);
    }

    /// The whole piece, in place: one thread is a block ahead of the other.
    fn run_through(&mut self, audio: &mut Stereo) {
        let Self { tone, dirt } = self;
        let blocks = audio.left.chunks_mut(CHUNK).zip(audio.right.chunks_mut(CHUNK));
        let mut before: Option<(&mut [f32], &mut [f32])> = None;
        for mut block in blocks.map(Some).chain([None]) {
            rayon::join(
                || block.as_mut().map(|(l, r)| tone.run(l, r)),
                || before.as_mut().map(|(l, r)| dirt.run(l, r)),
            );
            before = block;
        }
    }
}

impl ToneStage {
    fn run(&mut self, l: &mut [f32], r: &mut [f32]) {
        l.iter_mut().chain(r.iter_mut()).for_each(|x| *x *= self.gain);
        self.tone.run(l, r);
        self.lofi.run(l, r);
        self.glue.run(l, r);
    }
}

impl DirtStage {
    fn run(&mut self, l: &mut [f32], r: &mut [f32]) {
        self.saturate.run(l, r);
        self.width.run(l, r);
    }
}

/// Turns the mix into the finished file, in place.
pub(crate) fn master(
    audio: &mut Stereo,
    settings: &Master,
    seed: u64,
    progress: &Progress<'_>,
) -> Result<Loudness, SoundError> {
    report(progress, Step::Mastering, 0.0)?;
    let Some(mut chain) = Chain::heard(audio, settings, seed) else {
        audio.scale(0.0);
        return Ok(loudness::measure(audio));
    };
    report(progress, Step::Mastering, 0.2)?;
    chain.run_through(audio);
    report(progress, Step::Mastering, 0.45)?;
    loudness_match::run(audio, settings, progress)
}
