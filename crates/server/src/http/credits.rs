//! `GET /api/v1/get-credits`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::problem::{ErrorBody, Problem};
use crate::app::Core;
use crate::credits::ledger;

/// What the account has left.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditsView {
    /// Subscription credits.
    #[schema(example = 50)]
    pub credits: i64,
    /// One-time credits; used first.
    #[schema(example = 0)]
    pub extra_credits: i64,
}

/// The credits of the key's account.
#[utoipa::path(
    get,
    path = "/api/v1/get-credits",
    tag = "credits",
    operation_id = "get_credits",
    security(("key" = [])),
    responses(
        (status = 200, description = "What is left", body = CreditsView),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
    )
)]
pub async fn get(State(core): State<Arc<Core>>, caller: Caller) -> Result<Json<CreditsView>, Problem> {
    let has = ledger::credits(core.db.read(), &caller.account_id).await?;
    Ok(Json(CreditsView {
        credits: has.balance,
        extra_credits: has.extra,
    }))
}
