//! Lines of lyrics into slots of bars: how fast a line is sung, and which lines share a melody.

use std::collections::BTreeMap;

use catbird_score::{Meter, Tick};

use super::{Slot, clock::quarters};
use crate::{direction::Direction, words::PreparedSection};

/// More syllables a second than this cannot be sung intelligibly.
pub(super) const FASTEST: f64 = 7.0;
/// The least time between two lines, seconds.
pub(super) const BREATH: f64 = 0.15;
/// Shares of a slot that sound; the rest is held last syllables and breath.
const FILL: f64 = 0.55;
/// Nobody sings slower than this many syllables a second on average.
const SLOWEST: f64 = 1.25;

/// How lines are set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// 1 = as the style sings; 2 = twice as many syllables a bar.
    pub pace: f64,
    /// Quarter notes a minute.
    pub bpm: f64,
    /// Sections have an even number of bars.
    pub even: bool,
    /// Slots of whole beats, no comfort.
    pub tight: bool,
}

/// A section with its lines set.
#[derive(Clone, Debug)]
pub(super) struct SetSection {
    pub bars: u32,
    pub slots: Vec<Slot>,
}

/// Sets every section; `None` when a line does not fit this way.
pub(super) fn set(direction: &Direction, sections: &[PreparedSection], how: Setting) -> Option<Vec<SetSection>> {
    set_like(direction, sections, how, &Models::new())
}

/// A line that others may take after: its slot and syllables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// Length of its slot.
    pub length: Tick,
    /// How many syllables are sung in it.
    pub syllables: usize,
    /// The melody it has.
    pub pattern: u32,
}

/// The lines of one section of each role (its number), in order.
pub type Models = BTreeMap<u8, Vec<Model>>;

/// The same; a line whose syllables fit the slot of the model at its place takes slot and pattern over.
pub(super) fn set_like(
    direction: &Direction,
    sections: &[PreparedSection],
    how: Setting,
    models: &Models,
) -> Option<Vec<SetSection>> {
    let bar = direction.meter.bar();
    let loads = shared_loads(sections);
    let mut unique = 10_000;
    let mut out = Vec::with_capacity(sections.len());
    for (s, section) in sections.iter().enumerate() {
        let mut lengths = Vec::with_capacity(section.lines.len());
        for load in &loads[s] {
            lengths.push(slot(direction, load.syllables, how)?);
        }
        if !how.tight {
            even_out(direction, &loads[s], &mut lengths, how);
        }
        let model = |place: usize, syllables: usize| {
            let of_role = models.get(&(section.role as u8)).filter(|m| !m.is_empty())?;
            let model = of_role[place % of_role.len()];
            let (less, more) = (model.syllables * 2 / 3, model.syllables + model.syllables / 2 + 1);
            let near = (less..=more).contains(&syllables);
            (near && fits(syllables, model.length, how.bpm)).then_some(model)
        };
        for (i, line) in section.lines.iter().enumerate() {
            if let Some(model) = model(i, line.syllables()) {
                lengths[i] = model.length;
            }
        }
        let mut slots = Vec::with_capacity(lengths.len());
        let mut at: Tick = 0;
        for (i, (line, &length)) in section.lines.iter().zip(&lengths).enumerate() {
            // Lines of a bar or more begin on a bar line.
            if !how.tight && length >= bar && !at.is_multiple_of(bar) {
                at += bar - at % bar;
            }
            let pattern = if let Some(model) = model(i, line.syllables()) {
                model.pattern
            } else if loads[s][i].shared {
                section.role as u32 * 100 + i as u32
            } else {
                unique += 1;
                unique
            };
            slots.push(Slot {
                text: line.text.clone(),
                words: line.words.clone(),
                offset: at,
                length,
                pattern,
                language: line.language,
                sings: line.sings,
            });
            at += length;
        }
        let mut bars = at.div_ceil(bar);
        if how.even && bars > 1 {
            bars += bars % 2;
        }
        out.push(SetSection { bars, slots });
    }
    Some(out)
}

/// How many syllables a line's slot must hold.
struct Load {
    syllables: usize,
    shared: bool,
}

/// Lines in the same place of same-named sections get slots for the longest of them, when they are
/// near enough to each other to share a melody.
fn shared_loads(sections: &[PreparedSection]) -> Vec<Vec<Load>> {
    let mut places: BTreeMap<(u8, usize), (usize, usize)> = BTreeMap::new();
    for section in sections {
        for (i, line) in section.lines.iter().enumerate() {
            let n = line.syllables();
            let (low, high) = places.entry((section.role as u8, i)).or_insert((n, n));
            *low = (*low).min(n);
            *high = (*high).max(n);
        }
    }
    let load = |role: u8, i: usize, own: usize| {
        let (low, high) = places.get(&(role, i)).copied().unwrap_or((own, own));
        let shared = high <= low + low / 2 + 1;
        Load {
            syllables: if shared { high } else { own },
            shared,
        }
    };
    sections
        .iter()
        .map(|s| {
            s.lines
                .iter()
                .enumerate()
                .map(|(i, l)| load(s.role as u8, i, l.syllables()))
                .collect()
        })
        .collect()
}

/// Whether `syllables` can be sung in `ticks`.
fn fits(syllables: usize, ticks: Tick, bpm: f64) -> bool {
    let seconds = quarters(ticks) * 60.0 / bpm;
    syllables as f64 / FASTEST + BREATH <= seconds + 1e-9
}

/// Half bars where the metre has them.
fn half_bar(meter: Meter) -> Tick {
    if meter.beats.is_multiple_of(2) {
        meter.bar() / 2
    } else {
        meter.bar()
    }
}

/// The best slot for so many syllables.
fn slot(direction: &Direction, syllables: usize, how: Setting) -> Option<Tick> {
    let unit = if how.tight {
        direction.meter.beat()
    } else {
        half_bar(direction.meter)
    };
    if how.tight {
        return (1..=4096).map(|n| n * unit).find(|&t| fits(syllables, t, how.bpm));
    }
    let shapes: &[(u32, f64)] = if unit == direction.meter.bar() {
        &[(1, 0.0), (2, 0.0), (3, 0.4), (4, 0.0), (6, 0.4), (8, 0.1)]
    } else {
        &[
            (1, 0.25),
            (2, 0.0),
            (3, 0.45),
            (4, 0.0),
            (6, 0.45),
            (8, 0.05),
            (12, 0.5),
            (16, 0.2),
        ]
    };
    shapes
        .iter()
        .map(|&(n, odd)| (n * unit, odd))
        .filter(|&(t, _)| fits(syllables, t, how.bpm))
        .min_by(|a, b| {
            let cost = |&(t, odd): &(Tick, f64)| cost(direction, syllables, t, how) + odd;
            cost(a).total_cmp(&cost(b))
        })
        .map(|(t, _)| t)
}

/// How far a slot is from the pace wished for, in octaves of speed (natural logarithm).
fn cost(direction: &Direction, syllables: usize, ticks: Tick, how: Setting) -> f64 {
    let seconds = quarters(ticks) * 60.0 / how.bpm;
    let fill = if direction.rap { 0.75 } else { FILL };
    let rate = (f64::from(direction.syllables_per_beat) * fill * how.bpm / 60.0).max(SLOWEST) * how.pace;
    (syllables.max(1) as f64 / (seconds * rate)).ln().abs()
}

/// Where most lines of a section have the same slot, the others take it too if they can.
fn even_out(direction: &Direction, loads: &[Load], lengths: &mut [Tick], how: Setting) {
    let mut counts: BTreeMap<Tick, usize> = BTreeMap::new();
    for &length in lengths.iter() {
        *counts.entry(length).or_default() += 1;
    }
    let Some((&common, &n)) = counts.iter().max_by_key(|(_, n)| **n) else {
        return;
    };
    if n * 2 <= lengths.len() {
        return;
    }
    for (load, length) in loads.iter().zip(lengths) {
        let now = cost(direction, load.syllables, *length, how);
        if fits(load.syllables, common, how.bpm) && cost(direction, load.syllables, common, how) < now + 0.5 {
            *length = common;
        }
    }
}
