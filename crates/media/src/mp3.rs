//! MP3 (MPEG-1 Layer III, constant bit rate) with an Info tag whose delay and padding let players
//! trim the decode back to exactly the input: gapless.

mod frames;
mod peaks;
mod stream;

use rayon::prelude::*;
use rusty_mp3::{
    MAX_INPUT_AMPLITUDE, Mp3Encode,
    encode::lametag::{ENCODER_DELAY, TagInfo, TagStats, frames_for, padding_for, tag_frame, tag_header},
    encoder_header,
    header::FrameHeader,
};

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

/// Samples a channel in one frame of MPEG-1 Layer III.
const FRAME: usize = 1152;

/// Frames that one encoder makes, some 13 s: the encoders of a song work side by side, and its bytes do not depend on how
/// many do. A stretch begins with an empty bit reservoir, which no decoder minds.
const STRETCH: usize = 512;

/// Frames before a stretch that its encoder hears without writing them. What it carries from frame to frame (the
/// filter bank's memory of 512 samples, the MDCT's overlap, the window shape) is then what its predecessor ended with.
const WARM_UP: usize = 4;

/// The highest bit rate at which frames may borrow from those before them; above it there is hardly anything to borrow, and
/// the encoder's assembly is at fault there.
const RESERVOIR_KBPS: u32 = 256;

/// How far a demanding frame may go beyond its share: the value that the encoder's authors settled on.
const RESERVOIR_GAIN: f32 = 0.2;

/// A stereo file at `kbps` (256 is transparent for most music).
pub fn encode(left: &[f32], right: &[f32], rate: u32, kbps: u32) -> Result<Vec<u8>, Mp3Error> {
    if left.len() != right.len() {
        return Err(Mp3Error::Uneven {
            left: left.len(),
            right: right.len(),
        });
    }
    check(rate, kbps)?;
    let header = encoder_header(rate, 2, kbps).map_err(|e| unsupported(&e))?;
    let samples = left.len() as u64;
    let frames = frames_for(samples, ENCODER_DELAY, FRAME) as usize;
    let starts: Vec<usize> = (0..frames).step_by(STRETCH).collect();
    let stretches: Vec<Vec<u8>> = starts
        .par_iter()
        .map(|&from| stretch(&header, [left, right], from, (from + STRETCH).min(frames)))
        .collect::<Result<_, _>>()?;
    let tag = tag_header(&header);
    let mut stats = TagStats::new(tag.frame_size());
    let size = header.frame_size();
    for frame in stretches.iter().flat_map(|s| s.chunks(size)) {
        stats.add_frame(frame);
    }
    let info = TagInfo {
        vbr: false,
        delay: ENCODER_DELAY,
        padding: padding_for(samples, ENCODER_DELAY, FRAME) as usize,
    };
    let mut bytes = tag_frame(&tag, &stats, &info);
    bytes.reserve(frames * size);
    for stretch in stretches {
        bytes.extend_from_slice(&stretch);
    }
    Ok(bytes)
}

/// The frames `from..to` of a song; beyond its end there is silence.
fn stretch(header: &FrameHeader, song: [&[f32]; 2], from: usize, to: usize) -> Result<Vec<u8>, Mp3Error> {
    let mut encoder = Mp3Encode::new();
    let mut frame = [[0.0; FRAME]; 2];
    let mut bytes = Vec::new();
    let lends = header.bitrate_kbps <= RESERVOIR_KBPS;
    for at in from.saturating_sub(WARM_UP)..to {
        for (samples, channel) in frame.iter_mut().zip(song) {
            let rest = channel.get(at * FRAME..).unwrap_or_default();
            let mut rest = rest.iter().map(|&x| sane(x));
            samples.fill_with(|| rest.next().unwrap_or_default());
        }
        if at >= from && lends {
            encoder.encode_frame_reservoir(header, &frame, RESERVOIR_GAIN);
        } else {
            let alone = encoder
                .encode_frame(header, &frame, None)
                .map_err(|e| unsupported(&e))?;
            if at >= from {
                bytes.extend_from_slice(&alone);
            }
        }
    }
    if lends {
        bytes = encoder.finish_reservoir();
    }
    Ok(bytes)
}

/// What the encoder takes: numbers, and not absurdly large ones.
fn sane(x: f32) -> f32 {
    if x.is_nan() {
        0.0
    } else {
        x.clamp(-MAX_INPUT_AMPLITUDE, MAX_INPUT_AMPLITUDE)
    }
}

fn unsupported(e: &rusty_mp3::Error) -> Mp3Error {
    Mp3Error::Unsupported(format!("MP3: {e}"))
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

    fn decoded(bytes: &[u8]) -> Vec<[f32; 2]> {
        let mut decoder = Mp3Decoder::new();
        decoder.push(bytes);
        decoder.flush();
        let mut decoded = Vec::new();
        while let Ok(frame) = decoder.next_frame() {
            assert_eq!(frame.channels, 2);
            decoded.extend(frame.samples.chunks(2).map(|p| [p[0], p[1]]));
        }
        decoded
    }

    /// Where two encoders' work meets nothing is heard: neither in tones nor where blows change the window's shape.
    #[test]
    fn no_stretch_begins_audibly() {
        let length = (2 * STRETCH + 40) * FRAME;
        let (mut left, mut right) = song(length);
        let mut state = 1u32;
        for (i, (l, r)) in left.iter_mut().zip(&mut right).enumerate() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = state as f32 / u32::MAX as f32 - 0.5;
            // A blow every 61 ms, so that some fall on either side of each seam.
            let blow = (-((i % 2_690) as f32) / 300.0).exp() * noise;
            *l += 0.6 * blow;
            *r += 0.3 * blow;
        }
        let bytes = encode(&left, &right, 44_100, 256).expect("encodes");
        let decoded = decoded(&bytes);
        let start = decoded.len() - frames_for(length as u64, ENCODER_DELAY, FRAME) as usize * FRAME;
        let start = start + ENCODER_DELAY + DECODER_DELAY;
        let error = |frame: usize| -> f64 {
            (frame * FRAME..(frame + 1) * FRAME)
                .map(|i| f64::from(decoded[start + i][0] - left[i]).powi(2))
                .sum()
        };
        let mut usual: Vec<f64> = (20..STRETCH - 20).map(error).collect();
        usual.sort_by(f64::total_cmp);
        let worst = usual[usual.len() - 1];
        for seam in [STRETCH, 2 * STRETCH] {
            for frame in seam - 3..seam + 3 {
                assert!(
                    error(frame) <= worst * 1.05,
                    "frame {frame}: {:.3e}, elsewhere at most {worst:.3e}",
                    error(frame)
                );
            }
        }
    }

    #[test]
    fn the_decode_trims_to_the_input_and_sounds_like_it() {
        for length in [1, 5_000, 44_100 * 2 + 17, STRETCH * FRAME, 2 * STRETCH * FRAME + 17] {
            let (left, right) = song(length);
            let bytes = encode(&left, &right, 44_100, 256).expect("encodes");
            let frames = frames(&bytes);
            let (delay, padding) = gapless(frames[0]);
            assert_eq!((frames.len() - 1) * 1152 - delay - padding, length);

            let decoded = decoded(&bytes);
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
