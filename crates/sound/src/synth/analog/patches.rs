//! The analogue sounds of popular music, by the names the trade gives them. Envelope times are
//! those of 60 dB; levels are set so that a full-velocity note peaks near one half.

use super::{
    Adsr, Cutoff, Drive, Lfo, Oscillator, Pass, Patch, Rate, Shape, Sway,
    Wave::{self, Noise, Pulse, Saw, Sine, Triangle},
};

/// One oscillator in the middle.
const fn one(wave: Wave, semitones: f32, level: f32) -> Oscillator {
    Oscillator {
        wave,
        semitones,
        level,
        unison: 1,
        detune: 0.0,
        spread: 0.0,
        free: true,
    }
}

/// Several, detuned by ± cents, spread over the stereo field.
const fn several(unison: usize, detune: f32, spread: f32, of: Oscillator) -> Oscillator {
    Oscillator {
        unison,
        detune,
        spread,
        ..of
    }
}

/// The same, always from the beginning of its cycle: notes start alike and without a click.
const fn locked(of: Oscillator) -> Oscillator {
    Oscillator { free: false, ..of }
}

const fn adsr(attack: f32, decay: f32, sustain: f32, release: f32) -> Adsr {
    Adsr {
        attack,
        decay,
        sustain,
        release,
    }
}

/// A slow oscillator that moves nothing yet.
const fn lfo(rate: Rate, shape: Shape) -> Lfo {
    Lfo {
        rate,
        shape,
        after: 0.0,
        fade: 0.0,
        cents: 0.0,
        octaves: 0.0,
        amplitude: 0.0,
    }
}

/// A player's vibrato, which comes late.
const fn vibrato(hz: f32, cents: f32, after: f32) -> Lfo {
    Lfo {
        after,
        fade: 0.35,
        cents,
        ..lfo(Rate::Hz(hz), Shape::Sine)
    }
}

/// An open low-pass that follows the keys.
const OPEN: Cutoff = Cutoff {
    pass: Pass::Ladder,
    hz: 6_000.0,
    track: 0.5,
    velocity: 1.0,
    envelope: 0.0,
    accent: 0.0,
    resonance: 0.0,
    shape: adsr(0.002, 0.5, 0.5, 0.2),
};

/// A saw through an open filter: what the others change.
const PLAIN: Patch = Patch {
    oscillators: &[one(Saw, 0.0, 1.0)],
    chord: &[0.0],
    width: (0.0, 0.0),
    sway: &[],
    cutoff: OPEN,
    loud: adsr(0.004, 1.0, 0.8, 0.12),
    lfos: &[],
    drive: Drive::None,
    glide: 0.06,
    bend: (0.0, 0.1),
    monophonic: false,
    level: 0.4,
};

/// The squelching bass line machine of acid house: one saw, a resonant filter, accents, slides.
pub(in crate::synth) const ACID: Patch = Patch {
    cutoff: Cutoff {
        hz: 300.0,
        track: 0.25,
        velocity: 0.9,
        envelope: 3.8,
        accent: 0.75,
        resonance: 0.88,
        shape: adsr(0.002, 0.8, 0.0, 0.3),
        ..OPEN
    },
    loud: adsr(0.003, 4.0, 0.0, 0.03),
    drive: Drive::After(1.4),
    glide: 0.09,
    monophonic: true,
    level: 0.5,
    ..PLAIN
};

/// The beating, dark bass of jungle and drum and bass: detuned saws, a slow low-pass, a sine below.
pub(in crate::synth) const REESE: Patch = Patch {
    oscillators: &[several(3, 22.0, 0.0, one(Saw, 0.0, 1.0)), locked(one(Sine, -12.0, 0.5))],
    sway: &[Sway { cents: 4.0, hz: 0.23 }],
    cutoff: Cutoff {
        hz: 620.0,
        track: 0.3,
        velocity: 0.5,
        resonance: 0.25,
        ..OPEN
    },
    loud: adsr(0.012, 1.5, 0.9, 0.12),
    lfos: &[Lfo {
        octaves: 0.6,
        ..lfo(Rate::Free(0.27), Shape::Triangle)
    }],
    drive: Drive::After(1.5),
    glide: 0.12,
    monophonic: true,
    level: 0.5,
    ..PLAIN
};

/// The dubstep wobble: saw and square under a filter that opens twice a beat.
pub(in crate::synth) const WOBBLE: Patch = Patch {
    oscillators: &[
        several(3, 9.0, 0.0, one(Saw, 0.0, 0.7)),
        one(Pulse(0.5), 0.0, 0.5),
        locked(one(Sine, -12.0, 0.4)),
    ],
    cutoff: Cutoff {
        hz: 750.0,
        track: 0.25,
        velocity: 0.5,
        resonance: 0.6,
        ..OPEN
    },
    loud: adsr(0.006, 1.0, 0.95, 0.06),
    // A triangle begins closed, as the beat does.
    lfos: &[Lfo {
        octaves: 2.2,
        ..lfo(Rate::Beats(0.5), Shape::Triangle)
    }],
    drive: Drive::After(2.6),
    glide: 0.08,
    monophonic: true,
    level: 0.5,
    ..PLAIN
};

/// The rave hoover: saws and moving pulses in octaves, thick with chorus, sucked up from below.
pub(in crate::synth) const HOOVER: Patch = Patch {
    oscillators: &[
        several(2, 12.0, 0.7, one(Saw, 0.0, 0.6)),
        several(2, 14.0, 0.7, one(Pulse(0.5), -12.0, 0.7)),
        several(2, 10.0, 0.7, one(Saw, 12.0, 0.4)),
        one(Pulse(0.25), -24.0, 0.25),
    ],
    width: (0.32, 2.1),
    sway: &[Sway { cents: 11.0, hz: 0.9 }, Sway { cents: 4.0, hz: 4.7 }],
    cutoff: Cutoff {
        hz: 5_200.0,
        track: 0.3,
        velocity: 0.6,
        resonance: 0.15,
        ..OPEN
    },
    loud: adsr(0.015, 1.0, 0.9, 0.22),
    glide: 0.22,
    bend: (-7.0, 0.22),
    monophonic: true,
    level: 0.28,
    ..PLAIN
};

/// The minor-chord stab of house and rave records, once a sample of a chord, played on one key.
pub(in crate::synth) const STAB: Patch = Patch {
    oscillators: &[several(3, 9.0, 0.6, one(Saw, 0.0, 0.8)), one(Saw, -12.0, 0.25)],
    chord: &[0.0],
    cutoff: Cutoff {
        hz: 650.0,
        track: 0.4,
        velocity: 0.8,
        envelope: 2.9,
        accent: 0.3,
        resonance: 0.3,
        shape: adsr(0.002, 0.3, 0.0, 0.15),
        ..OPEN
    },
    loud: adsr(0.003, 0.45, 0.0, 0.1),
    drive: Drive::After(1.1),
    level: 0.46,
    ..PLAIN
};

/// The brass of the eighties' polyphonic synthesisers: two saws a side, a filter that blows open.
pub(in crate::synth) const SYNTH_BRASS: Patch = Patch {
    oscillators: &[several(2, 6.0, 0.5, one(Saw, 0.0, 1.0))],
    cutoff: Cutoff {
        hz: 420.0,
        track: 0.4,
        velocity: 0.7,
        envelope: 2.9,
        accent: 0.35,
        resonance: 0.1,
        shape: adsr(0.06, 1.6, 0.55, 0.25),
        ..OPEN
    },
    loud: adsr(0.025, 1.5, 0.85, 0.22),
    lfos: &[vibrato(5.0, 7.0, 0.4)],
    level: 0.4,
    ..PLAIN
};

/// The warm chords of synthpop and city pop: saw, moving pulse and sub under a gentle filter.
pub(in crate::synth) const POLY_SYNTH: Patch = Patch {
    oscillators: &[
        several(2, 3.0, 0.8, one(Saw, 0.0, 0.7)),
        several(2, 4.0, 0.8, one(Pulse(0.5), 0.0, 0.55)),
        one(Pulse(0.5), -12.0, 0.3),
    ],
    width: (0.36, 0.6),
    sway: &[Sway { cents: 5.0, hz: 0.5 }],
    cutoff: Cutoff {
        hz: 1_100.0,
        track: 0.4,
        velocity: 0.8,
        envelope: 1.1,
        resonance: 0.12,
        shape: adsr(0.01, 1.4, 0.35, 0.4),
        ..OPEN
    },
    loud: adsr(0.008, 1.8, 0.75, 0.4),
    level: 0.34,
    ..PLAIN
};

/// The lead of chip tunes and synthpop: one square, dry, with a late vibrato.
pub(in crate::synth) const SQUARE_LEAD: Patch = Patch {
    oscillators: &[one(Pulse(0.5), 0.0, 0.9), one(Triangle, 12.0, 0.12)],
    cutoff: Cutoff { hz: 5_000.0, ..OPEN },
    loud: adsr(0.003, 0.5, 0.75, 0.07),
    lfos: &[vibrato(6.0, 16.0, 0.28)],
    glide: 0.05,
    monophonic: true,
    level: 0.5,
    ..PLAIN
};

/// The high portamento whine of west-coast hip-hop: almost a sine, sliding from note to note.
pub(in crate::synth) const WHINE: Patch = Patch {
    // A rising saw's fundamental is a negative sine: upside down it adds up with the other.
    oscillators: &[locked(one(Sine, 0.0, 0.8)), locked(one(Saw, 0.0, -0.28))],
    cutoff: Cutoff {
        hz: 1_300.0,
        track: 0.8,
        velocity: 0.4,
        resonance: 0.2,
        ..OPEN
    },
    loud: adsr(0.02, 1.0, 0.95, 0.14),
    lfos: &[vibrato(5.4, 14.0, 0.3)],
    glide: 0.16,
    monophonic: true,
    level: 0.65,
    ..PLAIN
};

/// The lead of trance and festival anthems: five wide saws and their octave, bright, gliding.
pub(in crate::synth) const BIG_LEAD: Patch = Patch {
    oscillators: &[
        several(5, 17.0, 0.8, one(Saw, 0.0, 1.0)),
        several(2, 9.0, 0.6, one(Saw, 12.0, 0.35)),
        one(Pulse(0.5), -12.0, 0.2),
    ],
    cutoff: Cutoff {
        hz: 7_500.0,
        envelope: 0.8,
        resonance: 0.1,
        shape: adsr(0.002, 0.6, 0.3, 0.3),
        ..OPEN
    },
    loud: adsr(0.005, 0.8, 0.85, 0.2),
    lfos: &[vibrato(5.6, 9.0, 0.35)],
    drive: Drive::After(0.8),
    glide: 0.09,
    monophonic: true,
    level: 0.42,
    ..PLAIN
};

/// The dark stab of dub and Detroit techno: a short, resonant, slightly sour minor chord.
pub(in crate::synth) const TECHNO_STAB: Patch = Patch {
    oscillators: &[
        several(2, 13.0, 0.5, one(Saw, 0.0, 0.7)),
        one(Saw, 12.0, 0.2),
        one(Noise, 0.0, 0.06),
    ],
    chord: &[0.0],
    cutoff: Cutoff {
        hz: 330.0,
        track: 0.2,
        velocity: 0.7,
        envelope: 2.0,
        accent: 0.4,
        resonance: 0.72,
        shape: adsr(0.002, 0.22, 0.0, 0.15),
        ..OPEN
    },
    loud: adsr(0.002, 0.3, 0.0, 0.12),
    drive: Drive::After(1.6),
    level: 0.5,
    ..PLAIN
};

/// The rolling rumble under a techno kick: a dark tone and air that swell after every beat.
pub(in crate::synth) const RUMBLE: Patch = Patch {
    oscillators: &[several(2, 8.0, 0.0, one(Saw, 0.0, 0.8)), one(Noise, 0.0, 0.25)],
    cutoff: Cutoff {
        hz: 190.0,
        track: 0.3,
        velocity: 0.4,
        resonance: 0.35,
        ..OPEN
    },
    loud: adsr(0.006, 1.0, 0.95, 0.1),
    lfos: &[Lfo {
        amplitude: 0.9,
        octaves: 0.5,
        ..lfo(Rate::Beats(1.0), Shape::Saw)
    }],
    drive: Drive::Before(1.8),
    monophonic: true,
    level: 0.6,
    ..PLAIN
};

/// The soft pluck of tropical house and future pop: triangle and saw, closed at once.
pub(in crate::synth) const PLUCK_SOFT: Patch = Patch {
    oscillators: &[
        locked(one(Triangle, 0.0, 0.9)),
        several(2, 6.0, 0.7, locked(one(Saw, 0.0, 0.4))),
        locked(one(Sine, 12.0, 0.12)),
    ],
    cutoff: Cutoff {
        hz: 480.0,
        track: 0.6,
        velocity: 0.9,
        envelope: 2.6,
        accent: 0.4,
        resonance: 0.15,
        shape: adsr(0.002, 0.32, 0.0, 0.2),
        ..OPEN
    },
    loud: adsr(0.003, 0.75, 0.0, 0.3),
    level: 0.5,
    ..PLAIN
};

/// The string machine of seventies disco and cosmic music: saws in two octaves, a three-phase chorus.
pub(in crate::synth) const STRING_MACHINE: Patch = Patch {
    oscillators: &[
        several(3, 2.0, 0.9, one(Saw, 0.0, 0.7)),
        several(3, 2.0, 0.9, one(Saw, 12.0, 0.5)),
    ],
    // The ensemble circuit: a slow and a fast sweep, each in three phases a third of a turn apart.
    sway: &[Sway { cents: 9.0, hz: 0.63 }, Sway { cents: 3.5, hz: 5.9 }],
    cutoff: Cutoff {
        hz: 3_600.0,
        track: 0.4,
        velocity: 0.3,
        ..OPEN
    },
    loud: adsr(0.28, 1.0, 0.95, 0.7),
    level: 0.42,
    ..PLAIN
};

/// The dark pad of trip-hop, film and techno: moving pulses and breath under a filter that breathes.
pub(in crate::synth) const DARK_PAD: Patch = Patch {
    oscillators: &[
        several(3, 9.0, 0.9, one(Pulse(0.5), 0.0, 0.8)),
        several(2, 6.0, 0.5, one(Saw, -12.0, 0.5)),
        one(Noise, 0.0, 0.05),
    ],
    width: (0.34, 0.21),
    sway: &[Sway { cents: 4.0, hz: 0.17 }],
    cutoff: Cutoff {
        hz: 420.0,
        track: 0.35,
        velocity: 0.5,
        envelope: 0.8,
        resonance: 0.3,
        shape: adsr(1.6, 3.0, 0.5, 1.5),
        ..OPEN
    },
    loud: adsr(0.6, 3.0, 0.9, 1.8),
    lfos: &[Lfo {
        octaves: 0.7,
        ..lfo(Rate::Free(0.11), Shape::Sine)
    }],
    level: 0.36,
    ..PLAIN
};

/// The airy pad of trance breakdowns and worship: seven saws without their lows.
pub(in crate::synth) const BRIGHT_PAD: Patch = Patch {
    oscillators: &[
        several(7, 19.0, 1.0, one(Saw, 0.0, 1.0)),
        several(2, 7.0, 0.9, one(Saw, 12.0, 0.35)),
    ],
    sway: &[Sway { cents: 3.0, hz: 0.31 }],
    cutoff: Cutoff {
        pass: Pass::High,
        hz: 620.0,
        track: 0.7,
        velocity: -0.2,
        resonance: 0.05,
        ..OPEN
    },
    loud: adsr(0.4, 2.0, 0.9, 1.4),
    lfos: &[Lfo {
        amplitude: 0.12,
        ..lfo(Rate::Free(0.37), Shape::Sine)
    }],
    level: 0.2,
    ..PLAIN
};

/// The arpeggio voice of eight-bit games: a thin pulse through a small speaker, chopped in sixteenths.
pub(in crate::synth) const CHIP_ARP: Patch = Patch {
    oscillators: &[locked(one(Pulse(0.25), 0.0, 1.0))],
    cutoff: Cutoff {
        pass: Pass::Band,
        hz: 1_200.0,
        track: 0.8,
        velocity: 0.2,
        ..OPEN
    },
    loud: adsr(0.002, 0.6, 0.5, 0.05),
    lfos: &[Lfo {
        amplitude: 0.55,
        ..lfo(Rate::Beats(0.25), Shape::Square)
    }],
    level: 0.36,
    ..PLAIN
};

/// The distorted 808 of trap and drill: a sine that drops into its note, driven, long, gliding.
pub(in crate::synth) const SUB_DRIVEN: Patch = Patch {
    oscillators: &[locked(one(Sine, 0.0, 1.0))],
    cutoff: Cutoff {
        hz: 9_000.0,
        track: 0.0,
        ..OPEN
    },
    loud: adsr(0.003, 2.2, 0.0, 0.12),
    drive: Drive::Last(3.0),
    glide: 0.09,
    bend: (24.0, 0.06),
    monophonic: true,
    level: 0.5,
    ..PLAIN
};
