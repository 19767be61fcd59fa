//! How a task is polled in the families that answer with clips: 202 until every clip is final, then 200
//! with the clips, or 200 with a `type` of failure. (The vendor's client retries a 500 and takes 200 for
//! the end.)

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Core;
use crate::config::Partial;
use crate::http::caller::Caller;
use crate::http::codes::Code;
use crate::http::problem::Problem;
use crate::tasks::look::Look;

/// A finished task.
#[derive(Debug, Serialize, ToSchema)]
pub struct Finished<T> {
    /// 200
    #[schema(example = 200)]
    pub code: u16,
    /// Its clips in order.
    pub data: Vec<T>,
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
}

/// Not over yet. The vendor's clients go on polling.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotReady<T> {
    /// 202
    #[schema(example = 202)]
    pub code: u16,
    /// `not_ready`
    #[serde(rename = "type")]
    #[schema(example = "not_ready")]
    pub kind: &'static str,
    /// A sentence.
    pub error: &'static str,
    /// The same sentence.
    pub message: &'static str,
    /// Its clips, as soon as one can be heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub data: Option<Vec<T>>,
}

impl<T> NotReady<T> {
    /// With the clips, if there is something to hear.
    pub fn new(data: Option<Vec<T>>) -> Self {
        let sentence = "Task is still processing. Please wait a few seconds and try again.";
        Self {
            code: 202,
            kind: "not_ready",
            error: sentence,
            message: sentence,
            data,
        }
    }
}

/// A task that failed; HTTP 200, because the poll itself went well.
#[derive(Debug, Serialize, ToSchema)]
pub struct Failure {
    /// What it would be as an HTTP status.
    #[schema(example = 400)]
    pub code: u16,
    /// `failed`, `timeout`, `forbidden` or `api_error`.
    #[serde(rename = "type")]
    #[schema(example = "failed")]
    pub kind: &'static str,
    /// A sentence.
    pub error: String,
    /// The same sentence.
    pub message: String,
    /// The credits were given back.
    pub refund_processed: bool,
}

impl Failure {
    /// Of a failed task.
    pub fn of(task: &Look) -> Self {
        let code = task.fault_code.as_deref().and_then(Code::of_kind).unwrap_or(Code::Api);
        let sentence = task.fault_message.clone().unwrap_or_else(|| code.message().to_owned());
        let kind = match code {
            Code::Timeout => "timeout",
            Code::Forbidden => "forbidden",
            Code::Api | Code::Unavailable => "api_error",
            _ => "failed",
        };
        Self {
            code: code.status(),
            kind,
            error: sentence.clone(),
            message: sentence,
            refund_processed: true,
        }
    }
}

/// Whether the task ended without any music.
pub fn has_failed(task: &Look) -> bool {
    matches!(task.state.as_str(), "failed" | "cancelled")
}

/// The clips of a task as its family shows them, and whether any of them can be heard.
pub type Shown<T> = (Vec<T>, bool);

/// The answer of a poll. `show` is told of a preview's file name whether it can be heard.
///
/// # Errors
/// `task not found.` for unknown ids, other accounts' tasks and other families'.
pub async fn answer<T: Serialize>(
    core: &Core,
    caller: &Caller,
    id: &str,
    family: &str,
    show: impl FnOnce(&Look, &dyn Fn(&str) -> bool) -> Shown<T>,
) -> Result<Response, Problem> {
    let task = core.recent.look(&core.db, id).await?;
    // What was answered at once has no takes and no poll.
    let task = task
        .filter(|task| task.account_id == caller.account_id && task.family == family && task.takes > 0)
        .ok_or_else(|| Problem::bad_request("task not found."))?;
    if has_failed(&task) {
        return Ok(Json(Failure::of(&task)).into_response());
    }
    let (data, audible) = show(&task, &|name| core.previews.is_audible(name));
    if task.is_over() || (audible && core.config.suno.partial == Partial::Success) {
        return Ok(Json(Finished {
            code: 200,
            data,
            message: "success",
        })
        .into_response());
    }
    let waiting = NotReady::new(audible.then_some(data));
    Ok((StatusCode::ACCEPTED, Json(waiting)).into_response())
}

/// A poll that names no task.
pub async fn missing(_: Caller) -> Problem {
    Problem::bad_request("missing task id.")
}
