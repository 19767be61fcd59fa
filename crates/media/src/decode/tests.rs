//! Every container and codec against the formula its fixture was made from (see
//! `tools/fixtures/recordings.py`), and everything that a file can do wrong.

use std::{fs, io::Cursor, path::Path};

use super::*;
use crate::{mp3, wav};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
/// The fixtures last a second.
const SHORT: Limits = Limits {
    min_seconds: 0.2,
    max_seconds: 20.0,
    max_bytes: 1 << 24,
};

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(FIXTURES).join(name)).expect("a fixture that is committed")
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(FIXTURES)
        .expect("the folder of fixtures")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a plain name")
        })
        .map(|name| (name.clone(), fixture(&name)))
        .collect();
    all.sort();
    all
}

/// Left and right of the fixtures' formula at `rate` Hz.
fn tone(rate: u32, frames: usize) -> [Vec<f32>; 2] {
    let side = |f: fn(f64) -> f64| (0..frames).map(|i| f(i as f64 / f64::from(rate)) as f32).collect();
    [
        side(|t| 0.5 * (std::f64::consts::TAU * (300.0 * t + 200.0 * t * t)).sin()),
        side(|t| 0.4 * (std::f64::consts::TAU * 660.0 * t).sin()),
    ]
}

/// How far the recording is from the formula, dB, when it begins `lag` frames late.
fn snr(recording: &Recording, mono: bool, lag: usize) -> f64 {
    let [left, right] = tone(RATE, recording.left.len());
    let right = if mono { left.clone() } else { right };
    let (mut power, mut error) = (1e-12, 1e-12);
    for (heard, meant) in [(&recording.left, &left), (&recording.right, &right)] {
        // The last hundredth and the first feel the converter's edges.
        for i in 500..meant.len().min(RATE as usize) - 500 - lag {
            power += f64::from(meant[i]).powi(2);
            error += f64::from(heard[i + lag] - meant[i]).powi(2);
        }
    }
    10.0 * (power / error).log10()
}

/// 16-bit stereo made by the same formula.
fn sixteen(frames: usize) -> [Vec<i16>; 2] {
    tone(RATE, frames).map(|side| side.iter().map(|x| (x * 32_768.0).round() as i16).collect())
}

fn floats(side: &[i16]) -> Vec<f32> {
    side.iter().map(|&x| f32::from(x) / 32_768.0).collect()
}

/// A WAV file of any integer or float samples, by hound.
fn wave<S: hound::Sample>(
    rate: u32,
    channels: u16,
    bits: u16,
    kind: hound::SampleFormat,
    samples: impl Iterator<Item = S>,
) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels,
        sample_rate: rate,
        bits_per_sample: bits,
        sample_format: kind,
    };
    let mut bytes = Vec::new();
    let mut writer = hound::WavWriter::new(Cursor::new(&mut bytes), spec).expect("a header");
    for sample in samples {
        writer.write_sample(sample).expect("memory");
    }
    writer.finalize().expect("small");
    bytes
}

#[test]
fn every_container_and_codec_sounds_like_its_formula() {
    #[rustfmt::skip]
    let table = [
        // name, codec, extension, media type, rate, channels, frames too many at most, dB
        ("lame.mp3", "mp3", "mp3", "audio/mpeg", 44_100, 2, 0, 25.0),
        ("lame_low.mp3", "mp3", "mp3", "audio/mpeg", 16_000, 1, 0, 22.0),
        ("aac.m4a", "aac", "m4a", "audio/mp4", 44_100, 2, 0, 16.0),
        ("aac_faststart.m4a", "aac", "m4a", "audio/mp4", 48_000, 1, 0, 16.0),
        ("film.mp4", "aac", "mp4", "video/mp4", 44_100, 1, 0, 16.0),
        ("alac.m4a", "alac", "m4a", "audio/mp4", 8_000, 2, 0, 45.0),
        ("plain.flac", "flac", "flac", "audio/flac", 11_025, 2, 0, 45.0),
        ("wide.flac", "flac", "flac", "audio/flac", 8_000, 6, 0, 45.0),
        ("opus.opus", "opus", "opus", "audio/ogg", 48_000, 2, 0, 15.0),
        ("opus_surround.opus", "opus", "opus", "audio/ogg", 48_000, 6, 0, 12.0),
        ("opus.mp4", "opus", "m4a", "audio/mp4", 48_000, 2, 0, 15.0),
        ("ms.wav", "adpcm", "wav", "audio/wav", 8_000, 2, 6_000, 20.0),
        ("ima.wav", "adpcm", "wav", "audio/wav", 8_000, 1, 6_000, 20.0),
        ("mulaw.wav", "pcm", "wav", "audio/wav", 8_000, 1, 0, 30.0),
        ("plain.aiff", "pcm", "aiff", "audio/aiff", 8_000, 1, 0, 45.0),
        ("vorbis.ogg", "vorbis", "ogg", "audio/ogg", 44_100, 2, 0, 15.0),
        ("vorbis_low.ogg", "vorbis", "ogg", "audio/ogg", 11_025, 1, 0, 15.0),
    ];
    for (name, codec, extension, media_type, rate, channels, extra, decibels) in table {
        let recording = decode(&fixture(name), &SHORT).unwrap_or_else(|e| panic!("{name}: {e}"));
        let format = Format {
            codec,
            extension,
            media_type,
            rate,
            channels,
        };
        assert_eq!(recording.format, format, "{name}");
        assert_eq!(recording.left.len(), recording.right.len());
        let over = recording.left.len() as i64 - i64::from(RATE);
        assert!((0..=extra).contains(&over), "{name}: {over} frames too many");
        let heard = snr(&recording, channels == 1, 0);
        assert!(heard > decibels, "{name}: {heard:.1} dB");
    }
    // ADTS and fragments say nothing about the encoder's delay: a frame of 1024. At 48 kbit/s the encoder
    // is no better than this, whoever decodes.
    for (name, extension) in [("bare.aac", "aac"), ("aac_fragments.mp4", "m4a")] {
        let recording = decode(&fixture(name), &SHORT).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!((recording.format.codec, recording.format.extension), ("aac", extension));
        let heard = snr(&recording, false, 1_024);
        assert!(heard > 10.0, "{name}: {heard:.1} dB");
    }
}

#[test]
fn tags_become_clean_lines() {
    for name in ["lame.mp3", "aac.m4a", "plain.flac", "opus.opus", "vorbis.ogg"] {
        let recording = decode(&fixture(name), &SHORT).expect("decodes");
        let expected = if name == "vorbis.ogg" {
            "Night Train"
        } else {
            "NightTrain"
        };
        assert_eq!(recording.title.as_deref(), Some(expected), "{name}");
        assert_eq!(recording.artist.as_deref(), Some("The Fixtures"), "{name}");
    }
    assert_eq!(decode(&fixture("bare.aac"), &SHORT).expect("decodes").title, None);
}

#[test]
fn sixteen_bit_stereo_comes_out_exactly() {
    let [left, right] = sixteen(30_000);
    let interleaved = || left.iter().zip(&right).flat_map(|(&l, &r)| [l, r]);
    let bytes = wave(RATE, 2, 16, hound::SampleFormat::Int, interleaved());
    let recording = decode(&bytes, &SHORT).expect("a WAV");
    assert!(recording.left == floats(&left) && recording.right == floats(&right));
    // And back: the same bytes.
    assert!(wav::encode_exact(&recording.left, &recording.right, RATE) == bytes);

    // Lossless codecs at another rate: exact before the conversion, so exact in the reel's input.
    for name in ["alac.m4a", "plain.flac"] {
        let recording = decode(&fixture(name), &SHORT).expect("lossless");
        assert!(snr(&recording, false, 0) > 45.0, "{name}");
    }
}

#[test]
fn pcm_of_every_width_means_the_same() {
    let [left, _] = tone(RATE, 20_000);
    let int = |bits: u16, rate: u32| {
        let full = f64::from(1u32 << (bits - 1));
        let samples = left.iter().map(move |&x| (f64::from(x) * full).round() as i32);
        wave(rate, 1, bits, hound::SampleFormat::Int, samples)
    };
    for (bits, error) in [(8, 0.006), (16, 2e-5), (24, 1e-6), (32, 1e-6)] {
        let recording = decode(&int(bits, RATE), &SHORT).expect("PCM");
        let worst = recording
            .left
            .iter()
            .zip(&left)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!(worst <= error, "{bits} bit: {worst}");
        assert!(recording.left == recording.right, "mono goes to both sides");
    }
    let float = wave(RATE, 1, 32, hound::SampleFormat::Float, left.iter().copied());
    assert!(decode(&float, &SHORT).expect("float").left == left);
    let poison = left.iter().map(|&x| if x > 0.49 { f32::NAN } else { x * 1e9 });
    let recording = decode(&wave(RATE, 1, 32, hound::SampleFormat::Float, poison), &SHORT).expect("float");
    assert!(recording.left.iter().all(|x| x.is_finite() && x.abs() <= 8.0));
    for rate in [8_000, 22_050, 48_000, 96_000, 192_000] {
        let recording = decode(&int(24, rate), &SHORT).map(|r| (r.format.rate, r.left.len()));
        let length = (20_000.0 * 44_100.0 / f64::from(rate)).round() as usize;
        if length as f64 / 44_100.0 > SHORT.min_seconds {
            assert_eq!(recording, Ok((rate, length)));
        } else {
            assert!(matches!(recording, Err(DecodeError::TooShort { .. })));
        }
    }
    for rate in [0, 1, 7_999, 192_001, u32::MAX] {
        let mut bytes = int(16, RATE);
        bytes[24..28].copy_from_slice(&rate.to_le_bytes());
        let error = decode(&bytes, &SHORT).expect_err("no such rate");
        assert!(
            matches!(error, DecodeError::Rate { .. } | DecodeError::Damaged { .. }),
            "{rate} Hz: {error}"
        );
    }
}

#[test]
fn our_own_files_come_back() {
    let [left, right] = tone(RATE, 3 * RATE as usize + 77);
    let bytes = mp3::encode(&left, &right, RATE, 256).expect("encodes");
    let recording = decode(&bytes, &SHORT).expect("our MP3");
    assert_eq!(recording.left.len(), left.len(), "gapless");
    assert!(snr(&recording, false, 0) > 30.0);
    let recording = decode(&wav::encode(&left, &right, RATE), &SHORT).expect("our WAV");
    assert!(snr(&recording, false, 0) > 70.0);
}

#[test]
fn what_is_not_audio_is_called_what_it_is() {
    let not_audio = |bytes: &[u8]| match decode(bytes, &SHORT) {
        Err(DecodeError::NotAudio { found }) => found,
        other => panic!("{other:?}"),
    };
    assert_eq!(decode(b"", &SHORT), Err(DecodeError::Empty));
    assert_eq!(not_audio(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "a picture");
    assert_eq!(not_audio(b"\xFF\xD8\xFF\xE0\0\x10JFIF"), "a picture");
    assert_eq!(not_audio(b"PK\x03\x04\x14\0\0\0"), "an archive");
    assert_eq!(not_audio(b"{\"code\": 404, \"message\": \"no\"}"), "text");
    assert_eq!(not_audio(b"  <!DOCTYPE html><html>"), "a web page");
    assert_eq!(not_audio(b"MThd\0\0\0\x06\0\x01\0\x01\0\x60"), "a MIDI file");
    assert_eq!(not_audio(&[0; 5_000]), "a tag without sound");
    assert_eq!(not_audio(&[7; 5_000]), "data of an unknown kind");
    let webm = decode(b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01", &SHORT).expect_err("WebM");
    assert_eq!(
        webm.to_string(),
        "Matroska/WebM is not supported; send MP3, WAV, FLAC, OGG, M4A, AAC or AIFF."
    );
    assert_eq!(decode(&fixture("silent_film.mp4"), &SHORT), Err(DecodeError::NoAudio));
    let surround = decode(&fixture("aac_surround.m4a"), &SHORT).expect_err("5.1 in AAC");
    assert_eq!(
        surround,
        DecodeError::Unsupported {
            codec: "AAC with more than two channels"
        }
    );
    let big = Limits {
        max_bytes: 3 << 20,
        ..SHORT
    };
    let error = decode(&vec![1; (3 << 20) + 1], &big).expect_err("too large");
    assert_eq!(
        error.to_string(),
        "The file is larger than 3 MB, which is the most that is taken."
    );
}

#[test]
fn length_and_silence_have_limits() {
    let silence = |seconds: usize| vec![0.0; RATE as usize * seconds];
    let [left, right] = tone(RATE, RATE as usize * 21 / 10);
    let short = decode(&wav::encode_exact(&left, &right, RATE), &Limits::default()).expect_err("2.1 s");
    assert_eq!(
        short.to_string(),
        "The audio is 2.1 seconds long; at least 6 seconds are needed."
    );
    let quiet = wav::encode_exact(&silence(7), &silence(7), RATE);
    assert_eq!(decode(&quiet, &Limits::default()), Err(DecodeError::Silent));
    let quiet = mp3::encode(&silence(7), &silence(7), RATE, 128).expect("encodes");
    assert_eq!(decode(&quiet, &Limits::default()), Err(DecodeError::Silent));
    let long = wav::encode_exact(&silence(21), &silence(21), RATE);
    assert_eq!(
        decode(&long, &SHORT).expect_err("21 s").to_string(),
        "The audio is longer than 20 seconds, which is the most that is taken."
    );
}

#[test]
fn headers_may_lie() {
    let [left, right] = sixteen(20_000);
    let interleaved = || left.iter().zip(&right).flat_map(|(&l, &r)| [l, r]);
    let honest = wave(RATE, 2, 16, hound::SampleFormat::Int, interleaved());
    let lie = |at: usize, bytes: &[u8]| {
        let mut file = honest.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        decode(&file, &SHORT)
    };
    // A data chunk of 4 GB, or of no size as recorders leave it that lost power: what is there is taken.
    for size in [0, u32::MAX, u32::MAX - 1, 3_000_000_000] {
        let recording = lie(40, &size.to_le_bytes()).expect("what is there");
        assert!(recording.left == floats(&left), "{size}");
    }
    for channels in [0u16, 9, 64, u16::MAX] {
        let error = lie(22, &channels.to_le_bytes()).expect_err("no such layout");
        assert!(
            matches!(
                error,
                DecodeError::Channels { .. } | DecodeError::Damaged { .. } | DecodeError::TooShort { .. }
            ),
            "{channels} channels: {error}"
        );
    }
    for bits in [0u16, 1, 7, 40, 4_096] {
        assert!(lie(34, &bits.to_le_bytes()).is_err(), "{bits} bit");
    }
    assert!(lie(20, &[0x55, 0]).is_err(), "MP3 in WAV");
}

#[test]
fn a_file_may_end_anywhere() {
    for (name, bytes) in fixtures() {
        let step = (bytes.len() / 60).max(1);
        let ends = (0..64.min(bytes.len())).chain((64..bytes.len()).step_by(step));
        let mut longest = 0.0f64;
        for end in ends {
            if let Ok(recording) = decode(&bytes[..end], &SHORT) {
                assert!(
                    recording.seconds() >= SHORT.min_seconds - SLACK_SECONDS,
                    "{name} to {end}"
                );
                longest = longest.max(recording.seconds());
            }
        }
        // An index at the end is lost with the end, and so is a page that is the only one.
        let streams = match Path::new(&name).extension().and_then(|e| e.to_str()) {
            Some("m4a" | "mp4") => name.contains("faststart") || name.contains("fragments"),
            _ => name != "opus_surround.opus" && !name.starts_with("vorbis"),
        };
        if streams {
            assert!(longest > 0.5, "{name}: {longest} s of a cut file");
        }
    }
}

#[test]
fn bytes_may_be_anything() {
    // xorshift64, Marsaglia 2003.
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut draw = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for (name, bytes) in fixtures() {
        for round in 0..24 {
            let mut file = bytes.clone();
            // Headers first: that is where lies matter.
            let reach = if round % 2 == 0 {
                file.len().min(256)
            } else {
                file.len()
            };
            for _ in 0..=draw(12) {
                let at = draw(reach);
                file[at] = match draw(4) {
                    0 => 0,
                    1 => 0xFF,
                    2 => file[at] ^ (1 << draw(8)),
                    _ => draw(256) as u8,
                };
            }
            if let Ok(recording) = decode(&file, &SHORT) {
                let sides = recording.left.iter().chain(&recording.right);
                assert!(sides.clone().all(|x| x.is_finite()), "{name}, round {round}");
                assert!(recording.seconds() <= SHORT.max_seconds + 2.0 * SLACK_SECONDS);
            }
        }
    }
    for length in [1, 2, 3, 5, 12, 40, 4_000] {
        let noise: Vec<u8> = (0..length).map(|_| draw(256) as u8).collect();
        assert!(decode(&noise, &SHORT).is_err());
    }
}

#[test]
fn a_decoder_that_panics_ends_only_its_file() {
    let broken = include_bytes!("../../hostile/broken_fragment.mp4");
    let error = decode(broken, &Limits::default()).unwrap_err();
    assert!(matches!(error, DecodeError::Damaged { .. }), "{error}");
}
