//! Lyrics as written: sections and singable lines. Nothing that is a word is ever lost.

use catbird_score::Role;

/// One section of the lyrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LyricSection {
    /// The name shown (`Verse 2`).
    pub name: String,
    /// What it does in the form.
    pub role: Role,
    /// Its lines; empty for instrumental sections.
    pub lines: Vec<String>,
}

/// Lyrics in sections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lyrics {
    /// In the order they are sung.
    pub sections: Vec<LyricSection>,
    /// Whether the sections come from `[tags]` rather than from blank lines.
    pub tagged: bool,
}

impl Lyrics {
    /// Reads lyrics.
    pub fn parse(_text: &str) -> Self {
        Self::default()
    }
}
