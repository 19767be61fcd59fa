//! `POST /api/v1/sonic/sample`: a new song over a loop cut from a clip or a recording.

use axum::Json;
use catbird_score::Work;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::song::{Needs, SongRequest};
use crate::http::families::call::{Call, Ordered};
use crate::http::families::source::{self as sources, Source};
use crate::http::families::upload::{self, Step, StepsAnswer};
use crate::http::problem::{ErrorBody, Problem};
use crate::uploads::Wanted;

/// The step that makes the song.
const STEP: &str = "sample";

/// A loop, and the song over it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleRequest {
    /// The clip that the loop is cut from; exactly one of this and `url`.
    pub sample_clip_id: Option<String>,
    /// A recording, which is brought in first (and charged as an upload).
    pub url: Option<String>,
    /// Where the loop begins, seconds.
    #[schema(minimum = 0)]
    pub chop_sample_start_s: f64,
    /// Where it ends, within the clip.
    pub chop_sample_end_s: f64,
    /// The song.
    #[serde(flatten)]
    pub song: SongRequest,
    /// https, at most 1024 characters.
    pub webhook_url: Option<String>,
    /// Signs what is sent there.
    pub webhook_secret: Option<String>,
}

/// Makes a song over a loop cut from a clip; two takes. Poll `task/{task_id}`.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/sample",
    tag = "sonic",
    operation_id = "sonic_sample",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same task")),
    request_body = SampleRequest,
    responses(
        (status = 200, description = "Taken and charged; of a `url` also a `failed_step`", body = StepsAnswer),
        (status = 400, description = "A rule is broken, or the clip is unknown", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits, or no words in the lyrics", body = ErrorBody),
    )
)]
pub async fn sample(call: Call) -> Result<Json<Value>, Problem> {
    let fields = call.fields();
    let text = |name: &str| -> Result<Option<String>, Problem> {
        Ok(fields.string(name)?.filter(|text| !text.trim().is_empty()))
    };
    let origin = match (text("url")?, text("sample_clip_id")?) {
        (None, Some(clip_id)) => Origin::Clip(clip_id),
        (Some(_), None) => Origin::Url(Box::new(upload::wanted(&call, "url")?)),
        _ => {
            let sentence = "Exactly one of 'url' and 'sample_clip_id' is required.";
            return Err(Problem::bad_request(sentence));
        }
    };
    let song = SongRequest::read(fields, Needs::Words)?;
    let brief = song.brief(fields, Needs::Words)?;
    let names = ["chop_sample_start_s", "chop_sample_end_s"];
    let from = fields.seconds(names[0])?.ok_or_else(|| fields.required(names[0]))?;
    let to = fields.seconds(names[1])?.ok_or_else(|| fields.required(names[1]))?;
    if from >= to {
        return Err(sources::backwards(names));
    }
    let price = call.core.config.prices.suno;
    let over = |source: Source| {
        source.check_stretch(names, from, to)?;
        Ok(Ordered {
            shown: song.shown(&brief).to_json(),
            work: Work::Sample {
                source: source.clip.id,
                from,
                to: to.min(source.clip.seconds),
                brief,
            },
            takes: 2,
            price,
            seed: song.seed,
        })
    };
    match origin {
        Origin::Url(wanted) => upload::then(&call, *wanted, STEP, price, over).await,
        Origin::Clip(id) => {
            let source = sources::piece(&call, &id).await?;
            let clip_id = source.clip.id.clone();
            let task_id = call.submit(over(source)?).await?;
            let step = Step::done(&clip_id, &task_id);
            Ok(Json(json!(StepsAnswer::success(task_id, [(STEP, step)]))))
        }
    }
}

/// What the loop is cut from.
enum Origin {
    Url(Box<Wanted>),
    Clip(String),
}
