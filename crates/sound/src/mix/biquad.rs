//! Second-order filters after Robert Bristow-Johnson's *Cookbook formulae for audio EQ biquad
//! filter coefficients* (the "Audio EQ Cookbook"), run in transposed direct form II.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use crate::audio::RATE;

/// Coefficients, normalised so that a0 = 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Biquad {
    b0: f32,
    b1: f32,
    b2: f32,
    a1: f32,
    a2: f32,
}

/// Added to every input (−360 dBFS): a memory that decays towards zero ends in denormal numbers,
/// which cost a hundred times a normal multiplication.
pub(crate) const FLOOR: f32 = 1e-18;

/// A filter's memory: one channel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    z1: f32,
    z2: f32,
}

/// The intermediate values the cookbook's formulas share.
struct Corner {
    cos: f64,
    alpha: f64,
}

impl Corner {
    fn new(hz: f32, q: f64) -> Self {
        // Keep the corner below Nyquist: the bilinear transform has nothing above it.
        let w0 = TAU * f64::from(hz.clamp(1.0, 0.49 * RATE as f32)) / f64::from(RATE);
        Self {
            cos: w0.cos(),
            alpha: w0.sin() / (2.0 * q),
        }
    }
}

impl Biquad {
    fn normalised(b: [f64; 3], a: [f64; 3]) -> Self {
        let n = |x: f64| (x / a[0]) as f32;
        Self {
            b0: n(b[0]),
            b1: n(b[1]),
            b2: n(b[2]),
            a1: n(a[1]),
            a2: n(a[2]),
        }
    }

    /// Low-pass; `q` = 0.7071 is Butterworth.
    pub fn low_pass(hz: f32, q: f32) -> Self {
        let Corner { cos, alpha } = Corner::new(hz, f64::from(q));
        Self::normalised(
            [0.5 * (1.0 - cos), 1.0 - cos, 0.5 * (1.0 - cos)],
            [1.0 + alpha, -2.0 * cos, 1.0 - alpha],
        )
    }

    /// High-pass; `q` = 0.7071 is Butterworth.
    pub fn high_pass(hz: f32, q: f32) -> Self {
        let Corner { cos, alpha } = Corner::new(hz, f64::from(q));
        Self::normalised(
            [0.5 * (1.0 + cos), -1.0 - cos, 0.5 * (1.0 + cos)],
            [1.0 + alpha, -2.0 * cos, 1.0 - alpha],
        )
    }

    /// Band-pass with 0 dB at its centre.
    pub fn band_pass(hz: f32, q: f32) -> Self {
        let Corner { cos, alpha } = Corner::new(hz, f64::from(q));
        Self::normalised([alpha, 0.0, -alpha], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    /// A bell of `gain_db` at `hz`.
    pub fn bell(hz: f32, q: f32, gain_db: f32) -> Self {
        let Corner { cos, alpha } = Corner::new(hz, f64::from(q));
        let a = 10f64.powf(f64::from(gain_db) / 40.0);
        Self::normalised(
            [1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a],
            [1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a],
        )
    }

    /// Everything below `hz` by `gain_db` (shelf slope S = 1).
    pub fn low_shelf(hz: f32, gain_db: f32) -> Self {
        let Corner { cos, alpha } = Corner::new(hz, FRAC_1_SQRT_2);
        let a = 10f64.powf(f64::from(gain_db) / 40.0);
        let s = 2.0 * a.sqrt() * alpha;
        Self::normalised(
            [
                a * ((a + 1.0) - (a - 1.0) * cos + s),
                2.0 * a * ((a - 1.0) - (a + 1.0) * cos),
                a * ((a + 1.0) - (a - 1.0) * cos - s),
            ],
            [
                (a + 1.0) + (a - 1.0) * cos + s,
                -2.0 * ((a - 1.0) + (a + 1.0) * cos),
                (a + 1.0) + (a - 1.0) * cos - s,
            ],
        )
    }

    /// Everything above `hz` by `gain_db` (shelf slope S = 1).
    pub fn high_shelf(hz: f32, gain_db: f32) -> Self {
        let Corner { cos, alpha } = Corner::new(hz, FRAC_1_SQRT_2);
        let a = 10f64.powf(f64::from(gain_db) / 40.0);
        let s = 2.0 * a.sqrt() * alpha;
        Self::normalised(
            [
                a * ((a + 1.0) + (a - 1.0) * cos + s),
                -2.0 * a * ((a - 1.0) + (a + 1.0) * cos),
                a * ((a + 1.0) + (a - 1.0) * cos - s),
            ],
            [
                (a + 1.0) - (a - 1.0) * cos + s,
                2.0 * ((a - 1.0) - (a + 1.0) * cos),
                (a + 1.0) - (a - 1.0) * cos - s,
            ],
        )
    }

    /// One sample through the filter.
    #[inline]
    pub fn step(&self, m: &mut Memory, x: f32) -> f32 {
        let x = x + FLOOR;
        let y = self.b0 * x + m.z1;
        m.z1 = self.b1 * x - self.a1 * y + m.z2;
        m.z2 = self.b2 * x - self.a2 * y;
        y
    }

    /// A block in place.
    pub fn run(&self, m: &mut Memory, block: &mut [f32]) {
        // A copy on the stack keeps the state in registers.
        let mut state = *m;
        for x in block {
            *x = self.step(&mut state, *x);
        }
        *m = state;
    }

    /// A block of both sides in place: side by side they take little longer than one, as each frame waits for
    /// the one before.
    pub fn run_both(&self, [m, n]: [&mut Memory; 2], left: &mut [f32], right: &mut [f32]) {
        let (mut a, mut b) = (*m, *n);
        for (l, r) in left.iter_mut().zip(right) {
            *l = self.step(&mut a, *l);
            *r = self.step(&mut b, *r);
        }
        (*m, *n) = (a, b);
    }

    /// |H| at `hz`, from the coefficients.
    pub fn magnitude(&self, hz: f32) -> f64 {
        let w = TAU * f64::from(hz) / f64::from(RATE);
        let at = |c0: f32, c1: f32, c2: f32| {
            let (c0, c1, c2) = (f64::from(c0), f64::from(c1), f64::from(c2));
            (c0 + c1 * w.cos() + c2 * (2.0 * w).cos()).hypot(c1 * w.sin() + c2 * (2.0 * w).sin())
        };
        at(self.b0, self.b1, self.b2) / at(1.0, self.a1, self.a2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gain of a sine after the filter has settled.
    fn heard(filter: Biquad, hz: f32) -> f64 {
        let mut memory = Memory::default();
        let (mut sum_in, mut sum_out) = (0.0, 0.0);
        for i in 0..RATE as usize {
            let x = (TAU * f64::from(hz) * i as f64 / f64::from(RATE)).sin() as f32;
            let y = filter.step(&mut memory, x);
            if i > RATE as usize / 2 {
                sum_in += f64::from(x).powi(2);
                sum_out += f64::from(y).powi(2);
            }
        }
        (sum_out / sum_in).sqrt()
    }

    #[test]
    fn sines_come_out_as_the_transfer_function_says() {
        let filters = [
            Biquad::low_pass(1_000.0, std::f32::consts::FRAC_1_SQRT_2),
            Biquad::high_pass(200.0, std::f32::consts::FRAC_1_SQRT_2),
            Biquad::band_pass(1_000.0, 2.0),
            Biquad::bell(3_000.0, 1.0, 6.0),
            Biquad::low_shelf(100.0, -4.0),
            Biquad::high_shelf(8_000.0, 5.0),
        ];
        for filter in filters {
            for hz in [50.0, 200.0, 1_000.0, 3_000.0, 10_000.0] {
                let (want, got) = (filter.magnitude(hz), heard(filter, hz));
                assert!(
                    (want - got).abs() < 0.01 * want.max(0.05),
                    "{filter:?} at {hz}: {got} instead of {want}"
                );
            }
        }
    }

    #[test]
    fn corners_and_gains_are_where_they_were_asked() {
        let db = |f: Biquad, hz| 20.0 * f.magnitude(hz).log10();
        assert!((db(Biquad::low_pass(1_000.0, std::f32::consts::FRAC_1_SQRT_2), 1_000.0) + 3.01).abs() < 0.01);
        assert!((db(Biquad::bell(500.0, 1.0, -5.0), 500.0) + 5.0).abs() < 0.01);
        assert!((db(Biquad::low_shelf(200.0, 6.0), 10.0) - 6.0).abs() < 0.05);
        assert!((db(Biquad::high_shelf(4_000.0, 6.0), 20_000.0) - 6.0).abs() < 0.3);
    }
}
