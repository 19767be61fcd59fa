//! Unexpected chords: an odd piece borrows from other scales, one by the book keeps to its own. Every place
//! of a chart has a threshold drawn by the seed, so that an odder piece has all surprises of a tamer one.

use catbird_score::{Dice, Role};

use super::roman;
use crate::{direction::Direction, style};

/// What may stand in for a chord, in major and in minor.
const BORROWED: [[&str; 8]; 2] = [
    ["bVI", "bVII", "iv", "bIII", "II", "v7", "bII", "III7"],
    ["IV", "bII", "ii7", "V7", "I", "#ivo7", "v7", "bV"],
];

/// Changes one chord of a chart, or not; `place`: the section's role, the bar of the chart, the chord in it.
pub(super) fn turn(roman: &mut String, place: (Role, usize, usize), direction: &Direction, seed: u64) {
    let (role, bar, index) = place;
    let oddity = f64::from(direction.oddity);
    if oddity == 0.0 || direction.key.mode.steps().len() != 7 {
        return;
    }
    let mut dice = Dice::new(seed, &format!("odd chord {} {bar} {index}", style::role_key(role)));
    let threshold = dice.unit();
    let minor = direction.key.mode.is_minor();
    let drawn = BORROWED[usize::from(minor)][dice.below(8)];
    // The first chord of a section says where home is.
    let home = bar == 0 && index == 0;
    if oddity > 0.0 {
        if !home && threshold < 0.6 * oddity && roman::parse(drawn, direction.key).is_some() {
            drawn.clone_into(roman);
        }
    } else if threshold < -oddity && foreign(roman, direction) {
        *roman = plain(roman, minor).to_owned();
    }
}

/// Whether the chord has tones outside the key.
fn foreign(roman: &str, direction: &Direction) -> bool {
    roman::parse(roman, direction.key).is_some_and(|c| (60..72).any(|p| c.contains(p) && !direction.key.contains(p)))
}

/// The everyday chord of the same use: subdominants for borrowed colours, the dominant for the rest.
fn plain(roman: &str, minor: bool) -> &'static str {
    let predominant =
        roman.starts_with("bVI") && !roman.starts_with("bVII") || roman.starts_with("iv") || roman.starts_with("II");
    match (predominant, minor) {
        (true, false) => "IV",
        (true, true) => "iv",
        (false, false) => "V",
        (false, true) => "VII",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use catbird_score::{Key, Mode};

    #[test]
    fn every_borrowed_chord_is_a_chord() {
        for mode in [Mode::Major, Mode::Minor, Mode::Dorian, Mode::Lydian] {
            for roman in BORROWED.iter().flatten() {
                assert!(roman::parse(roman, Key { tonic: 5, mode }).is_some(), "{roman}");
            }
        }
    }
}
