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
    /// How it is played.
    #[serde(default, skip_serializing_if = "Touch::is_plain")]
    pub touch: Touch,
}

/// How a note is played. Instruments that cannot do it play the note plainly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Touch {
    /// As it stands.
    #[default]
    Plain,
    /// Damped by the palm or the mute; short and dark.
    Muted,
    /// Begins at the pitch of the note before and slides to its own.
    Slide,
    /// Begins a whole tone below and is bent up to its pitch.
    Bend,
    /// Falls away in pitch as it ends.
    Fall,
}

impl Touch {
    /// Whether nothing is done to the note.
    pub fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
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
    /// Trap: a long, driven low kick, a cracking snare with a clap in it, hats as short as ticks.
    Trap,
    /// Drum and bass: a tight acoustic kit as it sounds after sampling: driven, bright, with its room.
    Break,
    /// The eighties: gated snare, round toms, long claps.
    Gated,
    /// Lo-fi: soft, dark and worn.
    Dusty,
    /// Techno: a kick with a rumbling tail, hard hats, dry claps.
    Techno,
    /// A rock kit's weight and room, to be laid under a sampled kit.
    Rock,
    /// A metal kit's click and crack, to be laid under a sampled kit.
    Metal,
}

impl DrumKit {
    /// Every kit.
    pub const ALL: [Self; 10] = [
        Self::House,
        Self::HipHop,
        Self::Machine,
        Self::Trap,
        Self::Break,
        Self::Gated,
        Self::Dusty,
        Self::Techno,
        Self::Rock,
        Self::Metal,
    ];
}

/// A guitar whose strings we compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guitar {
    /// Electric, warm pickups: made for a driven amplifier.
    Humbucker,
    /// Electric, bright pickups: clean or just breaking up.
    SingleCoil,
    /// Acoustic, steel strings.
    Steel,
    /// Acoustic, nylon strings.
    Nylon,
}

impl Guitar {
    /// Every guitar.
    pub const ALL: [Self; 4] = [Self::Humbucker, Self::SingleCoil, Self::Steel, Self::Nylon];
}

/// How a drawbar organ is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Nearly all drawbars; the rotor speeds up on held chords.
    Gospel,
    /// The three lowest and percussion.
    Jazz,
    /// Driven, fast rotor.
    Rock,
    /// Few and soft, slow rotor.
    Soft,
}

impl Registration {
    /// Every registration.
    pub const ALL: [Self; 4] = [Self::Gospel, Self::Jazz, Self::Rock, Self::Soft];
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
    /// Bass of one saw through a resonant ladder that accents open; slides.
    Acid,
    /// Detuned saws that beat against each other, dark, over a sine.
    Reese,
    /// Driven bass whose filter moves with the beat.
    Wobble,
    /// A driven sine that drops onto its pitch and rings: the bass drum as a bass.
    DrivenSub,
    /// FM bass with a click.
    FmBass,
    /// Rave lead of saws and pulses that rises onto its pitch.
    Hoover,
    /// Short chord stab of saws.
    Stab,
    /// Dark, resonant, short stab.
    TechnoStab,
    /// Brass of two saws a voice.
    SynthBrass,
    /// Warm saw and pulse for chords.
    PolySynth,
    /// Square-wave lead.
    SquareLead,
    /// Thin gliding lead.
    Whine,
    /// Bright, wide lead with glide.
    BigLead,
    /// Soft pluck.
    SoftPluck,
    /// String ensemble of saws.
    StringMachine,
    /// Low pad that moves.
    DarkPad,
    /// High, airy pad.
    BrightPad,
    /// Bright FM piano of ballads.
    GlassKeys,
    /// Synthetic choir on "a".
    Aahs,
    /// Synthetic choir on "o".
    Oohs,
    /// Choir that belts.
    GospelChoir,
    /// A chopped voice.
    VoxChop,
    /// Noise and tone that fall through the note.
    Downlifter,
    /// Chip arpeggio: a thin square.
    ChipArp,
    /// Low tone that rolls with the beat.
    Rumble,
    /// A sine that falls out of hearing.
    SubDrop,
    /// A reversed cymbal, over when the note is.
    Swell,
    /// Tape hiss.
    Hiss,
}

impl SynthPatch {
    /// Every patch.
    pub const ALL: [Self; 39] = [
        Self::SuperSaw,
        Self::Pluck,
        Self::SubBass,
        Self::SawBass,
        Self::WarmPad,
        Self::FmKeys,
        Self::Bell,
        Self::Lead,
        Self::Riser,
        Self::Impact,
        Self::Vinyl,
        Self::Acid,
        Self::Reese,
        Self::Wobble,
        Self::DrivenSub,
        Self::FmBass,
        Self::Hoover,
        Self::Stab,
        Self::TechnoStab,
        Self::SynthBrass,
        Self::PolySynth,
        Self::SquareLead,
        Self::Whine,
        Self::BigLead,
        Self::SoftPluck,
        Self::StringMachine,
        Self::DarkPad,
        Self::BrightPad,
        Self::GlassKeys,
        Self::Aahs,
        Self::Oohs,
        Self::GospelChoir,
        Self::VoxChop,
        Self::Downlifter,
        Self::ChipArp,
        Self::Rumble,
        Self::SubDrop,
        Self::Swell,
        Self::Hiss,
    ];
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
    /// A percussion preset with kick, snare and toms of one of our kits struck along, through one compressor.
    Layered {
        /// Kit program of the SoundFont.
        program: u8,
        /// What is laid under it.
        kit: DrumKit,
    },
    /// A sampled guitar through our amplifier: drive and cabinet, double-tracked.
    Amped {
        /// General MIDI program of the dry guitar (27 or 28).
        program: u8,
        /// 0 just breaking up – 1 high gain.
        drive: f32,
    },
    /// A guitar of computed strings; the electric ones through our amplifier.
    Strung {
        /// Which.
        guitar: Guitar,
        /// 0 clean – 1 high gain.
        #[serde(default)]
        drive: f32,
    },
    /// A drawbar organ through a rotating loudspeaker.
    Organ {
        /// How it is set.
        registration: Registration,
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
        matches!(self, Self::Kit { .. } | Self::Layered { .. } | Self::Machine { .. })
    }

    /// Whether it is driven so hard that a third in a chord would growl: it plays bare fifths.
    pub fn is_overdriven(self) -> bool {
        match self {
            Self::Amped { drive, .. }
            | Self::Strung {
                guitar: Guitar::Humbucker | Guitar::SingleCoil,
                drive,
            } => drive >= 0.35,
            _ => false,
        }
    }

    /// The same guitar with its amplifier turned: `drive` times `factor`, at most 1. Everything else stays.
    #[must_use]
    pub fn driven(mut self, factor: f32) -> Self {
        if let Self::Amped { drive, .. } | Self::Strung { drive, .. } = &mut self {
            *drive = (*drive * factor).clamp(0.0, 1.0);
        }
        self
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
    /// How far a low-pass is closed in quiet sections, opening towards louder ones; 0 = none, 1 = to a few hundred Hz.
    #[serde(default, skip_serializing_if = "none")]
    pub sweep: f32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn none(amount: &f32) -> bool {
    *amount == 0.0
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
            sweep: 0.0,
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
