//! Which crate may know which: the table of docs/architecture.md against the manifests.

use std::{collections::BTreeSet, fs, path::Path};

/// What a manifest's `[dependencies]` name of our own crates.
fn knows(manifest: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(manifest).unwrap();
    let section = text.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| Some(line.strip_prefix("catbird-")?.split(['.', ' ']).next()?.to_owned()))
        .collect()
}

#[test]
fn every_room_knows_only_whom_it_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/architecture.md")).unwrap();
    let mut seen = 0;
    for row in page.lines().filter(|line| line.starts_with("| `crates/")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let room = cells[1].trim_matches('`').trim_start_matches("crates/");
        let may: BTreeSet<String> = cells[3].split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let knows = knows(&root.join("crates").join(room).join("Cargo.toml"));
        let too_many: Vec<_> = knows.difference(&may).collect();
        assert!(
            too_many.is_empty(),
            "{room} knows {too_many:?}, docs/architecture.md allows {may:?}"
        );
        seen += 1;
    }
    let rooms = fs::read_dir(root.join("crates")).unwrap().count();
    assert_eq!(seen, rooms, "docs/architecture.md lists every crate");
}
