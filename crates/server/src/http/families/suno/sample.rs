//! `POST /api/v1/sonic/sample`: a new song over a loop cut from a clip.

use axum::Json;
use catbird_score::Work;
use serde::Serialize;
use utoipa::ToSchema;

use super::song::{Needs, SongRequest};
use super::uploads;
use crate::http::families::call::{Call, Ordered};
use crate::http::families::source as sources;
use crate::http::problem::{ErrorBody, Problem};

/// A loop, and the song over it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleRequest {
    /// The clip that the loop is cut from; exactly one of this and `url`.
    pub sample_clip_id: Option<String>,
    /// A recording. Not available yet.
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

/// The task, and how each step went.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleAnswer {
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
    /// 200
    #[schema(example = 200)]
    pub code: u16,
    /// For `task/{task_id}`.
    pub task_id: String,
    /// Which step failed: none.
    pub failed_step: Option<String>,
    /// The steps.
    pub steps: Steps,
}

/// The steps.
#[derive(Debug, Serialize, ToSchema)]
pub struct Steps {
    /// The song over the loop.
    pub sample: Step,
}

/// How a step went.
#[derive(Debug, Serialize, ToSchema)]
pub struct Step {
    /// Whether it did.
    pub success: bool,
    /// The clip it worked on.
    pub clip_id: String,
    /// Its task.
    pub task_id: String,
    /// What went wrong: nothing.
    pub error: Option<String>,
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
        (status = 200, description = "Taken and charged", body = SampleAnswer),
        (status = 400, description = "A rule is broken, or the clip is unknown", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits, or no words in the lyrics", body = ErrorBody),
    )
)]
pub async fn sample(call: Call) -> Result<Json<SampleAnswer>, Problem> {
    let fields = call.fields();
    let text = |name: &str| -> Result<Option<String>, Problem> {
        Ok(fields.string(name)?.filter(|text| !text.trim().is_empty()))
    };
    let clip_id = match (text("url")?, text("sample_clip_id")?) {
        (None, Some(clip_id)) => clip_id,
        (Some(_), None) => return Err(uploads::not_yet()),
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
    let source = sources::piece(&call, &clip_id).await?;
    source.check_stretch(names, from, to)?;
    let shown = song.shown(&brief);
    let to = to.min(source.clip.seconds);
    let ordered = Ordered {
        work: Work::Sample {
            source: source.clip.id.clone(),
            from,
            to,
            brief,
        },
        takes: 2,
        price: call.core.config.prices.suno,
        shown: shown.to_json(),
        seed: song.seed,
    };
    let task_id = call.submit(ordered).await?;
    Ok(Json(SampleAnswer {
        message: "success",
        code: 200,
        failed_step: None,
        steps: Steps {
            sample: Step {
                success: true,
                clip_id: source.clip.id,
                task_id: task_id.clone(),
                error: None,
            },
        },
        task_id,
    }))
}
