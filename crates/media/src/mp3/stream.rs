//! An MP3 that is sent while it is made: every push answers with the frames that are complete.
//!
//! The file's encoder holds all frames back until it knows the whole song, since its bit reservoir
//! and its Info tag need that. A stream has neither: each frame carries its own data alone, so that
//! it plays from the first byte on, and from any frame on.

use rusty_mp3::{
    Mp3Encode,
    encode::lametag::{DECODER_DELAY, ENCODER_DELAY},
    encoder_header,
    header::FrameHeader,
};

use super::{FRAME, Mp3Error, check, sane, unsupported};

/// A stereo stream in the making.
pub struct Stream {
    header: FrameHeader,
    encoder: Mp3Encode,
    /// Samples that do not fill a frame yet.
    waiting: [Vec<f32>; 2],
}

impl Stream {
    /// A stream of `rate` Hz at `kbps`.
    pub fn new(rate: u32, kbps: u32) -> Result<Self, Mp3Error> {
        check(rate, kbps)?;
        Ok(Self {
            header: encoder_header(rate, 2, kbps).map_err(|e| unsupported(&e))?,
            encoder: Mp3Encode::new(),
            waiting: [Vec::new(), Vec::new()],
        })
    }

    /// Takes samples in; answers with whole frames, which may be none.
    pub fn push(&mut self, left: &[f32], right: &[f32]) -> Result<Vec<u8>, Mp3Error> {
        if left.len() != right.len() {
            return Err(Mp3Error::Uneven {
                left: left.len(),
                right: right.len(),
            });
        }
        self.waiting[0].extend(left.iter().map(|&x| sane(x)));
        self.waiting[1].extend(right.iter().map(|&x| sane(x)));
        let whole = self.waiting[0].len() / FRAME * FRAME;
        let mut bytes = Vec::with_capacity(whole / FRAME * self.header.frame_size());
        for at in (0..whole).step_by(FRAME) {
            let channels = [&self.waiting[0][at..at + FRAME], &self.waiting[1][at..at + FRAME]];
            let frame = self
                .encoder
                .encode_frame(&self.header, &channels, None)
                .map_err(|e| unsupported(&e))?;
            bytes.extend_from_slice(&frame);
        }
        for channel in &mut self.waiting {
            channel.drain(..whole);
        }
        Ok(bytes)
    }

    /// The rest, with as much silence behind it as the coder's and a decoder's delay need for the
    /// last sample to be heard.
    pub fn finish(mut self) -> Result<Vec<u8>, Mp3Error> {
        let held = self.waiting[0].len() + ENCODER_DELAY + DECODER_DELAY;
        let silence = vec![0.0; held.div_ceil(FRAME) * FRAME - self.waiting[0].len()];
        self.push(&silence, &silence)
    }
}

#[cfg(test)]
mod tests {
    use rusty_mp3::Mp3Decoder;

    use super::*;

    const HZ: f32 = 440.0;

    fn tone(frames: usize) -> Vec<f32> {
        (0..frames)
            .map(|i| 0.4 * (std::f32::consts::TAU * HZ * i as f32 / 44_100.0).sin())
            .collect()
    }

    fn decode(bytes: &[u8]) -> Vec<f32> {
        let mut decoder = Mp3Decoder::new();
        decoder.push(bytes);
        decoder.flush();
        let mut left = Vec::new();
        while let Ok(frame) = decoder.next_frame() {
            left.extend(frame.samples.chunks(2).map(|p| p[0]));
        }
        left
    }

    #[test]
    fn what_was_pushed_so_far_can_be_heard_so_far() {
        let song = tone(44_100 * 2 + 777);
        let mut stream = Stream::new(44_100, 192).unwrap();
        let first = stream.push(&song[..44_100], &song[..44_100]).unwrap();
        // Everything but one frame in waiting and the delays is there already.
        let heard = decode(&first);
        assert!(heard.len() >= 44_100 - FRAME, "{}", heard.len());
        let mut all = first;
        for piece in song[44_100..].chunks(5_000) {
            all.extend(stream.push(piece, piece).unwrap());
        }
        all.extend(stream.finish().unwrap());
        assert!(!all.windows(4).any(|w| w == b"Info" || w == b"Xing"));

        let decoded = decode(&all);
        let delay = ENCODER_DELAY + DECODER_DELAY;
        assert!(decoded.len() >= delay + song.len());
        let (mut error, mut power) = (0.0f64, 0.0f64);
        for (a, b) in decoded[delay..].iter().zip(&song).skip(1_000) {
            error += f64::from(a - b).powi(2);
            power += f64::from(*b).powi(2);
        }
        assert!(error / power < 1e-3, "{:.1} dB", 10.0 * (error / power).log10());
    }

    #[test]
    fn the_size_of_the_pieces_does_not_change_the_bytes() {
        let song = tone(20_000);
        let encode = |piece: usize| {
            let mut stream = Stream::new(44_100, 128).unwrap();
            let mut bytes = Vec::new();
            for chunk in song.chunks(piece) {
                bytes.extend(stream.push(chunk, chunk).unwrap());
            }
            bytes.extend(stream.finish().unwrap());
            bytes
        };
        assert_eq!(encode(100), encode(7_001));
    }

    #[test]
    fn what_the_format_lacks_is_refused() {
        assert!(Stream::new(44_100, 100).is_err());
        assert!(Stream::new(22_050, 128).is_err());
        let mut stream = Stream::new(48_000, 128).unwrap();
        assert!(matches!(stream.push(&[0.0], &[]), Err(Mp3Error::Uneven { .. })));
        assert!(!stream.finish().unwrap().is_empty());
    }
}
