//! `GET /v1/deliveries`, `POST /v1/deliveries/{id}/resend`: what was told to whom, and telling it
//! again.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::codes::Code;
use super::named::Named;
use super::problem::{ErrorBody, Problem};
use super::tasks;
use crate::app::Core;
use crate::clock::rfc3339;
use crate::webhooks::queue::{self, Entry};

/// How many are listed when no task is named.
const LATEST: i64 = 100;

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Which {
    /// Those of this task; the account's latest hundred when absent.
    task_id: Option<String>,
}

/// The log.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryList {
    /// Of a task: oldest first. Of the account: newest first.
    pub deliveries: Vec<Delivery>,
}

/// One event that is told to one receiver.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// Its id; the receiver gets it as `X-Webhook-Id`.
    pub id: String,
    /// Of which task it tells.
    pub task_id: String,
    /// `song.streaming`, `song.completed` or `song.failed`.
    #[schema(example = "song.completed")]
    pub event: String,
    /// The receiver.
    pub url: String,
    /// `queued`, `running`, `delivered` or `failed`.
    #[schema(example = "delivered")]
    pub state: String,
    /// Attempts so far.
    #[schema(example = 1)]
    pub attempts: i64,
    /// The HTTP status of the last answer.
    #[schema(example = 200)]
    pub last_status: Option<i64>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When the event happened (RFC 3339).
    pub created_at: String,
    /// When it is tried next; only while it is queued.
    pub next_attempt_at: Option<String>,
    /// When it was delivered or given up.
    pub finished_at: Option<String>,
}

impl From<Entry> for Delivery {
    fn from(entry: Entry) -> Self {
        Self {
            next_attempt_at: (entry.state == "queued").then(|| rfc3339(entry.due)),
            created_at: rfc3339(entry.created_at),
            finished_at: entry.finished_at.map(rfc3339),
            id: entry.id,
            task_id: entry.task_id,
            event: entry.event,
            url: entry.url,
            state: entry.state,
            attempts: entry.attempt,
            last_status: entry.last_status,
            last_error: entry.last_error,
        }
    }
}

/// The webhooks of a task, or the account's latest.
#[utoipa::path(
    get,
    path = "/v1/deliveries",
    tag = "tasks",
    operation_id = "list_deliveries",
    security(("key" = [])),
    params(Which),
    responses(
        (status = 200, description = "The log", body = DeliveryList),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 404, description = "The task is unknown, or another account's", body = ErrorBody),
    )
)]
pub async fn list(
    State(core): State<Arc<Core>>,
    caller: Caller,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<DeliveryList>, Problem> {
    let Query(which) = which.map_err(|error| Problem::bad_request(error.body_text()))?;
    let entries = match which.task_id {
        Some(id) => {
            tasks::find(&core, &caller, &id).await?;
            queue::of_task(&core.db, &caller.account_id, &id).await?
        }
        None => queue::latest(&core.db, &caller.account_id, LATEST).await?,
    };
    let deliveries = entries.into_iter().map(Delivery::from).collect();
    Ok(Json(DeliveryList { deliveries }))
}

/// Sends a delivery again that was delivered or given up: the same bytes under the same id, with
/// fresh attempts.
#[utoipa::path(
    post,
    path = "/v1/deliveries/{id}/resend",
    tag = "tasks",
    operation_id = "resend_delivery",
    security(("key" = [])),
    params(("id" = String, Path, description = "The delivery's id")),
    responses(
        (status = 200, description = "It will be sent at once", body = Delivery),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 404, description = "Unknown, or another account's", body = ErrorBody),
        (status = 409, description = "It waits to be sent already", body = ErrorBody),
        (status = 429, description = "Too many requests; see Retry-After", body = ErrorBody),
    )
)]
pub async fn resend(
    State(core): State<Arc<Core>>,
    caller: Caller,
    Named(id): Named,
) -> Result<Json<Delivery>, Problem> {
    let find = async || -> Result<Entry, Problem> {
        let found = queue::one(&core.db, &caller.account_id, &id).await?;
        found.ok_or_else(|| Problem::new(Code::NotFound, "Delivery not found"))
    };
    find().await?;
    if !queue::again(&core.db, &id).await? {
        return Err(Problem::new(Code::Conflict, "The delivery waits to be sent already."));
    }
    let entry = find().await?;
    core.bell.notify_one();
    Ok(Json(entry.into()))
}
