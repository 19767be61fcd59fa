//! What a nuro poll shows of its request; stored with the task as small JSON, so that a poll need
//! not read the brief.

use serde::{Deserialize, Serialize};

/// The requested members, empty where nothing was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// Normalised.
    pub lyrics: String,
    /// One word, or several with `, ` between.
    pub genre: String,
    /// The same.
    pub mood: String,
    /// One word.
    pub gender: String,
    /// One word.
    pub timbre: String,
    /// Only of background music.
    pub bgm: Option<Bgm>,
}

/// The three members more that background music has. They are texts like `genre` and `mood`: the
/// submitted words with `, ` between.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bgm {
    /// The submitted description.
    pub prompt: String,
    /// The submitted themes.
    pub theme: String,
    /// The submitted instruments.
    pub instrument: String,
}

impl Shown {
    /// As stored.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts are plain data")
    }
}
