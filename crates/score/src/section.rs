//! Sections: the form of a song.

use serde::{Deserialize, Serialize};

use crate::time::Tick;

/// What a section does in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Before the song proper.
    Intro,
    /// Tells the story.
    Verse,
    /// Rises into the chorus.
    PreChorus,
    /// The hook; same words and melody each time.
    Chorus,
    /// Contrast, late in the song.
    Bridge,
    /// Instrumental: solo, interlude, break.
    Inst,
    /// After the song proper.
    Outro,
}

/// A stretch of the form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// The name shown (`Verse 2`).
    pub name: String,
    /// What it does.
    pub role: Role,
    /// Where it begins; always on a bar line.
    pub start: Tick,
    /// Its length, whole bars.
    pub length: Tick,
    /// Intensity 0–1: drives density, register, dynamics.
    pub energy: f32,
}

impl Section {
    /// The first tick after the section.
    pub fn end(&self) -> Tick {
        self.start + self.length
    }
}
