//! Chroma: how strongly each of the twelve pitch classes sounds, frame by frame.
//!
//! Spectral peaks with interpolated frequencies, folded with their share of the harmonics below them
//! (E. Gómez, "Tonal description of polyphonic audio for music content processing", 2006), after the
//! recording's tuning against A = 440 Hz is known.

use rayon::prelude::*;
use realfft::{RealFftPlanner, RealToComplex};

use crate::RATE;

/// Samples of one window: 5.4 Hz a bin, two bins a semitone at 185 Hz; below that, interpolation helps.
const WINDOW: usize = 8192;
/// Samples from frame to frame (50 ms).
const HOP: usize = 2205;
/// The lowest and highest frequency that counts, Hz.
const LOWEST: f32 = 32.0;
const HIGHEST: f32 = 2100.0;
/// Up to here a peak is the bass, Hz.
const BASS: f32 = 190.0;
/// Peaks weaker than this part of the frame's strongest one are not heard (-46 dB).
const FLOOR: f32 = 0.005;

/// Chroma frames of a recording.
#[derive(Clone, Debug)]
pub struct Chroma {
    /// Seconds from frame to frame; frame 0 is centred on second 0.
    pub hop: f64,
    /// How far the recording is tuned above A = 440 Hz, in semitones, -0.5 to 0.5.
    pub tuning: f32,
    /// Of all that sounds; not normalised, so loud frames weigh more.
    pub frames: Vec<[f32; 12]>,
    /// Of the lowest notes alone.
    pub bass: Vec<[f32; 12]>,
}

/// A spectral peak: pitch in semitones (MIDI numbers), weight.
type Peak = (f32, f32);

impl Chroma {
    /// The chroma of mono sound.
    pub fn of(mono: &[f32]) -> Self {
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(WINDOW);
        let window: Vec<f32> = (0..WINDOW)
            .map(|i| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / WINDOW as f32).cos())
            .collect();
        let frames = mono.len() / HOP + 1;
        let peaks: Vec<Vec<Peak>> = (0..frames)
            .into_par_iter()
            .map_init(
                || (fft.make_input_vec(), fft.make_output_vec()),
                |(input, output), frame| peaks(mono, frame, &*fft, &window, input, output),
            )
            .collect();
        let tuning = tuning(&peaks);
        let (frames, bass) = peaks.iter().map(|p| fold(p, tuning)).unzip();
        Self {
            hop: HOP as f64 / f64::from(RATE),
            tuning,
            frames,
            bass,
        }
    }

    /// The mean of the frames between two seconds (at least one frame).
    pub fn mean(&self, from: f64, to: f64) -> [f32; 12] {
        mean(&self.frames, self.hop, from, to)
    }

    /// The same of the bass.
    pub fn mean_bass(&self, from: f64, to: f64) -> [f32; 12] {
        mean(&self.bass, self.hop, from, to)
    }
}

/// How unlike two chroma vectors are: 1 - cosine, 0 where either is empty.
pub fn distance(a: &[f32; 12], b: &[f32; 12]) -> f32 {
    let dot: f32 = a.iter().zip(b).map(|(x, y)| x * y).sum();
    let norm = (a.iter().map(|x| x * x).sum::<f32>() * b.iter().map(|x| x * x).sum::<f32>()).sqrt();
    if norm > 1e-9 { (1.0 - dot / norm).max(0.0) } else { 0.0 }
}

fn mean(frames: &[[f32; 12]], hop: f64, from: f64, to: f64) -> [f32; 12] {
    let mut sum = [0.0; 12];
    if frames.is_empty() {
        return sum;
    }
    let first = ((from / hop).ceil().max(0.0) as usize).min(frames.len() - 1);
    let last = ((to / hop).ceil().max(0.0) as usize).clamp(first + 1, frames.len().max(first + 1));
    let span = &frames[first..last.min(frames.len())];
    for frame in span {
        for (s, v) in sum.iter_mut().zip(frame) {
            *s += v / span.len() as f32;
        }
    }
    sum
}

fn peaks(
    mono: &[f32],
    frame: usize,
    fft: &dyn RealToComplex<f32>,
    window: &[f32],
    input: &mut [f32],
    output: &mut [realfft::num_complex::Complex32],
) -> Vec<Peak> {
    let start = (frame * HOP) as isize - (WINDOW / 2) as isize;
    for (i, (x, w)) in input.iter_mut().zip(window).enumerate() {
        let at = start + i as isize;
        *x = usize::try_from(at)
            .ok()
            .and_then(|at| mono.get(at))
            .map_or(0.0, |s| s * w);
    }
    fft.process(input, output).expect("the buffers were made by this plan");
    let bin_hz = RATE as f32 / WINDOW as f32;
    let from = (LOWEST / bin_hz) as usize;
    let to = (HIGHEST / bin_hz) as usize;
    let level: Vec<f32> = output[from - 1..=to + 1].iter().map(|c| c.norm()).collect();
    let strongest = level.iter().copied().fold(0.0_f32, f32::max);
    // A digital silence has no peaks (Hann's gain is WINDOW / 4 for a full-scale sine).
    if strongest < WINDOW as f32 * 1e-6 {
        return Vec::new();
    }
    let mut found = Vec::new();
    for i in 1..level.len() - 1 {
        let (l, c, r) = (level[i - 1], level[i], level[i + 1]);
        if c < strongest * FLOOR || c < l || c <= r {
            continue;
        }
        let (l, c, r) = (l.max(1e-12).ln(), c.ln(), r.max(1e-12).ln());
        let curve = l - 2.0 * c + r;
        let shift = if curve < -1e-9 { 0.5 * (l - r) / curve } else { 0.0 };
        let hz = (from - 1 + i) as f32 * bin_hz + shift.clamp(-0.5, 0.5) * bin_hz;
        // Compressed, so that one loud note does not hide its chord.
        found.push((
            69.0 + 12.0 * (hz / 440.0).log2(),
            (c - 0.25 * shift * (l - r)).exp().sqrt(),
        ));
    }
    found
}

/// The circular mean of the peaks' distances from the tempered scale.
fn tuning(peaks: &[Vec<Peak>]) -> f32 {
    let (mut re, mut im) = (0.0_f64, 0.0_f64);
    for &(pitch, weight) in peaks.iter().flatten() {
        // Lower peaks are too coarse, higher ones are bent partials.
        if (52.0..88.0).contains(&pitch) {
            let angle = std::f64::consts::TAU * f64::from(pitch);
            re += f64::from(weight) * angle.cos();
            im += f64::from(weight) * angle.sin();
        }
    }
    if re == 0.0 && im == 0.0 {
        0.0
    } else {
        (im.atan2(re) / std::f64::consts::TAU) as f32
    }
}

fn fold(peaks: &[Peak], tuning: f32) -> ([f32; 12], [f32; 12]) {
    // Semitones a partial lies above its fundamental, and how much of it is believed to be a partial.
    const PARTIALS: [(f32, f32); 3] = [(0.0, 1.0), (19.02, 0.25), (27.86, 0.1)];
    let bass_limit = 69.0 + 12.0 * (BASS / 440.0).log2();
    let (mut all, mut bass) = ([0.0; 12], [0.0; 12]);
    for &(pitch, weight) in peaks {
        for (above, share) in PARTIALS {
            let pitch = pitch - tuning - above;
            let nearest = pitch.round();
            let near = (std::f32::consts::PI * (pitch - nearest)).cos().max(0.0);
            let class = (nearest as i32).rem_euclid(12) as usize;
            all[class] += weight * share * near;
            if above == 0.0 && pitch < bass_limit {
                bass[class] += weight * near;
            }
        }
    }
    (all, bass)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32, seconds: f32) -> Vec<f32> {
        (0..(seconds * RATE as f32) as usize)
            .map(|i| {
                let t = i as f32 / RATE as f32;
                (1..6)
                    .map(|h| (std::f32::consts::TAU * hz * h as f32 * t).sin() / h as f32)
                    .sum::<f32>()
                    * 0.2
            })
            .collect()
    }

    #[test]
    fn a_tone_is_its_pitch_class_and_the_tuning_is_found() {
        for cents in [-30.0_f32, 0.0, 20.0] {
            let a = 220.0 * 2.0_f32.powf(cents / 1200.0);
            let chroma = Chroma::of(&tone(a, 2.0));
            assert!((chroma.tuning * 100.0 - cents).abs() < 5.0, "{}", chroma.tuning);
            let mean = chroma.mean(0.5, 1.5);
            let best = (0..12).max_by(|&x, &y| mean[x].total_cmp(&mean[y]));
            assert_eq!(best, Some(9));
        }
    }

    #[test]
    fn silence_has_no_chroma() {
        let chroma = Chroma::of(&vec![0.0; 44_100]);
        assert_eq!(chroma.mean(0.0, 1.0), [0.0; 12]);
        assert_eq!(distance(&[0.0; 12], &[1.0; 12]), 0.0);
    }
}
