//! More melody of the same piece: its phrases once more where its harmony goes on and nobody sings.

use catbird_score::{Note, PPQ, Role, Score, Tick};

use crate::edit::{recorded, underlay::Strain};

/// Bars of silence from which on something can be sung.
const LEAST: Tick = 2;

/// Phrases that could be sung in the gaps of the melody: those of a section of the same role, else of a
/// verse, moved by whole bars, their long notes on the chords that sound there.
pub(super) fn spare(source: &Score, strains: &[Strain]) -> Vec<Strain> {
    let bar = source.meter.bar();
    let stop = recorded::stop(source).min(source.end());
    let mut gaps: Vec<(Tick, Tick)> = Vec::new();
    let mut at = 0;
    let spans = strains.iter().map(|s| {
        let last = s.notes().last().map_or(0, |n| n.start + n.length);
        (s.start() / bar * bar, last.next_multiple_of(bar))
    });
    for (from, to) in spans.chain([(stop, stop)]) {
        if from >= at + LEAST * bar {
            gaps.push((at, from));
        }
        at = at.max(to);
    }
    let mut out = Vec::new();
    for (i, section) in source.sections.iter().enumerate() {
        for &(from, to) in &gaps {
            let (from, to) = (from.max(section.start), to.min(section.end()));
            if to < from + LEAST * bar {
                continue;
            }
            let first = from.next_multiple_of(bar);
            fill(source, strains, i, (first, to), &mut out);
        }
    }
    out
}

/// Fills bars of a section with copies, in the order of the section they come from.
fn fill(source: &Score, strains: &[Strain], section: usize, (from, to): (Tick, Tick), out: &mut Vec<Strain>) {
    let bar = source.meter.bar();
    let role = source.sections[section].role;
    let of = |role: Role| strains.iter().find(|s| source.sections[s.section].role == role);
    let Some(model) = of(role).or_else(|| of(Role::Verse)).or_else(|| strains.first()) else {
        return;
    };
    let donors: Vec<&Strain> = strains.iter().filter(|s| s.section == model.section).collect();
    let origin = donors[0].start() / bar * bar;
    let length = donors
        .iter()
        .filter_map(|s| s.notes().last())
        .map(|n| n.start + n.length)
        .max()
        .unwrap_or(origin)
        .next_multiple_of(bar)
        - origin;
    let mut shift = from;
    while shift < to {
        for donor in &donors {
            let notes: Vec<Note> = donor
                .notes()
                .map(|n| Note {
                    start: n.start - origin + shift,
                    ..*n
                })
                .collect();
            let end = notes.last().map_or(0, |n| n.start + n.length);
            if end > to {
                return;
            }
            out.push(Strain {
                section,
                units: notes.into_iter().map(|n| vec![placed(source, n)]).collect(),
            });
        }
        shift += length.max(bar);
    }
}

/// A note on the harmony of its new place.
fn placed(source: &Score, note: Note) -> Note {
    let weighty = note.length >= PPQ / 2 && note.start.is_multiple_of(source.meter.beat());
    let key = source.key_at(note.start);
    let fits = |pitch: u8| match source.chord_at(note.start) {
        Some(span) if weighty => span.chord.contains(pitch),
        _ => key.contains(pitch),
    };
    let near = [0i16, -1, 1, -2, 2]
        .into_iter()
        .map(|by| (i16::from(note.pitch) + by).clamp(0, 127) as u8)
        .find(|p| fits(*p));
    Note {
        pitch: near.unwrap_or(note.pitch),
        ..note
    }
}
