//! An FM bell: carrier and modulator at 1 : 1.4, the index falling with the loudness (Chowning 1973,
//! section "Percussive sounds"), and a second pair for the shimmer.

use super::{
    Note, Voice,
    envelope::{Adsr, Envelope},
    oscillator::Phase,
};

/// A note of it.
pub(super) struct Bell {
    carrier: [Phase; 2],
    modulator: [Phase; 2],
    steps: [[f32; 2]; 2],
    loud: Envelope,
    shimmer: Envelope,
    gain: f32,
}

impl Bell {
    pub fn new(note: &Note) -> Self {
        let life = (3.2 * (440.0 / note.hz).powf(0.3)).clamp(1.2, 5.0);
        // Bells ring on when their key is let go; a third of the life is left.
        let gate = note.gate.max(12_000);
        Self {
            carrier: [Phase::default(); 2],
            modulator: [Phase::default(); 2],
            steps: [
                [Phase::step_of(note.hz), Phase::step_of(note.hz * 3.5)],
                [Phase::step_of(note.hz * 2.003), Phase::step_of(note.hz * 2.003 * 1.4)],
            ],
            loud: Envelope::new(
                Adsr {
                    attack: 0.002,
                    decay: life,
                    sustain: 0.0,
                    release: life * 0.5,
                },
                gate,
                1,
            ),
            shimmer: Envelope::new(
                Adsr {
                    attack: 0.001,
                    decay: life * 0.5,
                    sustain: 0.0,
                    release: 0.6,
                },
                gate,
                1,
            ),
            gain: 0.3 * note.amplitude(),
        }
    }
}

impl Voice for Bell {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (l, r) in left.iter_mut().zip(right) {
            let (loud, shimmer) = (self.loud.step(), self.shimmer.step());
            let [[a, b], [c, d]] = self.steps;
            let m = self.modulator[0].sine(b, 0.0) * 1.6 * shimmer;
            let x = self.carrier[0].sine(a, m);
            let m = self.modulator[1].sine(d, 0.0) * 1.2 * shimmer;
            let y = 0.35 * shimmer * self.carrier[1].sine(c, m);
            *l += self.gain * (loud * x + y);
            *r += self.gain * (loud * x - 0.6 * y);
        }
        !self.loud.is_over()
    }
}
