//! When the words of a clip are sung, as the engine told with it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::tasks::look::Clip;

/// A word and when it is sung, seconds of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
pub struct Word {
    /// As written.
    pub word: String,
    /// From …
    pub start: f64,
    /// … to.
    pub end: f64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    words: Vec<Word>,
}

/// The words of a clip in order; none where nobody sings.
pub fn words(clip: &Clip) -> Vec<Word> {
    let details: Details = serde_json::from_str(&clip.details).unwrap_or_default();
    details.words
}
