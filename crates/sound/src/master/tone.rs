//! Tone: the score's shelves, and a gentle correction where the mix's balance lies outside what
//! records have.

use realfft::RealFftPlanner;

use catbird_score::Master;

use crate::{
    audio::{RATE_F, Stereo},
    mix::biquad::{Biquad, Memory},
};

/// The octaves' edges: 20–60, 60–120 … 7 680–15 360 Hz.
const BANDS: usize = 9;

/// Share of each octave in the total power, dB: 20 % and 80 % of real records lie between. From the
/// 10/50/90 % points of 52 released tracks, interpolated.
const RANGE_DB: [(f32, f32); BANDS] = [
    (-19.0, -4.5),
    (-8.5, -4.0),
    (-10.0, -6.0),
    (-12.3, -6.5),
    (-13.3, -7.5),
    (-17.7, -10.7),
    (-22.0, -15.3),
    (-29.5, -19.7),
    (-36.0, -22.5),
];

/// The correction's largest step, dB, how much of an excess is taken at a time, and how many times: what one
/// octave gains all others lose, since all are shares of the whole.
const MOST_DB: f32 = 5.0;
const SHARE: f32 = 0.5;
const TIMES: usize = 4;

/// Both channels' equaliser.
pub(super) struct Tone {
    filters: Vec<(Biquad, [Memory; 2])>,
}

impl Tone {
    /// Listens to the whole mix first.
    pub fn new(audio: &Stereo, settings: &Master) -> Self {
        let mut shapes = vec![Biquad::high_pass(24.0, 0.707)];
        let wanted = [(100.0, settings.low_db), (8_000.0, settings.high_db)];
        if wanted[0].1.abs() > 0.05 {
            shapes.push(Biquad::low_shelf(wanted[0].0, wanted[0].1.clamp(-12.0, 12.0)));
        }
        if wanted[1].1.abs() > 0.05 {
            shapes.push(Biquad::high_shelf(wanted[1].0, wanted[1].1.clamp(-12.0, 12.0)));
        }
        // A dulled or boosted sound that was asked for is not corrected away.
        let colour = |hz: f32| {
            shapes
                .iter()
                .map(|s| 20.0 * s.magnitude(hz).log10() as f32)
                .sum::<f32>()
        };
        let lofi = settings.lofi.clamp(0.0, 1.0);
        let levels = balance(audio);
        let mut gains = [0.0f32; BANDS];
        for _ in 0..TIMES {
            let powers: Vec<f32> = levels
                .iter()
                .zip(&gains)
                .map(|(l, g)| 10f32.powf(0.1 * (l + g)))
                .collect();
            let total: f32 = powers.iter().sum();
            for (band, gain) in gains.iter_mut().enumerate() {
                let hz = centre(band);
                let (low, high) = RANGE_DB[band];
                let level_db = 10.0 * (powers[band] / total).log10();
                let off = level_db.clamp(low, high) - level_db;
                let top = if hz > 2_000.0 { 1.0 - lofi } else { 1.0 };
                let room = if colour(hz).abs() > 1.0 && off.signum() != colour(hz).signum() {
                    0.3
                } else {
                    1.0
                };
                *gain = (*gain + SHARE * off * top * room).clamp(-MOST_DB, MOST_DB);
            }
        }
        let audible = gains.into_iter().enumerate().filter(|(_, gain)| gain.abs() > 0.3);
        let corrections: Vec<Biquad> = audible
            .map(|(band, gain)| match band {
                8 => Biquad::high_shelf(8_500.0, gain),
                _ => Biquad::bell(centre(band), 1.1, gain),
            })
            .collect();
        shapes.extend(corrections);
        Self {
            filters: shapes.into_iter().map(|s| (s, Default::default())).collect(),
        }
    }

    pub fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (filter, [l, r]) in &mut self.filters {
            filter.run_both([l, r], left, right);
        }
    }
}

fn centre(band: usize) -> f32 {
    if band == 0 {
        42.0
    } else {
        85.0 * 2f32.powi(band as i32 - 1)
    }
}

/// Power of each octave relative to all of them, dB, from windowed spectra along the piece.
fn balance(audio: &Stereo) -> [f32; BANDS] {
    const SIZE: usize = 8_192;
    /// At most this many spectra: enough for an average.
    const LOOKS: usize = 400;
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(SIZE);
    let window: Vec<f32> = (0..SIZE)
        .map(|i| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / SIZE as f32).cos())
        .collect();
    let (mut block, mut spectrum) = (fft.make_input_vec(), fft.make_output_vec());
    let mut scratch = fft.make_scratch_vec();
    let hop = (audio.frames() / LOOKS).max(SIZE / 2);
    let mut power = [1e-12f64; BANDS];
    for at in (0..audio.frames().saturating_sub(SIZE)).step_by(hop) {
        for side in [&audio.left, &audio.right] {
            for ((b, x), w) in block.iter_mut().zip(&side[at..at + SIZE]).zip(&window) {
                *b = x * w;
            }
            if fft
                .process_with_scratch(&mut block, &mut spectrum, &mut scratch)
                .is_err()
            {
                continue;
            }
            for (k, bin) in spectrum.iter().enumerate() {
                let hz = k as f32 * RATE_F / SIZE as f32;
                if (20.0..15_360.0).contains(&hz) {
                    let band = if hz < 60.0 { 0 } else { 1 + (hz / 60.0).log2() as usize };
                    power[band.min(BANDS - 1)] += f64::from(bin.norm_sqr());
                }
            }
        }
    }
    let total: f64 = power.iter().sum();
    power.map(|p| (10.0 * (p / total).log10()) as f32)
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;

    #[test]
    fn octaves_of_white_noise_rise_by_three_decibels() {
        let mut dice = Dice::new(1, "white");
        let noise = Stereo::from_mono((0..44_100 * 4).map(|_| dice.unit() as f32 - 0.5).collect());
        let levels = balance(&noise);
        for pair in levels[1..].windows(2) {
            assert!((pair[1] - pair[0] - 3.01).abs() < 0.6, "{levels:?}");
        }
    }

    #[test]
    fn a_balance_like_a_records_is_left_alone_and_a_bright_one_is_not() {
        let mut dice = Dice::new(1, "white");
        let mut noise: Vec<f32> = (0..44_100 * 6).map(|_| dice.unit() as f32 - 0.5).collect();
        let bright = Tone::new(&Stereo::from_mono(noise.clone()), &Master::default());
        assert!(bright.filters.len() > 5);
        // Falling by 3 dB an octave and steeper above 1 kHz is near the median.
        for f in [
            Biquad::low_pass(90.0, 0.5),
            Biquad::high_shelf(700.0, 11.0),
            Biquad::high_shelf(400.0, 12.0),
            Biquad::low_shelf(40.0, -3.0),
        ] {
            f.run(&mut Memory::default(), &mut noise);
        }
        let like = Tone::new(&Stereo::from_mono(noise), &Master::default());
        assert!(like.filters.len() < bright.filters.len());
    }
}
