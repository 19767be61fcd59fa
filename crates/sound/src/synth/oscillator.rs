//! Oscillators with polynomial band-limited steps (`PolyBLEP`: Välimäki & Huovilainen, *Antialiasing
//! Oscillators in Subtractive Synthesis*, IEEE Signal Processing Magazine 2007).

use super::CONTROL;
use crate::audio::RATE_F;

/// 1.5 · 2²³: added and taken away again, it rounds to a whole number.
const ROUND: f32 = 12_582_912.0;

/// sin 2πt for |t| below a million turns: the Taylor polynomial of degree 9 on a quarter, error below 4e-6.
#[inline]
pub(super) fn sine(turns: f32) -> f32 {
    let x = turns - ((turns + ROUND) - ROUND);
    // The quarters beyond ±1/4 mirror those within.
    let x = if x.abs() > 0.25 { 0.5f32.copysign(x) - x } else { x };
    let s = x * x;
    x * (std::f32::consts::TAU + s * (-41.341_7 + s * (81.605_25 + s * (-76.705_86 + s * 42.058_7))))
}

/// The residual of a unit step around phase 0, `t` in turns, `rate` frames a turn. Without a branch: where
/// the step falls cannot be foretold, and several frames fit into one instruction.
#[inline]
fn blep(t: f32, rate: f32) -> f32 {
    let (after, before) = ((1.0 - t * rate).max(0.0), (1.0 - (1.0 - t) * rate).max(0.0));
    before * before - after * after
}

/// A rising saw at phase `t`.
#[inline]
fn saw(t: f32, rate: f32) -> f32 {
    2.0 * t - 1.0 - blep(t, rate)
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
    pub fn advance(&mut self, dt: f32) {
        let next = self.0 + dt;
        self.0 = if next >= 1.0 { next - 1.0 } else { next };
    }

    /// The phases of the next frames of a control period, all at once.
    #[inline]
    pub fn turns(&mut self, dt: f32, out: &mut [f32; CONTROL], frames: usize) {
        const INDEX: [f32; CONTROL] = {
            let mut index = [0.0; CONTROL];
            let mut i = 0;
            while i < CONTROL {
                index[i] = i as f32;
                i += 1;
            }
            index
        };
        let wrap = |t: f32| t - ((t - 0.5 + ROUND) - ROUND);
        for (out, i) in out.iter_mut().zip(INDEX) {
            *out = wrap(self.0 + i * dt);
        }
        self.0 = wrap(self.0 + frames as f32 * dt);
    }

    /// A rising saw, ±1.
    #[inline]
    pub fn saw(&mut self, dt: f32) -> f32 {
        let y = saw(self.0, 1.0 / dt);
        self.advance(dt);
        y
    }

    /// A square of 50 %, ±1.
    #[inline]
    pub fn square(&mut self, dt: f32) -> f32 {
        let (other, y) = if self.0 < 0.5 {
            (self.0 + 0.5, 1.0)
        } else {
            (self.0 - 0.5, -1.0)
        };
        let y = y + blep(self.0, 1.0 / dt) - blep(other, 1.0 / dt);
        self.advance(dt);
        y
    }

    /// A sine, its phase moved by `by` radians (phase modulation).
    #[inline]
    pub fn sine(&mut self, dt: f32, by: f32) -> f32 {
        let y = sine(self.0 + by * (1.0 / std::f32::consts::TAU));
        self.advance(dt);
        y
    }
}

/// A saw at every one of `turns`, ±1.
#[inline]
pub(super) fn saws(turns: &[f32; CONTROL], dt: f32) -> [f32; CONTROL] {
    turns.map(|t| saw(t, 1.0 / dt))
}

/// A pulse of `width` (0–1 of a turn) at every one of `turns`: the difference of two saws, which has no
/// direct current at any width.
#[inline]
pub(super) fn pulses(turns: &[f32; CONTROL], dt: f32, width: f32) -> [f32; CONTROL] {
    turns.map(|t| {
        let other = t + width;
        let other = if other >= 1.0 { other - 1.0 } else { other };
        saw(other, 1.0 / dt) - saw(t, 1.0 / dt)
    })
}

/// The rest of a rounded corner whose slope grows by one a frame, `t` turns past it.
#[inline]
fn corner(t: f32, rate: f32) -> f32 {
    let x = (1.0 - t.min(1.0 - t) * rate).max(0.0);
    x * x * x / 6.0
}

/// A triangle at every one of `turns`, from −1 at phase 0 to +1 at phase ½; its corners are rounded as
/// steps are (Esqueda, Välimäki & Bilbao, *Rounding Corners with BLAMP*, `DAFx` 2016).
#[inline]
pub(super) fn triangles(turns: &[f32; CONTROL], dt: f32) -> [f32; CONTROL] {
    turns.map(|t| {
        let other = if t < 0.5 { t + 0.5 } else { t - 0.5 };
        1.0 - 4.0 * (t - 0.5).abs() + 8.0 * dt * (corner(t, 1.0 / dt) - corner(other, 1.0 / dt))
    })
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

    #[test]
    fn the_polynomial_is_a_sine() {
        for i in -3_000..3_000 {
            let t = i as f32 / 997.0;
            let want = (f64::from(t) * std::f64::consts::TAU).sin() as f32;
            assert!((sine(t) - want).abs() < 1e-5, "{t}");
        }
    }

    #[test]
    fn a_period_at_once_is_frame_by_frame() {
        let (mut one, mut all) = (Phase(0.3), Phase(0.3));
        for (i, hz) in [30.0, 441.0, 3_000.0, 15_000.0, 21_000.0]
            .into_iter()
            .cycle()
            .take(400)
            .enumerate()
        {
            let dt = Phase::step_of(hz);
            let frames = 1 + i % CONTROL;
            let mut turns = [0.0; CONTROL];
            all.turns(dt, &mut turns, frames);
            for (t, y) in turns.iter().zip(saws(&turns, dt)).take(frames) {
                assert!((0.0..=1.0).contains(t));
                // Where the saw jumps, a millionth of a turn is much.
                let want = one.saw(dt);
                assert!((y - want).abs() < 1e-4 / dt.min(0.1), "{hz} Hz: {y} instead of {want}");
            }
            assert!((one.0 - all.0).abs() < 1e-4 || (one.0 - all.0).abs() > 1.0 - 1e-4);
            one = all;
        }
    }
}
