//! Where notes begin. The note net hears a soft attack late, when the tone has grown; a listener hears the
//! note from where its partials rise.

use super::partials::{Partials, STEP};
use crate::notes::HeardNote;

/// How late a note is heard at most, looks.
const LATE: usize = 16;
/// Looks after the heard onset among which the tone has grown.
const GROWN: usize = 12;
/// Looks before the earliest beginning, where the level before the note is read.
const BEFORE: usize = 4;
/// A smaller rise tells nothing, dB.
const RISE: f32 = 6.0;
/// The note begins where it has come this near to its full level, dB …
const NEAR: f32 = 9.0;
/// … or through this share of the rise, whichever is higher.
const SHARE: f32 = 0.5;
/// A look begins to see a note so long before it begins, seconds.
const SIGHT: f64 = 0.01;

/// Notes of a line begin where they rise: earlier than heard, never before `floor` of the one before.
pub fn sharpen(line: &mut [HeardNote], partials: &Partials) {
    let mut floor = 0.0;
    for note in line {
        let Some(levels) = partials.levels(note.key(), note.from, LATE + BEFORE, GROWN) else {
            continue;
        };
        let heard = LATE + BEFORE;
        let full = levels[heard..].iter().copied().fold(-120.0, f32::max);
        let quiet = levels[..=heard].iter().copied().fold(f32::INFINITY, f32::min);
        if full - quiet > RISE {
            let begun = (full - NEAR).max(quiet + SHARE * (full - quiet));
            let mut look = heard;
            while look > BEFORE && levels[look - 1] >= begun {
                look -= 1;
            }
            // Where the tone has always been there, nothing begins.
            let from = note.from - (heard - look) as f64 * STEP + SIGHT;
            if look > BEFORE && from < note.from {
                note.from = from.max(floor);
            }
        }
        floor = note.from + 0.06;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RATE;

    /// 440 Hz that grows from 0.5 s on, for `grows` seconds, over a struck chord.
    fn sound(grows: f64) -> Vec<f32> {
        (0..RATE as usize * 3 / 2)
            .map(|i| {
                let t = i as f64 / f64::from(RATE);
                let wave = |hertz: f64| (std::f64::consts::TAU * hertz * t).sin();
                let tone = ((t - 0.5) / grows).clamp(0.0, 1.0);
                (0.4 * tone * wave(440.0) + 0.2 * (-4.0 * t).exp() * wave(262.0)) as f32
            })
            .collect()
    }

    fn begun(heard: f64, sound: &[f32]) -> f64 {
        let mut line = [HeardNote {
            from: heard,
            to: 1.4,
            pitch: 69.0,
            velocity: 90,
            confidence: 0.8,
        }];
        sharpen(&mut line, &Partials::of(sound));
        line[0].from
    }

    #[test]
    fn a_soft_attack_begins_where_it_rises_and_a_sharp_one_stays() {
        assert!((begun(0.62, &sound(0.1)) - 0.54).abs() < 0.035);
        assert!((begun(0.5, &sound(0.002)) - 0.5).abs() < 0.02);
        // Inside of a held tone nothing begins.
        assert_eq!(begun(0.9, &sound(0.1)), 0.9);
    }
}
