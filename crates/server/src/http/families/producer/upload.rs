//! `POST /api/v1/producer/upload`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::accepted::Accepted;
use crate::http::families::call::Call;
use crate::http::families::upload;
use crate::http::problem::{ErrorBody, Problem};

/// A recording.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProducerUploadRequest)]
pub struct UploadRequest {
    /// Where it lies: a public direct https link to MP3, WAV, FLAC, OGG or M4A, 6 s to 8 min.
    #[schema(example = "https://media.example.org/loops/tape-organ.mp3")]
    pub audio_url: String,
    /// https, at most 1024 characters.
    pub webhook_url: Option<String>,
    /// Signs what is sent there.
    pub webhook_secret: Option<String>,
}

/// Brings a recording in. Poll `task/{task_id}`: its clip works wherever one is asked for.
#[utoipa::path(
    post,
    path = "/api/v1/producer/upload",
    tag = "producer",
    operation_id = "producer_upload",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same task")),
    request_body = UploadRequest,
    responses(
        (status = 200, description = "Taken and charged", body = Accepted),
        (status = 400, description = "A rule is broken", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn upload(call: Call) -> Result<Json<Accepted>, Problem> {
    let wanted = upload::described(&call, "audio_url")?;
    call.order(upload::later(&call, wanted, None)).await
}
