//! Seven detuned saws. The detuning's proportions were measured from the instrument that named the
//! sound (Szabó, *How to Emulate the Super Saw*, KTH 2010).

use catbird_score::Dice;

use super::{
    CONTROL, Note, Voice,
    envelope::{Adsr, Envelope},
    filter::Svf,
    oscillator::{Phase, saws},
};

/// Relative detuning of the seven at full spread; a third of it is a chord's usual width.
const OFFSETS: [f32; 7] = [-0.110_023, -0.062_884, -0.019_524, 0.0, 0.019_912, 0.062_165, 0.107_452];
const SPREAD: f32 = 0.12;

/// The middle saw is louder; the others lie alternately left and right.
const LEVELS: [f32; 7] = [0.7, 0.75, 0.8, 1.0, 0.8, 0.75, 0.7];
const PANS: [f32; 7] = [-0.9, 0.65, -0.4, 0.0, 0.4, -0.65, 0.9];

/// A note of it.
pub(super) struct SuperSaw {
    saws: [(Phase, f32, [f32; 2]); 7],
    low: [Svf; 2],
    high: [Svf; 2],
    loud: Envelope,
    bright: Envelope,
    corner: f32,
    gain: f32,
}

impl SuperSaw {
    pub fn new(note: &Note, dice: &mut Dice) -> Self {
        let saws = std::array::from_fn(|i| {
            let angle = (PANS[i] + 1.0) * std::f32::consts::FRAC_PI_4;
            let sides = [angle.cos() * LEVELS[i], angle.sin() * LEVELS[i]];
            // Free-running phases: no two notes beat alike.
            (
                Phase(dice.unit() as f32),
                Phase::step_of(note.hz * (1.0 + SPREAD * OFFSETS[i])),
                sides,
            )
        });
        Self {
            saws,
            low: [Svf::new(8_000.0, 0.7); 2],
            high: [Svf::new(note.hz * 0.8, 0.7); 2],
            loud: Envelope::new(
                Adsr {
                    attack: 0.006,
                    decay: 0.6,
                    sustain: 0.8,
                    release: 0.28,
                },
                note.gate,
                1,
            ),
            bright: Envelope::new(
                Adsr {
                    attack: 0.002,
                    decay: 0.5,
                    sustain: 0.45,
                    release: 0.4,
                },
                note.gate,
                CONTROL,
            ),
            corner: (note.hz * 6.0 + 3_500.0) * (0.4 + 0.9 * note.velocity),
            gain: 0.16 * note.amplitude(),
        }
    }
}

impl Voice for SuperSaw {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let corner = self.corner * (0.15 + self.bright.step());
            self.low.iter_mut().for_each(|f| f.tune(corner, 0.8));
            let (mut turns, mut sums) = ([0.0; CONTROL], [[0.0; 2]; CONTROL]);
            for (phase, dt, [x, y]) in &mut self.saws {
                phase.turns(*dt, &mut turns, left.len());
                for ([a, b], saw) in sums.iter_mut().zip(saws(&turns, *dt)) {
                    *a += saw * *x;
                    *b += saw * *y;
                }
            }
            for ((l, r), [a, b]) in left.iter_mut().zip(right).zip(sums) {
                let gain = self.gain * self.loud.step();
                *l += gain * self.high[0].high(self.low[0].low(a));
                *r += gain * self.high[1].high(self.low[1].low(b));
            }
        }
        !self.loud.is_over()
    }
}
