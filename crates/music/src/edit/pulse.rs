//! The pulse of a recording for a band of ours: as steady as the style plays, or breathing as it was heard.

use catbird_score::{PPQ, Score, TempoMap, TempoMark, Tick};

use super::{frame, recorded};

/// A section is another tempo from here on, as a share.
const ANOTHER: f64 = 0.04;

/// One tempo for the piece; sections that are clearly slower or faster keep their own.
pub(super) fn steady(source: &Score) -> TempoMap {
    let main = frame::main_tempo(&source.tempo, source.end());
    let mut marks: Vec<TempoMark> = Vec::new();
    for section in &source.sections {
        let own = recorded::pace_between(source, section.start, section.end());
        let bpm = if (own / main).ln().abs() > ANOTHER { own } else { main };
        if marks.last().is_none_or(|m| (m.bpm - bpm).abs() > 1e-9) {
            marks.push(TempoMark {
                tick: section.start,
                bpm,
            });
        }
    }
    map(source, marks)
}

/// The heard tempo, a mark a bar: what trembles from beat to beat is the hearing as often as the player.
pub(super) fn followed(source: &Score) -> TempoMap {
    let bar = source.meter.bar();
    let bars = source.end().div_ceil(bar);
    let mark = |i: Tick| TempoMark {
        tick: i * bar,
        bpm: recorded::pace_between(source, i * bar, (i + 1) * bar),
    };
    map(source, (0..bars).map(mark).collect())
}

fn map(source: &Score, mut marks: Vec<TempoMark>) -> TempoMap {
    if marks.is_empty() {
        marks.push(TempoMark {
            tick: 0,
            bpm: frame::main_tempo(&source.tempo, source.end()),
        });
    }
    TempoMap {
        lead_seconds: recorded::LEAD,
        marks,
    }
}

/// How much of a quarter note the first of two eighths takes in what was heard: 0.5 straight – 0.67 triplet.
/// `None` where too little falls between the beats.
pub(super) fn swing(source: &Score) -> Option<f32> {
    let mut late: Vec<f64> = source
        .parts
        .iter()
        .flat_map(|p| &p.notes)
        .map(|n| n.onset().rem_euclid(f64::from(PPQ)) / f64::from(PPQ))
        .filter(|t| (0.4..0.75).contains(t))
        .collect();
    if late.len() < 12 {
        return None;
    }
    late.sort_by(f64::total_cmp);
    Some((late[late.len() / 2] as f32).clamp(0.5, 0.67))
}
