//! Slow things at frame rate: smoothing, and noise that wanders.

use catbird_score::Dice;

use super::plan::RATE;

/// Nine frames of Hann; the ends are held.
pub fn hann_nine(x: &[f32]) -> Vec<f32> {
    let window: Vec<f32> = (1..=9)
        .map(|i| (std::f32::consts::PI * i as f32 / 10.0).sin().powi(2) / 5.0)
        .collect();
    let at = |i: isize| x[i.clamp(0, x.len() as isize - 1) as usize];
    (0..x.len() as isize)
        .map(|k| window.iter().enumerate().map(|(j, w)| w * at(k + j as isize - 4)).sum())
        .collect()
}

/// Noise of unit spread behind two equal one-pole low-passes of time constant `seconds`: it has no
/// period and no corners.
pub struct Wander {
    pole: f64,
    gain: f64,
    state: [f64; 2],
}

impl Wander {
    /// A path that begins anywhere.
    pub fn new(seconds: f64, dice: &mut Dice) -> Self {
        let pole = (-1.0 / (seconds * RATE)).exp();
        let square = pole * pole;
        // Σ ((n + 1) pⁿ)² = (1 + p²) / (1 − p²)³, the power that the two let through.
        let power = (1.0 + square) / (1.0 - square).powi(3);
        let mut wander = Self {
            pole,
            gain: 1.0 / power.sqrt(),
            state: [0.0; 2],
        };
        for _ in 0..(4.0 * seconds * RATE) as usize {
            wander.next(dice);
        }
        wander
    }

    /// The next frame's value.
    pub fn next(&mut self, dice: &mut Dice) -> f64 {
        let white = (dice.unit() - 0.5) * 12f64.sqrt();
        self.state[0] = white + self.pole * self.state[0];
        self.state[1] = self.state[0] + self.pole * self.state[1];
        self.gain * self.state[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wander_has_unit_spread_and_is_slow() {
        for seconds in [0.05, 0.4] {
            let mut dice = Dice::new(1, "wander");
            let mut wander = Wander::new(seconds, &mut dice);
            let x: Vec<f64> = (0..40_000).map(|_| wander.next(&mut dice)).collect();
            let power = x.iter().map(|v| v * v).sum::<f64>() / x.len() as f64;
            assert!((0.7..1.4).contains(&power), "{power}");
            let steps = x.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum::<f64>() / x.len() as f64;
            assert!(steps.sqrt() < 0.02 / seconds, "{}", steps.sqrt());
        }
    }
}
