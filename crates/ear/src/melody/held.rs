//! Held notes made whole. The note net strikes a sounding key anew when others are struck beside it, or
//! when it trembles; the sound tells: before a real attack on the same key its own partials fade, at a
//! real attack they leap up.

use super::partials::Partials;
use crate::notes::HeardNote;

/// A key struck again within this time after its end may be a held note, seconds.
const GAP: f64 = 0.06;
/// Looks before and after the onset.
const BEFORE: usize = 18;
const AFTER: usize = 16;
/// A real attack: a fall before it and a rise after it of so much, or a leap, dB.
const FALL: f32 = 3.0;
const RISE: f32 = 1.9;
const LEAP: f32 = 11.0;

/// The notes without the strokes inside of held ones; by rising onset, as they came.
pub fn whole(notes: &[HeardNote], partials: &Partials) -> Vec<HeardNote> {
    let mut out: Vec<HeardNote> = Vec::with_capacity(notes.len());
    // The last note of each key.
    let mut last: [Option<usize>; 128] = [None; 128];
    for note in notes {
        let key = usize::from(note.key()).min(127);
        if let Some(i) = last[key]
            && note.from - out[i].to < GAP
            && !struck(note, partials)
        {
            let held = &mut out[i];
            let (a, b) = (held.seconds() as f32, note.seconds() as f32);
            let both = (f32::from(held.velocity) * a + f32::from(note.velocity) * b) / (a + b).max(0.01);
            held.velocity = both.round() as u8;
            held.confidence = held.confidence.max(note.confidence);
            held.to = held.to.max(note.to);
            continue;
        }
        last[key] = Some(out.len());
        out.push(*note);
    }
    out
}

/// Whether the note's own partials begin anew at its onset.
fn struck(note: &HeardNote, partials: &Partials) -> bool {
    let Some(levels) = partials.levels(note.key(), note.from, BEFORE, AFTER) else {
        return true;
    };
    let mut pre = levels[..BEFORE / 2].to_vec();
    pre.sort_by(f32::total_cmp);
    let low = levels[BEFORE / 3..BEFORE + 4]
        .iter()
        .copied()
        .fold(f32::INFINITY, f32::min);
    let (fall, rise) = (
        pre[pre.len() / 2] - low,
        levels[BEFORE..].iter().copied().fold(-120.0, f32::max) - low,
    );
    (fall > FALL && rise > RISE) || rise > LEAP
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RATE;

    /// A tone of 440 Hz over a chord that is struck every half second; the tone itself begins anew at
    /// `again` seconds.
    fn sound(again: Option<f64>) -> Vec<f32> {
        (0..2 * RATE as usize)
            .map(|i| {
                let t = i as f64 / f64::from(RATE);
                let tone = match again {
                    Some(at) if (at - 0.04..at).contains(&t) => 0.02,
                    _ => 0.3,
                };
                let fading = 0.2 * (-6.0 * (t % 0.5)).exp();
                let wave = |hertz: f64| (std::f64::consts::TAU * hertz * t).sin();
                (tone * wave(440.0) + fading * (wave(262.0) + wave(330.0))) as f32
            })
            .collect()
    }

    fn note(from: f64, to: f64) -> HeardNote {
        HeardNote {
            from,
            to,
            pitch: 69.0,
            velocity: 90,
            confidence: 0.8,
        }
    }

    #[test]
    fn a_held_note_is_one_and_a_repeated_one_two() {
        let notes = [note(0.3, 1.0), note(1.0, 1.8)];
        let held = whole(&notes, &Partials::of(&sound(None)));
        assert_eq!(held.len(), 1);
        assert_eq!((held[0].from, held[0].to), (0.3, 1.8));
        assert_eq!(whole(&notes, &Partials::of(&sound(Some(1.0)))), notes);
    }

    #[test]
    fn without_sound_notes_stay_or_join_and_nothing_breaks() {
        assert!(whole(&[], &Partials::of(&[])).is_empty());
        assert_eq!(whole(&[note(0.0, 0.1), note(0.1, 0.2)], &Partials::of(&[])).len(), 2);
    }
}
