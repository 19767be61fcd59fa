//! MP3 (MPEG-1 Layer III, constant bit rate) with an Info tag whose delay and padding let players
//! trim the decode back to exactly the input: gapless.

mod frames;
mod peaks;
mod stream;

use rusty_mp3::{Mp3Encoder, Mp3EncoderConfig};

pub use frames::Frames;
pub use peaks::peaks;
pub use stream::Stream;

/// Why there is no MP3.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Mp3Error {
    /// The channels differ in length; always a bug of the caller.
    #[error("left has {left} frames and right has {right}")]
    Uneven {
        /// Frames on the left.
        left: usize,
        /// Frames on the right.
        right: usize,
    },
    /// The format lacks this bit rate or sample rate.
    #[error("{0}")]
    Unsupported(String),
}

/// Constant bit rates of MPEG-1 Layer III, kbit/s (ISO/IEC 11172-3, 2.4.2.3).
const RATES_KBPS: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];

/// Frames handed to the encoder at once, so that a song is never held interleaved as a whole.
const BATCH: usize = 1 << 16;

/// A stereo file at `kbps` (256 is transparent for most music).
pub fn encode(left: &[f32], right: &[f32], rate: u32, kbps: u32) -> Result<Vec<u8>, Mp3Error> {
    if left.len() != right.len() {
        return Err(Mp3Error::Uneven {
            left: left.len(),
            right: right.len(),
        });
    }
    check(rate, kbps)?;
    let mut encoder = Mp3Encoder::new(Mp3EncoderConfig {
        bitrate_kbps: kbps,
        vbr_quality: None,
    });
    let mut interleaved = Vec::with_capacity(BATCH * 2);
    // An empty song still needs one push: it fixes the stream's format.
    for at in (0..left.len().max(1)).step_by(BATCH) {
        let end = (at + BATCH).min(left.len());
        interleaved.clear();
        interleaved.extend(left[at..end].iter().zip(&right[at..end]).flat_map(|(&l, &r)| [l, r]));
        encoder
            .push_pcm_f32(&interleaved, 2, rate)
            .map_err(|e| Mp3Error::Unsupported(format!("MP3: {e}")))?;
    }
    encoder.finish();
    let mut bytes = Vec::with_capacity(left.len() / rate as usize * kbps as usize * 125 + 4096);
    // Draining only after `finish` puts the completed Info tag first.
    while let Ok(packet) = encoder.next_packet() {
        bytes.extend_from_slice(&packet);
    }
    Ok(bytes)
}

fn check(rate: u32, kbps: u32) -> Result<(), Mp3Error> {
    if !RATES_KBPS.contains(&kbps) {
        return Err(Mp3Error::Unsupported(format!(
            "MP3 has no bit rate of {kbps} kbit/s; it has {RATES_KBPS:?}"
        )));
    }
    if !matches!(rate, 32_000 | 44_100 | 48_000) {
        return Err(Mp3Error::Unsupported(format!(
            "MP3 at {kbps} kbit/s needs 32, 44.1 or 48 kHz, not {rate} Hz"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusty_mp3::{Mp3Decoder, header::FrameHeader};

    use super::*;

    /// What a decoder adds before the first sample on top of the tag's delay (LAME's convention).
    const DECODER_DELAY: usize = 529;

    fn song(frames: usize) -> (Vec<f32>, Vec<f32>) {
        let tone = |hz: f32| {
            (0..frames)
                .map(|i| 0.4 * (std::f32::consts::TAU * hz * i as f32 / 44_100.0).sin())
                .collect()
        };
        (tone(440.0), tone(1_000.0))
    }

    fn frames(mut bytes: &[u8]) -> Vec<&[u8]> {
        let mut out = Vec::new();
        while !bytes.is_empty() {
            let header = FrameHeader::parse([bytes[0], bytes[1], bytes[2], bytes[3]]).expect("a frame header");
            assert_eq!(header.sample_rate, 44_100);
            let (frame, rest) = bytes.split_at(header.frame_size());
            out.push(frame);
            bytes = rest;
        }
        out
    }

    /// Delay and padding from the LAME part of the Info tag, samples.
    fn gapless(tag: &[u8]) -> (usize, usize) {
        let at = tag.windows(4).position(|w| w == b"Info").expect("an Info tag");
        let lame = &tag[at + 120..];
        assert_eq!(&lame[..4], b"LAME");
        let both = u32::from_be_bytes([0, lame[21], lame[22], lame[23]]);
        ((both >> 12) as usize, (both & 0xFFF) as usize)
    }

    #[test]
    fn the_decode_trims_to_the_input_and_sounds_like_it() {
        for length in [1, 5_000, 44_100 * 2 + 17, BATCH, BATCH + 1] {
            let (left, right) = song(length);
            let bytes = encode(&left, &right, 44_100, 256).expect("encodes");
            let frames = frames(&bytes);
            let (delay, padding) = gapless(frames[0]);
            assert_eq!((frames.len() - 1) * 1152 - delay - padding, length);

            let mut decoder = Mp3Decoder::new();
            decoder.push(&bytes);
            decoder.flush();
            let mut decoded = Vec::new();
            while let Ok(frame) = decoder.next_frame() {
                assert_eq!(frame.channels, 2);
                decoded.extend(frame.samples.chunks(2).map(|p| [p[0], p[1]]));
            }
            // This decoder plays the tag frame too, as silence.
            let start = decoded.len() - (frames.len() - 1) * 1152 + delay + DECODER_DELAY;
            let end = (start + length).min(decoded.len());
            let (mut error, mut power) = (0.0f64, 1e-9f64);
            for (i, pair) in decoded[start..end].iter().enumerate().skip(1_000) {
                error += f64::from(pair[0] - left[i]).powi(2) + f64::from(pair[1] - right[i]).powi(2);
                power += f64::from(left[i]).powi(2) + f64::from(right[i]).powi(2);
            }
            assert!(
                error / power < 1e-3,
                "{length} frames: error {:.1} dB",
                10.0 * (error / power).log10()
            );
        }
    }

    #[test]
    fn a_second_has_the_bytes_its_bit_rate_says() {
        let (left, right) = song(44_100 * 10);
        for kbps in [128, 256, 320] {
            let bytes = encode(&left, &right, 44_100, kbps).expect("encodes").len();
            let expected = kbps as usize * 125 * 10;
            assert!(bytes.abs_diff(expected) < expected / 50, "{kbps} kbit/s: {bytes} bytes");
        }
    }

    #[test]
    fn what_the_format_lacks_is_refused() {
        assert!(matches!(
            encode(&[0.0], &[0.0], 44_100, 255),
            Err(Mp3Error::Unsupported(_))
        ));
        assert!(matches!(
            encode(&[0.0], &[0.0], 22_050, 256),
            Err(Mp3Error::Unsupported(_))
        ));
        assert!(matches!(encode(&[0.0], &[], 44_100, 256), Err(Mp3Error::Uneven { .. })));
        assert!(
            !encode(&[], &[], 44_100, 256)
                .expect("an empty song is a file")
                .is_empty()
        );
    }
}
