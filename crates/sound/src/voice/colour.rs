//! What happens to the voice after the mouth: compression, saturation, and the hard colour of an
//! electrified voice. Works on one phrase at 44.1 kHz; a neutral singer passes unchanged.

use catbird_score::Singer;

use super::{frames::LEVEL_DB, render::SAMPLE_RATE};

/// RMS level of sung vowels, linear.
fn level() -> f32 {
    10f32.powf(LEVEL_DB / 20.0)
}

/// Colours a phrase as its singer asks.
pub fn colour(mut x: Vec<f32>, singer: &Singer) -> Vec<f32> {
    if singer.electric > 0.0 {
        electrify(&mut x, singer.electric.clamp(0.0, 1.0));
    }
    if singer.density > 0.0 {
        compress(&mut x, singer.density.clamp(0.0, 1.0));
    }
    if singer.drive > 0.0 {
        saturate(&mut x, singer.drive.clamp(0.0, 1.0));
    }
    x
}

/// Feed-forward compressor (attack 4 ms, release 90 ms) from 9 dB under the vowels' level up.
fn compress(x: &mut [f32], density: f32) {
    let ratio = 1.0 + 4.0 * density;
    let slope = 1.0 - 1.0 / ratio;
    let threshold = LEVEL_DB - 9.0;
    let coefficient = |ms: f64| (-1.0 / (0.001 * ms * SAMPLE_RATE)).exp() as f32;
    let (attack, release) = (coefficient(4.0), coefficient(90.0));
    let mut power = 0.0_f32;
    for v in x.iter_mut() {
        let p = *v * *v;
        let c = if p > power { attack } else { release };
        power = c * power + (1.0 - c) * p;
        let over = (10.0 * (power + 1e-9).log10() - threshold).max(0.0);
        // The make-up brings vowels back to their level (the detector follows their crests, some 4 dB
        // over it), so density raises what is soft.
        *v *= 10f32.powf((13.0 - over) * slope / 20.0);
    }
}

/// tanh saturation with a touch of asymmetry (even harmonics), at equal loudness.
fn saturate(x: &mut [f32], drive: f32) {
    let before = rms(x);
    let push = (1.0 + 5.0 * drive) / (4.0 * level());
    let bias = 0.25 * drive;
    // In parallel with the clean voice, which keeps the consonants.
    let wet = 0.4 + 0.4 * drive;
    for v in x.iter_mut() {
        *v = (1.0 - wet) * *v + wet * ((push * *v + bias).tanh() - bias.tanh()) / push;
    }
    // The asymmetry leaves a little DC.
    let mut low = 0.0;
    let c = (-std::f64::consts::TAU * 60.0 / SAMPLE_RATE).exp() as f32;
    for v in x.iter_mut() {
        low = c * low + (1.0 - c) * *v;
        *v -= low;
    }
    let gain = before / rms(x).max(1e-9);
    for v in x.iter_mut() {
        *v *= gain;
    }
}

/// A short tuned comb: the metal of a talk box.
fn electrify(x: &mut [f32], amount: f32) {
    let delay = (0.0061 * SAMPLE_RATE) as usize;
    let before = rms(x);
    let (back, forth) = (0.45 * amount, 0.35 * amount);
    let dry = x.to_vec();
    for i in delay..x.len() {
        x[i] += back * x[i - delay] - forth * dry[i - delay];
    }
    let gain = before / rms(x).max(1e-9);
    for v in x.iter_mut() {
        *v *= gain;
    }
}

fn rms(x: &[f32]) -> f32 {
    let sum: f64 = x.iter().map(|v| f64::from(*v) * f64::from(*v)).sum();
    (sum / x.len().max(1) as f64).sqrt() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::tests::singer;

    fn tone(level: f32) -> Vec<f32> {
        let wave = |x: f32| 0.8 * x.sin() + 0.6 * (3.3 * x).sin();
        (0..44_100).map(|n| level * wave(n as f32 * 0.03)).collect()
    }

    #[test]
    fn a_neutral_singer_passes_unchanged() {
        assert_eq!(colour(tone(0.2), &singer()), tone(0.2));
    }

    #[test]
    fn density_brings_soft_and_loud_closer() {
        let dense = Singer {
            density: 1.0,
            ..singer()
        };
        let db = |level| 20.0 * (rms(&colour(tone(level), &dense)) / rms(&tone(level))).log10();
        let (soft, loud) = (db(0.3 * level()), db(4.0 * level()));
        assert!(soft > 5.0 && loud < -4.0, "{soft} {loud}");
    }

    #[test]
    fn drive_and_electricity_keep_the_level_and_change_the_sound() {
        for singer in [
            Singer { drive: 0.8, ..singer() },
            Singer {
                electric: 1.0,
                ..singer()
            },
        ] {
            let y = colour(tone(0.2), &singer);
            assert!((rms(&y) / rms(&tone(0.2)) - 1.0).abs() < 0.02);
            let difference = y.iter().zip(&tone(0.2)).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
            assert!(difference > 2.0, "{difference}");
        }
    }
}
