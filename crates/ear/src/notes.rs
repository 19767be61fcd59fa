//! Notes of any mixture: basic-pitch (a convolutional net of 17 000 weights; Bittner and others, "A
//! lightweight instrument-agnostic model for polyphonic note transcription", ICASSP 2022) in the rten
//! runtime, and the reading of its posteriors as notes, after the description in that paper.

pub mod reading;

use std::{ops::Range, path::Path, sync::Arc};

use rayon::prelude::*;
use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_tensor::{NdTensor, prelude::*};

use crate::{EarError, Progress, resample::Resampler, tell};

pub use reading::Thresholds;

/// A note that was heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeardNote {
    /// Onset, seconds.
    pub from: f64,
    /// End, seconds.
    pub to: f64,
    /// MIDI number; fractional where the pitch lies between two keys.
    pub pitch: f32,
    /// Loudness as a MIDI velocity, 1–127.
    pub velocity: u8,
    /// How sure, 0–1.
    pub confidence: f32,
}

impl HeardNote {
    /// The nearest MIDI key.
    pub fn key(&self) -> u8 {
        self.pitch.round().clamp(0.0, 127.0) as u8
    }

    /// Seconds it sounds.
    pub fn seconds(&self) -> f64 {
        self.to - self.from
    }
}

/// The net's rate, Hz.
const RATE: f64 = 22_050.0;
/// Samples a frame.
const HOP: usize = 256;
/// Samples the net sees at once, and the frames it answers.
const WINDOW: usize = 43_844;
const WINDOW_FRAMES: usize = 172;
/// Frames at each edge of a window that are not trusted.
const EDGE: usize = 15;
/// Frames kept of a window, and the samples from one window to the next.
const KEPT: usize = WINDOW_FRAMES - 2 * EDGE;
const STEP: usize = WINDOW - 2 * EDGE * HOP;
/// Keys of a piano, the lowest is MIDI 21.
pub const KEYS: usize = 88;
/// MIDI number of the lowest key.
pub const LOWEST: usize = 21;
/// A window that never rises above this share of the recording's peak (−50 dB) holds no notes: most of a
/// separated voice is pauses.
const SILENT: f32 = 3e-3;
/// Windows a thread takes at once: the division never depends on how many threads there are.
const GROUP: usize = 16;

/// How likely each key sounds and begins in each frame; rows of [`KEYS`], 0–1.
pub struct Posteriors {
    /// A key sounds.
    pub note: Vec<f32>,
    /// A key is struck.
    pub onset: Vec<f32>,
}

impl Posteriors {
    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.note.len() / KEYS
    }

    /// When a frame stands, seconds: frames run evenly inside a window, windows overlap by a fraction
    /// of a frame.
    pub fn seconds(frame: usize) -> f64 {
        (frame / KEPT * STEP + frame % KEPT * HOP) as f64 / RATE
    }

    /// The frame at a second (the inverse of [`Self::seconds`], rounded).
    pub fn frame(seconds: f64) -> usize {
        let sample = (seconds * RATE).max(0.0);
        let window = (sample / STEP as f64) as usize;
        let inside = ((sample - (window * STEP) as f64) / HOP as f64).round() as usize;
        window * KEPT + inside.min(KEPT - 1)
    }

    /// One frame's note posteriors.
    pub fn row(&self, frame: usize) -> &[f32] {
        self.note.get(frame * KEYS..(frame + 1) * KEYS).unwrap_or(&[0.0; KEYS])
    }

    /// One frame's onset posteriors.
    pub fn onsets(&self, frame: usize) -> &[f32] {
        self.onset.get(frame * KEYS..(frame + 1) * KEYS).unwrap_or(&[0.0; KEYS])
    }

    /// Mean of a key's note posterior over frames; 0 outside the keyboard.
    pub fn mean(&self, key: u8, frames: Range<usize>) -> f32 {
        let Some(k) = usize::from(key).checked_sub(LOWEST).filter(|k| *k < KEYS) else {
            return 0.0;
        };
        let n = frames.len().max(1) as f32;
        frames.map(|f| self.row(f)[k]).sum::<f32>() / n
    }
}

/// The loaded net.
pub struct Notes {
    model: Model,
    input: NodeId,
    note: NodeId,
    onset: NodeId,
}

impl Notes {
    /// Loads the net (under 2 MB resident).
    pub fn load(path: &Path) -> Result<Self, EarError> {
        let load = |e: &dyn std::fmt::Display| EarError::Load {
            name: "basic-pitch",
            cause: format!("{}: {e}", path.display()),
        };
        let model = ModelOptions::with_all_ops()
            .prepack_weights(true)
            .load_file(path)
            .map_err(|e| load(&e))?;
        let node = |name: &str| model.node_id(name).map_err(|e| load(&e));
        let (input, note, onset) = (
            node("serving_default_input_2:0")?,
            node("StatefulPartitionedCall:1")?,
            node("StatefulPartitionedCall:2")?,
        );
        Ok(Self {
            model,
            input,
            note,
            onset,
        })
    }

    /// The notes of a recording (mono, 44.1 kHz), by rising onset.
    pub fn hear(&self, mono: &[f32], progress: &Progress) -> Result<Vec<HeardNote>, EarError> {
        Ok(reading::read(&self.posteriors(mono, progress)?, &Thresholds::default()))
    }

    /// What the net thinks of each frame of a recording (mono, 44.1 kHz).
    pub fn posteriors(&self, mono: &[f32], progress: &Progress) -> Result<Posteriors, EarError> {
        let sound = Resampler::half().run(mono);
        let frames = sound.len() * KEPT / STEP + 1;
        let silent = SILENT * sound.iter().fold(0.0, |top, x| x.abs().max(top));
        let windows: Vec<usize> = (0..sound.len().div_ceil(STEP).max(1)).collect();
        let count = windows.len().div_ceil(GROUP);
        let groups: Vec<(Vec<f32>, Vec<f32>)> = windows
            .par_chunks(GROUP)
            .enumerate()
            .map(|(i, group)| {
                tell(progress, "notes", i as f32 / count as f32)?;
                let pool = Arc::new(ThreadPool::with_num_threads(1));
                let (mut note, mut onset) = (Vec::new(), Vec::new());
                for window in group {
                    let (n, o) = self.window(&sound, *window, silent, &pool)?;
                    note.extend(n);
                    onset.extend(o);
                }
                Ok((note, onset))
            })
            .collect::<Result<_, EarError>>()?;
        let mut all = Posteriors {
            note: Vec::with_capacity(windows.len() * KEPT * KEYS),
            onset: Vec::with_capacity(windows.len() * KEPT * KEYS),
        };
        for (note, onset) in groups {
            all.note.extend(note);
            all.onset.extend(onset);
        }
        all.note.truncate(frames * KEYS);
        all.onset.truncate(frames * KEYS);
        Ok(all)
    }

    /// Note and onset posteriors of the frames that are kept of one window.
    fn window(
        &self,
        sound: &[f32],
        window: usize,
        silent: f32,
        pool: &Arc<ThreadPool>,
    ) -> Result<(Vec<f32>, Vec<f32>), EarError> {
        let run = |cause: String| EarError::Run {
            name: "basic-pitch",
            cause,
        };
        // The first window begins half an overlap before the sound.
        let first = (window * STEP) as isize - (EDGE * HOP) as isize;
        let input: Vec<f32> = (first..first + WINDOW as isize)
            .map(|i| {
                usize::try_from(i)
                    .ok()
                    .and_then(|i| sound.get(i))
                    .copied()
                    .unwrap_or(0.0)
            })
            .collect();
        if input.iter().all(|x| x.abs() <= silent) {
            return Ok((vec![0.0; KEPT * KEYS], vec![0.0; KEPT * KEYS]));
        }
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
        let [note, onset] = self
            .model
            .run_n(
                vec![(self.input, NdTensor::from_data([1, WINDOW, 1], input).into())],
                [self.note, self.onset],
                Some(options),
            )
            .map_err(|e| run(e.to_string()))?;
        let kept = |value: rten::Value| -> Result<Vec<f32>, EarError> {
            let tensor: NdTensor<f32, 3> = value.try_into().map_err(|_| run("no posteriors".into()))?;
            if tensor.shape() != [1, WINDOW_FRAMES, KEYS] {
                return Err(run(format!("posteriors of shape {:?}", tensor.shape())));
            }
            let skip = EDGE * KEYS;
            Ok(tensor.iter().copied().skip(skip).take(KEPT * KEYS).collect())
        };
        Ok((kept(note)?, kept(onset)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_and_seconds_are_inverse() {
        for frame in [0, 1, 140, 141, 142, 1_000, 12_345] {
            let there = Posteriors::frame(Posteriors::seconds(frame));
            assert!(there.abs_diff(frame) <= 1, "{frame} became {there}");
        }
        // 8 minutes drift by less than a frame: the frame rate is 22 050 · 142 / 36 164 Hz.
        assert!((Posteriors::seconds(41_559) - 480.0).abs() < 0.02);
    }
}
