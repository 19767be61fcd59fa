//! A folder for a while.

use std::path::{Path, PathBuf};

use crate::app::Core;
use crate::clock;

/// Removed with all that is in it when this is dropped. (After a crash the next start empties it.)
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new one.
    pub fn new(core: &Core, what: &str) -> std::io::Result<Self> {
        let folder = core.data.scratch(&format!("{what}-{}", clock::new_id()), 0);
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, path = %self.0.display(), "scratch folder stays behind");
        }
    }
}
