//! Assets: immutable bytes, kept under their SHA-256. They are put before the transaction that makes
//! them visible, so a visible file is always whole.

pub mod collect;
pub mod demand;
pub mod live;
pub mod names;
pub mod open;
pub mod publish;

use std::path::Path as FsPath;

use anyhow::Context as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path;

/// The store on disk. What is put is on the disk before the call returns.
pub fn open(folder: &FsPath) -> anyhow::Result<LocalFileSystem> {
    let unusable = || format!("the folder {} for finished files cannot be written", folder.display());
    std::fs::create_dir_all(folder).with_context(unusable)?;
    Ok(LocalFileSystem::new_with_prefix(folder)
        .with_context(unusable)?
        .with_fsync(true))
}

/// Where an asset lies.
pub fn key(sha256: &str) -> Path {
    Path::from_iter([&sha256[..2], sha256])
}
