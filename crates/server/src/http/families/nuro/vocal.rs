//! `type: vocal`: a song with lyrics.

use catbird_score::{Brief, Gender, VoiceWish, Wish, WishKind};
use serde::Serialize;
use utoipa::ToSchema;

use super::shown::Shown;
use super::{labels, lyrics};
use crate::http::fields::{Fields, check_length};
use crate::http::problem::Problem;

const LYRICS_LIMIT: usize = 2000;

/// A song with lyrics.
#[derive(Debug, Serialize, ToSchema)]
pub struct VocalRequest {
    /// `vocal`; also what is meant when it is missing.
    #[serde(rename = "type")]
    #[schema(required = false, example = "vocal")]
    pub kind: String,
    /// The words, with `[intro] [verse] [pre-chorus] [chorus] [bridge] [inst] [outro]` between them.
    #[schema(
        min_length = 1,
        max_length = 2000,
        example = "[verse]\nPaper boats on a gutter stream\n[chorus]\nCount to ten and wake the dream"
    )]
    pub lyrics: String,
    /// Who sings; chosen when absent.
    #[schema(schema_with = labels::gender, required = false)]
    pub gender: Option<String>,
    /// Chosen when absent.
    #[schema(schema_with = labels::genre, required = false)]
    pub genre: Option<String>,
    /// Chosen when absent.
    #[schema(schema_with = labels::mood, required = false)]
    pub mood: Option<String>,
    /// Chosen when absent.
    #[schema(schema_with = labels::timbre, required = false)]
    pub timbre: Option<String>,
    /// Seconds; as the song needs when absent.
    #[schema(minimum = 30, maximum = 240)]
    pub duration: Option<i64>,
}

impl VocalRequest {
    /// Reads and checks the members.
    pub fn read(fields: Fields<'_>) -> Result<Self, Problem> {
        let lyrics = fields.string("lyrics")?.unwrap_or_default();
        if lyrics.trim().is_empty() {
            return Err(fields.required("lyrics"));
        }
        check_length("lyrics", &lyrics, LYRICS_LIMIT)?;
        Ok(Self {
            kind: "vocal".to_owned(),
            lyrics,
            gender: fields.choice("gender", &labels::GENDERS)?,
            genre: fields.choice("genre", &labels::GENRES)?,
            mood: fields.choice("mood", &labels::MOODS)?,
            timbre: fields.choice("timbre", &labels::TIMBRES)?,
            duration: fields.integer("duration", 30, 240)?,
        })
    }

    /// In our words, and what polls will show.
    pub fn brief(self) -> Result<(Brief, Shown), Problem> {
        let lyrics = lyrics::normalise(&self.lyrics);
        if !lyrics::has_words(&lyrics) {
            return Err(Problem::bad_request(
                "The lyrics format is invalid. Please check and try again.",
            ));
        }
        let gender = self
            .gender
            .as_deref()
            .map(|word| if word == "Male" { Gender::Male } else { Gender::Female });
        let wishes = [
            (WishKind::Genre, &self.genre),
            (WishKind::Mood, &self.mood),
            (WishKind::Timbre, &self.timbre),
        ];
        let wishes = wishes
            .into_iter()
            .filter_map(|(kind, word)| Some(Wish::new(kind, word.clone()?)))
            .collect();
        let shown = Shown {
            lyrics: lyrics.clone(),
            genre: self.genre.unwrap_or_default(),
            mood: self.mood.unwrap_or_default(),
            gender: self.gender.unwrap_or_default(),
            timbre: self.timbre.unwrap_or_default(),
            bgm: None,
        };
        let brief = Brief {
            lyrics: Some(lyrics),
            wishes,
            voice: VoiceWish {
                gender,
                ..VoiceWish::default()
            },
            seconds: self.duration.map(|seconds| seconds as f64),
            ..Brief::default()
        };
        Ok((brief, shown))
    }
}
