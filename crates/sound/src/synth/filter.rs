//! A state-variable filter that may move at any time without clicks: trapezoidal integration after
//! Andrew Simper, *Linear Trapezoidal Integrated State Variable Filter* (Cytomic, 2013).

use crate::audio::RATE_F;

/// Coefficients and state of one channel.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Svf {
    k: f32,
    a1: f32,
    a2: f32,
    a3: f32,
    ic1: f32,
    ic2: f32,
}

impl Svf {
    pub fn new(hz: f32, q: f32) -> Self {
        let mut svf = Self::default();
        svf.tune(hz, q);
        svf
    }

    /// Moves the corner; the state stays.
    pub fn tune(&mut self, hz: f32, q: f32) {
        let g = (std::f32::consts::PI * hz.clamp(5.0, 0.45 * RATE_F) / RATE_F).tan();
        self.k = 1.0 / q;
        self.a1 = 1.0 / (1.0 + g * (g + self.k));
        self.a2 = g * self.a1;
        self.a3 = g * self.a2;
    }

    /// (band, low) of one sample.
    #[inline]
    fn step(&mut self, x: f32) -> (f32, f32) {
        let v3 = x - self.ic2;
        let v1 = self.a1 * self.ic1 + self.a2 * v3;
        let v2 = self.ic2 + self.a2 * self.ic1 + self.a3 * v3;
        self.ic1 = 2.0 * v1 - self.ic1;
        self.ic2 = 2.0 * v2 - self.ic2;
        (v1, v2)
    }

    #[inline]
    pub fn low(&mut self, x: f32) -> f32 {
        self.step(x).1
    }

    /// Band-pass with 0 dB at its centre.
    #[inline]
    pub fn band(&mut self, x: f32) -> f32 {
        self.k * self.step(x).0
    }

    #[inline]
    pub fn high(&mut self, x: f32) -> f32 {
        let (band, low) = self.step(x);
        x - self.k * band - low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain(mut f: impl FnMut(f32) -> f32, hz: f32) -> f32 {
        let (mut a, mut b) = (0.0f32, 0.0f32);
        for i in 0..44_100 {
            let x = (std::f32::consts::TAU * hz * i as f32 / RATE_F).sin();
            let y = f(x);
            if i > 22_050 {
                a += x * x;
                b += y * y;
            }
        }
        10.0 * (b / a).log10()
    }

    #[test]
    fn the_outputs_are_those_of_a_second_order_section() {
        let q = std::f32::consts::FRAC_1_SQRT_2;
        let mut f = Svf::new(1_000.0, q);
        assert!((gain(|x| f.low(x), 1_000.0) + 3.01).abs() < 0.05);
        let mut f = Svf::new(1_000.0, q);
        assert!((gain(|x| f.low(x), 4_000.0) + 24.5).abs() < 1.0);
        let mut f = Svf::new(1_000.0, q);
        assert!((gain(|x| f.high(x), 1_000.0) + 3.01).abs() < 0.05);
        let mut f = Svf::new(1_000.0, 4.0);
        assert!(gain(|x| f.band(x), 1_000.0).abs() < 0.05);
    }
}
