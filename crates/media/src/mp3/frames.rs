//! The frames of a finished MP3, for a container that keeps them one by one.

use rusty_mp3::{encode::lametag::DECODER_DELAY, header::FrameHeader};

use crate::tags;

/// The sound of an MP3 without its tags.
#[derive(Debug, PartialEq, Eq)]
pub struct Frames<'a> {
    /// Samples a second.
    pub rate: u32,
    /// Bits a second of the largest frame.
    pub bits_per_second: u32,
    /// 1 or 2.
    pub channels: u16,
    /// Samples a channel in each frame.
    pub samples_per_frame: u32,
    /// Samples a decoder puts out before the first one of the song.
    pub delay: u32,
    /// Samples of the song itself.
    pub samples: u64,
    /// The frames; the Info frame, which has no sound, is not among them.
    pub frames: Vec<&'a [u8]>,
}

impl<'a> Frames<'a> {
    /// Reads the frames of `mp3`; `None` when there are none.
    pub fn of(mp3: &'a [u8]) -> Option<Self> {
        let mut rest = &mp3[tags::skip(mp3)..];
        let mut found: Option<Self> = None;
        let mut trim = None;
        while let [a, b, c, d, ..] = *rest {
            let Ok(header) = FrameHeader::parse([a, b, c, d]) else {
                break;
            };
            let size = header.frame_size();
            if size == 0 || size > rest.len() {
                break;
            }
            let (frame, after) = rest.split_at(size);
            rest = after;
            let song = found.get_or_insert_with(|| Self {
                rate: header.sample_rate,
                bits_per_second: 0,
                channels: header.channel_mode.channels() as u16,
                samples_per_frame: header.version.samples_per_frame() as u32,
                delay: 0,
                samples: 0,
                frames: Vec::new(),
            });
            if song.frames.is_empty() && trim.is_none() {
                trim = gapless(frame);
                if trim.is_some() {
                    continue;
                }
            }
            song.bits_per_second = song.bits_per_second.max(header.bitrate_kbps * 1000);
            song.frames.push(frame);
        }
        let mut song = found.filter(|f| !f.frames.is_empty())?;
        let decoded = song.frames.len() as u64 * u64::from(song.samples_per_frame);
        let (delay, padding) = trim.unwrap_or((0, 0));
        if trim.is_some() {
            song.delay = delay + DECODER_DELAY as u32;
        }
        song.samples = decoded.saturating_sub(u64::from(delay + padding));
        Some(song)
    }
}

/// Delay and padding from the LAME part of an Info or Xing frame, samples.
fn gapless(frame: &[u8]) -> Option<(u32, u32)> {
    let at = frame.windows(4).take(64).position(|w| w == b"Info" || w == b"Xing")?;
    // Our own tag has all optional fields, so that the LAME part always begins 120 bytes on.
    let lame = frame.get(at + 120..at + 144)?;
    let both = u32::from_be_bytes([0, lame[21], lame[22], lame[23]]);
    Some((both >> 12, both & 0xFFF))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{mp3::encode, tags::Tags};

    #[test]
    fn tags_and_info_are_not_sound() {
        let sound: Vec<f32> = (0..50_000).map(|i| (i as f32 * 0.05).sin() * 0.3).collect();
        let mp3 = encode(&sound, &sound, 44_100, 128).unwrap();
        let tagged = tags::write(
            &mp3,
            &Tags {
                title: "t".into(),
                cover: Some(vec![0xFF; 3_000]),
                ..Tags::default()
            },
        );
        let frames = Frames::of(&tagged).unwrap();
        assert_eq!(frames, Frames::of(&mp3).unwrap());
        assert_eq!(
            (frames.rate, frames.channels, frames.samples_per_frame),
            (44_100, 2, 1152)
        );
        assert_eq!((frames.samples, frames.bits_per_second), (50_000, 128_000));
        assert_eq!(frames.delay, 528 + 529);
        assert_eq!(
            frames.frames.iter().map(|f| f.len()).sum::<usize>() + frames.frames[0].len(),
            mp3.len()
        );
        assert_eq!(Frames::of(b"not an mp3"), None);
    }
}
