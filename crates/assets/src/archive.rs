//! Takes the listed members out of a wheel (zip) or an npm tarball (tar.gz). Paths inside the
//! archive are only compared with those of the lock, never used as paths on disk.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use crate::{AssetError, Kind, Pinned};

/// Receives one member's bytes.
pub(crate) type Sink<'a> = dyn FnMut(&Pinned, &mut dyn Read) -> Result<(), AssetError> + 'a;

/// Hands each of the `wanted` members to `sink`.
pub(crate) fn each(kind: Kind, archive: &Path, wanted: &[&Pinned], sink: &mut Sink<'_>) -> Result<(), AssetError> {
    let file = File::open(archive).map_err(|e| AssetError::io("read", archive, e))?;
    match kind {
        Kind::Pypi => each_of_zip(file, archive, wanted, sink),
        Kind::Npm => each_of_tgz(file, archive, wanted, sink),
    }
}

fn each_of_zip(file: File, archive: &Path, wanted: &[&Pinned], sink: &mut Sink<'_>) -> Result<(), AssetError> {
    let mut zip = zip::ZipArchive::new(file).map_err(|e| AssetError::io("read", archive, io::Error::other(e)))?;
    for pinned in wanted {
        let mut member = zip.by_name(&pinned.member).map_err(|_| absent(archive, pinned))?;
        sink(pinned, &mut member)?;
    }
    Ok(())
}

fn each_of_tgz(file: File, archive: &Path, wanted: &[&Pinned], sink: &mut Sink<'_>) -> Result<(), AssetError> {
    let broken = |e| AssetError::io("read", archive, e);
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut left = wanted.to_vec();
    for entry in tar.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let path = entry.path().map_err(broken)?.into_owned();
        if let Some(at) = left.iter().position(|p| Path::new(&p.member) == path) {
            sink(left.remove(at), &mut entry)?;
        }
    }
    left.first().map_or(Ok(()), |pinned| Err(absent(archive, pinned)))
}

fn absent(archive: &Path, pinned: &Pinned) -> AssetError {
    let package = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
    AssetError::WrongMember {
        package,
        member: pinned.member.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn pinned(member: &str) -> Pinned {
        Pinned {
            name: "x".into(),
            member: member.into(),
            sha256: String::new(),
            size: 5,
        }
    }

    fn taken(kind: Kind, archive: &Path, member: &str) -> Result<Vec<u8>, AssetError> {
        let mut bytes = Vec::new();
        each(kind, archive, &[&pinned(member)], &mut |_, from| {
            from.read_to_end(&mut bytes).unwrap();
            Ok(())
        })?;
        Ok(bytes)
    }

    #[test]
    fn takes_members_out_of_both_kinds() {
        let folder = tempfile::tempdir().unwrap();
        let wheel = folder.path().join("a.whl");
        let mut zip = zip::ZipWriter::new(File::create(&wheel).unwrap());
        zip.start_file("p/one.txt", zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(b"hello").unwrap();
        zip.finish().unwrap();
        assert_eq!(taken(Kind::Pypi, &wheel, "p/one.txt").unwrap(), b"hello");
        assert!(matches!(
            taken(Kind::Pypi, &wheel, "two"),
            Err(AssetError::WrongMember { .. })
        ));

        let tgz = folder.path().join("a.tgz");
        let gz = flate2::write::GzEncoder::new(File::create(&tgz).unwrap(), flate2::Compression::fast());
        let mut tar = tar::Builder::new(gz);
        let mut header = tar::Header::new_gnu();
        header.set_size(5);
        header.set_mode(0o644);
        tar.append_data(&mut header, "package/one.txt", &b"hello"[..]).unwrap();
        tar.into_inner().unwrap().finish().unwrap();
        assert_eq!(taken(Kind::Npm, &tgz, "package/one.txt").unwrap(), b"hello");
        assert!(matches!(
            taken(Kind::Npm, &tgz, "package/two"),
            Err(AssetError::WrongMember { .. })
        ));
        assert!(taken(Kind::Npm, &wheel, "p/one.txt").is_err());
    }
}
