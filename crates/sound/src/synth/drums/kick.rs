//! The bass drum: a sine whose pitch falls exponentially, a click, and a little drive (the bridged-T
//! circuit of the TR-808 and the swept oscillator of the TR-909, seen from outside).

use catbird_score::Dice;

use super::super::{filter::Svf, noise::Noise};
use crate::{audio::RATE_F, band::amp::tanh};

/// A bass drum in numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kick {
    /// Pitch at the beginning and at the end, Hz.
    pub from_hz: f32,
    pub to_hz: f32,
    /// Time constant of the fall, seconds.
    pub sweep: f32,
    /// −60 dB after so many seconds.
    pub decay: f32,
    /// Level of the beater's click.
    pub click: f32,
    /// 0 clean – 1 hard.
    pub drive: f32,
}

impl Kick {
    pub fn strike(self, dice: &mut Dice) -> Vec<f32> {
        let mut noise = Noise::new(dice);
        let mut beater = Svf::new(3_200.0, 0.8);
        let mut turns = 0.0f32;
        let frames = (self.decay * RATE_F) as usize;
        (0..frames)
            .map(|i| {
                let t = i as f32 / RATE_F;
                let hz = self.to_hz + (self.from_hz - self.to_hz) * (-t / self.sweep).exp();
                turns += hz / RATE_F;
                let attack = (t / 0.0008).min(1.0);
                // Held for a moment, then falling: punch.
                let level = (-6.9 * (t - 0.03).max(0.0) / self.decay).exp();
                let body = (std::f32::consts::TAU * turns).sin() * level * attack;
                let click = self.click * beater.band(noise.step()) * (-t / 0.004).exp();
                let g = 1.0 + 2.5 * self.drive;
                let end = ((frames - i) as f32 / 600.0).min(1.0);
                end * (tanh(g * body) / tanh(g) * 0.95 + click)
            })
            .collect()
    }
}
