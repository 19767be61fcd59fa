//! Listening to recordings: the score of a clip that was brought in is made when it is first needed,
//! once, however many need it. What is heard also tells who sings.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use catbird_score::{Score, lrc, midi};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::scratch::Scratch;
use crate::app::Core;
use crate::assets::{demand, names, publish};
use crate::engine::{Fault, Job, TakeFile, View};
use crate::tasks::brought;
use crate::tasks::state::{self, Stored};

/// The role of a score that was heard with words which the clip itself does not know.
const WITH_WORDS: &str = "words";

/// A recording as its rows tell.
#[derive(Debug, sqlx::FromRow)]
struct Recording {
    task_id: String,
    position: i64,
    lyrics: String,
    heard: i64,
}

async fn recording(core: &Core, clip_id: &str) -> Result<Option<Recording>, Fault> {
    sqlx::query_as(
        "SELECT c.task_id, c.position, c.lyrics,
            (SELECT COUNT(*) FROM files s WHERE s.clip_id = c.id AND s.role = 'score') AS heard
         FROM clips c JOIN files f ON f.clip_id = c.id AND f.role = 'recording'
         WHERE c.id = $1 AND c.state = 'succeeded' LIMIT 1",
    )
    .bind(clip_id)
    .fetch_optional(core.db.read())
    .await
    .map_err(|error| Fault::Broken(error.into()))
}

/// Makes sure that a clip which is a recording has its score. Other clips are left alone.
pub async fn ensure(core: &Arc<Core>, clip_id: &str) -> Result<(), Fault> {
    let Some(recording) = recording(core, clip_id).await? else {
        return Ok(());
    };
    if recording.heard > 0 {
        return Ok(());
    }
    let name = names::file(&recording.task_id, recording.position, "json");
    let lyrics = Some(recording.lyrics).filter(|lyrics| !lyrics.trim().is_empty());
    let (clip_id, task_id) = (clip_id.to_owned(), recording.task_id);
    demand::once(core, &name.clone(), move |core| async move {
        let _turn = core.making.ear.lock().await;
        listen(&core, &clip_id, &task_id, recording.position, &name, lyrics).await
    })
    .await
}

/// The same for a worker, whose task tells that it listens.
pub async fn for_job(core: &Arc<Core>, clip_id: &str, job: &Job) -> Result<(), Fault> {
    if recording(core, clip_id)
        .await?
        .is_some_and(|recording| recording.heard == 0)
    {
        job.step("listen", 0.0);
        ensure(core, clip_id).await?;
    }
    Ok(())
}

/// The score of a recording with words that the caller tells; none if the clip is no recording. Kept, so
/// that the same words are heard once.
pub async fn with_words(core: &Arc<Core>, clip_id: &str, lyrics: &str) -> Result<Option<Score>, Fault> {
    let Some(recording) = recording(core, clip_id).await? else {
        return Ok(None);
    };
    let hash = hex::encode(Sha256::digest(lyrics));
    let extension = format!("words-{}.json", &hash[..16]);
    let name = names::file(&recording.task_id, recording.position, &extension);
    let (clip, lyrics, made) = (clip_id.to_owned(), lyrics.to_owned(), name.clone());
    demand::once(core, &name, move |core| async move {
        let _turn = core.making.ear.lock().await;
        let scratch = Scratch::new(&core, "hearing").context("no scratch folder")?;
        let mut file = hear(&core, &scratch, &clip, Some(lyrics)).await?;
        WITH_WORDS.clone_into(&mut file.role);
        let stored = publish::file(&*core.objects, made, &file).await?;
        state::add_file(&core.db, &clip, &stored)
            .await
            .context("the file's row")?;
        Ok(())
    })
    .await?;
    Ok(Some(core.clips().named_score(&name).await?))
}

async fn hear(core: &Arc<Core>, scratch: &Scratch, clip: &str, lyrics: Option<String>) -> Result<TakeFile, Fault> {
    let job = Job::new(clip, 0, scratch.path().to_owned()).with_sources(Arc::new(core.clips()));
    let _watch = job.stop_with(core.ended.clone());
    let view = View::Hearing {
        clip: clip.to_owned(),
        lyrics,
    };
    let file = core.engine.view(&view, &job).await?;
    if job.is_cancelled() {
        return Err(Fault::Broken(anyhow::anyhow!("the server ends")));
    }
    Ok(file)
}

async fn listen(
    core: &Arc<Core>,
    clip_id: &str,
    task_id: &str,
    position: i64,
    name: &str,
    lyrics: Option<String>,
) -> Result<(), Fault> {
    let scratch = Scratch::new(core, "hearing").context("no scratch folder")?;
    let file = hear(core, &scratch, clip_id, lyrics).await?;
    let (score, files) = with_views(file, scratch.path()).await?;
    let mut stored: Vec<Stored> = Vec::with_capacity(files.len());
    for file in &files {
        let name = if file.role == "score" {
            name.to_owned()
        } else {
            names::file(task_id, position, &file.extension)
        };
        stored.push(publish::file(&*core.objects, name, file).await?);
    }
    let details = details(&score);
    brought::heard(&core.db, clip_id, &score.labels, &details, &stored)
        .await
        .context("what was heard cannot be stored")?;
    core.recent.forget(task_id);
    tracing::info!(clip_id, "a recording was listened to");
    Ok(())
}

/// The score that was heard, its file, and what else is made of it: its MIDI, and LRC where words are known.
pub async fn with_views(file: TakeFile, folder: &Path) -> Result<(Score, Vec<TakeFile>), Fault> {
    let folder = folder.to_owned();
    let read = move || -> anyhow::Result<(Score, Vec<TakeFile>)> {
        let score: Score = serde_json::from_slice(&std::fs::read(&file.path)?).context("what was heard is no score")?;
        let mut files = vec![file];
        let mut views = vec![("midi", "audio/midi", "mid", midi::midi(&score))];
        if score.vocal.is_some() {
            views.push(("lrc", "text/plain; charset=utf-8", "lrc", lrc::lrc(&score).into_bytes()));
        }
        for (role, media_type, extension, bytes) in views {
            let path = folder.join(format!("heard.{extension}"));
            std::fs::write(&path, bytes)?;
            files.push(TakeFile {
                role: role.to_owned(),
                media_type: media_type.to_owned(),
                extension: extension.to_owned(),
                path,
            });
        }
        Ok((score, files))
    };
    let read = tokio::task::spawn_blocking(read)
        .await
        .context("reading what was heard")?;
    Ok(read?)
}

/// What the clip's details tell of it.
pub fn details(score: &Score) -> serde_json::Value {
    serde_json::json!({
        "bpm": score.tempo.bpm_at(0),
        "key": score.key.name(),
        "heard": score.heard,
    })
}

/// Listens to what was just brought in, one after the other, until the server closes.
pub async fn run(core: Arc<Core>, mut to_hear: mpsc::Receiver<String>, closing: CancellationToken) {
    loop {
        let clip_id = tokio::select! {
            () = closing.cancelled() => return,
            clip_id = to_hear.recv() => match clip_id {
                Some(clip_id) => clip_id,
                None => return,
            },
        };
        if let Err(fault) = ensure(&core, &clip_id).await {
            // Whoever needs it is told.
            tracing::warn!(clip_id, %fault, "a recording could not be listened to");
        }
    }
}
