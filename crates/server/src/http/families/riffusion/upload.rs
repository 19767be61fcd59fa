//! `POST /api/v1/riffusion/upload`.

use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::families::call::Call;
use crate::http::families::upload::{self, Uploaded};
use crate::http::problem::{ErrorBody, Problem};

/// A recording.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiffusionUploadRequest)]
pub struct UploadRequest {
    /// Where it lies: a public direct https link to MP3, WAV, FLAC, OGG or M4A, 6 s to 8 min.
    #[schema(example = "https://media.example.org/loops/tape-organ.mp3")]
    pub url: String,
}

/// Brings a recording in; its clip id works wherever one is asked for. Answered when it is there.
#[utoipa::path(
    post,
    path = "/api/v1/riffusion/upload",
    tag = "riffusion",
    operation_id = "riffusion_upload",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same clip")),
    request_body = UploadRequest,
    responses(
        (status = 200, description = "The clip", body = Uploaded),
        (status = 400, description = "It cannot be fetched or decoded; nothing is charged", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn upload(call: Call) -> Result<Response, Problem> {
    let wanted = upload::described(&call, "url")?;
    Ok(upload::at_once(&call, wanted).await?.into_response())
}
