//! The picture's width: the side is brought near that of records, and the bass stays in the middle.

use crate::{
    audio::{Stereo, amplitude, decibels},
    mix::{
        biquad::{Biquad, Memory},
        widen::Widen,
    },
};

/// Below this the ear hears no direction and records are mono.
const MONO_BELOW_HZ: f32 = 110.0;

/// Side over mid of released records, dB (median −6.7 of 52; a little less is safer in mono).
const SIDE_DB: f32 = -7.2;

/// The side that is there is raised by at most this; what still lacks is made from the mid.
const MOST_DB: f32 = 5.5;
const MOST_MADE: f32 = 0.38;

/// State of the side's filter.
pub(super) struct Width {
    widen: Widen,
    cut: (Biquad, Memory),
}

impl Width {
    /// Listens to the whole mix first; `width` scales what it decides.
    pub fn new(audio: &Stereo, width: f32) -> Self {
        let (mut mid, mut side) = (1e-12f64, 1e-12f64);
        for (l, r) in audio.left.iter().zip(&audio.right) {
            mid += f64::from(l + r).powi(2);
            side += f64::from(l - r).powi(2);
        }
        let lack = (SIDE_DB - decibels((side / mid).sqrt() as f32)).max(0.0);
        let lift = lack.min(MOST_DB);
        // A song that was asked to be narrow gets no made side.
        let made = MOST_MADE * ((lack - lift) / 8.0).min(1.0) * width.clamp(0.0, 1.0).powi(2);
        Self {
            widen: Widen::with(width.clamp(0.0, 2.0) * amplitude(lift), made),
            cut: (Biquad::high_pass(MONO_BELOW_HZ, 0.707), Memory::default()),
        }
    }

    pub fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.widen.run(left, right);
        for (l, r) in left.iter_mut().zip(right) {
            let mid = 0.5 * (*l + *r);
            let side = self.cut.0.step(&mut self.cut.1, 0.5 * (*l - *r));
            (*l, *r) = (mid + side, mid - side);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side_db(audio: &Stereo) -> f32 {
        let power = |sign: f32| {
            audio
                .left
                .iter()
                .zip(&audio.right)
                .map(|(l, r)| (l + sign * r).powi(2))
                .sum::<f32>()
        };
        10.0 * (power(-1.0) / power(1.0)).log10()
    }

    fn widened(other: f32, width: f32) -> f32 {
        let tone = |i: usize, hz: f32| (std::f32::consts::TAU * hz * i as f32 / 44_100.0).sin();
        let mut audio = Stereo::from_mono((0..88_200).map(|i| tone(i, 500.0) + tone(i, 1_310.0)).collect());
        for (i, r) in audio.right.iter_mut().enumerate() {
            *r += other * tone(i, 823.0);
        }
        let mut width = Width::new(&audio, width);
        width.run(&mut audio.left, &mut audio.right);
        side_db(&audio)
    }

    #[test]
    fn narrow_mixes_open_and_wide_ones_stay() {
        assert!((-20.0..-8.0).contains(&widened(0.0, 1.0)), "{}", widened(0.0, 1.0));
        assert!((-11.0..-6.5).contains(&widened(0.6, 1.0)), "{}", widened(0.6, 1.0));
        assert!(widened(0.6, 0.3) < widened(0.6, 1.0) - 6.0);
    }
}
