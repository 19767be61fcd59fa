//! Which chords sound when: crema's network (`McFee` and Bello, "Structured training for
//! large-vocabulary chord recognition", ISMIR 2017), its weights laid out anew by `tools/ear/chords.py` and
//! embedded, on the spectrum it was trained on.

mod cqt;
mod decode;

use std::sync::Arc;

use catbird_score::Chord;
use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value};
use rten_tensor::{NdTensor, prelude::*};

use self::{
    cqt::{BINS, Cqt, HARMONICS, HOP},
    decode::{LABELS, Label, PITCHES},
};
use crate::{EarError, Progress, RATE, tell};

const NAME: &str = "the net that hears chords";
static FILE: &[u8] = include_bytes!("../data/chords.onnx");
/// The network's outputs.
const OUTPUTS: [&str; 4] = ["tag", "pitch", "root", "bass"];

/// A span with one chord, or without any.
#[derive(Clone, Debug, PartialEq)]
pub struct HeardChord {
    /// Where it begins, seconds.
    pub from: f64,
    /// Where it ends, seconds; the next begins there.
    pub to: f64,
    /// The chord with its bass; `None` where no harmony sounds.
    pub chord: Option<Chord>,
    /// Mean probability of the label, 0–1.
    pub confidence: f32,
}

/// All that was heard of a recording's harmony. For the key, [`Harmony::pitches`] is a chroma that
/// percussion and overtones hardly touch.
#[derive(Clone, Debug, PartialEq)]
pub struct Harmony {
    /// From the recording's start to its end without gaps.
    pub chords: Vec<HeardChord>,
    /// Frames a second of the rows below; row `i` is centred at `i / rate` seconds.
    pub rate: f64,
    /// Probability that each pitch class, from C, belongs to the chord.
    pub pitches: Vec<[f32; 12]>,
    /// Probability of each root, from C; the last is "none".
    pub roots: Vec<[f32; 13]>,
    /// Probability of each bass, from C; the last is "none".
    pub basses: Vec<[f32; 13]>,
}

/// The network, ready to hear.
pub struct Chords {
    model: Model,
    input: NodeId,
    outputs: [NodeId; OUTPUTS.len()],
    cqt: Cqt,
    labels: Vec<Label>,
    pool: Arc<ThreadPool>,
}

impl Chords {
    /// Builds the network (about 5 MB).
    pub fn load() -> Result<Self, EarError> {
        let failed = |e: &dyn std::fmt::Display| EarError::Load {
            name: NAME,
            cause: e.to_string(),
        };
        let model = ModelOptions::with_all_ops()
            .load_static_slice(FILE)
            .map_err(|e| failed(&e))?;
        let node = |name: &str| model.node_id(name).map_err(|e| failed(&e));
        let (input, outputs) = (node("cqt")?, OUTPUTS.map(node));
        let [tag, pitch, root, bass] = outputs;
        Ok(Self {
            outputs: [tag?, pitch?, root?, bass?],
            input,
            model,
            cqt: Cqt::new(),
            labels: decode::labels(),
            // Its steps are far too small to share.
            pool: Arc::new(ThreadPool::with_num_threads(1)),
        })
    }

    /// The chords of a recording (mono, 44.1 kHz), from its start to its end without gaps.
    pub fn hear(&self, mono: &[f32], progress: &Progress<'_>) -> Result<Vec<HeardChord>, EarError> {
        Ok(self.listen(mono, progress)?.chords)
    }

    /// The chords and what they were read from.
    pub fn listen(&self, mono: &[f32], progress: &Progress<'_>) -> Result<Harmony, EarError> {
        const STEP: &str = "hearing chords";
        tell(progress, STEP, 0.0)?;
        let frames = Cqt::frames(mono.len());
        let seconds = mono.len() as f64 / f64::from(RATE);
        let rate = f64::from(RATE) / HOP as f64;
        let spectrogram = (frames > 0).then(|| self.cqt.spectrogram(mono)).flatten();
        let Some(spectrogram) = spectrogram else {
            // Silence, or less than a frame.
            return Ok(Harmony {
                chords: vec![HeardChord {
                    from: 0.0,
                    to: seconds,
                    chord: None,
                    confidence: 1.0,
                }],
                rate,
                pitches: vec![[0.0; 12]; frames],
                roots: vec![NONE; frames],
                basses: vec![NONE; frames],
            });
        };
        tell(progress, STEP, 0.5)?;
        let input = NdTensor::from_data([1, frames, BINS, HARMONICS], spectrogram);
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let [tag, pitch, root, bass]: [Value; 4] = self
            .model
            .run_n(vec![(self.input, input.into())], self.outputs, Some(options))
            .map_err(|e| failed(e.to_string()))?;
        let tags: Vec<f32> = rows::<LABELS>(tag, frames)?.into_flattened();
        let basses = rows::<PITCHES>(bass, frames)?;
        tell(progress, STEP, 1.0)?;
        Ok(Harmony {
            chords: self.spans(&tags, &basses, seconds),
            rate,
            pitches: rows(pitch, frames)?,
            roots: rows(root, frames)?,
            basses,
        })
    }

    /// Frames of one label become one span.
    fn spans(&self, tags: &[f32], basses: &[[f32; PITCHES]], seconds: f64) -> Vec<HeardChord> {
        let path = decode::path(tags);
        let mut spans: Vec<HeardChord> = Vec::new();
        let mut first = 0;
        while first < path.len() {
            let length = path[first..].iter().take_while(|l| **l == path[first]).count();
            let end = first + length;
            let tags = &tags[first * LABELS..end * LABELS];
            let mean = |label: usize| tags.chunks_exact(LABELS).map(|row| row[label]).sum::<f32>() / length as f32;
            let mut label = path[first];
            if self.labels[label] == Label::Other {
                // Something sounds that has no name here: the nearest that has one.
                let named = (0..LABELS).filter(|l| matches!(self.labels[*l], Label::Chord(_)));
                label = named.max_by(|a, b| mean(*a).total_cmp(&mean(*b))).unwrap_or(label);
            }
            let chord = match self.labels[label] {
                Label::Chord(chord) => Some(over(chord, &basses[first..end])),
                Label::Nothing | Label::Other => None,
            };
            let to = if end == path.len() { seconds } else { time(end) };
            let confidence = mean(label);
            match spans.last_mut() {
                // Two labels may come to the same chord.
                Some(last) if last.chord == chord => {
                    let (a, b) = ((last.to - last.from) as f32, (to - last.to) as f32);
                    last.confidence = (last.confidence * a + confidence * b) / (a + b);
                    last.to = to;
                }
                _ => spans.push(HeardChord {
                    from: time(first),
                    to,
                    chord,
                    confidence,
                }),
            }
            first = end;
        }
        spans
    }
}

/// Certainly no pitch.
const NONE: [f32; PITCHES] = {
    let mut none = [0.0; PITCHES];
    none[PITCHES - 1] = 1.0;
    none
};

/// Where frame `frame` begins, seconds.
fn time(frame: usize) -> f64 {
    (frame * HOP) as f64 / f64::from(RATE)
}

/// The chord over the bass that is heard below it, if that is one of its tones (crema's rule: the geometric
/// mean of the bass probabilities).
fn over(chord: Chord, basses: &[[f32; PITCHES]]) -> Chord {
    let logs: Vec<f64> = (0..PITCHES)
        .map(|pitch| {
            basses
                .iter()
                .map(|row| f64::from(row[pitch].max(f32::MIN_POSITIVE)).ln())
                .sum()
        })
        .collect();
    let bass = decode::highest(&logs) as u8;
    if bass < 12 && chord.contains(bass) {
        Chord { bass, ..chord }
    } else {
        chord
    }
}

fn rows<const N: usize>(value: Value, frames: usize) -> Result<Vec<[f32; N]>, EarError> {
    let tensor: NdTensor<f32, 2> = value.try_into().map_err(|_| failed("it returned no table".into()))?;
    if tensor.shape() != [frames, N] {
        return Err(failed(format!("it returned {:?}", tensor.shape())));
    }
    let flat = tensor.to_vec();
    let (rows, _) = flat.as_chunks::<N>();
    Ok(rows.to_vec())
}

fn failed(cause: String) -> EarError {
    EarError::Run { name: NAME, cause }
}

#[cfg(test)]
mod tests;
