//! What drives the vocal tract: a band-limited pulse train in closed form,
//! Σ_{h=1}^{H} cos(hθ) = sin((H + ½)θ) / (2 sin(θ/2)) − ½ (the Dirichlet kernel), and white noise.

use std::f64::consts::TAU;

use catbird_score::Dice;

/// Samples a second of the synthesis.
pub const SAMPLE_RATE: f64 = 24_000.0;
/// Samples a frame.
pub const HOP: usize = 300;
/// No harmonic above this, Hz.
const TOP_HZ: f64 = 11_000.0;

/// Every harmonic under 11 kHz at unit amplitude. `hz` is the pitch at the frames; sample 0 is
/// `before` samples ahead of frame 0. `detune` in cents shifts the whole train and `growl`
/// (0–1) weakens every second pulse.
pub fn pulses(hz: &[f64], before: usize, samples: usize, detune: f64, growl: f64) -> Vec<f32> {
    let ratio = 2f64.powf(detune / 1200.0);
    let mut phase = 0.0;
    let mut odd = 1.0;
    (0..samples)
        .map(|i| {
            let f = ratio * at(hz, (i as f64 - before as f64) / HOP as f64);
            phase += f / SAMPLE_RATE;
            if phase >= 1.0 {
                phase -= 1.0;
                odd = -odd;
            }
            let pulse = dirichlet(TAU * phase, (TOP_HZ / f).floor());
            // The half-rate wave crosses zero between pulses, so the switch is inaudible.
            (pulse * (1.0 + growl * odd * (0.5 * TAU * phase).cos())) as f32
        })
        .collect()
}

/// White noise of unit variance.
pub fn noise(samples: usize, dice: &mut Dice) -> Vec<f32> {
    let amplitude = 12f64.sqrt();
    (0..samples).map(|_| ((dice.unit() - 0.5) * amplitude) as f32).collect()
}

fn dirichlet(theta: f64, harmonics: f64) -> f64 {
    let half = (0.5 * theta).sin();
    if half.abs() < 1e-4 {
        harmonics
    } else {
        ((harmonics + 0.5) * theta).sin() / (2.0 * half) - 0.5
    }
}

/// Linear interpolation between frames, constant outside.
fn at(values: &[f64], frame: f64) -> f64 {
    let last = values.len() - 1;
    let x = frame.clamp(0.0, last as f64);
    let i = (x as usize).min(last.saturating_sub(1));
    let w = x - i as f64;
    values[i] * (1.0 - w) + values[(i + 1).min(last)] * w
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Amplitude of the component at `hz`.
    fn amplitude(x: &[f32], hz: f64) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        for (i, v) in x.iter().enumerate() {
            let (s, c) = (TAU * hz * i as f64 / SAMPLE_RATE).sin_cos();
            re += f64::from(*v) * c;
            im += f64::from(*v) * s;
        }
        2.0 * re.hypot(im) / x.len() as f64
    }

    #[test]
    fn each_harmonic_has_unit_amplitude_and_nothing_lies_above_the_top() {
        let x = pulses(&[240.0; 81], 0, 24_000, 0.0, 0.0);
        for h in [1.0, 2.0, 10.0, 45.0] {
            assert!((amplitude(&x, 240.0 * h) - 1.0).abs() < 0.01, "harmonic {h}");
        }
        assert!(amplitude(&x, 240.0 * 46.0) < 0.01 && amplitude(&x, 100.0) < 0.01);
    }

    #[test]
    fn growl_adds_a_subharmonic() {
        let x = pulses(&[240.0; 81], 0, 24_000, 0.0, 0.5);
        assert!(amplitude(&x, 120.0) > 0.1);
    }

    #[test]
    fn noise_has_unit_variance() {
        let x = noise(20_000, &mut Dice::new(1, "noise"));
        let power = x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32;
        assert!((power - 1.0).abs() < 0.03);
    }
}
