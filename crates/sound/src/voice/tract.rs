//! The vocal tract: excitation filtered frame by frame with a minimum-phase envelope in a short-time
//! Fourier transform (1200 points, hop 300, periodic Hann, 24 kHz) and added up again.

use std::sync::Arc;

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex32};

use super::{envelope::BINS, excitation::HOP};

/// Points of a frame.
pub const POINTS: usize = 1200;
/// The envelope may fall this far under its peak (nepers of amplitude) before its phase is computed:
/// deeper notches would ring.
const PHASE_DEPTH: f32 = 12.0;
/// Largest log amplitude.
const TOP: f32 = 7.0;

/// Transforms and buffers of one worker.
pub struct Tract {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    frame: Vec<f32>,
    spectrum: Vec<Complex32>,
    hiss: Vec<Complex32>,
    phase: Vec<f32>,
}

/// What one frame sounds like.
pub struct Frame<'a> {
    /// Log amplitude of the harmonics a bin; `None` where the frame is unvoiced.
    pub harmonics: Option<&'a [f32]>,
    /// Log amplitude of the noise a bin.
    pub noise: &'a [f32],
    /// Amplitude factor of the harmonics.
    pub voice: f32,
    /// Amplitude factor of the whole frame.
    pub gain: f32,
}

impl Tract {
    /// Plans the transforms.
    pub fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let hann = |n: usize| 0.5 - 0.5 * (std::f32::consts::TAU * n as f32 / POINTS as f32).cos();
        Self {
            forward: planner.plan_fft_forward(POINTS),
            inverse: planner.plan_fft_inverse(POINTS),
            window: (0..POINTS).map(hann).collect(),
            frame: vec![0.0; POINTS],
            spectrum: vec![Complex32::default(); BINS],
            hiss: vec![Complex32::default(); BINS],
            phase: vec![0.0; BINS],
        }
    }

    /// Filters the 1200 samples of excitation around a frame and adds the result to `out`, which
    /// begins at the same sample.
    pub fn add(&mut self, frame: &Frame, pulses: &[f32], noise: &[f32], out: &mut [f32]) {
        // White noise of unit variance has Σw² = 450 a bin; a unit cosine peaks at Σw/2 = 300.
        Self::transform(
            &*self.forward,
            &self.window,
            noise,
            1.0 / 450f32.sqrt(),
            &mut self.frame,
            &mut self.hiss,
        );
        for (z, level) in self.hiss.iter_mut().zip(frame.noise) {
            *z *= level.min(TOP).exp() * frame.gain;
        }
        if let Some(levels) = frame.harmonics {
            self.minimum_phase(levels);
            Self::transform(
                &*self.forward,
                &self.window,
                pulses,
                4.0 / POINTS as f32,
                &mut self.frame,
                &mut self.spectrum,
            );
            for (((sum, z), level), phase) in self.hiss.iter_mut().zip(&self.spectrum).zip(levels).zip(&self.phase) {
                *sum += z * Complex32::from_polar(level.min(TOP).exp() * frame.gain * frame.voice, *phase);
            }
        }
        self.hiss[0].im = 0.0;
        self.hiss[BINS - 1].im = 0.0;
        self.inverse
            .process(&mut self.hiss, &mut self.frame)
            .expect("buffers have the planned length");
        // Σw² over four hops is 1.5.
        let scale = 1.0 / (POINTS as f32 * 1.5);
        for ((y, x), w) in out.iter_mut().zip(&self.frame).zip(&self.window) {
            *y += x * w * scale;
        }
    }

    fn transform(
        fft: &dyn RealToComplex<f32>,
        window: &[f32],
        x: &[f32],
        scale: f32,
        frame: &mut [f32],
        out: &mut [Complex32],
    ) {
        for ((y, x), w) in frame.iter_mut().zip(x).zip(window) {
            *y = x * w * scale;
        }
        fft.process(frame, out).expect("buffers have the planned length");
    }

    /// Phase of the minimum-phase filter with these log amplitudes: the imaginary part of the
    /// transform of the folded cepstrum (Oppenheim and Schafer, Discrete-Time Signal Processing).
    fn minimum_phase(&mut self, levels: &[f32]) {
        let floor = levels.iter().copied().fold(f32::MIN, f32::max) - PHASE_DEPTH;
        for (z, level) in self.spectrum.iter_mut().zip(levels) {
            *z = Complex32::new(level.max(floor), 0.0);
        }
        self.inverse
            .process(&mut self.spectrum, &mut self.frame)
            .expect("buffers have the planned length");
        let scale = 1.0 / POINTS as f32;
        for (n, c) in self.frame.iter_mut().enumerate() {
            *c *= match n {
                0 => scale,
                n if n < POINTS / 2 => 2.0 * scale,
                n if n == POINTS / 2 => scale,
                _ => 0.0,
            };
        }
        self.forward
            .process(&mut self.frame, &mut self.spectrum)
            .expect("buffers have the planned length");
        for (phase, z) in self.phase.iter_mut().zip(&self.spectrum) {
            *phase = z.im;
        }
    }
}

/// Samples of excitation ahead of frame 0.
pub const BEFORE: usize = POINTS / 2;

/// Samples of excitation for so many frames.
pub fn excitation_length(frames: usize) -> usize {
    frames * HOP + POINTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minimum_phase_of_a_one_pole_filter() {
        // 1 / (1 − 0.8 z⁻¹)
        let response = |k: usize| {
            let w = std::f32::consts::TAU * k as f32 / POINTS as f32;
            Complex32::new(1.0, 0.0) / (Complex32::new(1.0, 0.0) - 0.8 * Complex32::from_polar(1.0, -w))
        };
        let levels: Vec<f32> = (0..BINS).map(|k| response(k).norm().ln()).collect();
        let mut tract = Tract::new();
        tract.minimum_phase(&levels);
        for (k, phase) in tract.phase.iter().enumerate() {
            assert!((phase - response(k).arg()).abs() < 1e-3, "bin {k}: {phase}");
        }
    }

    #[test]
    fn a_flat_envelope_passes_the_excitation_through() {
        let frames = 20;
        let x: Vec<f32> = (0..excitation_length(frames))
            .map(|n| (n as f32 * 0.05).sin())
            .collect();
        let (mut out, flat, silent) = (vec![0.0; x.len()], vec![0.0; BINS], vec![-60.0; BINS]);
        let mut tract = Tract::new();
        for k in 0..frames {
            let frame = Frame {
                harmonics: Some(&flat),
                noise: &silent,
                voice: 1.0,
                gain: 1.0,
            };
            let at = k * HOP;
            tract.add(
                &frame,
                &x[at..at + POINTS],
                &x[at..at + POINTS],
                &mut out[at..at + POINTS],
            );
        }
        // The analysis window's gain is 300 and is divided out: a unit cosine becomes 1/300 a sample.
        for n in 1500..5000 {
            assert!(
                (out[n] * 300.0 - x[n]).abs() < 1e-3,
                "sample {n}: {} {}",
                out[n] * 300.0,
                x[n]
            );
        }
    }
}
