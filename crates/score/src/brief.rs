//! The brief: what is asked, in our words. Every endpoint family maps its request to one, and it is
//! stored as JSON with the task, so a field that is added later needs `#[serde(default)]`.

use serde::{Deserialize, Serialize};

use crate::{random::Dice, section::Role, vocal::Singer};

/// Whose voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Alto to soprano.
    Female,
    /// Bass to tenor.
    Male,
}

/// Which list of the vocabulary a wish belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WishKind {
    /// Musical style.
    Genre,
    /// Feeling.
    Mood,
    /// Colour of the voice.
    Timbre,
    /// What should play.
    Instrument,
    /// What the music is for or about.
    Theme,
    /// A free word: any of the above.
    Tag,
}

/// One label or free word of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Which list.
    pub kind: WishKind,
    /// The word as the caller spelt it.
    pub word: String,
}

impl Wish {
    /// A wish from its parts.
    pub fn new(kind: WishKind, word: impl Into<String>) -> Self {
        Self {
            kind,
            word: word.into(),
        }
    }
}

/// What the caller said about the voice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VoiceWish {
    /// Chosen from the lyrics and style when absent.
    pub gender: Option<Gender>,
    /// A preset by name (`tenor`), for `catbird compose --voice`.
    pub preset: Option<String>,
    /// Exactly this singer, whatever labels and tags say: a persona, or the voice of the piece that
    /// is edited.
    pub singer: Option<Singer>,
}

/// A prescribed stretch of the form (instrumentals).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// What it is.
    pub role: Role,
    /// How long.
    pub seconds: f64,
}

/// A request for one piece of music.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Brief {
    /// The title; made from the lyrics or the description when absent.
    pub title: Option<String>,
    /// Words to sing, with `[section]` tags. `None` = instrumental.
    pub lyrics: Option<String>,
    /// Free text about the music.
    pub description: String,
    /// Labels and tags.
    pub wishes: Vec<Wish>,
    /// The style as free text: words and phrases, usually with commas between (`husky male baritone,
    /// 90 bpm, A minor, no drums`).
    pub tags: String,
    /// The same for what should not be heard.
    pub negative_tags: String,
    /// How strictly tags are followed, 0 loosely – 1 to the letter; 0.5 when absent.
    pub style_weight: Option<f32>,
    /// How unusual the piece may be, 0 by the book – 1 experimental; 0.5 when absent.
    pub weirdness: Option<f32>,
    /// How close an edit stays to its source, 0 free – 1 close; 0.5 when absent.
    pub audio_weight: Option<f32>,
    /// Nobody sings, whatever words there are.
    pub instrumental: bool,
    /// The description that lyrics (and a missing title and tags) are to be written from before the
    /// piece is composed; none once they are written.
    pub write_lyrics: Option<String>,
    /// The voice.
    pub voice: VoiceWish,
    /// Exact length of the file in seconds; as the song needs when absent.
    pub seconds: Option<f64>,
    /// Prescribed form; then the lengths' sum is the file's length.
    pub segments: Vec<Segment>,
    /// Quarter notes a minute.
    pub bpm: Option<f64>,
    /// Tonic and mode such as `A minor`.
    pub key: Option<String>,
    /// Same brief and seed → same bytes.
    pub seed: u64,
    /// Which of several takes of one request this is, from 0: each has its own melody, arrangement
    /// and voice.
    pub take: u32,
}

impl Brief {
    /// The seed of this take: the first take's is the brief's own.
    pub fn take_seed(&self) -> u64 {
        if self.take == 0 {
            self.seed
        } else {
            Dice::new(self.seed, &format!("take {}", self.take)).seed()
        }
    }

    /// The words of one kind, in the order given.
    pub fn words(&self, kind: WishKind) -> impl Iterator<Item = &str> {
        self.wishes
            .iter()
            .filter(move |w| w.kind == kind)
            .map(|w| w.word.as_str())
    }
}
