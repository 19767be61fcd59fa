//! A track that is kept until it is a file: a whole song of stereo in well under half of the memory that floats take.
//!
//! Samples become whole numbers of [`STEP`]; what is stored is their distance from a polynomial through the one or two before
//! (Robinson, *SHORTEN: Simple lossless and near-lossless waveform compression*, Cambridge 1994), with as many bits as the
//! largest of a block needs. Silence takes nothing.

use std::ops::Range;

use bitpacking::{BitPacker, BitPacker4x};

use crate::audio::{Stereo, add, nearest};

/// Full scale in steps: one is an eighth of the smallest step of a 24-bit file at
/// [`HEADROOM`](crate::stems::HEADROOM), so a file never shows that it was rounded before.
const FULL: f64 = 33_554_432.0;

/// The distance of two samples.
pub const STEP: f32 = 1.0 / FULL as f32;

/// Samples packed with the same number of bits.
const BLOCK: usize = BitPacker4x::BLOCK_LEN;

/// Samples that are read and written together.
const PAGE: usize = 4_096;

/// The last page may be shorter.
#[derive(Clone, Debug, Default, PartialEq)]
struct Page {
    /// Every block's order (two bits) and width, then its packed distances; nothing for silence.
    bytes: Vec<u8>,
    /// The largest absolute sample.
    peak: f32,
}

/// Two channels of equal length, rounded to multiples of [`STEP`]; 1.0 is full scale, 64.0 the most.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    frames: usize,
    sides: [Vec<Page>; 2],
}

impl Track {
    /// `frames` of silence.
    pub fn silence(frames: usize) -> Self {
        let pages = vec![Page::default(); frames.div_ceil(PAGE)];
        Self {
            frames,
            sides: [pages.clone(), pages],
        }
    }

    /// Length in frames.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// The largest absolute sample.
    pub fn peak(&self) -> f32 {
        self.sides.iter().flatten().fold(0.0, |peak, page| peak.max(page.peak))
    }

    /// Bytes that the samples take.
    pub fn bytes(&self) -> usize {
        self.sides.iter().flatten().map(|page| page.bytes.len()).sum()
    }

    /// Adds `left` and `right` from frame `at` on.
    ///
    /// # Panics
    /// When they go beyond the end.
    pub fn add(&mut self, at: usize, left: &[f32], right: &[f32]) {
        let mut page = [0.0; PAGE];
        for (side, mut rest) in self.sides.iter_mut().zip([left, right]) {
            assert!(at + rest.len() <= self.frames, "a track does not grow");
            let mut at = at;
            while !rest.is_empty() {
                let from = at % PAGE;
                let (new, later) = rest.split_at(rest.len().min(PAGE - from));
                if new.iter().any(|x| *x != 0.0) {
                    let stored = &mut side[at / PAGE];
                    let length = PAGE.min(self.frames - (at - from));
                    stored.unpack(&mut page[..length]);
                    add(&mut page[from..length], new);
                    *stored = Page::pack(&page[..length]);
                }
                at += new.len();
                rest = later;
            }
        }
    }

    /// Some frames.
    ///
    /// # Panics
    /// When they are not all within the track.
    pub fn read(&self, frames: Range<usize>) -> Stereo {
        assert!(frames.end <= self.frames, "a track has an end");
        let mut page = [0.0; PAGE];
        let [left, right] = [0, 1].map(|side| {
            let mut out = Vec::with_capacity(frames.len());
            while out.len() < frames.len() {
                let at = frames.start + out.len();
                let (from, start) = (at % PAGE, at - at % PAGE);
                let length = PAGE.min(self.frames - start);
                self.sides[side][start / PAGE].unpack(&mut page[..length]);
                out.extend_from_slice(&page[from..length.min(frames.end - start)]);
            }
            out
        });
        Stereo { left, right }
    }

    /// All of it.
    pub fn stereo(&self) -> Stereo {
        self.read(0..self.frames)
    }

    /// Lets `edit` change it; the length stays.
    pub(crate) fn change(&mut self, edit: impl FnOnce(&mut Stereo)) {
        let mut whole = self.stereo();
        edit(&mut whole);
        *self = Self::from(&whole);
    }
}

impl From<&Stereo> for Track {
    fn from(audio: &Stereo) -> Self {
        let pages = |side: &[f32]| side.chunks(PAGE).map(Page::pack).collect();
        Self {
            frames: audio.frames(),
            sides: [pages(&audio.left), pages(&audio.right)],
        }
    }
}

impl Page {
    fn pack(samples: &[f32]) -> Self {
        if samples.iter().all(|x| *x == 0.0) {
            return Self::default();
        }
        let packer = BitPacker4x::new();
        let mut bytes = Vec::with_capacity(PAGE * 3);
        // The two samples before each, as the polynomials want them.
        let mut numbers = [0i32; BLOCK + 2];
        for block in samples.chunks(BLOCK) {
            numbers.copy_within(BLOCK.., 0);
            numbers[2..].fill(0);
            for (n, x) in numbers[2..].iter_mut().zip(block) {
                let steps = (f64::from(*x) * FULL).clamp(f64::from(i32::MIN), f64::from(i32::MAX));
                *n = nearest(steps);
            }
            let mut best = ([0; BLOCK], 0, u8::MAX);
            for (order, distance) in DISTANCES.into_iter().enumerate() {
                let mut folded = [0; BLOCK];
                for (f, n) in folded.iter_mut().zip(numbers.windows(3)) {
                    *f = fold(distance(n[0], n[1], n[2]));
                }
                let width = packer.num_bits(&folded);
                if width < best.2 {
                    best = (folded, order as u8, width);
                }
            }
            let (folded, order, width) = best;
            bytes.push(order << 6 | width);
            let at = bytes.len();
            bytes.resize(at + BitPacker4x::compressed_block_size(width), 0);
            packer.compress(&folded, &mut bytes[at..], width);
        }
        bytes.shrink_to_fit();
        let peak = samples.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
        Self { bytes, peak }
    }

    fn unpack(&self, out: &mut [f32]) {
        if self.bytes.is_empty() {
            out.fill(0.0);
            return;
        }
        let packer = BitPacker4x::new();
        let mut bytes = &self.bytes[..];
        let (mut before, mut last) = (0i32, 0i32);
        let mut folded = [0; BLOCK];
        for block in out.chunks_mut(BLOCK) {
            let (order, width) = (bytes[0] >> 6, bytes[0] & 63);
            let read = packer.decompress(&bytes[1..], &mut folded, width);
            bytes = &bytes[1 + read..];
            for (x, f) in block.iter_mut().zip(folded) {
                let expected = match order {
                    0 => 0,
                    1 => last,
                    _ => last.wrapping_mul(2).wrapping_sub(before),
                };
                let n = expected.wrapping_add(unfold(f));
                (before, last) = (last, n);
                *x = n as f32 * STEP;
            }
        }
    }
}

/// How far a number is from nothing, from the one before, and from the line through the two before.
const DISTANCES: [fn(i32, i32, i32) -> i32; 3] = [
    |_, _, n| n,
    |_, last, n| n.wrapping_sub(last),
    |before, last, n| n.wrapping_sub(last.wrapping_mul(2).wrapping_sub(before)),
];

/// Small numbers of both signs as small numbers: 0, −1, 1, −2, 2 …
fn fold(n: i32) -> u32 {
    ((n << 1) ^ (n >> 31)) as u32
}

fn unfold(f: u32) -> i32 {
    (f >> 1) as i32 ^ -((f & 1) as i32)
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;

    fn tone(frames: usize, level: f32) -> Stereo {
        let side = |hz: f32| {
            (0..frames)
                .map(|i| level * (std::f32::consts::TAU * hz * i as f32 / 44_100.0).sin())
                .collect()
        };
        Stereo {
            left: side(220.0),
            right: side(1_330.0),
        }
    }

    fn noise(frames: usize, level: f32) -> Stereo {
        let mut dice = Dice::new(frames as u64, "track");
        let mut side = || (0..frames).map(|_| level * (dice.unit() as f32 * 2.0 - 1.0)).collect();
        Stereo {
            left: side(),
            right: side(),
        }
    }

    #[test]
    fn what_was_kept_is_within_half_a_step() {
        for audio in [
            tone(10_000, 0.9),
            noise(4_096, 3.0),
            noise(4_097, 1e-4),
            noise(127, 0.5),
            Stereo::silence(5_000),
            Stereo::silence(0),
        ] {
            let track = Track::from(&audio);
            let kept = track.stereo();
            assert_eq!((track.frames(), kept.frames()), (audio.frames(), audio.frames()));
            for (x, y) in audio
                .left
                .iter()
                .chain(&audio.right)
                .zip(kept.left.iter().chain(&kept.right))
            {
                assert!((x - y).abs() <= 0.5 * STEP, "{x} {y}");
            }
            // From half of full scale on, a float has no finer steps.
            assert!((track.peak() - audio.peak()).abs() <= 0.5 * STEP);
            assert_eq!(Track::from(&kept).stereo(), kept, "keeping it again changes nothing");
        }
    }

    #[test]
    fn the_loudest_and_what_is_no_number_are_kept_in_bounds() {
        let odd = vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e9, -1e9, 63.9];
        let kept = Track::from(&Stereo::from_mono(odd)).stereo().left;
        assert!(kept.iter().all(|x| x.is_finite()), "{kept:?}");
        assert!(
            kept[0] == 0.0 && kept[1] > 63.0 && kept[2] < -63.0 && kept[5] == 63.9,
            "{kept:?}"
        );
    }

    #[test]
    fn any_part_reads_as_it_does_in_the_whole() {
        let audio = noise(20_000, 0.4);
        let (track, whole) = (Track::from(&audio), Track::from(&audio).stereo());
        for range in [
            0..1,
            0..20_000,
            4_095..4_097,
            5_000..5_000,
            8_192..12_288,
            19_999..20_000,
        ] {
            let part = track.read(range.clone());
            assert_eq!(part.left, whole.left[range.clone()]);
            assert_eq!(part.right, whole.right[range]);
        }
    }

    #[test]
    fn sounds_add_up_wherever_they_begin() {
        let mut track = Track::silence(20_000);
        let mut sum = Stereo::silence(20_000);
        for (at, length) in [(0, 16_384), (16_384, 3_616), (5_000, 9_000), (4_095, 2), (19_999, 1)] {
            let part = noise(length, 0.3);
            track.add(at, &part.left, &part.right);
            sum.add(at, &part.left, &part.right);
        }
        let kept = track.stereo();
        for (x, y) in sum.left.iter().zip(&kept.left).chain(sum.right.iter().zip(&kept.right)) {
            // Above a half a float's own rounding is a step.
            assert!((x - y).abs() < 4.0 * STEP);
        }
    }

    #[test]
    fn music_takes_less_than_half_and_silence_nothing() {
        let floats = |track: &Track| track.frames() * 8;
        let track = Track::from(&tone(44_100, 0.1));
        assert!(track.bytes() * 2 < floats(&track), "{}", track.bytes());
        // Full-scale noise, which nobody can foretell, still takes less than floats do.
        let track = Track::from(&noise(44_100, 1.0));
        assert!(track.bytes() < floats(&track) * 9 / 10, "{}", track.bytes());
        assert_eq!(Track::silence(44_100).bytes(), 0);
    }
}
