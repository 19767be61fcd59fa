//! `GET /api/v1/studio/task/{task_id}`. The vendor's client polls until `data.status` is `SUCCESS` and
//! stops at a 4xx, so a task that failed is answered as the error it is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::FAMILY;
use super::shown::Shown;
use crate::app::Core;
use crate::clock::rfc3339_ms;
use crate::http::caller::Caller;
use crate::http::codes::Code;
use crate::http::families::poll;
use crate::http::links::Links;
use crate::http::named::Named;
use crate::http::problem::{ErrorBody, Problem};
use crate::tasks::look::{Clip, Look};

/// A task.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StudioAnswer)]
pub struct Answer {
    /// `200`, as a text.
    #[schema(example = "200")]
    pub code: &'static str,
    /// How it stands.
    pub data: Task,
}

/// How a task stands.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
#[schema(as = StudioTask)]
pub struct Task {
    /// Its id.
    pub task_id: String,
    /// `create`
    #[schema(example = "create")]
    pub action: &'static str,
    /// `NOT_START`, `IN_PROGRESS` or `SUCCESS`.
    #[schema(example = "SUCCESS")]
    pub status: &'static str,
    /// When it was asked for, UTC milliseconds.
    pub submit_time: i64,
    /// When it was begun; 0 before.
    pub start_time: i64,
    /// When it ended; 0 before.
    pub finish_time: i64,
    /// Such as `40%`.
    #[schema(example = "100%")]
    pub progress: String,
    /// Its songs.
    pub data: Songs,
}

/// The songs of a task.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StudioSongs)]
pub struct Songs {
    /// Empty until one is finished.
    pub songs: Vec<Song>,
}

/// A song.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
#[schema(as = StudioSong)]
pub struct Song {
    /// Its clip id, for all calls of the other families that take a clip.
    pub id: String,
    /// Style words.
    pub tags: String,
    /// Its title.
    pub title: String,
    /// What is sung; `[Instrumental]` where nobody sings.
    pub lyrics: String,
    /// As sent.
    pub prompt: String,
    /// The MP3.
    pub song_path: String,
    /// The cover, JPEG, 1024 pixels square.
    pub image_path: String,
    /// Seconds.
    pub duration: f64,
    /// ISO 8601 with milliseconds and `Z`.
    pub created_at: String,
    /// It is.
    pub finished: bool,
}

/// The songs of a task. Polling is free.
#[utoipa::path(
    get,
    path = "/api/v1/studio/task/{task_id}",
    tag = "studio",
    operation_id = "studio_get_music",
    security(("key" = [])),
    params(("task_id" = String, Path, description = "The task's id")),
    responses(
        (status = 200, description = "How it stands", body = Answer),
        (status = 400, description = "Unknown, another account's, or failed: then `refund_processed` is true", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
    )
)]
pub async fn get(
    State(core): State<Arc<Core>>,
    caller: Caller,
    links: Links,
    Named(id): Named,
) -> Result<Json<Answer>, Problem> {
    let task = core.recent.look(&core.db, &id).await?;
    let task = task
        .filter(|task| task.account_id == caller.account_id && task.family == FAMILY && task.takes > 0)
        .ok_or_else(|| Problem::bad_request("task not found."))?;
    if poll::has_failed(&task) {
        let failure = poll::Failure::of(&task);
        // Never 5xx: a retry cannot heal it.
        return Err(Problem::new(Code::BadRequest, failure.message).refunded());
    }
    Ok(Json(Answer {
        code: "200",
        data: view(&task, &links),
    }))
}

fn view(task: &Look, links: &Links) -> Task {
    let status = match task.state.as_str() {
        "queued" => "NOT_START",
        "running" => "IN_PROGRESS",
        _ => "SUCCESS",
    };
    let shown = Shown::of(&task.shown);
    let finished = task.clips.iter().filter(|clip| clip.state == "succeeded");
    Task {
        task_id: task.id.clone(),
        action: "create",
        status,
        submit_time: task.created_at,
        start_time: task.started_at.unwrap_or_default(),
        finish_time: task.finished_at.unwrap_or_default(),
        progress: format!("{}%", task.progress),
        data: Songs {
            songs: finished.map(|clip| song(clip, &shown, links)).collect(),
        },
    }
}

fn song(clip: &Clip, shown: &Shown, links: &Links) -> Song {
    let link = |role| clip.file(role).map(|name| links.file(name)).unwrap_or_default();
    Song {
        id: clip.id.clone(),
        tags: clip.tags.clone(),
        title: clip.title.clone(),
        lyrics: clip.lyrics.clone(),
        prompt: shown.prompt.clone(),
        song_path: link("mp3"),
        image_path: link("cover"),
        duration: (clip.seconds * 100.0).round() / 100.0,
        created_at: rfc3339_ms(clip.created_at),
        finished: true,
    }
}

/// The same for webhooks.
pub fn told(task: &Look, links: &Links) -> Value {
    let answer = Answer {
        code: "200",
        data: view(task, links),
    };
    serde_json::to_value(answer).expect("a task is plain data")
}
