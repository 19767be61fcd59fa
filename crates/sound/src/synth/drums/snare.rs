//! Snare (two shell modes and wires of noise), clap (bursts of filtered noise, then a room), rim and
//! claves (two short resonances).

use catbird_score::Dice;

use super::super::{filter::Svf, noise::Noise};
use crate::{audio::RATE_F, band::amp::tanh};

/// A snare in numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Snare {
    /// The shell's lower mode, Hz; the upper is 1.78 times above (measured of 14" snares).
    pub hz: f32,
    pub body_decay: f32,
    pub body: f32,
    /// The wires: level, decay, where they begin.
    pub wires: f32,
    pub wires_decay: f32,
    pub wires_hz: f32,
}

fn fall(t: f32, seconds: f32) -> f32 {
    (-6.9 * t / seconds).exp()
}

fn end(i: usize, frames: usize) -> f32 {
    ((frames - i) as f32 / 400.0).min(1.0)
}

impl Snare {
    pub fn strike(self, dice: &mut Dice) -> Vec<f32> {
        let mut noise = Noise::new(dice);
        let (mut high, mut peak) = (Svf::new(self.wires_hz, 0.7), Svf::new(4_800.0, 0.7));
        let (mut a, mut b) = (0.0f32, 0.25f32);
        let frames = (self.wires_decay.max(self.body_decay) * 1.05 * RATE_F) as usize;
        (0..frames)
            .map(|i| {
                let t = i as f32 / RATE_F;
                // The head is tighter while it is displaced: the pitch falls a little.
                let hz = self.hz * (1.0 + 0.45 * (-t / 0.012).exp());
                a += hz / RATE_F;
                b += 1.78 * hz / RATE_F;
                let turn = |x: f32| (std::f32::consts::TAU * x).sin();
                let body = self.body
                    * (turn(a) * fall(t, self.body_decay)
                        + 0.5 * (turn(b) - 1.0 * fall(t, 0.002)) * fall(t, 0.6 * self.body_decay));
                let n = high.high(noise.step());
                let wires =
                    self.wires * (n + 0.6 * peak.band(n)) * (0.75 * fall(t, self.wires_decay) + 0.35 * fall(t, 0.03));
                let attack = (t / 0.0006).min(1.0);
                end(i, frames) * attack * tanh(1.1 * (body + wires))
            })
            .collect()
    }
}

/// A clap in numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clap {
    pub hz: f32,
    /// Between the hands, seconds.
    pub gap: f32,
    pub tail: f32,
}

impl Clap {
    pub fn strike(self, dice: &mut Dice) -> Vec<f32> {
        let mut noise = Noise::new(dice);
        let (mut band, mut low) = (Svf::new(self.hz, 1.1), Svf::new(450.0, 0.7));
        // No two people clap alike.
        let hands: Vec<f32> = (0..4)
            .map(|i| i as f32 * self.gap * dice.between(0.85, 1.15) as f32)
            .collect();
        let frames = ((hands[3] + self.tail) * 1.1 * RATE_F) as usize;
        (0..frames)
            .map(|i| {
                let t = i as f32 / RATE_F;
                let bursts: f32 = hands[..3]
                    .iter()
                    .filter(|h| t >= **h)
                    .map(|h| fall(t - h, 0.03))
                    .fold(0.0, f32::max);
                let tail = if t >= hands[3] {
                    0.85 * fall(t - hands[3], self.tail)
                } else {
                    0.0
                };
                let n = noise.step();
                end(i, frames) * 1.5 * low.high(band.band(n) + 0.12 * n) * bursts.max(tail)
            })
            .collect()
    }
}

/// Two short resonances: rim shot, claves, wood blocks.
pub(super) fn knock(hz: f32, ratio: f32, decay: f32, click: f32, dice: &mut Dice) -> Vec<f32> {
    let mut noise = Noise::new(dice);
    let mut band = Svf::new(hz * 2.0, 1.0);
    let frames = (decay.max(0.02) * 1.1 * RATE_F) as usize;
    (0..frames)
        .map(|i| {
            let t = i as f32 / RATE_F;
            let turn = |hz: f32| (std::f32::consts::TAU * hz * t).sin();
            let attack = (t / 0.0005).min(1.0);
            let tone = (0.6 * turn(hz) + 0.4 * turn(hz * ratio)) * fall(t, decay);
            end(i, frames) * attack * (0.8 * tone + click * band.band(noise.step()) * fall(t, 0.015))
        })
        .collect()
}
