//! The sung part: every word of the lyrics, its phonemes, syllables and notes.

use serde::{Deserialize, Serialize};

use crate::{
    blend::Blend,
    brief::Gender,
    instrument::{Channel, Note},
    language::Language,
};

/// The singer's settings, read by the voice. Everything audible about *who* sings is here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Singer {
    /// A name for humans (`female, warm`).
    pub name: String,
    /// Register and preset.
    pub gender: Gender,
    /// Lowest comfortable MIDI pitch.
    pub low: u8,
    /// Highest comfortable MIDI pitch.
    pub high: u8,
    /// Formant warp: > 1 smaller head and brighter vowels, < 1 larger.
    pub warp: f32,
    /// Spectral tilt in dB per octave around 1 kHz.
    pub tilt_db: f32,
    /// Noise share of voiced sound, 0.02 clear – 0.4 husky.
    pub breath: f32,
    /// Vibrato depth, cents (peak).
    pub vibrato_cents: f32,
    /// Vibrato rate, Hz.
    pub vibrato_hz: f32,
    /// Portamento, ms between notes at a whole-tone step.
    pub glide_ms: f32,
    /// Saturation after synthesis: 0 clean – 1 rough.
    pub drive: f32,
    /// Vocoder-like hard pitch and ring modulation: 0 natural – 1 robot ("Electrified voice").
    pub electric: f32,
    /// Compression of the dry voice, 0 – 1 (loud and sonorous, powerful).
    pub density: f32,
    /// Whose timbre: a point in voice space.
    #[serde(default)]
    pub blend: Blend,
}

impl Default for Singer {
    /// A neutral woman's voice.
    fn default() -> Self {
        Self {
            name: String::new(),
            gender: Gender::Female,
            low: 55,
            high: 76,
            warp: 1.0,
            tilt_db: 0.0,
            breath: 0.02,
            vibrato_cents: 45.0,
            vibrato_hz: 5.6,
            glide_ms: 90.0,
            drive: 0.0,
            electric: 0.0,
            density: 0.0,
            blend: Blend::default(),
        }
    }
}

/// Who of a vocal sings a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// [`Vocal::singer`].
    #[default]
    Lead,
    /// [`Vocal::partner`], or the lead where there is none.
    Partner,
}

/// How a line is delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// On its notes.
    #[default]
    Sung,
    /// In rhythm, with the melody of speech around its notes.
    Rapped,
}

/// A syllable and the note or notes it is sung on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Syllable {
    /// Its phonemes in the voice's alphabet (`phoneme.rs`), stress mark included, onset to coda.
    pub phonemes: String,
    /// 0 unstressed, 1 secondary, 2 primary.
    pub stress: u8,
    /// At least one; more are a melisma on the nucleus.
    pub notes: Vec<Note>,
}

/// A word as written, and as sung.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SungWord {
    /// As it stands in the lyrics, punctuation stripped.
    pub text: String,
    /// At least one syllable.
    pub syllables: Vec<Syllable>,
}

/// A line of the lyrics: one breath.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SungLine {
    /// Index of its section in the score.
    pub section: usize,
    /// As written.
    pub text: String,
    /// Its words in order.
    pub words: Vec<SungWord>,
    /// Its language.
    #[serde(default)]
    pub language: Language,
    /// Who sings it.
    #[serde(default)]
    pub by: By,
    /// How.
    #[serde(default)]
    pub delivery: Delivery,
}

impl SungLine {
    /// The whole line's phonemes: words separated by one space.
    pub fn phonemes(&self) -> String {
        let mut out = String::new();
        for word in &self.words {
            if !out.is_empty() {
                out.push(' ');
            }
            for syllable in &word.syllables {
                out.push_str(&syllable.phonemes);
            }
        }
        out
    }

    /// Its syllables in order.
    pub fn syllables(&self) -> impl Iterator<Item = &Syllable> {
        self.words.iter().flat_map(|w| &w.syllables)
    }

    /// Its notes in order.
    pub fn notes(&self) -> impl Iterator<Item = &Note> {
        self.syllables().flat_map(|s| &s.notes)
    }
}

/// The sung part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vocal {
    /// Who sings.
    pub singer: Singer,
    /// Where the voice sits in the mix.
    pub channel: Channel,
    /// What is sung: the lyrics, each line once.
    pub lines: Vec<SungLine>,
    /// The other voice of a duet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<Singer>,
    /// Who sings along: doubles, harmonies, calls. Heard in the mix and in a stem of their own; timed
    /// lyrics show the lead's lines alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backing: Vec<Chorister>,
}

/// A backing singer and everything this singer sings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chorister {
    /// What it is for (`double left`, `third above`).
    pub name: String,
    /// Who sings.
    pub singer: Singer,
    /// Where it sits in the mix.
    pub channel: Channel,
    /// What is sung, in order of time; sections as in the score.
    pub lines: Vec<SungLine>,
}
