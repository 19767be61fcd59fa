//! Measuring how loud each sound is by nature, for the committed calibration table. Run by
//! `examples/calibrate.rs` whenever an instrument changes.

use std::path::Path;

use catbird_score::{
    Channel, DrumKit, Guitar, Key, Labels, Master, Meter, Mode, Note, Part, PartRole, Registration, Score, Sound,
    SynthPatch, TempoMap, Tick, Touch,
};
use rayon::prelude::*;

pub use crate::band::calibration::Calibration;
use crate::{
    audio::{RATE, Stereo},
    band::{
        self,
        calibration::{REFERENCE_LUFS, layer, name},
        samples::{Samples, preset},
    },
    error::SoundError,
};

/// Seconds of each measurement.
const SECONDS: usize = 2;

/// Kits of the General MIDI 2 percussion bank.
const KITS: [u8; 9] = [0, 8, 16, 24, 25, 32, 40, 48, 56];

/// Gains are kept within this, so that a sound of 20 ms is not raised to one of 400 ms.
const MOST_DB: f32 = 30.0;

/// A score with nothing in it, at 120 a minute.
pub(crate) fn bare_score() -> Score {
    Score {
        version: catbird_score::score::VERSION,
        seed: 1,
        title: String::new(),
        style: String::new(),
        labels: Labels::default(),
        meter: Meter::COMMON,
        tempo: TempoMap::steady(120.0, 0.0),
        key: Key {
            tonic: 0,
            mode: Mode::Major,
        },
        modulations: Vec::new(),
        seconds: SECONDS as f64,
        sections: Vec::new(),
        chords: Vec::new(),
        vocal: None,
        parts: Vec::new(),
        master: Master::default(),
        brief: catbird_score::Brief::default(),
        patch: None,
        joins: None,
        reels: Vec::new(),
        heard: None,
    }
}

/// Measures every sound with the `SoundFont` at `soundfont`.
pub fn measure(soundfont: &Path) -> Result<Calibration, SoundError> {
    let mut samples = Samples::default();
    let sampled = (0..128).map(|program| Sound::Sampled { bank: 0, program });
    let kits = KITS.map(|program| Sound::Kit { program });
    samples.load(
        soundfont,
        &sampled
            .chain(kits)
            .filter_map(preset)
            .map(|preset| (preset, u128::MAX))
            .collect(),
    )?;
    let score = bare_score();
    let hear = |sound: Sound, notes: &Vec<Note>| -> f32 {
        let part = Part {
            id: "x".into(),
            name: String::new(),
            role: PartRole::Lead,
            sound,
            channel: Channel::default(),
            notes: notes.clone(),
        };
        let mut player = band::player(&score, &part, SECONDS * RATE as usize, &samples, 1.0);
        let mut audio = Stereo::silence(SECONDS * RATE as usize);
        for (l, r) in audio.left.chunks_mut(4_096).zip(audio.right.chunks_mut(4_096)) {
            player.play(l, r);
        }
        loudest(&audio)
    };
    let gain = |sound: Sound, notes: &[Vec<Note>]| -> f32 {
        let loudness: Vec<f32> = notes.par_iter().map(|notes| hear(sound, notes)).collect();
        let heard: Vec<f32> = loudness.into_iter().filter(|l| *l > -80.0).collect();
        if heard.is_empty() {
            return 0.0;
        }
        let mean = heard.iter().sum::<f32>() / heard.len() as f32;
        tenth((REFERENCE_LUFS - mean).clamp(-MOST_DB, MOST_DB))
    };
    let touch = |sound: Sound, pitches: [u8; 3]| -> f32 {
        let mean = |velocity| {
            pitches
                .par_iter()
                .map(|p| hear(sound, &note(*p, velocity)))
                .collect::<Vec<f32>>()
                .iter()
                .sum::<f32>()
                / 3.0
        };
        let (soft, hard) = (SOFT, HARD);
        let slope = (mean(hard) - mean(soft)) / (f32::from(hard) / f32::from(soft)).log10();
        if slope.is_finite() {
            ((LAW / slope.max(1.0)).clamp(0.4, 1.3) * 100.0).round() / 100.0
        } else {
            1.0
        }
    };
    let mut table = Calibration::default();
    for program in 0..128 {
        let sound = Sound::Sampled { bank: 0, program };
        table
            .sampled
            .insert(program, gain(sound, &single_notes(range(program))));
        table.touch.insert(program, touch(sound, range(program)));
    }
    for program in KITS {
        table.kits.insert(program, gain(Sound::Kit { program }, &[beat()]));
    }
    for program in [26, 27, 28] {
        let gains =
            [0.0, 0.25, 0.5, 0.75, 1.0].map(|drive| gain(Sound::Amped { program, drive }, &single_notes([45, 52, 59])));
        table.amped.insert(program, gains);
    }
    for guitar in Guitar::ALL {
        let gains =
            [0.0, 0.25, 0.5, 0.75, 1.0].map(|drive| gain(Sound::Strung { guitar, drive }, &single_notes([45, 52, 59])));
        table.strung.insert(name(guitar), gains);
    }
    for registration in Registration::ALL {
        let heard = gain(Sound::Organ { registration }, &single_notes([52, 59, 66]));
        table.organs.insert(name(registration), heard);
    }
    for patch in SynthPatch::ALL {
        let heard = gain(Sound::Synth { patch }, &single_notes(place(patch)));
        table.patches.insert(name(patch), heard);
    }
    for kit in DrumKit::ALL {
        table
            .machines
            .insert(name(kit), gain(Sound::Machine { kit }, &[beat()]));
    }
    // Their two halves are balanced by the committed table: after a change of those, measure twice.
    for (program, kit) in LAYERED {
        let heard = gain(Sound::Layered { program, kit }, &[beat()]);
        table.layered.insert(layer(program, kit), heard);
    }
    Ok(table)
}

/// Layered kits of the catalogue.
const LAYERED: [(u8, DrumKit); 4] = [
    (8, DrumKit::Rock),
    (16, DrumKit::Rock),
    (16, DrumKit::Metal),
    (0, DrumKit::Rock),
];

/// Where a patch is played: three pitches.
fn place(patch: SynthPatch) -> [u8; 3] {
    use SynthPatch::{
        Acid, Bell, ChipArp, DarkPad, DrivenSub, FmBass, Hoover, Impact, Lead, Pluck, Reese, Rumble, SawBass,
        SoftPluck, SquareLead, SubBass, SubDrop, SuperSaw, TechnoStab, VoxChop, Whine, Wobble,
    };
    match patch {
        SubBass | DrivenSub | Reese | Wobble | Rumble => [29, 34, 40],
        SawBass | FmBass | Acid => [31, 36, 43],
        Impact | SubDrop => [36, 36, 36],
        DarkPad | TechnoStab | Hoover => [45, 52, 60],
        SuperSaw => [57, 64, 72],
        Pluck | SoftPluck => [60, 67, 76],
        Lead | SquareLead | VoxChop => [62, 69, 76],
        Bell | Whine | ChipArp => [67, 74, 81],
        _ => [52, 59, 67],
    }
}

/// Three pitches in the middle of a General MIDI program's range.
fn range(program: u8) -> [u8; 3] {
    match program {
        32..=39 => [28, 35, 43],
        43 | 58 | 67 | 70 => [36, 43, 50],
        47 => [40, 45, 50],
        8..=15 | 72..=79 | 40 | 110 => [67, 74, 81],
        24..=31 | 42 | 57 | 60 | 66 | 71 => [48, 55, 62],
        _ => [53, 60, 69],
    }
}

/// The dynamics every sound is brought to: dB a decade of velocity, and where it is measured.
const LAW: f32 = 40.0;
const SOFT: u8 = 70;
const HARD: u8 = 120;

fn tenth(db: f32) -> f32 {
    (db * 10.0).round() / 10.0
}

/// One note of 1.5 s.
fn note(pitch: u8, velocity: u8) -> Vec<Note> {
    vec![Note {
        start: 48,
        length: 1_440,
        pitch,
        velocity,
        nudge: 0,
        touch: Touch::Plain,
    }]
}

/// Each pitch at velocity 100, the reference.
fn single_notes(pitches: [u8; 3]) -> Vec<Vec<Note>> {
    pitches.into_iter().map(|p| note(p, 100)).collect()
}

/// A bar of kick, snare and eighths on the hat.
fn beat() -> Vec<Note> {
    let mut notes = Vec::new();
    for eighth in 0..8u32 {
        let mut hit = |pitch, velocity| {
            notes.push(Note {
                start: eighth * 240 as Tick,
                length: 60,
                pitch,
                velocity,
                nudge: 0,
                touch: Touch::Plain,
            });
        };
        match eighth % 4 {
            0 => hit(36, 100),
            2 => hit(38, 100),
            _ => {}
        }
        hit(42, 80);
    }
    notes
}

/// The loudest 400 ms, LUFS.
fn loudest(audio: &Stereo) -> f32 {
    let mut state =
        ebur128::EbuR128::new(2, RATE, ebur128::Mode::M).expect("two channels at 44.1 kHz are valid for the meter");
    let mut most = f64::NEG_INFINITY;
    for (l, r) in audio.left.chunks(2_205).zip(audio.right.chunks(2_205)) {
        state
            .add_frames_planar_f32(&[l, r])
            .expect("two channels of equal length");
        most = most.max(state.loudness_momentary().unwrap_or(f64::NEG_INFINITY));
    }
    most as f32
}
