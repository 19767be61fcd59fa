//! How the beats group: whether they are the beat or what lies between, three or four in a bar, and
//! which is the first.

use super::onsets::Onsets;
use crate::chroma::{Chroma, distance};

/// What happens on each beat.
#[derive(Clone, Debug)]
pub struct Marks {
    /// How much the harmony changes there, 0–1.
    pub harmony: Vec<f32>,
    /// How much the bass note changes there, 0–1.
    pub bass: Vec<f32>,
    /// Onset strength of the low register (kick, bass).
    pub low: Vec<f32>,
    /// Onset strength of the snare's register.
    pub snare: Vec<f32>,
    /// Onset strength of everything together.
    pub all: Vec<f32>,
}

impl Marks {
    /// The marks of these beats.
    pub fn of(beats: &[f64], onsets: &Onsets, chroma: &Chroma) -> Self {
        let gap = |i: usize| {
            let next = beats.get(i + 1).copied();
            let before = i.checked_sub(1).map(|j| beats[j]);
            match (before, next) {
                (_, Some(n)) => n - beats[i],
                (Some(b), None) => beats[i] - b,
                (None, None) => 0.5,
            }
        };
        let span = |curve: &dyn Fn(f64, f64) -> [f32; 12], i: usize| {
            let (at, gap) = (beats[i], gap(i));
            // One beat and two beats to each side; a window's half (90 ms) is kept off the seam.
            let one = distance(&curve(at - gap, at - 0.03), &curve(at + 0.07, at + gap));
            let two = distance(&curve(at - 2.0 * gap, at - 0.03), &curve(at + 0.07, at + 2.0 * gap));
            0.5 * (one + two)
        };
        let peak = |curve: &[f32], i: usize| {
            let frame = Onsets::frame(beats[i]).round().max(0.0) as usize;
            (frame.saturating_sub(3)..=frame + 3)
                .filter_map(|f| curve.get(f))
                .copied()
                .fold(0.0_f32, f32::max)
                .min(8.0)
        };
        let all = onsets.weighted([0.4, 0.3, 0.5, 0.3]);
        let each = |f: &dyn Fn(usize) -> f32| (0..beats.len()).map(f).collect::<Vec<f32>>();
        Self {
            harmony: each(&|i| span(&|a, b| chroma.mean(a, b), i)),
            bass: each(&|i| span(&|a, b| chroma.mean_bass(a, b), i)),
            low: each(&|i| peak(&onsets.registers[0], i)),
            snare: each(&|i| peak(&onsets.registers[2], i)),
            all: each(&|i| peak(&all, i)),
        }
    }

    /// How much the beats with index `phase` modulo `beats` stand out as first of their bar.
    pub fn downbeat(&self, beats: usize, phase: usize) -> f32 {
        // A chord change is what listeners go by; the kick says less, and the snare is not on one.
        1.0 * contrast(&self.harmony, beats, phase)
            + 0.6 * contrast(&self.bass, beats, phase)
            + 0.35 * contrast(&self.low, beats, phase)
            - 0.25 * contrast(&self.snare, beats, phase)
            + 0.15 * contrast(&self.all, beats, phase)
    }
}

/// The mean of a class of beats against that of the others, in standard deviations.
fn contrast(values: &[f32], beats: usize, phase: usize) -> f32 {
    let count = values.len() as f32;
    let mean = values.iter().sum::<f32>() / count.max(1.0);
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / count.max(1.0);
    let class: Vec<f32> = values.iter().skip(phase).step_by(beats).copied().collect();
    if class.is_empty() || variance < 1e-9 {
        return 0.0;
    }
    // Two more bars without contrast: a few bars prove little.
    (class.iter().sum::<f32>() - class.len() as f32 * mean) / (class.len() as f32 + 2.0) / variance.sqrt()
}

/// How many beats a bar has and which index is the first downbeat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bars {
    /// 3 or 4.
    pub beats: usize,
    /// Index of the first downbeat, below `beats`.
    pub first: usize,
    /// How much the downbeats stand out.
    pub score: f32,
    /// How sure that is, 0–1.
    pub confidence: f32,
}

/// Groups beats into bars.
pub fn group(marks: &Marks) -> Bars {
    let best = |beats: usize| {
        let mut scores: Vec<(f32, usize)> = (0..beats).map(|p| (marks.downbeat(beats, p), p)).collect();
        scores.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        (scores[0].0, scores[0].1, scores[0].0 - scores[1].0)
    };
    let (three, four) = (best(3), best(4));
    // Three a bar is rare: it must show in what repeats, not only in how one class stands out.
    let threeness = periodicity(marks, 3) - periodicity(marks, 4).max(periodicity(marks, 2));
    let waltz = 0.8 * (three.0 - four.0) + 1.5 * threeness - 0.25 > 0.0;
    let (beats, chosen, other) = if waltz { (3, three, four) } else { (4, four, three) };
    let margin = chosen.2.max(0.0) + 0.5 * (chosen.0 - other.0).max(0.0);
    Bars {
        beats,
        first: chosen.1,
        score: chosen.0,
        confidence: 1.0 - (-margin).exp(),
    }
}

/// The mean autocorrelation of the marks at a lag of beats.
fn periodicity(marks: &Marks, lag: usize) -> f32 {
    let curves = [&marks.harmony, &marks.bass, &marks.low, &marks.snare, &marks.all];
    curves.iter().map(|curve| correlation(curve, lag)).sum::<f32>() / curves.len() as f32
}

fn correlation(values: &[f32], lag: usize) -> f32 {
    if values.len() <= lag * 2 {
        return 0.0;
    }
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    let zero: f32 = values.iter().map(|v| (v - mean).powi(2)).sum();
    let dot: f32 = values[lag..]
        .iter()
        .zip(values)
        .map(|(a, b)| (a - mean) * (b - mean))
        .sum();
    if zero > 1e-9 { dot / zero } else { 0.0 }
}
