//! How loud a piece would be behind the limiter, without playing it. The true peaks between the samples
//! and the power that the meter hears are found once; each rehearsal then only moves the gain over
//! them. The meter's filter hears the same whether the gain comes before or after it, since it is
//! short against the gain's movements (within 0.05 LU, tested).

use rayon::prelude::*;

use super::{
    CHUNK,
    limiter::{Envelope, LATENCY},
};
use crate::{
    audio::{RATE, Stereo, amplitude},
    loudness,
    oversample::Upsampler,
};

/// Frames in a quarter of a gating block: 100 ms.
const STEP: usize = RATE as usize / 10;

/// Frames whose power is kept as one number: a quarter of a millisecond, in which no gain moves far.
const POOL: usize = 10;

/// A piece that waits for its gain.
pub(super) struct Rehearsal {
    /// The true peak around each frame, as the limiter's detector finds it: [`Upsampler::LATENCY`] late.
    pub peaks: Vec<f32>,
    /// Power of both channels behind the meter's filter, of [`POOL`] frames each.
    power: Vec<f32>,
    /// Loudness of a piece too short for the gate, at a gain of 0 dB.
    short: Option<f64>,
}

impl Rehearsal {
    /// Listens to the piece.
    pub fn new(audio: &Stereo) -> Self {
        let (peaks, power) = rayon::join(|| peaks(audio), || weighted(audio));
        let short = (audio.frames() < 4 * STEP)
            .then(|| loudness::lufs(&audio.left, &audio.right))
            .flatten();
        Self { peaks, power, short }
    }

    /// The loudness with this gain before a limiter with this ceiling (ITU-R BS.1770-5: blocks of
    /// 400 ms every 100 ms, above −70 LUFS and above −10 LU of those).
    pub fn lufs(&self, gain_db: f64, ceiling_db: f32) -> Option<f64> {
        let frames = self.peaks.len();
        if frames < 4 * STEP {
            return Some(self.short? + gain_db);
        }
        let gain = amplitude(gain_db as f32);
        let mut envelope = Envelope::new(ceiling_db);
        let mut steps = Vec::with_capacity(frames / STEP + 1);
        let mut sum = 0.0f64;
        for i in 0..frames + LATENCY {
            let peak = self.peaks.get(i).map_or(0.0, |peak| peak * gain);
            let now = envelope.step(peak) * gain;
            let Some(at) = i.checked_sub(LATENCY) else { continue };
            if (at + 1) % POOL == 0 {
                sum += f64::from(now * now * self.power[at / POOL]);
            }
            if (at + 1) % STEP == 0 {
                steps.push(std::mem::take(&mut sum));
            }
        }
        let blocks: Vec<f64> = steps
            .windows(4)
            .map(|w| w.iter().sum::<f64>() / (4 * STEP) as f64)
            .collect();
        let level = |power: f64| -0.691 + 10.0 * power.log10();
        let mean = |least: f64| {
            let (sum, count) = blocks
                .iter()
                .filter(|b| **b > 0.0 && level(**b) >= least)
                .fold((0.0, 0), |(sum, count), b| (sum + b, count + 1));
            (count > 0).then(|| level(sum / f64::from(count)))
        };
        mean(mean(-70.0)? - 10.0)
    }
}

/// The limiter's peaks of a piece.
pub(super) fn peaks(audio: &Stereo) -> Vec<f32> {
    let mut out = vec![0.0; audio.frames()];
    // The filter's memory is so short that every block can begin with what came before it.
    out.par_chunks_mut(CHUNK).enumerate().for_each(|(i, out)| {
        let (from, mut sides) = (i * CHUNK, [Upsampler::default(), Upsampler::default()]);
        let mut peak = |at: usize| {
            let [left, right] = &mut sides;
            left.peak(audio.left[at]).max(right.peak(audio.right[at]))
        };
        for at in from.saturating_sub(2 * Upsampler::LATENCY)..from {
            peak(at);
        }
        for (i, out) in out.iter_mut().enumerate() {
            *out = peak(from + i);
        }
    });
    out
}

/// Second-order section, coefficients for a₀ = 1, transposed direct form II.
struct Section {
    b: [f64; 3],
    a: [f64; 2],
    z: [f64; 2],
}

impl Section {
    #[inline]
    fn step(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.z[0];
        self.z[0] = self.b[1] * x - self.a[0] * y + self.z[1];
        self.z[1] = self.b[2] * x - self.a[1] * y;
        y
    }
}

/// The two stages of BS.1770's K-weighting. The standard tabulates them at 48 kHz; these are the analogue
/// prototypes those tables were made from (Brecht De Man, *Evaluation of implementations of the EBU
/// R128 loudness measurement*, AES 145, 2018), bilinear at our rate.
fn k_weighting() -> [Section; 2] {
    let rate = f64::from(RATE);
    let (hz, gain_db, q) = (
        1_681.974_450_955_533_f64,
        3.999_843_853_973_347_f64,
        0.707_175_236_955_419_6,
    );
    let k = (std::f64::consts::PI * hz / rate).tan();
    let high = 10f64.powf(gain_db / 20.0);
    let band = high.powf(0.499_666_774_154_541_6);
    let a0 = 1.0 + k / q + k * k;
    let shelf = Section {
        b: [
            (high + band * k / q + k * k) / a0,
            2.0 * (k * k - high) / a0,
            (high - band * k / q + k * k) / a0,
        ],
        a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
        z: [0.0; 2],
    };
    let (hz, q) = (38.135_470_876_024_44_f64, 0.500_327_037_323_877_3);
    let k = (std::f64::consts::PI * hz / rate).tan();
    let a0 = 1.0 + k / q + k * k;
    let cut = Section {
        b: [1.0, -2.0, 1.0],
        a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
        z: [0.0; 2],
    };
    [shelf, cut]
}

/// The power of both channels behind the filter, of [`POOL`] frames each.
fn weighted(audio: &Stereo) -> Vec<f32> {
    let mut sides = [k_weighting(), k_weighting()];
    let blocks = audio.left.chunks(POOL).zip(audio.right.chunks(POOL));
    blocks
        .map(|(left, right)| {
            let mut power = 0.0;
            for (left, right) in left.iter().zip(right) {
                for ([shelf, cut], x) in sides.iter_mut().zip([left, right]) {
                    // The floor keeps the recursions out of denormal numbers.
                    let y = cut.step(shelf.step(f64::from(*x) + 1e-18));
                    power += y * y;
                }
            }
            power as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;
    use crate::master::limiter::Limiter;

    /// Noise bursts over a bass, quiet and loud by turns.
    fn piece(seed: u64) -> Stereo {
        let mut dice = Dice::new(seed, "piece");
        let mut audio = Stereo::default();
        for i in 0..12 * RATE as usize {
            let t = (i % 11_025) as f32 / 44_100.0;
            let part = if (i / 88_200) % 2 == 0 { 0.1 } else { 1.0 };
            let hit = (-25.0 * t).exp() * (dice.unit() as f32 - 0.5);
            let bass = 0.2 * (i as f32 * 0.009).sin();
            audio.left.push(part * (hit + bass));
            audio
                .right
                .push(part * (0.7 * hit - 0.1 * (i as f32 * 0.11).sin() + bass));
        }
        audio
    }

    #[test]
    fn what_is_rehearsed_is_what_a_meter_hears_behind_the_limiter() {
        for seed in 0..3 {
            let audio = piece(seed);
            let rehearsal = Rehearsal::new(&audio);
            for gain_db in [-6.0, 3.0, 12.0, 20.0] {
                let mut limiter = Limiter::new(-1.0);
                let gain = amplitude(gain_db);
                let mut out = Stereo::default();
                for i in 0..audio.frames() + LATENCY {
                    let at = |x: &[f32]| x.get(i).copied().unwrap_or(0.0) * gain;
                    let [l, r] = limiter.step(at(&audio.left), at(&audio.right));
                    if i >= LATENCY {
                        out.left.push(l);
                        out.right.push(r);
                    }
                }
                let heard = loudness::lufs(&out.left, &out.right).expect("sound");
                let told = rehearsal.lufs(f64::from(gain_db), -1.0).expect("sound");
                assert!((heard - told).abs() < 0.05, "{gain_db} dB: {told:.3} for {heard:.3}");
            }
        }
    }

    #[test]
    fn silence_is_not_loud() {
        assert_eq!(Rehearsal::new(&Stereo::silence(88_200)).lufs(10.0, -1.0), None);
        assert_eq!(Rehearsal::new(&Stereo::silence(100)).lufs(10.0, -1.0), None);
    }
}
