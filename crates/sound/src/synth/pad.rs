//! A slow, filtered, wide pad: three saws a side, each side with its own detuning and drift.

use catbird_score::Dice;

use super::{
    CONTROL, Note, Voice,
    envelope::{Adsr, Envelope},
    filter::Svf,
    oscillator::{Phase, saws},
};
use crate::audio::RATE_F;

/// A note of it.
pub(super) struct WarmPad {
    sides: [Side; 2],
    loud: Envelope,
    corner: f32,
    gain: f32,
}

struct Side {
    saws: [(Phase, f32); 3],
    filter: Svf,
    drift: (f32, f32),
}

impl WarmPad {
    pub fn new(note: &Note, dice: &mut Dice) -> Self {
        let mut side = |cents: [f32; 3]| Side {
            saws: cents.map(|c| (Phase(dice.unit() as f32), note.hz * (c / 1_200.0).exp2())),
            filter: Svf::new(900.0, 0.7),
            drift: (
                dice.unit() as f32,
                dice.between(0.12, 0.3) as f32 * CONTROL as f32 / RATE_F,
            ),
        };
        Self {
            sides: [side([-9.0, 1.0, 6.0]), side([-5.0, -1.0, 10.0])],
            loud: Envelope::new(
                Adsr {
                    attack: 0.45,
                    decay: 3.0,
                    sustain: 0.85,
                    release: 1.6,
                },
                note.gate,
                1,
            ),
            corner: (note.hz * 2.2 + 500.0) * (0.6 + 0.7 * note.velocity),
            gain: 0.22 * note.amplitude(),
        }
    }
}

impl Voice for WarmPad {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        let mut loud = self.loud;
        for (channel, side) in [left, right].into_iter().zip(&mut self.sides) {
            // Both sides hear the same envelope.
            loud = self.loud;
            for block in channel.chunks_mut(CONTROL) {
                let sway = (std::f32::consts::TAU * side.drift.0).sin();
                side.drift.0 = (side.drift.0 + side.drift.1).fract();
                side.filter.tune(self.corner * (1.0 + 0.25 * sway), 0.75);
                let (mut turns, mut sums) = ([0.0; CONTROL], [0.0; CONTROL]);
                for (phase, hz) in &mut side.saws {
                    let dt = Phase::step_of(*hz * (1.0 + 0.001 * sway));
                    phase.turns(dt, &mut turns, block.len());
                    for (sum, saw) in sums.iter_mut().zip(saws(&turns, dt)) {
                        *sum += saw;
                    }
                }
                for (x, sum) in block.iter_mut().zip(sums) {
                    *x += self.gain * loud.step() * side.filter.low(sum);
                }
            }
        }
        self.loud = loud;
        !self.loud.is_over()
    }
}
