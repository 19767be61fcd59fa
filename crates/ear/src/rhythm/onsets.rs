//! Onset strength: where something begins, how strongly, in which register.
//!
//! Spectral flux against the maximum of the neighbouring bands two frames earlier, so that vibrato is
//! no onset (S. Böck, G. Widmer, "Maximum filter vibrato suppression for onset detection", 2013).

use super::spectrum::Bands;

/// Frames between the two spectra that are compared.
const LAG: usize = 2;
/// How strongly quiet things count beside loud ones.
const COMPRESSION: f32 = 60.0;
/// The registers' upper edges, Hz: kick and bass, lower middle, snare and voices; above: hats, air.
const EDGES: [f32; 3] = [140.0, 500.0, 3500.0];
/// Frames an onset is seen before the window's middle reaches it.
const EARLY: f64 = 0.6;

/// Onset curves, one value a frame ([`super::spectrum::FPS`]).
#[derive(Clone, Debug)]
pub struct Onsets {
    /// By register, low to high; each has mean square 1 over the piece (or is silent).
    pub registers: [Vec<f32>; 4],
}

impl Onsets {
    /// The onsets in a spectrogram.
    pub fn of(bands: &Bands) -> Self {
        let count = bands.count();
        let scale = COMPRESSION / bands.level().max(1e-9) / 10.0;
        let logs: Vec<f32> = bands.magnitudes.iter().map(|m| (1.0 + m * scale).ln()).collect();
        let register: Vec<usize> = bands
            .centres
            .iter()
            .map(|hz| EDGES.iter().filter(|&&edge| *hz > edge).count())
            .collect();
        let mut registers: [Vec<f32>; 4] = std::array::from_fn(|_| vec![0.0; bands.frames]);
        for frame in LAG..bands.frames {
            let now = &logs[frame * count..(frame + 1) * count];
            let before = &logs[(frame - LAG) * count..(frame - LAG + 1) * count];
            for band in 0..count {
                let earlier = before[band.saturating_sub(1)..(band + 2).min(count)]
                    .iter()
                    .copied()
                    .fold(0.0_f32, f32::max);
                registers[register[band]][frame] += (now[band] - earlier).max(0.0);
            }
        }
        // A frame compares itself with the one LAG earlier: the step lies between them.
        let size: Vec<f32> = (0..4)
            .map(|r| register.iter().filter(|&&x| x == r).count().max(1) as f32)
            .collect();
        for (curve, size) in registers.iter_mut().zip(size) {
            level(curve, size);
        }
        Self { registers }
    }

    /// The registers together, weighted.
    pub fn weighted(&self, weights: [f32; 4]) -> Vec<f32> {
        let mut sum = vec![0.0; self.registers[0].len()];
        for (curve, weight) in self.registers.iter().zip(weights) {
            for (s, v) in sum.iter_mut().zip(curve) {
                *s += weight * v;
            }
        }
        sum
    }

    /// The frame (fractional) at which an onset at `seconds` peaks.
    pub fn frame(seconds: f64) -> f64 {
        seconds * super::spectrum::FPS - EARLY + 1.0
    }

    /// The second of an onset that peaks at `frame`.
    pub fn second(frame: f64) -> f64 {
        (frame + EARLY - 1.0) / super::spectrum::FPS
    }
}

/// Takes the local mean away and brings the curve to mean square 1; what is hardly there stays small.
fn level(curve: &mut [f32], size: f32) {
    const SPAN: usize = 50;
    let mut sums = Vec::with_capacity(curve.len() + 1);
    sums.push(0.0_f64);
    for v in curve.iter() {
        sums.push(sums[sums.len() - 1] + f64::from(*v));
    }
    let length = curve.len();
    for (i, v) in curve.iter_mut().enumerate() {
        let (from, to) = (i.saturating_sub(SPAN), (i + SPAN).min(length));
        let mean = (sums[to] - sums[from]) / (to - from).max(1) as f64;
        *v = (*v - mean as f32).max(0.0);
    }
    let square: f64 = curve.iter().map(|&v| f64::from(v * v)).sum();
    let rms = (square / length.max(1) as f64).sqrt() as f32;
    // Less than a few percent of change a band: noise.
    let gain = 1.0 / rms.max(0.02 * size);
    for v in curve.iter_mut() {
        *v *= gain;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RATE, rhythm::spectrum::FPS};

    #[test]
    fn clicks_are_found_where_they_are() {
        let mut sound = vec![0.0_f32; RATE as usize * 4];
        let times: Vec<f64> = (0..7).map(|i| 0.313 + 0.5 * f64::from(i)).collect();
        for time in &times {
            let at = (time * f64::from(RATE)) as usize;
            for i in 0..2000 {
                sound[at + i] = (-(i as f32) / 300.0).exp() * (i as f32 * 0.35).sin() * 0.5;
            }
        }
        let curve = Onsets::of(&Bands::of(&sound)).weighted([1.0; 4]);
        for time in times {
            let near = (time * FPS) as usize;
            let peak = (near - 8..near + 8)
                .max_by(|&a, &b| curve[a].total_cmp(&curve[b]))
                .unwrap();
            let heard = Onsets::second(peak as f64);
            assert!((heard - time).abs() < 0.011, "{time} heard at {heard}");
        }
    }
}
