//! Files made when somebody wants them: the lyric video, the voice alone. Made once, then published
//! like any other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use anyhow::Context as _;

use super::publish;
use crate::app::Core;
use crate::engine::{Fault, Job, View};
use crate::tasks::state;
use crate::uploads::hearing;

/// One lock a name, so that two who want the same file wait for one making.
#[derive(Debug, Default)]
pub struct Making {
    names: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
    turn: tokio::sync::Mutex<()>,
    /// Whose turn it is to listen to a recording. Nobody who has this one waits for another.
    pub ear: tokio::sync::Mutex<()>,
}

impl Making {
    fn of(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut all = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, lock| lock.strong_count() > 0);
        if let Some(lock) = all.get(name).and_then(Weak::upgrade) {
            return lock;
        }
        let lock = Arc::default();
        all.insert(name.to_owned(), Arc::downgrade(&lock));
        lock
    }
}

/// Makes and publishes the file `name` of a clip, unless it is there already; of a recording that nobody
/// has listened to, after that. Two makings do not run at the same time, and songs in the making have the
/// other cores.
pub async fn make(core: &Arc<Core>, clip_id: &str, name: &str, view: View) -> Result<(), Fault> {
    hearing::ensure(core, clip_id).await?;
    let (clip_id, made) = (clip_id.to_owned(), name.to_owned());
    once(core, name, move |core| async move {
        let _turn = core.making.turn.lock().await;
        run(&core, &clip_id, &made, &view).await
    })
    .await
}

/// Lets `work` make the file `name`, unless it is there already; who wants the same file at the same
/// time waits for this making.
pub async fn once<F>(core: &Arc<Core>, name: &str, work: impl FnOnce(Arc<Core>) -> F) -> Result<(), Fault>
where
    F: Future<Output = Result<(), Fault>> + Send + 'static,
{
    let one = core.making.of(name).lock_owned().await;
    if exists(core, name).await? {
        return Ok(());
    }
    // A task of its own: a caller that hangs up does not waste what has been done.
    let work = work(Arc::clone(core));
    let made = tokio::spawn(async move {
        let _one = one;
        work.await
    });
    made.await.map_err(|error| Fault::Broken(error.into()))?
}

async fn exists(core: &Core, name: &str) -> Result<bool, Fault> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM files WHERE name = $1")
        .bind(name)
        .fetch_optional(core.db.read())
        .await
        .map_err(|error| Fault::Broken(error.into()))?;
    Ok(row.is_some())
}

async fn run(core: &Core, clip_id: &str, name: &str, view: &View) -> Result<(), Fault> {
    let scratch = core.data.scratch(&format!("view-{}", crate::clock::new_id()), 0);
    let work = async {
        std::fs::create_dir_all(&scratch).context("no scratch folder")?;
        let job = Job::new(name, 0, scratch.clone()).with_sources(Arc::new(core.clips()));
        let _watch = job.stop_with(core.ended.clone());
        let file = core.engine.view(view, &job).await?;
        let stored = publish::file(&*core.objects, name.to_owned(), &file).await?;
        state::add_file(&core.db, clip_id, &stored)
            .await
            .context("the file's row")?;
        Ok(())
    };
    let done = work.await;
    if let Err(error) = std::fs::remove_dir_all(&scratch) {
        tracing::warn!(%error, "scratch folder stays behind");
    }
    done
}
