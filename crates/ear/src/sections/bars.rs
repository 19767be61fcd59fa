//! What each bar sounds like: harmony, timbre, loudness.

use crate::{
    chroma::Chroma,
    rhythm::{
        Rhythm,
        spectrum::{Bands, FPS},
    },
};

/// Parts of a bar whose harmony is kept apart.
const PARTS: usize = 4;
/// Bands that are put together for timbre.
const MERGE: usize = 5;

/// The bars of a recording.
#[derive(Clone, Debug)]
pub struct Bars {
    /// Levels of broad bands against the piece's mean, in standard deviations.
    pub timbre: Vec<Vec<f32>>,
    /// Level, dB.
    pub level: Vec<f32>,
    /// Level of the singing against the whole, dB, where it is known.
    pub voice: Option<Vec<f32>>,
    likeness: Vec<f32>,
}

impl Bars {
    /// The bars of `mono` on the grid of its rhythm, the last one perhaps cut short.
    pub fn of(mono: &[f32], rhythm: &Rhythm, voice: Option<&[f32]>) -> Self {
        let bands = Bands::of(mono);
        let chroma = Chroma::of(mono);
        let seconds = mono.len() as f64 / f64::from(crate::RATE);
        let bar = rhythm.meter.bar();
        let count = count(rhythm, seconds);
        let line = |i: usize, part: usize| {
            rhythm
                .tempo
                .seconds(f64::from(bar) * (i as f64 + part as f64 / PARTS as f64))
        };
        // Chroma of each quarter of each bar, all of length 1 together.
        let harmony: Vec<Vec<f32>> = (0..count)
            .map(|i| {
                let mut bins: Vec<f32> = (0..PARTS)
                    .flat_map(|part| chroma.mean(line(i, part), line(i, part + 1)))
                    .map(f32::sqrt)
                    .collect();
                unit(&mut bins);
                bins
            })
            .collect();
        let mut timbre: Vec<Vec<f32>> = (0..count).map(|i| timbre(&bands, line(i, 0), line(i + 1, 0))).collect();
        let power = |sound: &[f32], i: usize| {
            let at = |s: f64| ((s * f64::from(crate::RATE)) as usize).min(sound.len());
            let span = &sound[at(line(i, 0))..at(line(i + 1, 0))];
            let sum: f64 = span.iter().map(|s| f64::from(s * s)).sum();
            10.0 * (sum / span.len().max(1) as f64 + 1e-9).log10() as f32
        };
        let level: Vec<f32> = (0..count).map(|i| power(mono, i)).collect();
        standardise(&mut timbre, &level);
        let likeness = likeness(&harmony, &timbre);
        let voice = voice.map(|voice| (0..count).map(|i| power(voice, i) - level[i]).collect());
        Self {
            timbre,
            level,
            voice,
            likeness,
        }
    }

    /// The bars from the first to past the last one in which something sounds.
    pub fn audible(&self) -> (usize, usize) {
        let mut sorted = self.level.clone();
        sorted.sort_by(f32::total_cmp);
        let floor = sorted[sorted.len() / 2] - 30.0;
        let first = self.level.iter().position(|l| *l >= floor).unwrap_or(0);
        let last = self
            .level
            .iter()
            .rposition(|l| *l >= floor)
            .unwrap_or(self.level.len() - 1);
        (first, last + 1)
    }

    /// How alike two bars are against the piece's own usual likeness: 0 as much as any two bars, 1 as
    /// much as those that are most alike.
    pub fn alike(&self, a: usize, b: usize) -> f32 {
        self.likeness[a * self.level.len() + b]
    }

    /// How alike their timbre is, 0–1.
    pub fn timbral(&self, a: usize, b: usize) -> f32 {
        near(&self.timbre[a], &self.timbre[b])
    }
}

/// All pairs of bars, harmony and timbre together, on the piece's own scale.
fn likeness(harmony: &[Vec<f32>], timbre: &[Vec<f32>]) -> Vec<f32> {
    let count = harmony.len();
    let cosine = |a: usize, b: usize| harmony[a].iter().zip(&harmony[b]).map(|(x, y)| x * y).sum::<f32>();
    let chords = scaled(count, &cosine);
    let sound = scaled(count, &|a, b| near(&timbre[a], &timbre[b]));
    chords.iter().zip(&sound).map(|(c, s)| 0.6 * c + 0.4 * s).collect()
}

/// A likeness of bars, its median moved to 0 and its 95th percentile to 1. Any two bars of one key share
/// most of their notes: what counts lies above that.
fn scaled(count: usize, likeness: &dyn Fn(usize, usize) -> f32) -> Vec<f32> {
    let mut all: Vec<f32> = (0..count)
        .flat_map(|a| (0..count).map(move |b| (a, b)))
        .map(|(a, b)| likeness(a, b))
        .collect();
    let mut pairs: Vec<f32> = (0..count)
        .flat_map(|a| (a + 1..count).map(move |b| a * count + b))
        .map(|i| all[i])
        .collect();
    pairs.sort_by(f32::total_cmp);
    let at = |part: f32| pairs.get((pairs.len() as f32 * part) as usize).copied().unwrap_or(0.0);
    let (low, high) = (at(0.5), at(0.95));
    for value in &mut all {
        *value = ((*value - low) / (high - low).max(0.02)).clamp(-0.5, 1.2);
    }
    all
}

fn near(a: &[f32], b: &[f32]) -> f32 {
    let square: f32 = a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum();
    (-0.7 * square / a.len().max(1) as f32).exp()
}

/// Bars from tick 0 to the end; a rest shorter than an eighth of a bar is no bar.
pub fn count(rhythm: &Rhythm, seconds: f64) -> usize {
    let bars = rhythm.tempo.tick_at(seconds) / f64::from(rhythm.meter.bar());
    ((bars - 0.125).ceil() as usize).max(1)
}

fn timbre(bands: &Bands, from: f64, to: f64) -> Vec<f32> {
    let first = ((from * FPS) as usize).min(bands.frames - 1);
    let last = ((to * FPS) as usize).clamp(first + 1, bands.frames);
    let groups = bands.count().div_ceil(MERGE);
    let mut sums = vec![0.0_f64; groups];
    for frame in first..last {
        for (band, m) in bands.row(frame).iter().enumerate() {
            sums[band / MERGE] += f64::from(m * m);
        }
    }
    sums.iter()
        .map(|s| (10.0 * (s / (last - first) as f64 + 1e-9).log10()) as f32)
        .collect()
}

/// Each column to mean 0 and deviation 1 over the bars in which something plays.
fn standardise(rows: &mut [Vec<f32>], level: &[f32]) {
    let mut sorted = level.to_vec();
    sorted.sort_by(f32::total_cmp);
    let audible = sorted[sorted.len() / 2] - 15.0;
    for column in 0..rows.first().map_or(0, Vec::len) {
        let heard: Vec<f32> = rows
            .iter()
            .zip(level)
            .filter(|(_, l)| **l >= audible)
            .map(|(r, _)| r[column])
            .collect();
        let count = heard.len().max(1) as f32;
        let mean = heard.iter().sum::<f32>() / count;
        let variance = heard.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / count;
        // Differences below 1 dB are the same sound.
        let deviation = variance.sqrt().max(1.0);
        for row in rows.iter_mut() {
            row[column] = ((row[column] - mean) / deviation).clamp(-3.0, 3.0);
        }
    }
}

fn unit(values: &mut [f32]) {
    let norm = values.iter().map(|v| v * v).sum::<f32>().sqrt();
    if norm > 1e-9 {
        for v in values {
            *v /= norm;
        }
    }
}
