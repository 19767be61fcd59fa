//! Drum machines. Each sound of a kit is computed once and struck as often as the beat asks; what a
//! kit is, is one table of numbers ([`kits`]).

mod finish;
mod kick;
mod kits;
mod machines;
mod metal;
mod skin;
mod snare;

use std::collections::BTreeMap;

use catbird_score::{Dice, DrumKit};

use crate::band::{
    Player,
    performance::{Event, choke},
};

/// General MIDI percussion keys of the hi-hat.
const CLOSED_HATS: [u8; 2] = [42, 44];
const OPEN_HAT: [u8; 1] = [46];

/// Takes of each sound, so that a roll is not a machine gun.
const TAKES: usize = 3;

/// A choked sound dies within this many frames.
const CHOKE: usize = 1_100;

/// A sound ready to be struck, both sides.
struct Ready {
    sides: [Vec<f32>; 2],
}

impl Ready {
    /// Panned with constant power, 0 dB in the middle, the room added.
    fn new(kits::Struck { dry, pan, room }: kits::Struck) -> Self {
        let angle = (pan + 1.0) * std::f32::consts::FRAC_PI_4;
        let gains = [angle.cos(), angle.sin()].map(|g| g * std::f32::consts::SQRT_2);
        let side = |gain: f32, room: Vec<f32>| {
            let mut side = room;
            side.resize(side.len().max(dry.len()), 0.0);
            for (s, x) in side.iter_mut().zip(&dry) {
                *s += gain * x;
            }
            side
        };
        let [left, right] = room;
        Self {
            sides: [side(gains[0], left), side(gains[1], right)],
        }
    }
}

/// A kit at play.
pub(super) struct Machine {
    sounds: BTreeMap<(u8, usize), Ready>,
    events: Vec<Event>,
    next: usize,
    frame: usize,
    /// Sound, frames already played, gain, frames until choked.
    ringing: Vec<Ringing>,
}

struct Ringing {
    sound: (u8, usize),
    played: usize,
    gain: f32,
    gate: usize,
}

impl Machine {
    pub fn new(kit: DrumKit, mut events: Vec<Event>, seed: u64, id: &str) -> Self {
        for e in &mut events {
            e.gate = usize::MAX;
        }
        choke(&mut events, &OPEN_HAT, &CLOSED_HATS);
        let mut sounds = BTreeMap::new();
        for e in &events {
            for take in 0..TAKES {
                sounds.entry((e.pitch, take)).or_insert_with(|| {
                    let mut dice = Dice::new(seed, &format!("{id} key {} take {take}", e.pitch));
                    Ready::new(kits::strike(kit, e.pitch, &mut dice))
                });
            }
        }
        Self {
            sounds,
            events,
            next: 0,
            frame: 0,
            ringing: Vec::new(),
        }
    }
}

impl Player for Machine {
    fn play(&mut self, left: &mut [f32], right: &mut [f32]) {
        left.fill(0.0);
        right.fill(0.0);
        let sounds = &self.sounds;
        self.ringing.retain_mut(|r| ring(r, sounds, left, right));
        while let Some(e) = self.events.get(self.next).filter(|e| e.frame < self.frame + left.len()) {
            let velocity = f32::from(e.velocity) / 127.0;
            let mut r = Ringing {
                sound: (e.pitch, self.next % TAKES),
                played: 0,
                gain: velocity * velocity,
                gate: e.gate,
            };
            let at = e.frame - self.frame;
            if ring(&mut r, sounds, &mut left[at..], &mut right[at..]) {
                self.ringing.push(r);
            }
            self.next += 1;
        }
        self.frame += left.len();
    }
}

/// Adds a ringing sound; false when it is over.
fn ring(r: &mut Ringing, sounds: &BTreeMap<(u8, usize), Ready>, left: &mut [f32], right: &mut [f32]) -> bool {
    let Some(Ready { sides: [one, two] }) = sounds.get(&r.sound) else {
        return false;
    };
    let end = one.len().min(r.gate.saturating_add(CHOKE));
    for (l, r_out) in left.iter_mut().zip(right) {
        if r.played >= end {
            return false;
        }
        let choked = 1.0 - r.played.saturating_sub(r.gate) as f32 / CHOKE as f32;
        let gain = r.gain * choked;
        *l += gain * one[r.played];
        *r_out += gain * two[r.played];
        r.played += 1;
    }
    r.played < end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(kit: DrumKit, key: u8) -> Vec<f32> {
        kits::strike(kit, key, &mut Dice::new(1, "hit")).dry
    }

    /// Zero crossings a second: a rough measure of brightness.
    fn brightness(x: &[f32]) -> f32 {
        let n = x.len().min(6_000);
        x[..n].windows(2).filter(|w| (w[0] < 0.0) != (w[1] < 0.0)).count() as f32 * 44_100.0 / n as f32
    }

    #[test]
    fn every_key_sounds_starts_softly_enough_and_ends_in_silence() {
        for kit in DrumKit::ALL {
            for key in 27..=87 {
                let x = hit(kit, key);
                let peak = x.iter().fold(0.0f32, |p, v| p.max(v.abs()));
                assert!((0.05..1.6).contains(&peak), "{kit:?} {key}: {peak}");
                assert!(
                    x.last().expect("samples").abs() < 0.01 * peak,
                    "{kit:?} {key} is cut off"
                );
                let mean = x.iter().sum::<f32>() / x.len() as f32;
                assert!(mean.abs() < 0.02, "{kit:?} {key}: offset {mean}");
            }
        }
    }

    #[test]
    fn kits_and_keys_differ() {
        for kit in [DrumKit::House, DrumKit::HipHop, DrumKit::Machine] {
            assert!(brightness(&hit(kit, 36)) < 400.0);
            assert!(brightness(&hit(kit, 42)) > 8_000.0, "{}", brightness(&hit(kit, 42)));
            assert!(hit(kit, 46).len() > 2 * hit(kit, 42).len());
        }
        let kick_lengths = [DrumKit::House, DrumKit::HipHop, DrumKit::Machine].map(|k| hit(k, 36).len());
        assert!(kick_lengths[1] > kick_lengths[0]);
    }

    #[test]
    fn a_closed_hat_silences_an_open_one() {
        let hit = |frame, pitch, index| Event {
            frame,
            gate: 10,
            pitch,
            velocity: 100,
            slide_from: None,
            touch: catbird_score::Touch::Plain,
            index,
        };
        let render = |events: Vec<Event>| {
            let mut machine = Machine::new(DrumKit::House, events, 1, "d");
            let (mut l, mut r) = (vec![0.0; 40_000], vec![0.0; 40_000]);
            machine.play(&mut l, &mut r);
            l[14_000..].iter().map(|x| x * x).sum::<f32>()
        };
        let open = render(vec![hit(0, 46, 0)]);
        let choked = render(vec![hit(0, 46, 0), hit(5_000, 42, 1)]);
        assert!(choked < 0.05 * open, "{choked} of {open}");
    }
}
