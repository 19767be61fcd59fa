//! 24 kHz → 44.1 kHz, exactly 147 / 80: a polyphase windowed sinc (Kaiser window, 80 dB).

use std::sync::OnceLock;

const UP: usize = 147;
const DOWN: usize = 80;
/// Taps a phase: a transition band of 1.9 kHz centred on 12 kHz.
const TAPS: usize = 64;
/// Kaiser's β for 80 dB of stop-band attenuation: 0.1102 (80 − 8.7).
const BETA: f64 = 7.857;

/// The signal at 44.1 kHz; output sample 0 is the instant of input sample 0.
pub fn resample(x: &[f32]) -> Vec<f32> {
    let phases = phases();
    let length = (x.len() * UP).div_ceil(DOWN);
    (0..length)
        .map(|m| {
            let (base, phase) = (m * DOWN / UP, m * DOWN % UP);
            let taps = &phases[phase * TAPS..(phase + 1) * TAPS];
            // Tap j weighs input sample base + j − (TAPS/2 − 1).
            let first = base as isize - (TAPS as isize / 2 - 1);
            if first >= 0 && first as usize + TAPS <= x.len() {
                taps.iter().zip(&x[first as usize..]).map(|(h, v)| h * v).sum()
            } else {
                let sample = |i: isize| usize::try_from(i).ok().and_then(|i| x.get(i)).copied().unwrap_or(0.0);
                taps.iter()
                    .enumerate()
                    .map(|(j, h)| h * sample(first + j as isize))
                    .sum()
            }
        })
        .collect()
}

fn phases() -> &'static [f32] {
    static PHASES: OnceLock<Vec<f32>> = OnceLock::new();
    PHASES.get_or_init(|| {
        let half = TAPS as f64 / 2.0;
        let mut out = Vec::with_capacity(UP * TAPS);
        for phase in 0..UP {
            let at = phase as f64 / UP as f64;
            let row: Vec<f64> = (0..TAPS)
                .map(|j| {
                    let t = at - (j as f64 - (half - 1.0));
                    let window = bessel(BETA * (1.0 - (t / half).powi(2)).max(0.0).sqrt()) / bessel(BETA);
                    let sinc = if t == 0.0 {
                        1.0
                    } else {
                        (std::f64::consts::PI * t).sin() / (std::f64::consts::PI * t)
                    };
                    sinc * window
                })
                .collect();
            let sum: f64 = row.iter().sum();
            out.extend(row.iter().map(|h| (h / sum) as f32));
        }
        out
    })
}

/// Modified Bessel function of the first kind, order 0 (power series).
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..40 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn a_sine_stays_a_sine_in_place() {
        for hz in [100.0, 1_000.0, 8_000.0, 10_800.0] {
            let x: Vec<f32> = (0..4_800)
                .map(|n| (TAU * hz * f64::from(n) / 24_000.0).sin() as f32)
                .collect();
            let y = resample(&x);
            assert_eq!(y.len(), 8_820);
            for (m, v) in y.iter().enumerate().take(8_500).skip(300) {
                let ideal = (TAU * hz * m as f64 / 44_100.0).sin();
                assert!(
                    (f64::from(*v) - ideal).abs() < 3e-3,
                    "{hz} Hz, sample {m}: {v} for {ideal}"
                );
            }
        }
    }

    #[test]
    fn an_impulse_keeps_its_instant() {
        let mut x = vec![0.0; 1_600];
        x[800] = 1.0;
        let y = resample(&x);
        let peak = (0..y.len()).max_by(|&a, &b| y[a].total_cmp(&y[b])).unwrap();
        assert_eq!(peak, 1_470);
    }
}
