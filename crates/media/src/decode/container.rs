//! What a file is, by its first bytes, and what it is when it is not audio.

use super::DecodeError;

/// How far into a file the first frame of MPEG audio may lie behind bytes that are not tags.
const JUNK_BYTES: usize = 64 << 10;
/// How many ID3 tags may stand before the sound.
const MAX_TAGS: usize = 8;

/// A container that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// MPEG-1/2/2.5 layers II and III, bare.
    Mpeg,
    /// RIFF WAVE.
    Wav,
    /// FLAC, bare.
    Flac,
    /// Ogg with Vorbis, FLAC or Opus.
    Ogg,
    /// MP4 and its relatives (M4A, MOV).
    Mp4,
    /// AAC in ADTS frames.
    Adts,
    /// AIFF and AIFF-C.
    Aiff,
}

impl Container {
    /// What the bytes are.
    pub fn sniff(bytes: &[u8]) -> Result<Self, DecodeError> {
        let body = past_tags(bytes);
        if let Some(container) = Self::by_magic(body) {
            return Ok(container);
        }
        if let Some(error) = foreign(body) {
            return Err(error);
        }
        (0..body.len().min(JUNK_BYTES))
            .find_map(|at| Self::by_frames(&body[at..], if at == 0 { 1 } else { 3 }))
            .unwrap_or_else(|| Err(unknown(body)))
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mpeg => "MP3",
            Self::Wav => "WAV",
            Self::Flac => "FLAC",
            Self::Ogg => "OGG",
            Self::Mp4 => "M4A",
            Self::Adts => "AAC",
            Self::Aiff => "AIFF",
        }
    }

    fn by_magic(body: &[u8]) -> Option<Self> {
        let form = body.get(8..12);
        match body.get(..4)? {
            b"RIFF" if form == Some(b"WAVE") => Some(Self::Wav),
            b"FORM" if form == Some(b"AIFF") || form == Some(b"AIFC") => Some(Self::Aiff),
            b"fLaC" => Some(Self::Flac),
            b"OggS" => Some(Self::Ogg),
            // Older QuickTime files begin with their index or their data.
            _ if matches!(body.get(4..8)?, b"ftyp" | b"moov" | b"mdat" | b"wide") => Some(Self::Mp4),
            _ => None,
        }
    }

    /// Bare frames: `count` of them must follow each other, as far as the file goes.
    fn by_frames(mut body: &[u8], count: usize) -> Option<Result<Self, DecodeError>> {
        let (kind, mut length) = frame(body)?;
        for _ in 0..count {
            if body.len() < length + 8 {
                break;
            }
            body = &body[length..];
            let (next, following) = frame(body)?;
            if next != kind {
                return None;
            }
            length = following;
        }
        Some(match kind {
            Frame::Adts => Ok(Self::Adts),
            Frame::Layer(2 | 3) => Ok(Self::Mpeg),
            Frame::Layer(_) => Err(DecodeError::Unsupported { codec: "MPEG layer I" }),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    Adts,
    /// MPEG audio of this layer.
    Layer(u8),
}

/// A frame header at the start of `body`, and the length of the frame in bytes.
///
/// ISO/IEC 11172-3, 2.4.2.3 and 13818-3 (MPEG audio); ISO/IEC 13818-7, 6.2 (ADTS).
fn frame(body: &[u8]) -> Option<(Frame, usize)> {
    let head: [u8; 6] = body.get(..6)?.try_into().ok()?;
    if head[0] != 0xFF || head[1] & 0xE0 != 0xE0 {
        return None;
    }
    if head[1] & 0xF6 == 0xF0 {
        let length = usize::from(head[3] & 3) << 11 | usize::from(head[4]) << 3 | usize::from(head[5] >> 5);
        let known_rate = (head[2] >> 2) & 15 < 13;
        return (known_rate && length > 7).then_some((Frame::Adts, length));
    }
    let version = (head[1] >> 3) & 3;
    let layer = 4 - ((head[1] >> 1) & 3);
    let bit_rate = usize::from(head[2] >> 4);
    let rate = usize::from((head[2] >> 2) & 3);
    // Version 1 and layer 4 are reserved; a free bit rate (0) says no length.
    if version == 1 || layer == 4 || bit_rate == 0 || bit_rate == 15 || rate == 3 {
        return None;
    }
    let first = version == 3;
    let kbps = match (first, layer) {
        (true, 1) => 32 * bit_rate,
        (true, 2) => [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384][bit_rate - 1],
        (true, _) => [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320][bit_rate - 1],
        (false, 1) => [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256][bit_rate - 1],
        (false, _) => [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160][bit_rate - 1],
    };
    let hz = [44_100, 48_000, 32_000][rate] >> (if first { 0 } else { 1 + usize::from(version == 0) });
    let padding = usize::from(head[2] >> 1 & 1);
    let length = match layer {
        1 => (12_000 * kbps / hz + padding) * 4,
        3 if !first => 72_000 * kbps / hz + padding,
        _ => 144_000 * kbps / hz + padding,
    };
    Some((Frame::Layer(layer), length))
}

/// What follows ID3 tags and zeros (some taggers pad with them).
pub(super) fn past_tags(bytes: &[u8]) -> &[u8] {
    let mut body = bytes;
    for _ in 0..MAX_TAGS {
        let Some(head) = body.get(..10).filter(|head| head.starts_with(b"ID3")) else {
            break;
        };
        // Four times seven bits (ID3v2.4, 6.2), and a footer of ten bytes if bit 4 says so.
        let size = head[6..10].iter().fold(0, |sum, &b| sum << 7 | usize::from(b & 0x7F));
        let footer = if head[5] & 0x10 == 0 { 0 } else { 10 };
        body = &body[(10 + size + footer).min(body.len())..];
    }
    let zeros = body.iter().take_while(|&&b| b == 0).count();
    // The first box of an MP4 file may begin with three zeros.
    if zeros < 4 { body } else { &body[zeros..] }
}

/// Files that are something else for certain.
fn foreign(body: &[u8]) -> Option<DecodeError> {
    const PICTURE: &str = "a picture";
    const ARCHIVE: &str = "an archive";
    const NOT_AUDIO: [(&[u8], &str); 20] = [
        (b"\x89PNG", PICTURE),
        (b"\xFF\xD8\xFF", PICTURE),
        (b"GIF8", PICTURE),
        (b"II*\0", PICTURE),
        (b"MM\0*", PICTURE),
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", ARCHIVE),
        (b"PK\x05\x06", ARCHIVE),
        (b"\x1F\x8B", ARCHIVE),
        (b"7z\xBC\xAF", ARCHIVE),
        (b"Rar!", ARCHIVE),
        (b"BZh", ARCHIVE),
        (b"\xFD7zXZ", ARCHIVE),
        (b"\x28\xB5\x2F\xFD", ARCHIVE),
        (b"\x7FELF", "a program"),
        (b"MZ", "a program"),
        (b"MThd", "a MIDI file"),
        (b"wOFF", "a font"),
        (b"\xFF\xFE", "text"),
        (b"\xFE\xFF", "text"),
    ];
    const UNSUPPORTED: [(&[u8], &str); 15] = [
        (b"\x1A\x45\xDF\xA3", "Matroska/WebM"),
        (b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "Windows Media (WMA)"),
        (b"caff", "Core Audio Format (CAF)"),
        (b"RF64", "WAV of 64 bit (RF64)"),
        (b"BW64", "WAV of 64 bit (BW64)"),
        (b"RIFX", "WAV with big-endian samples (RIFX)"),
        (b"wvpk", "WavPack"),
        (b"MAC ", "Monkey's Audio"),
        (b"TTA1", "True Audio (TTA)"),
        (b"MPCK", "Musepack"),
        (b"MP+", "Musepack"),
        (b"DSD ", "DSD"),
        (b"FRM8", "DSD"),
        (b"#!AMR", "AMR"),
        (b".snd", "Sun/NeXT audio (AU)"),
    ];
    if body.starts_with(b"RIFF") {
        return Some(match body.get(8..12) {
            Some(b"WEBP") => DecodeError::NotAudio { found: PICTURE },
            Some(b"AVI ") => DecodeError::Unsupported { codec: "AVI" },
            _ => DecodeError::Damaged { format: "WAV" },
        });
    }
    // FF FE is also the beginning of a frame of layer I, which is not decoded either.
    let found = NOT_AUDIO.iter().find(|(magic, _)| body.starts_with(magic));
    if let Some(&(_, found)) = found {
        return Some(DecodeError::NotAudio { found });
    }
    let found = UNSUPPORTED.iter().find(|(magic, _)| body.starts_with(magic));
    found.map(|&(_, codec)| DecodeError::Unsupported { codec })
}

fn unknown(body: &[u8]) -> DecodeError {
    let head = &body[..body.len().min(512)];
    let printable = |b: &u8| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7E | 0x80..);
    let found = if head.is_empty() {
        "a tag without sound"
    } else if head.iter().all(printable) {
        let text = String::from_utf8_lossy(head).trim_start().to_ascii_lowercase();
        if text.starts_with("<!doctype") || text.starts_with("<html") {
            "a web page"
        } else {
            "text"
        }
    } else {
        "data of an unknown kind"
    };
    DecodeError::NotAudio { found }
}
