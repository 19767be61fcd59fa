//! Two basses: a driven sine (808-like when long) and a filtered saw. Both slide between tied notes.

use catbird_score::Dice;

use super::{
    CONTROL, Note, Voice,
    envelope::{Adsr, Envelope},
    filter::Svf,
    oscillator::{Glide, Phase},
};
use crate::band::amp::tanh;

/// A sine with a little drive.
pub(super) struct SubBass {
    phase: Phase,
    glide: Glide,
    loud: Envelope,
    /// Pitch at the start, above the note, and its fall: the click of a struck string.
    knock: f32,
    gain: f32,
}

impl SubBass {
    pub fn new(note: &Note) -> Self {
        Self {
            // A sine that starts at zero does not click.
            phase: Phase::default(),
            glide: Glide::new(note.from_hz, note.hz, CONTROL),
            loud: Envelope::new(
                Adsr {
                    attack: 0.004,
                    decay: 5.0,
                    sustain: 0.25,
                    release: 0.09,
                },
                note.gate,
                1,
            ),
            knock: if note.from_hz.is_some() { 0.0 } else { 1.2 },
            gain: 0.6 * note.amplitude(),
        }
    }
}

impl Voice for SubBass {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let dt = Phase::step_of(self.glide.step() * (1.0 + self.knock));
            self.knock *= 0.955;
            for (l, r) in left.iter_mut().zip(right) {
                let level = self.loud.step();
                // The drive follows the level: harmonics fade as the note does. Small speakers need them.
                let y = self.gain
                    * tanh(self.phase.sine(dt, 0.0) * (0.3 + 1.5 * level))
                    * (0.4 + 0.6 * level)
                    * level.min(1.0);
                *l += y;
                *r += y;
            }
        }
        !self.loud.is_over()
    }
}

/// A saw and a square an octave below, through 24 dB an octave with an envelope.
pub(super) struct SawBass {
    saw: Phase,
    sub: Phase,
    glide: Glide,
    filters: [Svf; 2],
    loud: Envelope,
    bright: Envelope,
    velocity: f32,
    gain: f32,
}

impl SawBass {
    pub fn new(note: &Note, dice: &mut Dice) -> Self {
        Self {
            saw: Phase(dice.unit() as f32),
            sub: Phase(dice.unit() as f32),
            glide: Glide::new(note.from_hz, note.hz, CONTROL),
            filters: [Svf::new(500.0, 0.7); 2],
            loud: Envelope::new(
                Adsr {
                    attack: 0.004,
                    decay: 1.5,
                    sustain: 0.75,
                    release: 0.06,
                },
                note.gate,
                1,
            ),
            bright: Envelope::new(
                Adsr {
                    attack: 0.002,
                    decay: 0.45,
                    sustain: 0.15,
                    release: 0.1,
                },
                note.gate,
                CONTROL,
            ),
            velocity: note.velocity,
            gain: 0.4 * note.amplitude(),
        }
    }
}

impl Voice for SawBass {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let hz = self.glide.step();
            let (dt, dt_sub) = (Phase::step_of(hz), Phase::step_of(hz * 0.5));
            let corner = hz * 2.0 + (500.0 + 2_400.0 * self.velocity) * self.bright.step();
            self.filters[0].tune(corner, 0.6);
            self.filters[1].tune(corner, 1.4);
            for (l, r) in left.iter_mut().zip(right) {
                let x = 0.75 * self.saw.saw(dt) + 0.22 * self.sub.square(dt_sub);
                let y = self.filters.iter_mut().fold(x, |x, f| f.low(x));
                let y = self.gain * self.loud.step() * tanh(1.2 * y);
                *l += y;
                *r += y;
            }
        }
        !self.loud.is_over()
    }
}
