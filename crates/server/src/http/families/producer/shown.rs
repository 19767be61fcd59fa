//! What a poll shows of its request; stored with the task as small JSON.

use catbird_score::Brief;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::request::DEFAULT_MODEL;
use crate::http::families::source::Source;

/// The requested members, empty where nothing was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// The model.
    pub mv: String,
    /// The title.
    pub title: String,
    /// Style words: `sound`.
    pub tags: String,
    /// None were sent: those shown are the source's, also when the clip is finished.
    pub inherits_tags: bool,
    /// Words to sing.
    pub lyrics: String,
    /// The seed as sent, a number or a text; the drawn one as a text when absent.
    pub seed: Value,
    /// The caller's own picture.
    pub cover_url: Option<String>,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            mv: DEFAULT_MODEL.to_owned(),
            title: String::new(),
            tags: String::new(),
            inherits_tags: false,
            lyrics: String::new(),
            seed: Value::Null,
            cover_url: None,
        }
    }
}

impl Shown {
    /// As stored.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts are plain data")
    }

    /// From what is stored.
    pub fn of(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// A title and a sound that were not sent are the source's. The brief's tags stay empty: then the
    /// piece keeps its style exactly.
    pub fn borrow(&mut self, source: &Source, brief: &mut Brief) {
        if brief.title.is_none() {
            brief.title = Some(source.clip.title.clone());
            self.title.clone_from(&source.clip.title);
        }
        if brief.tags.is_empty() {
            self.tags.clone_from(&source.tags);
            self.inherits_tags = true;
        }
    }
}
