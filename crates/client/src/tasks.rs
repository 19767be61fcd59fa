//! Our own uniform view of a task, whatever family it came from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Client, ClientError};

/// A task as `GET /v1/tasks/{id}` shows it; members that newer servers add are ignored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Task {
    /// The task's id.
    pub id: String,
    /// The endpoint family it came through.
    pub family: String,
    /// `queued`, `running`, `succeeded`, `failed` or `cancelled`.
    pub state: String,
    /// The step's name (`singing`); empty unless it runs.
    pub step: String,
    /// 0–99 while it is made, 100 when it succeeded; never falls.
    pub progress: u32,
    /// Which try this is; 0 = not begun.
    pub attempt: u32,
    /// The same request with this seed gives the same bytes.
    pub seed: u64,
    /// Credits charged.
    pub price: u32,
    /// Why it failed.
    pub error: Option<TaskError>,
    /// What it made.
    pub clips: Vec<Clip>,
}

/// Why a task failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskError {
    /// A `type` of the error table.
    #[serde(rename = "type")]
    pub kind: String,
    /// A sentence.
    pub message: String,
    /// Whether the credits were given back.
    pub refund_processed: bool,
}

/// A published piece of music.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Clip {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its length in seconds.
    pub seconds: f64,
    /// `genre`, `mood`, `gender`, `timbre`.
    pub labels: BTreeMap<String, String>,
    /// What else the engine tells: coverage, tempo, key.
    pub details: Value,
    /// Addresses of its files by role: `wav`, `mp3`, `midi`, `lrc`, `score`.
    pub files: BTreeMap<String, String>,
}

impl Client {
    /// How far a task is, with the step's name, and what it made.
    pub async fn task(&self, id: &str) -> Result<Task, ClientError> {
        self.get(&format!("/v1/tasks/{id}")).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_reads_with_members_missing_or_new() {
        let json =
            r#"{"id":"t","state":"running","step":"singing","progress":40,"started_at":null,"new":1,"error":null}"#;
        let task: Task = serde_json::from_str(json).unwrap();
        assert_eq!(
            (task.step.as_str(), task.progress, task.clips.len()),
            ("singing", 40, 0)
        );
    }
}
