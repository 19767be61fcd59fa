//! The last step: the gain before the limiter at which the limited piece has the asked loudness.

use catbird_score::Master;

pub(crate) use super::limiter::LATENCY;
use super::{
    limiter::{Envelope, Limiter},
    rehearsal::{self, Rehearsal},
    true_peak,
};
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

/// Attempts at the gain; each is two rehearsals, side by side.
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
    let rehearsal = Rehearsal::new(audio);
    let Some(gain_db) = find(&rehearsal, audio, settings, PASSES, progress)? else {
        return Ok(loudness::measure(audio));
    };
    perform(audio, gain_db, ceiling, &rehearsal.peaks);
    drop(rehearsal);

    report(progress, Step::Mastering, 0.9)?;
    let limit = settings.ceiling_dbtp.clamp(-20.0, 0.0) - ROUNDING_DB;
    let strict = |audio: &Stereo| 20.0 * true_peak::over(audio, amplitude(limit)).max(1e-9).log10();
    // The limiter's peaks are estimates on four times the rate; the file is what counts. A second,
    // lower limiter takes what it missed from the peaks alone, turning down takes the rest.
    let mut peak = strict(audio);
    if peak > limit + MARGIN_DB {
        let peaks = rehearsal::peaks(audio);
        perform(audio, 0.0, ceiling - (peak - limit), &peaks);
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

/// Takes peaks above the ceiling from `audio`, in place, and leaves the rest as loud as it is.
pub(crate) fn limit(audio: &mut Stereo, settings: &Master) {
    let peaks = rehearsal::peaks(audio);
    perform(audio, 0.0, ceiling(settings), &peaks);
}

/// Where the limiter aims, dB.
fn ceiling(settings: &Master) -> f32 {
    settings.ceiling_dbtp.clamp(-20.0, 0.0) - MARGIN_DB
}

/// The gain before the limiter at which `audio` has the asked loudness behind it; `None` for silence.
pub(crate) fn gain_db(audio: &Stereo, settings: &Master) -> Option<f64> {
    let go_on = |_, _| std::ops::ControlFlow::Continue(());
    find(&Rehearsal::new(audio), audio, settings, PASSES, &go_on)
        .ok()
        .flatten()
}

fn find(
    rehearsal: &Rehearsal,
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
            || rehearsal.lufs(tries[0], ceiling),
            || rehearsal.lufs(tries[1], ceiling),
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

/// A limiter that works on one side of a wave more than on the other shifts its mean; this corner
/// takes the offset out and moves no peak by more than 0.2 dB (which the last measurement sees).
const OFFSET_HZ: f32 = 1.0;

/// Takes the mean out.
struct Offset {
    follow: f64,
    mean: [f64; 2],
}

impl Default for Offset {
    fn default() -> Self {
        Self {
            follow: f64::from(std::f32::consts::TAU * OFFSET_HZ / RATE_F),
            mean: [0.0; 2],
        }
    }
}

impl Offset {
    #[inline]
    fn step(&mut self, mut frame: [f32; 2]) -> [f32; 2] {
        for (x, mean) in frame.iter_mut().zip(&mut self.mean) {
            let y = f64::from(*x) - *mean;
            *mean += self.follow * y;
            *x = y as f32;
        }
        frame
    }
}

/// The last limiter and what goes with it, for a piece that is not known as a whole. Its output lags
/// by [`LATENCY`] frames.
pub(crate) struct Last {
    gain: f32,
    limiter: Limiter,
    offset: Offset,
}

impl Last {
    /// With a gain in front of it, under the score's ceiling.
    pub fn new(gain_db: f64, settings: &Master) -> Self {
        Self {
            gain: amplitude(gain_db as f32),
            limiter: Limiter::new(ceiling(settings)),
            offset: Offset::default(),
        }
    }

    #[inline]
    pub fn step(&mut self, left: f32, right: f32) -> [f32; 2] {
        self.offset.step(self.limiter.step(left * self.gain, right * self.gain))
    }
}

/// Limits in place, told the true peaks of what comes in.
fn perform(audio: &mut Stereo, gain_db: f64, ceiling_db: f32, peaks: &[f32]) {
    let gain = amplitude(gain_db as f32);
    let mut envelope = Envelope::new(ceiling_db);
    let mut offset = Offset::default();
    let frames = audio.frames();
    for i in 0..frames + LATENCY {
        let gain_now = envelope.step(peaks.get(i).map_or(0.0, |peak| peak * gain));
        // What comes out belongs back there, where the input is not needed any more.
        let Some(at) = i.checked_sub(LATENCY) else { continue };
        let frame = [audio.left[at] * gain, audio.right[at] * gain];
        [audio.left[at], audio.right[at]] = offset.step(envelope.hold(frame, gain_now));
    }
}

/// Measures the samples a 16-bit file holds.
fn measure_16_bit(audio: &Stereo) -> Loudness {
    let round = |x: &[f32]| -> Vec<f32> {
        x.iter()
            .map(|v| (v * 32_768.0).round().clamp(-32_768.0, 32_767.0) / 32_768.0)
            .collect()
    };
    let hear = |mut meter: Meter| {
        for (l, r) in audio.left.chunks(CHUNK).zip(audio.right.chunks(CHUNK)) {
            meter.add(&round(l), &round(r));
        }
        meter.finish()
    };
    // Side by side: the true peak costs as much as all the rest.
    let (loudness, peak) = rayon::join(|| hear(Meter::of_loudness()), || hear(Meter::of_peaks()));
    Loudness {
        true_peak_dbtp: peak.true_peak_dbtp,
        ..loudness
    }
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
