//! What surrounds a struck sound: the drive and the dull top of tape and old samplers, and the room, which may
//! be cut off by a gate (the snare of the eighties: a loud reverb whose tail is not allowed to die away).

use catbird_score::Dice;

use super::super::{filter::Svf, noise::Noise};
use crate::{audio::RATE_F, band::amp::tanh};

/// Drive and top of a whole kit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finish {
    /// 0 clean – 1 hard.
    pub drive: f32,
    /// Where the highs end, Hz; 0 nowhere.
    pub low_pass_hz: f32,
}

impl Finish {
    pub const CLEAN: Self = Self {
        drive: 0.0,
        low_pass_hz: 0.0,
    };

    pub fn apply(self, sound: &mut [f32]) {
        if self.drive > 0.0 {
            // The loudest stays as loud as it was, up to full scale; what is softer comes up to it.
            let g = 1.0 + 4.0 * self.drive;
            let peak = sound.iter().fold(1e-6f32, |p, x| p.max(x.abs()));
            let level = peak.min(1.0) / tanh(g * peak);
            for x in sound.iter_mut() {
                *x = level * tanh(g * *x);
            }
        }
        if self.low_pass_hz > 0.0 {
            let mut filters = [Svf::new(self.low_pass_hz, 0.6), Svf::new(self.low_pass_hz, 0.8)];
            for x in sound.iter_mut() {
                *x = filters.iter_mut().fold(*x, |x, f| f.low(x));
            }
        }
    }
}

/// A room around a sound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// Its level beside the sound's own.
    pub level: f32,
    /// It decays by 60 dB in so many seconds.
    pub seconds: f32,
    /// It is cut off after so many; 0 never.
    pub gate_seconds: f32,
}

/// Earliest reflections begin after, and the gate closes within, seconds.
const BEFORE: f32 = 0.006;
const CLOSES: f32 = 0.03;

impl Room {
    pub const DRY: Self = Self {
        level: 0.0,
        seconds: 0.0,
        gate_seconds: 0.0,
    };

    /// What it answers to `sound`, on both sides: noise in the sound's own band with the envelope of an
    /// exponentially decaying room (Moorer, *About This Reverberation Business*, CMJ 1979: a room's tail is
    /// exponentially decaying noise), different noise on each side.
    pub fn answer(self, sound: &[f32], share: f32, dice: &mut Dice) -> [Vec<f32>; 2] {
        let level = self.level * share;
        if level < 1e-3 {
            return Default::default();
        }
        let length = if self.gate_seconds > 0.0 {
            self.gate_seconds + CLOSES
        } else {
            self.seconds
        };
        let frames = sound.len() + (length * RATE_F) as usize;
        [(); 2].map(|()| {
            let mut noise = Noise::new(dice);
            let (mut high, mut low) = (Svf::new(280.0, 0.6), Svf::new(5_500.0, 0.6));
            let decay = (-6.907_755 / (self.seconds.max(0.05) * RATE_F)).exp();
            let feed = 1.0 - (-1.0 / (0.012 * RATE_F)).exp();
            let before = (BEFORE * RATE_F) as usize;
            let mut energy = 0.0f32;
            (0..frames)
                .map(|i| {
                    // The room holds what the sound has put into it and loses it at its own rate.
                    let x = i
                        .checked_sub(before)
                        .and_then(|i| sound.get(i))
                        .map_or(0.0, |x| x.abs());
                    energy = (energy * decay).max(energy + feed * (x - energy));
                    let t = i as f32 / RATE_F;
                    let gate = if self.gate_seconds > 0.0 {
                        (1.0 - (t - self.gate_seconds) / CLOSES).clamp(0.0, 1.0)
                    } else {
                        1.0
                    };
                    let n = low.low(high.high(noise.step()));
                    let end = ((frames - i) as f32 / 500.0).min(1.0);
                    level * energy * gate * end * 1.6 * n
                })
                .collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(x: &[f32]) -> f32 {
        x.iter().map(|x| x * x).sum::<f32>() / x.len() as f32
    }

    fn at(x: &[f32], seconds: f32) -> f32 {
        let from = (seconds * RATE_F) as usize;
        10.0 * power(&x[from..from + 2_205]).log10()
    }

    fn hit() -> Vec<f32> {
        (0..8_820)
            .map(|i| (-(i as f32) / 600.0).exp() * (i as f32 * 0.05).sin())
            .collect()
    }

    #[test]
    fn a_room_decays_in_its_time_and_a_gate_cuts_it_off() {
        let mut dice = Dice::new(1, "room");
        let open = Room {
            level: 1.0,
            seconds: 1.2,
            gate_seconds: 0.0,
        };
        let [left, right] = open.answer(&hit(), 1.0, &mut dice);
        let slope = (at(&left, 0.2) - at(&left, 0.8)) / 0.6;
        assert!((40.0..62.0).contains(&slope), "{slope} dB a second");
        let dot: f32 = left.iter().zip(&right).map(|(a, b)| a * b).sum();
        assert!((dot / left.len() as f32).abs() < 0.2 * power(&left));
        let gated = Room {
            gate_seconds: 0.25,
            ..open
        };
        let [left, _] = gated.answer(&hit(), 1.0, &mut dice);
        assert!(at(&left, 0.15) > -40.0, "{}", at(&left, 0.15));
        assert!(power(&left[(0.29 * RATE_F) as usize..]) < 1e-12);
    }

    #[test]
    fn drive_raises_the_tail_and_a_worn_tape_loses_its_top() {
        let mut driven = hit();
        Finish {
            drive: 1.0,
            low_pass_hz: 0.0,
        }
        .apply(&mut driven);
        let peak = |x: &[f32]| x.iter().fold(0.0f32, |p, x| p.max(x.abs()));
        assert!((peak(&driven) / peak(&hit()) - 1.0).abs() < 0.05);
        assert!(power(&driven) > 1.3 * power(&hit()));
        let mut noise = Noise::new(&mut Dice::new(2, "noise"));
        let mut dull: Vec<f32> = (0..8_820).map(|_| noise.step()).collect();
        let bright: f32 = dull.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum();
        Finish {
            drive: 0.0,
            low_pass_hz: 3_000.0,
        }
        .apply(&mut dull);
        let after: f32 = dull.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum();
        assert!(after < 0.1 * bright, "{after} of {bright}");
    }
}
