//! Opening published files for engines and for views that read the score.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use catbird_score::Score;
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::engine::Sources;
use crate::store::Db;

/// Clips in the store.
#[derive(Clone, Debug)]
pub struct Clips {
    db: Db,
    objects: Arc<dyn ObjectStore>,
}

impl Clips {
    /// Of this store.
    pub fn new(db: Db, objects: Arc<dyn ObjectStore>) -> Self {
        Self { db, objects }
    }

    /// The bytes of a clip's file and its name's extension.
    pub async fn bytes(&self, clip: &str, role: &str) -> anyhow::Result<Option<(Vec<u8>, String)>> {
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT sha256, name FROM files WHERE clip_id = $1 AND role = $2 LIMIT 1")
                .bind(clip)
                .bind(role)
                .fetch_optional(self.db.read())
                .await?;
        let Some((sha256, name)) = row else { return Ok(None) };
        let got = self.objects.get(&super::key(&sha256)).await?;
        let extension = name.split_once('.').map_or("", |(_, e)| e).to_owned();
        Ok(Some((got.bytes().await?.to_vec(), extension)))
    }

    /// The score of a clip, if it has one.
    pub async fn score(&self, clip: &str) -> anyhow::Result<Option<Score>> {
        let Some((bytes, _)) = self.bytes(clip, "score").await? else {
            return Ok(None);
        };
        let read = read(bytes).await;
        Ok(Some(read.with_context(|| format!("the score of clip {clip}"))?))
    }

    /// The score in the file of that name.
    pub async fn named_score(&self, name: &str) -> anyhow::Result<Score> {
        let sha256: String = sqlx::query_scalar("SELECT sha256 FROM files WHERE name = $1")
            .bind(name)
            .fetch_one(self.db.read())
            .await?;
        let got = self.objects.get(&super::key(&sha256)).await?;
        read(got.bytes().await?.to_vec())
            .await
            .with_context(|| format!("the score {name}"))
    }
}

async fn read(bytes: Vec<u8>) -> anyhow::Result<Score> {
    Ok(tokio::task::spawn_blocking(move || serde_json::from_slice(&bytes)).await??)
}

#[async_trait]
impl Sources for Clips {
    async fn fetch(&self, clip: &str, role: &str, folder: &Path) -> anyhow::Result<Option<PathBuf>> {
        let Some((bytes, extension)) = self.bytes(clip, role).await? else {
            return Ok(None);
        };
        let path = folder.join(format!("source-{clip}-{role}.{extension}"));
        tokio::fs::write(&path, bytes).await?;
        Ok(Some(path))
    }
}
