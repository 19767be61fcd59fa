//! How much room is left where a folder lies (or would lie).

use std::path::Path;

/// Bytes free for us on the disk of `path` or of its nearest folder that exists.
pub fn free_bytes(path: &Path) -> Option<u64> {
    let absolute = std::path::absolute(path).ok()?;
    let existing = absolute.ancestors().find(|p| p.exists())?;
    let disk = rustix::fs::statvfs(existing).ok()?;
    Some(disk.f_bavail * disk.f_frsize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_has_its_parents_disk() {
        let here = std::env::temp_dir();
        assert!(free_bytes(&here.join("not/there/yet")).unwrap() > 0);
    }
}
