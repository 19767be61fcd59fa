//! Sound to spectra and back: frames of [`SIZE`] samples every [`HOP`], weighted by a periodic Hann window
//! on both ways, the signal padded with silence by half a frame at its ends. The sum of the overlapping
//! squared windows is divided out, so the way back restores the sound.

use std::sync::Arc;

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};

/// Samples a frame.
pub(crate) const SIZE: usize = 4096;
/// Samples from frame to frame.
pub(crate) const HOP: usize = 1024;
/// Frequencies of a spectrum.
pub(crate) const BINS: usize = SIZE / 2 + 1;

/// Both ways, with their plans.
pub(crate) struct Stft {
    window: Vec<f32>,
    forward: Arc<dyn RealToComplex<f32>>,
    back: Arc<dyn ComplexToReal<f32>>,
}

impl Stft {
    /// Plans both ways.
    pub(crate) fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let window = (0..SIZE)
            .map(|i| (0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / SIZE as f64).cos()) as f32)
            .collect();
        Self {
            window,
            forward: planner.plan_fft_forward(SIZE),
            back: planner.plan_fft_inverse(SIZE),
        }
    }

    /// Frames that cover `samples`.
    pub(crate) fn frames(samples: usize) -> usize {
        samples.div_ceil(HOP) + 1
    }

    /// The spectrum of frame `frame` of `signal`.
    pub(crate) fn spectrum(&self, signal: &[f32], frame: usize) -> Vec<Complex<f32>> {
        let mut input = vec![0.0; SIZE];
        // The frame's first sample is frame · HOP − SIZE / 2 of the signal.
        let start = frame * HOP;
        for (i, (x, w)) in input.iter_mut().zip(&self.window).enumerate() {
            if let Some(s) = (start + i).checked_sub(SIZE / 2).and_then(|at| signal.get(at)) {
                *x = s * w;
            }
        }
        let mut spectrum = self.forward.make_output_vec();
        self.forward
            .process(&mut input, &mut spectrum)
            .expect("the buffers are of the plan's own sizes");
        spectrum
    }

    /// A frame of sound from its spectrum, weighted and scaled for [`Overlap`].
    pub(crate) fn frame(&self, mut spectrum: Vec<Complex<f32>>) -> Vec<f32> {
        // A real signal's first and last frequencies have no phase.
        spectrum[0].im = 0.0;
        spectrum[BINS - 1].im = 0.0;
        let mut frame = vec![0.0; SIZE];
        self.back
            .process(&mut spectrum, &mut frame)
            .expect("the buffers are of the plan's own sizes");
        for (x, w) in frame.iter_mut().zip(&self.window) {
            *x *= w / SIZE as f32;
        }
        frame
    }

    /// The overlapping squared windows at sample `at` of hop `hop`, when there are `frames` frames.
    fn weight(&self, hop: usize, at: usize, frames: usize) -> f32 {
        (0..SIZE / HOP)
            .filter(|k| *k <= hop && hop - k < frames)
            .map(|k| self.window[k * HOP + at].powi(2))
            .sum()
    }
}

/// Frames of sound laid over each other in their order.
pub(crate) struct Overlap<'a> {
    stft: &'a Stft,
    /// How many frames there are in all.
    frames: usize,
    /// Frames added.
    added: usize,
    /// Sums of the hops that still miss frames.
    open: Vec<f32>,
    /// The finished signal from its first sample.
    done: Vec<f32>,
    samples: usize,
}

impl<'a> Overlap<'a> {
    /// For a signal of `samples`.
    pub(crate) fn new(stft: &'a Stft, samples: usize) -> Self {
        Self {
            stft,
            frames: Stft::frames(samples),
            added: 0,
            open: vec![0.0; SIZE],
            done: Vec::with_capacity(samples),
            samples,
        }
    }

    /// Adds the next frame.
    pub(crate) fn add(&mut self, frame: &[f32]) {
        for (sum, x) in self.open.iter_mut().zip(frame) {
            *sum += x;
        }
        self.close(self.added);
        self.added += 1;
    }

    /// The first hop of `open`, hop `hop` of the padded signal, is complete.
    fn close(&mut self, hop: usize) {
        // The first SIZE / 2 samples are padding.
        if hop >= SIZE / 2 / HOP {
            for at in 0..HOP.min(self.samples - self.done.len()) {
                let weight = self.stft.weight(hop, at, self.frames);
                self.done.push(self.open[at] / weight.max(1e-8));
            }
        }
        self.open.copy_within(HOP.., 0);
        self.open[SIZE - HOP..].fill(0.0);
    }

    /// The signal, once all frames are added.
    pub(crate) fn finish(mut self) -> Vec<f32> {
        for hop in self.added..self.added + SIZE / HOP {
            self.close(hop);
        }
        self.done
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;

    #[test]
    fn there_and_back_is_the_same_sound() {
        let stft = Stft::new();
        for samples in [1, 1000, 1024, 4097, 50_000] {
            let mut dice = Dice::new(1, "stft");
            let sound: Vec<f32> = (0..samples).map(|_| dice.between(-1.0, 1.0) as f32).collect();
            let mut overlap = Overlap::new(&stft, samples);
            for frame in 0..Stft::frames(samples) {
                overlap.add(&stft.frame(stft.spectrum(&sound, frame)));
            }
            let back = overlap.finish();
            assert_eq!(back.len(), samples);
            let worst = sound.iter().zip(&back).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 2e-6, "{samples}: {worst}");
        }
    }

    #[test]
    fn a_tone_stands_in_its_bin() {
        let stft = Stft::new();
        let tone: Vec<f32> = (0..SIZE * 2)
            .map(|i| (std::f32::consts::TAU * 100.0 * i as f32 / SIZE as f32).cos())
            .collect();
        let spectrum = stft.spectrum(&tone, 4);
        let peak = (0..BINS).max_by(|a, b| spectrum[*a].norm().total_cmp(&spectrum[*b].norm()));
        assert_eq!(peak, Some(100));
        // Half the window's sum, as a tone shares its energy with its negative frequency.
        assert!((spectrum[100].norm() - SIZE as f32 / 4.0).abs() < 1.0);
    }
}
