//! Bringing an engine's files into the store. Doing it twice is harmless.

use std::path::{Path as FsPath, PathBuf};

use anyhow::Context as _;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};
use sha2::{Digest as _, Sha256};

use super::names;
use crate::clock;
use crate::engine::{Take, TakeFile};
use crate::tasks::state::{Finished, Stored};

/// An object this old may be about to be collected, so it is written anew.
const FRESH_MS: i64 = 3_600_000;

/// Stores every file of the takes, whose positions begin at `first`.
pub async fn publish(
    objects: &dyn ObjectStore,
    task_id: &str,
    first: i64,
    takes: &[Take],
) -> anyhow::Result<Vec<Finished>> {
    let mut clips = Vec::with_capacity(takes.len());
    for (position, take) in (first..).zip(takes) {
        let mut files = Vec::with_capacity(take.files.len());
        for made in &take.files {
            anyhow::ensure!(
                !made.extension.is_empty()
                    && made
                        .extension
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
                "the extension {:?} cannot be part of an address",
                made.extension
            );
            files.push(file(objects, names::file(task_id, position, &made.extension), made).await?);
        }
        clips.push(Finished {
            position,
            title: take.title.clone(),
            lyrics: take.lyrics.clone(),
            tags: take.tags.clone(),
            seconds: take.seconds,
            labels: take.labels.clone(),
            parent: take.parent.clone(),
            details: take.details.to_string(),
            files,
        });
    }
    Ok(clips)
}

/// Stores one file under a name.
pub async fn file(objects: &dyn ObjectStore, name: String, made: &TakeFile) -> anyhow::Result<Stored> {
    let (sha256, size) = put(objects, &made.path)
        .await
        .with_context(|| format!("{} could not be stored", made.path.display()))?;
    Ok(Stored {
        name,
        role: made.role.clone(),
        media_type: made.media_type.clone(),
        sha256,
        size,
    })
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
