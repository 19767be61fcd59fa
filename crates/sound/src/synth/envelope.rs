//! Loudness over a note's life: attack, decay, sustain, release, with exponential falls as in the
//! analogue circuits.

use crate::audio::RATE_F;

/// Times in seconds, sustain as a factor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Adsr {
    pub attack: f32,
    pub decay: f32,
    pub sustain: f32,
    pub release: f32,
}

/// An envelope under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Envelope {
    shape: Adsr,
    gate: usize,
    frame: usize,
    level: f32,
    rise: f32,
    decay: f32,
    release: f32,
    rising: bool,
}

/// −60 dB: what counts as over.
const OVER: f32 = 1e-3;

/// The time constants: a fall is 60 dB in its time (ln 1000 = 6.9).
fn fall(seconds: f32, stride: usize) -> f32 {
    (-6.907_755 * stride as f32 / (seconds.max(1e-4) * RATE_F)).exp()
}

impl Envelope {
    /// Stepped once every `stride` frames; let go after `gate` frames.
    pub fn new(shape: Adsr, gate: usize, stride: usize) -> Self {
        Self {
            shape,
            gate: gate / stride,
            frame: 0,
            level: 0.0,
            rise: stride as f32 / (shape.attack.max(1e-4) * RATE_F),
            decay: fall(shape.decay, stride),
            release: fall(shape.release, stride),
            rising: true,
        }
    }

    /// The next level, 0–1.
    #[inline]
    pub fn step(&mut self) -> f32 {
        if self.frame >= self.gate {
            self.level *= self.release;
        } else if self.rising {
            self.level += self.rise;
            if self.level >= 1.0 {
                self.level = 1.0;
                self.rising = false;
            }
        } else {
            self.level = self.shape.sustain + (self.level - self.shape.sustain) * self.decay;
        }
        self.frame += 1;
        self.level
    }

    /// Whether nothing more will be heard.
    pub fn is_over(&self) -> bool {
        !(self.rising && self.frame < self.gate)
            && self.level < OVER
            && (self.frame >= self.gate || self.shape.sustain < OVER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rises_holds_and_ends() {
        let shape = Adsr {
            attack: 0.01,
            decay: 0.2,
            sustain: 0.5,
            release: 0.1,
        };
        let mut envelope = Envelope::new(shape, 22_050, 1);
        let levels: Vec<f32> = (0..44_100).map(|_| envelope.step()).collect();
        assert!((levels[220] - 0.5).abs() < 0.01 && (levels[442] - 1.0).abs() < 0.01);
        assert!((levels[22_000] - 0.5).abs() < 0.01);
        // −60 dB of the release after its time.
        assert!(levels[22_050 + 4_410] < 1e-3);
        assert!(envelope.is_over());
    }

    #[test]
    fn a_gate_shorter_than_the_attack_still_ends() {
        let mut envelope = Envelope::new(
            Adsr {
                attack: 1.0,
                decay: 1.0,
                sustain: 1.0,
                release: 0.1,
            },
            100,
            1,
        );
        for _ in 0..44_100 {
            envelope.step();
        }
        assert!(envelope.is_over());
    }
}
