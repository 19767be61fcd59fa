//! Forms without words: prescribed segments, or sections chosen for the length, from a one-second
//! sting to ten minutes.

use catbird_score::{Dice, Role, Segment, Tick};

use super::{
    Block, Form,
    clock::{self, Timing},
};
use crate::direction::Direction;

/// Name shown for a section of a piece without words.
fn name(role: Role) -> &'static str {
    match role {
        Role::Intro => "Intro",
        Role::Verse => "Verse",
        Role::PreChorus => "Pre-Chorus",
        Role::Chorus => "Chorus",
        Role::Bridge => "Bridge",
        Role::Inst => "Inst",
        Role::Outro => "Outro",
    }
}

/// Sections of our own choice.
pub(super) fn free(direction: &Direction, seconds: Option<f64>, dice: &mut Dice) -> Form {
    let bar = direction.meter.bar();
    let bar_seconds = clock::quarters(bar) * 60.0 / direction.bpm;
    let lead = clock::lead(seconds, false);
    let Some(total) = seconds else {
        // About a minute and a half, in eights, plus the bar of the last chord.
        let bars = ((95.0 / bar_seconds / 8.0).round() as u32).max(2) * 8 + 1;
        let blocks = sections(direction, bars, dice);
        let last = blocks.last().map_or(0, |b| b.bars - 1) * bar;
        return clock::assemble(
            direction,
            blocks,
            &Timing {
                bpm: vec![direction.bpm],
                lead,
                last_chord: last,
                seconds: None,
            },
        );
    };
    let (before, bpm) = last_chord(direction, total - lead, clock::ring(total), grain(direction, total));
    let bars = before / bar + 1;
    let blocks = sections(direction, bars, dice);
    let first_of_last = (bars - blocks.last().map_or(bars, |b| b.bars)) * bar;
    clock::assemble(
        direction,
        blocks,
        &Timing {
            bpm: vec![bpm],
            lead,
            last_chord: before - first_of_last,
            seconds: Some(total),
        },
    )
}

/// The steps in which the last chord may move: beats in stings, half bars in short pieces and where
/// the tempo is fixed, bars otherwise.
fn grain(direction: &Direction, seconds: f64) -> Tick {
    let (bar, beat) = (direction.meter.bar(), direction.meter.beat());
    let half = if direction.meter.beats.is_multiple_of(2) {
        bar / 2
    } else {
        bar
    };
    match seconds {
        s if s < 4.0 || direction.bpm_fixed => beat,
        s if s < 20.0 => half,
        _ => bar,
    }
}

/// Ticks before the last chord, and the tempo, so that chord and ring fill `span` seconds.
fn last_chord(direction: &Direction, span: f64, ring: (f64, f64), grain: Tick) -> (Tick, f64) {
    let wish = direction.bpm;
    let step = clock::quarters(grain) * 60.0 / wish;
    let middle = ((span - f64::midpoint(ring.0, ring.1)) / step).round().max(0.0) as i64;
    let bend = |bpm: f64| (bpm / wish).ln().abs();
    // The first beat of a bar is the best place for a last chord, but a fixed tempo is a promise.
    let late = if direction.bpm_fixed { 0.003 } else { 0.015 };
    (middle - 2..=middle + 2)
        .filter(|n| *n >= 0)
        .map(|n| n as Tick * grain)
        .map(|before| (before, clock::fit(before, span, wish, ring)))
        .min_by(|a, b| {
            let cost = |(before, bpm): &(Tick, f64)| {
                bend(*bpm)
                    + if before.is_multiple_of(direction.meter.bar()) {
                        0.0
                    } else {
                        late
                    }
            };
            // A sting shorter than a beat has nothing before its chord.
            let empty = |(before, _): &(Tick, f64)| if *before == 0 && span > 2.0 { 1.0 } else { 0.0 };
            (cost(a) + empty(a)).total_cmp(&(cost(b) + empty(b)))
        })
        .unwrap_or((0, wish))
}

/// The one of the style's forms that fills `bars` with the least stretching, whole or ended after one of its
/// choruses: a short piece has fewer sections, not shorter ones. Those that come first are preferred a little.
fn own_form(direction: &Direction, bars: u32) -> Option<Vec<(Role, f64)>> {
    let mut best: Option<(f64, Vec<(Role, f64)>)> = None;
    for (rank, plan) in direction.plans.iter().enumerate() {
        let outro = plan.last().filter(|(role, _)| *role == Role::Outro);
        let ends = (1..plan.len()).filter(|&i| plan[i].0 == Role::Chorus).map(|i| i + 1);
        for end in ends.chain([plan.len()]) {
            let whole = end == plan.len();
            let mut form: Vec<(Role, f64)> = plan[..end].iter().map(|(r, b)| (*r, f64::from(*b))).collect();
            if let Some((role, length)) = outro.filter(|_| !whole) {
                form.push((*role, f64::from(*length)));
            }
            let stretch = f64::from(bars) / form.iter().map(|(_, b)| b).sum::<f64>().max(1.0);
            if form.len() < 2 || !(0.6..=1.6).contains(&stretch) {
                continue;
            }
            let cost = stretch.ln().abs() + 0.05 * rank as f64 + if whole { 0.0 } else { 0.1 };
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, form));
            }
        }
    }
    best.map(|(_, form)| form)
}

/// Sections filling `bars`, the last bar being that of the last chord: a form of the style's own where
/// one has about that length, stretched to fit; else one by length alone.
fn sections(direction: &Direction, bars: u32, dice: &mut Dice) -> Vec<Block> {
    use Role::{Bridge, Chorus, Inst, Intro, Outro, PreChorus, Verse};
    let own = own_form(direction, bars);
    let plan: &[(Role, f64)] = match (bars, &own) {
        (13.., Some(own)) => own,
        (0..=6, _) => &[(Inst, 1.0)],
        (7..=12, _) => &[(Intro, 1.0), (Chorus, 4.0), (Outro, 1.0)],
        (13..=20, _) => &[(Intro, 1.0), (Verse, 2.0), (Chorus, 2.0), (Outro, 1.0)],
        (21..=36, _) if dice.chance(0.5) => &[
            (Intro, 1.0),
            (Verse, 2.0),
            (Chorus, 2.0),
            (Verse, 2.0),
            (Chorus, 2.0),
            (Outro, 1.0),
        ],
        (21..=36, _) => &[
            (Intro, 1.0),
            (Verse, 2.0),
            (Chorus, 2.0),
            (Bridge, 1.5),
            (Chorus, 2.0),
            (Outro, 1.0),
        ],
        (37..=64, _) if dice.chance(0.5) => &[
            (Intro, 1.0),
            (Verse, 2.0),
            (Chorus, 2.0),
            (Inst, 1.5),
            (Verse, 2.0),
            (Chorus, 2.0),
            (Chorus, 2.0),
            (Outro, 1.0),
        ],
        (37..=64, _) => &[
            (Intro, 1.0),
            (Verse, 2.0),
            (Chorus, 2.0),
            (Verse, 2.0),
            (Chorus, 2.0),
            (Bridge, 2.0),
            (Chorus, 2.0),
            (Outro, 1.0),
        ],
        _ => &[
            (Intro, 1.5),
            (Verse, 3.0),
            (PreChorus, 1.5),
            (Chorus, 3.0),
            (Inst, 2.0),
            (Verse, 3.0),
            (PreChorus, 1.5),
            (Chorus, 3.0),
            (Bridge, 2.0),
            (Inst, 2.0),
            (Chorus, 3.0),
            (Outro, 1.5),
        ],
    };
    let weights: f64 = plan.iter().map(|(_, w)| w).sum();
    let mut blocks: Vec<Block> = plan
        .iter()
        .map(|(role, _)| Block::empty(name(*role), *role, 0))
        .collect();
    if blocks.len() == 1 {
        blocks[0].bars = bars;
        return blocks;
    }
    // Whole fours where there is room for them, else twos; the outro takes what remains.
    let unit = if bars >= 24 { 4 } else { 2 };
    let last = blocks.len() - 1;
    let mut left = bars;
    for (i, (_, w)) in plan.iter().enumerate().take(last) {
        let share = f64::from(bars) * w / weights;
        blocks[i].bars = ((share / f64::from(unit)).round() as u32 * unit).max(unit.min(2));
        left = left.saturating_sub(blocks[i].bars);
    }
    // Too little left for an ending: take from the longest; too much: give to the shortest chorus or verse.
    while left < 2 || blocks.iter().take(last).map(|b| b.bars).sum::<u32>() + left > bars {
        let Some(longest) = (0..last)
            .rev()
            .max_by_key(|&i| blocks[i].bars)
            .filter(|&i| blocks[i].bars > 1)
        else {
            break;
        };
        let take = unit.min(blocks[longest].bars - 1);
        blocks[longest].bars -= take;
        left = bars.saturating_sub(blocks.iter().take(last).map(|b| b.bars).sum());
    }
    while left > 2 * unit + 1 {
        let Some(shortest) = (0..last)
            .filter(|&i| blocks[i].role != Role::Intro)
            .min_by_key(|&i| blocks[i].bars)
        else {
            break;
        };
        blocks[shortest].bars += unit;
        left -= unit;
    }
    blocks[last].bars = left.max(1);
    blocks
}

/// Sections as prescribed: each border stands at its second, by a tempo of its own for each segment.
pub(super) fn prescribed(direction: &Direction, segments: &[Segment]) -> Form {
    let bar = direction.meter.bar();
    let beats_a_bar = clock::quarters(bar);
    let total: f64 = segments.iter().map(|s| s.seconds).sum();
    let lead = clock::lead(Some(total), false);
    let last = segments.len() - 1;
    let span = |i: usize| segments[i].seconds - if i == 0 { lead } else { 0.0 };
    let bars_at = |i: usize, bpm: f64| (span(i) * bpm / 60.0 / beats_a_bar).round().max(1.0);
    // One tempo for all from which no segment must bend far.
    let reach = if direction.bpm_fixed { 0.005 } else { 0.1 };
    let cost = |bpm: f64| {
        let worst = (0..last)
            .map(|i| (bars_at(i, bpm) * beats_a_bar * 60.0 / span(i) / bpm).ln().abs())
            .fold(0.0, f64::max);
        worst + 0.3 * (bpm / direction.bpm).ln().abs()
    };
    let bpm = (0..=80)
        .map(|i| direction.bpm * (1.0 + reach * (f64::from(i) / 40.0 - 1.0)))
        .min_by(|a, b| cost(*a).total_cmp(&cost(*b)))
        .unwrap_or(direction.bpm);
    let mut blocks = Vec::new();
    let mut tempi = Vec::new();
    for (i, segment) in segments.iter().enumerate().take(last) {
        let bars = bars_at(i, bpm);
        blocks.push(Block::empty(name(segment.role), segment.role, bars as u32));
        tempi.push(bars * beats_a_bar * 60.0 / span(i));
    }
    let tuned = Direction {
        bpm,
        ..direction.clone()
    };
    let ring = clock::ring(span(last));
    let (before, end_bpm) = last_chord(&tuned, span(last), ring, grain(&tuned, span(last)));
    blocks.push(Block::empty(
        name(segments[last].role),
        segments[last].role,
        before / bar + 1,
    ));
    tempi.push(end_bpm);
    clock::assemble(
        direction,
        blocks,
        &Timing {
            bpm: tempi,
            lead,
            last_chord: before,
            seconds: Some(total),
        },
    )
}
