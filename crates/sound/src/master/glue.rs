//! Bus compression: both channels move together, so the picture stays still.

use crate::{
    audio::{amplitude, one_pole},
    mix::{
        biquad::{Biquad, Memory},
        compressor::{Compressor, Settings},
    },
};

/// A stereo-linked compressor whose detector does not hear the deep bass.
pub(super) struct Glue {
    compressor: Option<Compressor>,
    detector: [(Biquad, Memory); 2],
    envelope: f32,
    fall: f32,
    make_up: f32,
}

impl Glue {
    /// `amount` 0 none – 1 heavy.
    pub fn new(amount: f32) -> Self {
        let amount = amount.clamp(0.0, 1.0);
        let settings = Settings {
            // At −18 LUFS the peaks of the envelope are near −9 dB.
            threshold_db: -10.0 - 8.0 * amount,
            ratio: 1.3 + 2.0 * amount,
            knee_db: 8.0,
            // Slow enough to let drums through, the way records glue.
            attack_seconds: 0.03 - 0.015 * amount,
            release_seconds: 0.22 - 0.08 * amount,
        };
        let on = || (Biquad::high_pass(90.0, 0.707), Memory::default());
        Self {
            compressor: (amount > 0.01).then(|| Compressor::new(settings)),
            detector: [on(), on()],
            envelope: 0.0,
            fall: one_pole(0.02),
            make_up: amplitude(2.0 * amount),
        }
    }

    pub fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        let Some(compressor) = &mut self.compressor else { return };
        for (l, r) in left.iter_mut().zip(right) {
            let [(f, m), (g, n)] = &mut self.detector;
            let peak = f.step(m, *l).abs().max(g.step(n, *r).abs());
            self.envelope = peak.max(self.envelope * self.fall);
            let gain = compressor.gain(self.envelope) * self.make_up;
            *l *= gain;
            *r *= gain;
        }
    }
}
