//! How bright a recording is: the frequency below which half of its energy lies.

use realfft::RealFftPlanner;

use crate::RATE;

/// Samples of one spectrum (10.8 Hz a bin).
const WINDOW: usize = 4_096;
/// Every fourth window is looked at: a whole recording's balance does not need more.
const STEP: usize = 4 * WINDOW;

/// The frequency in Hz below which half of the energy of `mono` lies; 0 for silence.
pub fn of(mono: &[f32]) -> f32 {
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(WINDOW);
    let (mut input, mut output) = (fft.make_input_vec(), fft.make_output_vec());
    let mut power = vec![0.0f64; output.len()];
    for start in (0..mono.len()).step_by(STEP) {
        let span = &mono[start..(start + WINDOW).min(mono.len())];
        input.fill(0.0);
        for (i, (slot, x)) in input.iter_mut().zip(span).enumerate() {
            let hann = 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / WINDOW as f32).cos();
            *slot = x * hann;
        }
        if fft.process(&mut input, &mut output).is_err() {
            continue;
        }
        for (sum, bin) in power.iter_mut().zip(&output) {
            *sum += f64::from(bin.norm_sqr());
        }
    }
    let whole: f64 = power.iter().sum();
    if whole <= 0.0 {
        return 0.0;
    }
    let mut below = 0.0;
    for (bin, p) in power.iter().enumerate() {
        below += p;
        if below >= 0.5 * whole {
            return bin as f32 * RATE as f32 / WINDOW as f32;
        }
    }
    RATE as f32 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_energy_lies_below() {
        let sine = |hz: f32, level: f32| {
            (0..44_100).map(move |n| level * (std::f32::consts::TAU * hz * n as f32 / RATE as f32).sin())
        };
        let two: Vec<f32> = sine(200.0, 0.3).zip(sine(3_000.0, 0.5)).map(|(a, b)| a + b).collect();
        assert!((of(&two) - 3_000.0).abs() < 25.0);
        assert!((of(&sine(200.0, 0.3).collect::<Vec<_>>()) - 200.0).abs() < 15.0);
        assert_eq!(of(&vec![0.0; 10_000]), 0.0);
        assert_eq!(of(&[]), 0.0);
    }
}
