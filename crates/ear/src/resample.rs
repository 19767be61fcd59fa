//! From 44.1 kHz to the rates the networks were trained on: a polyphase windowed sinc (Kaiser window,
//! 70 dB), exact ratios.

/// A conversion by `up / down`, both small whole numbers, `up <= down`.
pub struct Resampler {
    up: usize,
    down: usize,
    /// Taps a phase.
    taps: usize,
    /// `up` rows of `taps` weights.
    phases: Vec<f32>,
}

/// Zero crossings of the sinc on each side.
const CROSSINGS: f64 = 20.0;
/// The pass band ends here, as a share of the new Nyquist frequency.
const CUTOFF: f64 = 0.95;
/// Kaiser's β for 70 dB of stop-band attenuation: 0.1102 (70 − 8.7).
const BETA: f64 = 6.755;

impl Resampler {
    /// 44.1 kHz → 22.05 kHz.
    pub fn half() -> Self {
        Self::new(1, 2)
    }

    /// 44.1 kHz → 16 kHz.
    pub fn to_16k() -> Self {
        Self::new(160, 441)
    }

    fn new(up: usize, down: usize) -> Self {
        // The sinc of the lower rate, measured in samples of the input.
        let cutoff = CUTOFF * up as f64 / down as f64;
        let half = (CROSSINGS / cutoff).ceil();
        let taps = 2 * half as usize;
        let mut phases = Vec::with_capacity(up * taps);
        for phase in 0..up {
            let at = phase as f64 / up as f64;
            let row: Vec<f64> = (0..taps)
                .map(|j| {
                    let t = at - (j as f64 - (half - 1.0));
                    let window = bessel(BETA * (1.0 - (t / half).powi(2)).max(0.0).sqrt());
                    let x = std::f64::consts::PI * t * cutoff;
                    window * if x == 0.0 { 1.0 } else { x.sin() / x }
                })
                .collect();
            let sum: f64 = row.iter().sum();
            phases.extend(row.iter().map(|h| (h / sum) as f32));
        }
        Self { up, down, taps, phases }
    }

    /// The signal at the new rate; output sample 0 is the instant of input sample 0.
    pub fn run(&self, x: &[f32]) -> Vec<f32> {
        let length = (x.len() * self.up).div_ceil(self.down);
        let sample = |i: isize| usize::try_from(i).ok().and_then(|i| x.get(i)).copied().unwrap_or(0.0);
        (0..length)
            .map(|m| {
                let (base, phase) = (m * self.down / self.up, m * self.down % self.up);
                let row = &self.phases[phase * self.taps..][..self.taps];
                // Tap j weighs input sample base + j − (taps/2 − 1).
                let first = base as isize - (self.taps as isize / 2 - 1);
                match usize::try_from(first).ok().and_then(|f| x.get(f..f + self.taps)) {
                    Some(span) => dot(row, span),
                    None => row.iter().zip(first..).map(|(h, i)| h * sample(i)).sum(),
                }
            })
            .collect()
    }
}

/// Eight partial sums, so that the compiler may use the whole width of the machine.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a, rest_a) = a.as_chunks::<8>();
    let (b, rest_b) = b.as_chunks::<8>();
    for (a, b) in a.iter().zip(b) {
        for k in 0..8 {
            sums[k] += a[k] * b[k];
        }
    }
    sums.iter().sum::<f32>() + rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum::<f32>()
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

    fn sine(hz: f64) -> Vec<f32> {
        (0..22_050)
            .map(|n| (TAU * hz * f64::from(n) / 44_100.0).sin() as f32)
            .collect()
    }

    #[test]
    fn what_fits_stays_in_place_and_what_does_not_is_gone() {
        for (resampler, rate) in [(Resampler::half(), 22_050.0), (Resampler::to_16k(), 16_000.0)] {
            for hz in [100.0, 1_000.0, 6_500.0] {
                let y = resampler.run(&sine(hz));
                assert_eq!(y.len(), rate as usize / 2);
                for (m, v) in y.iter().enumerate().take(y.len() - 100).skip(100) {
                    let ideal = (TAU * hz * m as f64 / rate).sin();
                    assert!(
                        (f64::from(*v) - ideal).abs() < 5e-3,
                        "{hz} Hz at {rate}, {m}: {v} for {ideal}"
                    );
                }
            }
            let y = resampler.run(&sine(rate * 0.55));
            assert!(y[100..y.len() - 100].iter().all(|v| v.abs() < 0.01));
        }
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(Resampler::half().run(&[]).is_empty());
        assert_eq!(Resampler::to_16k().run(&[1.0]).len(), 1);
    }
}
