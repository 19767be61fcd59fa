//! A file with the sizes its headers should have had.
//!
//! Recorders that lost power, pipes and broken downloads leave sizes of zero, of 4 GB, or of more
//! than there is. The reader refuses such files; told the size that is really there, it plays them.

use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::io::MediaSource;

use super::{Container, container::past_tags};

/// The bytes of a file, with other sizes in a few places.
pub(super) struct Mended<'a> {
    bytes: &'a [u8],
    at: usize,
    sizes: Vec<(usize, [u8; 4])>,
}

impl<'a> Mended<'a> {
    /// The file as a reader should see it.
    pub(super) fn new(bytes: &'a [u8], container: Container) -> Self {
        let body = past_tags(bytes);
        let base = bytes.len() - body.len();
        let mut sizes = match container {
            Container::Wav => chunks(body, *b"data", u32::from_le_bytes, u32::to_le_bytes),
            Container::Aiff => chunks(body, *b"SSND", u32::from_be_bytes, u32::to_be_bytes),
            Container::Mp4 => last_box(body),
            Container::Mpeg | Container::Flac | Container::Ogg | Container::Adts => Vec::new(),
        };
        for (at, _) in &mut sizes {
            *at += base;
        }
        Self { bytes, at: 0, sizes }
    }
}

impl Read for Mended<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        for (place, size) in &self.sizes {
            for (i, byte) in size.iter().enumerate() {
                if let Some(i) = (place + i).checked_sub(self.at).filter(|&i| i < count) {
                    out[i] = *byte;
                }
            }
        }
        self.at += count;
        Ok(count)
    }
}

impl Seek for Mended<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => i64::try_from(at).ok(),
            SeekFrom::End(by) => (self.bytes.len() as i64).checked_add(by),
            SeekFrom::Current(by) => (self.at as i64).checked_add(by),
        };
        let target = target.and_then(|at| usize::try_from(at).ok());
        self.at = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at as u64)
    }
}

impl MediaSource for Mended<'_> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.bytes.len() as u64)
    }
}

/// The sizes of an IFF file (RIFF, AIFF) up to the chunk with the sound.
fn chunks(body: &[u8], sound: [u8; 4], read: fn([u8; 4]) -> u32, write: fn(u32) -> [u8; 4]) -> Vec<(usize, [u8; 4])> {
    let size_of = |count: usize| write(u32::try_from(count).unwrap_or(u32::MAX - 1));
    let mut sizes = vec![(4, size_of(body.len().saturating_sub(8)))];
    let mut at = 12;
    while let Some(head) = body.get(at..at + 8) {
        let size = read([head[4], head[5], head[6], head[7]]) as usize;
        let rest = body.len() - at - 8;
        let is_sound = head.starts_with(&sound);
        if size > rest || is_sound && size == 0 {
            sizes.push((at + 4, size_of(rest)));
        }
        if is_sound {
            break;
        }
        // Chunks begin at even places.
        at = at.saturating_add(8).saturating_add(size).saturating_add(size & 1);
    }
    sizes
}

/// The size of the outermost MP4 box that ends behind the end of the file.
fn last_box(body: &[u8]) -> Vec<(usize, [u8; 4])> {
    let mut at = 0usize;
    while let Some(head) = body.get(at..at + 8) {
        let rest = body.len() - at;
        let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        // 0 is "to the end"; 1 says that 64 bits follow.
        if size == 0 {
            break;
        }
        let long = body.get(at + 8..at + 16).filter(|_| size == 1);
        let size = long.map_or(size, |wide| {
            wide.iter()
                .fold(0usize, |sum, &b| sum.saturating_mul(256).saturating_add(usize::from(b)))
        });
        if size > rest {
            let rest = (rest as u64).to_be_bytes();
            let low = [rest[4], rest[5], rest[6], rest[7]];
            return if long.is_some() {
                vec![(at + 8, [rest[0], rest[1], rest[2], rest[3]]), (at + 12, low)]
            } else {
                vec![(at, low)]
            };
        }
        at = at.saturating_add(size.max(8));
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_become_what_is_there_whichever_way_they_are_read() {
        let file = b"RIFF\xFF\xFF\xFF\xFFWAVEfmt \x04\0\0\0abcddata\0\0\0\0sounds";
        let mended = b"RIFF\x1E\0\0\0WAVEfmt \x04\0\0\0abcddata\x06\0\0\0sounds";
        for step in 1..file.len() {
            let mut source = Mended::new(file, Container::Wav);
            let (mut seen, mut part) = (Vec::new(), vec![0; step]);
            while let Ok(count @ 1..) = source.read(&mut part) {
                seen.extend_from_slice(&part[..count]);
            }
            assert!(seen == mended, "in steps of {step}");
        }
        let mut source = Mended::new(file, Container::Wav);
        assert!(source.seek(SeekFrom::Current(-1)).is_err());
        assert_eq!(source.seek(SeekFrom::End(-2)).expect("inside"), file.len() as u64 - 2);
        assert_eq!(last_box(b"\0\0\0\x08free\0\0\0\x40mdat1234"), [(8, [0, 0, 0, 12])]);
        assert_eq!(last_box(b"\0\0\0\x08free\0\0\0\0mdat1234"), []);
    }
}
