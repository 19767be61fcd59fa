//! How good a melody is, as numbers: distances from what sung melodies measure (steps, repeats,
//! leaps, range, recurring rhythm; 10th to 90th percentile of folk and popular tunes), chord tones on
//! strong beats, the chorus above the verse.

use std::collections::BTreeSet;

use catbird_score::{ChordSpan, Role};

use super::{Tone, pitch::chord_at, plan::LinePlan, rhythm::strength};
use crate::form::{Form, PlacedLine};

/// What is measured.
#[derive(Clone, Debug, Default)]
pub(super) struct Statistics {
    /// Share of intervals of a whole tone or less, repeats included.
    pub steps: f64,
    /// Share of repeated notes.
    pub repeats: f64,
    /// Share of intervals over a fifth.
    pub leaps: f64,
    /// Semitones between the 2nd and the 98th percentile.
    pub range: f64,
    /// Share of lines' rhythms that occurred before.
    pub recurring: f64,
    /// Share of chord tones among notes on strong beats.
    pub consonance: f64,
    /// Mean pitch of choruses above that of verses; 0 without either.
    pub chorus_lift: f64,
}

/// Measures a melody.
pub(super) fn measure<'a>(
    form: &Form,
    chords: &[ChordSpan],
    melody: impl Iterator<Item = (&'a PlacedLine, &'a Vec<Tone>)>,
) -> Statistics {
    let mut intervals = Vec::new();
    let mut pitches = Vec::new();
    let mut rhythms = BTreeSet::new();
    let (mut known, mut bars) = (0usize, 0usize);
    let (mut strong, mut fitting) = (0usize, 0usize);
    let (mut verse, mut chorus) = ((0.0, 0.0), (0.0, 0.0));
    for (line, tones) in melody {
        intervals.extend(
            tones
                .windows(2)
                .map(|w| (i32::from(w[1].pitch) - i32::from(w[0].pitch)).abs()),
        );
        pitches.extend(tones.iter().map(|t| t.pitch));
        for bar in tones.chunk_by(|a, b| a.start / form.meter.bar() == b.start / form.meter.bar()) {
            let rhythm: Vec<u32> = bar.iter().map(|t| t.start % form.meter.bar()).collect();
            bars += 1;
            known += usize::from(!rhythms.insert(rhythm));
        }
        for tone in tones {
            if strength(tone.start % form.meter.bar(), form.meter) >= 0.8 {
                strong += 1;
                fitting += usize::from(chord_at(chords, tone.start).is_none_or(|c| c.chord.contains(tone.pitch)));
            }
            let sum = match form.sections[line.section].role {
                Role::Verse => &mut verse,
                Role::Chorus => &mut chorus,
                _ => continue,
            };
            sum.0 += f64::from(tone.pitch);
            sum.1 += 1.0;
        }
    }
    pitches.sort_unstable();
    let share = |n: usize, of: usize| if of == 0 { 0.0 } else { n as f64 / of as f64 };
    let count = |test: &dyn Fn(i32) -> bool| share(intervals.iter().filter(|i| test(**i)).count(), intervals.len());
    let percentile = |q: f64| {
        pitches
            .get(((pitches.len() as f64 * q) as usize).min(pitches.len().saturating_sub(1)))
            .map_or(0.0, |p| f64::from(*p))
    };
    Statistics {
        steps: count(&|i| i <= 2),
        repeats: count(&|i| i == 0),
        leaps: count(&|i| i > 7),
        range: percentile(0.98) - percentile(0.02),
        recurring: share(known, bars),
        consonance: if strong == 0 { 1.0 } else { share(fitting, strong) },
        chorus_lift: if verse.1 > 0.0 && chorus.1 > 0.0 {
            chorus.0 / chorus.1 - verse.0 / verse.1
        } else {
            0.0
        },
    }
}

/// Distance of a melody from the ranges; 0 is inside all of them.
pub(super) fn cost(form: &Form, chords: &[ChordSpan], plans: &[LinePlan], melody: &[Vec<Tone>]) -> f64 {
    let lines = |rap: bool| {
        let all = form.lines.iter().zip(melody).zip(plans);
        all.filter(move |(_, p)| p.rap == rap).map(|(line, _)| line)
    };
    let outside = |x: f64, low: f64, high: f64| (low - x).max(x - high).max(0.0);
    // Of rapped lines the rhythm counts.
    let spoken = if lines(true).next().is_some() {
        4.0 * outside(measure(form, chords, lines(true)).recurring, 0.3, 1.0)
    } else {
        0.0
    };
    if lines(false).next().is_none() {
        return spoken;
    }
    let s = measure(form, chords, lines(false));
    let both =
        form.sections.iter().any(|s| s.role == Role::Verse) && form.sections.iter().any(|s| s.role == Role::Chorus);
    spoken
        + 6.0 * outside(s.steps, 0.55, 0.78)
        + 6.0 * outside(s.repeats, 0.06, 0.22)
        + 8.0 * outside(s.leaps, 0.0, 0.05)
        + 0.3 * outside(s.range, 9.0, 17.0)
        + 4.0 * outside(s.recurring, 0.5, 0.95)
        + 5.0 * outside(s.consonance, 0.85, 1.0)
        + if both {
            0.5 * outside(s.chorus_lift, 2.0, 8.0)
        } else {
            0.0
        }
}
