//! How a sung line sits on another band: swing and small deviations in time anew, pitches, words and
//! grid as they are.

use catbird_score::{Dice, Note, PPQ, SungLine, Tick};

use crate::direction::Direction;

/// Ticks by which a singer wanders around the beat (standard deviation).
const WANDER: f64 = 3.0;

/// Moves every note of the lines by semitones.
pub(super) fn transpose(lines: &mut [SungLine], by: i32) {
    for note in notes_mut(lines) {
        note.pitch = (i32::from(note.pitch) + by).clamp(0, 127) as u8;
    }
}

/// Lowest and highest pitch of the lines.
pub(super) fn range<'a>(notes: impl Iterator<Item = &'a Note>) -> Option<(u8, u8)> {
    notes.fold(None, |r, n| match r {
        None => Some((n.pitch, n.pitch)),
        Some((low, high)) => Some((low.min(n.pitch), high.max(n.pitch))),
    })
}

/// All notes of the lines, to change.
pub(super) fn notes_mut(lines: &mut [SungLine]) -> impl Iterator<Item = &mut Note> {
    lines
        .iter_mut()
        .flat_map(|l| &mut l.words)
        .flat_map(|w| &mut w.syllables)
        .flat_map(|s| &mut s.notes)
}

/// Sings the lines in the swing of `direction`: syllables wander together, as a singer's do, and one
/// ends where the next begins.
pub(super) fn rephrase(lines: &mut [SungLine], direction: &Direction, dice: &mut Dice) {
    for line in lines {
        let mut deviation = 0.0;
        for syllable in line.words.iter_mut().flat_map(|w| &mut w.syllables) {
            deviation = 0.6 * deviation + WANDER * dice.normal();
            for note in &mut syllable.notes {
                let nudge = (swing(note.start, direction) + deviation).round().clamp(-90.0, 160.0) as i16;
                note.nudge = if note.start < 30 { nudge.max(0) } else { nudge };
            }
        }
        let mut next: Option<(f64, Tick)> = None;
        let notes: Vec<&mut Note> = notes_mut(std::slice::from_mut(line)).collect();
        for note in notes.into_iter().rev() {
            if let Some((onset, start)) = next {
                let room = (onset - note.onset()).max(1.0) as Tick;
                note.length = note.length.min(room).min(start - note.start).max(1);
            }
            next = Some((note.onset(), note.start));
        }
    }
}

/// Ticks a note is moved by the band's swing.
fn swing(start: Tick, direction: &Direction) -> f64 {
    let pair = f64::from(if direction.swing_unit == 16 { PPQ / 2 } else { PPQ });
    let at = f64::from(start) % pair / pair;
    let s = f64::from(direction.swing).clamp(0.5, 0.75);
    let bent = if at < 0.5 {
        at * s / 0.5
    } else {
        s + (at - 0.5) * (1.0 - s) / 0.5
    };
    (bent - at) * pair
}
