//! The data folder: who uses it, and where things lie in it. One server at a time holds it, so at
//! start-up everything its node was doing belongs to a dead process.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// A held data folder.
#[derive(Debug)]
pub struct DataFolder {
    root: PathBuf,
    node: String,
    /// The system gives the lock free when the process ends, however it ends.
    lock: File,
}

impl DataFolder {
    /// Makes and locks the folder.
    pub fn hold(root: &Path) -> anyhow::Result<Self> {
        let shown = root.display();
        let unusable = || format!("the data folder {shown} cannot be written");
        std::fs::create_dir_all(root).with_context(unusable)?;
        let lock = File::options()
            .create(true)
            .append(true)
            .open(root.join("catbird.lock"))
            .with_context(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => anyhow::bail!("the data folder {shown} is in use by another catbird"),
            Err(TryLockError::Error(error)) => return Err(error).with_context(unusable),
        }
        let scratch = root.join("scratch");
        if scratch.exists() {
            std::fs::remove_dir_all(&scratch).with_context(unusable)?;
        }
        std::fs::create_dir_all(&scratch).with_context(unusable)?;
        let node = node(&root.join("node")).with_context(unusable)?;
        Ok(Self {
            root: root.to_owned(),
            node,
            lock,
        })
    }

    /// Lets another server have it. (Slow downloads may keep this value alive for a while.)
    pub fn release(&self) {
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the data folder could not be released");
        }
    }

    /// This folder's name among all nodes.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// Where one attempt works.
    pub fn scratch(&self, task_id: &str, fence: i64) -> PathBuf {
        self.root.join("scratch").join(format!("{task_id}-{fence}"))
    }
}

fn node(file: &Path) -> std::io::Result<String> {
    match std::fs::read_to_string(file) {
        Ok(text) if !text.trim().is_empty() => return Ok(text.trim().to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let node = uuid::Uuid::new_v4().to_string();
    std::fs::write(file, format!("{node}\n"))?;
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_holder_and_keeps_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataFolder::hold(dir.path()).unwrap();
        let node = first.node().to_owned();
        let error = DataFolder::hold(dir.path()).unwrap_err();
        assert!(error.to_string().contains("in use by another catbird"), "{error}");
        drop(first);
        assert_eq!(DataFolder::hold(dir.path()).unwrap().node(), node);
    }

    #[test]
    fn a_folder_that_cannot_be_gives_one_sentence() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "x").unwrap();
        let error = DataFolder::hold(&file.join("data")).unwrap_err();
        assert!(error.to_string().contains("cannot be written"), "{error}");
    }
}
