//! `POST /api/v1/producer/download`: a clip in one format.

use axum::Json;
use catbird_score::Work;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::accepted::Accepted;
use crate::http::families::call::{Call, Ordered};
use crate::http::families::shown::Shown;
use crate::http::families::source;
use crate::http::families::suno::song::choice_or_empty;
use crate::http::problem::{ErrorBody, Problem};

/// Which clip, and how.
#[derive(Debug, Serialize, ToSchema)]
pub struct DownloadRequest {
    /// A finished clip of the account.
    pub clip_id: String,
    /// `mp3` (when absent) or `wav`.
    #[schema(example = "wav")]
    pub format: Option<String>,
    /// https, at most 1024 characters.
    pub webhook_url: Option<String>,
    /// Signs what is sent there.
    pub webhook_secret: Option<String>,
}

/// Asks for a file of a clip. Poll `task/{task_id}`: the answer's `audio_url` is the file.
#[utoipa::path(
    post,
    path = "/api/v1/producer/download",
    tag = "producer",
    operation_id = "producer_download",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same task")),
    request_body = DownloadRequest,
    responses(
        (status = 200, description = "Taken and charged", body = Accepted),
        (status = 400, description = "A rule is broken, or the clip is unknown", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn download(call: Call) -> Result<Json<Accepted>, Problem> {
    let fields = call.fields();
    let source = source::find(&call, &source::id(fields, "clip_id")?).await?;
    let format = choice_or_empty(fields, "format", &["mp3", "wav"])?.unwrap_or_else(|| "mp3".to_owned());
    if source.clip.file(&format).is_none() {
        let sentence = format!("There is no {} of this clip.", format.to_uppercase());
        return Err(Problem::bad_request(sentence));
    }
    let shown = Shown {
        mv: source.mv.unwrap_or_else(|| super::request::DEFAULT_MODEL.to_owned()),
        title: source.clip.title,
        tags: source.tags,
        inherits_tags: true,
        lyrics: source.clip.lyrics,
        ..Shown::default()
    };
    let work = Work::Download {
        source: source.clip.id,
        format,
    };
    call.order(Ordered {
        work,
        takes: 1,
        price: call.core.config.prices.download,
        shown: shown.to_json(),
        seed: None,
    })
    .await
}
