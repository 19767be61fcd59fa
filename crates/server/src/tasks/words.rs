//! Words that a brief leaves open: lyrics, title and tags are written before the first take, and kept
//! with the task, so that every take and every later attempt sings the same.

use catbird_score::Work;

use super::state::{self, Claim};
use crate::app::Core;
use crate::engine::{Fault, Job};
use crate::lyricist;

/// Writes what is open and stores it.
pub async fn complete(core: &Core, claim: &Claim, work: &mut Work, job: &Job) -> Result<(), Fault> {
    let Some(brief) = work.brief_mut() else { return Ok(()) };
    let Some(description) = brief.write_lyrics.take() else {
        return Ok(());
    };
    job.step("writing", 0.0);
    let written = lyricist::write(core, &description, job.seed()).await?;
    if !brief.instrumental {
        brief.lyrics = Some(written.lyrics);
    }
    if brief.title.as_deref().is_none_or(|title| title.trim().is_empty()) {
        brief.title = Some(written.title);
    }
    if brief.tags.trim().is_empty() {
        brief.tags = written.tags;
    }
    if brief.description.trim().is_empty() {
        brief.description = description;
    }
    let json = serde_json::to_string(work).expect("work is plain data");
    let stored = state::decide(&core.db, claim, &json).await;
    stored.map_err(|error| Fault::Broken(error.into()))?;
    Ok(())
}
