//! The form of a song: sung sections as the lyrics give them, instrumental bars around them, all of
//! it as long as asked.

use catbird_score::{Dice, Role};

use super::{
    Block, Form,
    clock::{self, Timing},
    setting::{self, SetSection, Setting},
};
use crate::{compose::ComposeError, direction::Direction, words::PreparedSection};

/// Largest speed-up of the style's tempo to fit many words.
const HASTE: f64 = 1.2;
/// Longest song planned when no length was asked, seconds.
const NATURAL_LIMIT: f64 = 600.0;

/// One way to set the song.
struct Candidate {
    bpm: f64,
    set: Vec<SetSection>,
    /// Bars before the last chord's bar.
    bars: u32,
    cost: f64,
}

/// Plans a song.
pub(super) fn plan(
    direction: &Direction,
    lyrics: &[PreparedSection],
    seconds: Option<f64>,
    dice: &mut Dice,
) -> Result<Form, ComposeError> {
    let Some(total) = seconds else {
        return natural(direction, lyrics, dice);
    };
    let mut sections = lyrics.to_vec();
    let lead = clock::lead(Some(total), true);
    let chosen = choose(direction, &sections, total - lead, clock::ring(total))?;
    let mut chosen = chosen;
    // Little text for much time: cut sections so that interludes can stand between the lines.
    let sung: u32 = chosen.set.iter().map(|s| s.bars).sum();
    let spare = chosen.bars.saturating_sub(sung);
    while spare > 12 * (gaps(&sections).len() as u32) && split_longest(&mut sections) {
        chosen = choose(direction, &sections, total - lead, clock::ring(total))?;
    }
    let sung: u32 = chosen.set.iter().map(|s| s.bars).sum();
    let gap_bars = share_out(
        &gaps(&sections),
        chosen.bars.saturating_sub(sung),
        chosen.bpm,
        direction,
    );
    let blocks = blocks(&sections, chosen.set, &gap_bars);
    let bars: u32 = blocks.iter().map(|b| b.bars).sum();
    let bar = direction.meter.bar();
    let before = (bars - 1) * bar;
    let (bpm, last_bar_offset) = finish(direction, before, total - lead, chosen.bpm, clock::ring(total));
    let last = (blocks.last().map_or(1, |b| b.bars) - 1) * bar + last_bar_offset;
    Ok(clock::assemble(
        direction,
        blocks,
        &Timing {
            bpm: vec![bpm],
            lead,
            last_chord: last,
            seconds: Some(total),
        },
    ))
}

/// The final tempo, and on which tick of the last bar the last chord falls.
fn finish(direction: &Direction, before: u32, span: f64, wish: f64, ring: (f64, f64)) -> (f64, u32) {
    if !direction.bpm_fixed {
        return (clock::fit(before, span, wish, ring), 0);
    }
    // The tempo may bend by half a percent only: the chord waits for a later beat instead.
    let beat = direction.meter.beat();
    let bend = |bpm: f64| (bpm / direction.bpm).ln().abs();
    (0..u32::from(direction.meter.beats))
        .map(|b| (clock::fit(before + b * beat, span, direction.bpm, ring), b * beat))
        .min_by(|a, b| (bend(a.0) + f64::from(a.1) * 1e-6).total_cmp(&(bend(b.0) + f64::from(b.1) * 1e-6)))
        .unwrap_or((direction.bpm, 0))
}

/// As long as a song with these words is.
fn natural(direction: &Direction, lyrics: &[PreparedSection], dice: &mut Dice) -> Result<Form, ComposeError> {
    let how = |tight| Setting {
        pace: 1.0,
        bpm: direction.bpm,
        even: true,
        tight,
    };
    let set = setting::set(direction, lyrics, how(false)).or_else(|| setting::set(direction, lyrics, how(true)));
    let Some(set) = set else {
        return Err(too_long(lyrics, NATURAL_LIMIT, NATURAL_LIMIT * 2.0));
    };
    let bar_seconds = clock::quarters(direction.meter.bar()) * 60.0 / direction.bpm;
    let sung: u32 = set.iter().map(|s| s.bars).sum();
    let gaps = gaps(lyrics);
    // A quarter of the song without words, more in short ones.
    let spare = ((f64::from(sung) * 0.28).round() as u32).clamp(4, 40) / 2 * 2 + if dice.chance(0.3) { 2 } else { 0 };
    let tagged: u32 = gaps.iter().filter(|g| g.tagged && g.kind == Kind::Inst).count() as u32 * 4;
    let gap_bars = share_out(&gaps, spare.max(tagged + 4) + 1, direction.bpm, direction);
    let seconds = f64::from(sung + gap_bars.iter().sum::<u32>()) * bar_seconds;
    if seconds > NATURAL_LIMIT {
        return Err(too_long(lyrics, NATURAL_LIMIT, seconds));
    }
    let blocks = blocks(lyrics, set, &gap_bars);
    let last = (blocks.last().map_or(1, |b| b.bars) - 1) * direction.meter.bar();
    Ok(clock::assemble(
        direction,
        blocks,
        &Timing {
            bpm: vec![direction.bpm],
            lead: clock::lead(None, true),
            last_chord: last,
            seconds: None,
        },
    ))
}

/// The best setting for a span: near the style's pace and tempo, with a sensible share of
/// instrumental bars.
fn choose(
    direction: &Direction,
    sections: &[PreparedSection],
    span: f64,
    ring: (f64, f64),
) -> Result<Candidate, ComposeError> {
    let beats_a_bar = clock::quarters(direction.meter.bar());
    let room = |bpm: f64, ring: f64| (span - ring) * bpm / 60.0 / beats_a_bar;
    let tagged = gaps(sections)
        .iter()
        .filter(|g| g.tagged && g.kind != Kind::Outro)
        .count() as f64;
    let wish_share = (0.12 + span / 1000.0).min(0.26) + 0.02 * tagged.min(4.0);
    let tempi: &[f64] = if direction.bpm_fixed {
        &[1.0]
    } else {
        &[1.0, 1.04, 1.08, 1.12, 1.16, HASTE]
    };
    let mut best: Option<Candidate> = None;
    for &haste in tempi {
        let bpm = direction.bpm * haste;
        let bars = if direction.bpm_fixed {
            room(bpm, ring.0).floor()
        } else {
            room(bpm, f64::midpoint(ring.0, ring.1)).round()
        };
        let bars = bars.max(0.0) as u32;
        for step in 0..26 {
            let pace = 0.45 * 1.1f64.powi(step);
            for even in [true, false] {
                let how = Setting {
                    pace,
                    bpm,
                    even,
                    tight: false,
                };
                let Some(set) = setting::set(direction, sections, how) else {
                    continue;
                };
                let sung: u32 = set.iter().map(|s| s.bars).sum();
                if sung > bars {
                    continue;
                }
                let share = 1.0 - f64::from(sung) / f64::from(bars.max(1));
                let cost = pace.ln().abs()
                    + 4.0 * (haste - 1.0)
                    + 3.0 * (share - wish_share - 0.08).max(0.0)
                    + 3.0 * (wish_share - 0.08 - share).max(0.0)
                    + if even { 0.0 } else { 0.15 };
                if best.as_ref().is_none_or(|b| cost < b.cost) {
                    best = Some(Candidate { bpm, set, bars, cost });
                }
            }
        }
    }
    if let Some(best) = best {
        return Ok(best);
    }
    // Nothing comfortable fits: slots of whole beats, as slow as possible.
    let mut needed = f64::INFINITY;
    for &haste in tempi {
        let bpm = direction.bpm * haste;
        let how = Setting {
            pace: 1.0,
            bpm,
            even: false,
            tight: true,
        };
        let Some(set) = setting::set(direction, sections, how) else {
            continue;
        };
        let sung: u32 = set.iter().map(|s| s.bars).sum();
        let bars = room(bpm, ring.0).floor().max(0.0) as u32;
        if sung <= bars {
            return Ok(Candidate {
                bpm,
                set,
                bars,
                cost: f64::INFINITY,
            });
        }
        needed = needed.min(f64::from(sung) * beats_a_bar * 60.0 / bpm + 1.5 + 0.1);
    }
    Err(too_long(sections, span, needed))
}

pub(super) fn too_long(sections: &[PreparedSection], seconds: f64, needed: f64) -> ComposeError {
    let syllables = sections
        .iter()
        .flat_map(|s| &s.lines)
        .map(crate::words::PreparedLine::syllables)
        .sum();
    ComposeError::TooLong {
        syllables,
        seconds: seconds.round() as u32,
        needed: needed.min(1e6).ceil() as u32 + 1,
    }
}

/// What stands between sung sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Intro,
    /// Solo, interlude, or a sung section without words.
    Inst,
    Outro,
}

/// A place where instrumental bars can stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    pub kind: Kind,
    /// Asked for by the lyrics.
    pub tagged: bool,
    /// The section after which it stands (itself when tagged).
    pub at: usize,
    /// Follows a chorus.
    pub after_chorus: bool,
}

/// All places, in order; the first is always an intro, the last an outro.
pub(super) fn gaps(sections: &[PreparedSection]) -> Vec<Gap> {
    let mut out = Vec::new();
    let n = sections.len();
    if sections.first().is_none_or(|s| s.role != Role::Intro) {
        out.push(Gap {
            kind: Kind::Intro,
            tagged: false,
            at: 0,
            after_chorus: false,
        });
    }
    for (i, section) in sections.iter().enumerate() {
        if section.lines.is_empty() {
            let kind = match section.role {
                Role::Intro if i == 0 => Kind::Intro,
                Role::Outro if i + 1 == n => Kind::Outro,
                _ => Kind::Inst,
            };
            out.push(Gap {
                kind,
                tagged: true,
                at: i,
                after_chorus: false,
            });
        } else if sections.get(i + 1).is_some_and(|next| !next.lines.is_empty()) {
            out.push(Gap {
                kind: Kind::Inst,
                tagged: false,
                at: i,
                after_chorus: section.role == Role::Chorus,
            });
        }
    }
    if out.last().is_none_or(|g| g.kind != Kind::Outro) {
        out.push(Gap {
            kind: Kind::Outro,
            tagged: false,
            at: n,
            after_chorus: false,
        });
    }
    out
}

/// How many bars each gap is raised to, stage by stage, until the spare bars are used up.
fn goal(gap: Gap, stage: u32) -> u32 {
    let Gap {
        kind,
        tagged,
        after_chorus,
        ..
    } = gap;
    match (kind, stage) {
        (Kind::Intro, 0) if !tagged => 0,
        (Kind::Intro, 0 | 1) => 2,
        (Kind::Intro, 2..=4) => 4,
        (Kind::Intro, _) => 8.max(8 * (stage - 5)),
        (Kind::Outro, 0) => 0,
        (Kind::Outro, 1) => 1,
        (Kind::Outro, 2..=4) => 3,
        (Kind::Outro, _) => 7.max(8 * (stage - 5)),
        (Kind::Inst, 0) if tagged => 2,
        (Kind::Inst, 1) if tagged => 4,
        (Kind::Inst, 2..=4) if tagged => 8,
        (Kind::Inst, 5..=6) if tagged => 16,
        (Kind::Inst, 3) if after_chorus => 2,
        (Kind::Inst, 4) if after_chorus => 4,
        (Kind::Inst, 5) if !tagged => 4,
        (Kind::Inst, 6) if !tagged => 8,
        (Kind::Inst, 0..=4) => 0,
        (Kind::Inst, _) => 8 * (stage - 5),
    }
}

/// Spare bars to gaps, the bar of the last chord not counted. Twos where possible; an odd bar goes to
/// the outro, whose last-chord bar makes it even.
pub(super) fn share_out(gaps: &[Gap], spare: u32, bpm: f64, direction: &Direction) -> Vec<u32> {
    let mut bars = vec![0; gaps.len()];
    let outro = gaps.len() - 1;
    let mut left = spare;
    let slow = direction.bpm.min(bpm) < 75.0;
    let mut stage = 0;
    while left > 0 {
        for (i, gap) in gaps.iter().enumerate() {
            let mut goal = goal(*gap, stage);
            if slow && stage <= 4 {
                goal = goal
                    .div_ceil(2)
                    .next_multiple_of(if gap.kind == Kind::Outro { 1 } else { 2 });
            }
            let mut more = goal.saturating_sub(bars[i]).min(left);
            if gap.kind != Kind::Outro {
                // Twos, and beyond four bars only whole fours.
                let unit = if bars[i] + more > 4 { 4 } else { 2 };
                more -= ((bars[i] + more) % unit).min(more);
            }
            bars[i] += more;
            left -= more;
        }
        // What makes no whole phrase rings on at the end.
        if left == 1 || (left < 4 && stage >= 5) {
            bars[outro] += left;
            left = 0;
        }
        stage += 1;
    }
    bars
}

/// Cuts the section with the most lines in two; false when every section is a single line.
fn split_longest(sections: &mut Vec<PreparedSection>) -> bool {
    let Some((i, n)) = sections
        .iter()
        .enumerate()
        .map(|(i, s)| (i, s.lines.len()))
        .max_by_key(|&(i, n)| (n, std::cmp::Reverse(i)))
    else {
        return false;
    };
    if n < 2 {
        return false;
    }
    let mut second = sections[i].clone();
    second.lines = sections[i].lines.split_off(n.div_ceil(2));
    sections.insert(i + 1, second);
    true
}

/// Sung sections and gaps in their order. A tagged gap that got no bar is dropped.
fn blocks(sections: &[PreparedSection], set: Vec<SetSection>, gap_bars: &[u32]) -> Vec<Block> {
    let gaps = gaps(sections);
    let mut out = Vec::new();
    let mut gap = 0;
    if gaps.first().is_some_and(|g| !g.tagged && g.kind == Kind::Intro) {
        if gap_bars[0] > 0 {
            out.push(Block::empty("Intro", Role::Intro, gap_bars[0]));
        }
        gap = 1;
    }
    for (i, (section, set)) in sections.iter().zip(set).enumerate() {
        if !section.lines.is_empty() {
            out.push(Block {
                name: section.name.clone(),
                role: section.role,
                bars: set.bars,
                slots: set.slots,
            });
        }
        while let Some(g) = gaps.get(gap).filter(|g| g.at == i && g.kind != Kind::Outro) {
            if gap_bars[gap] > 0 {
                let (name, role) = if g.tagged {
                    (section.name.as_str(), section.role)
                } else {
                    ("Interlude", Role::Inst)
                };
                out.push(Block::empty(name, role, gap_bars[gap]));
            }
            gap += 1;
        }
    }
    let name = sections
        .last()
        .filter(|s| s.role == Role::Outro && s.lines.is_empty())
        .map_or("Outro", |s| s.name.as_str());
    out.push(Block::empty(
        name,
        Role::Outro,
        gap_bars.last().copied().unwrap_or(0) + 1,
    ));
    out
}
