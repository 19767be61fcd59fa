//! The last step: the gain before the limiter at which the limited piece has the asked loudness.

use catbird_score::Master;

pub(crate) use super::limiter::LATENCY;
use super::{limiter::Limiter, true_peak};
use crate::{
    audio::{RATE_F, Stereo, amplitude},
    error::SoundError,
    loudness::{self, Loudness, Meter},
    progress::{Progress, Step, report},
};

/// Frames measured at once.
const CHUNK: usize = 16_384;

/// Within this the loudness is right, LU.
const TOLERANCE: f64 = 0.1;

/// Attempts at the gain; each is two passes over the piece, side by side.
const PASSES: usize = 4;

/// How far apart the two are, dB.
const ASIDE_DB: f64 = 0.8;

/// The limiter aims this far below the ceiling, dB: dither and the meter's own filter need it.
const MARGIN_DB: f32 = 0.1;

/// What rounding to 16 bits and dither may add to a peak, dB.
const ROUNDING_DB: f32 = 0.02;

/// Limits `audio` in place and measures it as a 16-bit file would be.
pub(super) fn run(audio: &mut Stereo, settings: &Master, progress: &Progress<'_>) -> Result<Loudness, SoundError> {
    let ceiling = ceiling(settings);
    let Some(gain_db) = gain_db(audio, settings, PASSES, progress)? else {
        return Ok(loudness::measure(audio));
    };
    perform(audio, gain_db, ceiling);

    report(progress, Step::Mastering, 0.9)?;
    let limit = settings.ceiling_dbtp.clamp(-20.0, 0.0) - ROUNDING_DB;
    let strict = |audio: &Stereo| 20.0 * true_peak::over(audio, amplitude(limit)).max(1e-9).log10();
    // The limiter's peaks are estimates on four times the rate; the file is what counts. A second,
    // lower limiter takes what it missed from the peaks alone, turning down takes the rest.
    let mut peak = strict(audio);
    if peak > limit + MARGIN_DB {
        perform(audio, 0.0, ceiling - (peak - limit));
        peak = strict(audio);
    }
    if peak > limit {
        audio.scale(amplitude(limit - peak));
    }
    let strict = f64::from(peak.min(limit));
    let mut measured = measure_16_bit(audio);
    measured.true_peak_dbtp = measured.true_peak_dbtp.map(|meter| meter.max(strict));
    report(progress, Step::Mastering, 1.0)?;
    Ok(measured)
}

/// Where the limiter aims, dB.
fn ceiling(settings: &Master) -> f32 {
    settings.ceiling_dbtp.clamp(-20.0, 0.0) - MARGIN_DB
}

/// The gain before the limiter at which `audio` has the asked loudness behind it; `None` for silence.
pub(crate) fn gain_db(
    audio: &Stereo,
    settings: &Master,
    passes: usize,
    progress: &Progress<'_>,
) -> Result<Option<f64>, SoundError> {
    let target = f64::from(settings.lufs.clamp(-40.0, -5.0));
    let ceiling = ceiling(settings);
    let Some(start) = loudness::lufs(&audio.left, &audio.right) else {
        return Ok(None);
    };
    let mut gain_db = (target - start).clamp(-60.0, 40.0);
    let mut best = (f64::INFINITY, gain_db);
    for pass in 0..passes {
        report(progress, Step::Mastering, 0.45 + 0.4 * pass as f32 / passes as f32)?;
        // Limiting eats a part of each step; a second try beside the first one tells how much.
        let tries = [gain_db, gain_db + ASIDE_DB];
        let heard = rayon::join(
            || rehearse(audio, tries[0], ceiling),
            || rehearse(audio, tries[1], ceiling),
        );
        let (Some(first), Some(second)) = heard else {
            break;
        };
        for (gain, heard) in tries.into_iter().zip([first, second]) {
            let error = (target - heard).abs();
            if error < best.0 {
                best = (error, gain);
            }
        }
        if best.0 < TOLERANCE {
            break;
        }
        let slope = ((second - first) / ASIDE_DB).clamp(0.2, 1.2);
        gain_db = (gain_db + (target - first) / slope).clamp(-60.0, 40.0);
    }
    Ok(Some(best.1))
}

/// The loudness the piece would have.
fn rehearse(audio: &Stereo, gain_db: f64, ceiling_db: f32) -> Option<f64> {
    let gain = amplitude(gain_db as f32);
    let mut limiter = Limiter::new(ceiling_db);
    let mut meter = Meter::new(false);
    let (mut l, mut r) = (Vec::with_capacity(CHUNK), Vec::with_capacity(CHUNK));
    let frames = audio.frames();
    for i in 0..frames + LATENCY {
        let (x, y) = if i < frames {
            (audio.left[i], audio.right[i])
        } else {
            (0.0, 0.0)
        };
        let [x, y] = limiter.step(x * gain, y * gain);
        if i >= LATENCY {
            l.push(x);
            r.push(y);
        }
        if l.len() == CHUNK || i + 1 == frames + LATENCY {
            meter.add(&l, &r);
            l.clear();
            r.clear();
        }
    }
    meter.lufs()
}

/// A limiter that works on one side of a wave more than on the other shifts its mean; this corner
/// takes the offset out and moves no peak by more than 0.2 dB (which the last measurement sees).
const OFFSET_HZ: f32 = 1.0;

/// The last limiter and what goes with it. Its output lags by [`LATENCY`] frames.
pub(crate) struct Last {
    gain: f32,
    limiter: Limiter,
    follow: f64,
    offset: [f64; 2],
}

impl Last {
    /// With a gain in front of it, under the score's ceiling.
    pub fn new(gain_db: f64, settings: &Master) -> Self {
        Self::under(gain_db, ceiling(settings))
    }

    fn under(gain_db: f64, ceiling_db: f32) -> Self {
        Self {
            gain: amplitude(gain_db as f32),
            limiter: Limiter::new(ceiling_db),
            follow: f64::from(std::f32::consts::TAU * OFFSET_HZ / RATE_F),
            offset: [0.0; 2],
        }
    }

    #[inline]
    pub fn step(&mut self, left: f32, right: f32) -> [f32; 2] {
        let mut out = self.limiter.step(left * self.gain, right * self.gain);
        for (x, offset) in out.iter_mut().zip(&mut self.offset) {
            let y = f64::from(*x) - *offset;
            *offset += self.follow * y;
            *x = y as f32;
        }
        out
    }
}

/// Limits in place: what comes out belongs [`LATENCY`] frames back, where the input is already used.
fn perform(audio: &mut Stereo, gain_db: f64, ceiling_db: f32) {
    let mut last = Last::under(gain_db, ceiling_db);
    let frames = audio.frames();
    for i in 0..frames + LATENCY {
        let (x, y) = if i < frames {
            (audio.left[i], audio.right[i])
        } else {
            (0.0, 0.0)
        };
        let out = last.step(x, y);
        if i >= LATENCY {
            audio.left[i - LATENCY] = out[0];
            audio.right[i - LATENCY] = out[1];
        }
    }
}

/// Measures the samples a 16-bit file holds.
fn measure_16_bit(audio: &Stereo) -> Loudness {
    let mut meter = Meter::new(true);
    let round = |x: &[f32]| -> Vec<f32> {
        x.iter()
            .map(|v| (v * 32_768.0).round().clamp(-32_768.0, 32_767.0) / 32_768.0)
            .collect()
    };
    for (l, r) in audio.left.chunks(CHUNK).zip(audio.right.chunks(CHUNK)) {
        meter.add(&round(l), &round(r));
    }
    meter.finish()
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use catbird_score::Dice;

    use super::*;

    fn drums_and_tone(seconds: usize, level: f32) -> Stereo {
        let mut dice = Dice::new(9, "noise");
        let mut audio = Stereo::default();
        for i in 0..seconds * 44_100 {
            let t = (i % 22_050) as f32 / 44_100.0;
            let hit = (-30.0 * t).exp() * (dice.unit() as f32 - 0.5) * 2.0;
            let tone = 0.3 * (i as f32 * 0.05).sin();
            audio.left.push(level * (hit + tone));
            audio.right.push(level * (0.8 * hit + 0.3 * (i as f32 * 0.063).sin()));
        }
        audio
    }

    #[test]
    fn loudness_hits_the_target_under_the_ceiling() {
        for (lufs, level) in [(-14.0, 0.01), (-14.0, 3.0), (-9.0, 0.5), (-20.0, 0.5)] {
            let mut audio = drums_and_tone(6, level);
            let settings = Master {
                lufs,
                ..Master::default()
            };
            let measured = run(&mut audio, &settings, &|_, _| ControlFlow::Continue(())).expect("not cancelled");
            let heard = measured.integrated_lufs.expect("long enough");
            assert!((heard - f64::from(lufs)).abs() < 0.5, "{heard:.2} instead of {lufs}");
            assert!(measured.true_peak_dbtp.expect("sound") <= -1.0);
        }
    }

    #[test]
    fn a_tenth_of_a_second_is_brought_up_too() {
        let mut audio = drums_and_tone(1, 0.01);
        audio.left.truncate(4_410);
        audio.right.truncate(4_410);
        let measured = run(&mut audio, &Master::default(), &|_, _| ControlFlow::Continue(())).expect("not cancelled");
        assert_eq!(measured.integrated_lufs, None);
        assert!((0.1..0.9).contains(&audio.peak()), "{}", audio.peak());
    }
}
