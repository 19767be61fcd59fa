//! Parts a recording into singing and accompaniment: Spleeter's two networks estimate the magnitudes of
//! both in blocks of 512 frames, the ratio of their squares is the share of each frequency that is singing
//! (Wiener-like masks, as Spleeter's own), and the accompaniment is what the singing leaves of the input,
//! so both add up to it exactly. Above 11 kHz the networks hear nothing; there all is accompaniment.

mod net;

use std::{path::PathBuf, sync::Arc};

use rayon::prelude::*;
use realfft::num_complex::Complex;
use rten::ThreadPool;
use rten_tensor::NdTensor;

use self::net::{FRAMES, NAME, Net};
use crate::{
    EarError, Progress,
    stft::{BINS, Overlap, Stft},
    tell,
};

/// Keeps the share defined where nothing sounds.
const EPSILON: f32 = 1e-10;

/// The two networks; about 160 MB while it lives.
pub struct Separation {
    voice: Net,
    band: Net,
    pool: Arc<ThreadPool>,
}

/// A recording in two: sample by sample they add up to it.
#[derive(Clone, Debug)]
pub struct Separated {
    /// The singing, left and right.
    pub voice: [Vec<f32>; 2],
    /// Everything else, left and right.
    pub band: [Vec<f32>; 2],
}

impl Separated {
    /// The singing, mono.
    pub fn mono_voice(&self) -> Vec<f32> {
        let [left, right] = &self.voice;
        left.iter().zip(right).map(|(l, r)| 0.5 * (l + r)).collect()
    }

    /// Share of the energy that is singing, 0–1.
    pub fn share(&self) -> f32 {
        let energy = |side: &[Vec<f32>; 2]| -> f64 { side.iter().flatten().map(|x| f64::from(x * x)).sum() };
        let (voice, band) = (energy(&self.voice), energy(&self.band));
        if voice + band > 0.0 {
            (voice / (voice + band)) as f32
        } else {
            0.0
        }
    }
}

impl Separation {
    /// Reads both checkpoints: that of the singing, that of the accompaniment.
    pub fn load(paths: &[PathBuf; 2]) -> Result<Self, EarError> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_threads(paths, threads)
    }

    fn with_threads(paths: &[PathBuf; 2], threads: usize) -> Result<Self, EarError> {
        Ok(Self {
            voice: Net::load(&paths[0])?,
            band: Net::load(&paths[1])?,
            pool: Arc::new(ThreadPool::with_num_threads(threads)),
        })
    }

    /// Parts `left` and `right` (equally long, 44.1 kHz; give a mono recording twice).
    pub fn separate(&self, left: &[f32], right: &[f32], progress: &Progress<'_>) -> Result<Separated, EarError> {
        let step = "separating";
        if left.len() != right.len() {
            return Err(EarError::Run {
                name: NAME,
                cause: format!("{} samples left, {} right", left.len(), right.len()),
            });
        }
        let stft = Stft::new();
        let frames = Stft::frames(left.len());
        let mut voice = [left, right].map(|side| Overlap::new(&stft, side.len()));
        for from in (0..frames).step_by(FRAMES) {
            tell(progress, step, from as f32 / frames as f32)?;
            let to = frames.min(from + FRAMES);
            let spectra = [left, right].map(|side| {
                (from..to)
                    .into_par_iter()
                    .map(|frame| stft.spectrum(side, frame))
                    .collect::<Vec<_>>()
            });
            let shares = self.shares(&spectra)?;
            for ((overlap, spectra), shares) in voice
                .iter_mut()
                .zip(spectra)
                .zip(shares.chunks_exact(FRAMES * net::BINS))
            {
                let sound: Vec<_> = spectra
                    .into_par_iter()
                    .zip(shares.par_chunks_exact(net::BINS))
                    .map(|(spectrum, shares)| stft.frame(masked(spectrum, shares)))
                    .collect();
                for frame in &sound {
                    overlap.add(frame);
                }
            }
        }
        tell(progress, step, 1.0)?;
        let voice = voice.map(Overlap::finish);
        let rest = |all: &[f32], voice: &[f32]| all.iter().zip(voice).map(|(a, v)| a - v).collect();
        let band = [rest(left, &voice[0]), rest(right, &voice[1])];
        Ok(Separated { voice, band })
    }

    /// How much of each frequency is singing, 0–1: `[channel][frame][bin]`.
    fn shares(&self, spectra: &[Vec<Vec<Complex<f32>>>; 2]) -> Result<Vec<f32>, EarError> {
        let mut magnitudes = vec![0.0; 2 * FRAMES * net::BINS];
        for (block, spectra) in magnitudes.chunks_exact_mut(FRAMES * net::BINS).zip(spectra) {
            for (row, spectrum) in block.chunks_exact_mut(net::BINS).zip(spectra) {
                row.iter_mut().zip(spectrum).for_each(|(m, c)| *m = c.norm());
            }
        }
        let magnitudes = NdTensor::from_data([1, 2, FRAMES, net::BINS], magnitudes);
        let mut voice = self.voice.estimate(&magnitudes, &self.pool)?;
        let band = self.band.estimate(&magnitudes, &self.pool)?;
        for (v, b) in voice.iter_mut().zip(&band) {
            let square = *v * *v;
            *v = (square + EPSILON / 2.0) / (square + b * b + EPSILON);
        }
        Ok(voice)
    }
}

/// What the shares leave of a spectrum.
fn masked(mut spectrum: Vec<Complex<f32>>, shares: &[f32]) -> Vec<Complex<f32>> {
    for (c, share) in spectrum.iter_mut().zip(shares) {
        *c *= share;
    }
    spectrum[net::BINS..BINS].fill(Complex::new(0.0, 0.0));
    spectrum
}

#[cfg(test)]
mod tests;
