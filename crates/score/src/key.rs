//! Pitch classes, modes and keys.

use serde::{Deserialize, Serialize};

/// A pitch class, 0 = C … 11 = B.
pub type PitchClass = u8;

/// The scale a piece is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Ionian.
    Major,
    /// Natural minor (Aeolian); dominants may borrow the raised seventh.
    Minor,
    /// Minor with a raised sixth.
    Dorian,
    /// Minor with a lowered second.
    Phrygian,
    /// Major with a raised fourth.
    Lydian,
    /// Major with a lowered seventh.
    Mixolydian,
    /// Gong mode: major without fourth and seventh.
    MajorPentatonic,
    /// Yu mode: minor without second and sixth.
    MinorPentatonic,
}

impl Mode {
    /// Semitones above the tonic of each degree.
    pub fn steps(self) -> &'static [u8] {
        match self {
            Self::Major => &[0, 2, 4, 5, 7, 9, 11],
            Self::Minor => &[0, 2, 3, 5, 7, 8, 10],
            Self::Dorian => &[0, 2, 3, 5, 7, 9, 10],
            Self::Phrygian => &[0, 1, 3, 5, 7, 8, 10],
            Self::Lydian => &[0, 2, 4, 6, 7, 9, 11],
            Self::Mixolydian => &[0, 2, 4, 5, 7, 9, 10],
            Self::MajorPentatonic => &[0, 2, 4, 7, 9],
            Self::MinorPentatonic => &[0, 3, 5, 7, 10],
        }
    }

    /// The seven-note scale that harmony is taken from (a pentatonic's parent).
    #[must_use]
    pub fn harmonic_parent(self) -> Self {
        match self {
            Self::MajorPentatonic => Self::Major,
            Self::MinorPentatonic => Self::Minor,
            other => other,
        }
    }

    /// Whether the third above the tonic is minor.
    pub fn is_minor(self) -> bool {
        self.steps().contains(&3)
    }
}

/// A tonic and a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The tonic's pitch class.
    pub tonic: PitchClass,
    /// The scale.
    pub mode: Mode,
}

impl Key {
    /// Whether a MIDI pitch belongs to the scale.
    pub fn contains(self, pitch: u8) -> bool {
        self.mode.steps().contains(&((pitch + 12 - self.tonic) % 12))
    }

    /// The scale's MIDI pitches from `low` to `high`, both included.
    pub fn pitches(self, low: u8, high: u8) -> Vec<u8> {
        (low..=high).filter(|&p| self.contains(p)).collect()
    }

    /// The usual English name, such as `F# minor`.
    pub fn name(self) -> String {
        const NAMES: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
        let mode = match self.mode {
            Mode::Major => "major",
            Mode::Minor => "minor",
            Mode::Dorian => "dorian",
            Mode::Phrygian => "phrygian",
            Mode::Lydian => "lydian",
            Mode::Mixolydian => "mixolydian",
            Mode::MajorPentatonic => "major pentatonic",
            Mode::MinorPentatonic => "minor pentatonic",
        };
        format!("{} {mode}", NAMES[usize::from(self.tonic % 12)])
    }
}
