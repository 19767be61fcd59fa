//! The work of a task: which operation, on which clips, with which brief. Stored as JSON with the
//! task, tagged by the operation's name.

use serde::{Deserialize, Serialize};

use crate::brief::Brief;

/// Id of a published clip.
pub type ClipId = String;

/// How far a remaster may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Tone and loudness.
    Subtle,
    /// Also mix and performance.
    #[default]
    Normal,
    /// Also sounds and fills.
    High,
}

/// A span of a file in seconds; open ends are those of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Span {
    /// Where it begins.
    pub from: Option<f64>,
    /// Where it ends.
    pub to: Option<f64>,
}

/// Somebody's word that the singer of a recording agrees to lend the voice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The account that gave it.
    pub account: String,
    /// Who gave it, as the caller put it.
    pub by: Option<String>,
}

/// What is to be made. Sources are clips of the same account that are finished.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case")]
pub enum Work {
    /// A new piece.
    Compose {
        /// What is asked.
        brief: Brief,
    },
    /// What comes after a piece: only the new part.
    Extend {
        /// The piece.
        source: ClipId,
        /// Seconds of the piece after which it goes on; its end when absent.
        at: Option<f64>,
        /// What is asked of the new part.
        brief: Brief,
    },
    /// A chain of parts as one piece.
    Join {
        /// The pieces in order: each but the first continues the one before it. A single one is a
        /// section that knows its whole.
        chain: Vec<ClipId>,
        /// Title and the like.
        brief: Brief,
    },
    /// The same melody and words in another style.
    Cover {
        /// The piece.
        source: ClipId,
        /// The new style; lyrics, if given, replace the words.
        brief: Brief,
    },
    /// The same piece in better sound.
    Remaster {
        /// The piece.
        source: ClipId,
        /// How far it may go.
        strength: Strength,
        /// Title and style.
        brief: Brief,
    },
    /// A voice over a piece's band.
    AddVocals {
        /// The piece; its own voice, if any, is silent in the span.
        source: ClipId,
        /// Where.
        span: Span,
        /// The words and who sings.
        brief: Brief,
    },
    /// A new band under a piece's voice.
    AddInstrumental {
        /// The piece.
        source: ClipId,
        /// Where.
        span: Span,
        /// The style of the band.
        brief: Brief,
    },
    /// Two pieces as one.
    Mashup {
        /// The two.
        sources: [ClipId; 2],
        /// New words, style.
        brief: Brief,
    },
    /// Another section in place of a span.
    Replace {
        /// The piece.
        source: ClipId,
        /// The span, seconds.
        from: f64,
        /// Its end, seconds.
        to: f64,
        /// The whole piece with the new section in it is wanted.
        whole: bool,
        /// The section alone is wanted; after the whole, if that is wanted, too.
        #[serde(default = "yes")]
        section: bool,
        /// What is asked of the section; its lyrics are those of the span.
        brief: Brief,
    },
    /// A new piece over a loop cut from another.
    Sample {
        /// The piece.
        source: ClipId,
        /// Where the loop begins, seconds.
        from: f64,
        /// Where it ends, seconds.
        to: f64,
        /// What is asked of the new piece.
        brief: Brief,
    },
    /// The voice of a piece, as it is, over a new band.
    SwapSound {
        /// The piece.
        source: ClipId,
        /// The style of the band.
        brief: Brief,
    },
    /// The band of a piece, as it is, under another singer: the same melody, other words if given.
    SwapVocals {
        /// The piece.
        source: ClipId,
        /// The words and who sings.
        brief: Brief,
    },
    /// A recording is brought in. The server fetches it; the engine only sees the file.
    Upload {
        /// Where it lies.
        url: String,
        /// It is wanted as a voice: a persona of the same id comes with it.
        voice: bool,
        /// Who said that the singer agrees, where that was asked.
        #[serde(default)]
        consent: Option<Consent>,
        /// Its title, and the words that are sung in it, if known.
        brief: Brief,
    },
    /// A clip in another format, as a clip of its own.
    Download {
        /// The piece.
        source: ClipId,
        /// `mp3` or `wav`.
        format: String,
    },
    /// The tracks of a piece.
    Stems {
        /// The piece.
        source: ClipId,
        /// Every part; otherwise voice and band.
        full: bool,
    },
}

fn yes() -> bool {
    true
}

impl Work {
    /// Its name, as in the JSON tag.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Compose { .. } => "compose",
            Self::Extend { .. } => "extend",
            Self::Join { .. } => "join",
            Self::Cover { .. } => "cover",
            Self::Remaster { .. } => "remaster",
            Self::AddVocals { .. } => "add_vocals",
            Self::AddInstrumental { .. } => "add_instrumental",
            Self::Mashup { .. } => "mashup",
            Self::Replace { .. } => "replace",
            Self::Sample { .. } => "sample",
            Self::SwapSound { .. } => "swap_sound",
            Self::SwapVocals { .. } => "swap_vocals",
            Self::Upload { .. } => "upload",
            Self::Download { .. } => "download",
            Self::Stems { .. } => "stems",
        }
    }

    /// What is asked, where anything is.
    pub fn brief(&self) -> Option<&Brief> {
        match self {
            Self::Compose { brief }
            | Self::Extend { brief, .. }
            | Self::Join { brief, .. }
            | Self::Cover { brief, .. }
            | Self::Remaster { brief, .. }
            | Self::AddVocals { brief, .. }
            | Self::AddInstrumental { brief, .. }
            | Self::Mashup { brief, .. }
            | Self::Replace { brief, .. }
            | Self::Sample { brief, .. }
            | Self::SwapSound { brief, .. }
            | Self::SwapVocals { brief, .. }
            | Self::Upload { brief, .. } => Some(brief),
            Self::Stems { .. } | Self::Download { .. } => None,
        }
    }

    /// The same, to fill in.
    pub fn brief_mut(&mut self) -> Option<&mut Brief> {
        match self {
            Self::Compose { brief }
            | Self::Extend { brief, .. }
            | Self::Join { brief, .. }
            | Self::Cover { brief, .. }
            | Self::Remaster { brief, .. }
            | Self::AddVocals { brief, .. }
            | Self::AddInstrumental { brief, .. }
            | Self::Mashup { brief, .. }
            | Self::Replace { brief, .. }
            | Self::Sample { brief, .. }
            | Self::SwapSound { brief, .. }
            | Self::SwapVocals { brief, .. }
            | Self::Upload { brief, .. } => Some(brief),
            Self::Stems { .. } | Self::Download { .. } => None,
        }
    }

    /// The clips it works on, in order.
    pub fn sources(&self) -> Vec<&str> {
        match self {
            Self::Compose { .. } | Self::Upload { .. } => Vec::new(),
            Self::Join { chain, .. } => chain.iter().map(String::as_str).collect(),
            Self::Mashup { sources, .. } => sources.iter().map(String::as_str).collect(),
            Self::Extend { source, .. }
            | Self::Cover { source, .. }
            | Self::Remaster { source, .. }
            | Self::AddVocals { source, .. }
            | Self::AddInstrumental { source, .. }
            | Self::Replace { source, .. }
            | Self::Sample { source, .. }
            | Self::SwapSound { source, .. }
            | Self::SwapVocals { source, .. }
            | Self::Download { source, .. }
            | Self::Stems { source, .. } => vec![source],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_is_the_operation_s_name() {
        let brief = Brief::default();
        for work in [
            Work::Compose { brief: brief.clone() },
            Work::AddVocals {
                source: "a".into(),
                span: Span::default(),
                brief,
            },
            Work::Stems {
                source: "a".into(),
                full: true,
            },
        ] {
            let json = serde_json::to_value(&work).expect("plain data");
            assert_eq!(json["operation"], work.operation());
            assert_eq!(serde_json::from_value::<Work>(json).expect("its own JSON"), work);
        }
    }
}
