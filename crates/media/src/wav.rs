//! WAV: 16-bit PCM with triangular dither, and 24-bit PCM of integers that are exact already (stems).
//!
//! Dither of two uniform variables (TPDF, ±1 LSB) makes the quantisation error independent of the
//! signal in mean and variance (Lipshitz, Wannamaker & Vanderkooy, *Quantization and Dither*, JAES
//! 1992). Exact zeros stay zero, so that digital silence remains silent.

use std::{
    fs,
    io::{self, Cursor},
    path::Path,
};

/// Full scale of 16 bit: 1.0 becomes 32767 after clamping, −1.0 becomes −32768.
const FULL_SCALE: f32 = 32_768.0;

/// A stereo file. The same samples give the same bytes.
///
/// # Panics
/// When the channels differ in length, or above 4 GiB (6 hours of stereo), which RIFF cannot count.
pub fn encode(left: &[f32], right: &[f32], rate: u32) -> Vec<u8> {
    assert_eq!(left.len(), right.len(), "the channels of one file have equal lengths");
    let (mut l, mut r) = (Dither::new(1), Dither::new(2));
    let samples = left
        .iter()
        .zip(right)
        .flat_map(|(&a, &b)| [l.quantise(a), r.quantise(b)]);
    pack(samples, left.len() * 2, 2, rate)
}

/// A stereo file without dither: what was 16 bit before ([`crate::decode`]) becomes the same 16 bit
/// again, sample for sample.
///
/// # Panics
/// When the channels differ in length, or above 4 GiB (6 hours of stereo), which RIFF cannot count.
pub fn encode_exact(left: &[f32], right: &[f32], rate: u32) -> Vec<u8> {
    assert_eq!(left.len(), right.len(), "the channels of one file have equal lengths");
    let exact = |x: f32| (x * FULL_SCALE).round().clamp(-FULL_SCALE, FULL_SCALE - 1.0) as i16;
    let samples = left.iter().zip(right).flat_map(|(&l, &r)| [exact(l), exact(r)]);
    pack(samples, left.len() * 2, 2, rate)
}

/// The beginning of a 24-bit stereo file of so many frames; [`i24`] gives what follows.
///
/// # Panics
/// Above 4 GiB (4 hours of stereo), which RIFF cannot count.
pub fn i24_header(frames: usize, rate: u32) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: rate,
        bits_per_sample: 24,
        sample_format: hound::SampleFormat::Int,
    };
    let mut header = Vec::new();
    let writer =
        hound::WavWriter::new(Cursor::new(&mut header), spec).expect("memory does not fail, the format is valid");
    writer.finalize().expect("nothing is below 4 GiB");
    // The sizes of the file without its first 8 bytes, and of its last chunk.
    let (whole, data) = (header.len() - 8 + 6 * frames, 6 * frames);
    let end = header.len();
    for (at, size) in [(4, whole), (end - 4, data)] {
        let size = u32::try_from(size).expect("below 4 GiB");
        header[at..at + 4].copy_from_slice(&size.to_le_bytes());
    }
    header
}

/// Frames, left and right, as a 24-bit file has them: integers as they are, without dither, so that sums
/// stay exact.
///
/// # Panics
/// When a sample is outside −2²³ … 2²³ − 1.
pub fn i24(frames: &[[i32; 2]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(6 * frames.len());
    for x in frames.iter().flatten() {
        assert!((-(1 << 23)..1 << 23).contains(x), "{x} has more than 24 bits");
        bytes.extend_from_slice(&x.to_le_bytes()[..3]);
    }
    bytes
}

/// A mono file (a dry voice).
///
/// # Panics
/// Above 4 GiB (13 hours), which RIFF cannot count.
pub fn encode_mono(samples: &[f32], rate: u32) -> Vec<u8> {
    let mut dither = Dither::new(1);
    pack(samples.iter().map(|&x| dither.quantise(x)), samples.len(), 1, rate)
}

/// Writes a stereo file to `path`.
pub fn write(path: &Path, left: &[f32], right: &[f32], rate: u32) -> io::Result<()> {
    fs::write(path, encode(left, right, rate))
}

/// Writes a mono file to `path`.
pub fn write_mono(path: &Path, samples: &[f32], rate: u32) -> io::Result<()> {
    fs::write(path, encode_mono(samples, rate))
}

fn pack(samples: impl Iterator<Item = i16>, count: usize, channels: u16, rate: u32) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = Vec::with_capacity(44 + count * 2);
    let mut writer =
        hound::WavWriter::new(Cursor::new(&mut bytes), spec).expect("memory does not fail, the format is valid");
    let mut fast = writer.get_i16_writer(u32::try_from(count).expect("fewer than 2^32 samples"));
    for sample in samples {
        fast.write_sample(sample);
    }
    fast.flush()
        .expect("exactly the announced number of samples was written");
    writer.finalize().expect("below 4 GiB");
    bytes
}

/// A seeded noise source for the last bit (xorshift32, Marsaglia 2003).
struct Dither(u32);

impl Dither {
    fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9) | 1)
    }

    /// Uniform in −0.5 … 0.5 LSB.
    fn uniform(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (self.0 >> 8) as f32 / (1u32 << 24) as f32 - 0.5
    }

    fn quantise(&mut self, x: f32) -> i16 {
        let noise = self.uniform() + self.uniform();
        if x == 0.0 {
            return 0;
        }
        (x * FULL_SCALE + noise).round().clamp(-FULL_SCALE, FULL_SCALE - 1.0) as i16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(frames: usize, hz: f32, level: f32) -> Vec<f32> {
        (0..frames)
            .map(|i| level * (std::f32::consts::TAU * hz * i as f32 / 44_100.0).sin())
            .collect()
    }

    fn read(bytes: &[u8]) -> (hound::WavSpec, Vec<i16>) {
        let mut reader = hound::WavReader::new(Cursor::new(bytes)).expect("a WAV header");
        let spec = reader.spec();
        (spec, reader.samples::<i16>().map(|s| s.expect("a sample")).collect())
    }

    #[test]
    fn sixteen_bits_come_back_as_they_were() {
        let all: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        let left: Vec<f32> = all.iter().map(|&x| f32::from(x) / 32_768.0).collect();
        let right: Vec<f32> = left.iter().rev().copied().collect();
        let (_, samples) = read(&encode_exact(&left, &right, 44_100));
        let expected: Vec<i16> = all.iter().zip(all.iter().rev()).flat_map(|(&l, &r)| [l, r]).collect();
        assert!(samples == expected);
        let (_, loud) = read(&encode_exact(&[2.0, f32::NAN], &[-2.0, 1.0], 44_100));
        assert_eq!(loud, [i16::MAX, i16::MIN, 0, i16::MAX]);
    }

    #[test]
    fn a_stereo_file_has_the_exact_frames_and_the_same_sound() {
        let (left, right) = (sine(44_101, 440.0, 0.5), sine(44_101, 660.0, 0.25));
        let (spec, samples) = read(&encode(&left, &right, 44_100));
        assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (2, 44_100, 16));
        assert_eq!(samples.len(), 2 * 44_101);
        for (pair, (l, r)) in samples.chunks(2).zip(left.iter().zip(&right)) {
            // TPDF is at most one step, rounding half a step.
            assert!((f32::from(pair[0]) - l * FULL_SCALE).abs() <= 1.5);
            assert!((f32::from(pair[1]) - r * FULL_SCALE).abs() <= 1.5);
        }
    }

    #[test]
    fn dither_keeps_what_plain_rounding_would_lose() {
        // A sine of a third of a step vanishes when rounded; with dither it correlates with itself.
        let quiet = sine(44_100, 441.0, 0.33 / FULL_SCALE);
        let (_, samples) = read(&encode_mono(&quiet, 44_100));
        let product: f32 = samples
            .iter()
            .zip(&quiet)
            .map(|(&s, q)| f32::from(s) * q * FULL_SCALE)
            .sum();
        let power: f32 = quiet.iter().map(|q| (q * FULL_SCALE).powi(2)).sum();
        assert!((product / power - 1.0).abs() < 0.2, "{}", product / power);
    }

    #[test]
    fn silence_stays_silent_and_overs_are_clamped() {
        let (_, samples) = read(&encode(&[0.0, 2.0, -2.0], &[0.0, 0.0, 0.0], 44_100));
        assert_eq!(samples, [0, 0, i16::MAX, 0, i16::MIN, 0]);
    }

    #[test]
    fn integers_of_24_bits_come_back_unchanged() {
        let left = [0, 1, -1, (1 << 23) - 1, -(1 << 23), 123_456];
        let right = [5, -7, 0, -(1 << 23), (1 << 23) - 1, -654_321];
        let frames: Vec<[i32; 2]> = left.into_iter().zip(right).map(|(l, r)| [l, r]).collect();
        let bytes = [i24_header(frames.len(), 44_100), i24(&frames)].concat();
        let mut reader = hound::WavReader::new(Cursor::new(&bytes)).expect("a WAV header");
        assert_eq!((reader.spec().channels, reader.spec().bits_per_sample), (2, 24));
        let samples: Vec<i32> = reader.samples().map(|s| s.expect("a sample")).collect();
        assert_eq!(samples, frames.concat());
        assert!(std::panic::catch_unwind(|| i24(&[[1 << 23, 0]])).is_err());
    }

    #[test]
    fn bytes_repeat() {
        let left = sine(100, 440.0, 0.5);
        assert_eq!(encode(&left, &left, 48_000), encode(&left, &left, 48_000));
    }

    #[test]
    fn uneven_channels_are_a_bug_of_the_caller() {
        let result = std::panic::catch_unwind(|| encode(&[0.0], &[], 44_100));
        assert!(result.is_err());
    }
}
