//! What makes a kit: one row of numbers a sound, three kits.

use catbird_score::{Dice, DrumKit};

use super::{
    kick::Kick,
    metal::{Metal, cowbell, shaker},
    skin::drum,
    snare::{Clap, Snare, knock},
};

/// A kit's own voices; what is not here is the same in all.
struct Kit {
    kick: Kick,
    snare: Snare,
    clap: Clap,
    hat: Metal,
    open_decay: f32,
    crash: Metal,
    ride: Metal,
    tom_hz: f32,
    tom_decay: f32,
}

/// Struck without attack time, without bell.
const HAT: Metal = Metal {
    tune: 1.0,
    metal: 0.5,
    above_hz: 7_000.0,
    decay: 0.09,
    attack: 0.0004,
    ping: (0.0, 0.0),
};

/// Punchy, tight, bright.
const HOUSE: Kit = Kit {
    kick: Kick {
        from_hz: 240.0,
        to_hz: 50.0,
        sweep: 0.022,
        decay: 0.42,
        click: 0.35,
        drive: 0.5,
    },
    snare: Snare {
        hz: 195.0,
        body_decay: 0.14,
        body: 0.5,
        wires: 0.55,
        wires_decay: 0.24,
        wires_hz: 1_500.0,
    },
    clap: Clap {
        hz: 1_250.0,
        gap: 0.011,
        tail: 0.24,
    },
    hat: HAT,
    open_decay: 0.42,
    crash: Metal {
        tune: 1.35,
        metal: 0.45,
        above_hz: 3_600.0,
        decay: 2.2,
        attack: 0.001,
        ping: (0.0, 0.0),
    },
    ride: Metal {
        tune: 1.8,
        metal: 0.75,
        above_hz: 5_200.0,
        decay: 1.1,
        attack: 0.0004,
        ping: (0.06, 3_150.0),
    },
    tom_hz: 92.0,
    tom_decay: 0.38,
};

/// A long low kick, a snappy snare, ticking hats.
const HIP_HOP: Kit = Kit {
    kick: Kick {
        from_hz: 150.0,
        to_hz: 43.0,
        sweep: 0.03,
        decay: 0.9,
        click: 0.22,
        drive: 0.25,
    },
    snare: Snare {
        hz: 225.0,
        body_decay: 0.11,
        body: 0.75,
        wires: 0.7,
        wires_decay: 0.17,
        wires_hz: 2_300.0,
    },
    clap: Clap {
        hz: 1_000.0,
        gap: 0.013,
        tail: 0.17,
    },
    hat: Metal {
        tune: 1.25,
        metal: 0.85,
        above_hz: 8_300.0,
        decay: 0.05,
        ..HAT
    },
    open_decay: 0.34,
    crash: Metal {
        tune: 1.0,
        metal: 0.6,
        above_hz: 3_000.0,
        decay: 1.7,
        attack: 0.001,
        ping: (0.0, 0.0),
    },
    ride: Metal {
        tune: 1.5,
        metal: 0.8,
        above_hz: 4_500.0,
        decay: 0.9,
        attack: 0.0004,
        ping: (0.05, 2_600.0),
    },
    tom_hz: 78.0,
    tom_decay: 0.6,
};

/// Round and dry, as in the eighties.
const MACHINE: Kit = Kit {
    kick: Kick {
        from_hz: 130.0,
        to_hz: 58.0,
        sweep: 0.014,
        decay: 0.3,
        click: 0.5,
        drive: 0.15,
    },
    snare: Snare {
        hz: 172.0,
        body_decay: 0.2,
        body: 0.65,
        wires: 0.75,
        wires_decay: 0.33,
        wires_hz: 900.0,
    },
    clap: Clap {
        hz: 1_500.0,
        gap: 0.009,
        tail: 0.3,
    },
    hat: Metal {
        tune: 0.9,
        metal: 0.2,
        above_hz: 6_000.0,
        decay: 0.12,
        ..HAT
    },
    open_decay: 0.55,
    crash: Metal {
        tune: 1.1,
        metal: 0.25,
        above_hz: 2_800.0,
        decay: 2.6,
        attack: 0.0015,
        ping: (0.0, 0.0),
    },
    ride: Metal {
        tune: 2.0,
        metal: 0.6,
        above_hz: 4_800.0,
        decay: 1.3,
        attack: 0.0004,
        ping: (0.07, 2_900.0),
    },
    tom_hz: 105.0,
    tom_decay: 0.5,
};

/// The sound of a General MIDI percussion key, and its place (−1 left … 1 right, as the audience
/// sees the kit).
pub(super) fn strike(kit: DrumKit, key: u8, dice: &mut Dice) -> (Vec<f32>, f32) {
    let k = match kit {
        DrumKit::House => &HOUSE,
        DrumKit::HipHop => &HIP_HOP,
        DrumKit::Machine => &MACHINE,
    };
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
        38 => (k.snare.strike(dice), 0.0),
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
