//! A line in the range of who sings it, the key kept: all of it by octaves first, then what still lies
//! outside.

use catbird_score::{Note, Singer, SungLine};

use crate::edit::phrasing;

/// How far beyond the comfortable range a line may go before it is folded, semitones.
const STRETCH: i32 = 4;

/// The octaves (in semitones) by which a melody as a whole comes to lie best in a singer's range: as many
/// of its notes as possible inside, long ones first.
pub(in crate::edit) fn octaves<'a>(notes: &(impl Iterator<Item = &'a Note> + Clone), singer: &Singer) -> i32 {
    let (low, high) = (i32::from(singer.low), i32::from(singer.high));
    let cost = |by: i32| {
        let outside: f64 = notes
            .clone()
            .map(|n| {
                let pitch = i32::from(n.pitch) + by;
                let out = f64::from((pitch - high).max(0)) + 0.8 * f64::from((low - pitch).max(0));
                out * f64::from(n.length)
            })
            .sum();
        let weight: f64 = notes.clone().map(|n| f64::from(n.length)).sum();
        outside / weight.max(1.0) + 0.02 * f64::from(by.abs())
    };
    [0, -12, 12, -24, 24, -36, 36]
        .into_iter()
        .min_by(|a, b| cost(*a).total_cmp(&cost(*b)))
        .unwrap_or(0)
}

/// Folds what still lies far outside a singer's range by an octave: whole lines, then single notes.
pub(in crate::edit) fn fold(lines: &mut [SungLine], singer: &Singer) {
    let (low, high) = (i32::from(singer.low), i32::from(singer.high));
    for line in lines.iter_mut() {
        let Some((bottom, top)) = phrasing::range(line.notes()) else {
            continue;
        };
        let (bottom, top) = (i32::from(bottom), i32::from(top));
        if top > high + STRETCH && bottom - 12 >= low - STRETCH {
            phrasing::transpose(std::slice::from_mut(line), -12);
        } else if bottom < low - STRETCH && top + 12 <= high + STRETCH {
            phrasing::transpose(std::slice::from_mut(line), 12);
        }
    }
    for note in phrasing::notes_mut(lines) {
        let mut pitch = i32::from(note.pitch);
        while pitch > high + STRETCH && pitch - 12 >= low - STRETCH {
            pitch -= 12;
        }
        while pitch < low - STRETCH && pitch + 12 <= high + STRETCH {
            pitch += 12;
        }
        note.pitch = pitch.clamp(0, 127) as u8;
    }
}
