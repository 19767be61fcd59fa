//! The members that every operation shares which makes a song, and what they mean to the composer.

use catbird_score::{Brief, Gender, VoiceWish};
use serde::Serialize;
use utoipa::ToSchema;

use super::models::Model;
use crate::http::codes::Code;
use crate::http::families::shown::Shown;
use crate::http::fields::{Fields, check_length};
use crate::http::problem::Problem;

/// Characters of a title.
pub const TITLE_LIMIT: usize = 80;
const DESCRIPTION_LIMIT: usize = 400;
/// No limit is published; this one keeps a request's work small.
const NEGATIVE_TAGS_LIMIT: usize = 1000;

/// What is asked of a song. `null` counts as absent, unknown members are ignored.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SongRequest {
    /// The model: `chirp-` or `sonic-` and `v3-5`, `v4`, `v4-5`, `v4-5-plus`, `v5` or `v5-5`.
    #[schema(example = "sonic-v4-5")]
    pub mv: String,
    /// `true`: own lyrics in `prompt`; `false`: everything from `gpt_description_prompt`.
    pub custom_mode: Option<bool>,
    /// Words to sing with `[Verse]`, `[Chorus]` … between them; 3000 characters, from v4-5 on 5000.
    /// With `auto_lyrics` a description that they are written from.
    #[schema(max_length = 5000)]
    pub prompt: Option<String>,
    /// The same as `prompt`, which wins.
    #[schema(max_length = 5000)]
    pub lyrics: Option<String>,
    /// What the song is about; title, tags and lyrics are written from it.
    #[schema(max_length = 400)]
    pub gpt_description_prompt: Option<String>,
    /// Made up when absent.
    #[schema(max_length = 80)]
    pub title: Option<String>,
    /// The style in free words; 200 characters, from v4-5 on 1000.
    #[schema(max_length = 1000, example = "folk, fingerpicked guitar, warm")]
    pub tags: Option<String>,
    /// What should not be heard.
    #[schema(max_length = 1000)]
    pub negative_tags: Option<String>,
    /// Nobody sings; `prompt` may be missing then.
    pub make_instrumental: Option<bool>,
    /// How strictly the tags are followed.
    #[schema(minimum = 0, maximum = 1)]
    pub style_weight: Option<f64>,
    /// How unusual the song may be.
    #[schema(minimum = 0, maximum = 1)]
    pub weirdness_constraint: Option<f64>,
    /// How close a cover or the like stays to its source.
    #[schema(minimum = 0, maximum = 1)]
    pub audio_weight: Option<f64>,
    /// `f` or `m`; heeded from v4-5 on.
    #[schema(example = "f")]
    pub vocal_gender: Option<String>,
    /// Writes the lyrics from `prompt`, and title and tags where they are missing; needs
    /// `custom_mode: true`.
    pub auto_lyrics: Option<bool>,
    /// Length in seconds; as the song needs when absent.
    #[schema(minimum = 10, maximum = 360)]
    pub duration: Option<i64>,
    /// The same request with the same seed gives the same bytes (an addition of ours).
    pub seed: Option<u64>,
    #[serde(skip)]
    #[schema(ignore)]
    model: Model,
}

/// How much an operation leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// `custom_mode`, and words or a description or `make_instrumental`.
    Words,
    /// `custom_mode`; without words those of the source stay.
    Mode,
    /// Nothing: a minimal call names its clip and the model.
    Nothing,
}

impl SongRequest {
    /// Reads and checks the members.
    pub fn read(fields: Fields<'_>, needs: Needs) -> Result<Self, Problem> {
        let model = Model::read(fields)?;
        let custom_mode = fields.boolean("custom_mode")?;
        if custom_mode.is_none() && needs != Needs::Nothing {
            return Err(Problem::bad_request("The 'custom_mode' field should be boolean."));
        }
        let text = |name, limit| -> Result<Option<String>, Problem> {
            let text = fields.string(name)?;
            check_length(name, text.as_deref().unwrap_or_default(), limit)?;
            Ok(text.filter(|text| !text.trim().is_empty()))
        };
        let song = Self {
            mv: model.name.clone(),
            custom_mode,
            prompt: text("prompt", model.version.lyrics_limit())?,
            lyrics: text("lyrics", model.version.lyrics_limit())?,
            gpt_description_prompt: text("gpt_description_prompt", DESCRIPTION_LIMIT)?,
            title: text("title", TITLE_LIMIT)?,
            tags: text("tags", model.version.tags_limit())?,
            negative_tags: text("negative_tags", NEGATIVE_TAGS_LIMIT)?,
            make_instrumental: fields.boolean("make_instrumental")?,
            style_weight: fields.share("style_weight")?,
            weirdness_constraint: fields.share("weirdness_constraint")?,
            audio_weight: fields.share("audio_weight")?,
            vocal_gender: choice_or_empty(fields, "vocal_gender", &["f", "m"])?,
            auto_lyrics: fields.boolean("auto_lyrics")?,
            duration: fields.integer("duration", 10, 360)?,
            seed: fields.seed()?,
            model,
        };
        if song.auto_lyrics == Some(true) && song.custom_mode != Some(true) {
            let sentence = "The 'auto_lyrics' field needs 'custom_mode' to be true.";
            return Err(Problem::bad_request(sentence));
        }
        Ok(song)
    }

    /// Which model was asked for.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// `prompt`, or else `lyrics`.
    pub fn words(&self) -> Option<&str> {
        self.prompt.as_deref().or(self.lyrics.as_deref())
    }

    fn is_custom(&self) -> bool {
        self.custom_mode
            .unwrap_or_else(|| self.words().is_some() || self.gpt_description_prompt.is_none())
    }

    /// In our words. The seed is left to the order.
    pub fn brief(&self, fields: Fields<'_>, needs: Needs) -> Result<Brief, Problem> {
        let mut brief = Brief {
            title: self.title.as_deref().map(|title| title.trim().to_owned()),
            tags: self.tags.clone().unwrap_or_default(),
            negative_tags: self.negative_tags.clone().unwrap_or_default(),
            style_weight: self.style_weight.map(|w| w as f32),
            weirdness: self.weirdness_constraint.map(|w| w as f32),
            audio_weight: self.audio_weight.map(|w| w as f32),
            instrumental: self.make_instrumental == Some(true),
            voice: VoiceWish {
                gender: self.gender(),
                ..VoiceWish::default()
            },
            seconds: self.duration.map(|seconds| seconds as f64),
            ..Brief::default()
        };
        let described = if self.is_custom() {
            if self.auto_lyrics == Some(true) {
                Some(self.words().ok_or_else(|| fields.required("prompt"))?)
            } else {
                self.set_words(&mut brief, fields, needs)?;
                None
            }
        } else {
            let description = self.gpt_description_prompt.as_deref();
            if description.is_none() && needs == Needs::Words {
                return Err(fields.required("gpt_description_prompt"));
            }
            description
        };
        if let Some(description) = described {
            brief.write_lyrics = Some(description.to_owned());
            description.clone_into(&mut brief.description);
        }
        Ok(brief)
    }

    fn set_words(&self, brief: &mut Brief, fields: Fields<'_>, needs: Needs) -> Result<(), Problem> {
        if brief.instrumental {
            return Ok(());
        }
        match self.words() {
            None if needs == Needs::Words => return Err(fields.required("prompt")),
            None => {}
            Some(words) if has_words(words) => brief.lyrics = Some(words.to_owned()),
            // `[Instrumental]`, or a form without words.
            Some(words) if words.contains('[') => brief.instrumental = true,
            Some(_) => return Err(no_words()),
        }
        Ok(())
    }

    fn gender(&self) -> Option<Gender> {
        let gender = self
            .vocal_gender
            .as_deref()
            .filter(|_| self.model.version.heeds_gender())?;
        Some(if gender == "m" { Gender::Male } else { Gender::Female })
    }

    /// What polls show.
    pub fn shown(&self, brief: &Brief) -> Shown {
        Shown {
            gpt_description_prompt: self.gpt_description_prompt.clone(),
            negative_tags: self.negative_tags.clone(),
            style_weight: self.style_weight,
            weirdness_constraint: self.weirdness_constraint,
            ..Shown::asked(&self.mv, brief)
        }
    }
}

/// A choice where clients send `""` for "none".
pub fn choice_or_empty(fields: Fields<'_>, name: &str, words: &[&str]) -> Result<Option<String>, Problem> {
    match fields.string(name)? {
        Some(empty) if empty.is_empty() => Ok(None),
        _ => fields.choice(name, words),
    }
}

/// Lyrics in which there is nothing to sing.
pub fn no_words() -> Problem {
    Problem::new(
        Code::Forbidden,
        "The lyrics format is invalid. Please check and try again.",
    )
}

/// Whether something can be sung: a letter or a digit outside square brackets.
pub fn has_words(lyrics: &str) -> bool {
    let mut depth = 0_u32;
    for c in lyrics.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            // A bracket that is never closed ends with its line.
            '\n' => depth = 0,
            c if depth == 0 && c.is_alphanumeric() => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_sung() {
        for words in [
            "a",
            "1999",
            "[Verse]\nA line",
            "[Verse] oh",
            "(ooh)",
            "שיר",
            "[open\nword",
            "AAAA",
        ] {
            assert!(has_words(words), "{words}");
        }
        for none in [
            "",
            "[Verse]\n[Chorus]",
            "🎵🎶",
            "...!",
            "[Instrumental]",
            "[Verse: loud]",
        ] {
            assert!(!has_words(none), "{none}");
        }
    }
}
