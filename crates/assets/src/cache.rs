//! The folder the assets are kept in: where it is, who may write, how a file appears in it.

use std::{
    fs::{File, TryLockError},
    io::Read,
    path::{Path, PathBuf},
};

use tempfile::{Builder, TempDir};

use crate::{AssetError, Pinned, Progress, hash};

/// `CATBIRD_ASSETS`, else `XDG_CACHE_HOME/catbird`, else `~/.cache/catbird`.
pub(crate) fn folder() -> Result<PathBuf, AssetError> {
    #[expect(clippy::disallowed_methods, reason = "the cache's place is this file's to read")]
    let read = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    choose(read("CATBIRD_ASSETS"), read("XDG_CACHE_HOME"), read("HOME"))
}

fn choose(own: Option<PathBuf>, cache: Option<PathBuf>, home: Option<PathBuf>) -> Result<PathBuf, AssetError> {
    // The XDG specification says to ignore a relative XDG_CACHE_HOME.
    let cache = cache
        .filter(|c| c.is_absolute())
        .or_else(|| home.map(|h| h.join(".cache")));
    own.or_else(|| cache.map(|c| c.join("catbird")))
        .ok_or(AssetError::NoFolder)
}

const STAGING: &str = ".fetch-";

/// The right to fetch, held by one process at a time. Published files need no lock to be read.
pub(crate) struct Guard {
    folder: PathBuf,
    _lock: File,
}

impl Guard {
    /// Makes the folder and waits until nobody else fetches into it.
    pub(crate) fn lock(folder: &Path, progress: &Progress<'_>) -> Result<Self, AssetError> {
        std::fs::create_dir_all(folder).map_err(|e| AssetError::io("create", folder, e))?;
        let path = folder.join(".lock");
        let lock = File::create(&path).map_err(|e| AssetError::io("write", &path, e))?;
        let locked = match lock.try_lock() {
            Err(TryLockError::WouldBlock) => {
                progress("waiting for another catbird that is fetching", 0, 0);
                lock.lock()
            }
            Err(TryLockError::Error(e)) => Err(e),
            Ok(()) => Ok(()),
        };
        // File systems without locks exist; two fetches at once then only cost double work, and
        // what somebody else is staging must be left alone.
        if locked.is_ok() {
            sweep(folder);
        }
        Ok(Self {
            folder: folder.to_path_buf(),
            _lock: lock,
        })
    }

    /// A scratch folder on the cache's own disk, gone when dropped.
    pub(crate) fn staging(&self) -> Result<TempDir, AssetError> {
        Builder::new()
            .prefix(STAGING)
            .tempdir_in(&self.folder)
            .map_err(|e| AssetError::io("write", &self.folder, e))
    }
}

/// Removes what a killed fetch left behind.
fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(STAGING) {
            // Not being able to tidy up harms nobody.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Writes the pinned file into `folder` whole or not at all.
pub(crate) fn publish(folder: &Path, file: &Pinned, from: &mut dyn Read) -> Result<(), AssetError> {
    let path = folder.join(&file.name);
    let failed = |e| AssetError::io("write", &path, e);
    let mut staged = temporary(folder).map_err(failed)?;
    // One byte more than listed is enough to see that it is too long.
    std::io::copy(&mut from.take(file.size + 1), &mut staged).map_err(failed)?;
    let found = hash::of_file(staged.path()).map_err(failed)?;
    if found != file.sha256 {
        return Err(AssetError::WrongMember {
            package: folder.display().to_string(),
            member: file.member.clone(),
        });
    }
    staged.as_file().sync_all().map_err(failed)?;
    staged.persist(&path).map_err(|e| failed(e.error))?;
    Ok(())
}

fn temporary(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".part-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Readable for all, as the folder may be shared by several users' services.
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_the_first_one_named() {
        let p = |s: &str| Some(PathBuf::from(s));
        assert_eq!(choose(p("/a"), p("/c"), p("/h")).unwrap(), PathBuf::from("/a"));
        assert_eq!(choose(None, p("/c"), p("/h")).unwrap(), PathBuf::from("/c/catbird"));
        assert_eq!(
            choose(None, p("relative"), p("/h")).unwrap(),
            PathBuf::from("/h/.cache/catbird")
        );
        assert!(matches!(choose(None, None, None), Err(AssetError::NoFolder)));
    }

    #[test]
    fn only_the_pinned_bytes_are_published() {
        let folder = tempfile::tempdir().unwrap();
        let file = Pinned {
            name: "f".into(),
            member: "m".into(),
            sha256: hash::of_bytes(b"right"),
            size: 5,
        };
        assert!(publish(folder.path(), &file, &mut &b"wrong"[..]).is_err());
        assert!(publish(folder.path(), &file, &mut &b"right and more"[..]).is_err());
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "nothing half-published"
        );
        publish(folder.path(), &file, &mut &b"right"[..]).unwrap();
        assert_eq!(std::fs::read(folder.path().join("f")).unwrap(), b"right");
    }

    #[test]
    fn a_guard_sweeps_what_a_killed_fetch_left() {
        let folder = tempfile::tempdir().unwrap();
        let stale = folder.path().join(".fetch-stale");
        std::fs::create_dir(&stale).unwrap();
        let guard = Guard::lock(folder.path(), &|_, _, _| ()).unwrap();
        assert!(!stale.exists());
        assert!(guard.staging().unwrap().path().starts_with(folder.path()));
    }
}
