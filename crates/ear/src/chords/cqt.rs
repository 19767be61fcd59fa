//! What the chord network hears: a constant-Q spectrum with 36 bins an octave from C1, a frame every
//! [`HOP`] samples, once at the pitches themselves and once an octave above them, in decibels below the
//! loudest. Same definition as librosa 0.10's `cqt` under pumpp's `HCQTMag` (Hann windows of Q / f seconds,
//! normalised, times the root of their length); computed with sparse kernels in one spectrum a frame
//! (Brown and Puckette, "An efficient algorithm for the calculation of a constant Q transform", JASA 1992).

use rayon::prelude::*;
use realfft::{RealFftPlanner, num_complex::Complex};

use crate::RATE;

/// Samples from frame to frame.
pub(super) const HOP: usize = 4096;
/// Bins of a harmonic.
pub(super) const BINS: usize = 216;
/// Harmonics: the pitch itself and its octave.
pub(super) const HARMONICS: usize = 2;

/// Bins an octave.
const OCTAVE: usize = 36;
/// All distinct frequencies.
const PITCHES: usize = BINS + OCTAVE;
/// C1, Hz.
const LOWEST: f64 = 32.703_195_662_574_83;
/// The spectrum is taken at a quarter of the rate: the highest kernel ends at 4.2 kHz.
const SLOWER: usize = 4;
/// Samples of that spectrum; holds the longest window, 17 516.
const SIZE: usize = 32_768;
/// Parts of a kernel this far below its peak are left out.
const SPARSE: f32 = 5e-4;
/// Nothing is quieter than this against the loudest, dB.
const FLOOR: f32 = -80.0;
/// Magnitudes under this are silence (librosa's `amin`).
const SILENCE: f32 = 1e-5;

/// The front end with its kernels (about 0.5 MB).
pub(super) struct Cqt {
    kernels: Vec<Kernel>,
    filter: Vec<f32>,
}

/// One window times its tone, as a spectrum.
struct Kernel {
    /// First bin that counts.
    from: usize,
    weights: Vec<Complex<f32>>,
}

impl Cqt {
    /// Computes the kernels.
    pub(super) fn new() -> Self {
        let fft = RealFftPlanner::<f64>::new().plan_fft_forward(SIZE);
        let rate = f64::from(RATE) / SLOWER as f64;
        // Relative bandwidth as librosa has it since 0.10.
        let square = 2.0_f64.powf(2.0 / OCTAVE as f64);
        let q = (square + 1.0) / (square - 1.0);
        let kernel = |pitch: usize| {
            let frequency = LOWEST * 2.0_f64.powf(pitch as f64 / OCTAVE as f64);
            let length = q * rate / frequency;
            // A real window at time 0 has a real spectrum; moved to the frequency it is the kernel's.
            let half = (length / 2.0).floor() as usize;
            let mut parts = [vec![0.0; SIZE], vec![0.0; SIZE]];
            let mut sum = 0.0;
            for n in 0..=2 * half {
                let t = n as f64 - half as f64;
                let window = 0.5 + 0.5 * (std::f64::consts::TAU * t / length).cos();
                let phase = std::f64::consts::TAU * frequency * t / rate;
                let at = (n + SIZE - half) % SIZE;
                parts[0][at] = window * phase.cos();
                parts[1][at] = window * phase.sin();
                sum += window;
            }
            let [real, imaginary] = parts.map(|mut part| {
                let mut spectrum = fft.make_output_vec();
                fft.process(&mut part, &mut spectrum)
                    .expect("the buffers are of the plan's own sizes");
                spectrum
            });
            let scale = length.sqrt() / sum / SIZE as f64;
            let i = Complex::new(0.0, 1.0);
            let all: Vec<Complex<f32>> = real
                .iter()
                .zip(&imaginary)
                .map(|(re, im)| (re + i * im).conj() * scale)
                .map(|c| Complex::new(c.re as f32, c.im as f32))
                .collect();
            let peak = all.iter().map(|c| c.norm()).fold(0.0, f32::max);
            let counts = |c: &Complex<f32>| c.norm() > SPARSE * peak;
            let from = all.iter().position(counts).unwrap_or(0);
            let to = all.iter().rposition(counts).map_or(0, |at| at + 1);
            Kernel {
                from,
                weights: all[from..to].to_vec(),
            }
        };
        Self {
            kernels: (0..PITCHES).into_par_iter().map(kernel).collect(),
            filter: low_pass(),
        }
    }

    /// Frames of a recording of `samples`.
    pub(super) fn frames(samples: usize) -> usize {
        samples / HOP
    }

    /// `[frame][bin][harmonic]` in dB under the loudest, or nothing when all is silent.
    pub(super) fn spectrogram(&self, mono: &[f32]) -> Option<Vec<f32>> {
        let slow = self.slower(mono);
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(SIZE);
        let frames: Vec<Vec<f32>> = (0..Self::frames(mono.len()))
            .into_par_iter()
            .map_init(
                || (fft.make_input_vec(), fft.make_output_vec(), fft.make_scratch_vec()),
                |(input, spectrum, scratch), frame| {
                    // The frame's own moment stands at 0, what lies before it at the end.
                    let centre = frame * HOP / SLOWER;
                    input.fill(0.0);
                    let after = &slow[centre.min(slow.len())..slow.len().min(centre + SIZE / 2)];
                    input[..after.len()].copy_from_slice(after);
                    let before = &slow[centre.saturating_sub(SIZE / 2).min(slow.len())..centre.min(slow.len())];
                    input[SIZE - before.len()..].copy_from_slice(before);
                    fft.process_with_scratch(input, spectrum, scratch)
                        .expect("the buffers are of the plan's own sizes");
                    self.kernels
                        .iter()
                        .map(|k| {
                            let part = &spectrum[k.from..k.from + k.weights.len()];
                            let sum: Complex<f32> = part.iter().zip(&k.weights).map(|(x, w)| x * w).sum();
                            sum.norm()
                        })
                        .collect()
                },
            )
            .collect();
        let loudest = |from: usize| {
            frames
                .iter()
                .flat_map(|f| &f[from..from + BINS])
                .fold(0.0_f32, |a, b| a.max(*b))
        };
        let loudest = [loudest(0), loudest(OCTAVE)];
        if loudest[0].max(loudest[1]) < SILENCE {
            return None;
        }
        let mut out = Vec::with_capacity(frames.len() * BINS * HARMONICS);
        for frame in &frames {
            for bin in 0..BINS {
                for (harmonic, loudest) in loudest.iter().enumerate() {
                    let magnitude = frame[bin + harmonic * OCTAVE].max(SILENCE);
                    out.push((20.0 * (magnitude / loudest.max(SILENCE)).log10()).max(FLOOR));
                }
            }
        }
        Some(out)
    }

    /// Every [`SLOWER`]th sample after the low-pass; the first stays where it was.
    fn slower(&self, mono: &[f32]) -> Vec<f32> {
        let half = self.filter.len() / 2;
        (0..mono.len().div_ceil(SLOWER))
            .into_par_iter()
            .map(|n| {
                let centre = n * SLOWER;
                let from = centre.saturating_sub(half);
                let to = mono.len().min(centre + half + 1);
                let taps = &self.filter[from + half - centre..];
                mono[from..to].iter().zip(taps).map(|(x, w)| x * w).sum()
            })
            .collect()
    }
}

/// A Kaiser-windowed sinc (β 8, 84 dB) at 5.5 kHz: flat to 4.2 kHz; what it lets pass up to 6.8 kHz folds to
/// frequencies no kernel hears.
fn low_pass() -> Vec<f32> {
    const HALF: i32 = 48;
    const BETA: f64 = 8.0;
    // The modified Bessel function of order 0, by its series.
    let bessel = |x: f64| {
        let mut term = 1.0;
        (1..40).fold(1.0, |sum, k| {
            term *= (x / 2.0 / f64::from(k)).powi(2);
            sum + term
        })
    };
    let cutoff = 1.0 / SLOWER as f64;
    (-HALF..=HALF)
        .map(|n| {
            let x = std::f64::consts::PI * f64::from(n) * cutoff;
            let sinc = if n == 0 { 1.0 } else { x.sin() / x };
            let edge = (1.0 - (f64::from(n) / f64::from(HALF + 1)).powi(2)).sqrt();
            (cutoff * sinc * bessel(BETA * edge) / bessel(BETA)) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_loudest_at_its_own_pitch_and_quiet_elsewhere() {
        let cqt = Cqt::new();
        // A4 is 45 semitones above C1.
        let tone: Vec<f32> = (0..3 * RATE)
            .map(|i| (std::f32::consts::TAU * 440.0 * (i as f32 / RATE as f32)).sin())
            .collect();
        let spectrogram = cqt.spectrogram(&tone).unwrap();
        let frames = Cqt::frames(tone.len());
        assert_eq!(spectrogram.len(), frames * BINS * HARMONICS);
        let row = &spectrogram[frames / 2 * BINS * HARMONICS..][..BINS * HARMONICS];
        let level = |bin: usize, harmonic: usize| row[bin * HARMONICS + harmonic];
        assert!(level(135, 0) > -0.5 && level(99, 1) > -0.5);
        assert!(level(135 + 9, 0) < -50.0 && level(135 - 12, 0) < -50.0);
        assert!(level(99 + 9, 1) < -50.0);
    }

    #[test]
    fn silence_has_no_spectrum() {
        assert!(Cqt::new().spectrogram(&vec![0.0; 20_000]).is_none());
    }
}
