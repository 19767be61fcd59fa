//! How fast: the period of the beat, by autocorrelation of the onsets with a prior for the octave.

use super::spectrum::FPS;

/// The slowest and fastest beat that is looked for, a minute.
const SLOWEST: f64 = 48.0;
const FASTEST: f64 = 210.0;
/// The tempo people tap at (L. van Noorden, D. Moelants, "Resonance in the perception of musical
/// pulse", 1999: near 120 a minute) and how many octaves around it are as likely.
const PREFERRED: f64 = 112.0;
const OCTAVES: f64 = 0.62;

/// A period that may be the beat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pulse {
    /// Frames from beat to beat.
    pub period: f64,
    /// How well it and its multiples fit, 0–1.
    pub strength: f32,
    /// How likely its tempo is before anything was heard, 0–1.
    pub prior: f32,
}

/// The likeliest pulses, best first, at most `count`, none within 8 % of another.
pub fn candidates(onsets: &[f32], count: usize) -> Vec<Pulse> {
    let acf = autocorrelation(onsets, (4.0 * 60.0 / SLOWEST * FPS) as usize + 8);
    let shortest = (60.0 / FASTEST * FPS).floor();
    let longest = (60.0 / SLOWEST * FPS).ceil();
    let mut scored: Vec<(f32, Pulse)> = Vec::new();
    // Quarter frames: a fast beat's fourth multiple moves by one frame.
    for quarter in (shortest * 4.0) as usize..=(longest * 4.0) as usize {
        let period = quarter as f64 / 4.0;
        let strength = [(1.0, 0.4), (2.0, 0.25), (3.0, 0.1), (4.0, 0.25)]
            .iter()
            .map(|&(multiple, weight)| weight * at(&acf, period * multiple))
            .sum::<f32>()
            .clamp(0.0, 1.0);
        let octaves = (60.0 * FPS / period / PREFERRED).log2() / OCTAVES;
        let prior = (-0.5 * octaves * octaves).exp() as f32;
        scored.push((
            strength * prior,
            Pulse {
                period,
                strength,
                prior,
            },
        ));
    }
    let mut best: Vec<Pulse> = Vec::new();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.period.total_cmp(&b.1.period)));
    for (_, pulse) in scored {
        if best.len() < count && best.iter().all(|b| (b.period / pulse.period).log2().abs() > 0.11) {
            best.push(pulse);
        }
    }
    best
}

/// The mean autocorrelation of windows of twelve seconds, so that drift does not wash it out; 1 at lag 0.
fn autocorrelation(onsets: &[f32], lags: usize) -> Vec<f32> {
    const WINDOW: usize = 1200;
    let mut sum = vec![0.0_f64; lags];
    let mut start = 0;
    loop {
        let end = (start + WINDOW).min(onsets.len());
        let window = &onsets[start..end];
        let mean = window.iter().sum::<f32>() / window.len().max(1) as f32;
        let centred: Vec<f32> = window.iter().map(|v| v - mean).collect();
        for (lag, s) in sum.iter_mut().enumerate().take(centred.len()) {
            let dot: f32 = centred[lag..].iter().zip(&centred).map(|(a, b)| a * b).sum();
            // Unbiased: fewer pairs at long lags.
            *s += f64::from(dot) * centred.len() as f64 / (centred.len() - lag).max(WINDOW / 3) as f64;
        }
        if end == onsets.len() {
            break;
        }
        start += WINDOW / 2;
    }
    let zero = sum[0].max(1e-9);
    sum.into_iter().map(|s| (s / zero) as f32).collect()
}

/// The largest value within one frame of a lag.
fn at(acf: &[f32], lag: f64) -> f32 {
    let near = lag.round() as usize;
    (near.saturating_sub(1)..=near + 1)
        .filter_map(|i| acf.get(i))
        .copied()
        .fold(0.0_f32, f32::max)
}
