//! Endpoint families: each speaks the vendor's wire format on one side and briefs on the other.

pub mod call;
pub mod clip;
pub mod nuro;
pub mod poll;
pub mod producer;
pub mod riffusion;
pub mod shown;
pub mod source;
pub mod studio;
pub mod suno;
pub mod timings;
pub mod upload;

use serde_json::Value;

use super::links::Links;
use crate::tasks::look::Look;

/// What a webhook tells of a task that did not fail: the poll's answer of its family. `streaming`:
/// its first sound can be heard.
pub fn told(task: &Look, links: &Links, streaming: bool) -> Value {
    match task.family.as_str() {
        "nuro" => nuro::get_music::told(task, links, streaming),
        producer::FAMILY => producer::view::told(task, links, streaming),
        studio::FAMILY => studio::get_music::told(task, links),
        riffusion::FAMILY => riffusion::view::told(task, links, streaming),
        suno::view::FAMILY => suno::view::told(task, links, streaming),
        _ => serde_json::to_value(super::tasks::view(task, links)).expect("a view is plain data"),
    }
}
