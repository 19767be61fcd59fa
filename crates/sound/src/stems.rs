//! Tracks as whole numbers whose sum is the mix to the last bit, and the two halves of a song.

use rayon::prelude::*;

use crate::{
    audio::Stereo,
    mix::{BACKING, Stem},
    studio::Rendering,
};

/// Full scale of 24 bits.
const FULL: f64 = 8_388_608.0;

/// The usual level of files before the master: 6 dB below the mix as it is computed, which may well
/// pass full scale. A fixed level, so that the files of a piece and of an edit of it can be compared.
pub const HEADROOM: f32 = 0.5;

/// What rounding may add to a sample, in steps.
const ROOM: f64 = 4.0;

/// Frames computed at once.
const BLOCK: usize = 1_024;

/// Tracks and their mix as 24-bit samples. Each track is computed when it is asked for, so that a
/// caller who writes one after the other needs memory for one.
pub struct Exact<'a> {
    tracks: Vec<&'a Stereo>,
    mix: &'a Stereo,
    /// What every sample is multiplied by, the same for all tracks and the mix: [`HEADROOM`], halved
    /// until nothing clips.
    pub gain: f32,
}

/// Prepares `tracks`, whose sum is `mix` but for the rounding of floats, for 24 bits.
///
/// The sum of all [`Exact::track`]s is [`Exact::mix`] exactly, sample by sample. Each track is the
/// difference of two rounded running sums, the last of which is the mix, so rounding takes at most
/// one step (LSB) of each; the floats' own difference is spread evenly over the tracks.
///
/// # Panics
/// When the tracks are not as long as the mix.
pub fn exact<'a>(tracks: &[&'a Stereo], mix: &'a Stereo) -> Exact<'a> {
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

    /// Left and right of the mix, 24-bit numbers.
    pub fn mix(&self) -> [Vec<i32>; 2] {
        let side = |x: &[f32]| x.iter().map(|x| self.round(f64::from(*x))).collect();
        let (left, right) = rayon::join(|| side(&self.mix.left), || side(&self.mix.right));
        [left, right]
    }

    /// Left and right of the track `index`, 24-bit numbers.
    ///
    /// # Panics
    /// When there is no such track.
    pub fn track(&self, index: usize) -> [Vec<i32>; 2] {
        assert!(index < self.tracks.len(), "track {index} of {}", self.tracks.len());
        let (left, right) = rayon::join(|| self.side(index, |s| &s.left), || self.side(index, |s| &s.right));
        [left, right]
    }

    /// Every track in order, each computed when its turn comes.
    pub fn tracks(&self) -> impl Iterator<Item = [Vec<i32>; 2]> + '_ {
        (0..self.len()).map(|i| self.track(i))
    }

    fn round(&self, x: f64) -> i32 {
        (x * f64::from(self.gain) * FULL).round() as i32
    }

    fn side(&self, index: usize, side: impl Fn(&Stereo) -> &[f32]) -> Vec<i32> {
        let frames = self.mix.frames();
        let count = self.tracks.len() as f64;
        let mut out = Vec::with_capacity(frames);
        let (mut before, mut after, mut all) = ([0.0f64; BLOCK], [0.0f64; BLOCK], [0.0f64; BLOCK]);
        for at in (0..frames).step_by(BLOCK) {
            let n = BLOCK.min(frames - at);
            all[..n].fill(0.0);
            for (i, track) in self.tracks.iter().enumerate() {
                if i == index {
                    before[..n].copy_from_slice(&all[..n]);
                }
                for (sum, x) in all[..n].iter_mut().zip(&side(track)[at..at + n]) {
                    *sum += f64::from(*x);
                }
                if i == index {
                    after[..n].copy_from_slice(&all[..n]);
                }
            }
            let last = index + 1 == self.tracks.len();
            for (i, mix) in side(self.mix)[at..at + n].iter().enumerate() {
                let mix = f64::from(*mix);
                let lack = mix - all[i];
                let lower = self.round(before[i] + lack * (index as f64 / count));
                let upper = if last {
                    self.round(mix)
                } else {
                    self.round(after[i] + lack * ((index + 1) as f64 / count))
                };
                // Before the first track nothing has been rounded yet.
                out.push(upper - if index == 0 { 0 } else { lower });
            }
        }
        out
    }
}

impl Rendering {
    /// The song in two: `vocals`, backing singers included, with their own reverb and echo, and everything else. They sum to
    /// [`Rendering::mix`]. `None` unless stems were wanted; the vocals of an instrumental are silent.
    pub fn voice_and_band(&self) -> Option<[Stem; 2]> {
        let mix = self.mix.as_ref()?;
        let mut vocals = Stem::silence("vocals", "Vocals", mix.frames());
        let voices = self.stems.iter().filter(|s| s.id == "vocals" || s.id == BACKING);
        for part in voices.map(|s| &s.audio).chain(&self.voice_fx) {
            vocals.audio.add(0, &part.left, &part.right);
        }
        let less = |mix: &[f32], voice: &[f32]| mix.iter().zip(voice).map(|(m, v)| m - v).collect();
        let band = Stem {
            id: "instrumental".into(),
            name: "Instrumental".into(),
            audio: Stereo {
                left: less(&mix.left, &vocals.audio.left),
                right: less(&mix.right, &vocals.audio.right),
            },
        };
        Some([vocals, band])
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;

    fn song(tracks: usize, level: f32) -> (Vec<Stereo>, Stereo) {
        let mut dice = Dice::new(tracks as u64, "stems");
        let frames = 3 * BLOCK + 77;
        let tracks: Vec<Stereo> = (0..tracks)
            .map(|_| {
                let mut side = || (0..frames).map(|_| level * (dice.unit() as f32 * 2.0 - 1.0)).collect();
                Stereo {
                    left: side(),
                    right: side(),
                }
            })
            .collect();
        let mut mix = Stereo::silence(frames);
        for t in &tracks {
            mix.add(0, &t.left, &t.right);
        }
        (tracks, mix)
    }

    #[test]
    fn the_numbers_sum_exactly_and_each_is_within_two_steps() {
        for (count, level) in [(1, 0.5), (2, 0.3), (7, 0.12), (14, 0.05), (14, 0.9)] {
            let (tracks, mix) = song(count, level);
            let exact = exact(&tracks.iter().collect::<Vec<_>>(), &mix);
            let numbers: Vec<[Vec<i32>; 2]> = exact.tracks().collect();
            let whole = exact.mix();
            for side in 0..2 {
                for (i, m) in whole[side].iter().enumerate() {
                    assert_eq!(numbers.iter().map(|t| t[side][i]).sum::<i32>(), *m);
                    assert!((-8_388_608..8_388_608).contains(m));
                }
            }
            for (numbers, track) in numbers.iter().zip(&tracks) {
                for (n, x) in numbers[0].iter().zip(&track.left) {
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
        assert!(exact.is_empty() && exact.tracks().next().is_none() && exact.gain == HEADROOM);
    }
}
