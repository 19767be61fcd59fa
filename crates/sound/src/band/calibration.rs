//! How much each sound must be turned up or down so that equal velocities sound equally loud. The
//! table is measured by `examples/calibrate.rs` and committed.

use std::{collections::BTreeMap, sync::LazyLock};

use catbird_score::{DrumKit, Sound, SynthPatch};
use serde::{Deserialize, Serialize};

/// The loudness every sound is brought to, LUFS: the loudest 400 ms of a note of velocity 100 (for
/// drums, of a bar of a plain beat).
pub(crate) const REFERENCE_LUFS: f32 = -20.0;

/// Gains in dB.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Calibration {
    /// By General MIDI program of bank 0.
    pub sampled: BTreeMap<u8, f32>,
    /// By General MIDI program: the exponent that gives its velocities 40 dB a decade. The bank's own
    /// layers and velocity modulators, which the sampler lacks, make some presets far steeper.
    pub touch: BTreeMap<u8, f32>,
    /// By program of the percussion bank.
    pub kits: BTreeMap<u8, f32>,
    /// By program of the dry guitar: gains at drive 0, ¼, ½, ¾, 1.
    pub amped: BTreeMap<u8, [f32; 5]>,
    /// By patch name.
    pub patches: BTreeMap<String, f32>,
    /// By machine name.
    pub machines: BTreeMap<String, f32>,
    /// By `program kit` of layered kits.
    pub layered: BTreeMap<String, f32>,
    /// By guitar name: gains at drive 0, ¼, ½, ¾, 1.
    pub strung: BTreeMap<String, [f32; 5]>,
    /// By registration name.
    pub organs: BTreeMap<String, f32>,
}

static TABLE: LazyLock<Calibration> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/calibration.json")).expect("the committed calibration is valid")
});

/// A patch's or machine's name in the table: as in the score's JSON.
pub(crate) fn name<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The exponent for the velocities of `sound`, around 100.
pub(crate) fn touch(sound: Sound) -> f32 {
    match sound {
        Sound::Sampled { program, .. } => TABLE.touch.get(&program).copied().unwrap_or(1.0),
        _ => 1.0,
    }
}

/// A layered kit's name in the table.
pub(crate) fn layer(program: u8, kit: DrumKit) -> String {
    format!("{program} {}", name(kit))
}

/// Between the gains at drive 0, ¼, ½, ¾ and 1.
fn driven(gains: &[f32; 5], drive: f32) -> f32 {
    let at = drive.clamp(0.0, 1.0) * 4.0;
    let i = (at as usize).min(3);
    gains[i] + (gains[i + 1] - gains[i]) * (at - i as f32)
}

/// The gain of `sound`, dB. A preset that was not measured plays as it is recorded.
pub(crate) fn gain_db(sound: Sound) -> f32 {
    let patch = |p: SynthPatch| TABLE.patches.get(&name(p)).copied();
    let machine = |k: DrumKit| TABLE.machines.get(&name(k)).copied();
    match sound {
        Sound::Sampled { program, .. } => TABLE.sampled.get(&program).copied(),
        Sound::Kit { program } => TABLE.kits.get(&program).or_else(|| TABLE.kits.get(&0)).copied(),
        Sound::Layered { program, kit } => TABLE
            .layered
            .get(&layer(program, kit))
            .or_else(|| TABLE.layered.values().next())
            .copied(),
        Sound::Amped { program, drive } => {
            let gains = TABLE.amped.get(&program).or_else(|| TABLE.amped.get(&27));
            gains.map(|gains| driven(gains, drive))
        }
        Sound::Strung { guitar, drive } => TABLE.strung.get(&name(guitar)).map(|gains| driven(gains, drive)),
        Sound::Organ { registration } => TABLE.organs.get(&name(registration)).copied(),
        Sound::Synth { patch: p } => patch(p),
        Sound::Machine { kit } => machine(kit),
    }
    .unwrap_or(0.0)
}
