//! When each syllable is sung: a shortest path through the slot's grid.

use catbird_score::{Dice, Meter, PPQ, Tick};

use super::{Tone, weight};
use crate::{
    direction::Direction,
    form::{Form, PlacedLine},
};

/// Shortest sung syllable, seconds; rapped.
const SHORTEST: f64 = 0.11;
const SHORTEST_RAP: f64 = 0.09;
/// Longest a syllable is held, seconds, inside a line and at its end.
const HOLD: f64 = 2.0;
const LAST_HOLD: f64 = 3.2;
/// … of an unstressed syllable at the end (`read-y`), of a murmured one (`riv-er`), of one in the middle, and
/// of a rapped one.
const LAST_WEAK_HOLD: f64 = 1.1;
const LAST_MURMUR: f64 = 0.75;
const WEAK_HOLD: f64 = 0.55;
const RAP_HOLD: f64 = 0.7;

/// When a syllable is sung, on the score's grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Beat {
    pub start: Tick,
    pub length: Tick,
    pub stress: u8,
    /// Within a word (not its first syllable).
    pub inside: bool,
}

/// Habits of one candidate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taste {
    /// Worth of an off-beat eighth: higher sings more syncopated.
    off_beat: f64,
    /// How much of the slot the onsets fill; rapped.
    spread: f64,
    spread_rap: f64,
    noise: f64,
    /// Reluctance to sing sixteenths.
    sixteenth: f64,
    /// Liking for stressed off-beats held over the next beat (anticipations).
    push: f64,
}

impl Taste {
    pub(super) fn draw(direction: &Direction, dice: &mut Dice) -> Self {
        let lively = f64::from(direction.energy);
        Self {
            off_beat: (0.25 + 0.25 * lively * dice.unit() + 0.3 * f64::from(direction.oddity)).max(0.05),
            spread: dice.between(0.62, 0.8),
            spread_rap: dice.between(0.84, 0.95),
            noise: dice.between(0.2, 0.5),
            sixteenth: dice.between(0.15, 0.5),
            push: (dice.unit() * (0.3 + 0.7 * lively) + 0.5 * f64::from(direction.oddity)).max(0.0),
        }
    }
}

/// How strong a place of the bar is: 1 the first beat – 0 between sixteenths.
pub(super) fn strength(in_bar: Tick, meter: Meter) -> f64 {
    let beat = meter.beat();
    match in_bar {
        0 => 1.0,
        // 6/8 and its like: dotted beats.
        t if meter.unit == 8 && meter.beats.is_multiple_of(3) => match t {
            t if t % (3 * beat) == 0 => 0.85,
            t if t % beat == 0 => 0.35,
            t if t % (beat / 2) == 0 => 0.08,
            _ => 0.0,
        },
        t if meter.beats.is_multiple_of(2) && t == meter.bar() / 2 => 0.85,
        t if t % beat == 0 => 0.65,
        t if t % (beat / 2) == 0 => 0.3,
        t if t % (beat / 4) == 0 => 0.06,
        _ => 0.0,
    }
}

struct Syl {
    stress: u8,
    inside: bool,
    /// Its vowel is a murmur that nobody holds.
    murmured: bool,
    /// It ends on its vowel.
    open: bool,
}

fn syllables(line: &PlacedLine) -> Vec<Syl> {
    line.words
        .iter()
        .flat_map(|w| {
            w.syllables.iter().enumerate().map(|(i, s)| Syl {
                stress: weight::stress(w, i, line.language),
                inside: i > 0,
                murmured: weight::is_murmured(&s.phonemes),
                open: weight::is_open(&s.phonemes),
            })
        })
        .collect()
}

/// The rhythm of a line. A model's onsets attract, strongly where the line shall be the same.
pub(super) fn set(
    direction: &Direction,
    form: &Form,
    line: &PlacedLine,
    model: Option<(&PlacedLine, &[Tone], bool)>,
    taste: Taste,
    rap: bool,
    dice: &mut Dice,
) -> Vec<Beat> {
    let syllables = syllables(line);
    let n = syllables.len();
    if n == 0 {
        return Vec::new();
    }
    let per_tick =
        (form.tempo.at(line.start + line.length) - form.tempo.at(line.start)) / f64::from(line.length.max(1));
    let least = if rap { SHORTEST_RAP } else { SHORTEST };
    // The coarsest grid on which the syllables fit with a breath behind them.
    let breath = |comfortable: bool| {
        if comfortable {
            direction.meter.beat() / 2
        } else {
            (0.1 / per_tick) as Tick
        }
    };
    for (grid, comfortable) in [
        (240, true),
        (120, true),
        (120, false),
        (80, false),
        (60, false),
        (40, false),
        (20, false),
    ] {
        let step = ((least / per_tick / f64::from(grid)).ceil() as usize).max(1);
        let cells = (line.length.saturating_sub(breath(comfortable)) / grid) as usize;
        // Eighths only where they leave room to breathe and the style does not hurry.
        let roomy = grid < 240 || (n * step * 2 <= cells && direction.syllables_per_beat <= 2.2);
        if n * step <= cells && roomy {
            return path(
                direction,
                line,
                &syllables,
                model,
                taste,
                rap,
                dice,
                &Grid {
                    ticks: grid,
                    step,
                    cells,
                    per_tick,
                },
            );
        }
    }
    // Denser than any grid: evenly spread.
    let room = f64::from(line.length) - 0.05 / per_tick;
    let at = |i: usize| line.start + (room * i as f64 / n as f64) as Tick;
    (0..n)
        .map(|i| Beat {
            start: at(i),
            length: (at(i + 1) - at(i)).max(1),
            stress: syllables[i].stress,
            inside: syllables[i].inside,
        })
        .collect()
}

struct Grid {
    ticks: Tick,
    /// Cells of the shortest syllable.
    step: usize,
    /// Cells in which something may sound.
    cells: usize,
    /// Seconds.
    per_tick: f64,
}

#[expect(clippy::too_many_arguments, reason = "each is a term of the cost")]
fn path(
    direction: &Direction,
    line: &PlacedLine,
    syllables: &[Syl],
    model: Option<(&PlacedLine, &[Tone], bool)>,
    taste: Taste,
    rap: bool,
    dice: &mut Dice,
    g: &Grid,
) -> Vec<Beat> {
    let (n, cells) = (syllables.len(), g.cells);
    let meter = direction.meter;
    let beats = |cells: usize| cells as f64 * f64::from(g.ticks) / f64::from(PPQ);
    let tick = |cell: usize| line.start + cell as Tick * g.ticks;
    let wish_onsets: Option<(Vec<Tick>, f64)> = model.map(|(l, tones, faithful)| {
        let onsets = tones.iter().map(|t| t.start - l.start).collect();
        (onsets, if faithful { 1.6 } else { 0.8 })
    });
    let spread = if rap { taste.spread_rap } else { taste.spread };
    let average = cells as f64 * spread / n as f64;
    // Speech on the beat is nearly even; what is sung dwells on open stressed syllables.
    let shares = if rap { [0.9, 1.0, 1.15] } else { [0.72, 1.05, 1.4] };
    let ideal = |s: &Syl| {
        let open = match (s.stress, s.open) {
            (0, _) => 1.0,
            (_, true) => 1.06,
            (_, false) => 0.97,
        };
        average * shares[usize::from(s.stress.min(2))] * open
    };
    // The rhyme is what the ear waits for.
    let rhyme = (0..n).rev().find(|i| syllables[*i].stress > 0).unwrap_or(n - 1);
    let noise: Vec<f64> = (0..cells).map(|_| dice.normal().abs() * taste.noise).collect();
    let place = |i: usize, cell: usize| -> f64 {
        let s = &syllables[i];
        let mut w = strength(tick(cell) % meter.bar(), meter);
        if (w - 0.3).abs() < 0.01 {
            w = taste.off_beat;
        }
        let mut cost = match s.stress {
            2 => (if rap { 2.4 } else { 1.8 }) * (1.0 - w),
            1 => 1.0 * (1.0 - w),
            _ => 1.2 * w + if w < 0.1 { 0.4 } else { 0.0 },
        };
        if rap && i == rhyme {
            cost += 3.0 * (1.0 - strength(tick(cell) % meter.bar(), meter) / 0.65).max(0.0);
        }
        if let Some((onsets, pull)) = &wish_onsets
            && onsets.binary_search(&(cell as Tick * g.ticks)).is_err()
        {
            cost += pull;
        }
        cost + noise[cell] * 0.5
    };
    let gap = |i: usize, cell: usize, d: usize| -> f64 {
        let s = &syllables[i];
        let mut cost = 0.9 * (d as f64 / ideal(s)).ln().powi(2);
        let long = beats(d);
        if s.stress == 0 && long > 0.76 {
            cost += 2.5 * (long - 0.5);
        }
        if s.murmured && long > 0.6 {
            cost += 1.5 * (long - 0.5);
        }
        if syllables[i + 1].inside && long > 1.01 {
            cost += 2.0 * (long - 1.0);
        }
        if long < 0.49 && direction.syllables_per_beat <= 2.2 && !rap {
            cost += taste.sixteenth;
        }
        let off_beat = (strength(tick(cell) % meter.bar(), meter) - 0.3).abs() < 0.01;
        if off_beat && s.stress == 2 && (0.9..1.6).contains(&long) {
            cost -= 1.1 * taste.push;
        }
        cost
    };
    let begin = |cell: usize| 0.3 * beats(cell) + (beats(cell) - 1.0).max(0.0);
    let end = |cell: usize| {
        let held = beats(cells - cell);
        if rap {
            return 1.6 * (0.5 - held).max(0.0) + 0.5 * (held - 1.5).max(0.0);
        }
        1.6 * (1.25 - held).max(0.0) + 0.25 * (held - 2.5).max(0.0)
    };
    // best[i][c]: syllable i on cell c.
    let mut best = vec![vec![f64::INFINITY; cells]; n];
    let mut from = vec![vec![0usize; cells]; n];
    for (cell, cost) in best[0].iter_mut().enumerate() {
        if cell + n * g.step <= cells {
            *cost = begin(cell) + place(0, cell);
        }
    }
    let widest = ((HOLD * 2.0 / g.per_tick / f64::from(g.ticks)) as usize).max(g.step);
    for i in 1..n {
        for cell in i * g.step..cells {
            if cell + (n - i) * g.step > cells {
                break;
            }
            let here = place(i, cell);
            for d in g.step..=widest.min(cell) {
                let cost = best[i - 1][cell - d] + gap(i - 1, cell - d, d) + here;
                if cost < best[i][cell] {
                    best[i][cell] = cost;
                    from[i][cell] = cell - d;
                }
            }
        }
    }
    let total = |cell: &usize| best[n - 1][*cell] + end(*cell);
    let mut cell = (0..cells).min_by(|a, b| total(a).total_cmp(&total(b))).unwrap_or(0);
    let mut onsets = vec![0; n];
    for i in (0..n).rev() {
        onsets[i] = cell;
        cell = from[i][cell];
    }
    let cap = |s: &Syl, last: bool| {
        let weak = s.stress == 0 || s.murmured;
        let seconds = match (last, weak) {
            _ if rap => RAP_HOLD,
            (true, true) if s.murmured => LAST_MURMUR,
            (true, true) => LAST_WEAK_HOLD,
            (true, false) => LAST_HOLD,
            (false, true) => WEAK_HOLD,
            (false, false) => HOLD,
        };
        ((seconds / g.per_tick) as Tick).max(g.ticks * g.step as Tick)
    };
    (0..n)
        .map(|i| {
            let next = onsets.get(i + 1).copied().unwrap_or(cells);
            let length = ((next - onsets[i]) as Tick * g.ticks).min(cap(&syllables[i], i + 1 == n));
            Beat {
                start: tick(onsets[i]),
                length,
                stress: syllables[i].stress,
                inside: syllables[i].inside,
            }
        })
        .collect()
}
