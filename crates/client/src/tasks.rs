//! Our own uniform view of a task, whatever family it came from.

use serde::{Deserialize, Serialize};

use crate::{Client, ClientError};

/// A task as `GET /v1/tasks/{id}` shows it; members that newer servers add are ignored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Task {
    /// The task's id.
    pub id: String,
    /// `queued`, `running`, `succeeded`, `failed` or `cancelled`.
    pub state: String,
    /// The step's name (`singing`).
    pub step: String,
    /// 0–100, never falling.
    pub progress: f64,
}

impl Client {
    /// How far a task is, with the step's name.
    pub async fn task(&self, id: &str) -> Result<Task, ClientError> {
        self.get(&format!("/v1/tasks/{id}")).await
    }
}
