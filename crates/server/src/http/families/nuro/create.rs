//! `POST /api/v1/nuro/create`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use catbird_score::Work;
use serde::Serialize;
use utoipa::ToSchema;

use super::bgm::BgmRequest;
use super::vocal::VocalRequest;
use crate::app::Core;
use crate::clock;
use crate::http::accepted::Accepted;
use crate::http::caller::Caller;
use crate::http::fields::Fields;
use crate::http::idempotency::IdempotencyKey;
use crate::http::json::Object;
use crate::http::links::Links;
use crate::http::problem::{ErrorBody, Problem};
use crate::http::webhook;
use crate::tasks::submit::{self, Order};

/// What is to be made. Both kinds also take `seed` (a whole number: the same request with the same
/// seed gives the same bytes; an addition of ours), `webhook_url` (https, at most 1024 characters)
/// and `webhook_secret`. Further members are ignored.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = NuroCreateRequest)]
pub enum CreateRequest {
    /// A song with lyrics.
    Vocal(VocalRequest),
    /// Background music.
    Bgm(BgmRequest),
}

/// Makes a song with vocals (`type: vocal`) or background music (`type: bgm`).
#[utoipa::path(
    post,
    path = "/api/v1/nuro/create",
    tag = "nuro",
    operation_id = "nuro_create",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same task")),
    request_body = CreateRequest,
    responses(
        (status = 200, description = "Taken and charged", body = Accepted),
        (status = 400, description = "A rule is broken; `message` names the field", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits, or the queue is full", body = ErrorBody),
        (status = 409, description = "The Idempotency-Key stands for another request", body = ErrorBody),
        (status = 413, description = "The body is too large", body = ErrorBody),
        (status = 429, description = "Too many requests; see Retry-After", body = ErrorBody),
    )
)]
pub async fn create(
    State(core): State<Arc<Core>>,
    caller: Caller,
    links: Links,
    key: IdempotencyKey,
    body: Object,
) -> Result<Json<Accepted>, Problem> {
    let fields = Fields::new(&body.members);
    let request = match fields.choice("type", &["vocal", "bgm"])?.as_deref() {
        Some("bgm") => CreateRequest::Bgm(BgmRequest::read(fields)?),
        _ => CreateRequest::Vocal(VocalRequest::read(fields)?),
    };
    let (mut brief, shown) = match request {
        CreateRequest::Vocal(vocal) => vocal.brief()?,
        CreateRequest::Bgm(bgm) => bgm.brief(),
    };
    brief.seed = fields.seed()?.unwrap_or_else(clock::random_seed);
    let order = Order {
        account_id: caller.account_id,
        family: "nuro",
        seed: brief.seed,
        work: Work::Compose { brief },
        takes: 1,
        shown: shown.to_json(),
        price: core.config.prices.nuro,
        idempotency: key.of(&body.hash),
        webhook: webhook::read(fields, core.config.allow_private_urls)?,
        base_url: links.base().to_owned(),
    };
    let task_id = submit::submit(&core.db, &order, core.config.queue_limit).await?;
    core.ring.notify_one();
    Ok(Json(Accepted::new(task_id)))
}
