//! Oscillators with polynomial band-limited steps (`PolyBLEP`: Välimäki & Huovilainen, *Antialiasing
//! Oscillators in Subtractive Synthesis*, IEEE Signal Processing Magazine 2007).

use crate::audio::RATE_F;

/// The residual of a unit step around phase 0, `t` in turns, `dt` turns a frame.
#[inline]
fn blep(t: f32, dt: f32) -> f32 {
    if t < dt {
        let x = t / dt;
        x + x - x * x - 1.0
    } else if t > 1.0 - dt {
        let x = (t - 1.0) / dt;
        x * x + x + x + 1.0
    } else {
        0.0
    }
}

/// A phase in turns.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Phase(pub f32);

impl Phase {
    /// Turns a frame of a frequency, below Nyquist.
    pub fn step_of(hz: f32) -> f32 {
        (hz / RATE_F).min(0.49)
    }

    #[inline]
    fn advance(&mut self, dt: f32) {
        self.0 += dt;
        if self.0 >= 1.0 {
            self.0 -= 1.0;
        }
    }

    /// A rising saw, ±1.
    #[inline]
    pub fn saw(&mut self, dt: f32) -> f32 {
        let y = 2.0 * self.0 - 1.0 - blep(self.0, dt);
        self.advance(dt);
        y
    }

    /// A square of 50 %, ±1.
    #[inline]
    pub fn square(&mut self, dt: f32) -> f32 {
        let other = if self.0 < 0.5 { self.0 + 0.5 } else { self.0 - 0.5 };
        let y = if self.0 < 0.5 { 1.0 } else { -1.0 } + blep(self.0, dt) - blep(other, dt);
        self.advance(dt);
        y
    }

    /// A sine, its phase moved by `by` radians (phase modulation).
    #[inline]
    pub fn sine(&mut self, dt: f32, by: f32) -> f32 {
        let y = (std::f32::consts::TAU * self.0 + by).sin();
        self.advance(dt);
        y
    }
}

/// A pitch that slides to its goal: exponential in frequency, done after about `SLIDE_SECONDS`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glide {
    hz: f32,
    goal: f32,
    pull: f32,
}

const SLIDE_SECONDS: f32 = 0.02;

impl Glide {
    /// From `from` (when there is one) to `goal`, stepped once every `stride` frames.
    pub fn new(from: Option<f32>, goal: f32, stride: usize) -> Self {
        Self {
            hz: from.unwrap_or(goal),
            goal,
            pull: 1.0 - (-(stride as f32) / (SLIDE_SECONDS * RATE_F)).exp(),
        }
    }

    /// The frequency now.
    pub fn step(&mut self) -> f32 {
        self.hz += (self.goal - self.hz) * self.pull;
        self.hz
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Power at `hz` by the Goertzel algorithm.
    fn power_at(x: &[f32], hz: f32) -> f32 {
        let w = std::f32::consts::TAU * hz / RATE_F;
        let (mut re, mut im) = (0.0f64, 0.0f64);
        for (i, v) in x.iter().enumerate() {
            let a = f64::from(w) * i as f64;
            re += f64::from(*v) * a.cos();
            im += f64::from(*v) * a.sin();
        }
        ((re * re + im * im) / (x.len() as f64).powi(2)) as f32
    }

    #[test]
    fn a_saws_aliases_are_far_below_its_harmonics() {
        // 5 kHz: the 5th harmonic would fold from 25 to 19.1 kHz, the 8th from 40 to 4.1 kHz.
        let mut phase = Phase::default();
        let dt = Phase::step_of(5_000.0);
        let x: Vec<f32> = (0..44_100).map(|_| phase.saw(dt)).collect();
        let fundamental = power_at(&x, 5_000.0);
        let alias = power_at(&x, 4_100.0);
        assert!(
            10.0 * (alias / fundamental).log10() < -40.0,
            "{}",
            10.0 * (alias / fundamental).log10()
        );
        let mean = x.iter().sum::<f32>() / x.len() as f32;
        assert!(mean.abs() < 1e-3);
    }

    #[test]
    fn a_square_has_odd_harmonics_only() {
        let mut phase = Phase::default();
        let dt = Phase::step_of(441.0);
        let x: Vec<f32> = (0..44_100).map(|_| phase.square(dt)).collect();
        assert!(power_at(&x, 882.0) < 1e-3 * power_at(&x, 1_323.0));
        assert!((power_at(&x, 1_323.0) / power_at(&x, 441.0) - 1.0 / 9.0).abs() < 0.01);
    }
}
