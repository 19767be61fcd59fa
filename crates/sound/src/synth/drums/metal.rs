//! Metal: hats, cymbals, cowbell, tambourine, triangle. Six squares at inharmonic frequencies (those
//! of the TR-808's cymbal circuit) and noise, through high-passes.

use catbird_score::Dice;

use super::super::{filter::Svf, noise::Noise, oscillator::Phase};
use crate::audio::RATE_F;

/// The six oscillators of the TR-808, Hz.
const BANK: [f32; 6] = [205.3, 304.4, 369.6, 522.7, 540.0, 800.0];

/// A cymbal in numbers.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_field_names, reason = "the share of metal is called metal")]
pub(super) struct Metal {
    /// All frequencies times this.
    pub tune: f32,
    /// Share of the oscillators; the rest is noise.
    pub metal: f32,
    /// High-pass corner, Hz.
    pub above_hz: f32,
    /// −60 dB after so many seconds.
    pub decay: f32,
    /// Time of the attack, seconds (brushed or struck).
    pub attack: f32,
    /// A struck bell's ping: level and Hz.
    pub ping: (f32, f32),
}

impl Metal {
    pub fn strike(self, dice: &mut Dice) -> Vec<f32> {
        let mut noise = Noise::new(dice);
        let mut bank: Vec<(Phase, f32)> = BANK
            .iter()
            .map(|hz| {
                (
                    Phase(dice.unit() as f32),
                    Phase::step_of(hz * self.tune * dice.between(0.995, 1.005) as f32),
                )
            })
            .collect();
        let mut filters = [Svf::new(self.above_hz, 0.8), Svf::new(self.above_hz, 0.6)];
        let mut colour = Svf::new(self.above_hz * 1.35, 1.2);
        let frames = (self.decay * 1.1 * RATE_F) as usize;
        (0..frames)
            .map(|i| {
                let t = i as f32 / RATE_F;
                let squares: f32 = bank.iter_mut().map(|(p, dt)| p.square(*dt)).sum::<f32>() / 2.4;
                // Ring modulation of the bank with itself fills the spectrum between its lines.
                let dense = squares * squares.abs().sqrt();
                let x = self.metal * dense + (1.0 - self.metal) * noise.step();
                let high = filters.iter_mut().fold(x, |x, f| f.high(x));
                let level = 0.65 * (-6.9 * t / self.decay).exp() + 0.35 * (-6.9 * t / (0.25 * self.decay)).exp();
                let attack = (t / self.attack.max(0.0003)).min(1.0);
                let ping = self.ping.0
                    * (std::f32::consts::TAU * self.ping.1 * t).sin()
                    * (-6.9 * t / (0.6 * self.decay)).exp();
                let end = ((frames - i) as f32 / 500.0).min(1.0);
                end * attack * (level * (high + 0.7 * colour.band(high)) + ping)
            })
            .collect()
    }
}

/// Two squares a fifth apart through a band-pass (TR-808: 540 and 800 Hz).
pub(super) fn cowbell(tune: f32) -> Vec<f32> {
    let (mut a, mut b) = (Phase::default(), Phase::default());
    let (da, db) = (Phase::step_of(540.0 * tune), Phase::step_of(800.0 * tune));
    let mut band = Svf::new(1_000.0 * tune, 1.2);
    let frames = (0.42 * RATE_F) as usize;
    (0..frames)
        .map(|i| {
            let t = i as f32 / RATE_F;
            let level = 0.6 * (-t / 0.012).exp() + 0.5 * (-6.9 * t / 0.4).exp();
            let end = ((frames - i) as f32 / 500.0).min(1.0);
            end * level * (t / 0.0006).min(1.0) * 0.7 * band.band(a.square(da) + b.square(db))
        })
        .collect()
}

/// Beads and jingles: bursts of noise in a band; `swell` is the time to the loudest moment.
pub(super) fn shaker(hz: f32, q: f32, swell: f32, decay: f32, dice: &mut Dice) -> Vec<f32> {
    let mut noise = Noise::new(dice);
    let (mut band, mut high) = (Svf::new(hz, q), Svf::new(hz * 0.6, 0.7));
    let frames = ((swell + decay) * 1.05 * RATE_F) as usize;
    (0..frames)
        .map(|i| {
            let t = i as f32 / RATE_F;
            let level = if t < swell {
                (t / swell).powi(2)
            } else {
                (-6.9 * (t - swell) / decay).exp()
            };
            let end = ((frames - i) as f32 / 300.0).min(1.0);
            end * level * 1.6 * high.high(band.band(noise.step()))
        })
        .collect()
}
