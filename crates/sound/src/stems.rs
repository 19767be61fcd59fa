//! Tracks as whole numbers whose sum is the mix to the last bit, and the two halves of a song.

use std::ops::Range;

use rayon::prelude::*;

use crate::{
    audio::{Stereo, nearest},
    mix::{BACKING, Stem},
    studio::Rendering,
    track::Track,
};

/// Full scale of 24 bits.
const FULL: f64 = 8_388_608.0;

/// The usual level of files before the master: 6 dB below the mix as it is computed, which may well
/// pass full scale. A fixed level, so that the files of a piece and of an edit of it can be compared.
pub const HEADROOM: f32 = 0.5;

/// What rounding may add to a sample, in steps.
const ROOM: f64 = 4.0;

/// Tracks and their mix as 24-bit samples, computed block by block, so that they are never held as a whole.
pub struct Exact<'a> {
    tracks: Vec<&'a Track>,
    mix: &'a Stereo,
    /// What every sample is multiplied by, the same for all tracks and the mix: [`HEADROOM`], halved
    /// until nothing clips.
    pub gain: f32,
}

/// Prepares `tracks`, whose sum is `mix` but for the rounding of floats, for 24 bits.
///
/// The sum of all [`Exact::tracks`] is [`Exact::mix`] exactly, sample by sample. Each track is the
/// difference of two rounded running sums, the last of which is the mix, so rounding takes at most
/// one step (LSB) of each; the floats' own difference is spread evenly over the tracks.
///
/// # Panics
/// When the tracks are not as long as the mix.
pub fn exact<'a>(tracks: &[&'a Track], mix: &'a Stereo) -> Exact<'a> {
    assert!(
        tracks.iter().all(|t| t.frames() == mix.frames()),
        "tracks are as long as their mix"
    );
    let peak = tracks
        .par_iter()
        .map(|t| t.peak())
        .chain([mix.peak()])
        .reduce(|| 0.0, f32::max);
    let most = (FULL - 1.0 - ROOM) / FULL;
    let mut gain = HEADROOM;
    while f64::from(peak * gain) > most {
        gain /= 2.0;
    }
    Exact {
        tracks: tracks.to_vec(),
        mix,
        gain,
    }
}

impl Exact<'_> {
    /// How many tracks there are.
    pub fn len(&self) -> usize {
        self.tracks.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tracks.is_empty()
    }

    /// Length in frames.
    pub fn frames(&self) -> usize {
        self.mix.frames()
    }

    /// Some frames of the mix: left and right, 24-bit numbers.
    ///
    /// # Panics
    /// When they are not all within the mix.
    pub fn mix(&self, frames: Range<usize>) -> Vec<[i32; 2]> {
        let side = |x: &f32| self.round(f64::from(*x));
        let (left, right) = (&self.mix.left[frames.clone()], &self.mix.right[frames]);
        left.iter().zip(right).map(|(l, r)| [side(l), side(r)]).collect()
    }

    /// The same frames of every track, in order.
    ///
    /// # Panics
    /// When they are not all within the mix.
    pub fn tracks(&self, frames: Range<usize>) -> Vec<Vec<[i32; 2]>> {
        let mut out = vec![vec![[0; 2]; frames.len()]; self.tracks.len()];
        let tracks: Vec<Stereo> = self.tracks.iter().map(|t| t.read(frames.clone())).collect();
        self.fill(0, &tracks, |s| &s.left, &self.mix.left[frames.clone()], &mut out);
        self.fill(1, &tracks, |s| &s.right, &self.mix.right[frames], &mut out);
        out
    }

    fn round(&self, x: f64) -> i32 {
        nearest(x * f64::from(self.gain) * FULL)
    }

    fn fill(
        &self,
        channel: usize,
        tracks: &[Stereo],
        side: impl Fn(&Stereo) -> &[f32],
        mix: &[f32],
        out: &mut [Vec<[i32; 2]>],
    ) {
        // What the floats' sum lacks.
        let mut lack = vec![0.0f64; mix.len()];
        for track in tracks {
            for (sum, x) in lack.iter_mut().zip(side(track)) {
                *sum += f64::from(*x);
            }
        }
        for (lack, mix) in lack.iter_mut().zip(mix) {
            *lack = f64::from(*mix) - *lack;
        }
        let (mut sum, mut rounded) = (vec![0.0f64; mix.len()], vec![0; mix.len()]);
        let count = tracks.len() as f64;
        for (index, (track, out)) in tracks.iter().zip(out).enumerate() {
            let share = (index + 1) as f64 / count;
            let last = index + 1 == tracks.len();
            for (i, x) in side(track).iter().enumerate() {
                sum[i] += f64::from(*x);
                let upper = if last {
                    self.round(f64::from(mix[i]))
                } else {
                    self.round(sum[i] + lack[i] * share)
                };
                out[i][channel] = upper - std::mem::replace(&mut rounded[i], upper);
            }
        }
    }
}

impl Rendering {
    /// The song in two: `vocals`, backing singers included, with their own reverb and echo, and everything else. They sum to
    /// [`Rendering::mix`]. `None` without [`Stems::Halves`](crate::Stems::Halves); the vocals of an instrumental are silent.
    pub fn voice_and_band(&self) -> Option<[Stem; 2]> {
        let (mix, effects) = self.mix.as_ref().zip(self.voice_fx.as_ref())?;
        let mut vocals = effects.clone();
        for part in self.stems.iter().filter(|s| s.id == "vocals" || s.id == BACKING) {
            let part = part.audio.stereo();
            vocals.add(0, &part.left, &part.right);
        }
        let less = |mix: &[f32], voice: &[f32]| mix.iter().zip(voice).map(|(m, v)| m - v).collect();
        let band = Stereo {
            left: less(&mix.left, &vocals.left),
            right: less(&mix.right, &vocals.right),
        };
        let stem = |id: &str, name: &str, audio: &Stereo| Stem {
            audio: Track::from(audio),
            ..Stem::silence(id, name, 0)
        };
        Some([
            stem("vocals", "Vocals", &vocals),
            stem("instrumental", "Instrumental", &band),
        ])
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;

    fn song(tracks: usize, level: f32) -> (Vec<Track>, Stereo) {
        let mut dice = Dice::new(tracks as u64, "stems");
        let frames = 3_149;
        let tracks: Vec<Track> = (0..tracks)
            .map(|_| {
                let mut side = || (0..frames).map(|_| level * (dice.unit() as f32 * 2.0 - 1.0)).collect();
                Track::from(&Stereo {
                    left: side(),
                    right: side(),
                })
            })
            .collect();
        let mut mix = Stereo::silence(frames);
        for t in &tracks {
            let t = t.stereo();
            mix.add(0, &t.left, &t.right);
        }
        (tracks, mix)
    }

    #[test]
    fn the_numbers_sum_exactly_and_each_is_within_two_steps() {
        for (count, level) in [(1, 0.5), (2, 0.3), (7, 0.12), (14, 0.05), (14, 0.9)] {
            let (tracks, mix) = song(count, level);
            let exact = exact(&tracks.iter().collect::<Vec<_>>(), &mix);
            let numbers = exact.tracks(0..exact.frames());
            for (i, m) in exact.mix(0..exact.frames()).iter().enumerate() {
                for side in 0..2 {
                    assert_eq!(numbers.iter().map(|t| t[i][side]).sum::<i32>(), m[side]);
                    assert!((-8_388_608..8_388_608).contains(&m[side]));
                }
            }
            for (whole, part) in numbers.iter().zip(exact.tracks(1_000..2_033)) {
                assert_eq!(part, whole[1_000..2_033], "a block is a part of the whole");
            }
            for (numbers, track) in numbers.iter().zip(&tracks) {
                for ([n, _], x) in numbers.iter().zip(&track.stereo().left) {
                    let off = f64::from(*n) - f64::from(*x) * f64::from(exact.gain) * FULL;
                    assert!(off.abs() <= 2.0, "{off} steps off");
                    assert!((-8_388_608..8_388_608).contains(n));
                }
            }
            assert_eq!(
                exact.gain < HEADROOM,
                mix.peak() * HEADROOM >= 1.0,
                "{count} tracks at {level}"
            );
        }
    }

    #[test]
    fn no_tracks_are_no_numbers() {
        let mix = Stereo::silence(10);
        let exact = exact(&[], &mix);
        assert!(exact.is_empty() && exact.tracks(0..10).is_empty() && exact.gain == HEADROOM);
    }
}
