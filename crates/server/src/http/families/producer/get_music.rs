//! `GET /api/v1/producer/task/{task_id}`: the clips of a task.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::view::{self, Song};
use crate::app::Core;
use crate::http::caller::Caller;
use crate::http::families::poll::{self, Finished, NotReady};
use crate::http::links::Links;
use crate::http::named::Named;
use crate::http::problem::{ErrorBody, Problem};
use crate::tasks::look::Look;

/// The clips of a task. Polling is free.
#[utoipa::path(
    get,
    path = "/api/v1/producer/task/{task_id}",
    tag = "producer",
    operation_id = "producer_get_music",
    security(("key" = [])),
    params(("task_id" = String, Path, description = "The task's id")),
    responses(
        (status = 200, description = "The clips; or a failure, known by its `type`", body = Finished<Song>),
        (status = 202, description = "Not over yet", body = NotReady<Song>),
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
    let show = |task: &Look, audible: &dyn Fn(&str) -> bool| view::songs(task, &links, audible);
    poll::answer(&core, &caller, &id, super::FAMILY, show).await
}
