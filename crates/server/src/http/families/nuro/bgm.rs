//! `type: bgm`: background music. v1.0 is described by labels, v2.0 by segments; the labels have no
//! effect in v2.0, nor segments in v1.0.

use catbird_score::section::Role;
use catbird_score::{Brief, Segment, Wish, WishKind};
use serde::Serialize;
use utoipa::ToSchema;

use super::labels::{self, MOST};
use super::shown::{Bgm, Shown};
use crate::http::fields::{Fields, check_length};
use crate::http::problem::Problem;

const DESCRIPTION_LIMIT: usize = 200;
/// v1.0 says it; v2.0 leaves open what no duration and no segments mean, so it is the same.
const DEFAULT_SECONDS: i64 = 60;

/// Background music.
#[derive(Debug, Serialize, ToSchema)]
pub struct BgmRequest {
    /// `bgm`.
    #[serde(rename = "type")]
    #[schema(example = "bgm")]
    pub kind: String,
    /// `v1.0` (what is meant when it is missing) or `v2.0`.
    #[schema(required = false, example = "v1.0")]
    pub version: String,
    /// What it should be like.
    #[schema(min_length = 1, max_length = 200, example = "quiet bed for a gardening clip")]
    pub description: String,
    /// v1.0 only.
    #[schema(schema_with = labels::bgm_genres, required = false)]
    pub genre: Vec<String>,
    /// v1.0 only.
    #[schema(schema_with = labels::bgm_moods, required = false)]
    pub mood: Vec<String>,
    /// v1.0 only.
    #[schema(schema_with = labels::instruments, required = false)]
    pub instrument: Vec<String>,
    /// v1.0 only.
    #[schema(schema_with = labels::themes, required = false)]
    pub theme: Vec<String>,
    /// Seconds: 1 to 60 in v1.0, 30 to 120 in v2.0; 60 when absent. The sum of the segments wins.
    #[schema(minimum = 1, maximum = 120, required = false)]
    pub duration: i64,
    /// v2.0 only; 30 to 120 seconds together.
    #[schema(required = false)]
    pub segments: Vec<SegmentRequest>,
}

/// A stretch of the music.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentRequest {
    /// What it is.
    #[schema(schema_with = labels::segment)]
    pub name: String,
    /// Seconds; at least 30 when it is the only segment.
    #[schema(minimum = 5, maximum = 120)]
    pub duration: i64,
}

impl BgmRequest {
    /// Reads and checks the members.
    pub fn read(fields: Fields<'_>) -> Result<Self, Problem> {
        let version = fields
            .choice("version", &["v1.0", "v2.0"])?
            .unwrap_or_else(|| "v1.0".to_owned());
        let description = fields.string("description")?.unwrap_or_default();
        if description.trim().is_empty() {
            return Err(fields.required("description"));
        }
        check_length("description", &description, DESCRIPTION_LIMIT)?;
        let mut request = Self {
            kind: "bgm".to_owned(),
            version,
            description,
            genre: Vec::new(),
            mood: Vec::new(),
            instrument: Vec::new(),
            theme: Vec::new(),
            duration: DEFAULT_SECONDS,
            segments: Vec::new(),
        };
        if request.version == "v1.0" {
            request.genre = fields.choices("genre", &labels::BGM_GENRES, MOST)?;
            request.mood = fields.choices("mood", &labels::BGM_MOODS, MOST)?;
            request.instrument = fields.choices("instrument", &labels::INSTRUMENTS, MOST)?;
            request.theme = fields.choices("theme", &labels::THEMES, MOST)?;
            request.duration = fields.integer("duration", 1, 60)?.unwrap_or(DEFAULT_SECONDS);
            return Ok(request);
        }
        request.segments = segments(fields)?;
        request.duration = if request.segments.is_empty() {
            fields.integer("duration", 30, 120)?.unwrap_or(DEFAULT_SECONDS)
        } else {
            // Only its type matters: the sum of the segments wins.
            fields.integer("duration", i64::MIN, i64::MAX)?;
            request.segments.iter().map(|segment| segment.duration).sum()
        };
        Ok(request)
    }

    /// In our words, and what polls will show.
    pub fn brief(self) -> (Brief, Shown) {
        let kinds = [
            (WishKind::Genre, &self.genre),
            (WishKind::Mood, &self.mood),
            (WishKind::Instrument, &self.instrument),
            (WishKind::Theme, &self.theme),
        ];
        let wishes = kinds
            .into_iter()
            .flat_map(|(kind, words)| words.iter().map(move |word| Wish::new(kind, word)));
        let brief = Brief {
            description: self.description.clone(),
            wishes: wishes.collect(),
            seconds: Some(self.duration as f64),
            segments: self.segments.iter().map(SegmentRequest::segment).collect(),
            ..Brief::default()
        };
        let shown = Shown {
            genre: self.genre.join(", "),
            mood: self.mood.join(", "),
            bgm: Some(Bgm {
                prompt: self.description,
                theme: self.theme.join(", "),
                instrument: self.instrument.join(", "),
            }),
            ..Shown::default()
        };
        (brief, shown)
    }
}

impl SegmentRequest {
    fn segment(&self) -> Segment {
        let role = match self.name.as_str() {
            "intro" => Role::Intro,
            "chorus" => Role::Chorus,
            "inst" => Role::Inst,
            "bridge" => Role::Bridge,
            "outro" => Role::Outro,
            _ => Role::Verse,
        };
        Segment {
            role,
            seconds: self.duration as f64,
        }
    }
}

fn segments(fields: Fields<'_>) -> Result<Vec<SegmentRequest>, Problem> {
    let mut segments = Vec::new();
    for (position, object) in fields.objects("segments")?.into_iter().enumerate() {
        let within = format!("segments[{position}].");
        let fields = Fields::within(object, &within);
        segments.push(SegmentRequest {
            name: fields
                .choice("name", &labels::SEGMENTS)?
                .ok_or_else(|| fields.required("name"))?,
            duration: fields
                .integer("duration", 5, 120)?
                .ok_or_else(|| fields.required("duration"))?,
        });
    }
    let sum: i64 = segments.iter().map(|segment| segment.duration).sum();
    match segments[..] {
        [] => {}
        [_] if sum < 30 => {
            return Err(Problem::bad_request(
                "The duration of a single segment should be at least 30 seconds.",
            ));
        }
        _ if !(30..=120).contains(&sum) => {
            return Err(Problem::bad_request(format!(
                "The total duration of the segments should be between 30 and 120 seconds, not {sum}."
            )));
        }
        _ => {}
    }
    Ok(segments)
}
