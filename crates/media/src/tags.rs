//! `ID3v2` in front of an MP3: title, artist, lyrics (plain and timed), cover, tempo, key, genre.
//!
//! Version 2.3, since every player and file manager reads it, also those that stop at 2.4's changed
//! frame sizes. Its texts are Latin-1 or UTF-16 with a byte order mark; UTF-8 came with 2.4 only.
//! Sections in brackets are those of the informal standard, id3v2.3.0.

/// Who made the song, where nobody else is named.
pub const ARTIST: &str = "Catbird";

/// What a player shows. An empty text or `None` is left out of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Tags {
    /// Title (TIT2).
    pub title: String,
    /// Artist (TPE1).
    pub artist: String,
    /// The lyrics with line ends (USLT).
    pub lyrics: Option<String>,
    /// Timed lines (SYLT): milliseconds from the beginning of the sound, by rising time.
    pub synced: Vec<(u32, String)>,
    /// A JPEG (APIC, front cover).
    pub cover: Option<Vec<u8>>,
    /// Beats a minute (TBPM); the format has whole numbers only.
    pub bpm: Option<f64>,
    /// The key as ID3 writes it, at most three characters: `Am`, `F#m`, `Eb` (TKEY).
    pub key: Option<String>,
    /// Genre as free text (TCON).
    pub genre: Option<String>,
    /// Language of the lyrics, ISO 639-2.
    pub language: [u8; 3],
}

impl Default for Tags {
    fn default() -> Self {
        Self {
            title: String::new(),
            artist: ARTIST.into(),
            lyrics: None,
            synced: Vec::new(),
            cover: None,
            bpm: None,
            key: None,
            genre: None,
            language: *b"eng",
        }
    }
}

/// The MP3 with these tags in front, in place of an `ID3v2` block it may have.
///
/// The sound's bytes stay as they are, the Info frame with its gapless numbers first among them.
pub fn write(mp3: &[u8], tags: &Tags) -> Vec<u8> {
    let mut frames = Vec::new();
    text(&mut frames, *b"TIT2", &tags.title);
    text(&mut frames, *b"TPE1", &tags.artist);
    text(&mut frames, *b"TCON", tags.genre.as_deref().unwrap_or_default());
    if let Some(bpm) = tags.bpm.filter(|b| b.is_finite() && *b > 0.0) {
        text(&mut frames, *b"TBPM", &format!("{bpm:.0}"));
    }
    text(&mut frames, *b"TKEY", tags.key.as_deref().unwrap_or_default());
    if let Some(lyrics) = tags.lyrics.as_deref().filter(|l| !l.trim().is_empty()) {
        let coding = Coding::of(lyrics);
        // [4.9] coding, language, an empty description, the text.
        let mut body = vec![coding.byte()];
        body.extend(tags.language);
        body.extend(coding.closed(""));
        body.extend(coding.bytes(lyrics));
        frame(&mut frames, *b"USLT", &body);
    }
    if !tags.synced.is_empty() {
        let coding = if tags.synced.iter().all(|(_, line)| Coding::of(line) == Coding::Latin1) {
            Coding::Latin1
        } else {
            Coding::Utf16
        };
        // [4.10] coding, language, times in ms (2), lyrics (1), an empty description, the lines.
        let mut body = vec![coding.byte()];
        body.extend(tags.language);
        body.extend([2, 1]);
        body.extend(coding.closed(""));
        for (ms, line) in &tags.synced {
            body.extend(coding.closed(line));
            body.extend(ms.to_be_bytes());
        }
        frame(&mut frames, *b"SYLT", &body);
    }
    if let Some(cover) = &tags.cover {
        // [4.15] coding, media type, front cover (3), an empty description, the picture.
        let mut body = vec![0];
        body.extend(b"image/jpeg\0\x03\0");
        body.extend(cover);
        frame(&mut frames, *b"APIC", &body);
    }
    let sound = &mp3[skip(mp3)..];
    let mut out = Vec::with_capacity(10 + frames.len() + sound.len());
    // [3.1] "ID3", version 2.3.0, no flags, the size in seven bits a byte.
    out.extend(b"ID3\x03\0\0");
    let size = frames.len() as u32;
    out.extend([21, 14, 7, 0].map(|shift| (size >> shift & 0x7F) as u8));
    out.extend(frames);
    out.extend(sound);
    out
}

/// Bytes of the `ID3v2` block at the beginning, 0 when there is none.
pub fn skip(mp3: &[u8]) -> usize {
    match mp3 {
        [b'I', b'D', b'3', _, _, flags, size @ ..] if size.len() >= 4 => {
            let length = size[..4].iter().fold(0, |n, &b| n << 7 | usize::from(b & 0x7F));
            let footer = if flags & 0x10 == 0 { 0 } else { 10 };
            (10 + length + footer).min(mp3.len())
        }
        _ => 0,
    }
}

/// [3.3] a frame: id, size, no flags, body.
fn frame(out: &mut Vec<u8>, id: [u8; 4], body: &[u8]) {
    out.extend(id);
    out.extend((body.len() as u32).to_be_bytes());
    out.extend([0, 0]);
    out.extend(body);
}

/// [4.2] a text frame; none for an empty text.
fn text(out: &mut Vec<u8>, id: [u8; 4], value: &str) {
    if value.is_empty() {
        return;
    }
    let coding = Coding::of(value);
    let mut body = vec![coding.byte()];
    body.extend(coding.bytes(value));
    frame(out, id, &body);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Coding {
    Latin1,
    Utf16,
}

impl Coding {
    fn of(text: &str) -> Self {
        // Not all of Latin-1: readers that take this byte for "the local code page" agree on ASCII.
        if text.is_ascii() { Self::Latin1 } else { Self::Utf16 }
    }

    fn byte(self) -> u8 {
        match self {
            Self::Latin1 => 0,
            Self::Utf16 => 1,
        }
    }

    /// A NUL would end the text early in every reader.
    fn bytes(self, text: &str) -> Vec<u8> {
        let kept = text.chars().filter(|&c| c != '\0');
        match self {
            Self::Latin1 => kept.map(|c| c as u8).collect(),
            Self::Utf16 => {
                let mut out = vec![0xFF, 0xFE];
                let mut pair = [0; 2];
                for c in kept {
                    out.extend(c.encode_utf16(&mut pair).iter().flat_map(|u| u.to_le_bytes()));
                }
                out
            }
        }
    }

    /// With the end mark that stands between a text and what follows.
    fn closed(self, text: &str) -> Vec<u8> {
        let mut out = self.bytes(text);
        out.extend(match self {
            Self::Latin1 => &[0u8][..],
            Self::Utf16 => &[0, 0],
        });
        out
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The frames of the block, read as the standard says.
    fn read(file: &[u8]) -> BTreeMap<String, Vec<u8>> {
        assert_eq!(&file[..6], b"ID3\x03\0\0");
        let mut block = &file[10..skip(file)];
        let mut frames = BTreeMap::new();
        while let [a, b, c, d, s0, s1, s2, s3, 0, 0, rest @ ..] = block {
            let size = u32::from_be_bytes([*s0, *s1, *s2, *s3]) as usize;
            let id = String::from_utf8(vec![*a, *b, *c, *d]).unwrap();
            frames.insert(id, rest[..size].to_vec());
            block = &rest[size..];
        }
        assert!(block.is_empty());
        frames
    }

    fn utf16(bytes: &[u8]) -> String {
        assert_eq!(bytes[..2], [0xFF, 0xFE]);
        let units: Vec<u16> = bytes[2..].chunks(2).map(|p| u16::from_le_bytes([p[0], p[1]])).collect();
        String::from_utf16(&units).unwrap()
    }

    #[test]
    fn every_field_is_found_where_the_standard_puts_it() {
        let tags = Tags {
            title: "Über Nacht 🌙".into(),
            lyrics: Some("one\ntwo".into()),
            synced: vec![(1_500, "one".into()), (70_000, "two".into())],
            cover: Some(vec![0xFF, 0xD8, 0, 1, 2]),
            bpm: Some(92.4),
            key: Some("F#m".into()),
            genre: Some("Synthwave".into()),
            ..Tags::default()
        };
        let sound = [0xFF, 0xFB, 1, 2, 3];
        let file = write(&sound, &tags);
        assert_eq!(&file[skip(&file)..], sound);
        let frames = read(&file);
        assert_eq!(frames["TIT2"][0], 1);
        assert_eq!(utf16(&frames["TIT2"][1..]), "Über Nacht 🌙");
        assert_eq!(frames["TPE1"], b"\0Catbird");
        assert_eq!(frames["TBPM"], b"\x0092");
        assert_eq!(frames["TKEY"], b"\0F#m");
        assert_eq!(frames["TCON"], b"\0Synthwave");
        assert_eq!(frames["USLT"], b"\0eng\0one\ntwo");
        assert_eq!(frames["SYLT"], b"\0eng\x02\x01\0one\0\0\0\x05\xDCtwo\0\0\x01\x11\x70");
        assert_eq!(frames["APIC"], b"\0image/jpeg\0\x03\0\xFF\xD8\0\x01\x02");
    }

    #[test]
    fn nothing_is_written_for_nothing_and_old_tags_are_replaced() {
        let once = write(b"sound", &Tags::default());
        assert_eq!(read(&once).keys().collect::<Vec<_>>(), ["TPE1"]);
        let tags = Tags {
            title: "b".into(),
            ..Tags::default()
        };
        let twice = write(&once, &tags);
        assert_eq!(&twice[skip(&twice)..], b"sound");
        assert_eq!(write(b"sound", &tags), twice);
    }
}
