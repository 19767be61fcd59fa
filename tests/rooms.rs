//! Who may know whom: the table of `docs/architecture.md`, held against the manifests.

use std::{collections::BTreeSet, fs, path::Path};

const ROOMS: [(&str, &[&str]); 8] = [
    ("score", &[]),
    ("media", &[]),
    ("assets", &[]),
    ("client", &[]),
    ("music", &["score"]),
    ("sound", &["score"]),
    ("server", &["score"]),
    ("engine", &["score", "music", "sound", "media"]),
];

#[test]
fn crates_know_only_whom_they_may() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    let found: BTreeSet<String> = fs::read_dir(&crates)
        .expect("crates/ is there")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(found, ROOMS.iter().map(|(name, _)| (*name).to_owned()).collect());
    for (room, allowed) in ROOMS {
        let manifest = fs::read_to_string(crates.join(room).join("Cargo.toml")).expect("a manifest");
        // Test-only knowledge is nobody's business.
        let linked = manifest.split("[dev-dependencies]").next().expect("a first part");
        for line in linked.lines() {
            if let Some(other) = line.strip_prefix("catbird-") {
                let other = other.split(['.', ' ', '=']).next().expect("a name");
                assert!(allowed.contains(&other), "{room} must not know {other}");
            }
        }
    }
}
