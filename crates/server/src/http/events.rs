//! `GET /v1/tasks/{id}/events`: a task as server-sent events. They are made by reading the row, so
//! that any node can serve them and none is lost; a stream begins with how things stand.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::json;

use super::caller::Caller;
use super::links::Links;
use super::named::Named;
use super::problem::{ErrorBody, Problem};
use super::tasks;
use crate::app::Core;
use crate::assets::names;
use crate::tasks::look::{Clip, Look};

/// How often the row is read; its reader keeps it for a moment, so that many listeners are one query.
const EVERY: Duration = Duration::from_millis(200);
/// A sign of life for proxies that end silent connections.
const ALIVE: Duration = Duration::from_secs(15);
/// The id of the last event. A browser connects anew when a stream ends; when it names this id there
/// is nothing more to tell.
const OVER: &str = "over";

/// What is told of a clip.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Told {
    id: String,
    position: i64,
    state: String,
    title: String,
    /// Plays as soon as it is there: first what exists, then the file.
    audio_url: Option<String>,
    seconds: f64,
}

/// A task of the key's account as a stream of events: `state` (`{"state","attempt"}`), `progress`
/// (`{"step","percent"}`), `clip` (`{"id","position","state","title","audio_url","seconds"}`, at each
/// change), at last `succeeded` or `failed` with the whole task as `GET /v1/tasks/{id}` shows it;
/// then it ends. It begins with how things stand, so a lost connection is simply made again. With
/// `Last-Event-ID: over` (which browsers send after the last event) the answer is 204.
#[utoipa::path(
    get,
    path = "/v1/tasks/{id}/events",
    tag = "tasks",
    operation_id = "task_events",
    security(("key" = [])),
    params(
        ("id" = String, Path, description = "The task's id"),
        ("Last-Event-ID" = Option<String>, Header, description = "The last event that was heard"),
    ),
    responses(
        (status = 200, description = "Events until the task is over", content_type = "text/event-stream", body = String),
        (status = 204, description = "The last event was heard already"),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 404, description = "Unknown, or another account's", body = ErrorBody),
    )
)]
pub async fn get(
    State(core): State<Arc<Core>>,
    caller: Caller,
    links: Links,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let task = tasks::find(&core, &caller, &id).await?;
    if headers.get("last-event-id").is_some_and(|id| id == OVER) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let teller = Teller {
        core,
        links,
        id,
        seen: Seen::default(),
        waiting: VecDeque::new(),
        next: Some(task),
        over: false,
    };
    let events = futures::stream::unfold(teller, async |mut teller| {
        let event = teller.next().await?;
        Some((Ok::<_, Infallible>(event), teller))
    });
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE));
    // Some proxies collect an answer before they pass it on, unless told otherwise.
    Ok(([("x-accel-buffering", "no")], sse).into_response())
}

/// Tells one listener.
struct Teller {
    core: Arc<Core>,
    links: Links,
    id: String,
    seen: Seen,
    waiting: VecDeque<Event>,
    /// The row that is there already.
    next: Option<Arc<Look>>,
    over: bool,
}

/// What this listener knows.
#[derive(Default)]
struct Seen {
    state: Option<(String, i64)>,
    progress: Option<(String, i64)>,
    clips: Vec<Told>,
}

impl Teller {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if self.over {
                return None;
            }
            let task = match self.next.take() {
                Some(task) => task,
                None => self.look().await?,
            };
            self.compare(&task);
        }
    }

    /// The row, a moment later. None: the server ends, or cannot read; the listener comes again.
    async fn look(&self) -> Option<Arc<Look>> {
        tokio::select! {
            () = self.core.closing.cancelled() => return None,
            () = tokio::time::sleep(EVERY) => {}
        }
        match self.core.recent.look(&self.core.db, &self.id).await {
            Ok(task) => task,
            Err(error) => {
                tracing::error!(task = self.id, %error, "a stream of events ends: the database failed");
                None
            }
        }
    }

    fn compare(&mut self, task: &Look) {
        let state = (task.state.clone(), task.attempt);
        if self.seen.state.as_ref() != Some(&state) {
            self.tell("state", &json!({"state": state.0, "attempt": state.1}));
            self.seen.state = Some(state);
        }
        let progress = (task.step.clone(), task.progress);
        if self.seen.progress.as_ref() != Some(&progress) {
            self.tell("progress", &json!({"step": progress.0, "percent": progress.1}));
            self.seen.progress = Some(progress);
        }
        for clip in &task.clips {
            let told = told(task, clip, &self.links);
            match self.seen.clips.iter_mut().find(|seen| seen.id == told.id) {
                Some(seen) if *seen == told => continue,
                Some(seen) => seen.clone_from(&told),
                None => self.seen.clips.push(told.clone()),
            }
            self.tell("clip", &told);
        }
        if task.is_over() {
            let name = if task.state == "succeeded" {
                "succeeded"
            } else {
                "failed"
            };
            let last = event(name, &tasks::view(task, &self.links)).id(OVER);
            self.waiting.push_back(last);
            self.over = true;
        }
    }

    fn tell(&mut self, name: &str, data: &impl Serialize) {
        self.waiting.push_back(event(name, data));
    }
}

fn event(name: &str, data: &impl Serialize) -> Event {
    // JSON on one line holds no line breaks, which is all that an event could stumble over.
    let data = serde_json::to_string(data).expect("a view is plain data");
    Event::default().event(name).data(data)
}

fn told(task: &Look, clip: &Clip, links: &Links) -> Told {
    let live = clip.state == "running" && clip.audible == 1;
    let audio_url = match clip.file("mp3").or_else(|| clip.file("wav")) {
        Some(name) => Some(links.file(name)),
        None if live => Some(links.file(&names::file(&task.id, clip.position, "mp3"))),
        None => None,
    };
    Told {
        id: clip.id.clone(),
        position: clip.position,
        state: clip.state.clone(),
        title: clip.title.clone(),
        audio_url,
        seconds: clip.seconds,
    }
}
