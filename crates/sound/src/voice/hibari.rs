//! The acoustic network: hibari's graph (hibari-tts 0.2.1, 8 MB, int8) in the rten runtime, run in
//! three stages so that the caller may put the sung pitch between them:
//! text → durations, → natural pitch and energy, → spectra at the pitch to be sung.
//! The stages are the same graph entered and left at named inner values, so the file stays as it
//! was published; rten's optimiser would fuse those values away and is switched off.
//! Time runs in frames of 12.5 ms (80 a second), durations in pairs of frames.

use std::{path::Path, sync::Arc};

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::{NdTensor, Tensor, prelude::*};

/// Bins of a spectrum: 0 – 12 kHz in steps of 20 Hz.
pub const BINS: usize = 601;

/// What the network could not do.
#[derive(Debug, thiserror::Error)]
pub enum HibariError {
    /// The file is missing, damaged or another network.
    #[error("cannot load the singing voice: {0}")]
    Load(String),
    /// A stage failed.
    #[error("the singing voice failed: {0}")]
    Run(String),
}

/// Names of the values at which the graph is cut.
const NAMES: [&str; 11] = [
    "ids",
    "speed",
    "/Clip_output_0",
    "/Transpose_22_output_0",
    "/Transpose_55_output_0",
    "f0",
    "/Mul_62_output_0",
    "/Reshape_42_output_0",
    "lh",
    "ln",
    "lr",
];

/// The loaded network.
pub struct Hibari {
    model: Model,
    nodes: [NodeId; NAMES.len()],
}

/// What the network makes of a phoneme string.
pub struct Text {
    /// Length of each token, both pads included, in pairs of frames.
    pub durations: Vec<f32>,
    inner: [Value; 3],
}

/// How the line would be spoken.
pub struct Prosody {
    /// Spoken pitch, Hz a frame; under 60 the frame is unvoiced.
    pub f0: Vec<f32>,
    inner: [Value; 2],
}

/// The decoded spectra, `frames` rows of [`BINS`] natural-log magnitudes.
pub struct Spectra {
    /// Number of frames.
    pub frames: usize,
    /// Harmonic amplitude.
    pub harmonic: Vec<f32>,
    /// Noise amplitude.
    pub noise: Vec<f32>,
    /// The free-phase residual, which carries onsets.
    pub residual: Vec<f32>,
}

impl Hibari {
    /// Loads the network (about 24 MB resident).
    pub fn load(path: &Path) -> Result<Self, HibariError> {
        let load = |e: &dyn std::fmt::Display| HibariError::Load(format!("{}: {e}", path.display()));
        let model = ModelOptions::with_all_ops()
            .enable_optimization(false)
            .prepack_weights(true)
            .load_file(path)
            .map_err(|e| load(&e))?;
        let nodes = NAMES
            .iter()
            .map(|name| model.node_id(name))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| load(&e))?;
        let nodes = nodes.try_into().map_err(|_| load(&"wrong number of cut points"))?;
        Ok(Self { model, nodes })
    }

    /// Durations of the tokens `ids` (pads included) at a speed of speech (1 = as the teacher spoke).
    pub fn read(&self, ids: &[i32], speed: f32, pool: &Arc<ThreadPool>) -> Result<Text, HibariError> {
        let [n_ids, n_speed, n_durations, n_text, n_prosody, ..] = self.nodes;
        let inputs = vec![
            (n_ids, NdTensor::from_data([1, ids.len()], ids.to_vec()).into()),
            (n_speed, NdTensor::from_data([1], vec![speed]).into()),
        ];
        let inner: [Value; 3] = self.run(inputs, [n_durations, n_text, n_prosody], pool)?;
        let durations = numbers(inner[0].clone())?;
        if durations.len() != ids.len() {
            return Err(HibariError::Run(format!(
                "{} durations for {} phonemes",
                durations.len(),
                ids.len()
            )));
        }
        Ok(Text { durations, inner })
    }

    /// Pitch and energy of natural speech.
    pub fn speak(&self, text: &Text, pool: &Arc<ThreadPool>) -> Result<Prosody, HibariError> {
        let [_, _, n_durations, n_text, n_prosody, n_f0, n_energy, n_frames, ..] = self.nodes;
        let [durations, hidden, prosody] = &text.inner;
        let inputs = vec![
            (n_durations, durations.into()),
            (n_text, hidden.into()),
            (n_prosody, prosody.into()),
        ];
        let [f0, energy, frames] = self.run(inputs, [n_f0, n_energy, n_frames], pool)?;
        Ok(Prosody {
            f0: numbers(f0)?,
            inner: [energy, frames],
        })
    }

    /// Spectra at pitch `f0` (Hz a frame, as many as the spoken ones).
    pub fn decode(&self, prosody: &Prosody, f0: &[f32], pool: &Arc<ThreadPool>) -> Result<Spectra, HibariError> {
        let [.., n_f0, n_energy, n_frames, n_lh, n_ln, n_lr] = self.nodes;
        let [energy, hidden] = &prosody.inner;
        let pitch = NdTensor::from_data([1, f0.len()], f0.to_vec());
        let inputs = vec![
            (n_f0, pitch.into()),
            (n_energy, energy.into()),
            (n_frames, hidden.into()),
        ];
        let [lh, ln, lr] = self.run(inputs, [n_lh, n_ln, n_lr], pool)?;
        let frames = f0.len();
        Ok(Spectra {
            frames,
            harmonic: rows(lh, frames)?,
            noise: rows(ln, frames)?,
            residual: rows(lr, frames)?,
        })
    }

    fn run<const N: usize>(
        &self,
        inputs: Vec<(NodeId, ValueOrView)>,
        outputs: [NodeId; N],
        pool: &Arc<ThreadPool>,
    ) -> Result<[Value; N], HibariError> {
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
        self.model
            .run_n(inputs, outputs, Some(options))
            .map_err(|e| HibariError::Run(e.to_string()))
    }
}

/// A float tensor's numbers in order.
fn numbers(value: Value) -> Result<Vec<f32>, HibariError> {
    let tensor: Tensor<f32> = value
        .try_into()
        .map_err(|_| HibariError::Run("a stage returned no floats".into()))?;
    Ok(tensor.iter().copied().collect())
}

/// `[1, BINS, frames]` turned to one row a frame.
fn rows(value: Value, frames: usize) -> Result<Vec<f32>, HibariError> {
    let flat = numbers(value)?;
    if flat.len() != BINS * frames {
        return Err(HibariError::Run(format!("{} numbers for {frames} frames", flat.len())));
    }
    let mut out = vec![0.0; flat.len()];
    for (bin, line) in flat.chunks_exact(frames).enumerate() {
        for (frame, x) in line.iter().enumerate() {
            out[frame * BINS + bin] = *x;
        }
    }
    Ok(out)
}
