//! The pulse of a recording: beats, bars, tempo.
//!
//! Onsets by register ([`onsets`]), the beat's period ([`pulse`]), the beats ([`tracking`]), how they
//! group into bars ([`bars`]). Music that a machine timed gets one constant tempo, a live recording a
//! tempo map that follows its players.

mod bars;
mod onsets;
mod percussion;
mod pulse;
pub(crate) mod spectrum;
mod tracking;

use std::ops::ControlFlow;

use catbird_score::{Meter, TempoMap, TempoMark};

use rayon::prelude::*;

use self::{
    bars::{Bars, Marks},
    onsets::Onsets,
    pulse::Pulse,
    spectrum::Bands,
    tracking::Beats,
};
use crate::{EarError, Progress, RATE, chroma::Chroma};

/// What counts as the beat in the onset curves, register by register: offbeat hats must not weigh much.
const REGISTERS: [f32; 4] = [1.0, 0.5, 0.8, 0.25];
/// A recording quieter than this everywhere (full scale 1) is silent.
const SILENT: f32 = 1e-4;

/// The pulse of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Rhythm {
    /// Ticks ↔ seconds; tick 0 is the first downbeat, inside the first bar of the file.
    pub tempo: TempoMap,
    /// Beats in a bar.
    pub meter: Meter,
    /// Every beat of the grid from tick 0 to the end of the recording, seconds.
    pub beats: Vec<f64>,
    /// Which of them begin a bar.
    pub downbeats: Vec<usize>,
    /// One constant tempo explains all beats.
    pub steady: bool,
    /// How sure the beats are, 0–1.
    pub tempo_confidence: f32,
    /// How sure the metre and the downbeats are, 0–1.
    pub meter_confidence: f32,
    /// The share of the energy that is percussive, 0–1.
    pub percussive: f32,
}

/// A reading of the recording: beats and bars with what speaks for them.
struct Reading {
    beats: Beats,
    bars: Bars,
    strength: f32,
    score: f32,
}

/// Hears the pulse of a mono recording. What has no beat still gets a grid, with low confidence; silence
/// is [`EarError::Nothing`].
pub fn hear(mono: &[f32], progress: &Progress<'_>) -> Result<Rhythm, EarError> {
    let step = |part: f32| match progress("rhythm", part) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(EarError::Cancelled),
    };
    step(0.0)?;
    if mono.len() < RATE as usize / 2 || mono.iter().all(|s| s.abs() < SILENT) {
        return Err(EarError::Nothing("There is no sound in this recording.".to_owned()));
    }
    let bands = Bands::of(mono);
    step(0.3)?;
    let onsets = Onsets::of(&bands);
    let percussive = percussion::share(&bands);
    drop(bands);
    step(0.5)?;
    let chroma = Chroma::of(mono);
    step(0.8)?;
    let seconds = mono.len() as f64 / f64::from(RATE);
    let reading = read(&onsets, &chroma);
    step(1.0)?;
    Ok(assemble(&reading, seconds, percussive))
}

fn read(onsets: &Onsets, chroma: &Chroma) -> Reading {
    let reward = compress(&onsets.weighted(REGISTERS));
    let candidates = pulse::candidates(&onsets.weighted([1.0, 0.6, 1.0, 0.5]), 4);
    let strongest = candidates.iter().map(|c| c.strength).fold(0.0, f32::max);
    let mut readings: Vec<Reading> = candidates
        .into_par_iter()
        .filter(|c| c.strength >= 0.4 * strongest)
        .map(|pulse| {
            let beats = tracking::track(&reward, pulse.period);
            settle(beats, &reward, onsets, chroma, pulse)
        })
        .collect();
    readings.sort_by(|a, b| b.score.total_cmp(&a.score));
    readings.into_iter().next().unwrap_or_else(|| Reading {
        beats: Beats {
            seconds: Vec::new(),
            constant: Some(0.5),
            score: 0.0,
        },
        bars: Bars {
            beats: 4,
            first: 0,
            score: 0.0,
            confidence: 0.0,
        },
        strength: 0.0,
        score: 0.0,
    })
}

/// Decides whether the beat or what lies half-way between is the beat, and groups into bars.
fn settle(beats: Beats, reward: &[f32], onsets: &Onsets, chroma: &Chroma, pulse: Pulse) -> Reading {
    let shifted = Beats {
        seconds: beats.seconds.windows(2).map(|w| 0.5 * (w[0] + w[1])).collect(),
        ..beats.clone()
    };
    let judge = |beats: Beats| {
        let bars = bars::group(&Marks::of(&beats.seconds, onsets, chroma));
        let on = tracking::score(&beats.seconds, reward);
        // Bars stand out only when the beat is the right one of its octaves.
        let score = bars.score + 0.5 * on + 0.5 * pulse.strength.min(0.6) + 0.8 * pulse.prior;
        Reading {
            beats: Beats { score: on, ..beats },
            bars,
            strength: pulse.strength,
            score,
        }
    };
    let (on, off) = (judge(beats), judge(shifted));
    if off.score > on.score + 0.1 { off } else { on }
}

/// Loud onsets count more, but one crash is not worth a bar of kicks.
fn compress(curve: &[f32]) -> Vec<f32> {
    curve.iter().map(|v| (1.0 + v).ln()).collect()
}

/// The grid from the first downbeat to the end.
fn assemble(reading: &Reading, seconds: f64, percussive: f32) -> Rhythm {
    let per_bar = reading.bars.beats;
    let mut beats = reading.beats.seconds.clone();
    if beats.len() < 2 {
        let step = reading.beats.constant.unwrap_or(0.5);
        let first = beats.first().copied().unwrap_or(0.0);
        beats = vec![first, first + step];
    }
    // Whole bars in front, as long as they begin inside the file, then from the first downbeat.
    let first_gap = reading.beats.constant.unwrap_or(beats[1] - beats[0]);
    let mut first = reading.bars.first;
    let mut front: Vec<f64> = Vec::new();
    let mut at = beats[0] - first_gap;
    while at >= 0.0 {
        front.push(at);
        at -= first_gap;
    }
    first = (first + front.len()) % per_bar;
    front.reverse();
    front.extend(beats);
    let mut beats = front;
    let last_gap = reading
        .beats
        .constant
        .unwrap_or(beats[beats.len() - 1] - beats[beats.len() - 2]);
    while beats[beats.len() - 1] + last_gap < seconds || beats.len() < first + 2 {
        beats.push(beats[beats.len() - 1] + last_gap);
    }
    beats.drain(..first);
    let tempo = TempoMap {
        lead_seconds: beats[0],
        marks: match reading.beats.constant {
            Some(step) => vec![TempoMark {
                tick: 0,
                bpm: 60.0 / step,
            }],
            None => beats
                .windows(2)
                .enumerate()
                .map(|(i, w)| TempoMark {
                    tick: i as u32 * catbird_score::PPQ,
                    bpm: 60.0 / (w[1] - w[0]),
                })
                .collect(),
        },
    };
    beats.retain(|b| *b < seconds);
    // Chance gives a mean reward near a third of what a played beat has.
    let heard = (reading.beats.score / 1.6).clamp(0.0, 1.0);
    Rhythm {
        tempo,
        meter: Meter {
            beats: per_bar as u8,
            unit: 4,
        },
        downbeats: (0..beats.len()).step_by(per_bar).collect(),
        beats,
        steady: reading.beats.constant.is_some(),
        tempo_confidence: (heard * (reading.strength * 2.5).min(1.0)).clamp(0.0, 1.0),
        meter_confidence: reading.bars.confidence,
        percussive,
    }
}

#[cfg(test)]
mod tests;
