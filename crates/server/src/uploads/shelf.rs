//! Where a worker's job gets the files of clips from: what the attempt itself has brought in, then the
//! store; and a recording that nobody has listened to yet is listened to now.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::hearing;
use crate::app::Core;
use crate::engine::{Sources, TakeFile};

/// The clips that one attempt can open.
pub struct Shelf {
    core: Arc<Core>,
    /// Files of clips that are not published yet, by clip and role.
    brought: Mutex<BTreeMap<(String, String), TakeFile>>,
}

impl Shelf {
    /// All clips in the store.
    pub fn new(core: &Arc<Core>) -> Self {
        Self {
            core: Arc::clone(core),
            brought: Mutex::default(),
        }
    }

    /// Puts a file of a clip there that is not published yet.
    pub fn put(&self, clip_id: &str, file: &TakeFile) {
        let key = (clip_id.to_owned(), file.role.clone());
        self.lock().insert(key, file.clone());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(String, String), TakeFile>> {
        self.brought.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf")
            .field("brought", &*self.lock())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Sources for Shelf {
    async fn fetch(&self, clip: &str, role: &str, folder: &Path) -> anyhow::Result<Option<PathBuf>> {
        let brought = self.lock().get(&(clip.to_owned(), role.to_owned())).cloned();
        if let Some(file) = brought {
            let path = folder.join(format!("source-{clip}-{role}.{}", file.extension));
            tokio::fs::copy(&file.path, &path).await?;
            return Ok(Some(path));
        }
        let clips = self.core.clips();
        let found = clips.fetch(clip, role, folder).await?;
        if found.is_some() || role != "score" {
            return Ok(found);
        }
        hearing::ensure(&self.core, clip).await?;
        clips.fetch(clip, role, folder).await
    }
}
