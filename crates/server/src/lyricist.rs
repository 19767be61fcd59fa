//! Who writes lyrics: the engine's own lyricist, or a language model that the operator named
//! (`[lyricist]` in the settings). What the model writes is cleaned and limited; when it fails, twice,
//! the engine writes, so that a song never fails for want of words.

mod answer;
mod remote;

use crate::app::Core;
use crate::engine::{Fault, Written};

/// How often the model is asked.
const TRIES: u64 = 2;

/// Writes a title, style words and lyrics. Other seeds give other words.
pub async fn write(core: &Core, description: &str, seed: u64) -> Result<Written, Fault> {
    let settings = &core.config.lyricist;
    let mut writer = "engine";
    if !settings.url.is_empty() {
        for attempt in 0..TRIES {
            match remote::write(&core.operators, settings, description, seed ^ attempt).await {
                Ok(written) => {
                    core.metrics.lyrics("remote");
                    return Ok(written);
                }
                Err(error) => tracing::warn!(
                    attempt = attempt + 1,
                    error = format!("{error:#}"),
                    "the remote lyricist failed"
                ),
            }
        }
        writer = "fallback";
    }
    let written = core.engine.lyrics(description, seed).await?;
    core.metrics.lyrics(writer);
    Ok(written)
}
