//! How much an MP4 file says is not music: the edit list, and Apple's gapless note.
//!
//! MP3 and Vorbis are trimmed by their decoders; AAC begins with a frame or two of encoder delay
//! that only these say. ISO/IEC 14496-12, 8.4.2 (mdhd), 8.6.6 (elst), 8.2.2 (mvhd), 8.3.2 (tkhd).

/// What to keep of a track, in its own frames.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Trim {
    /// Frames before the music.
    pub(super) skip: u64,
    /// Frames of music, if the end is known.
    pub(super) keep: Option<u64>,
}

/// An encoder's delay is a few frames of codec; more is an edit that a film maker made, and the
/// whole recording is what was sent.
const MAX_DELAY_SECONDS: u64 = 1;

impl Trim {
    /// The trim of an MP4 track at `rate` Hz.
    pub(super) fn of_mp4(bytes: &[u8], track: u32, rate: u32, note: Option<&str>) -> Self {
        note.and_then(|note| Self::of_note(note, rate))
            .or_else(|| Self::of_edit_list(bytes, track, rate))
            .unwrap_or_default()
    }

    /// ` 00000000 00000840 000001CA 00000000003F31F6 …`: zero, delay, padding, length.
    fn of_note(note: &str, rate: u32) -> Option<Self> {
        let mut fields = note
            .split_ascii_whitespace()
            .map(|field| u64::from_str_radix(field, 16));
        let (_, skip, _, keep) = (
            fields.next()?.ok()?,
            fields.next()?.ok()?,
            fields.next()?.ok()?,
            fields.next()?.ok()?,
        );
        (keep > 0 && skip <= MAX_DELAY_SECONDS * u64::from(rate)).then_some(Self { skip, keep: Some(keep) })
    }

    fn of_edit_list(bytes: &[u8], track: u32, rate: u32) -> Option<Self> {
        let moov = Boxes(bytes).find(|b| b.kind == *b"moov")?.body;
        let movie_scale = timescale(moov, *b"mvhd")?.0;
        let trak = Boxes(moov)
            .filter(|b| b.kind == *b"trak")
            .find(|b| track_id(b.body) == Some(track))?
            .body;
        let (media_scale, media_length) = timescale(child(trak, *b"mdia")?, *b"mdhd")?;
        let (duration, start) = only_edit(child(child(trak, *b"edts")?, *b"elst")?)?;
        let frames = |units: u64, scale: u32| units.checked_mul(u64::from(rate)).map(|x| x / u64::from(scale));
        let skip = frames(start, media_scale)?;
        if skip > MAX_DELAY_SECONDS * u64::from(rate) {
            return None;
        }
        // The movie often counts in milliseconds: where the media says the same more exactly, the
        // media is right. Zero stands for "to the end" in fragmented files.
        let by_edit = frames(duration, movie_scale)?;
        let by_media = frames(media_length, media_scale)?.checked_sub(skip);
        let unit = u64::from(rate) / u64::from(movie_scale) + 1;
        let keep = match by_media {
            _ if by_edit == 0 => None,
            Some(exact) if exact.abs_diff(by_edit) <= unit => Some(exact),
            _ => Some(by_edit),
        };
        Some(Self { skip, keep })
    }
}

struct Box4<'a> {
    kind: [u8; 4],
    body: &'a [u8],
}

/// The boxes of a body, one after another.
struct Boxes<'a>(&'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = Box4<'a>;

    fn next(&mut self) -> Option<Box4<'a>> {
        let kind = self.0.get(4..8)?.try_into().ok()?;
        let (head, size) = match u32_at(self.0, 0)? {
            0 => (8, self.0.len()),
            1 => (16, usize::try_from(u64_at(self.0, 8)?).ok()?),
            size => (8, size as usize),
        };
        // A last box that was cut off is read as far as it goes.
        let end = size.min(self.0.len());
        let body = self.0.get(head..end)?;
        self.0 = &self.0[end..];
        Some(Box4 { kind, body })
    }
}

fn child(body: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    Boxes(body).find(|b| b.kind == kind).map(|b| b.body)
}

fn u32_at(body: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(body.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(body: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(body.get(at..at + 8)?.try_into().ok()?))
}

/// Units a second and length in units, from `mvhd` or `mdhd`.
fn timescale(parent: &[u8], kind: [u8; 4]) -> Option<(u32, u64)> {
    let body = child(parent, kind)?;
    let (scale, length) = match body.first()? {
        0 => (u32_at(body, 12)?, u64::from(u32_at(body, 16)?)),
        _ => (u32_at(body, 20)?, u64_at(body, 24)?),
    };
    (scale > 0).then_some((scale, length))
}

fn track_id(trak: &[u8]) -> Option<u32> {
    let body = child(trak, *b"tkhd")?;
    u32_at(body, if *body.first()? == 0 { 12 } else { 20 })
}

/// Length (movie units) and start (media units) of the one edit with media in it. Several edits are
/// a montage, which is not undone.
fn only_edit(elst: &[u8]) -> Option<(u64, u64)> {
    let wide = *elst.first()? != 0;
    let (size, half) = if wide { (20, 8) } else { (12, 4) };
    let entries = elst.get(8..)?.chunks_exact(size).take(u32_at(elst, 4)? as usize);
    let mut edits = entries.filter_map(|entry| {
        let (duration, start) = if wide {
            (u64_at(entry, 0)?, u64_at(entry, half)? as i64)
        } else {
            (u64::from(u32_at(entry, 0)?), i64::from(u32_at(entry, half)? as i32))
        };
        // Start −1 is an empty edit: the track begins late.
        Some((duration, u64::try_from(start).ok()?))
    });
    let edit = edits.next()?;
    edits.next().is_none().then_some(edit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apples_note_is_read() {
        let note = " 00000000 00000840 000001CA 00000000003F31F6 00000000 00000000";
        assert_eq!(
            Trim::of_note(note, 44_100),
            Some(Trim {
                skip: 0x840,
                keep: Some(0x3F_31F6)
            })
        );
        assert_eq!(Trim::of_note("nonsense", 44_100), None);
        assert_eq!(Trim::of_note(" 0 FFFFFFFF 0 1", 44_100), None);
    }

    #[test]
    fn boxes_never_leave_their_parent() {
        let hostile = [
            &[0, 0, 0, 1, b'm', b'o', b'o', b'v'][..],
            &[0xFF; 8],
            &[0, 0, 0, 4, b'x', b'x', b'x', b'x'],
        ]
        .concat();
        for end in 0..hostile.len() {
            for start in 0..end {
                assert!(Boxes(&hostile[start..end]).count() < 4);
            }
        }
    }
}
