//! What a poll shows of its request; stored with the task as small JSON.

use serde::{Deserialize, Serialize};

/// The requested members.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// The model.
    pub mv: String,
    /// The style.
    pub prompt: String,
    /// Words to sing, where some were sent.
    pub lyrics: String,
}

impl Shown {
    /// From what is stored.
    pub fn of(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }
}
