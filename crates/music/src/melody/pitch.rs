//! Which pitch each syllable is sung on: beam search over the scale and the chords.

use catbird_score::{ChordSpan, Dice, Tick};

use super::{
    Before, Tone,
    plan::LinePlan,
    rhythm::{Beat, strength},
};
use crate::{
    direction::Direction,
    form::{Form, PlacedLine},
};

/// Melodies kept at each step.
const BEAM: usize = 40;

/// A melody so far.
#[derive(Clone)]
struct Path {
    pitches: Vec<u8>,
    cost: f64,
}

/// The chord sounding at `tick` (chords are gapless; the last holds on).
pub(super) fn chord_at(chords: &[ChordSpan], tick: Tick) -> Option<&ChordSpan> {
    chords.get(chords.partition_point(|c| c.start <= tick).saturating_sub(1))
}

/// The tones of a line.
#[expect(
    clippy::too_many_arguments,
    reason = "one call, and each is a different thing the search looks at"
)]
pub(super) fn set(
    direction: &Direction,
    form: &Form,
    chords: &[ChordSpan],
    line: &PlacedLine,
    beats: &[Beat],
    plan: &LinePlan,
    model: Option<(&PlacedLine, &[Tone])>,
    before: Before,
    dice: &mut Dice,
) -> Vec<Tone> {
    if beats.is_empty() {
        return Vec::new();
    }
    let (low, high) = (direction.singer.low, direction.singer.high.max(direction.singer.low));
    let span = f64::from(beats[beats.len() - 1].start - beats[0].start).max(1.0);
    let mut beam = vec![Path {
        pitches: Vec::with_capacity(beats.len()),
        cost: 0.0,
    }];
    for (i, beat) in beats.iter().enumerate() {
        let chord = chord_at(chords, beat.start).map(|c| c.chord);
        let usable = |p: u8| direction.key.contains(p) || chord.is_some_and(|c| c.contains(p));
        let mut choices: Vec<u8> = (low..=high).filter(|&p| usable(p)).collect();
        if choices.is_empty() {
            choices = (low..=high).collect();
        }
        let x = f64::from(beat.start - beats[0].start) / span;
        let target = plan.center + plan.reach * plan.contour.at(x);
        let weight = strength(beat.start % form.meter.bar(), form.meter).max((f64::from(beat.length) / 720.0).min(1.0));
        let last = i + 1 == beats.len();
        let own: Vec<f64> = choices
            .iter()
            .map(|&p| {
                place(direction, chord, p, weight, last, plan)
                    + near(p, target)
                    + edge(p, low, high)
                    + 0.3 * dice.unit()
            })
            .collect();
        let mut next = Vec::with_capacity(beam.len() * choices.len());
        for path in &beam {
            for (&p, own) in choices.iter().zip(&own) {
                let rhyme = before
                    .rhymed
                    .filter(|_| last && !plan.closes)
                    .map_or(0.0, |r| 0.2 * (f64::from(p) - f64::from(r)).abs().min(4.0));
                let mut cost = path.cost + own + rhyme + imitate(line, beats, &path.pitches, i, p, model, plan);
                match (path.pitches.last(), before.last) {
                    (Some(&prev), _) => cost += step(direction, beats, &path.pitches, prev, p, i),
                    (None, Some(prev)) => cost += 0.06 * (f64::from(p) - f64::from(prev)).abs().max(4.0),
                    (None, None) => {}
                }
                next.push((path, p, cost));
            }
        }
        next.sort_by(|a, b| a.2.total_cmp(&b.2).then(a.1.cmp(&b.1)));
        // Different endings only: of two paths with the same last two pitches the cheaper one is enough.
        let mut kept: Vec<Path> = Vec::with_capacity(BEAM);
        for (path, p, cost) in next {
            let twin = |k: &Path| {
                let n = k.pitches.len();
                k.pitches[n - 1] == p
                    && n >= 2
                    && Some(&k.pitches[n - 2]) == path.pitches.last()
                    && n >= 3
                    && k.pitches[n - 3] == path.pitches[n - 3]
            };
            if kept.iter().any(twin) {
                continue;
            }
            let mut pitches = path.pitches.clone();
            pitches.push(p);
            kept.push(Path { pitches, cost });
            if kept.len() == BEAM {
                break;
            }
        }
        beam = kept;
    }
    let best = beam
        .into_iter()
        .min_by(|a, b| a.cost.total_cmp(&b.cost))
        .map(|p| p.pitches)
        .unwrap_or_default();
    beats
        .iter()
        .zip(best)
        .map(|(b, pitch)| Tone {
            start: b.start,
            length: b.length,
            pitch,
        })
        .collect()
}

/// How well a pitch sits on its chord and, at the end of a line, in the key.
fn place(
    direction: &Direction,
    chord: Option<catbird_score::Chord>,
    p: u8,
    weight: f64,
    last: bool,
    plan: &LinePlan,
) -> f64 {
    let mut cost = 0.0;
    if let Some(chord) = chord.filter(|c| !c.contains(p)) {
        cost += 0.2 + 1.3 * weight;
        // A semitone above a chord tone clashes when it stays.
        if chord.contains(p.wrapping_sub(1)) {
            cost += 0.9 * weight;
        }
    }
    if !direction.key.contains(p) {
        cost += 0.25;
    }
    if last {
        let degree = (p + 12 - direction.key.tonic) % 12;
        let third = if direction.key.mode.is_minor() { 3 } else { 4 };
        cost += match (plan.closes, degree) {
            (true, 0) => 0.0,
            (true, d) if d == third || d == 7 => 0.5,
            (true, _) => 1.6,
            (false, d) if d == 7 || d == third || d == 2 => 0.0,
            (false, 0) => 0.3,
            (false, _) => 0.5,
        };
    }
    cost
}

/// Distance from where the line should be.
fn near(p: u8, target: f64) -> f64 {
    0.035 * (f64::from(p) - target).powi(2)
}

/// The last semitones of the range are kept for when they are needed.
fn edge(p: u8, low: u8, high: u8) -> f64 {
    let from_edge = p.saturating_sub(low).min(high.saturating_sub(p));
    match from_edge {
        0 => 0.7,
        1 => 0.35,
        _ => 0.0,
    }
}

/// The step from `prev` to `p`, in view of what came before.
fn step(direction: &Direction, beats: &[Beat], pitches: &[u8], prev: u8, p: u8, i: usize) -> f64 {
    let interval = i32::from(p) - i32::from(prev);
    let size = interval.abs();
    let mut cost = match size {
        0 => 0.42,
        1 | 2 => 0.0,
        3 | 4 => 0.45,
        5 => 0.85,
        6 => 1.9,
        7 => 1.2,
        8 | 9 => 2.0,
        12 => 2.2,
        10 | 11 => 2.8,
        _ => 6.0,
    };
    // An odd melody leaps gladly, one by the book hardly ever.
    let oddity = f64::from(direction.oddity);
    cost = match size {
        0..=2 => cost + 0.45 * oddity.max(0.0),
        3..=12 => cost * (1.0 - 0.7 * oddity),
        _ => cost,
    };
    if size > 4 && (beats[i].inside || beats[i - 1].length <= 120) {
        cost += 0.5;
    }
    if let [.., a, _] = pitches {
        let last = i32::from(prev) - i32::from(*a);
        if last.abs() >= 5 {
            // A leap is answered by a step back.
            cost += if interval.signum() == -last.signum() && (1..=4).contains(&size) {
                -0.2
            } else {
                0.7
            };
        }
        if last == 0 && size == 0 {
            cost += 0.5;
        }
        // Trills between two tones are dull.
        if p == *a && last != 0 && pitches.len() >= 3 && pitches[pitches.len() - 3] == prev {
            cost += 0.6;
        }
    }
    // Stress rises.
    let (was, is) = (beats[i - 1].stress, beats[i].stress);
    if is > was && interval < 0 {
        cost += 0.25;
    }
    if is < was && interval > 2 {
        cost += 0.25;
    }
    cost
}

/// Likeness to the model: the same pitches at the same places, or at least the same direction.
fn imitate(
    line: &PlacedLine,
    beats: &[Beat],
    pitches: &[u8],
    i: usize,
    p: u8,
    model: Option<(&PlacedLine, &[Tone])>,
    plan: &LinePlan,
) -> f64 {
    let Some((model_line, tones)) = model.filter(|(_, t)| !t.is_empty()) else {
        return 0.0;
    };
    let at = beats[i].start - line.start;
    // The last tones correspond whatever the number of syllables.
    let j = if i + 1 == beats.len() {
        tones.len() - 1
    } else {
        tones
            .partition_point(|t| t.start - model_line.start <= at)
            .saturating_sub(1)
    };
    let far = (f64::from(p) - f64::from(tones[j].pitch)).abs();
    if plan.faithful {
        return 0.45 * far.min(6.0);
    }
    // A variation keeps the direction, and leaves the ending free.
    let (Some(&prev), true) = (pitches.last(), j > 0) else {
        return 0.1 * far.min(5.0);
    };
    if i + 2 >= beats.len() {
        return 0.0;
    }
    let (mine, its) = (
        i32::from(p) - i32::from(prev),
        i32::from(tones[j].pitch) - i32::from(tones[j - 1].pitch),
    );
    if mine.signum() == its.signum() {
        0.08 * f64::from((mine - its).abs().min(5))
    } else {
        0.6
    }
}
