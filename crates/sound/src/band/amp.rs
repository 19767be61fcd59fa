//! An electric guitar: a sampled clean guitar through an overdriven amplifier and a cabinet, played
//! twice and panned hard, as records do it.
//!
//! The circuit in four lines (after Pakarinen & Yeh, *A Review of Digital Techniques for Modeling
//! Vacuum-Tube Guitar Amplifiers*, CMJ 2009): tighten the lows, clip softly and asymmetrically at
//! four times the rate, take the interstage bass out, clip again, then let the loudspeaker take
//! everything above 6 kHz.

use super::{
    Player,
    performance::{Event, another_take},
    sampler::{Preset, Sampler},
    samples::Samples,
};
use crate::{
    audio::amplitude,
    mix::biquad::{Biquad, Memory},
    oversample::{Downsampler, Upsampler},
};

/// A guitar's two takes.
pub(crate) struct Amped {
    takes: [(Sampler, Amp); 2],
    scratch: Vec<f32>,
}

impl Amped {
    pub fn new(samples: &Samples, program: u8, drive: f32, events: &[Event], seed: u64, id: &str) -> Self {
        let take = |side: usize, detune: f32, wander: f64| {
            let played = another_take(events, wander, seed, &format!("take {side} of {id}"));
            (
                Sampler::new(samples, Preset::Melodic(0, program), played, detune),
                Amp::new(drive),
            )
        };
        // The second take is a few cents and milliseconds another one, not a copy.
        Self {
            takes: [take(0, -2.5, 0.001), take(1, 3.5, 0.004)],
            scratch: Vec::new(),
        }
    }
}

impl Player for Amped {
    fn play(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.scratch.resize(left.len(), 0.0);
        let sides: [&mut [f32]; 2] = [left, right];
        for ((sampler, amp), side) in self.takes.iter_mut().zip(sides) {
            sampler.play(side, &mut self.scratch);
            for (x, other) in side.iter_mut().zip(&self.scratch) {
                *x = 0.5 * (*x + other);
            }
            amp.run(side);
        }
    }
}

/// One amplifier and its cabinet.
pub(crate) struct Amp {
    gain: f32,
    second: f32,
    before: [(Biquad, Memory); 2],
    between: (Biquad, Memory),
    after: [(Biquad, Memory); 6],
    up: Upsampler,
    down: Downsampler,
    charge: f32,
}

/// Pre-gain at drive 0 and 1, dB over the sampler's level.
const GAIN_DB: (f32, f32) = (14.0, 44.0);

impl Amp {
    pub fn new(drive: f32) -> Self {
        let drive = drive.clamp(0.0, 1.0);
        let on = |b: Biquad| (b, Memory::default());
        Self {
            gain: amplitude(GAIN_DB.0 + (GAIN_DB.1 - GAIN_DB.0) * drive),
            second: amplitude(10.0 * drive),
            // High gain wants tight lows: the corner rises with the drive.
            before: [
                on(Biquad::high_pass(80.0 + 90.0 * drive, 0.7)),
                on(Biquad::bell(900.0, 0.7, 3.0 + 3.0 * drive)),
            ],
            between: on(Biquad::high_pass(110.0, 0.7)),
            // A closed 4×12" cabinet: a thump, a dip in the low mids, presence, and a steep end.
            after: [
                on(Biquad::high_pass(75.0, 0.8)),
                on(Biquad::bell(120.0, 1.2, 3.0)),
                on(Biquad::bell(450.0, 0.9, -3.5)),
                on(Biquad::bell(2_600.0, 1.0, 4.5)),
                on(Biquad::low_pass(5_300.0, 0.9)),
                on(Biquad::low_pass(6_600.0, 0.6)),
            ],
            up: Upsampler::default(),
            down: Downsampler::default(),
            charge: 0.0,
        }
    }

    pub fn run(&mut self, block: &mut [f32]) {
        for (filter, memory) in &mut self.before {
            filter.run(memory, block);
        }
        for x in block.iter_mut() {
            // The grid's charge follows the signal and shifts the working point: even harmonics.
            self.charge += 0.0008 * ((self.gain * *x).abs().min(2.0) - self.charge);
            let bias = 0.12 * self.charge;
            let four = self.up.step(*x * self.gain + bias);
            *x = self.down.step(four.map(|y| tanh(self.second * tanh(y))));
        }
        self.between.0.run(&mut self.between.1, block);
        for (filter, memory) in &mut self.after {
            filter.run(memory, block);
        }
        // The sampler's own level again, roughly; the calibration does the rest.
        for x in block {
            *x *= 0.25;
        }
    }
}

/// tanh by its continued fraction x(27 + x²)/(27 + 9x²), exact at ±3 where it is held; the error is
/// below 0.025.
#[inline]
pub(crate) fn tanh(x: f32) -> f32 {
    let x = x.clamp(-3.0, 3.0);
    x * (27.0 + x * x) / (27.0 + 9.0 * x * x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::RATE_F;

    fn amped(drive: f32, level: f32) -> Vec<f32> {
        let mut block: Vec<f32> = (0..22_050)
            .map(|i| level * (std::f32::consts::TAU * 220.0 * i as f32 / RATE_F).sin())
            .collect();
        Amp::new(drive).run(&mut block);
        block.split_off(11_025)
    }

    fn rms(x: &[f32]) -> f32 {
        (x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32).sqrt()
    }

    #[test]
    fn drive_compresses() {
        let ratio = |drive| rms(&amped(drive, 0.1)) / rms(&amped(drive, 0.025));
        // 12 dB more in: nearly 12 dB more out when clean, hardly any at high gain.
        assert!(ratio(0.0) > 2.0, "{}", ratio(0.0));
        assert!(ratio(1.0) < 1.3, "{}", ratio(1.0));
    }

    #[test]
    fn there_is_no_direct_current() {
        let out = amped(0.8, 0.1);
        let mean = out.iter().sum::<f32>() / out.len() as f32;
        assert!(mean.abs() < 0.002, "{mean}");
    }

    #[test]
    fn the_approximation_holds_its_error() {
        for i in -600..=600 {
            let x = i as f32 / 100.0;
            assert!((tanh(x) - x.tanh()).abs() < 0.025, "{x}");
        }
    }
}
