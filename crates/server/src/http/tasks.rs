//! `GET /v1/tasks/{id}`: our own view of any task, with the step it is at and all its files.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::caller::Caller;
use super::codes::Code;
use super::links::Links;
use super::named::Named;
use super::problem::{ErrorBody, Problem};
use crate::app::Core;
use crate::clock::rfc3339;
use crate::tasks::look::{Clip, Look};

/// A task of any family.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskView {
    /// Its id.
    pub id: String,
    /// The endpoint family it came through.
    #[schema(example = "nuro")]
    pub family: String,
    /// What is done.
    #[schema(example = "compose")]
    pub operation: String,
    /// `queued`, `running`, `succeeded`, `failed` or `cancelled`.
    #[schema(example = "running")]
    pub state: String,
    /// What is being done; empty unless it runs.
    #[schema(example = "melody")]
    pub step: String,
    /// 0-99 while it is made, 100 when it succeeded; never falls.
    #[schema(example = 40)]
    pub progress: i64,
    /// Which try this is; 0 = not begun.
    #[schema(example = 1)]
    pub attempt: i64,
    /// The same request with this seed gives the same bytes.
    pub seed: i64,
    /// Credits charged.
    pub price: i64,
    /// When it was asked for (RFC 3339).
    pub created_at: String,
    /// When it was first tried.
    pub started_at: Option<String>,
    /// When it ended.
    pub finished_at: Option<String>,
    /// Why it failed.
    pub error: Option<TaskError>,
    /// What it makes: there from the beginning, finished one after the other.
    pub clips: Vec<ClipView>,
}

/// Why a task failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskError {
    /// A `type` of the error table.
    #[serde(rename = "type")]
    pub kind: String,
    /// A sentence.
    pub message: String,
    /// Whether the credits were given back.
    pub refund_processed: bool,
}

/// A piece of music.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClipView {
    /// Its id.
    pub id: String,
    /// `pending`, `running`, `succeeded` or `failed`.
    #[schema(example = "succeeded")]
    pub state: String,
    /// Its title; empty until it is finished.
    pub title: String,
    /// Style words with commas between.
    pub tags: String,
    /// What is sung.
    pub lyrics: String,
    /// Its length in seconds.
    pub seconds: f64,
    /// `genre`, `mood`, `gender`, `timbre`.
    pub labels: BTreeMap<&'static str, String>,
    /// The clip it continues, or was cut out of.
    pub parent: Option<String>,
    /// What else the engine tells.
    #[schema(value_type = Object)]
    pub details: Value,
    /// Its files by role: `wav`, `mp3`, `midi`, `lrc`, `score`, `cover`, `video`.
    pub files: BTreeMap<String, String>,
}

/// A task of the key's account.
#[utoipa::path(
    get,
    path = "/v1/tasks/{id}",
    tag = "tasks",
    operation_id = "get_task",
    security(("key" = [])),
    params(("id" = String, Path, description = "The task's id")),
    responses(
        (status = 200, description = "The task", body = TaskView),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 404, description = "Unknown, or another account's", body = ErrorBody),
    )
)]
pub async fn get(
    State(core): State<Arc<Core>>,
    caller: Caller,
    links: Links,
    Named(id): Named,
) -> Result<Json<TaskView>, Problem> {
    let task = find(&core, &caller, &id).await?;
    Ok(Json(view(&task, &links)))
}

/// The task as we show it.
pub fn view(task: &Look, links: &Links) -> TaskView {
    let clips = task.clips.iter().map(|one| clip(one, links)).collect();
    TaskView {
        id: task.id.clone(),
        family: task.family.clone(),
        operation: task.operation.clone(),
        state: task.state.clone(),
        step: task.step.clone(),
        progress: task.progress,
        attempt: task.attempt,
        seed: task.seed,
        price: task.price,
        created_at: rfc3339(task.created_at),
        started_at: task.started_at.map(rfc3339),
        finished_at: task.finished_at.map(rfc3339),
        error: error(task),
        clips,
    }
}

/// Why it failed, if it did.
pub fn error(task: &Look) -> Option<TaskError> {
    (task.state == "failed").then(|| TaskError {
        kind: task.fault_code.clone().unwrap_or_default(),
        message: task.fault_message.clone().unwrap_or_default(),
        refund_processed: true,
    })
}

/// A task of the caller's; another account's is as unknown as one that never was.
pub async fn find(core: &Core, caller: &Caller, id: &str) -> Result<Arc<Look>, Problem> {
    let task = core.recent.look(&core.db, id).await?;
    task.filter(|task| task.account_id == caller.account_id)
        .ok_or_else(|| Problem::new(Code::NotFound, "Task not found"))
}

fn clip(clip: &Clip, links: &Links) -> ClipView {
    ClipView {
        id: clip.id.clone(),
        state: clip.state.clone(),
        title: clip.title.clone(),
        tags: clip.tags.clone(),
        lyrics: clip.lyrics.clone(),
        seconds: clip.seconds,
        labels: BTreeMap::from([
            ("genre", clip.genre.clone()),
            ("mood", clip.mood.clone()),
            ("gender", clip.gender.clone()),
            ("timbre", clip.timbre.clone()),
        ]),
        parent: clip.parent_id.clone(),
        details: serde_json::from_str(&clip.details).unwrap_or(Value::Null),
        files: clip
            .files
            .iter()
            .map(|(role, name)| (role.clone(), links.file(name)))
            .collect(),
    }
}
