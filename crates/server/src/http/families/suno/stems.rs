//! `POST /api/v1/sonic/stems/basic` and `stems/full`: the real tracks of a clip, each as a clip of its
//! own. Their sum is the mix before the master.

use axum::Json;
use catbird_score::Work;

use super::models::model_of;
use super::of_clip::ClipRequest;
use crate::http::accepted::Accepted;
use crate::http::families::call::{Call, Ordered};
use crate::http::families::shown::Shown;
use crate::http::families::source as sources;
use crate::http::problem::{ErrorBody, Problem};

/// Voice and band as two tracks. Poll `task/{task_id}`.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/stems/basic",
    tag = "sonic",
    operation_id = "sonic_stems_basic",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same task")),
    request_body = ClipRequest,
    responses(
        (status = 200, description = "Taken and charged", body = Accepted),
        (status = 400, description = "The clip is unknown or a single track", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn basic(call: Call) -> Result<Json<Accepted>, Problem> {
    let price = call.core.config.prices.stems_basic;
    order(&call, false, price).await
}

/// Every part as a track. Poll `task/{task_id}`.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/stems/full",
    tag = "sonic",
    operation_id = "sonic_stems_full",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same task")),
    request_body = ClipRequest,
    responses(
        (status = 200, description = "Taken and charged", body = Accepted),
        (status = 400, description = "The clip is unknown or a single track", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn full(call: Call) -> Result<Json<Accepted>, Problem> {
    let price = call.core.config.prices.stems_full;
    order(&call, true, price).await
}

async fn order(call: &Call, full: bool, price: u32) -> Result<Json<Accepted>, Problem> {
    let source = sources::piece(call, &sources::id(call.fields(), "clip_id")?).await?;
    let shown = Shown {
        mv: model_of(&source),
        title: source.clip.title,
        tags: source.tags,
        lyrics: source.clip.lyrics,
        ..Shown::default()
    };
    let work = Work::Stems {
        source: source.clip.id,
        full,
    };
    call.order(Ordered {
        work,
        takes: 1,
        price,
        shown: shown.to_json(),
        seed: None,
    })
    .await
}
