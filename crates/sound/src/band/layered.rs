//! A layered kit: a sampled kit, with the kick, snare and toms of one of our own machines struck along, through
//! one compressor in parallel, as rock and metal drums are made: the samples bring the wood, the machine the
//! weight and the click, the compressor the room between the strokes.

use catbird_score::{DrumKit, Sound};

use super::{
    Player, calibration,
    performance::Event,
    sampler::{Preset, Sampler},
    samples::Samples,
};
use crate::{
    audio::amplitude,
    mix::compressor::{Compressor, Settings},
    synth,
};

/// Keys the machine plays along: kicks, snares, toms.
const ALONG: [u8; 10] = [35, 36, 38, 40, 41, 43, 45, 47, 48, 50];

/// The machine beside the samples, dB.
const UNDER_DB: f32 = -2.0;

/// The compressed copy: hard, quick, and below the kit itself.
const BUS: Settings = Settings {
    threshold_db: -24.0,
    ratio: 6.0,
    knee_db: 6.0,
    attack_seconds: 0.008,
    release_seconds: 0.11,
};
const BUS_DB: f32 = -1.0;

/// Both kits at play.
pub(crate) struct Layered {
    sampler: Sampler,
    machine: Box<dyn Player>,
    gains: [f32; 2],
    bus: Compressor,
    scratch: [Vec<f32>; 2],
}

impl Layered {
    pub fn new(samples: &Samples, program: u8, kit: DrumKit, events: Vec<Event>, seed: u64, id: &str) -> Self {
        let along = events.iter().filter(|e| ALONG.contains(&e.pitch)).copied().collect();
        // Each brought to the reference first, so that the balance does not depend on how they were recorded.
        let gains = [
            calibration::gain_db(Sound::Kit { program }),
            calibration::gain_db(Sound::Machine { kit }) + UNDER_DB,
        ];
        Self {
            sampler: Sampler::new(samples, Preset::Kit(program), events, 0.0),
            machine: synth::machine(kit, along, seed, id),
            gains: gains.map(amplitude),
            bus: Compressor::new(BUS),
            scratch: Default::default(),
        }
    }
}

impl Player for Layered {
    fn play(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.sampler.play(left, right);
        let [a, b] = &mut self.scratch;
        a.resize(left.len(), 0.0);
        b.resize(left.len(), 0.0);
        self.machine.play(a, b);
        let copy = amplitude(BUS_DB);
        for ((l, r), (a, b)) in left.iter_mut().zip(right).zip(a.iter().zip(b.iter())) {
            *l = self.gains[0] * *l + self.gains[1] * a;
            *r = self.gains[0] * *r + self.gains[1] * b;
            let gain = 1.0 + copy * self.bus.gain(l.abs().max(r.abs()));
            *l *= gain;
            *r *= gain;
        }
    }
}
