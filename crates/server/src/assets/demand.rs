//! Files made when somebody wants them: the lyric video, the voice alone. Made once, then published
//! like any other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use anyhow::Context as _;

use super::publish;
use crate::app::Core;
use crate::engine::{Fault, Job, View};
use crate::tasks::state;

/// One lock a name, so that two who want the same file wait for one making.
#[derive(Debug, Default)]
pub struct Making {
    names: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
    turn: tokio::sync::Mutex<()>,
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

/// Makes and publishes the file `name` of a clip, unless it is there already. Two makings do not run
/// at the same time, and songs in the making have the other cores.
pub async fn make(core: &Arc<Core>, clip_id: &str, name: &str, view: View) -> Result<(), Fault> {
    let lock = core.making.of(name);
    let _one = lock.lock().await;
    if exists(core, name).await? {
        return Ok(());
    }
    // A task of its own: a caller that hangs up does not waste what has been done.
    let (core, clip_id, name) = (Arc::clone(core), clip_id.to_owned(), name.to_owned());
    let made = tokio::spawn(async move {
        let _turn = core.making.turn.lock().await;
        run(&core, &clip_id, &name, &view).await
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
