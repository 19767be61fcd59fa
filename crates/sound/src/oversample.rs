//! Four times oversampling with a windowed-sinc polyphase filter, for true peaks (ITU-R BS.1770-5
//! annex 2 asks for 48 taps in four phases) and for distortion without aliases.

use std::{f64::consts::PI, sync::LazyLock};

/// Factor of oversampling.
pub(crate) const FACTOR: usize = 4;

/// Taps of one phase.
const TAPS: usize = 12;

/// The prototype low-pass at a quarter of the band, Kaiser window with β = 5 (about −53 dB), as
/// `PHASES[phase][tap]`; each phase sums to 1.
static PHASES: LazyLock<[[f32; TAPS]; FACTOR]> = LazyLock::new(|| {
    let n = (FACTOR * TAPS) as f64;
    let beta = 5.0;
    let mut phases = [[0.0f64; TAPS]; FACTOR];
    for (i, h) in (0..FACTOR * TAPS).map(|i| {
        // One tap more than symmetric, so that phase 0 is the sample itself, delayed.
        let x = i as f64 - n / 2.0;
        let t = x / FACTOR as f64;
        let sinc = if x == 0.0 { 1.0 } else { (PI * t).sin() / (PI * t) };
        let window = bessel_i0(beta * (1.0 - (2.0 * x / n).powi(2)).max(0.0).sqrt()) / bessel_i0(beta);
        (i, sinc * window)
    }) {
        phases[i % FACTOR][i / FACTOR] = h;
    }
    phases.map(|phase| {
        let sum: f64 = phase.iter().sum();
        phase.map(|h| (h / sum) as f32)
    })
});

/// The same, one row a tap: the phases lie side by side, so that one instruction works on all of them.
static ROWS: LazyLock<[[f32; FACTOR]; TAPS]> =
    LazyLock::new(|| std::array::from_fn(|tap| std::array::from_fn(|phase| PHASES[phase][tap])));

/// For the way back: time runs forward through the phases of the input, backward through those of the filter.
static ROWS_BACK: LazyLock<[[f32; FACTOR]; TAPS]> =
    LazyLock::new(|| std::array::from_fn(|tap| std::array::from_fn(|phase| PHASES[FACTOR - 1 - phase][tap])));

/// Modified Bessel function of the first kind, order 0 (power series).
pub(crate) fn bessel_i0(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..40 {
        term *= (x / (2.0 * k as f64)).powi(2);
        sum += term;
    }
    sum
}

/// One channel's history, stored twice so that the last [`TAPS`] samples are always one slice.
#[derive(Clone, Debug)]
pub(crate) struct Upsampler {
    ring: [f32; 2 * TAPS],
    at: usize,
    rows: &'static [[f32; FACTOR]; TAPS],
}

impl Default for Upsampler {
    fn default() -> Self {
        Self {
            ring: [0.0; 2 * TAPS],
            at: 0,
            rows: &ROWS,
        }
    }
}

impl Upsampler {
    /// Frames by which phase 0 lags the input.
    pub const LATENCY: usize = TAPS / 2;

    /// The four samples between the sample of [`Self::LATENCY`] frames ago and its successor.
    #[inline]
    pub fn step(&mut self, x: f32) -> [f32; FACTOR] {
        // Newest first.
        self.at = if self.at == 0 { TAPS - 1 } else { self.at - 1 };
        self.ring[self.at] = x;
        self.ring[self.at + TAPS] = x;
        let history = &self.ring[self.at..self.at + TAPS];
        let mut y = [0.0f32; FACTOR];
        for (row, s) in self.rows.iter().zip(history) {
            for (y, h) in y.iter_mut().zip(row) {
                *y += h * s;
            }
        }
        y
    }

    /// The largest absolute value around there.
    #[inline]
    pub fn peak(&mut self, x: f32) -> f32 {
        self.step(x).iter().fold(0.0, |peak, y| peak.max(y.abs()))
    }
}

/// Back to the original rate: the same prototype as a decimator.
#[derive(Clone, Debug)]
pub(crate) struct Downsampler {
    ring: [[f32; FACTOR]; 2 * TAPS],
    at: usize,
    rows: &'static [[f32; FACTOR]; TAPS],
}

impl Default for Downsampler {
    fn default() -> Self {
        Self {
            ring: [[0.0; FACTOR]; 2 * TAPS],
            at: 0,
            rows: &ROWS_BACK,
        }
    }
}

impl Downsampler {
    /// One sample from four.
    #[inline]
    pub fn step(&mut self, x: [f32; FACTOR]) -> f32 {
        self.at = if self.at == 0 { TAPS - 1 } else { self.at - 1 };
        self.ring[self.at] = x;
        self.ring[self.at + TAPS] = x;
        let history = &self.ring[self.at..self.at + TAPS];
        let mut y = [0.0f32; FACTOR];
        for (row, s) in self.rows.iter().zip(history) {
            for (y, (h, s)) in y.iter_mut().zip(row.iter().zip(s)) {
                *y += h * s;
            }
        }
        y.iter().sum::<f32>() / FACTOR as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_between_samples_are_found() {
        // A sine at a quarter of the rate sampled at ±45° has sample peaks of 0.707 and true peaks of 1.
        let mut up = Upsampler::default();
        let peak = (0..400)
            .map(|i| up.peak((std::f32::consts::FRAC_PI_2 * i as f32 + std::f32::consts::FRAC_PI_4).sin()))
            .skip(50)
            .fold(0.0, f32::max);
        assert!((peak - 1.0).abs() < 0.02, "{peak}");
    }

    #[test]
    fn up_and_down_is_a_delay() {
        for hz in [100.0, 1_000.0, 8_000.0, 12_000.0] {
            let (mut up, mut down) = (Upsampler::default(), Downsampler::default());
            let sine = |i: f32| (std::f32::consts::TAU * hz * i / 44_100.0).sin();
            let mut power = (0.0f32, 0.0f32);
            for i in 0..4_000 {
                let y = down.step(up.step(sine(i as f32)));
                if i > 1_000 {
                    power.0 += y * y;
                    power.1 += sine(i as f32).powi(2);
                }
            }
            let db = 10.0 * (power.0 / power.1).log10();
            assert!(db.abs() < 0.3, "{hz} Hz: {db:.2} dB");
        }
    }
}
