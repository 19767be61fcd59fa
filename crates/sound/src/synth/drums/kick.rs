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
    /// Level of the low noise that swells behind the stroke and is gone before the next beat.
    pub rumble: f32,
}

/// When the rumble is loudest and how fast it falls, seconds; where it ends, Hz.
const RUMBLE_AT: f32 = 0.16;
const RUMBLE_FALL: f32 = 0.11;
const RUMBLE_HZ: f32 = 95.0;

impl Kick {
    pub fn strike(self, dice: &mut Dice) -> Vec<f32> {
        let mut noise = Noise::new(dice);
        let mut beater = Svf::new(3_200.0, 0.8);
        let mut turns = 0.0f32;
        let mut low = [Svf::new(RUMBLE_HZ, 0.9), Svf::new(RUMBLE_HZ, 0.9)];
        let frames = (self.decay.max(if self.rumble > 0.0 { 0.45 } else { 0.0 }) * RATE_F) as usize;
        (0..frames)
            .map(|i| {
                let t = i as f32 / RATE_F;
                let hz = self.to_hz + (self.from_hz - self.to_hz) * (-t / self.sweep).exp();
                turns += hz / RATE_F;
                let attack = (t / 0.0008).min(1.0);
                // Held for a moment, then falling: punch.
                let level = (-6.9 * (t - 0.03).max(0.0) / self.decay).exp();
                let body = (std::f32::consts::TAU * turns).sin() * level * attack;
                let n = noise.step();
                let click = self.click * beater.band(n) * (-t / 0.004).exp();
                let swell = (t / RUMBLE_AT).min(1.0).powi(2) * (-(t - RUMBLE_AT).max(0.0) / RUMBLE_FALL).exp();
                let rumble = self.rumble * 6.0 * swell * low.iter_mut().fold(n, |x, f| f.low(x));
                let g = 1.0 + 2.5 * self.drive;
                let end = ((frames - i) as f32 / 600.0).min(1.0);
                end * (tanh(g * body) / tanh(g) * 0.95 + click + rumble)
            })
            .collect()
    }
}
