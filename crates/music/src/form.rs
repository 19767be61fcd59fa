//! The form: which sections, how long, which line of the lyrics where, at what tempo, and when the
//! music ends, so that the file is exactly as long as asked.

use catbird_score::{Brief, Dice, Meter, Section, SungWord, TempoMap, Tick};

use crate::{compose::ComposeError, direction::Direction, words::PreparedSection};

/// A line of the lyrics with its syllables (not yet on notes) and the bars it is sung in.
#[derive(Clone, Debug)]
pub struct PlacedLine {
    /// Index into [`Form::sections`].
    pub section: usize,
    /// As written.
    pub text: String,
    /// Its words; `notes` of each syllable are still empty.
    pub words: Vec<SungWord>,
    /// First tick of its slot (a bar or half-bar line).
    pub start: Tick,
    /// Length of its slot; the line is sung inside it, with a breath at the end.
    pub length: Tick,
    /// Lines of same-named sections with the same number share a melody.
    pub pattern: u32,
}

/// The form of a piece.
#[derive(Clone, Debug)]
pub struct Form {
    /// Metre.
    pub meter: Meter,
    /// Tempo, fitted to the length asked.
    pub tempo: TempoMap,
    /// Exact length of the file, seconds.
    pub seconds: f64,
    /// Sections, gapless from tick 0.
    pub sections: Vec<Section>,
    /// Lyric lines in order, never overlapping.
    pub lines: Vec<PlacedLine>,
    /// Where the last chord is struck; it rings until the end of the file, nothing starts after it.
    pub last_chord: Tick,
}

/// Plans the form: `lyrics` as [`crate::words::prepare`] returns them, `None` for instrumentals.
pub fn plan(
    _direction: &Direction,
    _lyrics: Option<&[PreparedSection]>,
    _brief: &Brief,
    _dice: &mut Dice,
) -> Result<Form, ComposeError> {
    Err(ComposeError::Invalid("the form is being written".into()))
}
