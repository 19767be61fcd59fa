//! The members that the eleven operations share, and what they mean to the composer.

use catbird_score::Brief;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::families::shown::Shown;
use crate::http::families::suno::song::{has_words, no_words};
use crate::http::fields::{Fields, check_length};
use crate::http::problem::Problem;

/// The hosted models; Catbird has one engine.
const MODELS: [&str; 4] = ["FUZZ-1.1 Pro", "FUZZ-1.1", "FUZZ-1.0 Pro", "FUZZ-1.0"];
const LYRICS_LIMIT: usize = 3000;
const PROMPT_LIMIT: usize = 200;
const SOUND_LIMIT: usize = 200;
const TITLE_LIMIT: usize = 80;

/// What is asked of a song. `null` counts as absent, unknown members are ignored.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RiffusionSongRequest)]
pub struct SongRequest {
    /// The model: `FUZZ-1.1 Pro`, `FUZZ-1.1`, `FUZZ-1.0 Pro` or `FUZZ-1.0`.
    #[schema(example = "FUZZ-1.1 Pro")]
    pub mv: String,
    /// `true`: own `lyrics` and `sound`; `false`: everything from `prompt`.
    pub custom_mode: bool,
    /// Words to sing with `[Verse]`, `[Chorus]` … between them.
    #[schema(max_length = 3000)]
    pub lyrics: Option<String>,
    /// What the song is about; title, sound and lyrics are written from it.
    #[schema(max_length = 200)]
    pub prompt: Option<String>,
    /// Style, genre, voice in free words.
    #[schema(max_length = 200, example = "krautrock, motorik drums, female voice")]
    pub sound: Option<String>,
    /// Made up when absent.
    #[schema(max_length = 80)]
    pub title: Option<String>,
    /// Nobody sings.
    pub make_instrumental: Option<bool>,
    /// How far the singing may leave the beaten path.
    #[schema(minimum = 0, maximum = 1)]
    pub vocal_variation: Option<f64>,
    /// Covers: how close to the source.
    #[schema(minimum = 0, maximum = 1)]
    pub cover_strength: Option<f64>,
    /// The same request with the same seed gives the same bytes (an addition of ours).
    pub seed: Option<u64>,
}

/// Which of the members an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// A new song: lyrics, a sound, or a prompt.
    Song,
    /// An edit that keeps what is not sent.
    Nothing,
    /// An edit that sings new words: lyrics, unless nobody sings.
    Words,
    /// An edit whose point is another sound.
    Sound,
}

impl SongRequest {
    /// Reads and checks the members.
    pub fn read(fields: Fields<'_>) -> Result<Self, Problem> {
        let mv = fields.string("mv")?.ok_or_else(|| fields.required("mv"))?;
        if !MODELS.contains(&mv.as_str()) {
            let list = MODELS.map(|model| format!("'{model}'")).join(",");
            let sentence = format!("The 'mv' field is invalid. The model should be {list}.");
            return Err(Problem::bad_request(sentence));
        }
        let mode = fields.boolean("custom_mode")?;
        let custom_mode = mode.ok_or_else(|| Problem::bad_request("The 'custom_mode' field should be boolean."))?;
        let text = |name, limit| -> Result<Option<String>, Problem> {
            let text = fields.string(name)?;
            check_length(name, text.as_deref().unwrap_or_default(), limit)?;
            Ok(text.filter(|text| !text.trim().is_empty()))
        };
        Ok(Self {
            mv,
            custom_mode,
            lyrics: text("lyrics", LYRICS_LIMIT)?,
            prompt: text("prompt", PROMPT_LIMIT)?,
            sound: text("sound", SOUND_LIMIT)?,
            title: text("title", TITLE_LIMIT)?,
            make_instrumental: fields.boolean("make_instrumental")?,
            vocal_variation: fields.share("vocal_variation")?,
            cover_strength: fields.share("cover_strength")?,
            seed: fields.seed()?,
        })
    }

    /// In our words. The seed is left to the order.
    pub fn brief(&self, fields: Fields<'_>, needs: Needs) -> Result<Brief, Problem> {
        let mut brief = Brief {
            instrumental: self.make_instrumental == Some(true),
            weirdness: self.vocal_variation.map(|v| v as f32),
            audio_weight: self.cover_strength.map(|s| s as f32),
            ..Brief::default()
        };
        if self.custom_mode {
            brief.title = self.title.as_deref().map(|title| title.trim().to_owned());
            brief.tags = self.sound.clone().unwrap_or_default();
            self.set_words(&mut brief, fields, needs)?;
        } else {
            let prompt = self.prompt.as_deref().ok_or_else(|| fields.required("prompt"))?;
            match needs {
                Needs::Song | Needs::Words => brief.write_lyrics = Some(prompt.to_owned()),
                // The words stay; what is described is how it should sound.
                Needs::Nothing | Needs::Sound => prompt.clone_into(&mut brief.tags),
            }
            prompt.clone_into(&mut brief.description);
        }
        Ok(brief)
    }

    fn set_words(&self, brief: &mut Brief, fields: Fields<'_>, needs: Needs) -> Result<(), Problem> {
        if needs == Needs::Sound && self.sound.is_none() {
            return Err(fields.required("sound"));
        }
        if brief.instrumental {
            return Ok(());
        }
        match self.lyrics.as_deref() {
            Some(lyrics) if has_words(lyrics) => brief.lyrics = Some(lyrics.to_owned()),
            // `[Instrumental]`, or a form without words.
            Some(lyrics) if lyrics.contains('[') => brief.instrumental = true,
            Some(_) => return Err(no_words()),
            None => match needs {
                Needs::Words => return Err(fields.required("lyrics")),
                Needs::Song => {
                    let about = [self.title.as_deref(), self.sound.as_deref()];
                    let about: Vec<&str> = about.into_iter().flatten().map(str::trim).collect();
                    if about.is_empty() {
                        let sentence = "The 'lyrics' field or the 'sound' field is required.";
                        return Err(Problem::bad_request(sentence));
                    }
                    brief.write_lyrics = Some(about.join(", "));
                }
                Needs::Nothing | Needs::Sound => {}
            },
        }
        Ok(())
    }

    /// What polls show.
    pub fn shown(&self, brief: &Brief) -> Shown {
        Shown::asked(&self.mv, brief)
    }
}
