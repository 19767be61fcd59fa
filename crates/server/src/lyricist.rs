//! Who writes lyrics: the engine's own lyricist.

use crate::app::Core;
use crate::engine::{Fault, Written};

/// Writes a title, style words and lyrics.
pub async fn write(core: &Core, description: &str, seed: u64) -> Result<Written, Fault> {
    core.engine.lyrics(description, seed).await
}
