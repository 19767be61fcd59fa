//! How loud a recording is, after ITU-R BS.1770-4.

use ebur128::{EbuR128, Mode};

use crate::RATE;

/// What a digital silence is said to have, LUFS and dBTP.
pub const SILENCE: f32 = -70.0;

/// Integrated loudness (LUFS) and true peak (dBTP) of a stereo recording; both [`SILENCE`] at the least.
pub fn of(left: &[f32], right: &[f32]) -> (f32, f32) {
    let Ok(mut meter) = EbuR128::new(2, RATE, Mode::I | Mode::TRUE_PEAK) else {
        return (SILENCE, SILENCE);
    };
    let length = left.len().min(right.len());
    if meter
        .add_frames_planar_f32(&[&left[..length], &right[..length]])
        .is_err()
    {
        return (SILENCE, SILENCE);
    }
    let lufs = meter.loudness_global().unwrap_or(f64::NEG_INFINITY) as f32;
    let peak = (0..2)
        .filter_map(|channel| meter.true_peak(channel).ok())
        .fold(0.0_f64, f64::max);
    (lufs.max(SILENCE), (20.0 * peak.log10()).max(f64::from(SILENCE)) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_has_the_loudness_the_standard_says() {
        // BS.1770: 997 Hz at 0 dBFS in one channel reads -3.01 LKFS; in both, 0.
        let sine: Vec<f32> = (0..RATE * 5)
            .map(|i| 0.1 * (std::f32::consts::TAU * 997.0 * i as f32 / RATE as f32).sin())
            .collect();
        let silent = vec![0.0; sine.len()];
        let (lufs, peak) = of(&sine, &silent);
        assert!((lufs + 23.01).abs() < 0.1, "{lufs}");
        assert!((peak + 20.0).abs() < 0.1, "{peak}");
        let (both, _) = of(&sine, &sine);
        assert!((both + 20.0).abs() < 0.1, "{both}");
    }

    #[test]
    fn silence_is_the_floor() {
        assert_eq!(of(&[0.0; 44_100], &[0.0; 44_100]), (SILENCE, SILENCE));
        assert_eq!(of(&[], &[]), (SILENCE, SILENCE));
    }
}
