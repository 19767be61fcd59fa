//! Bringing an engine's files into the store. Doing it twice is harmless.

use std::path::{Path as FsPath, PathBuf};

use anyhow::Context as _;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};
use sha2::{Digest as _, Sha256};

use crate::clock;
use crate::engine::Take;
use crate::tasks::state::{Finished, Stored};

/// An object this old may be about to be collected, so it is written anew.
const FRESH_MS: i64 = 3_600_000;

/// Stores every file of the takes; the first take's are named `song-<task>.<extension>`.
pub async fn publish(objects: &dyn ObjectStore, task_id: &str, takes: &[Take]) -> anyhow::Result<Vec<Finished>> {
    let mut clips = Vec::with_capacity(takes.len());
    for (position, take) in takes.iter().enumerate() {
        let stem = if position == 0 {
            format!("song-{task_id}")
        } else {
            format!("song-{task_id}-{}", position + 1)
        };
        let mut files = Vec::with_capacity(take.files.len());
        for file in &take.files {
            anyhow::ensure!(
                !file.extension.is_empty()
                    && file
                        .extension
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
                "the extension {:?} cannot be part of an address",
                file.extension
            );
            let (sha256, size) = put(objects, &file.path)
                .await
                .with_context(|| format!("{} could not be stored", file.path.display()))?;
            files.push(Stored {
                name: format!("{stem}.{}", file.extension),
                role: file.role.clone(),
                media_type: file.media_type.clone(),
                sha256,
                size,
            });
        }
        clips.push(Finished {
            title: take.title.clone(),
            seconds: take.seconds,
            labels: take.labels.clone(),
            details: take.details.to_string(),
            files,
        });
    }
    Ok(clips)
}

async fn put(objects: &dyn ObjectStore, path: &FsPath) -> anyhow::Result<(String, i64)> {
    let (bytes, sha256) = read(path.to_owned()).await?;
    let size = bytes.len() as i64;
    let key = super::key(&sha256);
    let payload = PutPayload::from(bytes);
    let create = PutOptions {
        mode: PutMode::Create,
        ..PutOptions::default()
    };
    match objects.put_opts(&key, payload.clone(), create).await {
        Ok(_) => {}
        Err(object_store::Error::AlreadyExists { .. }) => {
            let age = clock::now_ms() - objects.head(&key).await?.last_modified.timestamp_millis();
            if age > FRESH_MS {
                objects.put(&key, payload).await?;
            }
        }
        Err(error) => return Err(error.into()),
    }
    Ok((sha256, size))
}

async fn read(path: PathBuf) -> anyhow::Result<(Vec<u8>, String)> {
    tokio::task::spawn_blocking(move || {
        let bytes = std::fs::read(path)?;
        anyhow::ensure!(!bytes.is_empty(), "it is empty");
        let sha256 = hex::encode(Sha256::digest(&bytes));
        Ok((bytes, sha256))
    })
    .await?
}
