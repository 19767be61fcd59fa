//! A two-operator FM electric piano: a body whose modulator decays with the hammer, and a tine 14
//! times above (the recipe every FM electric piano shares; Chowning, *The Synthesis of Complex Audio
//! Spectra by Means of Frequency Modulation*, JAES 1973, gives the mathematics).

use super::{
    CONTROL, Note, Voice,
    envelope::{Adsr, Envelope},
    oscillator::Phase,
};
use crate::audio::RATE_F;

/// A note of it.
pub(super) struct FmKeys {
    carrier: Phase,
    modulator: Phase,
    tine: [Phase; 2],
    dt: f32,
    loud: Envelope,
    hammer: Envelope,
    ring: Envelope,
    tremolo: (f32, f32),
    velocity: f32,
    gain: f32,
}

impl FmKeys {
    pub fn new(note: &Note) -> Self {
        // High notes die sooner.
        let life = (3.5 * (220.0 / note.hz).powf(0.35)).clamp(0.8, 6.0);
        Self {
            carrier: Phase::default(),
            modulator: Phase::default(),
            tine: [Phase::default(); 2],
            dt: Phase::step_of(note.hz),
            loud: Envelope::new(
                Adsr {
                    attack: 0.002,
                    decay: life,
                    sustain: 0.0,
                    release: 0.3,
                },
                note.gate,
                1,
            ),
            hammer: Envelope::new(
                Adsr {
                    attack: 0.001,
                    decay: life * 0.4,
                    sustain: 0.15,
                    release: 0.3,
                },
                note.gate,
                1,
            ),
            ring: Envelope::new(
                Adsr {
                    attack: 0.001,
                    decay: 0.5,
                    sustain: 0.0,
                    release: 0.2,
                },
                note.gate,
                1,
            ),
            tremolo: (0.0, 4.8 * CONTROL as f32 / RATE_F),
            velocity: note.velocity,
            gain: 0.4 * note.amplitude(),
        }
    }
}

impl Voice for FmKeys {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        let index = 0.4 + 1.8 * self.velocity * self.velocity;
        // The tine would alias in the highest octave.
        let tine_level = if self.dt * 14.0 < 0.4 {
            0.16 * self.velocity
        } else {
            0.0
        };
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let sway = 0.22 * (std::f32::consts::TAU * self.tremolo.0).sin();
            self.tremolo.0 = (self.tremolo.0 + self.tremolo.1).fract();
            for (l, r) in left.iter_mut().zip(right) {
                let m = self.modulator.sine(self.dt, 0.0) * index * self.hammer.step();
                let body = self.carrier.sine(self.dt, m);
                let t = self.tine[0].sine((self.dt * 14.0).min(0.49), 0.0) * self.ring.step();
                let tine = self.tine[1].sine(self.dt, 0.9 * t) * tine_level;
                let y = self.gain * self.loud.step() * (body + tine + 0.25 * tine_level * t);
                *l += y * (1.0 + sway);
                *r += y * (1.0 - sway);
            }
        }
        !self.loud.is_over()
    }
}
