//! The answer to every order that is taken.

use serde::Serialize;
use utoipa::ToSchema;

/// The task is taken; poll for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
    /// For the family's `task/{task_id}`.
    #[schema(example = "6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20")]
    pub task_id: String,
}

impl Accepted {
    /// Exactly these two members: the vendor's client refuses a third.
    pub fn new(task_id: String) -> Self {
        Self {
            message: "success",
            task_id,
        }
    }
}
