//! The kits, in numbers.

use super::{
    finish::{Finish, Room},
    kick::Kick,
    kits::Kit,
    metal::Metal,
    snare::{Clap, Snare},
};

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
pub(super) const HOUSE: Kit = Kit {
    kick: Kick {
        from_hz: 240.0,
        to_hz: 50.0,
        sweep: 0.022,
        decay: 0.42,
        click: 0.35,
        drive: 0.5,
        rumble: 0.0,
    },
    snare: Snare {
        hz: 195.0,
        body_decay: 0.14,
        body: 0.5,
        wires: 0.55,
        wires_decay: 0.24,
        wires_hz: 1_500.0,
    },
    clapped: 0.0,
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
    finish: Finish::CLEAN,
    room: Room::DRY,
};

/// A long low kick, a snappy snare, ticking hats.
pub(super) const HIP_HOP: Kit = Kit {
    kick: Kick {
        from_hz: 150.0,
        to_hz: 43.0,
        sweep: 0.03,
        decay: 0.9,
        click: 0.22,
        drive: 0.25,
        rumble: 0.0,
    },
    snare: Snare {
        hz: 225.0,
        body_decay: 0.11,
        body: 0.75,
        wires: 0.7,
        wires_decay: 0.17,
        wires_hz: 2_300.0,
    },
    clapped: 0.0,
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
    finish: Finish::CLEAN,
    room: Room::DRY,
};

/// Round and dry, as in the eighties.
pub(super) const MACHINE: Kit = Kit {
    kick: Kick {
        from_hz: 130.0,
        to_hz: 58.0,
        sweep: 0.014,
        decay: 0.3,
        click: 0.5,
        drive: 0.15,
        rumble: 0.0,
    },
    snare: Snare {
        hz: 172.0,
        body_decay: 0.2,
        body: 0.65,
        wires: 0.75,
        wires_decay: 0.33,
        wires_hz: 900.0,
    },
    clapped: 0.0,
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
    finish: Finish::CLEAN,
    room: Room::DRY,
};

/// The hip-hop machine, harder: the kick is driven into the bass, a clap cracks with the snare.
pub(super) const TRAP: Kit = Kit {
    kick: Kick {
        from_hz: 210.0,
        to_hz: 46.0,
        sweep: 0.022,
        decay: 0.55,
        click: 0.4,
        drive: 0.8,
        rumble: 0.0,
    },
    snare: Snare {
        hz: 240.0,
        body_decay: 0.09,
        body: 0.6,
        wires: 0.85,
        wires_decay: 0.2,
        wires_hz: 2_800.0,
    },
    clapped: 0.55,
    clap: Clap {
        hz: 1_350.0,
        gap: 0.008,
        tail: 0.2,
    },
    hat: Metal {
        tune: 1.4,
        metal: 0.7,
        above_hz: 9_000.0,
        decay: 0.035,
        ..HAT
    },
    finish: Finish {
        drive: 0.25,
        ..Finish::CLEAN
    },
    room: Room {
        level: 0.14,
        seconds: 0.35,
        gate_seconds: 0.0,
    },
    ..HIP_HOP
};

/// A kit from a sampled record: short, bright, driven, in its room.
pub(super) const BREAK: Kit = Kit {
    kick: Kick {
        from_hz: 190.0,
        to_hz: 62.0,
        sweep: 0.016,
        decay: 0.22,
        click: 0.55,
        drive: 0.6,
        rumble: 0.0,
    },
    snare: Snare {
        hz: 228.0,
        body_decay: 0.12,
        body: 0.8,
        wires: 0.8,
        wires_decay: 0.19,
        wires_hz: 1_700.0,
    },
    clapped: 0.0,
    hat: Metal {
        tune: 1.1,
        metal: 0.35,
        above_hz: 6_200.0,
        decay: 0.075,
        ..HAT
    },
    open_decay: 0.3,
    ride: Metal {
        tune: 1.7,
        metal: 0.6,
        above_hz: 4_800.0,
        decay: 0.9,
        attack: 0.0004,
        ping: (0.08, 3_400.0),
    },
    tom_hz: 120.0,
    tom_decay: 0.25,
    finish: Finish {
        drive: 0.45,
        low_pass_hz: 14_000.0,
    },
    room: Room {
        level: 0.3,
        seconds: 0.3,
        gate_seconds: 0.0,
    },
    ..HOUSE
};

/// The eighties: what rings around snare and toms is as loud as they are, and stops at once.
pub(super) const GATED: Kit = Kit {
    kick: Kick {
        from_hz: 160.0,
        to_hz: 56.0,
        sweep: 0.018,
        decay: 0.34,
        click: 0.55,
        drive: 0.3,
        rumble: 0.0,
    },
    snare: Snare {
        hz: 178.0,
        body_decay: 0.22,
        body: 0.75,
        wires: 0.8,
        wires_decay: 0.3,
        wires_hz: 1_000.0,
    },
    clapped: 0.15,
    tom_hz: 98.0,
    tom_decay: 0.55,
    room: Room {
        level: 0.75,
        seconds: 1.6,
        gate_seconds: 0.24,
    },
    ..MACHINE
};

/// Lo-fi: what an old sampler and a worn tape leave of a soft kit.
pub(super) const DUSTY: Kit = Kit {
    kick: Kick {
        from_hz: 120.0,
        to_hz: 52.0,
        sweep: 0.02,
        decay: 0.34,
        click: 0.12,
        drive: 0.5,
        rumble: 0.0,
    },
    snare: Snare {
        hz: 196.0,
        body_decay: 0.13,
        body: 0.7,
        wires: 0.6,
        wires_decay: 0.17,
        wires_hz: 1_100.0,
    },
    clapped: 0.0,
    hat: Metal {
        tune: 0.95,
        metal: 0.3,
        above_hz: 5_600.0,
        decay: 0.06,
        ..HAT
    },
    open_decay: 0.25,
    finish: Finish {
        drive: 0.5,
        low_pass_hz: 6_500.0,
    },
    room: Room {
        level: 0.12,
        seconds: 0.25,
        gate_seconds: 0.0,
    },
    ..MACHINE
};

/// Techno: the kick's tail rumbles, hats are hard, claps dry.
pub(super) const TECHNO: Kit = Kit {
    kick: Kick {
        from_hz: 260.0,
        to_hz: 47.0,
        sweep: 0.026,
        decay: 0.4,
        click: 0.3,
        drive: 0.95,
        rumble: 0.55,
    },
    clapped: 0.0,
    clap: Clap {
        hz: 1_500.0,
        gap: 0.009,
        tail: 0.14,
    },
    hat: Metal {
        tune: 1.15,
        metal: 0.8,
        above_hz: 7_500.0,
        decay: 0.06,
        ..HAT
    },
    open_decay: 0.3,
    finish: Finish {
        drive: 0.3,
        ..Finish::CLEAN
    },
    room: Room {
        level: 0.12,
        seconds: 0.5,
        gate_seconds: 0.0,
    },
    ..HOUSE
};

/// What is laid under a sampled rock kit: weight in the kick, body and room in the snare.
pub(super) const ROCK: Kit = Kit {
    kick: Kick {
        from_hz: 150.0,
        to_hz: 58.0,
        sweep: 0.014,
        decay: 0.3,
        click: 0.9,
        drive: 0.35,
        rumble: 0.0,
    },
    snare: Snare {
        hz: 190.0,
        body_decay: 0.17,
        body: 0.85,
        wires: 0.6,
        wires_decay: 0.26,
        wires_hz: 1_400.0,
    },
    clapped: 0.0,
    tom_hz: 85.0,
    tom_decay: 0.5,
    room: Room {
        level: 0.3,
        seconds: 0.55,
        gate_seconds: 0.0,
    },
    ..HOUSE
};

/// What is laid under a sampled metal kit: a kick that is nearly all click, a snare that cracks.
pub(super) const METAL: Kit = Kit {
    kick: Kick {
        from_hz: 330.0,
        to_hz: 60.0,
        sweep: 0.007,
        decay: 0.2,
        click: 3.2,
        drive: 0.5,
        rumble: 0.0,
    },
    snare: Snare {
        hz: 215.0,
        body_decay: 0.14,
        body: 0.9,
        wires: 0.75,
        wires_decay: 0.22,
        wires_hz: 2_000.0,
    },
    clapped: 0.0,
    tom_hz: 80.0,
    tom_decay: 0.4,
    finish: Finish {
        drive: 0.3,
        ..Finish::CLEAN
    },
    room: Room {
        level: 0.35,
        seconds: 0.45,
        gate_seconds: 0.0,
    },
    ..HOUSE
};
