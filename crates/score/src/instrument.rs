//! Played parts: what sounds, which notes, and where it sits in the mix.

use serde::{Deserialize, Serialize};

use crate::time::Tick;

/// One played note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Where it begins on the grid.
    pub start: Tick,
    /// Its length (drums: nominal).
    pub length: Tick,
    /// MIDI note number; for drums the General MIDI percussion key.
    pub pitch: u8,
    /// MIDI velocity, 1–127.
    pub velocity: u8,
    /// Micro-timing of the performance in ticks, added to `start` in every view.
    pub nudge: i16,
}

impl Note {
    /// When the note sounds, in ticks; never before tick −480.
    pub fn onset(&self) -> f64 {
        f64::from(self.start) + f64::from(self.nudge)
    }
}

/// What a part does in the arrangement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartRole {
    /// Kit or drum machine.
    Drums,
    /// Shakers, congas, tambourine.
    Percussion,
    /// The bass line.
    Bass,
    /// Rhythmic harmony (strummed guitar, piano chords).
    Comp,
    /// Sustained harmony.
    Pad,
    /// The instrumental melody or hook.
    Lead,
    /// A second line against the melody.
    Counter,
    /// Risers, sweeps, impacts.
    Effect,
}

/// Which sampled or synthesised drum kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrumKit {
    /// House and dance: punchy sine-sweep kick, clap, tight metallic hats.
    House,
    /// Hip hop and trap: long low kick, snappy snare, ticking hats.
    HipHop,
    /// Synth-pop and disco machine.
    Machine,
}

/// A synthesiser voice of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SynthPatch {
    /// Seven detuned saws, wide.
    SuperSaw,
    /// Short filtered saw.
    Pluck,
    /// Sine with a little drive, an octave below the harmony (808-like when long).
    SubBass,
    /// Filtered saw bass with an envelope.
    SawBass,
    /// Slow, filtered, wide.
    WarmPad,
    /// Two-operator FM electric piano.
    FmKeys,
    /// FM bell.
    Bell,
    /// Monophonic square/saw lead with glide.
    Lead,
    /// Band-passed noise sweep that rises through the note's length.
    Riser,
    /// Low boom and noise burst.
    Impact,
    /// Looping record crackle.
    Vinyl,
}

/// Where a part's sound comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum Sound {
    /// A melodic preset of the SoundFont.
    Sampled {
        /// SoundFont bank, normally 0.
        bank: u8,
        /// General MIDI program, 0–127.
        program: u8,
    },
    /// A percussion preset (bank 128) of the SoundFont.
    Kit {
        /// Kit program: 0 standard, 8 room, 16 power, 24 electronic, 25 808, 32 jazz, 40 brush, 48 orchestral.
        program: u8,
    },
    /// A sampled guitar through our amplifier: drive and cabinet, double-tracked.
    Amped {
        /// General MIDI program of the dry guitar (27 or 28).
        program: u8,
        /// 0 just breaking up – 1 high gain.
        drive: f32,
    },
    /// A synthesiser patch of our own.
    Synth {
        /// Which.
        patch: SynthPatch,
    },
    /// A drum machine of our own (General MIDI percussion keys).
    Machine {
        /// Which.
        kit: DrumKit,
    },
}

impl Sound {
    /// Whether notes are percussion keys rather than pitches.
    pub fn is_drums(self) -> bool {
        matches!(self, Self::Kit { .. } | Self::Machine { .. })
    }
}

/// A part's place in the mix.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// Fader: the part's loudness relative to the mix's reference, dB.
    pub gain_db: f32,
    /// −1 left … 1 right.
    pub pan: f32,
    /// Stereo width factor: 0 mono, 1 as rendered, up to 2.
    pub width: f32,
    /// Send to the shared reverb, 0–1.
    pub reverb: f32,
    /// Send to the tempo-synced delay, 0–1.
    pub delay: f32,
    /// High-pass corner, Hz; 0 = none.
    pub low_cut_hz: f32,
    /// High-shelf gain at 4 kHz, dB.
    pub tilt_db: f32,
    /// How far the kick pushes the part down, dB (side-chain); 0 = none.
    pub duck_db: f32,
}

impl Default for Channel {
    fn default() -> Self {
        Self {
            gain_db: 0.0,
            pan: 0.0,
            width: 1.0,
            reverb: 0.15,
            delay: 0.0,
            low_cut_hz: 0.0,
            tilt_db: 0.0,
            duck_db: 0.0,
        }
    }
}

/// An instrument and everything it plays. One part is one stem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Stable id, the stem's file name (`bass`, `piano`); unique in the score.
    pub id: String,
    /// The name a musician would use (`Electric bass`).
    pub name: String,
    /// What it does.
    pub role: PartRole,
    /// What sounds.
    pub sound: Sound,
    /// Where it sits.
    pub channel: Channel,
    /// Its notes, by rising start.
    pub notes: Vec<Note>,
}
