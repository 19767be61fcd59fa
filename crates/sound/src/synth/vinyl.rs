//! A record's surface: rare ticks of random height and brightness over a faint hiss and rumble.

use catbird_score::Dice;

use super::{CONTROL, Note, Voice, filter::Svf, noise::Noise};
use crate::audio::RATE_F;

/// Ticks a second: small crackle and large pops.
const CRACKLE_HZ: f32 = 16.0;
const POPS_HZ: f32 = 0.9;

/// A stretch of it.
pub(super) struct Vinyl {
    sides: [Side; 2],
    frame: usize,
    gate: usize,
    gain: f32,
}

struct Side {
    noise: Noise,
    crackle: Svf,
    hiss: Svf,
    rumble: Svf,
    pop: Svf,
}

/// Faded in and out, frames.
const EDGE: usize = 4_410;

impl Vinyl {
    pub fn new(note: &Note, dice: &mut Dice) -> Self {
        let mut side = || Side {
            noise: Noise::new(dice),
            crackle: Svf::new(dice.between(2_800.0, 4_200.0) as f32, 1.4),
            hiss: Svf::new(5_000.0, 0.5),
            rumble: Svf::new(45.0, 0.8),
            pop: Svf::new(900.0, 0.9),
        };
        Self {
            sides: [side(), side()],
            frame: 0,
            gate: note.gate,
            gain: note.amplitude(),
        }
    }
}

impl Voice for Vinyl {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let edge = (self.frame.min(self.gate.saturating_sub(self.frame)) as f32 / EDGE as f32).min(1.0);
            for (channel, side) in [left, right].into_iter().zip(&mut self.sides) {
                for x in channel {
                    // One draw decides whether there is a tick (its tail) and what it is.
                    let u = 0.5 + 0.5 * side.noise.step();
                    let w = side.noise.step();
                    let crackle = if u < CRACKLE_HZ / RATE_F { 5.0 * w * w * w } else { 0.0 };
                    let pop = if u > 1.0 - POPS_HZ / RATE_F { 6.0 * w } else { 0.0 };
                    let y = side.crackle.band(crackle)
                        + side.pop.low(pop)
                        + 0.010 * side.hiss.band(w)
                        + 0.05 * side.rumble.low(w);
                    *x += self.gain * edge * y;
                }
            }
            self.frame += CONTROL;
        }
        self.frame < self.gate
    }
}
