//! `GET /api/v1/sonic/task/{task_id}`: 202 until every clip is final, then 200 with the clips, or 200
//! with a `type` of failure. (The vendor's client retries a 500 and takes 200 for the end.)

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::view::{self, Failure, NotReady, Songs};
use crate::app::Core;
use crate::config::Partial;
use crate::http::caller::Caller;
use crate::http::links::Links;
use crate::http::named::Named;
use crate::http::problem::{ErrorBody, Problem};

/// The clips of a task. Polling is free.
#[utoipa::path(
    get,
    path = "/api/v1/sonic/task/{task_id}",
    tag = "sonic",
    operation_id = "sonic_get_music",
    security(("key" = [])),
    params(("task_id" = String, Path, description = "The task's id")),
    responses(
        (status = 200, description = "The clips; or a failure, known by its `type`", body = Songs),
        (status = 202, description = "Not over yet", body = NotReady),
        (status = 400, description = "Unknown, or another account's", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
    )
)]
pub async fn get(
    State(core): State<Arc<Core>>,
    caller: Caller,
    links: Links,
    Named(id): Named,
) -> Result<Response, Problem> {
    let task = core.recent.look(&core.db, &id).await?;
    // What was answered at once has no takes and no poll.
    let task = task
        .filter(|task| task.account_id == caller.account_id && task.family == view::FAMILY && task.takes > 0)
        .ok_or_else(|| Problem::bad_request("task not found."))?;
    if view::has_failed(&task) {
        return Ok(Json(Failure::of(&task)).into_response());
    }
    let (data, audible) = view::songs(&task, &links, |name| core.previews.is_audible(name));
    if task.is_over() || (audible && core.config.suno.partial == Partial::Success) {
        return Ok(Json(Songs {
            code: 200,
            data,
            message: "success",
        })
        .into_response());
    }
    let waiting = NotReady::new(audible.then_some(data));
    Ok((StatusCode::ACCEPTED, Json(waiting)).into_response())
}

/// The same under the name that the vendor's Python client polls.
#[utoipa::path(
    get,
    path = "/api/v1/sonic/clip/{task_id}",
    tag = "sonic",
    operation_id = "sonic_get_clip",
    security(("key" = [])),
    params(("task_id" = String, Path, description = "The task's id")),
    responses(
        (status = 200, description = "The clips; or a failure, known by its `type`", body = Songs),
        (status = 202, description = "Not over yet", body = NotReady),
        (status = 400, description = "Unknown, or another account's", body = ErrorBody),
    )
)]
pub async fn clip(state: State<Arc<Core>>, caller: Caller, links: Links, id: Named) -> Result<Response, Problem> {
    get(state, caller, links, id).await
}

/// The same under the name that the vendor's JavaScript client polls.
#[utoipa::path(
    get,
    path = "/api/v1/sonic/get_music/{task_id}",
    tag = "sonic",
    operation_id = "sonic_get_music_alias",
    security(("key" = [])),
    params(("task_id" = String, Path, description = "The task's id")),
    responses(
        (status = 200, description = "The clips; or a failure, known by its `type`", body = Songs),
        (status = 202, description = "Not over yet", body = NotReady),
        (status = 400, description = "Unknown, or another account's", body = ErrorBody),
    )
)]
pub async fn get_music(state: State<Arc<Core>>, caller: Caller, links: Links, id: Named) -> Result<Response, Problem> {
    get(state, caller, links, id).await
}

/// A poll that names no task.
pub async fn missing(_: Caller) -> Problem {
    Problem::bad_request("missing task id.")
}
