//! An upload as a worker's task: fetched, admitted and published by the worker; for a voice also
//! listened to, and a persona made of it.

use std::sync::Arc;

use anyhow::Context as _;
use catbird_score::{Brief, Work};
use url::Url;

use super::shelf::Shelf;
use super::{admit, hearing, title_of_url};
use crate::app::Core;
use crate::assets::publish;
use crate::engine::{Fault, Job, Take, View};
use crate::http::codes::Code;
use crate::store::personas::{Persona, Traits};
use crate::tasks::brought;
use crate::tasks::state::{self, Claim};

/// Does an upload; false: this is other work.
pub async fn run(core: &Arc<Core>, claim: &Claim, work: &Work, job: &Job, shelf: &Shelf) -> Result<bool, Fault> {
    let Work::Upload {
        url,
        voice,
        consent,
        brief,
    } = work
    else {
        return Ok(false);
    };
    let store = |error: sqlx::Error| Fault::Broken(anyhow::Error::new(error).context("the database failed"));
    if !state::made(&core.db, &claim.id).await.map_err(store)?.is_empty() {
        return Ok(true);
    }
    state::begin_take(&core.db, claim, 0).await.map_err(store)?;
    // It was checked when it was ordered; the settings may have changed since.
    let url = core.outside.reach().check(url).map_err(|refused| Fault::Rejected {
        code: Code::BadRequest,
        message: admit::refused(refused),
    })?;
    let mut take = fetched(core, &url, brief, job).await?;
    let clip_id = brought::clip_at(&core.db, &claim.id, 0).await.map_err(store)?;
    let clip_id = clip_id.context("a queued upload has a clip")?;
    let persona = if *voice {
        let mut persona = persona(core, claim, &clip_id, &mut take, job, shelf).await?;
        persona.traits.consent.clone_from(consent);
        Some(persona)
    } else {
        None
    };
    job.step("publish", 0.99);
    let clips = publish::publish(&*core.objects, &claim.id, 0, &[take]).await?;
    let published = state::publish_with(&core.db, claim, &clips, persona.as_ref()).await;
    if !published.map_err(store)? {
        return Err(Fault::Broken(anyhow::anyhow!("another worker has taken the task over")));
    }
    core.uploads.listen_later(&clip_id);
    Ok(true)
}

async fn fetched(core: &Arc<Core>, url: &Url, brief: &Brief, job: &Job) -> Result<Take, Fault> {
    job.step("fetch", 0.02);
    let file = job.scratch().join("fetched");
    admit::fetch(core, url, &file).await?;
    job.step("decode", 0.2);
    admit::take(core, &file, brief, title_of_url(url), job).await
}

/// Listens before the clip is published, since a recording in which nobody sings is no voice, and then
/// nothing shall be kept or charged. The clip is its own persona.
async fn persona(
    core: &Arc<Core>,
    claim: &Claim,
    clip_id: &str,
    take: &mut Take,
    job: &Job,
    shelf: &Shelf,
) -> Result<Persona, Fault> {
    for file in &take.files {
        shelf.put(clip_id, file);
    }
    job.step("listen", 0.4);
    let lyrics = Some(take.lyrics.clone()).filter(|lyrics| !lyrics.trim().is_empty());
    let heard = {
        let _turn = core.making.ear.lock().await;
        let view = View::Hearing {
            clip: clip_id.to_owned(),
            lyrics,
        };
        core.engine.view(&view, job).await?
    };
    let (score, files) = hearing::with_views(heard, job.scratch()).await?;
    for file in files {
        shelf.put(clip_id, &file);
        take.files.push(file);
    }
    take.labels = score.labels.clone();
    brought::merge(&mut take.details, &hearing::details(&score));
    job.step("voice", 0.9);
    let singer = core.engine.singer(clip_id, job).await?;
    Ok(Persona {
        id: clip_id.to_owned(),
        account_id: claim.account_id.clone(),
        name: take.title.clone(),
        description: String::new(),
        styles: String::new(),
        clip_id: clip_id.to_owned(),
        traits: Traits { singer, consent: None },
    })
}
