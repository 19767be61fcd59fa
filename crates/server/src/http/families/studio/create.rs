//! `POST /api/v1/studio/create`.

use axum::Json;
use catbird_score::{Brief, Work};
use serde::Serialize;
use utoipa::ToSchema;

use super::shown::Shown;
use crate::http::families::call::{Call, Ordered};
use crate::http::families::suno::song::{has_words, no_words};
use crate::http::fields::{Fields, check_length};
use crate::http::problem::{ErrorBody, Problem};

const MODELS: [&str; 2] = ["studio130-v1.5", "studio32-v1.5"];
const LYRICS_TYPES: [&str; 3] = ["user", "generate", "instrumental"];
// No limits are published; these keep a request's work small.
const PROMPT_LIMIT: usize = 1000;
const LYRICS_LIMIT: usize = 5000;
/// The longest stretch of a song that may be asked for, seconds.
const LONGEST: f64 = 360.0;

/// What is to be made. `null` counts as absent, unknown members are ignored.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StudioCreateRequest)]
pub struct CreateRequest {
    /// The style, or what the song is about.
    #[schema(max_length = 1000, example = "dreamy indie pop about the last train")]
    pub prompt: String,
    /// `user`: `lyrics` are sung; `generate`: words are written from the prompt; `instrumental`: nobody
    /// sings.
    #[schema(example = "generate")]
    pub lyrics_type: String,
    /// How strictly the prompt is followed.
    #[schema(minimum = 0, maximum = 1)]
    pub prompt_strength: f64,
    /// 0 experimental … 1 by the book.
    #[schema(minimum = 0, maximum = 1)]
    pub clarity_strength: f64,
    /// How closely the words are followed. Catbird sings every word; it is read and checked only.
    #[schema(minimum = 0, maximum = 1)]
    pub lyrics_strength: f64,
    /// Catbird always does its best; it is read and checked only.
    #[schema(minimum = 0, maximum = 1)]
    pub generation_quality: f64,
    /// `studio130-v1.5` or `studio32-v1.5` (half a minute).
    #[schema(example = "studio130-v1.5")]
    pub model_type: String,
    /// `{"mode": "regular"}`
    #[schema(value_type = Object)]
    pub config: serde_json::Value,
    /// The words; needed with `lyrics_type: user`.
    #[schema(max_length = 5000)]
    pub lyrics: Option<String>,
    /// The prompt is taken as it is anyway.
    pub bypass_prompt_optimization: Option<bool>,
    /// The same request with the same seed gives the same bytes.
    pub seed: Option<u64>,
    /// With `song_section_end` the length of the song: what lies between them, seconds.
    pub song_section_start: Option<f64>,
    /// See `song_section_start`.
    pub song_section_end: Option<f64>,
    /// Read and checked only: words are placed by the form.
    pub lyrics_placement_start: Option<f64>,
    /// See `lyrics_placement_start`.
    pub lyrics_placement_end: Option<f64>,
    /// What should not be heard.
    #[schema(max_length = 1000)]
    pub negative_prompt: Option<String>,
    /// https, at most 1024 characters.
    pub webhook_url: Option<String>,
    /// Signs what is sent there.
    pub webhook_secret: Option<String>,
}

/// The task.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StudioAccepted)]
pub struct Accepted {
    /// `200`, as a text.
    #[schema(example = "200")]
    pub code: &'static str,
    /// The task's id, for `task/{task_id}`.
    pub data: String,
}

/// Makes a song. Poll `task/{task_id}`.
#[utoipa::path(
    post,
    path = "/api/v1/studio/create",
    tag = "studio",
    operation_id = "studio_create",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same task")),
    request_body = CreateRequest,
    responses(
        (status = 200, description = "Taken and charged", body = Accepted),
        (status = 400, description = "A rule is broken", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits, no words in the lyrics, or the queue is full", body = ErrorBody),
        (status = 409, description = "The Idempotency-Key stands for another request", body = ErrorBody),
        (status = 413, description = "The body is too large", body = ErrorBody),
        (status = 429, description = "Too many requests; see Retry-After", body = ErrorBody),
    )
)]
pub async fn create(call: Call) -> Result<Json<Accepted>, Problem> {
    let (brief, shown, seed) = read(call.fields())?;
    let ordered = Ordered {
        work: Work::Compose { brief },
        takes: 1,
        price: call.core.config.prices.studio,
        shown: serde_json::to_string(&shown).expect("texts are plain data"),
        seed,
    };
    Ok(Json(Accepted {
        code: "200",
        data: call.submit(ordered).await?,
    }))
}

fn read(fields: Fields<'_>) -> Result<(Brief, Shown, Option<u64>), Problem> {
    let text = |name, limit| -> Result<Option<String>, Problem> {
        let text = fields.string(name)?;
        check_length(name, text.as_deref().unwrap_or_default(), limit)?;
        Ok(text.filter(|text| !text.trim().is_empty()))
    };
    let share = |name| fields.share(name)?.ok_or_else(|| fields.required(name));
    let prompt = text("prompt", PROMPT_LIMIT)?.ok_or_else(|| fields.required("prompt"))?;
    let kind = fields
        .choice("lyrics_type", &LYRICS_TYPES)?
        .ok_or_else(|| fields.required("lyrics_type"))?;
    let (prompt_strength, clarity) = (share("prompt_strength")?, share("clarity_strength")?);
    share("lyrics_strength")?;
    share("generation_quality")?;
    let model = fields
        .choice("model_type", &MODELS)?
        .ok_or_else(|| fields.required("model_type"))?;
    let config = fields.object("config")?.ok_or_else(|| fields.required("config"))?;
    Fields::within(config, "config.")
        .choice("mode", &["regular"])?
        .ok_or_else(|| Fields::within(config, "config.").required("mode"))?;
    fields.boolean("bypass_prompt_optimization")?;
    stretch(fields, ["lyrics_placement_start", "lyrics_placement_end"])?;
    let seconds = stretch(fields, ["song_section_start", "song_section_end"])?;
    let mut brief = Brief {
        description: prompt.clone(),
        tags: prompt.clone(),
        negative_tags: text("negative_prompt", PROMPT_LIMIT)?.unwrap_or_default(),
        style_weight: Some(prompt_strength as f32),
        // The composer's own default lies in the middle of both scales.
        weirdness: Some(1.0 - clarity as f32),
        seconds: seconds.or_else(|| (model == MODELS[1]).then_some(32.0)),
        ..Brief::default()
    };
    let lyrics = text("lyrics", LYRICS_LIMIT)?;
    match kind.as_str() {
        "user" => {
            let lyrics = lyrics.ok_or_else(|| fields.required("lyrics"))?;
            if !has_words(&lyrics) {
                return Err(no_words());
            }
            brief.lyrics = Some(lyrics);
        }
        "generate" => brief.write_lyrics = Some(prompt.clone()),
        _ => brief.instrumental = true,
    }
    let shown = Shown {
        mv: model,
        prompt,
        lyrics: brief.lyrics.clone().unwrap_or_default(),
    };
    Ok((brief, shown, fields.seed()?))
}

/// The length of a stretch of which both ends are given.
fn stretch(fields: Fields<'_>, names: [&str; 2]) -> Result<Option<f64>, Problem> {
    let (from, to) = (fields.seconds(names[0])?, fields.seconds(names[1])?);
    let (Some(from), Some(to)) = (from, to) else {
        return Ok(None);
    };
    let [first, second] = names;
    if from >= to {
        let sentence = format!("The '{second}' field should be greater than '{first}'.");
        return Err(Problem::bad_request(sentence));
    }
    if to - from > LONGEST {
        let sentence = format!("The '{second}' field should be at most {LONGEST} seconds after '{first}'.");
        return Err(Problem::bad_request(sentence));
    }
    Ok(Some(to - from))
}
