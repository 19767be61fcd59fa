//! A monophonic lead: saw and square, a resonant filter, slides, and a vibrato that comes late.

use catbird_score::Dice;

use super::{
    CONTROL, Note, Voice,
    envelope::{Adsr, Envelope},
    filter::Svf,
    oscillator::{Glide, Phase},
};
use crate::audio::RATE_F;

/// A note of it.
pub(super) struct Lead {
    saw: [Phase; 2],
    square: Phase,
    glide: Glide,
    filters: [Svf; 2],
    loud: Envelope,
    bright: Envelope,
    seconds: f32,
    velocity: f32,
    gain: f32,
}

/// Vibrato: rate, depth (share of the frequency), onset.
const VIBRATO_HZ: f32 = 5.6;
const VIBRATO_DEPTH: f32 = 0.006;
const VIBRATO_AFTER: f32 = 0.25;

impl Lead {
    pub fn new(note: &Note, dice: &mut Dice) -> Self {
        Self {
            saw: [Phase(dice.unit() as f32), Phase(dice.unit() as f32)],
            square: Phase(dice.unit() as f32),
            glide: Glide::new(note.from_hz, note.hz, CONTROL),
            filters: [Svf::new(2_000.0, 0.7); 2],
            loud: Envelope::new(
                Adsr {
                    attack: 0.008,
                    decay: 0.8,
                    sustain: 0.8,
                    release: 0.12,
                },
                note.gate,
                1,
            ),
            bright: Envelope::new(
                Adsr {
                    attack: 0.01,
                    decay: 0.6,
                    sustain: 0.5,
                    release: 0.2,
                },
                note.gate,
                CONTROL,
            ),
            seconds: 0.0,
            velocity: note.velocity,
            gain: 0.28 * note.amplitude(),
        }
    }
}

impl Voice for Lead {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let depth = VIBRATO_DEPTH * ((self.seconds - VIBRATO_AFTER) * 3.0).clamp(0.0, 1.0);
            let hz = self.glide.step() * (1.0 + depth * (std::f32::consts::TAU * VIBRATO_HZ * self.seconds).sin());
            self.seconds += CONTROL as f32 / RATE_F;
            let (dt, dt2, dt3) = (
                Phase::step_of(hz * 0.998),
                Phase::step_of(hz * 1.002),
                Phase::step_of(hz),
            );
            let corner = hz * 3.0 + (1_200.0 + 3_800.0 * self.velocity) * self.bright.step();
            self.filters.iter_mut().for_each(|f| f.tune(corner, 1.1));
            for (l, r) in left.iter_mut().zip(right) {
                let square = 0.5 * self.square.square(dt3);
                let (a, b) = (self.saw[0].saw(dt), self.saw[1].saw(dt2));
                let gain = self.gain * self.loud.step();
                *l += gain * self.filters[0].low(0.8 * a + 0.35 * b + square);
                *r += gain * self.filters[1].low(0.35 * a + 0.8 * b + square);
            }
        }
        !self.loud.is_over()
    }
}
