//! How loud something is: ITU-R BS.1770-5 and EBU R 128 through the `ebur128` crate.

use ebur128::{EbuR128, Mode};

use crate::audio::{RATE, Stereo};

/// Frames measured at once.
const BATCH: usize = 1 << 16;

/// Measured loudness of a finished file. `None` where the quantity is undefined (silence, or
/// shorter than one gating block of 400 ms).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Loudness {
    /// Integrated loudness, LUFS.
    pub integrated_lufs: Option<f64>,
    /// True peak of both channels, dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// Loudness range, LU.
    pub range_lu: Option<f64>,
}

/// A running measurement.
pub(crate) struct Meter {
    state: EbuR128,
    frames: usize,
    power: f64,
}

impl Meter {
    /// Of everything, or of the integrated loudness alone (faster).
    pub fn new(true_peak: bool) -> Self {
        Self::with(if true_peak {
            Mode::I | Mode::LRA | Mode::TRUE_PEAK
        } else {
            Mode::I | Mode::M
        })
    }

    /// Of everything but the true peak.
    pub fn of_loudness() -> Self {
        Self::with(Mode::I | Mode::LRA)
    }

    /// Of the true peak alone.
    pub fn of_peaks() -> Self {
        Self::with(Mode::TRUE_PEAK)
    }

    fn with(mode: Mode) -> Self {
        let state = EbuR128::new(2, RATE, mode).expect("two channels at 44.1 kHz are valid for the meter");
        Self {
            state,
            frames: 0,
            power: 0.0,
        }
    }

    pub fn add(&mut self, left: &[f32], right: &[f32]) {
        self.frames += left.len();
        self.power += left.iter().chain(right).map(|x| f64::from(*x).powi(2)).sum::<f64>();
        self.state
            .add_frames_planar_f32(&[left, right])
            .expect("two channels of equal length");
    }

    /// Integrated loudness; for what is shorter than a gating block or below the absolute gate, the
    /// plain power of both channels (BS.1770 without its filter and gate). `None` for silence.
    pub fn lufs(&self) -> Option<f64> {
        let gated = self.state.loudness_global().ok().filter(|l| l.is_finite());
        let plain = || {
            let mean = self.power / self.frames.max(1) as f64;
            (mean > 1e-12).then(|| -0.691 + 10.0 * mean.log10())
        };
        gated.or_else(plain)
    }

    pub fn finish(&self) -> Loudness {
        let peak = |c| self.state.true_peak(c).unwrap_or(0.0);
        let peak = peak(0).max(peak(1));
        Loudness {
            integrated_lufs: self.state.loudness_global().ok().filter(|l| l.is_finite()),
            true_peak_dbtp: (peak > 0.0).then(|| 20.0 * peak.log10()),
            range_lu: self
                .state
                .loudness_range()
                .ok()
                .filter(|_| self.frames >= 3 * RATE as usize),
        }
    }
}

/// Measures a whole piece, true peak and range included.
pub fn measure(audio: &Stereo) -> Loudness {
    let mut meter = Meter::new(true);
    for (l, r) in audio.left.chunks(BATCH).zip(audio.right.chunks(BATCH)) {
        meter.add(l, r);
    }
    meter.finish()
}

/// Integrated loudness alone (faster), with the fallback of short pieces.
pub(crate) fn lufs(left: &[f32], right: &[f32]) -> Option<f64> {
    let mut meter = Meter::new(false);
    for (l, r) in left.chunks(BATCH).zip(right.chunks(BATCH)) {
        meter.add(l, r);
    }
    meter.lufs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_scale_sine_at_997_hz_reads_as_the_standard_says() {
        // BS.1770: 0 dBFS at 997 Hz in one of two front channels is −3.01 LKFS.
        let sine: Vec<f32> = (0..RATE * 5)
            .map(|i| (std::f32::consts::TAU * 997.0 * i as f32 / RATE as f32).sin())
            .collect();
        let one = Stereo {
            right: vec![0.0; sine.len()],
            left: sine,
        };
        let measured = measure(&one);
        assert!(
            (measured.integrated_lufs.expect("long enough") + 3.01).abs() < 0.05,
            "{measured:?}"
        );
        assert!(measured.true_peak_dbtp.expect("not silent").abs() < 0.1);
    }

    #[test]
    fn short_and_silent_pieces_have_no_integrated_loudness() {
        let silent = measure(&Stereo::silence(RATE as usize));
        assert_eq!(
            silent,
            Loudness {
                integrated_lufs: None,
                true_peak_dbtp: None,
                range_lu: None
            }
        );
        assert_eq!(lufs(&[0.0; 100], &[0.0; 100]), None);
        assert!((lufs(&[0.5; 100], &[0.5; 100]).expect("power") - (-0.691 - 3.01)).abs() < 0.01);
    }
}
