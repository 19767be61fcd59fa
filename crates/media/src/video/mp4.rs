//! MP4 of one H.264 and one MP3 track (ISO/IEC 14496-12, -14 and -15), index first so that it plays
//! while it is fetched.

use super::h264::Unit;
use crate::mp3::Frames;

/// Ticks a second of the film and of its pictures.
pub const TIMESCALE: u32 = 90_000;
/// Object type of MPEG-1 audio (14496-1, table 5); `mp4a.6B` in a codecs string.
const MPEG1_AUDIO: u8 = 0x6B;
/// The identity, as `mvhd` and `tkhd` write it (16.16 and 2.30).
const MATRIX: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// The pictures of a film.
pub struct Video {
    /// Pixels.
    pub width: u16,
    /// Pixels.
    pub height: u16,
    /// Sequence and picture parameter set.
    pub parameter_sets: [Vec<u8>; 2],
    /// Each picture and for how many ticks it is shown.
    pub pictures: Vec<(Unit, u32)>,
}

/// A box under construction: `type`, then what `fill` writes.
fn boxed(out: &mut Vec<u8>, kind: [u8; 4], fill: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.extend([0; 4]);
    out.extend(kind);
    fill(out);
    let size = (out.len() - at) as u32;
    out[at..at + 4].copy_from_slice(&size.to_be_bytes());
}

/// A box with version 0 and flags.
fn full(out: &mut Vec<u8>, kind: [u8; 4], flags: u32, fill: impl FnOnce(&mut Vec<u8>)) {
    boxed(out, kind, |out| {
        words(out, &[flags]);
        fill(out);
    });
}

fn words(out: &mut Vec<u8>, values: &[u32]) {
    out.extend(values.iter().flat_map(|v| v.to_be_bytes()));
}

fn halves(out: &mut Vec<u8>, values: &[u16]) {
    out.extend(values.iter().flat_map(|v| v.to_be_bytes()));
}

/// Samples that lie one behind the other in the file.
struct Chunk {
    track: usize,
    samples: u32,
    bytes: Vec<u8>,
}

/// What `stbl` says about a track's samples.
struct Samples {
    /// How many have which duration.
    durations: Vec<(u32, u32)>,
    sizes: Vec<u32>,
    /// Numbers of the samples that decoding can begin at, from 1; none when it is all of them.
    keys: Vec<u32>,
}

/// The file.
pub fn write(video: Video, audio: &Frames<'_>, title: &str) -> Vec<u8> {
    let Video {
        width,
        height,
        parameter_sets,
        pictures,
    } = video;
    let ticks: u64 = pictures.iter().map(|(_, d)| u64::from(*d)).sum();
    let mut samples = [0, 1].map(|_| Samples {
        durations: Vec::new(),
        sizes: Vec::new(),
        keys: Vec::new(),
    });
    for (i, (unit, duration)) in pictures.iter().enumerate() {
        match samples[0].durations.last_mut() {
            Some((count, same)) if same == duration => *count += 1,
            _ => samples[0].durations.push((1, *duration)),
        }
        samples[0].sizes.push(unit.bytes.len() as u32 + 4);
        if unit.key {
            samples[0].keys.push(i as u32 + 1);
        }
    }
    samples[1].durations = vec![(audio.frames.len() as u32, audio.samples_per_frame)];
    samples[1].sizes = audio.frames.iter().map(|f| f.len() as u32).collect();
    let chunks = interleave(&pictures, audio);

    let head = |offset: u32| {
        let mut out = Vec::new();
        boxed(&mut out, *b"ftyp", |out| {
            out.extend(b"isom\0\0\x02\0isomiso2avc1mp41");
        });
        boxed(&mut out, *b"moov", |out| {
            full(out, *b"mvhd", 0, |out| {
                words(out, &[0, 0, TIMESCALE, ticks as u32, 0x1_0000]);
                halves(out, &[0x100, 0]);
                words(out, &[0, 0]);
                words(out, &MATRIX);
                words(out, &[0, 0, 0, 0, 0, 0, 3]); // next track 3
            });
            for (track, samples) in samples.iter().enumerate() {
                let places: Vec<(u32, u32)> = chunks
                    .iter()
                    .scan(offset, |at, c| {
                        let here = *at;
                        *at += c.bytes.len() as u32;
                        Some((c, here))
                    })
                    .filter(|(c, _)| c.track == track)
                    .map(|(c, at)| (at, c.samples))
                    .collect();
                boxed(out, *b"trak", |out| {
                    let size = if track == 0 { [width, height] } else { [0, 0] };
                    track_header(out, track, ticks as u32, size);
                    boxed(out, *b"mdia", |out| {
                        media_header(out, track, audio, ticks as u32);
                        boxed(out, *b"minf", |out| {
                            if track == 0 {
                                full(out, *b"vmhd", 1, |out| words(out, &[0, 0]));
                            } else {
                                full(out, *b"smhd", 0, |out| words(out, &[0]));
                            }
                            boxed(out, *b"dinf", |out| {
                                full(out, *b"dref", 0, |out| {
                                    words(out, &[1]);
                                    full(out, *b"url ", 1, |_| ());
                                });
                            });
                            boxed(out, *b"stbl", |out| {
                                full(out, *b"stsd", 0, |out| {
                                    words(out, &[1]);
                                    if track == 0 {
                                        visual_entry(out, [width, height], &parameter_sets);
                                    } else {
                                        audio_entry(out, audio);
                                    }
                                });
                                sample_tables(out, samples, &places);
                            });
                        });
                    });
                    if track == 1 {
                        // The coder's delay is cut off, so that words and picture meet.
                        edit(out, audio, ticks as u32);
                    }
                });
            }
            metadata(out, title);
        });
        out
    };
    // The index's size does not depend on the offsets in it.
    let offset = head(0).len() as u32 + 8;
    let mut out = head(offset);
    boxed(&mut out, *b"mdat", |out| {
        for chunk in &chunks {
            out.extend(&chunk.bytes);
        }
    });
    out
}

/// Half-second chunks of picture and sound in turn, so that a player never has to look far.
fn interleave(pictures: &[(Unit, u32)], audio: &Frames<'_>) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let (mut shown, mut heard, mut until, mut now) = (0, 0, 0u64, 0u64);
    while shown < pictures.len() || heard < audio.frames.len() {
        until += u64::from(TIMESCALE) / 2;
        let mut chunk = Chunk {
            track: 0,
            samples: 0,
            bytes: Vec::new(),
        };
        while shown < pictures.len() && now < until {
            let (unit, duration) = &pictures[shown];
            words(&mut chunk.bytes, &[unit.bytes.len() as u32]);
            chunk.bytes.extend(&unit.bytes);
            chunk.samples += 1;
            now += u64::from(*duration);
            shown += 1;
        }
        let frames =
            (until * u64::from(audio.rate) / u64::from(TIMESCALE) / u64::from(audio.samples_per_frame)) as usize;
        let frames = frames.clamp(heard, audio.frames.len());
        let sound = Chunk {
            track: 1,
            samples: (frames - heard) as u32,
            bytes: audio.frames[heard..frames].concat(),
        };
        heard = frames;
        chunks.extend([chunk, sound].into_iter().filter(|c| c.samples > 0));
    }
    chunks
}

fn track_header(out: &mut Vec<u8>, track: usize, ticks: u32, size: [u16; 2]) {
    // Enabled, in the film, in the preview.
    full(out, *b"tkhd", 7, |out| {
        words(out, &[0, 0, track as u32 + 1, 0, ticks, 0, 0]);
        let volume = if track == 0 { 0 } else { 0x100 };
        halves(out, &[0, track as u16, volume, 0]);
        words(out, &MATRIX);
        words(out, &size.map(|s| u32::from(s) << 16));
    });
}

fn edit(out: &mut Vec<u8>, audio: &Frames<'_>, ticks: u32) {
    let length = (audio.samples * u64::from(TIMESCALE) / u64::from(audio.rate)) as u32;
    boxed(out, *b"edts", |out| {
        full(out, *b"elst", 0, |out| {
            words(out, &[1, length.min(ticks), audio.delay, 0x1_0000]);
        });
    });
}

fn media_header(out: &mut Vec<u8>, track: usize, audio: &Frames<'_>, ticks: u32) {
    let (scale, length, kind, name): (_, _, _, &[u8]) = if track == 0 {
        (TIMESCALE, ticks, *b"vide", b"Pictures\0")
    } else {
        let length = audio.frames.len() as u32 * audio.samples_per_frame;
        (audio.rate, length, *b"soun", b"Sound\0")
    };
    full(out, *b"mdhd", 0, |out| {
        words(out, &[0, 0, scale, length]);
        // Language "und", five bits a letter.
        halves(out, &[0x55C4, 0]);
    });
    full(out, *b"hdlr", 0, |out| {
        words(out, &[0]);
        out.extend(kind);
        words(out, &[0, 0, 0]);
        out.extend(name);
    });
}

fn visual_entry(out: &mut Vec<u8>, size: [u16; 2], [sequence, picture]: &[Vec<u8>; 2]) {
    boxed(out, *b"avc1", |out| {
        halves(out, &[0, 0, 0, 1]);
        words(out, &[0, 0, 0, 0]);
        halves(out, &size);
        words(out, &[0x48_0000, 0x48_0000, 0]); // 72 dpi
        halves(out, &[1]);
        out.extend([0; 32]); // compressor name
        halves(out, &[24, 0xFFFF]);
        boxed(out, *b"avcC", |out| {
            // Version; profile, constraints and level as in the sequence set; lengths of 4 bytes.
            out.extend([1, sequence[1], sequence[2], sequence[3], 0xFF, 0xE1]);
            halves(out, &[sequence.len() as u16]);
            out.extend(sequence);
            out.push(1);
            halves(out, &[picture.len() as u16]);
            out.extend(picture);
        });
        boxed(out, *b"colr", |out| {
            out.extend(b"nclx");
            halves(out, &[1, 1, 1]); // BT.709
            out.push(0); // limited range
        });
        boxed(out, *b"pasp", |out| words(out, &[1, 1]));
    });
}

fn audio_entry(out: &mut Vec<u8>, audio: &Frames<'_>) {
    boxed(out, *b"mp4a", |out| {
        halves(out, &[0, 0, 0, 1]);
        words(out, &[0, 0]);
        halves(out, &[audio.channels, 16, 0, 0]);
        words(out, &[audio.rate << 16]);
        full(out, *b"esds", 0, |out| {
            // ES descriptor > decoder configuration, synchronisation configuration (14496-1, 7.2.6).
            out.extend([0x03, 21, 0, 0, 0]);
            out.extend([0x04, 13, MPEG1_AUDIO, 0x15]); // audio stream
            let buffer = audio.frames.iter().map(|f| f.len()).max().unwrap_or(0) as u32;
            out.extend(&buffer.to_be_bytes()[1..]);
            words(out, &[audio.bits_per_second, audio.bits_per_second]);
            out.extend([0x06, 1, 2]);
        });
    });
}

fn sample_tables(out: &mut Vec<u8>, samples: &Samples, chunks: &[(u32, u32)]) {
    full(out, *b"stts", 0, |out| {
        words(out, &[samples.durations.len() as u32]);
        for (count, duration) in &samples.durations {
            words(out, &[*count, *duration]);
        }
    });
    if !samples.keys.is_empty() {
        full(out, *b"stss", 0, |out| {
            words(out, &[samples.keys.len() as u32]);
            words(out, &samples.keys);
        });
    }
    full(out, *b"stsc", 0, |out| {
        let mut runs: Vec<[u32; 3]> = Vec::new();
        for (i, (_, count)) in chunks.iter().enumerate() {
            if runs.last().is_none_or(|r| r[1] != *count) {
                runs.push([i as u32 + 1, *count, 1]);
            }
        }
        words(out, &[runs.len() as u32]);
        words(out, runs.as_flattened());
    });
    full(out, *b"stsz", 0, |out| {
        words(out, &[0, samples.sizes.len() as u32]);
        words(out, &samples.sizes);
    });
    full(out, *b"stco", 0, |out| {
        words(out, &[chunks.len() as u32]);
        words(out, &chunks.iter().map(|c| c.0).collect::<Vec<_>>());
    });
}

/// The title, where players look for it.
fn metadata(out: &mut Vec<u8>, title: &str) {
    boxed(out, *b"udta", |out| {
        full(out, *b"meta", 0, |out| {
            full(out, *b"hdlr", 0, |out| {
                words(out, &[0]);
                out.extend(b"mdirappl");
                words(out, &[0, 0]);
                out.push(0);
            });
            boxed(out, *b"ilst", |out| {
                boxed(out, *b"\xA9nam", |out| {
                    boxed(out, *b"data", |out| {
                        words(out, &[1, 0]); // UTF-8, no locale
                        out.extend(title.as_bytes());
                    });
                });
            });
        });
    });
}
