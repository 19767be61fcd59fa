//! What makes a kit: one row of numbers a sound. What is not in a kit is the same in all.

use catbird_score::{Dice, DrumKit};

use super::{
    finish::{Finish, Room},
    kick::Kick,
    machines,
    metal::{Metal, cowbell, shaker},
    skin::drum,
    snare::{Clap, Snare, knock},
};

/// A kit's own voices.
pub(super) struct Kit {
    pub kick: Kick,
    pub snare: Snare,
    /// How much of the clap is in the snare.
    pub clapped: f32,
    pub clap: Clap,
    pub hat: Metal,
    pub open_decay: f32,
    pub crash: Metal,
    pub ride: Metal,
    pub tom_hz: f32,
    pub tom_decay: f32,
    /// What the machine, the tape or the room does to all of it.
    pub finish: Finish,
    /// What rings around snare, claps and toms; kicks and hats have a quarter of it.
    pub room: Room,
}

impl Kit {
    fn of(kit: DrumKit) -> &'static Self {
        match kit {
            DrumKit::House => &machines::HOUSE,
            DrumKit::HipHop => &machines::HIP_HOP,
            DrumKit::Machine => &machines::MACHINE,
            DrumKit::Trap => &machines::TRAP,
            DrumKit::Break => &machines::BREAK,
            DrumKit::Gated => &machines::GATED,
            DrumKit::Dusty => &machines::DUSTY,
            DrumKit::Techno => &machines::TECHNO,
            DrumKit::Rock => &machines::ROCK,
            DrumKit::Metal => &machines::METAL,
        }
    }
}

/// A sound of a kit: what is struck, where it stands (−1 left … 1 right, as the audience sees the kit), and
/// what the room answers on both sides.
pub(super) struct Struck {
    pub dry: Vec<f32>,
    pub pan: f32,
    pub room: [Vec<f32>; 2],
}

/// The sound of a General MIDI percussion key.
pub(super) fn strike(kit: DrumKit, key: u8, dice: &mut Dice) -> Struck {
    let k = Kit::of(kit);
    let (mut dry, pan) = sound(k, key, dice);
    k.finish.apply(&mut dry);
    let share = match key {
        37..=41 | 43 | 45 | 47 | 48 | 50 => 1.0,
        _ => 0.25,
    };
    let room = k.room.answer(&dry, share, dice);
    Struck { dry, pan, room }
}

/// A key's sound and its place, still without room.
fn sound(k: &Kit, key: u8, dice: &mut Dice) -> (Vec<f32>, f32) {
    // Toms from low floor to high, in semitones over the lowest.
    let tom = |semitones: f32, pan: f32, dice: &mut Dice| {
        (
            drum(
                k.tom_hz * (semitones / 12.0).exp2(),
                0.5,
                k.tom_decay * 0.9f32.powf(semitones / 4.0),
                0.35,
                dice,
            ),
            pan,
        )
    };
    let hand = |hz: f32, decay: f32, slap: f32, pan: f32, dice: &mut Dice| (drum(hz, 0.12, decay, slap, dice), pan);
    match key {
        35 => (
            Kick {
                from_hz: k.kick.from_hz * 0.85,
                decay: k.kick.decay * 1.15,
                ..k.kick
            }
            .strike(dice),
            0.0,
        ),
        36 => (k.kick.strike(dice), 0.0),
        37 => (knock(1_650.0, 1.48, 0.05, 0.5, dice), 0.1),
        38 => {
            let mut snare = k.snare.strike(dice);
            if k.clapped > 0.0 {
                let clap = k.clap.strike(dice);
                snare.resize(snare.len().max(clap.len()), 0.0);
                for (s, c) in snare.iter_mut().zip(clap) {
                    *s += k.clapped * c;
                }
            }
            (snare, 0.0)
        }
        40 => (
            Snare {
                hz: k.snare.hz * 1.12,
                wires_decay: k.snare.wires_decay * 0.8,
                ..k.snare
            }
            .strike(dice),
            0.0,
        ),
        39 => (k.clap.strike(dice), -0.05),
        41 => tom(0.0, 0.45, dice),
        43 => tom(3.0, 0.35, dice),
        45 => tom(6.0, 0.15, dice),
        47 => tom(9.0, 0.0, dice),
        48 => tom(12.0, -0.2, dice),
        50 => tom(15.0, -0.4, dice),
        42 => (k.hat.strike(dice), 0.25),
        44 => (
            Metal {
                decay: k.hat.decay * 0.7,
                above_hz: k.hat.above_hz * 0.85,
                ..k.hat
            }
            .strike(dice),
            0.25,
        ),
        46 => (
            Metal {
                decay: k.open_decay,
                ..k.hat
            }
            .strike(dice),
            0.25,
        ),
        49 => (k.crash.strike(dice), -0.4),
        57 => (
            Metal {
                tune: k.crash.tune * 0.9,
                decay: k.crash.decay * 1.1,
                ..k.crash
            }
            .strike(dice),
            0.4,
        ),
        52 => (
            Metal {
                metal: 0.9,
                attack: 0.002,
                ..k.crash
            }
            .strike(dice),
            0.35,
        ),
        55 => (
            Metal {
                decay: 0.7,
                above_hz: 5_000.0,
                ..k.crash
            }
            .strike(dice),
            -0.25,
        ),
        51 | 59 => (k.ride.strike(dice), 0.4),
        53 => (
            Metal {
                ping: (0.3, k.ride.ping.1 * 0.6),
                ..k.ride
            }
            .strike(dice),
            0.4,
        ),
        54 => (shaker(8_500.0, 1.6, 0.004, 0.22, dice), -0.3),
        56 => (cowbell(1.0), -0.2),
        60 => hand(395.0, 0.18, 0.5, -0.3, dice),
        61 => hand(300.0, 0.22, 0.45, -0.25, dice),
        62 => hand(310.0, 0.1, 0.8, 0.3, dice),
        63 => hand(225.0, 0.34, 0.35, 0.3, dice),
        64 => hand(165.0, 0.4, 0.3, 0.35, dice),
        65 | 66 => hand(if key == 65 { 430.0 } else { 330.0 }, 0.4, 0.6, 0.2, dice),
        67 | 68 => (cowbell(if key == 67 { 1.6 } else { 1.2 }), 0.2),
        75 => (knock(2_500.0, 1.02, 0.07, 0.15, dice), -0.3),
        76 => (knock(1_100.0, 1.5, 0.09, 0.3, dice), -0.2),
        77 => (knock(820.0, 1.5, 0.1, 0.3, dice), 0.2),
        80 => (
            Metal {
                tune: 5.0,
                metal: 1.0,
                above_hz: 5_000.0,
                decay: 0.15,
                attack: 0.0003,
                ping: (0.3, 4_600.0),
            }
            .strike(dice),
            0.3,
        ),
        81 => (
            Metal {
                tune: 5.0,
                metal: 1.0,
                above_hz: 5_000.0,
                decay: 1.2,
                attack: 0.0003,
                ping: (0.3, 4_600.0),
            }
            .strike(dice),
            0.3,
        ),
        // Cabasa, maracas, shaker and whatever else is shaken.
        _ => (shaker(6_200.0, 0.9, 0.02, 0.11, dice), -0.35),
    }
}
