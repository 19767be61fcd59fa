//! A spectrogram in narrow bands, for onsets, percussion and timbre.

use rayon::prelude::*;
use realfft::RealFftPlanner;

use crate::RATE;

/// Samples from frame to frame: 10 ms.
pub const HOP: usize = 441;
/// Frames a second.
pub const FPS: f64 = RATE as f64 / HOP as f64;
/// Samples of one window.
const WINDOW: usize = 2048;
/// Bands an octave, as far as the bins are fine enough for them.
const PER_OCTAVE: f32 = 12.0;
/// Edges of all bands, Hz.
const LOWEST: f32 = 30.0;
const HIGHEST: f32 = 16_000.0;

/// Magnitudes by frame and band.
#[derive(Clone, Debug)]
pub struct Bands {
    /// Number of frames; frame `i` is centred on second `i / FPS`.
    pub frames: usize,
    /// The bands' centres, Hz.
    pub centres: Vec<f32>,
    /// `frames` rows of one magnitude a band; a sine at full scale is about 1.
    pub magnitudes: Vec<f32>,
}

impl Bands {
    /// The spectrogram of mono sound.
    pub fn of(mono: &[f32]) -> Self {
        let bin_hz = RATE as f32 / WINDOW as f32;
        let edges = edges(bin_hz);
        let count = edges.len() - 2;
        let frames = mono.len() / HOP + 1;
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(WINDOW);
        // Scaled so that a full-scale sine in one bin is 1 (Hann's gain is a quarter of the window).
        let window: Vec<f32> = (0..WINDOW)
            .map(|i| (0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / WINDOW as f32).cos()) * 4.0 / WINDOW as f32)
            .collect();
        let mut magnitudes = vec![0.0; frames * count];
        magnitudes.par_chunks_mut(count).enumerate().for_each_init(
            || (fft.make_input_vec(), fft.make_output_vec(), vec![0.0; WINDOW / 2 + 1]),
            |(input, output, level), (frame, row)| {
                let start = (frame * HOP) as isize - (WINDOW / 2) as isize;
                for (i, (x, w)) in input.iter_mut().zip(&window).enumerate() {
                    let at = start + i as isize;
                    *x = usize::try_from(at)
                        .ok()
                        .and_then(|at| mono.get(at))
                        .map_or(0.0, |s| s * w);
                }
                fft.process(input, output).expect("the buffers were made by this plan");
                for (l, c) in level.iter_mut().zip(output.iter()) {
                    *l = c.norm();
                }
                for (band, value) in row.iter_mut().enumerate() {
                    *value = triangle(level, edges[band], edges[band + 1], edges[band + 2]);
                }
            },
        );
        Self {
            frames,
            centres: edges[1..=count].iter().map(|&bin| bin as f32 * bin_hz).collect(),
            magnitudes,
        }
    }

    /// Number of bands.
    pub fn count(&self) -> usize {
        self.centres.len()
    }

    /// One frame's magnitudes.
    pub fn row(&self, frame: usize) -> &[f32] {
        &self.magnitudes[frame * self.count()..(frame + 1) * self.count()]
    }

    /// The root mean square of all magnitudes.
    pub fn level(&self) -> f32 {
        let sum: f64 = self.magnitudes.iter().map(|&m| f64::from(m * m)).sum();
        (sum / self.magnitudes.len().max(1) as f64).sqrt() as f32
    }
}

/// Rising bins: every bin while they are wider than a band, then logarithmic.
fn edges(bin_hz: f32) -> Vec<usize> {
    let mut edges: Vec<usize> = Vec::new();
    let octaves = (HIGHEST / LOWEST).log2();
    for i in 0..=(octaves * PER_OCTAVE) as usize {
        let bin = (LOWEST * 2.0_f32.powf(i as f32 / PER_OCTAVE) / bin_hz).round() as usize;
        if edges.last().is_none_or(|&last| bin > last) {
            edges.push(bin);
        }
    }
    edges
}

fn triangle(level: &[f32], from: usize, centre: usize, to: usize) -> f32 {
    let mut sum = 0.0;
    for (bin, level) in level.iter().enumerate().take(centre + 1).skip(from + 1) {
        sum += level * (bin - from) as f32 / (centre - from) as f32;
    }
    for (bin, level) in level.iter().enumerate().take(to).skip(centre + 1) {
        sum += level * (to - bin) as f32 / (to - centre) as f32;
    }
    sum
}
