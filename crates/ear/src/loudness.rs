//! How loud a recording is, after ITU-R BS.1770-4.

use ebur128::{EbuR128, Mode};
use realfft::RealFftPlanner;

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

/// The frequency below which half of the energy of mono sound lies, Hz; 0 for silence.
///
/// # Panics
/// Never: the buffers are the plan's own.
pub fn brightness_hz(mono: &[f32]) -> f32 {
    const WINDOW: usize = 4096;
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(WINDOW);
    let (mut input, mut output) = (fft.make_input_vec(), fft.make_output_vec());
    let mut power = vec![0.0_f64; WINDOW / 2 + 1];
    // Every other window: a mean over minutes does not need all.
    for chunk in mono.chunks(WINDOW).step_by(2) {
        input.fill(0.0);
        for (i, (x, s)) in input.iter_mut().zip(chunk).enumerate() {
            *x = s * (0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / WINDOW as f32).cos());
        }
        fft.process(&mut input, &mut output)
            .expect("the buffers were made by this plan");
        for (p, c) in power.iter_mut().zip(&output).skip(1) {
            *p += f64::from(c.norm_sqr());
        }
    }
    let half = power.iter().sum::<f64>() / 2.0;
    if half <= 0.0 {
        return 0.0;
    }
    let mut sum = 0.0;
    let bin = power.iter().position(|p| {
        sum += p;
        sum >= half
    });
    bin.unwrap_or(0) as f32 * RATE as f32 / WINDOW as f32
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
    fn brightness_is_the_middle_of_the_energy() {
        let tone = |hz: f32, i: u32| (std::f32::consts::TAU * hz * i as f32 / RATE as f32).sin();
        let low: Vec<f32> = (0..RATE * 2)
            .map(|i| 0.3 * tone(200.0, i) + 0.1 * tone(5000.0, i))
            .collect();
        let high: Vec<f32> = (0..RATE * 2)
            .map(|i| 0.1 * tone(200.0, i) + 0.3 * tone(5000.0, i))
            .collect();
        assert!((brightness_hz(&low) - 200.0).abs() < 15.0);
        assert!((brightness_hz(&high) - 5000.0).abs() < 15.0);
        assert_eq!(brightness_hz(&vec![0.0; 9000]), 0.0);
    }

    #[test]
    fn silence_is_the_floor() {
        assert_eq!(of(&vec![0.0; 44_100], &vec![0.0; 44_100]), (SILENCE, SILENCE));
        assert_eq!(of(&[], &[]), (SILENCE, SILENCE));
    }
}
