//! A short filtered saw: two oscillators, a filter that closes at once.

use catbird_score::Dice;

use super::{
    CONTROL, Note, Voice,
    envelope::{Adsr, Envelope},
    filter::Svf,
    oscillator::Phase,
};

/// A note of it.
pub(super) struct Pluck {
    saws: [(Phase, f32); 2],
    filters: [[Svf; 2]; 2],
    loud: Envelope,
    bright: Envelope,
    low: f32,
    span: f32,
    gain: f32,
}

impl Pluck {
    pub fn new(note: &Note, dice: &mut Dice) -> Self {
        let mut saw = |cents: f32| {
            (
                Phase(dice.unit() as f32),
                Phase::step_of(note.hz * (cents / 1_200.0).exp2()),
            )
        };
        Self {
            saws: [saw(-6.0), saw(6.0)],
            filters: [[Svf::new(1_000.0, 0.7); 2]; 2],
            loud: Envelope::new(
                Adsr {
                    attack: 0.002,
                    decay: 0.9,
                    sustain: 0.0,
                    release: 0.25,
                },
                note.gate.max(6_000),
                1,
            ),
            bright: Envelope::new(
                Adsr {
                    attack: 0.001,
                    decay: 0.35,
                    sustain: 0.0,
                    release: 0.2,
                },
                note.gate.max(6_000),
                CONTROL,
            ),
            low: note.hz * 1.5 + 150.0,
            span: 2_500.0 + 6_500.0 * note.velocity,
            gain: 0.35 * note.amplitude(),
        }
    }
}

impl Voice for Pluck {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let corner = self.low + self.span * self.bright.step();
            self.filters.iter_mut().flatten().for_each(|f| f.tune(corner, 0.9));
            for (l, r) in left.iter_mut().zip(right) {
                let [(p, dp), (q, dq)] = &mut self.saws;
                let (a, b) = (p.saw(*dp), q.saw(*dq));
                let gain = self.gain * self.loud.step();
                let [[f, f2], [g, g2]] = &mut self.filters;
                *l += gain * f2.low(f.low(0.8 * a + 0.45 * b));
                *r += gain * g2.low(g.low(0.45 * a + 0.8 * b));
            }
        }
        !self.loud.is_over()
    }
}
