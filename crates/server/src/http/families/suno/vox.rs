//! `POST /api/v1/sonic/vox`: the voice of a stretch alone, without the band.

use axum::Json;
use catbird_score::{Score, Span};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::of_clip::{self, sings_within, sung};
use crate::assets::{demand, names};
use crate::engine::View;
use crate::http::families::call::{self, Call, Kept};
use crate::http::families::source::Source;
use crate::http::problem::{ErrorBody, Problem};
use crate::tasks::submit;

/// The longest stretch, seconds.
const LONGEST: f64 = 30.0;
const OPERATION: &str = "vox";

/// A stretch of a clip.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoxRequest {
    /// A finished clip of the account, with a voice.
    pub clip_id: String,
    /// Where the stretch begins, seconds; where the voice does when absent.
    #[schema(minimum = 0)]
    pub vocal_start_s: Option<f64>,
    /// Where it ends; at most 30 s later.
    pub vocal_end_s: Option<f64>,
}

/// The voice.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoxAnswer {
    /// 200
    #[schema(example = 200)]
    pub code: u16,
    /// The voice.
    pub data: Voice,
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
}

/// The voice.
#[derive(Debug, Serialize, ToSchema)]
pub struct Voice {
    /// The same as `vox_audio_id`.
    pub id: String,
    /// For `persona`.
    pub vox_audio_id: String,
    /// Of which clip.
    pub clip_id: String,
    /// Where it begins in the clip, seconds.
    pub vocal_start_s: f64,
    /// Where it ends.
    pub vocal_end_s: f64,
    /// A WAV of the voice alone.
    pub vocal_audio_url: String,
}

/// What is kept beside the answer.
#[derive(Debug, Serialize, Deserialize)]
struct Shown {
    clip_id: String,
}

/// The voice of a stretch alone. Answered when it is made, which takes some seconds.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/vox",
    tag = "sonic",
    operation_id = "sonic_vox",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body get the same answer")),
    request_body = VoxRequest,
    responses(
        (status = 200, description = "The voice", body = VoxAnswer),
        (status = 400, description = "The clip is unknown, nobody sings there, or the stretch is too long", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn vox(call: Call) -> Result<Json<Value>, Problem> {
    let (source, score) = of_clip::scored(&call).await?;
    let (from, to) = stretch(&call, &source, &score)?;
    let price = call.core.config.prices.vox;
    if let Some(before) = call.before(price).await? {
        return Ok(before);
    }
    let milliseconds = |seconds: f64| (seconds * 1000.0).round() as u64;
    let extension = format!("vox-{}-{}.wav", milliseconds(from), milliseconds(to));
    let name = names::file(&source.task_id, source.clip.position, &extension);
    let view = View::Vocals {
        clip: source.clip.id.clone(),
        span: Span {
            from: Some(from),
            to: Some(to),
        },
    };
    let made = demand::make(&call.core, &source.clip.id, &name, view).await;
    made.map_err(call::fault)?;
    let id = Uuid::new_v4().to_string();
    let answer = VoxAnswer {
        code: 200,
        data: Voice {
            id: id.clone(),
            vox_audio_id: id.clone(),
            clip_id: source.clip.id.clone(),
            vocal_start_s: from,
            vocal_end_s: to,
            vocal_audio_url: call.links.file(&name),
        },
        message: "success",
    };
    let shown = Shown {
        clip_id: source.clip.id,
    };
    let kept = Kept {
        operation: OPERATION,
        price,
        id: Some(id),
        shown: serde_json::to_string(&shown).expect("a text is plain data"),
        always: true,
        ..Kept::default()
    };
    call.answer(kept, &answer).await
}

fn stretch(call: &Call, source: &Source, score: &Score) -> Result<(f64, f64), Problem> {
    let names = ["vocal_start_s", "vocal_end_s"];
    let (from, to) = (call.fields().seconds(names[0])?, call.fields().seconds(names[1])?);
    let length = source.clip.seconds;
    let first = sung(score).first().map(|(start, _)| start.max(0.0));
    let first = first.ok_or_else(|| Problem::bad_request("Nobody sings in this clip."))?;
    let (from, to) = match (from, to) {
        (Some(from), Some(to)) => (from, to),
        (Some(from), None) => (from, (from + LONGEST).min(length)),
        (None, Some(to)) if to <= first => ((to - LONGEST).max(0.0), to),
        (None, Some(to)) => (first.max(to - LONGEST), to),
        (None, None) => (first, (first + LONGEST).min(length)),
    };
    let milliseconds = |seconds: f64| (seconds * 1000.0).round() / 1000.0;
    let (from, to) = (milliseconds(from), milliseconds(to));
    source.check_stretch(names, from, to)?;
    if to - from > LONGEST {
        return Err(Problem::bad_request(format!(
            "The stretch from 'vocal_start_s' to 'vocal_end_s' should be at most {LONGEST} seconds long."
        )));
    }
    sings_within(score, from, to)?;
    Ok((from, to.min(length)))
}

/// Which clip a voice was taken from, if the account has it.
pub async fn clip_of(call: &Call, id: &str) -> Result<Option<String>, Problem> {
    let shown = submit::shown(&call.core.db, &call.account_id, id, OPERATION).await?;
    let shown: Option<Shown> = shown.and_then(|shown| serde_json::from_str(&shown).ok());
    Ok(shown.map(|shown| shown.clip_id))
}
