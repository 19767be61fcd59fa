//! What a voice sounds like apart from what it sings: its long-term spectral envelope, and how two of
//! them differ.
//!
//! The long-term average spectrum tells voices apart (Löfqvist & Mandersson, *Long-time average spectrum
//! of speech and voice analysis*, Folia Phoniatrica 1987): its slope is the strength of the source, its
//! place along a logarithmic frequency axis the length of the vocal tract.

use realfft::RealFftPlanner;

use crate::RATE;

const FRAME: usize = 2048;
const HOP: usize = 1024;
/// The lowest band's centre, Hz.
const LOWEST: f64 = 180.0;
/// Bands an octave.
const PER_OCTAVE: f64 = 12.0;
/// From 180 Hz to 9.2 kHz.
const BANDS: usize = 69;
/// Frames this far below the loudest are pauses, dB.
const PAUSE_DB: f64 = 35.0;

/// The levels of a voice in bands of a twelfth of an octave from 180 Hz to 9.2 kHz, dB; their mean is 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope(Vec<f64>);

/// How one voice differs from another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Factor by which the spectrum is stretched: above 1 a smaller head.
    pub warp: f64,
    /// Slope of what remains, dB an octave: above 0 brighter.
    pub tilt_db: f64,
}

impl Envelope {
    /// Of a dry voice, mono. None where it holds no second of sound.
    ///
    /// # Panics
    /// Never: the buffers are the plan's own.
    pub fn of(voice: &[f32]) -> Option<Self> {
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(FRAME);
        let (mut input, mut spectrum) = (fft.make_input_vec(), fft.make_output_vec());
        let window: Vec<f32> = (0..FRAME)
            .map(|i| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / FRAME as f32).cos())
            .collect();
        let mut frames: Vec<(f64, Vec<f64>)> = Vec::new();
        for start in (0..voice.len().saturating_sub(FRAME)).step_by(HOP) {
            for (x, (v, w)) in input.iter_mut().zip(voice[start..].iter().zip(&window)) {
                *x = v * w;
            }
            fft.process(&mut input, &mut spectrum)
                .expect("the buffers are the plan's own");
            let power: Vec<f64> = spectrum.iter().map(|bin| f64::from(bin.norm_sqr())).collect();
            frames.push((power.iter().sum(), power));
        }
        let loudest = frames.iter().map(|f| f.0).fold(0.0, f64::max);
        let floor = loudest * 10f64.powf(-PAUSE_DB / 10.0);
        let sung: Vec<&(f64, Vec<f64>)> = frames.iter().filter(|f| f.0 > floor && f.0 > 1e-6).collect();
        if sung.len() * HOP < RATE as usize {
            return None;
        }
        let width = f64::from(RATE) / FRAME as f64;
        let mut levels = Vec::with_capacity(BANDS);
        for band in 0..BANDS {
            let centre = LOWEST * 2f64.powf(band as f64 / PER_OCTAVE);
            // Below 800 Hz a band is narrower than a voice's harmonics lie apart: a third of an octave
            // then, so that the envelope does not follow the notes.
            let half = 2f64.powf(if centre < 800.0 { 0.25 } else { 0.5 / PER_OCTAVE });
            let first = ((centre / half / width).floor() as usize).max(1);
            let last = ((centre * half / width).ceil() as usize).min(FRAME / 2);
            // Every frame counts alike, loud or soft.
            let share = |(all, power): &&(f64, Vec<f64>)| {
                let inside: f64 = power[first..=last].iter().sum();
                inside / (last - first + 1) as f64 / all
            };
            let mean = sung.iter().map(share).sum::<f64>() / sung.len() as f64;
            levels.push(10.0 * mean.max(1e-12).log10());
        }
        let mean = levels.iter().sum::<f64>() / BANDS as f64;
        Some(Self(levels.into_iter().map(|level| level - mean).collect()))
    }

    /// What has to be done to `other` so that it comes near to this: the warp at which the shapes differ
    /// least once their slopes are equal, and the difference of slopes there.
    pub fn against(&self, other: &Self) -> Difference {
        let octave = |band: usize| band as f64 / PER_OCTAVE;
        (-3..=3)
            .map(|shift: i32| {
                let pairs: Vec<(f64, f64)> = (0..BANDS as i32)
                    .filter_map(|band| {
                        let from = usize::try_from(band - shift).ok().filter(|b| *b < BANDS)?;
                        Some((octave(band as usize), self.0[band as usize] - other.0[from]))
                    })
                    .collect();
                let (slope, rest) = line(&pairs);
                // A little reluctance: voices mostly differ in slope.
                let cost = rest + 0.05 * f64::from(shift.abs());
                (cost, shift, slope)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map_or(
                Difference {
                    warp: 1.0,
                    tilt_db: 0.0,
                },
                |(_, shift, tilt_db)| Difference {
                    warp: 2f64.powf(f64::from(shift) / PER_OCTAVE),
                    tilt_db,
                },
            )
    }

    /// Mean distance of two envelopes, dB.
    pub fn distance(&self, other: &Self) -> f64 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a - b).abs()).sum::<f64>() / BANDS as f64
    }
}

/// The slope of the line through the points, and the mean distance from it.
fn line(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
    let (x, y) = (x / count, y / count);
    let (mut xy, mut xx) = (0.0, 0.0);
    for p in points {
        xy += (p.0 - x) * (p.1 - y);
        xx += (p.0 - x).powi(2);
    }
    let slope = if xx > 0.0 { xy / xx } else { 0.0 };
    let rest = points.iter().map(|p| (p.1 - y - slope * (p.0 - x)).abs()).sum::<f64>() / count;
    (slope, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Harmonics of 150 Hz under formants at these frequencies, falling by `tilt` dB an octave.
    fn voice(formants: [f64; 3], tilt: f64) -> Vec<f32> {
        let level = |hz: f64| {
            let peaks: f64 = formants.iter().map(|f| (-((hz / f).log2() / 0.25).powi(2)).exp()).sum();
            (0.05 + peaks) * 10f64.powf(tilt * (hz / 150.0).log2() / 20.0)
        };
        (0..3 * RATE)
            .map(|i| {
                let t = f64::from(i) / f64::from(RATE);
                // Gliding, so that no band keeps falling between two harmonics.
                let phase = 150.0 * t + 10.0 * (t * 1.5).sin();
                let sum: f64 = (1..60)
                    .map(|n| level(150.0 * f64::from(n)) * (std::f64::consts::TAU * f64::from(n) * phase).sin())
                    .sum();
                (sum * 0.05) as f32
            })
            .collect()
    }

    #[test]
    fn a_smaller_head_and_a_brighter_voice_are_told_apart() {
        let plain = Envelope::of(&voice([500.0, 1500.0, 2500.0], -9.0)).unwrap();
        let small = Envelope::of(&voice([595.0, 1785.0, 2975.0], -9.0)).unwrap();
        let bright = Envelope::of(&voice([500.0, 1500.0, 2500.0], -6.0)).unwrap();
        assert!(
            (small.against(&plain).warp - 1.19).abs() < 0.08,
            "{:?}",
            small.against(&plain)
        );
        let same = bright.against(&plain);
        assert!(
            (same.warp - 1.0).abs() < 1e-9 && (same.tilt_db - 3.0).abs() < 0.8,
            "{same:?}"
        );
        assert!(plain.distance(&bright) > 1.0 && plain.distance(&plain) == 0.0);
    }

    #[test]
    fn silence_has_no_envelope() {
        assert_eq!(Envelope::of(&vec![0.0; 100_000]), None);
        assert_eq!(Envelope::of(&[]), None);
    }
}
