//! The pitch of one voice: swift-f0 (a convolutional net of 33 000 weights) in the rten runtime.

use std::{path::Path, sync::Arc};

use rayon::prelude::*;
use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_tensor::{NdTensor, Tensor, prelude::*};

use crate::{EarError, Progress, resample::Resampler, tell};

/// A pitch every few milliseconds. Frame *n* stands at `n × hop_seconds`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PitchCurve {
    /// From one frame to the next, seconds.
    pub hop_seconds: f64,
    /// Pitch, Hz.
    pub hz: Vec<f32>,
    /// How likely the frame has that pitch, 0–1; voiced from [`VOICED`].
    pub confidence: Vec<f32>,
}

/// Confidence from which a frame counts as sung.
pub const VOICED: f32 = 0.5;

/// The shortest stretch that tells how a pitch moves, frames, and a step that is a leap to another note,
/// semitones.
const STRETCH: usize = 8;
const LEAP: f32 = 1.2;

impl PitchCurve {
    /// MIDI pitch of a frame, `None` where nothing is sung.
    pub fn midi(&self, frame: usize) -> Option<f32> {
        let (hz, sure) = (*self.hz.get(frame)?, *self.confidence.get(frame)?);
        (sure >= VOICED && hz > 0.0).then(|| 69.0 + 12.0 * (hz / 440.0).log2())
    }

    /// The frame nearest to a second.
    pub fn frame(&self, seconds: f64) -> usize {
        (seconds / self.hop_seconds).round().max(0.0) as usize
    }

    /// Share of the frames that are voiced.
    pub fn voiced(&self) -> f32 {
        let n = self.confidence.iter().filter(|c| **c >= VOICED).count();
        n as f32 / self.confidence.len().max(1) as f32
    }

    /// How much the pitch moves from frame to frame within notes, semitones: the mean over the steps of
    /// all stretches of [`STRETCH`] voiced frames or more without a leap. 0 where there is none.
    pub fn glide(&self) -> f32 {
        let (mut sum, mut steps) = (0.0, 0usize);
        let (mut moved, mut frames) = (0.0, 0usize);
        let mut before: Option<f32> = None;
        for frame in 0..=self.hz.len() {
            let here = self.midi(frame);
            let step = before.zip(here).map(|(a, b)| (b - a).abs());
            if let Some(step) = step.filter(|step| *step < LEAP) {
                moved += step;
                frames += 1;
            } else {
                if frames + 1 >= STRETCH {
                    sum += moved;
                    steps += frames;
                }
                (moved, frames) = (0.0, 0);
            }
            before = here;
        }
        sum / steps.max(1) as f32
    }

    /// Median pitch of the voiced frames, MIDI; 0 where none is.
    pub fn median(&self) -> f32 {
        let mut all: Vec<f32> = (0..self.hz.len()).filter_map(|f| self.midi(f)).collect();
        all.sort_by(f32::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(0.0)
    }
}

/// The net's rate, Hz, and samples a frame.
const RATE: f64 = 16_000.0;
const HOP: usize = 256;
/// Frames in one run (six seconds; longer ones only take more memory), and the frames before and after it that its answer depends on.
const RUN: usize = 384;
const BEFORE: usize = 11;
const AFTER: usize = 10;
/// What it may answer, Hz: its own range.
const RANGE: [f32; 2] = [46.875, 2_093.75];
/// A frame that never rises above this is silence, a texture the net was not trained on.
const SILENCE: f32 = 1e-3;

/// The loaded net.
pub struct Pitch {
    model: Model,
    inputs: [NodeId; 3],
    outputs: [NodeId; 2],
}

impl Pitch {
    /// Loads the net (about 1 MB resident).
    pub fn load(path: &Path) -> Result<Self, EarError> {
        let load = |e: &dyn std::fmt::Display| EarError::Load {
            name: "swift-f0",
            cause: format!("{}: {e}", path.display()),
        };
        let model = ModelOptions::with_all_ops()
            .prepack_weights(true)
            .load_file(path)
            .map_err(|e| load(&e))?;
        let node = |name: &str| model.node_id(name).map_err(|e| load(&e));
        let inputs = [node("audio")?, node("fmin")?, node("fmax")?];
        let outputs = [node("pitch")?, node("confidence")?];
        Ok(Self { model, inputs, outputs })
    }

    /// The pitch curve of a recording (mono, 44.1 kHz).
    pub fn hear(&self, mono: &[f32], progress: &Progress) -> Result<PitchCurve, EarError> {
        let sound = Resampler::to_16k().run(mono);
        let frames = sound.len() / HOP;
        let starts: Vec<usize> = (0..frames).step_by(RUN).collect();
        let runs: Vec<(Vec<f32>, Vec<f32>)> = starts
            .par_iter()
            .map(|&start| {
                tell(progress, "pitch", start as f32 / frames.max(1) as f32)?;
                self.run(&sound, start, (start + RUN).min(frames))
            })
            .collect::<Result<_, EarError>>()?;
        let mut curve = PitchCurve {
            hop_seconds: HOP as f64 / RATE,
            ..PitchCurve::default()
        };
        for (hz, confidence) in runs {
            curve.hz.extend(hz);
            curve.confidence.extend(confidence);
        }
        for (frame, sure) in sound.chunks_exact(HOP).zip(&mut curve.confidence) {
            if frame.iter().all(|x| x.abs() < SILENCE) {
                *sure = 0.0;
            }
        }
        Ok(curve)
    }

    /// Frames `start..end`.
    fn run(&self, sound: &[f32], start: usize, end: usize) -> Result<(Vec<f32>, Vec<f32>), EarError> {
        let failed = |cause: String| EarError::Run {
            name: "swift-f0",
            cause,
        };
        let first = start.saturating_sub(BEFORE);
        let last = ((end + AFTER) * HOP).min(sound.len());
        let mut audio = sound[first * HOP..last].to_vec();
        // The net frames by whole windows: a very short rest is filled with silence.
        audio.resize(audio.len().max(16 * HOP), 0.0);
        let number = |x: f32| Tensor::from_scalar(x);
        let options = RunOptions::default().with_thread_pool(Some(Arc::new(ThreadPool::with_num_threads(1))));
        let values = self
            .model
            .run_n(
                vec![
                    (self.inputs[0], NdTensor::from_data([1, audio.len()], audio).into()),
                    (self.inputs[1], number(RANGE[0]).into()),
                    (self.inputs[2], number(RANGE[1]).into()),
                ],
                self.outputs,
                Some(options),
            )
            .map_err(|e| failed(e.to_string()))?;
        let [hz, confidence] = values.map(|value| -> Result<Vec<f32>, EarError> {
            let tensor: Tensor<f32> = value.try_into().map_err(|_| failed("no floats".into()))?;
            let all: Vec<f32> = tensor.iter().copied().collect();
            let kept = all.get(start - first..end - first);
            kept.map(<[f32]>::to_vec)
                .ok_or_else(|| failed(format!("{} frames for {}", all.len(), end - first)))
        });
        Ok((hz?, confidence?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_knows_its_median_and_what_is_voiced() {
        let curve = PitchCurve {
            hop_seconds: 0.016,
            hz: vec![220.0, 440.0, 440.0, 880.0],
            confidence: vec![0.1, 0.9, 0.8, 0.7],
        };
        assert_eq!(curve.midi(0), None);
        assert_eq!(curve.median(), 69.0);
        assert_eq!(curve.voiced(), 0.75);
        assert_eq!(PitchCurve::default().median(), 0.0);
    }

    #[test]
    fn vibrato_glides_and_held_tones_do_not() {
        let curve = |depth: f32| {
            let midi = |f: usize| 60.0 + (f / 40 * 3) as f32 + depth * (f as f32 * 0.55).sin();
            PitchCurve {
                hop_seconds: 0.016,
                hz: (0..400).map(|f| 440.0 * 2f32.powf((midi(f) - 69.0) / 12.0)).collect(),
                confidence: vec![0.9; 400],
            }
        };
        // The leaps between notes do not count.
        assert!(curve(0.0).glide() < 0.001);
        assert!((0.08..0.12).contains(&curve(0.3).glide()), "{}", curve(0.3).glide());
        assert_eq!(PitchCurve::default().glide(), 0.0);
    }
}
