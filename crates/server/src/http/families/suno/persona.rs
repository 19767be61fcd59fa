//! `POST /api/v1/sonic/persona`: a singer and a style, taken from a clip, for `persona_music`.

use std::sync::Arc;

use axum::Json;
use catbird_score::{Score, Singer};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::of_clip;
use super::vox;
use crate::engine::Job;
use crate::http::families::call::{self, Call, Kept};
use crate::http::families::source::{self as sources, Source};
use crate::http::fields::{Fields, check_length};
use crate::http::problem::{ErrorBody, Problem};
use crate::store::personas::{Persona, Traits};
use crate::uploads::scratch::Scratch;
use crate::uploads::shelf::Shelf;

const NAME_LIMIT: usize = 80;
const DESCRIPTION_LIMIT: usize = 200;
const STYLES_LIMIT: usize = 2000;

/// A persona.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonaRequest {
    /// Its name.
    #[schema(max_length = 80, example = "Harbour Voice")]
    pub name: String,
    /// The clip whose singer it is; of a recording the singer of ours who comes nearest (older: `continue_clip_id`).
    pub clip_id: String,
    /// What there is to say about it (older: `description`).
    #[schema(max_length = 200)]
    pub describe: Option<String>,
    /// The style it brings; that of the clip when absent.
    #[schema(max_length = 2000)]
    pub styles: Option<String>,
    /// A voice that `vox` took from the same clip.
    pub vox_audio_id: Option<String>,
    /// A stretch of the clip in which it sings, seconds.
    pub vocal_start_s: Option<f64>,
    /// Its end.
    pub vocal_end_s: Option<f64>,
}

/// The persona.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonaAnswer {
    /// 200
    #[schema(example = 200)]
    pub code: u16,
    /// For `persona_id` of `persona_music`.
    pub persona_id: String,
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
}

/// Keeps a clip's singer and style under a name. Answered at once.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/persona",
    tag = "sonic",
    operation_id = "sonic_persona",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same persona")),
    request_body = PersonaRequest,
    responses(
        (status = 200, description = "Made and charged", body = PersonaAnswer),
        (status = 400, description = "A rule is broken, the clip is unknown, or nobody sings in it", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn persona(call: Call) -> Result<Json<Value>, Problem> {
    let fields = call.fields();
    let text = |name: &str| -> Result<Option<String>, Problem> {
        Ok(fields.string(name)?.filter(|text| !text.trim().is_empty()))
    };
    let clip_id = text("clip_id")?.or(text("continue_clip_id")?);
    let (Some(name), Some(clip_id)) = (text("name")?, clip_id) else {
        return Err(Problem::bad_request("name and continue_clip_id are required fields."));
    };
    check_length("name", &name, NAME_LIMIT)?;
    let mut description = String::new();
    for member in ["description", "describe"] {
        let given = text(member)?.unwrap_or_default();
        check_length(member, &given, DESCRIPTION_LIMIT)?;
        description = if given.is_empty() { description } else { given };
    }
    let styles = text("styles")?;
    check_length("styles", styles.as_deref().unwrap_or_default(), STYLES_LIMIT)?;
    let price = call.core.config.prices.persona;
    if let Some(before) = call.before(price).await? {
        return Ok(before);
    }

    let source = sources::piece(&call, &clip_id).await?;
    let score = of_clip::score(&call, &source).await?;
    if of_clip::sung(&score).is_empty() {
        let sentence = "A persona needs a clip with a voice; nobody sings in this one.";
        return Err(Problem::bad_request(sentence));
    }
    check_stretch(fields, &source, &score)?;
    if let Some(id) = text("vox_audio_id")?
        && vox::clip_of(&call, &id).await?.as_deref() != Some(source.clip.id.as_str())
    {
        let sentence = "The 'vox_audio_id' field should be what vox answered for this clip.";
        return Err(Problem::bad_request(sentence));
    }

    let singer = match &score.vocal {
        Some(vocal) if !source.is_recording() => vocal.singer.clone(),
        _ => nearest(&call, &source.clip.id).await?,
    };
    let persona = Persona {
        id: Uuid::new_v4().to_string(),
        account_id: call.account_id.clone(),
        name,
        description,
        styles: styles.unwrap_or(source.tags),
        clip_id: source.clip.id,
        traits: Traits { singer, consent: None },
    };
    let answer = PersonaAnswer {
        code: 200,
        persona_id: persona.id.clone(),
        message: "success",
    };
    let kept = Kept {
        operation: "persona",
        price,
        persona: Some(&persona),
        ..Kept::default()
    };
    call.answer(kept, &answer).await
}

/// The singer of ours who comes nearest to the voice of a recording.
async fn nearest(call: &Call, clip_id: &str) -> Result<Singer, Problem> {
    let scratch = Scratch::new(&call.core, "persona").map_err(|error| call::broken(&error.into()))?;
    let shelf = Arc::new(Shelf::new(&call.core));
    let job = Job::new(clip_id, 0, scratch.path().to_owned()).with_sources(shelf);
    call.core.engine.singer(clip_id, &job).await.map_err(call::fault)
}

/// The singer is the same in the whole clip; a stretch that is named must only be one where it sings.
fn check_stretch(fields: Fields<'_>, source: &Source, score: &Score) -> Result<(), Problem> {
    let names = ["vocal_start_s", "vocal_end_s"];
    let (from, to) = (fields.seconds(names[0])?, fields.seconds(names[1])?);
    if from.is_none() && to.is_none() {
        return Ok(());
    }
    let (from, to) = (from.unwrap_or(0.0), to.unwrap_or(source.clip.seconds));
    source.check_stretch(names, from, to)?;
    of_clip::sings_within(score, from, to)
}
