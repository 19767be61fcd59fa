//! Chords and where they stand.

use serde::{Deserialize, Serialize};

use crate::{key::PitchClass, time::Tick};

/// What is stacked on a chord's root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Major triad.
    Major,
    /// Minor triad.
    Minor,
    /// Diminished triad.
    Diminished,
    /// Augmented triad.
    Augmented,
    /// Suspended second.
    Sus2,
    /// Suspended fourth.
    Sus4,
    /// Root and fifth.
    Power,
    /// Major sixth.
    Six,
    /// Minor sixth.
    MinorSix,
    /// Dominant seventh.
    Seven,
    /// Major seventh.
    MajorSeven,
    /// Minor seventh.
    MinorSeven,
    /// Half-diminished seventh.
    HalfDiminished,
    /// Diminished seventh.
    DiminishedSeven,
    /// Added ninth.
    AddNine,
    /// Major ninth.
    MajorNine,
    /// Minor ninth.
    MinorNine,
    /// Dominant ninth.
    Nine,
    /// Dominant thirteenth.
    Thirteen,
    /// Dominant seventh with a suspended fourth.
    SevenSus4,
}

impl Quality {
    /// Semitones above the root, rising; ninths and thirteenths above the octave.
    pub fn intervals(self) -> &'static [u8] {
        match self {
            Self::Major => &[0, 4, 7],
            Self::Minor => &[0, 3, 7],
            Self::Diminished => &[0, 3, 6],
            Self::Augmented => &[0, 4, 8],
            Self::Sus2 => &[0, 2, 7],
            Self::Sus4 => &[0, 5, 7],
            Self::Power => &[0, 7],
            Self::Six => &[0, 4, 7, 9],
            Self::MinorSix => &[0, 3, 7, 9],
            Self::Seven => &[0, 4, 7, 10],
            Self::MajorSeven => &[0, 4, 7, 11],
            Self::MinorSeven => &[0, 3, 7, 10],
            Self::HalfDiminished => &[0, 3, 6, 10],
            Self::DiminishedSeven => &[0, 3, 6, 9],
            Self::AddNine => &[0, 4, 7, 14],
            Self::MajorNine => &[0, 4, 7, 11, 14],
            Self::MinorNine => &[0, 3, 7, 10, 14],
            Self::Nine => &[0, 4, 7, 10, 14],
            Self::Thirteen => &[0, 4, 10, 14, 21],
            Self::SevenSus4 => &[0, 5, 7, 10],
        }
    }

    /// The suffix of a chord symbol (`m7`, `maj7`, …).
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Major => "",
            Self::Minor => "m",
            Self::Diminished => "dim",
            Self::Augmented => "aug",
            Self::Sus2 => "sus2",
            Self::Sus4 => "sus4",
            Self::Power => "5",
            Self::Six => "6",
            Self::MinorSix => "m6",
            Self::Seven => "7",
            Self::MajorSeven => "maj7",
            Self::MinorSeven => "m7",
            Self::HalfDiminished => "m7b5",
            Self::DiminishedSeven => "dim7",
            Self::AddNine => "add9",
            Self::MajorNine => "maj9",
            Self::MinorNine => "m9",
            Self::Nine => "9",
            Self::Thirteen => "13",
            Self::SevenSus4 => "7sus4",
        }
    }
}

/// A chord: root, quality, and the pitch class in the bass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chord {
    /// The root's pitch class.
    pub root: PitchClass,
    /// What stands on it.
    pub quality: Quality,
    /// The lowest pitch class (differs from the root in inversions and slash chords).
    pub bass: PitchClass,
}

impl Chord {
    /// A chord in root position.
    pub fn new(root: PitchClass, quality: Quality) -> Self {
        Self {
            root: root % 12,
            quality,
            bass: root % 12,
        }
    }

    /// Its pitch classes, root first.
    pub fn pitch_classes(self) -> Vec<PitchClass> {
        self.quality.intervals().iter().map(|i| (self.root + i) % 12).collect()
    }

    /// Whether a MIDI pitch is a chord tone.
    pub fn contains(self, pitch: u8) -> bool {
        self.pitch_classes().contains(&(pitch % 12))
    }

    /// The usual symbol, such as `Bbmaj7/D`.
    pub fn symbol(self) -> String {
        const NAMES: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
        let name = |pc: u8| NAMES[usize::from(pc % 12)];
        let mut symbol = format!("{}{}", name(self.root), self.quality.suffix());
        if self.bass != self.root {
            symbol.push('/');
            symbol.push_str(name(self.bass));
        }
        symbol
    }
}

/// A chord on the grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChordSpan {
    /// Where it begins.
    pub start: Tick,
    /// How long it holds.
    pub length: Tick,
    /// Its function in the key, such as `ii7` or `V/vi`.
    pub roman: String,
    /// The chord.
    pub chord: Chord,
}
