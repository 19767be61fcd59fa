//! What two singers of the same words share: cepstra of a log mel spectrum with mean and variance taken
//! out (the singer's timbre goes with them), how loud they are against their own loudest, and onsets.

use rayon::prelude::*;
use realfft::RealFftPlanner;

use crate::RATE;

/// Samples a frame: 10 ms.
pub const HOP: usize = 441;
/// Samples of a spectrum (23 ms).
const WINDOW: usize = 1_024;
/// Mel bands between [`EDGES`].
const BANDS: usize = 26;
const EDGES: [f32; 2] = [120.0, 7_600.0];
/// Cepstra kept, from the first (the zeroth is loudness).
const CEPSTRA: usize = 12;
/// Numbers a frame: cepstra, their slopes, loudness, onset.
pub const WIDTH: usize = 2 * CEPSTRA + 2;
/// Loudness counts this far down from the loudest, dB.
const FLOOR_DB: f32 = 45.0;
/// A frame sounds when it is less than this below the loudest, dB.
const SOUNDS_DB: f32 = 32.0;
/// Weights of loudness and onset against one cepstrum.
const LOUDNESS: f32 = 2.5;
const ONSET: f32 = 1.6;

/// Features of a performance.
pub struct Features {
    /// Rows of [`WIDTH`].
    rows: Vec<f32>,
    /// Which frames sound.
    pub sounds: Vec<bool>,
}

impl Features {
    /// The features of mono sound at 44.1 kHz.
    pub fn of(sound: &[f32]) -> Self {
        let mel = spectrum(sound);
        let frames = mel.len() / BANDS;
        let loud: Vec<f32> = (0..frames)
            .map(|f| {
                let row = &mel[f * BANDS..(f + 1) * BANDS];
                10.0 * row.iter().map(|m| 10f32.powf(m / 10.0)).sum::<f32>().max(1e-12).log10()
            })
            .collect();
        let mut sorted = loud.clone();
        sorted.sort_by(f32::total_cmp);
        let top = sorted.get(frames * 97 / 100).copied().unwrap_or(-120.0).max(-100.0);
        let sounds: Vec<bool> = loud.iter().map(|l| *l > top - SOUNDS_DB).collect();
        let cepstra = normalised(&cepstra(&mel, top), &sounds);
        let mut rows = vec![0.0; frames * WIDTH];
        let onsets = onsets(&mel, top);
        for f in 0..frames {
            let row = &mut rows[f * WIDTH..(f + 1) * WIDTH];
            if sounds[f] {
                row[..CEPSTRA].copy_from_slice(&cepstra[f * CEPSTRA..(f + 1) * CEPSTRA]);
            }
            let (before, after) = (f.saturating_sub(3), (f + 3).min(frames - 1));
            for k in 0..CEPSTRA {
                let slope = cepstra[after * CEPSTRA + k] - cepstra[before * CEPSTRA + k];
                row[CEPSTRA + k] = if sounds[f] { 0.5 * slope } else { 0.0 };
            }
            row[2 * CEPSTRA] = LOUDNESS * ((loud[f] - top) / FLOOR_DB * 2.0).clamp(-2.0, 0.2);
            row[2 * CEPSTRA + 1] = ONSET * onsets[f];
        }
        Self { rows, sounds }
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.sounds.len()
    }

    /// How unlike frame `i` of this and frame `j` of another performance are.
    pub fn distance(&self, i: usize, other: &Self, j: usize) -> f32 {
        let (a, b) = (&self.rows[i * WIDTH..][..WIDTH], &other.rows[j * WIDTH..][..WIDTH]);
        a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f32>().sqrt()
    }
}

/// Log mel spectrum, dB, rows of [`BANDS`]; frame *n* is centred on sample `n × HOP`.
fn spectrum(sound: &[f32]) -> Vec<f32> {
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(WINDOW);
    let filters = filters();
    let window: Vec<f32> = (0..WINDOW)
        .map(|i| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / WINDOW as f32).cos())
        .collect();
    let frames = sound.len() / HOP;
    let rows: Vec<[f32; BANDS]> = (0..frames)
        .into_par_iter()
        .map_init(
            || (fft.make_input_vec(), fft.make_output_vec()),
            |(input, output), frame| {
                let first = (frame * HOP) as isize - WINDOW as isize / 2;
                for (i, slot) in input.iter_mut().enumerate() {
                    let x = usize::try_from(first + i as isize).ok().and_then(|i| sound.get(i));
                    *slot = x.copied().unwrap_or(0.0) * window[i];
                }
                let mut row = [-90.0; BANDS];
                if fft.process(input, output).is_ok() {
                    for (slot, (start, weights)) in row.iter_mut().zip(&filters) {
                        let power: f32 = weights
                            .iter()
                            .zip(&output[*start..])
                            .map(|(w, x)| w * x.norm_sqr())
                            .sum();
                        *slot = 10.0 * (power + 1e-9).log10();
                    }
                }
                row
            },
        )
        .collect();
    rows.into_iter().flatten().collect()
}

/// Triangles on the mel scale (O'Shaughnessy: 2595 log₁₀(1 + f / 700)): first bin, weights.
fn filters() -> Vec<(usize, Vec<f32>)> {
    let mel = |hz: f32| 2_595.0 * (1.0 + hz / 700.0).log10();
    let hz = |mel: f32| 700.0 * (10f32.powf(mel / 2_595.0) - 1.0);
    let (low, high) = (mel(EDGES[0]), mel(EDGES[1]));
    let corner = |k: usize| hz(low + (high - low) * k as f32 / (BANDS + 1) as f32) * WINDOW as f32 / RATE as f32;
    (0..BANDS)
        .map(|band| {
            let (a, b, c) = (corner(band), corner(band + 1), corner(band + 2));
            let first = a.floor() as usize;
            let weights = (first..=c.ceil() as usize)
                .map(|bin| {
                    let x = bin as f32;
                    ((x - a) / (b - a)).min((c - x) / (c - b)).max(0.0)
                })
                .collect();
            (first, weights)
        })
        .collect()
}

/// Cosine transform of each row (type II), without its mean.
fn cepstra(mel: &[f32], top: f32) -> Vec<f32> {
    let basis: Vec<f32> = (1..=CEPSTRA)
        .flat_map(|k| {
            (0..BANDS).map(move |b| (std::f32::consts::PI * k as f32 * (b as f32 + 0.5) / BANDS as f32).cos())
        })
        .collect();
    mel.chunks_exact(BANDS)
        .flat_map(|row| {
            // Under the floor there is only noise: it must not look like a vowel.
            let row: Vec<f32> = row.iter().map(|m| m.max(top - 60.0)).collect();
            basis
                .chunks_exact(BANDS)
                .map(|b| b.iter().zip(&row).map(|(x, y)| x * y).sum())
                .collect::<Vec<f32>>()
        })
        .collect()
}

/// Mean 0 and variance 1 over the frames that sound.
fn normalised(cepstra: &[f32], sounds: &[bool]) -> Vec<f32> {
    let mut out = cepstra.to_vec();
    let count = sounds.iter().filter(|s| **s).count().max(1) as f32;
    for k in 0..CEPSTRA {
        let of = |f: usize| cepstra[f * CEPSTRA + k];
        let frames = (0..sounds.len()).filter(|f| sounds[*f]);
        let mean = frames.clone().map(of).sum::<f32>() / count;
        let spread = (frames.map(|f| (of(f) - mean).powi(2)).sum::<f32>() / count)
            .sqrt()
            .max(1e-3);
        for f in 0..sounds.len() {
            out[f * CEPSTRA + k] = ((of(f) - mean) / spread).clamp(-3.0, 3.0);
        }
    }
    out
}

/// How much louder each frame's bands are than 30 ms before, 0–2.
fn onsets(mel: &[f32], top: f32) -> Vec<f32> {
    let frames = mel.len() / BANDS;
    (0..frames)
        .map(|f| {
            let before = f.saturating_sub(3);
            let rise: f32 = (0..BANDS)
                .map(|b| (mel[f * BANDS + b].max(top - 50.0) - mel[before * BANDS + b].max(top - 50.0)).max(0.0))
                .sum();
            (rise / BANDS as f32 / 6.0).min(2.0)
        })
        .collect()
}
