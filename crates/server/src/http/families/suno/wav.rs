//! `POST /api/v1/sonic/wav`: the link of the lossless file, which is there from the beginning.

use axum::Json;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::of_clip::{self, ClipRequest};
use crate::http::families::call::{self, Call, Kept};
use crate::http::problem::{ErrorBody, Problem};

/// Where the WAV is.
#[derive(Debug, Serialize, ToSchema)]
pub struct WavAnswer {
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
    /// The link.
    pub data: Wav,
}

/// The link.
#[derive(Debug, Serialize, ToSchema)]
pub struct Wav {
    /// 44.1 kHz, stereo.
    pub wav_url: String,
}

/// The WAV of a clip. Answered at once.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/wav",
    tag = "sonic",
    operation_id = "sonic_wav",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body get the same answer")),
    request_body = ClipRequest,
    responses(
        (status = 200, description = "The link", body = WavAnswer),
        (status = 400, description = "The clip is unknown", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn wav(call: Call) -> Result<Json<Value>, Problem> {
    let source = of_clip::clip(&call).await?;
    let price = call.core.config.prices.wav;
    if let Some(before) = call.before(price).await? {
        return Ok(before);
    }
    let name = source.clip.file("wav");
    let name = name.ok_or_else(|| call::broken(&anyhow::anyhow!("clip {} has no WAV", source.clip.id)))?;
    let answer = WavAnswer {
        message: "success",
        data: Wav {
            wav_url: call.links.file(name),
        },
    };
    let kept = Kept {
        operation: "wav",
        price,
        ..Kept::default()
    };
    call.answer(kept, &answer).await
}
