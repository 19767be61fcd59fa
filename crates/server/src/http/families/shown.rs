//! What polls show of a request, in every family that answers with clips; stored with the task as small
//! JSON, so that a poll need not read the work. Before a clip is finished, its title, style words and
//! lyrics are those that were asked for.

use catbird_score::Brief;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::source::Source;
use crate::tasks::look::Clip;

/// The requested members, empty where nothing was asked, or where the family has no such member.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// The model as sent, or that of the clip it is made from.
    pub mv: String,
    /// The title.
    pub title: String,
    /// Style words: `tags`, or `sound`.
    pub tags: String,
    /// None were sent: those shown are the source's, also when the clip is finished.
    pub inherits_tags: bool,
    /// Words to sing.
    pub lyrics: String,
    /// suno: the description, where one was sent.
    pub gpt_description_prompt: Option<String>,
    /// suno: what should not be heard.
    pub negative_tags: Option<String>,
    /// suno: 0–1.
    pub style_weight: Option<f64>,
    /// suno: 0–1.
    pub weirdness_constraint: Option<f64>,
    /// producer: the seed as sent, a number or a text; the drawn one as a text when absent.
    pub seed: Value,
    /// producer: the caller's own picture.
    pub cover_url: Option<String>,
}

impl Shown {
    /// Of a request for `brief` to the model `mv`.
    pub fn asked(mv: &str, brief: &Brief) -> Self {
        Self {
            mv: mv.to_owned(),
            title: brief.title.clone().unwrap_or_default(),
            tags: brief.tags.clone(),
            lyrics: match &brief.lyrics {
                Some(lyrics) => lyrics.clone(),
                None if brief.instrumental => "[Instrumental]".to_owned(),
                None => String::new(),
            },
            ..Self::default()
        }
    }

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

    /// The title of one of its clips.
    pub fn title_of(&self, clip: &Clip) -> String {
        made(clip, &self.title, &clip.title)
    }

    /// Its style words.
    pub fn tags_of(&self, clip: &Clip) -> String {
        if self.inherits_tags {
            self.tags.clone()
        } else {
            made(clip, &self.tags, &clip.tags)
        }
    }

    /// Its words.
    pub fn lyrics_of(&self, clip: &Clip) -> String {
        made(clip, &self.lyrics, &clip.lyrics)
    }
}

/// What was asked for until something was made or written; what was written for a description is known
/// before the clip is finished.
fn made(clip: &Clip, asked: &str, made: &str) -> String {
    let known = clip.state == "succeeded" || !made.is_empty();
    if known { made } else { asked }.to_owned()
}
