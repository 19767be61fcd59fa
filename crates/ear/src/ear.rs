//! The ear as a whole.

use std::path::PathBuf;

/// Where the ear's networks lie.
#[derive(Clone, Debug)]
pub struct EarFiles {
    /// Spleeter's two checkpoints: voice, accompaniment.
    pub separation: [PathBuf; 2],
    /// basic-pitch: notes.
    pub notes: PathBuf,
    /// swift-f0: the pitch of one voice.
    pub pitch: PathBuf,
}

/// Listens to recordings. Cheap to create: a network is loaded when it is first needed.
pub struct Ear {
    files: EarFiles,
}

impl Ear {
    /// An ear on these files; nothing is read yet.
    pub fn new(files: EarFiles) -> Self {
        Self { files }
    }

    /// Where its networks lie.
    pub fn files(&self) -> &EarFiles {
        &self.files
    }
}
