//! The sung melody: rhythm from the words, pitches by beam search over the chords, several
//! candidates of the whole song, the best kept.
//!
//! What guides it: stressed syllables on strong beats, longer and higher; function words short; a
//! breath at line ends; steps rather than leaps; lines of the same pattern share rhythm and contour;
//! the chorus lies higher than the verse; sections end on stable tones.

mod pitch;
mod plan;
mod rhythm;
mod statistics;

use catbird_score::{ChordSpan, Dice, Note, SungLine, Syllable, Tick, Vocal};

use crate::{
    direction::Direction,
    form::{Form, PlacedLine},
};
use plan::LinePlan;
use rhythm::Beat;

/// Whole melodies written before one is chosen.
const CANDIDATES: usize = 10;

/// A syllable's place, length and pitch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tone {
    start: Tick,
    length: Tick,
    pitch: u8,
}

/// What a line follows.
#[derive(Clone, Copy, Debug)]
struct Before {
    /// The last pitch sung.
    last: Option<u8>,
    /// The last pitch of the line it rhymes with, in the same section.
    rhymed: Option<u8>,
}

/// What there is of a line before the melody is written.
#[derive(Clone, Copy, Debug)]
pub enum Given<'a> {
    /// Nothing: it takes over the melody of an earlier line of its pattern, as far as the words allow.
    Open,
    /// Nothing, and of an earlier line of its pattern only the direction is kept.
    Vary,
    /// It is sung already, like this; later lines may take after it.
    Sung(&'a SungLine),
}

/// Sets every syllable of the form's lines to notes over `chords`. Pitches lie in
/// `singer.low..=high`, notes never overlap, every line stays in its slot.
pub fn sing(direction: &Direction, form: &Form, chords: &[ChordSpan], dice: &mut Dice) -> Vocal {
    sing_among(direction, form, chords, &[], dice)
}

/// The same among lines that are sung already: `given` says it for each line ([`Given::Open`] where it
/// is shorter). Sung lines come back unchanged.
pub fn sing_among(
    direction: &Direction,
    form: &Form,
    chords: &[ChordSpan],
    given: &[Given<'_>],
    dice: &mut Dice,
) -> Vocal {
    let mut plans = plan::plans(direction, form, dice);
    for (plan, given) in plans.iter_mut().zip(given) {
        plan.faithful &= !matches!(given, Given::Vary);
    }
    let mut best: Option<(f64, Vec<Vec<Tone>>)> = None;
    for _ in 0..if form.lines.is_empty() { 1 } else { CANDIDATES } {
        let melody = write(direction, form, chords, &plans, given, dice);
        let cost = statistics::cost(direction, form, chords, &melody);
        if best.as_ref().is_none_or(|(b, _)| cost < *b) {
            best = Some((cost, melody));
        }
    }
    let melody = best.map(|(_, m)| m).unwrap_or_default();
    let lines = form
        .lines
        .iter()
        .zip(&melody)
        .zip(&plans)
        .enumerate()
        .map(|(i, ((line, tones), plan))| match given.get(i) {
            Some(Given::Sung(sung)) => (*sung).clone(),
            _ => perform(direction, form, line, tones, plan, dice),
        })
        .collect();
    Vocal {
        partner: None,
        backing: Vec::new(),
        singer: direction.singer.clone(),
        channel: direction.vocal_channel,
        lines,
    }
}

/// The tones of a sung line: of a melisma the last one, over its whole length.
fn tones(line: &SungLine) -> Vec<Tone> {
    line.syllables()
        .filter_map(|s| {
            let (first, last) = (s.notes.first()?, s.notes.last()?);
            Some(Tone {
                start: first.start,
                length: last.start + last.length - first.start,
                pitch: last.pitch,
            })
        })
        .collect()
}

/// One candidate: the tones of each line.
fn write(
    direction: &Direction,
    form: &Form,
    chords: &[ChordSpan],
    plans: &[LinePlan],
    given: &[Given<'_>],
    dice: &mut Dice,
) -> Vec<Vec<Tone>> {
    let taste = rhythm::Taste::draw(direction, dice);
    let mut out: Vec<Vec<Tone>> = Vec::with_capacity(form.lines.len());
    for (i, (line, plan)) in form.lines.iter().zip(plans).enumerate() {
        if let Some(Given::Sung(sung)) = given.get(i) {
            out.push(tones(sung));
            continue;
        }
        let model = plan.model.map(|m| (&form.lines[m], out[m].as_slice()));
        let beats: Vec<Beat> = rhythm::set(
            direction,
            form,
            line,
            model.map(|(l, tones)| (l, tones, plan.faithful)),
            taste,
            dice,
        );
        let ended = |tones: &Vec<Tone>| tones.last().map(|t| t.pitch);
        let before = Before {
            last: out.iter().rev().find_map(ended),
            rhymed: (0..out.len())
                .rev()
                .take_while(|&i| form.lines[i].section == line.section)
                .find(|&i| !plan.rhyme.is_empty() && plans[i].rhyme == plan.rhyme)
                .and_then(|i| ended(&out[i])),
        };
        let tones = pitch::set(direction, form, chords, line, &beats, plan, model, before, dice);
        out.push(tones);
    }
    out
}

/// Tones to notes: velocity, swing, small deviations, melismas.
fn perform(
    direction: &Direction,
    form: &Form,
    line: &PlacedLine,
    tones: &[Tone],
    plan: &LinePlan,
    dice: &mut Dice,
) -> SungLine {
    let energy = form.sections[line.section].energy;
    let meter = direction.meter;
    let count = tones.len();
    let mut deviation = 0.0f64;
    let nudges: Vec<i16> = tones
        .iter()
        .map(|t| {
            // A singer drifts rather than jumps: deviations are correlated.
            deviation = 0.6 * deviation + 3.0 * dice.normal();
            let nudge = (swing(t.start, direction) + deviation).round().clamp(-90.0, 90.0) as i16;
            if t.start < 30 { nudge.max(0) } else { nudge }
        })
        .collect();
    let mut words = line.words.clone();
    let syllables: Vec<&mut Syllable> = words.iter_mut().flat_map(|w| &mut w.syllables).collect();
    for (i, syllable) in syllables.into_iter().enumerate() {
        let Some(&tone) = tones.get(i) else { break };
        let strength = rhythm::strength(tone.start % meter.bar(), meter);
        let arch = 1.0 - (2.0 * (i as f64 + 0.5) / count as f64 - 0.9).abs();
        let velocity = 62.0
            + 30.0 * f64::from(energy)
            + 8.0 * strength
            + 5.0 * f64::from(syllable.stress)
            + 6.0 * arch
            + 2.0 * dice.normal();
        let velocity = velocity.round().clamp(30.0, 120.0) as u8;
        let nudge = nudges[i];
        // Where the next syllable comes early, this one ends earlier.
        let early = nudges
            .get(i + 1)
            .map_or(0, |next| (i32::from(nudge) - i32::from(*next)).max(0)) as Tick;
        let joined = tones
            .get(i + 1)
            .is_some_and(|next| next.start < tone.start + tone.length + early);
        let length = if joined {
            tone.length.saturating_sub(early).max(tone.length / 2).max(1)
        } else {
            tone.length
        };
        let note = |start: Tick, length: Tick, pitch: u8| Note {
            start,
            length,
            pitch,
            velocity,
            nudge,
        };
        let turns = if i + 1 == count {
            plan.melisma(tone.length, meter)
        } else {
            &[]
        };
        syllable.notes = ornament(direction, tone, length, turns)
            .into_iter()
            .map(|(s, l, p)| note(s, l, p))
            .collect();
    }
    SungLine {
        section: line.section,
        text: line.text.clone(),
        words,
        ..SungLine::default()
    }
}

/// A tone and its melisma: short neighbours first, the written pitch held at the end.
fn ornament(direction: &Direction, tone: Tone, length: Tick, turns: &[i8]) -> Vec<(Tick, Tick, u8)> {
    let scale = direction.key.pitches(direction.singer.low, direction.singer.high);
    let Some(at) = scale
        .iter()
        .position(|p| *p == tone.pitch)
        .filter(|_| !turns.is_empty())
    else {
        return vec![(tone.start, length, tone.pitch)];
    };
    let short = direction.meter.beat() / 2;
    let mut out = Vec::new();
    let mut start = tone.start;
    for &turn in turns {
        let pitch = at
            .checked_add_signed(isize::from(turn))
            .and_then(|i| scale.get(i))
            .copied()
            .unwrap_or(tone.pitch);
        out.push((start, short, pitch));
        start += short;
    }
    out.push((start, (tone.start + length).saturating_sub(start).max(1), tone.pitch));
    out
}

/// How far swing moves an onset: the time inside each beat is bent so that its middle falls on the
/// swung eighth; styles that swing sixteenths write them as eighths of a halved beat.
fn swing(start: Tick, direction: &Direction) -> f64 {
    let beat = f64::from(catbird_score::PPQ);
    let at = f64::from(start % catbird_score::PPQ) / beat;
    let s = f64::from(direction.swing).clamp(0.5, 0.75);
    let bent = if at < 0.5 {
        at * s / 0.5
    } else {
        s + (at - 0.5) * (1.0 - s) / 0.5
    };
    (bent - at) * beat
}

#[cfg(test)]
mod tests;
