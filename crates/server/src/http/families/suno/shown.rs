//! What a poll shows of its request; stored with the task as small JSON, so that a poll need not read
//! the work. Before a clip is finished, its title, tags and lyrics are those that were asked for.

use catbird_score::Brief;
use serde::{Deserialize, Serialize};

use crate::http::families::source::Source;

/// The model of a clip that came through another family, or from outside.
const OTHER_FAMILY: &str = "sonic-v4-5";

/// The requested members, empty where nothing was asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// The model as sent, or that of the clip it is made from.
    pub mv: String,
    /// The title.
    pub title: String,
    /// Style words.
    pub tags: String,
    /// None were sent: those shown are the source's, also when the clip is finished.
    pub inherits_tags: bool,
    /// Words to sing.
    pub lyrics: String,
    /// The description, where one was sent.
    pub gpt_description_prompt: Option<String>,
    /// What should not be heard.
    pub negative_tags: Option<String>,
    /// 0–1.
    pub style_weight: Option<f64>,
    /// 0–1.
    pub weirdness_constraint: Option<f64>,
}

impl Shown {
    /// As stored.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and finite numbers are plain data")
    }

    /// From what is stored.
    pub fn of(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// A title and style words that were not sent are the source's. The brief's tags stay empty: then
    /// the piece keeps its style exactly.
    pub fn borrow(&mut self, source: &Source, brief: &mut Brief) {
        if brief.title.is_none() {
            brief.title = Some(source.clip.title.clone());
            self.title.clone_from(&source.clip.title);
        }
        if brief.tags.is_empty() && brief.write_lyrics.is_none() {
            self.tags.clone_from(&source.tags);
            self.inherits_tags = true;
        }
    }
}

/// The model that a clip goes by in this family.
pub fn model_of(source: &Source) -> String {
    source.mv.clone().unwrap_or_else(|| OTHER_FAMILY.to_owned())
}
