//! Other chords under a melody that stays: a shortest path over half bars between the chart a style
//! would write, the chords as they were, and the triads of the key, as near to the one or the other as
//! wished, never against the tune.

use catbird_score::{Chord, ChordSpan, Dice, Key, Note, Quality, Tick};

use super::{Harmony, coloured, merge, plan, roman};
use crate::{direction::Direction, form::Form, style};

/// From here on (0 free – 1 close) the chords stay what they were.
const LITERAL: f64 = 0.95;
/// What a chord costs against which the tune runs all the time.
const CLASH: f64 = 5.0;

/// How much chance has to say.
const LIKING: f64 = 0.4;

/// A chord that could stand in a half bar.
#[derive(Clone, Debug, PartialEq)]
struct Choice {
    roman: String,
    /// Without colour: what the tune is heard against.
    chord: Chord,
    cost: f64,
}

/// Chords for `form` under `melody`: `closeness` 0 as `direction`'s style writes them, 1 those of
/// `source`. Keys and modulations are the source's; the last chord stays the tonic it was.
pub fn refit(
    form: &Form,
    direction: &Direction,
    source: &Harmony,
    melody: &[Note],
    closeness: f64,
    seed: u64,
) -> Harmony {
    if closeness >= LITERAL || source.chords.is_empty() {
        return source.clone();
    }
    let own = Direction {
        key: source.key,
        ..direction.clone()
    };
    let planned = plan(form, &own, seed);
    let half = form.meter.bar() / 2;
    let mut cells: Vec<(Tick, Tick)> = Vec::new();
    let mut at = 0;
    while at < form.last_chord {
        let next = (at + half).min(form.last_chord);
        cells.push((at, next));
        at = next;
    }
    let mut paths: Vec<Vec<(Choice, f64, usize)>> = Vec::with_capacity(cells.len());
    for (i, &(from, to)) in cells.iter().enumerate() {
        let seam = from % form.meter.bar() == 0;
        // In the middle of a bar chords change where one of the two charts does.
        let may_change = seam || planned.chords.iter().chain(&source.chords).any(|c| c.start == from);
        let choices = choices(&planned, source, from, closeness);
        let place = place(form, from);
        let scored = choices.into_iter().map(|choice| {
            // Another take likes other chords, the same ones at the same place of alike sections.
            let taste = Dice::new(seed, &format!("refit {place} {}", choice.roman)).unit();
            let own = choice.cost + LIKING * (1.0 - closeness) * taste + CLASH * clash(choice.chord, melody, from, to);
            let Some(before) = i.checked_sub(1).map(|i| &paths[i]) else {
                return (choice, own, 0);
            };
            let (k, cost) = before
                .iter()
                .enumerate()
                .map(|(k, (other, cost, _))| {
                    let step = if other.chord == choice.chord {
                        0.0
                    } else if may_change {
                        0.1
                    } else {
                        0.9
                    };
                    (k, cost + step)
                })
                .min_by(|a, b| a.1.total_cmp(&b.1))
                .unwrap_or((0, 0.0));
            (choice, own + cost, k)
        });
        let scored: Vec<_> = scored.collect();
        paths.push(scored);
    }
    let mut chosen: Vec<&Choice> = Vec::with_capacity(cells.len());
    let last = paths.last().map_or(&[][..], Vec::as_slice);
    let mut k = (0..last.len())
        .min_by(|a, b| last[*a].1.total_cmp(&last[*b].1))
        .unwrap_or(0);
    for path in paths.iter().rev() {
        chosen.push(&path[k].0);
        k = path[k].2;
    }
    chosen.reverse();
    let mut chords: Vec<ChordSpan> = cells
        .iter()
        .zip(chosen)
        .map(|(&(from, to), choice)| ChordSpan {
            start: from,
            length: to - from,
            roman: choice.roman.clone(),
            chord: coloured(choice.chord, direction.colour, seed, &choice.roman),
        })
        .collect();
    let end = source.chords.last().map_or(form.last_chord + 1, |c| c.start + c.length);
    let stroke = source.chord_at(form.last_chord);
    let colour = if direction.colour > 0.35 { direction.colour } else { 0.0 };
    chords.push(ChordSpan {
        start: form.last_chord,
        length: end.max(form.last_chord + 1) - form.last_chord,
        roman: stroke.roman.clone(),
        chord: coloured(bare(stroke, source.key_at(form.last_chord)), colour, 0, &stroke.roman),
    });
    merge(&mut chords, form);
    Harmony {
        chords,
        key: source.key,
        modulations: source.modulations.clone(),
    }
}

/// A name for a place in the form: role, and half bar of eight bars.
fn place(form: &Form, at: Tick) -> String {
    let section = form.sections.iter().find(|s| s.start <= at && at < s.end());
    let (role, start) = section.map_or(("", 0), |s| (style::role_key(s.role), s.start));
    format!("{role} {}", (at - start) / (form.meter.bar() / 2) % 16)
}

/// The chords that may stand at `at`, with how far each is from what was asked.
fn choices(planned: &Harmony, source: &Harmony, at: Tick, closeness: f64) -> Vec<Choice> {
    let key = source.key_at(at);
    let was = source.chord_at(at);
    let mut out = vec![Choice {
        roman: was.roman.clone(),
        chord: bare(was, key),
        cost: 0.9 * (1.0 - closeness),
    }];
    let mut add = |roman: &str, chord: Chord, cost: f64| {
        let same = out.iter_mut().find(|c| c.chord == chord);
        match same {
            Some(c) => c.cost = c.cost.min(cost),
            None => out.push(Choice {
                roman: roman.to_owned(),
                chord,
                cost,
            }),
        }
    };
    let written = planned.chord_at(at);
    if let Some(chord) = roman::parse(&written.roman, key) {
        add(&written.roman, plain(chord), 1.1 * closeness);
    }
    for (roman, chord) in triads(key) {
        add(&roman, chord, 0.7 + 0.5 * closeness);
    }
    out
}

/// The major and minor triads on the degrees of a key, in minor also the dominant.
fn triads(key: Key) -> Vec<(String, Chord)> {
    const DEGREES: [&str; 7] = ["I", "II", "III", "IV", "V", "VI", "VII"];
    let steps = key.mode.harmonic_parent().steps();
    let mut out = Vec::new();
    for (degree, name) in DEGREES.iter().enumerate() {
        let above = |n: usize| {
            let octave = if degree + n >= 7 { 12 } else { 0 };
            steps[(degree + n) % 7] + octave - steps[degree]
        };
        let quality = match (above(2), above(4)) {
            (4, 7) => Quality::Major,
            (3, 7) => Quality::Minor,
            _ => continue,
        };
        let roman = if quality == Quality::Minor {
            name.to_lowercase()
        } else {
            (*name).to_owned()
        };
        out.push((roman, Chord::new(key.tonic + steps[degree], quality)));
    }
    if key.mode.is_minor() {
        out.push(("V".to_owned(), Chord::new(key.tonic + 7, Quality::Major)));
    }
    out
}

/// How much of a span the melody sounds against a chord, 0–1: long notes and notes a semitone above a
/// chord tone weigh more than passing ones.
fn clash(chord: Chord, melody: &[Note], from: Tick, to: Tick) -> f64 {
    let mut sum = 0.0;
    // Notes are few: a lead of ten minutes has some thousands, a span sees its neighbours only.
    let first = melody.partition_point(|n| n.start + 16 * catbird_score::PPQ < from);
    for note in melody[first..].iter().take_while(|n| n.start < to) {
        let sounds = (note.start + note.length).min(to).saturating_sub(note.start.max(from));
        if sounds == 0 || chord.contains(note.pitch) {
            continue;
        }
        let long = (f64::from(note.length) / 480.0).min(1.5);
        let harsh = if chord.contains(note.pitch.wrapping_sub(1)) {
            1.7
        } else {
            1.0
        };
        sum += f64::from(sounds) / f64::from(to - from) * long * harsh;
    }
    sum
}

/// A chord of a chart without its colours; its numeral tells which third a power chord left out.
fn bare(span: &ChordSpan, key: Key) -> Chord {
    let read = roman::parse(&span.roman, key).filter(|c| c.root == span.chord.root);
    plain(Chord {
        bass: span.chord.bass,
        ..read.unwrap_or(span.chord)
    })
}

/// A chord without its colours: a triad, or a seventh where that is its function.
fn plain(chord: Chord) -> Chord {
    let quality = match chord.quality {
        Quality::Six | Quality::MajorSeven | Quality::AddNine | Quality::MajorNine | Quality::Power => Quality::Major,
        Quality::MinorSix | Quality::MinorSeven | Quality::MinorNine => Quality::Minor,
        Quality::Nine | Quality::Thirteen => Quality::Seven,
        other => other,
    };
    Chord { quality, ..chord }
}
