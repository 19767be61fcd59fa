//! A true-peak look-ahead limiter.
//!
//! The gain that each moment needs is computed on the four times oversampled signal (ITU-R BS.1770-5
//! annex 2), held over the look-ahead by a sliding minimum (monotonic deque, Lemire 2006), released
//! exponentially, and smoothed by a box as long as the look-ahead. A box average of values that are
//! all below the needed gain is below it too, so the peak can never get through.

use std::collections::VecDeque;

use crate::{
    audio::{RATE_F, amplitude},
    oversample::Upsampler,
};

/// 2 ms: short enough to keep attacks, long enough that the gain's own spectrum stays low.
const LOOK_AHEAD: usize = 88;

/// How fast the gain comes back.
const RELEASE_SECONDS: f32 = 0.08;

/// Frames by which the output lags the input.
pub(crate) const LATENCY: usize = LOOK_AHEAD + Upsampler::LATENCY;

/// The gain that keeps given peaks under the ceiling.
pub(crate) struct Envelope {
    ceiling: f32,
    /// (frame, needed gain), rising in both.
    window: VecDeque<(usize, f32)>,
    frame: usize,
    released: f32,
    release: f32,
    /// The last [`LOOK_AHEAD`] gains, a ring.
    recent: [f32; LOOK_AHEAD],
    oldest: usize,
    sum: f64,
}

impl Envelope {
    pub fn new(ceiling_db: f32) -> Self {
        Self {
            ceiling: amplitude(ceiling_db),
            window: VecDeque::with_capacity(LOOK_AHEAD + 2),
            frame: 0,
            released: 1.0,
            release: 1.0 - (-1.0 / (RELEASE_SECONDS * RATE_F)).exp(),
            recent: [1.0; LOOK_AHEAD],
            oldest: 0,
            sum: LOOK_AHEAD as f64,
        }
    }

    /// The gain of [`LOOK_AHEAD`] frames ago, told the true peak of now.
    #[inline]
    pub fn step(&mut self, peak: f32) -> f32 {
        let needed = if peak > self.ceiling { self.ceiling / peak } else { 1.0 };
        while self.window.back().is_some_and(|(_, g)| *g >= needed) {
            self.window.pop_back();
        }
        self.window.push_back((self.frame, needed));
        if self.window.front().is_some_and(|(f, _)| f + LOOK_AHEAD < self.frame) {
            self.window.pop_front();
        }
        self.frame += 1;
        let held = self.window.front().map_or(1.0, |(_, g)| *g);
        self.released = held.min(self.released + (held - self.released) * self.release);

        let oldest = std::mem::replace(&mut self.recent[self.oldest], self.released);
        self.oldest = if self.oldest + 1 == LOOK_AHEAD {
            0
        } else {
            self.oldest + 1
        };
        self.sum += f64::from(self.released) - f64::from(oldest);
        (self.sum / LOOK_AHEAD as f64) as f32
    }

    /// A frame under the ceiling. The detector's filter has ripple at the band's edge; the sample
    /// itself must not exceed either.
    #[inline]
    pub fn hold(&self, frame: [f32; 2], gain: f32) -> [f32; 2] {
        frame.map(|x| (x * gain).clamp(-self.ceiling, self.ceiling))
    }
}

/// State between blocks.
pub(crate) struct Limiter {
    envelope: Envelope,
    detect: [Upsampler; 2],
    delay: VecDeque<[f32; 2]>,
}

impl Limiter {
    pub fn new(ceiling_db: f32) -> Self {
        Self {
            envelope: Envelope::new(ceiling_db),
            detect: [Upsampler::default(), Upsampler::default()],
            delay: VecDeque::from(vec![[0.0; 2]; LATENCY]),
        }
    }

    /// The frame of [`LATENCY`] frames ago, limited.
    #[inline]
    pub fn step(&mut self, left: f32, right: f32) -> [f32; 2] {
        let peak = self.detect[0].peak(left).max(self.detect[1].peak(right));
        let gain = self.envelope.step(peak);
        self.delay.push_back([left, right]);
        let frame = self.delay.pop_front().unwrap_or_default();
        self.envelope.hold(frame, gain)
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;
    use crate::{
        audio::{RATE, Stereo},
        loudness,
    };

    fn limit(ceiling_db: f32, input: &[[f32; 2]]) -> Stereo {
        let mut limiter = Limiter::new(ceiling_db);
        let mut out = Stereo::default();
        for i in 0..input.len() + LATENCY {
            let [l, r] = input.get(i).copied().unwrap_or_default();
            let [l, r] = limiter.step(l, r);
            if i >= LATENCY {
                out.left.push(l);
                out.right.push(r);
            }
        }
        out
    }

    #[test]
    fn no_true_peak_passes_whatever_comes() {
        for seed in 0..6 {
            let mut dice = Dice::new(seed, "limiter");
            let level = dice.between(0.5, 8.0) as f32;
            let input: Vec<[f32; 2]> = (0..RATE as usize)
                .map(|i| {
                    let burst = if (i / 3_000) % 3 == 0 { level } else { 0.2 };
                    // Worst case for sample peaks: a quarter of the rate, peaks between samples.
                    let tone = (std::f32::consts::FRAC_PI_2 * i as f32 + std::f32::consts::FRAC_PI_4).sin();
                    [burst * (dice.unit() as f32 * 2.0 - 1.0), burst * tone]
                })
                .collect();
            let out = limit(-1.2, &input);
            let peak = loudness::measure(&out).true_peak_dbtp.expect("not silent");
            // The detector's 48 taps and the meter's 49 differ by 0.3 dB on full-band noise at most.
            assert!(peak <= -0.9, "seed {seed}: {peak:.2} dBTP");
            assert!(out.peak() <= amplitude(-1.2) + 1e-6);
        }
    }

    #[test]
    fn quiet_sound_passes_untouched() {
        let input: Vec<[f32; 2]> = (0..10_000)
            .map(|i| [0.3 * (i as f32 * 0.05).sin(), 0.2 * (i as f32 * 0.11).cos()])
            .collect();
        let out = limit(-1.0, &input);
        for (i, frame) in input.iter().enumerate() {
            assert!((out.left[i] - frame[0]).abs() < 1e-6 && (out.right[i] - frame[1]).abs() < 1e-6);
        }
    }
}
