//! What is told: the poll's answer of the task's own family, and who tells it.

use anyhow::Context as _;
use serde_json::{Map, Value, json};

use super::queue::{Claim, Event};
use crate::app::Core;
use crate::http::families;
use crate::http::links::Links;
use crate::tasks::look::{self, Look};

/// The body of a delivery, made from the task as it is now.
pub async fn body(core: &Core, claim: &Claim) -> anyhow::Result<String> {
    let task = look::look(&core.db, &claim.task_id).await?;
    let task = task.context("the task is gone")?;
    let base = match (task.base_url.as_str(), core.config.public_url.as_str()) {
        ("", "") => format!("http://{}", core.addr),
        ("", public) => public.to_owned(),
        (base, _) => base.to_owned(),
    };
    Ok(Value::Object(members(&task, &claim.event, &Links::at(&base))).to_string())
}

fn members(task: &Look, event: &str, links: &Links) -> Map<String, Value> {
    let told = if event == Event::Failed.name() {
        let message = task.fault_message.as_deref().unwrap_or_default();
        json!({"type": "failed", "message": message, "error": message, "refund_processed": true})
    } else {
        families::told(task, links, event == Event::Streaming.name())
    };
    let Value::Object(mut members) = told else {
        return Map::new();
    };
    members.insert("task_id".to_owned(), json!(task.id));
    members.insert("platform".to_owned(), json!(task.family));
    members.insert("event".to_owned(), json!(event));
    members
}
