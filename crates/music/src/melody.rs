//! The sung melody.

use catbird_score::{ChordSpan, Dice, Vocal};

use crate::{direction::Direction, form::Form};

/// Sets every syllable of the form's lines to notes over `chords`.
pub fn sing(direction: &Direction, _form: &Form, _chords: &[ChordSpan], _dice: &mut Dice) -> Vocal {
    Vocal { singer: direction.singer.clone(), channel: direction.vocal_channel, lines: Vec::new() }
}
