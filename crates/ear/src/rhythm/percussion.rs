//! How much of the sound is percussive: what is smooth along time is harmonic, what is smooth along
//! frequency is percussive (D. Fitzgerald, "Harmonic/percussive separation using median filtering", 2010).

use rayon::prelude::*;

use super::spectrum::Bands;

/// Frames (0.25 s) and bands (an octave and a half) a median looks over.
const ALONG: usize = 25;
const ACROSS: usize = 17;
/// Every which frame is looked at.
const STRIDE: usize = 4;

/// The percussive share of the energy, 0–1.
pub fn share(bands: &Bands) -> f32 {
    let count = bands.count();
    let parts: Vec<(f64, f64)> = (0..bands.frames.div_ceil(STRIDE))
        .into_par_iter()
        .map(|i| {
            let frame = i * STRIDE;
            let (mut percussive, mut all) = (0.0_f64, 0.0_f64);
            let mut buffer = [0.0_f32; ALONG];
            let from = frame.saturating_sub(ALONG / 2);
            let to = (frame + ALONG / 2 + 1).min(bands.frames);
            let row = bands.row(frame);
            for band in 0..count {
                for (slot, f) in buffer.iter_mut().zip(from..to) {
                    *slot = bands.magnitudes[f * count + band];
                }
                let harmonic = median(&mut buffer[..to - from]);
                let near = band.saturating_sub(ACROSS / 2)..(band + ACROSS / 2 + 1).min(count);
                let width = near.len();
                buffer[..width].copy_from_slice(&row[near]);
                let percussion = median(&mut buffer[..width]);
                let energy = f64::from(row[band] * row[band]);
                let (h, p) = (f64::from(harmonic * harmonic), f64::from(percussion * percussion));
                if h + p > 0.0 {
                    percussive += energy * p / (h + p);
                    all += energy;
                }
            }
            (percussive, all)
        })
        .collect();
    let (percussive, all) = parts.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
    if all > 0.0 { (percussive / all) as f32 } else { 0.0 }
}

fn median(values: &mut [f32]) -> f32 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}
