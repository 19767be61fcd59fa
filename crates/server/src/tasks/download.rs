//! A clip in one format, as a clip of its own: its file is the source's, under a name of its own. No
//! engine is needed, and no byte is copied.

use anyhow::Context as _;
use catbird_score::Labels;

use super::look;
use super::state::{self, Claim, Finished, Stored};
use crate::app::Core;
use crate::assets::names;
use crate::engine::Fault;

/// Publishes it.
pub async fn make(core: &Core, claim: &Claim, source: &str, format: &str) -> Result<(), Fault> {
    let finished = finished(core, claim, source, format).await?;
    let ours = state::publish(&core.db, claim, &[finished]).await;
    if ours.context("the database failed")? {
        Ok(())
    } else {
        Err(Fault::Broken(anyhow::anyhow!("another worker has taken the task over")))
    }
}

async fn finished(core: &Core, claim: &Claim, source: &str, format: &str) -> anyhow::Result<Finished> {
    let found = look::clip(&core.db, &claim.account_id, source).await?;
    let (clip, _) = found.with_context(|| format!("clip {source} is gone"))?;
    let roles: &[&str] = if clip.file("cover").is_some() {
        &[format, "cover"]
    } else {
        &[format]
    };
    let mut files = Vec::with_capacity(roles.len());
    for role in roles {
        let row: Option<(String, String, i64, String)> = sqlx::query_as(
            "SELECT f.media_type, f.sha256, a.size, f.name FROM files f JOIN assets a ON a.sha256 = f.sha256
             WHERE f.clip_id = $1 AND f.role = $2 LIMIT 1",
        )
        .bind(source)
        .bind(*role)
        .fetch_optional(core.db.read())
        .await?;
        let (media_type, sha256, size, name) = row.with_context(|| format!("clip {source} has no {role}"))?;
        let extension = names::parse(&name).map_or(*role, |(_, _, extension)| extension);
        files.push(Stored {
            name: names::file(&claim.id, 0, extension),
            role: (*role).to_owned(),
            media_type,
            sha256,
            size,
        });
    }
    Ok(Finished {
        position: 0,
        title: clip.title,
        lyrics: clip.lyrics,
        tags: clip.tags,
        seconds: clip.seconds,
        labels: Labels {
            genre: clip.genre,
            mood: clip.mood,
            gender: clip.gender,
            timbre: clip.timbre,
        },
        parent: Some(clip.id),
        details: clip.details,
        files,
    })
}
