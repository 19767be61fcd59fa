//! The backing of a recording in three: drums, bass, and the rest.
//!
//! A hit is a vertical line in a spectrogram and a tone a horizontal one, so each bin belongs to the hits as
//! far as the median over its neighbours in frequency outweighs the median over its neighbours in time
//! (D. `FitzGerald`, *Harmonic/percussive separation using median filtering*, `DAFx` 2010). Of the tones, what
//! lies low is the bass. The rest is the difference, so the three sum to the backing whatever they hold:
//! this tells apart what sounds differently, not who plays it.

use std::{borrow::Cow, sync::Arc};

use rayon::prelude::*;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex32};

use crate::{
    audio::{RATE_F, Stereo},
    mix::{BACKING, Stem},
    studio::Rendering,
    track::Track,
};

/// A window: 46 ms.
const WINDOW: usize = 2_048;
/// From one to the next.
const HOP: usize = WINDOW / 4;
const BINS: usize = WINDOW / 2 + 1;

/// Neighbours on each side that a median is taken over: 0.2 s, 370 Hz.
const REACH: usize = 8;
const COUNT: usize = 2 * REACH + 1;

/// Windows worked on at once, 24 s; those around them are looked at too.
const BLOCK: usize = 2_048;

/// All of a tone below is bass, nothing above, Hz.
const BASS_HZ: (f32, f32) = (140.0, 260.0);

/// Below this a bass drum and a bass note are hard to tell apart; what does not last is the drum.
const DRUM_HZ: f32 = 30.0;

impl Rendering {
    /// Every track: [`Rendering::stems`], but that the backing of a recording in which nothing else was
    /// played comes as `drums`, `bass` and `other`. They sum to the mix as before.
    pub fn full_stems(&self) -> Cow<'_, [Stem]> {
        let alone = |s: &Stem| matches!(s.id.as_str(), "recording" | "vocals" | BACKING | "fx");
        if !self.stems.iter().any(|s| s.id == "recording") || !self.stems.iter().all(alone) {
            return Cow::Borrowed(&self.stems);
        }
        let mut out = Vec::with_capacity(self.stems.len() + 2);
        for stem in &self.stems {
            if stem.id == "recording" {
                let names = [("drums", "Drums"), ("bass", "Bass"), ("other", "Other")];
                out.extend(
                    names
                        .into_iter()
                        .zip(split(&stem.audio.stereo()))
                        .map(|((id, name), audio)| Stem {
                            id: id.into(),
                            name: name.into(),
                            audio: Track::from(&audio),
                        }),
                );
            } else {
                out.push(stem.clone());
            }
        }
        Cow::Owned(out)
    }
}

/// Drums, bass and the rest of a backing; their sum is `band` but for the rounding of floats.
pub fn split(band: &Stereo) -> [Stereo; 3] {
    let frames = band.frames();
    // The first window is centred on the first frame.
    let windows = frames.div_ceil(HOP) + WINDOW / HOP;
    let blocks: Vec<usize> = (0..windows).step_by(BLOCK).collect();
    let work = Work::new();
    let done: Vec<Part> = blocks
        .par_iter()
        .map(|first| work.block(band, *first, (first + BLOCK).min(windows)))
        .collect();
    let (mut drums, mut bass, mut other) = (Stereo::silence(frames), Stereo::silence(frames), band.clone());
    for Part {
        at,
        drums: hits,
        bass: tones,
    } in &done
    {
        for (out, part) in [(&mut drums, hits), (&mut bass, tones)] {
            for (side, x) in [&mut out.left, &mut out.right].into_iter().zip(part) {
                lay(side, *at, x);
            }
        }
    }
    for (rest, (d, b)) in [
        (&mut other.left, (&drums.left, &bass.left)),
        (&mut other.right, (&drums.right, &bass.right)),
    ] {
        for (x, (d, b)) in rest.iter_mut().zip(d.iter().zip(b)) {
            *x -= d + b;
        }
    }
    [drums, bass, other]
}

fn lay(side: &mut [f32], at: i64, x: &[f32]) {
    let skip = usize::try_from(-at).unwrap_or(0);
    let from = usize::try_from(at).unwrap_or(0).min(side.len());
    for (s, x) in side[from..].iter_mut().zip(x.iter().skip(skip)) {
        *s += x;
    }
}

/// What a block of windows gives, both sides, from frame `at` on.
struct Part {
    at: i64,
    drums: [Vec<f32>; 2],
    bass: [Vec<f32>; 2],
}

/// Plans and shapes that all blocks share.
struct Work {
    forward: Arc<dyn RealToComplex<f32>>,
    back: Arc<dyn ComplexToReal<f32>>,
    /// Square root of a Hann window, for both ways.
    shape: Vec<f32>,
}

impl Work {
    fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        Self {
            forward: planner.plan_fft_forward(WINDOW),
            back: planner.plan_fft_inverse(WINDOW),
            shape: (0..WINDOW)
                .map(|i| (std::f32::consts::PI * i as f32 / WINDOW as f32).sin())
                .collect(),
        }
    }

    fn block(&self, band: &Stereo, first: usize, last: usize) -> Part {
        let (from, to) = (first as i64 - REACH as i64, (last + REACH) as i64);
        let spectra: Vec<[Vec<Complex32>; 2]> = (from..to)
            .map(|w| [self.spectrum(&band.left, w), self.spectrum(&band.right, w)])
            .collect();
        let power: Vec<Vec<f32>> = spectra
            .iter()
            .map(|[l, r]| l.iter().zip(r).map(|(l, r)| l.norm_sqr() + r.norm_sqr()).collect())
            .collect();
        let length = (last - first - 1) * HOP + WINDOW;
        let empty = || [vec![0.0; length], vec![0.0; length]];
        let mut part = Part {
            at: start(first as i64),
            drums: empty(),
            bass: empty(),
        };
        for window in first..last {
            let w = window - first + REACH;
            let [hits, tones] = masks(&power, w);
            let at = (window - first) * HOP;
            for (spectrum, out) in spectra[w].iter().zip(&mut part.drums) {
                self.add(spectrum, &hits, &mut out[at..at + WINDOW]);
            }
            for (spectrum, out) in spectra[w].iter().zip(&mut part.bass) {
                self.add(spectrum, &tones, &mut out[at..at + WINDOW]);
            }
        }
        part
    }

    fn spectrum(&self, side: &[f32], window: i64) -> Vec<Complex32> {
        let at = start(window);
        let mut input: Vec<f32> = (0..WINDOW as i64)
            .map(|i| {
                usize::try_from(at + i)
                    .ok()
                    .and_then(|i| side.get(i))
                    .copied()
                    .unwrap_or(0.0)
            })
            .zip(&self.shape)
            .map(|(x, w)| x * w)
            .collect();
        let mut out = self.forward.make_output_vec();
        self.forward
            .process(&mut input, &mut out)
            .expect("the plan's own lengths");
        out
    }

    /// Adds what a mask leaves of a spectrum.
    fn add(&self, spectrum: &[Complex32], mask: &[f32], out: &mut [f32]) {
        let mut masked: Vec<Complex32> = spectrum.iter().zip(mask).map(|(c, m)| c * m).collect();
        // Rounding may leave a trace where a real signal has none.
        masked[0].im = 0.0;
        masked[BINS - 1].im = 0.0;
        let mut samples = self.back.make_output_vec();
        self.back
            .process(&mut masked, &mut samples)
            .expect("the plan's own lengths");
        // Four squared sine windows overlap to 2, and the transform multiplies by its length.
        let scale = 1.0 / (2.0 * WINDOW as f32);
        for ((o, x), w) in out.iter_mut().zip(&samples).zip(&self.shape) {
            *o += x * w * scale;
        }
    }
}

/// The first frame of a window.
fn start(window: i64) -> i64 {
    window * HOP as i64 - WINDOW as i64 + HOP as i64
}

/// How much of each bin of window `w` are hits, and how much is bass.
fn masks(power: &[Vec<f32>], w: usize) -> [Vec<f32>; 2] {
    let mut hits = vec![0.0; BINS];
    let mut bass = vec![0.0; BINS];
    let mut around = [0.0f32; COUNT];
    for bin in 0..BINS {
        let hz = bin as f32 * RATE_F / WINDOW as f32;
        for (i, x) in around.iter_mut().enumerate() {
            *x = power[w + i - REACH][bin];
        }
        let tone = median(&mut around);
        for (i, x) in around.iter_mut().enumerate() {
            *x = power[w][(bin + i).saturating_sub(REACH).min(BINS - 1)];
        }
        let hit = median(&mut around);
        // Wiener's share of powers.
        let share = hit * hit / (hit * hit + tone * tone + 1e-20);
        hits[bin] = if hz < DRUM_HZ { 0.0 } else { share };
        let low = 1.0 - ((hz - BASS_HZ.0) / (BASS_HZ.1 - BASS_HZ.0)).clamp(0.0, 1.0);
        bass[bin] = low * (1.0 - hits[bin]);
    }
    [hits, bass]
}

fn median(values: &mut [f32; COUNT]) -> f32 {
    *values.select_nth_unstable_by(REACH, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;

    fn power(x: &[f32]) -> f32 {
        x.iter().map(|x| x * x).sum::<f32>() / x.len() as f32
    }

    #[test]
    fn hits_low_tones_and_the_rest_come_apart_and_sum_to_what_they_were() {
        let mut dice = Dice::new(4, "hits");
        let frames = 44_100 * 30;
        let (mut hits, mut low, mut high) = (Vec::new(), Vec::new(), Vec::new());
        for i in 0..frames {
            let t = i as f32 / RATE_F;
            hits.push((-60.0 * (t % 0.5)).exp() * (dice.unit() as f32 - 0.5));
            low.push(0.2 * (t * 65.4 * std::f32::consts::TAU).sin());
            high.push(0.2 * (t * 880.0 * std::f32::consts::TAU).sin());
        }
        let sum: Vec<f32> = (0..frames).map(|i| hits[i] + low[i] + high[i]).collect();
        let band = Stereo::from_mono(sum);
        let [drums, bass, other] = split(&band);
        for i in 0..frames {
            assert!((drums.left[i] + bass.left[i] + other.left[i] - band.left[i]).abs() < 1e-6);
        }
        let middle = 44_100..44_100 * 28;
        for (name, got, wanted) in [
            ("drums", &drums, &hits),
            ("bass", &bass, &low),
            ("other", &other, &high),
        ] {
            let (got, wanted) = (&got.right[middle.clone()], &wanted[middle.clone()]);
            let error: Vec<f32> = got.iter().zip(wanted).map(|(a, b)| a - b).collect();
            let ratio = 10.0 * (power(wanted) / power(&error)).log10();
            assert!(ratio > 6.0, "{name}: {ratio:.1} dB");
        }
    }

    #[test]
    fn silence_and_a_blink_are_split_too() {
        for frames in [0, 1, 700] {
            let band = Stereo::from_mono(vec![0.25; frames]);
            let [drums, bass, other] = split(&band);
            for i in 0..frames {
                assert!((drums.left[i] + bass.left[i] + other.left[i] - 0.25).abs() < 1e-6);
            }
        }
    }
}
