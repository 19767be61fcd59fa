//! `GET /api/v1/nuro/task/{task_id}`: one flat object with exactly ten members at every moment
//! (background music has three more); a failed task is an error body instead.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::shown::Shown;
use crate::app::Core;
use crate::assets::names;
use crate::config::Failed;
use crate::http::caller::Caller;
use crate::http::codes::Code;
use crate::http::links::Links;
use crate::http::named::Named;
use crate::http::problem::{ErrorBody, Problem};
use crate::http::tasks;
use crate::tasks::look::{Clip, Look};

/// The song, or how far it is. What is not known yet is `""` or 0.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct Music {
    /// The task's id.
    pub task_id: String,
    /// `pending`, `running`, `succeeded` (and `failed`, if the server is set so).
    #[schema(example = "succeeded")]
    pub status: &'static str,
    /// 100 = finished; never falls.
    #[schema(minimum = 0, maximum = 100)]
    pub progress: i64,
    /// The WAV.
    pub audio_url: String,
    /// The lyrics as they are sung.
    pub lyrics: String,
    /// Seconds of the WAV.
    pub duration: f64,
    /// As requested or as predicted.
    pub genre: String,
    /// As requested or as predicted.
    pub mood: String,
    /// As requested or as predicted.
    pub gender: String,
    /// As requested or as predicted.
    pub timbre: String,
    /// Only of background music: the description.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub prompt: Option<String>,
    /// Only of background music: the requested themes, with `, ` between.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub theme: Option<String>,
    /// Only of background music: the requested instruments, with `, ` between.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub instrument: Option<String>,
}

/// The song of a task, or how far it is. Polling is free.
#[utoipa::path(
    get,
    path = "/api/v1/nuro/task/{task_id}",
    tag = "nuro",
    operation_id = "nuro_get_music",
    security(("key" = [])),
    params(("task_id" = String, Path, description = "The task's id")),
    responses(
        (status = 200, description = "The song, or how far it is", body = Music),
        (status = 400, description = "The task failed: its input is not supported; refunded", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 404, description = "Unknown, or another account's", body = ErrorBody),
        (status = 500, description = "The task failed; refunded", body = ErrorBody),
        (status = 504, description = "The task took too long; refunded", body = ErrorBody),
    )
)]
pub async fn get(
    State(core): State<Arc<Core>>,
    caller: Caller,
    links: Links,
    Named(id): Named,
) -> Result<Json<Music>, Problem> {
    let task = tasks::find(&core, &caller, &id).await?;
    if task.family != "nuro" {
        return Err(Problem::new(Code::NotFound, "Task not found"));
    }
    if task.state == "failed" && core.config.nuro.failed == Failed::Error {
        let code = task.fault_code.as_deref().and_then(Code::of_kind).unwrap_or(Code::Api);
        let message = task.fault_message.clone().unwrap_or_else(|| code.message().to_owned());
        return Err(Problem::new(code, message).refunded());
    }
    Ok(Json(music(&task, &links)))
}

/// The same for webhooks. While the song is made, `audio_url` already plays what exists of it, as MP3.
pub fn told(task: &Look, links: &Links, streaming: bool) -> serde_json::Value {
    let mut music = music(task, links);
    if streaming && music.audio_url.is_empty() {
        music.status = "running";
        music.audio_url = links.file(&names::file(&task.id, 0, "mp3"));
    }
    serde_json::to_value(music).expect("the song is plain data")
}

fn music(task: &Look, links: &Links) -> Music {
    let shown: Shown = serde_json::from_str(&task.shown).unwrap_or_default();
    let finished = task.state == "succeeded";
    let clip = task.clips.first().filter(|_| finished);
    let label = |asked: String, made: fn(&Clip) -> &String| match clip {
        Some(clip) if asked.is_empty() => made(clip).clone(),
        _ => asked,
    };
    let has_voice = shown.bgm.is_none();
    let status = match task.state.as_str() {
        "succeeded" => "succeeded",
        "failed" | "cancelled" => "failed",
        // A task that was tried before and waits again does not fall back to pending.
        "queued" if task.progress == 0 => "pending",
        _ => "running",
    };
    let (prompt, theme, instrument) = shown.bgm.map_or((None, None, None), |bgm| {
        (Some(bgm.prompt), Some(bgm.theme), Some(bgm.instrument))
    });
    Music {
        task_id: task.id.clone(),
        status,
        progress: task.progress,
        audio_url: clip
            .and_then(|clip| clip.file("wav"))
            .map(|name| links.file(name))
            .unwrap_or_default(),
        lyrics: shown.lyrics,
        duration: clip.map_or(0.0, |clip| clip.seconds),
        genre: label(shown.genre, |clip| &clip.genre),
        mood: label(shown.mood, |clip| &clip.mood),
        gender: if has_voice {
            label(shown.gender, |clip| &clip.gender)
        } else {
            String::new()
        },
        timbre: if has_voice {
            label(shown.timbre, |clip| &clip.timbre)
        } else {
            String::new()
        },
        prompt,
        theme,
        instrument,
    }
}
