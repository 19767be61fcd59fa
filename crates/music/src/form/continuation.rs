//! The form of what comes after a piece: its tempo to the letter, no intro, an ending. Lines take the
//! slots of the piece's own lines at the same places, so that they can take over their melodies.

use catbird_score::{Role, Tick};

use super::{
    Block, Form,
    clock::{self, Timing},
    setting::{self, Models, SetSection, Setting},
    song::{self, Gap, Kind},
};
use crate::{compose::ComposeError, direction::Direction, words::PreparedSection};

/// Longest continuation planned when no length was asked, seconds.
const LONGEST: f64 = 600.0;
/// Longest ring of the last chord when a length is asked, seconds; then the chord comes later.
const RING: f64 = 3.6;

/// Plans the form of a continuation. The tempo is `direction.bpm` throughout; a length that is asked is
/// met by bars, the beat of the last chord, and its ring.
pub(crate) fn plan(
    direction: &Direction,
    lyrics: Option<&[PreparedSection]>,
    models: &Models,
    seconds: Option<f64>,
    lead: f64,
) -> Result<Form, ComposeError> {
    let bar_seconds = clock::quarters(direction.meter.bar()) * 60.0 / direction.bpm;
    let lead = seconds.map_or(lead, |s| lead.min(0.03 * s));
    let end = seconds.map(|s| End::of(direction, s - lead, clock::ring(s).0));
    let blocks = match lyrics {
        Some(sections) => sung(direction, sections, models, end, bar_seconds)?,
        None => played(end.map(|e| e.bars), bar_seconds),
    };
    let last_bar = blocks.last().map_or(0, |b| b.bars - 1) * direction.meter.bar();
    Ok(clock::assemble(
        direction,
        blocks,
        &Timing {
            bpm: vec![direction.bpm],
            lead,
            last_chord: last_bar + end.map_or(0, |e| e.offset),
            seconds,
        },
    ))
}

/// Where the last chord falls when a length is asked.
#[derive(Clone, Copy, Debug)]
struct End {
    /// Bars up to and with that of the last chord.
    bars: u32,
    /// Its tick in the last bar.
    offset: Tick,
    /// Seconds asked, without the silence at the beginning.
    span: f64,
}

impl End {
    fn of(direction: &Direction, span: f64, ring: f64) -> Self {
        let meter = direction.meter;
        let bar_seconds = clock::quarters(meter.bar()) * 60.0 / direction.bpm;
        let beat_seconds = clock::quarters(meter.beat()) * 60.0 / direction.bpm;
        let whole = ((span - ring) / bar_seconds).floor().max(0.0);
        let left = span - whole * bar_seconds;
        let late = (0..u32::from(meter.beats))
            .find(|b| left - f64::from(*b) * beat_seconds <= RING)
            .unwrap_or(0);
        Self {
            bars: whole as u32 + 1,
            offset: late * meter.beat(),
            span,
        }
    }
}

/// Sung sections with the bars between and after them.
fn sung(
    direction: &Direction,
    sections: &[PreparedSection],
    models: &Models,
    end: Option<End>,
    bar_seconds: f64,
) -> Result<Vec<Block>, ComposeError> {
    let set = match end {
        None => natural(direction, sections, models),
        Some(end) => fitted(direction, sections, models, end.bars - 1),
    };
    let span = end.map_or(LONGEST, |e| e.span);
    let set = set.ok_or_else(|| {
        let needed = tight(direction, sections).map_or(2.0 * span, |set| f64::from(bars(&set)) * bar_seconds + 1.6);
        song::too_long(sections, span, needed)
    })?;
    let sung = bars(&set);
    let gaps = gaps(sections);
    let shared = match end {
        // Two bars after a chorus that is not the last, four for what the lyrics ask, two to end with.
        None => gaps
            .iter()
            .map(|g| match g.kind {
                Kind::Outro => 2,
                _ if g.tagged => 4,
                _ => 2 * u32::from(g.after_chorus),
            })
            .collect(),
        Some(end) => song::share_out(&gaps, (end.bars - 1).saturating_sub(sung), direction.bpm, direction),
    };
    let total = f64::from(sung + shared.iter().sum::<u32>()) * bar_seconds;
    if end.is_none() && total > LONGEST {
        return Err(song::too_long(sections, LONGEST, total));
    }
    Ok(blocks(sections, set, &gaps, &shared))
}

/// As long as the words want to be.
fn natural(direction: &Direction, sections: &[PreparedSection], models: &Models) -> Option<Vec<SetSection>> {
    let how = Setting {
        pace: 1.0,
        bpm: direction.bpm,
        even: true,
        tight: false,
    };
    setting::set_like(direction, sections, how, models).or_else(|| tight(direction, sections))
}

fn tight(direction: &Direction, sections: &[PreparedSection]) -> Option<Vec<SetSection>> {
    let how = Setting {
        pace: 1.0,
        bpm: direction.bpm,
        even: false,
        tight: true,
    };
    setting::set(direction, sections, how)
}

/// In at most `room` bars: like the models if that fits, else at the pace nearest to the style's.
fn fitted(direction: &Direction, sections: &[PreparedSection], models: &Models, room: u32) -> Option<Vec<SetSection>> {
    let how = |pace: f64, even: bool| Setting {
        pace,
        bpm: direction.bpm,
        even,
        tight: false,
    };
    let alike = [true, false]
        .into_iter()
        .filter_map(|even| setting::set_like(direction, sections, how(1.0, even), models));
    // Faster in small steps; slower only from what is faster than need be.
    let paces = (0..14).map(|n| 1.08f64.powi(n));
    let paced = paces.flat_map(|pace| [true, false].map(|even| setting::set(direction, sections, how(pace, even))));
    alike
        .chain(paced.flatten())
        .find(|set| bars(set) <= room)
        .or_else(|| tight(direction, sections).filter(|set| bars(set) <= room))
}

fn bars(set: &[SetSection]) -> u32 {
    set.iter().map(|s| s.bars).sum()
}

/// Where bars without words can stand: as in a song, but nothing comes first.
fn gaps(sections: &[PreparedSection]) -> Vec<Gap> {
    let mut gaps = song::gaps(sections);
    gaps.retain(|g| g.kind != Kind::Intro || g.tagged);
    for gap in &mut gaps {
        if gap.kind == Kind::Intro {
            gap.kind = Kind::Inst;
        }
    }
    gaps
}

fn blocks(sections: &[PreparedSection], set: Vec<SetSection>, gaps: &[Gap], bars: &[u32]) -> Vec<Block> {
    let mut out = Vec::new();
    for (i, (section, set)) in sections.iter().zip(set).enumerate() {
        if !section.lines.is_empty() {
            out.push(Block {
                name: section.name.clone(),
                role: section.role,
                bars: set.bars,
                slots: set.slots,
            });
        }
        for (gap, bars) in gaps.iter().zip(bars) {
            if gap.at == i && gap.kind != Kind::Outro && *bars > 0 {
                let (name, role) = match (gap.tagged, section.role) {
                    // An intro in the middle of a piece is an interlude.
                    (true, role) if role != Role::Intro => (section.name.as_str(), role),
                    _ => ("Interlude", Role::Inst),
                };
                out.push(Block::empty(name, role, *bars));
            }
        }
    }
    out.push(Block::empty(
        "Outro",
        Role::Outro,
        bars.last().copied().unwrap_or(0) + 1,
    ));
    out
}

/// Without words: a solo, the chorus once more, an end; `bars` in all, or as many as feel complete.
fn played(bars: Option<u32>, bar_seconds: f64) -> Vec<Block> {
    // Some forty seconds in eights (fours where bars are long) when nobody says how long.
    let bars = bars.unwrap_or_else(|| ((40.0 / bar_seconds / 4.0).round() as u32).clamp(2, 6) * 4 + 1);
    if bars <= 4 {
        return vec![Block::empty("Outro", Role::Outro, bars)];
    }
    let outro = match bars {
        0..=8 => 1 + bars % 2 + u32::from(bars > 6) * 2,
        9..=16 => 3 + (bars + 1) % 2,
        _ => 5 + (bars - 5) % 4,
    };
    let rest = bars - outro;
    let units = rest.div_ceil(8).max(1);
    let cycle = [
        ("Solo", Role::Inst),
        ("Chorus", Role::Chorus),
        ("Interlude", Role::Verse),
        ("Chorus", Role::Chorus),
    ];
    let mut out = Vec::new();
    let mut left = rest;
    for unit in 0..units {
        let share = (left / (units - unit)).next_multiple_of(2).min(left);
        let share = if unit + 1 == units { left } else { share };
        let (name, role) = cycle[unit as usize % cycle.len()];
        if share > 0 {
            out.push(Block::empty(name, role, share));
        }
        left -= share;
    }
    out.push(Block::empty("Outro", Role::Outro, outro));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::tests::{direction, lyric};

    #[test]
    fn any_length_is_met_at_the_same_tempo() {
        for bpm in [61.0, 97.0, 128.0, 174.0] {
            let d = direction(bpm, 4, 4);
            let lyrics = [lyric(Role::Verse, &[7, 8, 7, 8]), lyric(Role::Chorus, &[6, 6])];
            for seconds in [8.0, 13.0, 30.0, 47.5, 60.0, 121.0] {
                for lyrics in [None, Some(lyrics.as_slice())] {
                    let Ok(form) = plan(&d, lyrics, &Models::new(), Some(seconds), 0.1) else {
                        assert!(lyrics.is_some() && seconds < 20.0, "{bpm} {seconds}");
                        continue;
                    };
                    assert_eq!(form.seconds, seconds);
                    assert_eq!(form.tempo.marks.iter().map(|m| m.bpm).collect::<Vec<_>>(), [bpm]);
                    let ring = seconds - form.tempo.at(form.last_chord);
                    assert!((1.0..4.5).contains(&ring), "{bpm} {seconds}: {ring}");
                    assert!(form.last_chord < form.end() && form.end() - form.last_chord <= 4 * 480);
                    assert_eq!(form.sections.last().map(|s| s.role), Some(Role::Outro));
                }
            }
        }
    }

    #[test]
    fn lines_take_the_slots_of_their_models() {
        let d = direction(100.0, 4, 4);
        let model = |length, syllables, pattern| setting::Model {
            length,
            syllables,
            pattern,
        };
        let models = Models::from([(Role::Chorus as u8, vec![model(3840, 7, 41), model(1920, 5, 42)])]);
        let lyrics = [lyric(Role::Chorus, &[7, 5, 8, 30])];
        let form = plan(&d, Some(&lyrics), &models, None, 0.1).unwrap();
        let lines: Vec<_> = form.lines.iter().map(|l| (l.start, l.length, l.pattern)).collect();
        assert_eq!(lines[..3], [(0, 3840, 41), (3840, 1920, 42), (5760, 3840, 41)]);
        assert!(lines[3].1 > 3840 && lines[3].2 > 42, "too long for its model");
    }
}
