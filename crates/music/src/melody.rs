//! The sung melody: rhythm from the words, pitches by beam search over the chords, several
//! candidates of the whole song, the best kept.
//!
//! What guides it: stressed syllables on strong beats, longer and higher; function words short; a
//! breath at line ends; steps rather than leaps; lines of the same pattern share rhythm and contour;
//! the chorus lies higher than the verse; sections end on stable tones.

mod pitch;
mod plan;
mod rhythm;
mod speech;
mod statistics;
mod weight;

use catbird_score::{By, ChordSpan, Delivery, Dice, Note, Singer, SungLine, Syllable, TempoMap, Tick, Touch, Vocal};

use crate::{
    choir::duet,
    direction::Direction,
    form::{Form, PlacedLine},
    lyrics::Sings,
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
    // Two who share a melody sing what both can, an octave apart.
    let shares = |l: &PlacedLine| l.sings == Sings::Both || l.sings.is_partner(direction.singer.gender);
    let narrowed = form.lines.iter().any(shares).then(|| Direction {
        singer: duet::within_both(&direction.singer, &direction.partner),
        ..direction.clone()
    });
    let wide = direction;
    let direction = narrowed.as_ref().unwrap_or(direction);
    let mut plans = plan::plans(direction, form, dice);
    for (plan, given) in plans.iter_mut().zip(given) {
        plan.faithful &= !matches!(given, Given::Vary);
    }
    let mut best: Option<(f64, Vec<Vec<Tone>>)> = None;
    for _ in 0..if form.lines.is_empty() { 1 } else { CANDIDATES } {
        let melody = write(direction, form, chords, &plans, given, dice);
        let cost = statistics::cost(form, chords, &plans, &melody);
        if best.as_ref().is_none_or(|(b, _)| cost < *b) {
            best = Some((cost, melody));
        }
    }
    let melody = best.map(|(_, m)| m).unwrap_or_default();
    let mut lines: Vec<SungLine> = form
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
    let is_new = |i: usize| !matches!(given.get(i), Some(Given::Sung(_)));
    for i in 0..lines.len() {
        let next = lines.get(i + 1).and_then(|l| l.notes().next().copied());
        if is_new(i)
            && let Some(next) = next
        {
            breathe(&mut lines[i], next, &form.tempo);
        }
    }
    let mut vocal = Vocal {
        partner: None,
        backing: Vec::new(),
        singer: wide.singer.clone(),
        channel: wide.vocal_channel,
        lines,
    };
    let sings: Vec<Option<Sings>> = (0..form.lines.len())
        .map(|i| is_new(i).then(|| form.lines[i].sings))
        .collect();
    duet::share(&mut vocal, &sings, &wide.partner);
    vocal
}

/// The least rest between two lines, seconds, and what a line's last note keeps for it at least.
const BREATH: f64 = 0.25;
const LEFT: f64 = 0.16;

/// Ends a line early enough to breathe before `next`.
fn breathe(line: &mut SungLine, next: Note, tempo: &TempoMap) {
    let Some(last) = line
        .words
        .last_mut()
        .and_then(|w| w.syllables.last_mut())
        .and_then(|s| s.notes.last_mut())
    else {
        return;
    };
    let until = tempo.tick_at(tempo.seconds(next.onset()) - BREATH);
    let least = tempo.tick_at(tempo.seconds(last.onset()) + LEFT);
    // Ticks from the note's own (nudged) onset.
    let length = (until.max(least) - last.onset()).floor().max(1.0) as Tick;
    last.length = last.length.min(length);
}

/// The tones of a sung line: of a melisma the last one, over its whole length; what the partner of a duet
/// sings as the lead would.
fn tones(line: &SungLine, singer: &Singer) -> Vec<Tone> {
    let mut tones = written(line);
    if line.by == By::Partner && !tones.is_empty() {
        let mean = tones.iter().map(|t| i32::from(t.pitch)).sum::<i32>() / tones.len() as i32;
        let middle = i32::midpoint(i32::from(singer.low), i32::from(singer.high));
        let octaves = (f64::from(middle - mean) / 12.0).round() as i32 * 12;
        for tone in &mut tones {
            tone.pitch = (i32::from(tone.pitch) + octaves).clamp(0, 127) as u8;
        }
    }
    tones
}

fn written(line: &SungLine) -> Vec<Tone> {
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
            out.push(tones(sung, &direction.singer));
            continue;
        }
        let model = plan.model.map(|m| (&form.lines[m], out[m].as_slice()));
        let beats: Vec<Beat> = rhythm::set(
            direction,
            form,
            line,
            model.map(|(l, tones)| (l, tones, plan.faithful)),
            taste,
            plan.rap,
            dice,
        );
        if plan.rap {
            let energy = form.sections[line.section].energy;
            let model = model.map(|(_, tones)| tones);
            out.push(speech::set(direction, line, &beats, plan, model, energy, dice));
            continue;
        }
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
    let turned = held(line);
    let short = tones.last().map_or(1, |t| turn(direction, form, t.start));
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
            touch: Touch::Plain,
        };
        let turns = if Some(i) == turned {
            plan.melisma(tone.length, short)
        } else {
            &[]
        };
        syllable.notes = ornament(direction, tone, length, turns, short)
            .into_iter()
            .map(|(s, l, p)| note(s, l, p))
            .collect();
    }
    SungLine {
        section: line.section,
        text: line.text.clone(),
        words,
        language: line.language,
        by: By::Lead,
        delivery: if plan.rap { Delivery::Rapped } else { Delivery::Sung },
    }
}

/// Longest note of a turn, seconds.
const TURN: f64 = 0.3;

/// How long the notes of a turn are: an eighth, in slow pieces a sixteenth.
fn turn(direction: &Direction, form: &Form, at: Tick) -> Tick {
    let eighth = direction.meter.beat() / 2;
    let seconds = form.tempo.at(at + eighth) - form.tempo.at(at);
    if seconds > TURN { eighth / 2 } else { eighth }
}

/// The syllable that may be turned around: the last that can be held, if it is one of the last two.
fn held(line: &PlacedLine) -> Option<usize> {
    let all = line
        .words
        .iter()
        .flat_map(|w| (0..w.syllables.len()).map(move |i| (w, i)));
    let can: Vec<bool> = all
        .map(|(w, i)| weight::stress(w, i, line.language) > 0 && !weight::is_murmured(&w.syllables[i].phonemes))
        .collect();
    (0..can.len()).rev().take(2).find(|i| can[*i])
}

/// A tone and its melisma: short neighbours first, the written pitch held at the end.
fn ornament(direction: &Direction, tone: Tone, length: Tick, turns: &[i8], short: Tick) -> Vec<(Tick, Tick, u8)> {
    let scale = direction.key.pitches(direction.singer.low, direction.singer.high);
    let Some(at) = scale
        .iter()
        .position(|p| *p == tone.pitch)
        .filter(|_| !turns.is_empty())
    else {
        return vec![(tone.start, length, tone.pitch)];
    };
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
