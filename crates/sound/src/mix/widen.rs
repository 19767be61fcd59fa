//! Stereo width: mid and side. Above 1, sound that is (nearly) mono gets a side of its own: the mid
//! through all-pass filters (Schroeder 1961), which cancels when summed to mono.

use super::biquad::{Biquad, Memory};

/// All-pass delays in frames, mutually prime, 5–13 ms; longer would be heard as an echo.
const DELAYS: [usize; 3] = [229, 373, 571];
const FEEDBACK: f32 = 0.6;

/// Below this a side makes a bass hollow.
const SIDE_LOW_CUT_HZ: f32 = 180.0;

/// State of one channel's width.
pub(crate) struct Widen {
    side: f32,
    made: f32,
    all_passes: [AllPass; 3],
    cut: (Biquad, Memory),
}

impl Widen {
    pub fn new(width: f32) -> Self {
        let width = width.clamp(0.0, 2.0);
        Self::with(width, (width - 1.0).max(0.0) * 0.6)
    }

    /// `side` scales the side that is there, `made` is the level of the one that is made.
    pub fn with(side: f32, made: f32) -> Self {
        Self {
            side,
            made,
            all_passes: DELAYS.map(|d| AllPass::new(d, FEEDBACK)),
            cut: (Biquad::high_pass(SIDE_LOW_CUT_HZ, 0.707), Memory::default()),
        }
    }

    pub fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        if self.made == 0.0 && (self.side - 1.0).abs() < 1e-3 {
            return;
        }
        for (l, r) in left.iter_mut().zip(right) {
            let mid = 0.5 * (*l + *r);
            let mut side = 0.5 * (*l - *r) * self.side;
            if self.made > 0.0 {
                let diffuse = self.all_passes.iter_mut().fold(mid, |x, a| a.step(x));
                side += self.made * self.cut.0.step(&mut self.cut.1, diffuse);
            }
            (*l, *r) = (mid + side, mid - side);
        }
    }
}

/// y[n] = −g·x[n] + x[n−d] + g·y[n−d].
pub(super) struct AllPass {
    line: Vec<f32>,
    at: usize,
    g: f32,
}

impl AllPass {
    pub fn new(delay: usize, g: f32) -> Self {
        Self {
            line: vec![0.0; delay],
            at: 0,
            g,
        }
    }

    #[inline]
    pub fn step(&mut self, x: f32) -> f32 {
        let delayed = self.line[self.at];
        let v = x + self.g * delayed;
        self.line[self.at] = v;
        self.at += 1;
        if self.at == self.line.len() {
            self.at = 0;
        }
        delayed - self.g * v
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;

    fn noise() -> Vec<f32> {
        let mut dice = Dice::new(1, "noise");
        (0..44_100).map(|_| dice.unit() as f32 - 0.5).collect()
    }

    #[test]
    fn mono_gets_wide_and_sums_back_to_mono() {
        let (mono, mut left, mut right) = (noise(), noise(), noise());
        Widen::new(1.8).run(&mut left, &mut right);
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
        let correlation = dot(&left, &right) / (dot(&left, &left) * dot(&right, &right)).sqrt();
        assert!((0.2..0.9).contains(&correlation), "{correlation}");
        for i in 0..mono.len() {
            assert!((0.5 * (left[i] + right[i]) - mono[i]).abs() < 1e-5);
        }
    }

    #[test]
    fn zero_is_mono_and_one_is_untouched() {
        let (mut left, mut right) = (noise(), vec![0.0; 44_100]);
        Widen::new(1.0).run(&mut left, &mut right);
        assert_eq!(left, noise());
        Widen::new(0.0).run(&mut left, &mut right);
        assert_eq!(left, right);
    }
}
