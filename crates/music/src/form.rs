//! The form: which sections, how long, which line of the lyrics where, at what tempo, and when the
//! music ends, so that the file is exactly as long as asked.
//!
//! Lengths are met in this order: bars of the sections, then how long the last chord rings, then a
//! bend of the tempo by a few percent. Every piece ends with the last chord on the first beat of its
//! last bar (short stings and fixed tempi: on a later beat of it).

mod clock;
pub(crate) mod continuation;
mod infill;
mod instrumental;
mod setting;
mod song;

use catbird_score::{Brief, Dice, Language, Meter, Role, Section, SungWord, TempoMap, Tick};

use crate::{compose::ComposeError, direction::Direction, lyrics::Sings, words::PreparedSection};
pub(crate) use infill::infill;
pub(crate) use setting::{Model, Models};

/// A line of the lyrics with its syllables (not yet on notes) and the bars it is sung in.
#[derive(Clone, Debug)]
pub struct PlacedLine {
    /// Index into [`Form::sections`].
    pub section: usize,
    /// As written.
    pub text: String,
    /// Its words; `notes` of each syllable are still empty.
    pub words: Vec<SungWord>,
    /// First tick of its slot (a bar, half-bar or beat line).
    pub start: Tick,
    /// Length of its slot; the line is sung inside it, with a breath at the end.
    pub length: Tick,
    /// Lines of same-named sections with the same number share a melody.
    pub pattern: u32,
    /// Its language.
    pub language: Language,
    /// Who sings it.
    pub sings: Sings,
}

impl PlacedLine {
    /// How many syllables are sung.
    pub fn syllables(&self) -> usize {
        self.words.iter().map(|w| w.syllables.len()).sum()
    }
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

impl Form {
    /// The first tick after the last section.
    pub fn end(&self) -> Tick {
        self.sections.last().map_or(0, Section::end)
    }
}

/// A section being planned.
#[derive(Clone, Debug)]
struct Block {
    name: String,
    role: Role,
    bars: u32,
    slots: Vec<Slot>,
}

impl Block {
    fn empty(name: &str, role: Role, bars: u32) -> Self {
        Self {
            name: name.to_owned(),
            role,
            bars,
            slots: Vec::new(),
        }
    }
}

/// Where in its section a line is sung.
#[derive(Clone, Debug)]
struct Slot {
    text: String,
    words: Vec<SungWord>,
    offset: Tick,
    length: Tick,
    pattern: u32,
    language: Language,
    sings: Sings,
}

/// Shortest and longest piece that is planned, seconds.
const SHORTEST: f64 = 0.5;
const LONGEST: f64 = 1200.0;

/// Plans the form: `lyrics` as [`crate::words::prepare`] returns them, `None` for instrumentals
/// (`brief.segments` then prescribe the sections, their sum is the length). `brief.seconds` is met
/// exactly; without it the piece is as long as it needs.
pub fn plan(
    direction: &Direction,
    lyrics: Option<&[PreparedSection]>,
    brief: &Brief,
    dice: &mut Dice,
) -> Result<Form, ComposeError> {
    let prescribed: f64 = brief.segments.iter().map(|s| s.seconds).sum();
    let seconds = if lyrics.is_none() && !brief.segments.is_empty() {
        Some(prescribed)
    } else {
        brief.seconds
    };
    if let Some(s) = seconds.filter(|s| !(SHORTEST..=LONGEST).contains(s)) {
        return Err(ComposeError::Invalid(format!(
            "A length of {s} seconds is not between {SHORTEST} and {LONGEST}."
        )));
    }
    if brief
        .segments
        .iter()
        .any(|s| !(s.seconds.is_finite() && s.seconds >= SHORTEST))
    {
        return Err(ComposeError::Invalid(format!(
            "A segment must be at least {SHORTEST} seconds long."
        )));
    }
    if !(20.0..=400.0).contains(&direction.bpm) {
        return Err(ComposeError::Invalid(format!(
            "A tempo of {} beats a minute cannot be played.",
            direction.bpm
        )));
    }
    match lyrics {
        Some(sections) => song::plan(direction, sections, seconds, dice),
        None if !brief.segments.is_empty() => Ok(instrumental::prescribed(direction, &brief.segments)),
        None => Ok(instrumental::free(direction, seconds, dice)),
    }
}

/// Intensity of each block: by its role, rising with repetition, the last chorus highest, all moved
/// by the piece's own energy.
fn energies(blocks: &[Block], energy: f32) -> Vec<f32> {
    let last_chorus = blocks.iter().rposition(|b| b.role == Role::Chorus);
    let mut seen = [0u8; 7];
    blocks
        .iter()
        .enumerate()
        .map(|(i, block)| {
            let times = &mut seen[block.role as usize];
            let again = f32::from(*times).min(3.0);
            *times = times.saturating_add(1);
            let base = match block.role {
                Role::Intro => 0.34,
                Role::Verse => 0.48 + 0.06 * again,
                Role::PreChorus => 0.6 + 0.04 * again,
                Role::Chorus if Some(i) == last_chorus && again > 0.0 => 0.95,
                Role::Chorus => 0.78 + 0.04 * again,
                // Contrast: the bridge steps back before the last chorus.
                Role::Bridge if last_chorus.is_some_and(|l| l > i) => 0.5,
                Role::Bridge => 0.62,
                Role::Inst => 0.62 + 0.04 * again,
                Role::Outro => 0.38,
            };
            (base + (energy - 0.5) * 0.5).clamp(0.08, 1.0)
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests;
