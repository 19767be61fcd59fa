//! Transitions: the riser that leads into a section and the impact it lands on.

use catbird_score::Dice;

use super::{CONTROL, Note, Voice, filter::Svf, noise::Noise};
use crate::audio::RATE_F;

/// Band-passed noise that climbs from 250 Hz to 9 kHz through the note, pulsing with the beat near
/// its end.
pub(super) struct Riser {
    noise: [Noise; 2],
    filters: [[Svf; 2]; 2],
    frame: usize,
    gate: usize,
    bpm: f32,
    gain: f32,
}

/// After the gate: quick, but not a click.
const RELEASE: usize = 2_205;

impl Riser {
    pub fn new(note: &Note, dice: &mut Dice) -> Self {
        let noise = [Noise::new(dice), Noise::new(dice)];
        Self {
            noise,
            filters: Default::default(),
            frame: 0,
            gate: note.gate,
            bpm: note.bpm,
            gain: 0.6 * note.amplitude(),
        }
    }
}

impl Voice for Riser {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let t = (self.frame as f32 / self.gate as f32).min(1.0);
            let corner = 250.0 * 36f32.powf(t);
            for f in self.filters.iter_mut().flatten() {
                f.tune(corner, 1.1 + 1.4 * t);
            }
            let beats = self.frame as f32 / RATE_F * self.bpm / 60.0;
            let pulse = 1.0 - 0.5 * t * (0.5 + 0.5 * (std::f32::consts::TAU * 4.0 * beats).cos());
            let over = self.frame.saturating_sub(self.gate) as f32 / RELEASE as f32;
            let gain = self.gain * (0.03 + 0.97 * t * t) * pulse * (1.0 - over).max(0.0);
            for (channel, (noise, filters)) in [left, right]
                .into_iter()
                .zip(self.noise.iter_mut().zip(&mut self.filters))
            {
                for x in channel {
                    *x += gain * filters.iter_mut().fold(noise.step(), |x, f| f.band(x)) * 2.0;
                }
            }
            self.frame += CONTROL;
        }
        self.frame < self.gate + RELEASE
    }
}

/// A falling boom and a burst of noise that darkens.
pub(super) struct Impact {
    noise: [Noise; 2],
    filters: [Svf; 2],
    turns: f32,
    frame: usize,
    gain: f32,
}

/// How long it rings.
const IMPACT_SECONDS: f32 = 3.0;

impl Impact {
    pub fn new(note: &Note, dice: &mut Dice) -> Self {
        Self {
            noise: [Noise::new(dice), Noise::new(dice)],
            filters: [Svf::new(6_000.0, 0.6); 2],
            turns: 0.0,
            frame: 0,
            gain: 0.7 * note.amplitude(),
        }
    }
}

impl Voice for Impact {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let t = self.frame as f32 / RATE_F;
            // 110 Hz falling to 36 Hz.
            let dt = (36.0 + 74.0 * (-9.0 * t).exp()) / RATE_F;
            let corner = 200.0 + 7_000.0 * (-4.0 * t).exp();
            self.filters.iter_mut().for_each(|f| f.tune(corner, 0.6));
            let end = (1.0 - t / IMPACT_SECONDS).clamp(0.0, 1.0);
            let attack = ((self.frame as f32 + 8.0) / 90.0).min(1.0);
            let (boom, burst) = (
                self.gain * (-1.9 * t).exp() * end * attack,
                self.gain * 0.45 * (-3.2 * t).exp() * end * attack,
            );
            for (l, r) in left.iter_mut().zip(right) {
                let low = boom * (std::f32::consts::TAU * self.turns).sin();
                self.turns = (self.turns + dt).fract();
                *l += low + burst * self.filters[0].low(self.noise[0].step());
                *r += low + burst * self.filters[1].low(self.noise[1].step());
            }
            self.frame += CONTROL;
        }
        (self.frame as f32) < IMPACT_SECONDS * RATE_F
    }
}
