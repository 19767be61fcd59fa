//! Which language a text is in.

/// What the English voice can do with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// English, vocables, numbers or nothing at all.
    Singable,
    /// Another language or script.
    Foreign,
}

/// Judges `text` (section tags already taken out).
pub fn judge(_text: &str) -> Verdict {
    Verdict::Singable
}
