//! What drives the vocal tract: a band-limited pulse train in closed form,
//! Σ_{h=1}^{H} cos(hθ) = sin((H + ½)θ) / (2 sin(θ/2)) − ½ (the Dirichlet kernel), and white noise that
//! comes and goes with the glottis.

use std::f64::consts::TAU;

use catbird_score::Dice;

/// Samples a second of the synthesis.
pub const SAMPLE_RATE: f64 = 24_000.0;
/// Samples a frame.
pub const HOP: usize = 300;
/// No harmonic above this, Hz.
const TOP_HZ: f64 = 11_000.0;
/// How much of the breath's noise comes and goes with the pulses, and when in the cycle it is
/// strongest, turns after the closure.
const PUFF: f64 = 0.75;
const PUFF_TURN: f64 = 0.12;

/// How regular a train is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Regularity {
    /// Shifts the whole train, cents.
    pub detune: f64,
    /// 0–1: weakens every second pulse.
    pub growl: f64,
    /// Spread of the intervals, a share.
    pub jitter: f64,
    /// Spread of the amplitudes, a share.
    pub shimmer: f64,
}

/// The excitation of a phrase.
pub struct Source {
    /// Every harmonic under 11 kHz at about unit amplitude.
    pub pulses: Vec<f32>,
    /// White noise of unit variance, in puffs where there is voice.
    pub noise: Vec<f32>,
}

/// The excitation for a pitch `hz` at the frames; sample 0 is `before` samples ahead of frame 0.
/// `rough` scales jitter and shimmer, `voiced` (0–1) the puffs, both a frame. One throw of the dice a
/// sample and two a pulse.
pub fn source(
    hz: &[f64],
    rough: &[f32],
    voiced: &[f32],
    regularity: Regularity,
    before: usize,
    samples: usize,
    dice: &mut Dice,
) -> Source {
    let Regularity {
        detune,
        growl,
        jitter,
        shimmer,
    } = regularity;
    let ratio = 2f64.powf(detune / 1200.0);
    let mut chance = dice.clone();
    let mut deviate = || (chance.unit() - 0.5) * 12f64.sqrt();
    let amplitude = 12f64.sqrt();
    let (mut phase, mut odd, mut stretch) = (0.0, 1.0, 1.0);
    let (mut now, mut next) = (1.0, 1.0);
    let (mut pulses, mut noise) = (Vec::with_capacity(samples), Vec::with_capacity(samples));
    for i in 0..samples {
        let frame = (i as f64 - before as f64) / HOP as f64;
        let (k, w) = place(hz.len(), frame);
        let f = ratio * (hz[k] + w * (hz[(k + 1).min(hz.len() - 1)] - hz[k]));
        phase += stretch * f / SAMPLE_RATE;
        if phase >= 1.0 {
            phase -= 1.0;
            odd = -odd;
            let rough = f64::from(rough[k.min(rough.len() - 1)]);
            stretch = 1.0 + jitter * rough * deviate();
            now = next;
            next = 1.0 + shimmer * rough * deviate();
        }
        let pulse = dirichlet(TAU * phase, (TOP_HZ / f).floor());
        // One amplitude passes into the next between two pulses, where neither is heard.
        let level = now + (next - now) * phase * phase * (3.0 - 2.0 * phase);
        // The half-rate wave crosses zero between pulses, so the switch is inaudible.
        let beat = if growl > 0.0 {
            1.0 + growl * odd * (0.5 * TAU * phase).cos()
        } else {
            1.0
        };
        pulses.push((pulse * level * beat) as f32);
        let puff = PUFF * f64::from(voiced[k.min(voiced.len() - 1)]);
        let envelope = if puff > 0.0 {
            // Two parabolas for a sine: a cosine would cost more than the noise. Their power is 8/15.
            let x = (phase - PUFF_TURN + 0.25).rem_euclid(1.0) - 0.5;
            let wave = -8.0 * x * (1.0 - 2.0 * x.abs());
            (1.0 + puff * wave) / (1.0 + 8.0 / 15.0 * puff * puff).sqrt()
        } else {
            1.0
        };
        noise.push(((dice.unit() - 0.5) * amplitude * envelope) as f32);
    }
    Source { pulses, noise }
}

fn dirichlet(theta: f64, harmonics: f64) -> f64 {
    let half = (0.5 * theta).sin();
    if half.abs() < 1e-4 {
        harmonics
    } else {
        ((harmonics + 0.5) * theta).sin() / (2.0 * half) - 0.5
    }
}

/// The frame before an instant and the way to the next, constant outside.
fn place(frames: usize, frame: f64) -> (usize, f64) {
    let last = frames - 1;
    let x = frame.clamp(0.0, last as f64);
    let i = (x as usize).min(last.saturating_sub(1));
    (i, x - i as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn train(regularity: Regularity) -> Source {
        source(
            &[240.0; 81],
            &[1.0; 81],
            &[1.0; 81],
            regularity,
            0,
            24_000,
            &mut Dice::new(1, "source"),
        )
    }

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
        let x = train(Regularity::default()).pulses;
        for h in [1.0, 2.0, 10.0, 45.0] {
            assert!((amplitude(&x, 240.0 * h) - 1.0).abs() < 0.01, "harmonic {h}");
        }
        assert!(amplitude(&x, 240.0 * 46.0) < 0.01 && amplitude(&x, 100.0) < 0.01);
    }

    #[test]
    fn growl_adds_a_subharmonic_and_jitter_blurs_the_top() {
        let growling = train(Regularity {
            growl: 0.5,
            ..Regularity::default()
        });
        assert!(amplitude(&growling.pulses, 120.0) > 0.1);
        let human = train(Regularity {
            jitter: 0.003,
            shimmer: 0.03,
            ..Regularity::default()
        });
        assert!(amplitude(&human.pulses, 240.0) > 0.9);
        assert!(
            amplitude(&human.pulses, 9_600.0) < 0.7,
            "{}",
            amplitude(&human.pulses, 9_600.0)
        );
    }

    #[test]
    fn noise_has_unit_variance_and_comes_in_puffs() {
        let x = train(Regularity::default()).noise;
        let power = x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32;
        assert!((power - 1.0).abs() < 0.05, "{power}");
        let strength = |turn: f64| {
            let in_cycle = |i: usize| (i as f64 * 240.0 / SAMPLE_RATE - turn).rem_euclid(1.0) < 0.2;
            let some: Vec<f32> = (0..x.len()).filter(|&i| in_cycle(i)).map(|i| x[i] * x[i]).collect();
            some.iter().sum::<f32>() / some.len() as f32
        };
        assert!(
            strength(0.02) > 2.5 * strength(0.52),
            "{} {}",
            strength(0.02),
            strength(0.52)
        );
    }
}
