//! The orchestra: which instruments there are, what they sound like, and what they can do in a band.

use std::{collections::BTreeMap, sync::OnceLock};

use catbird_score::{PartRole, Sound};
use serde::Deserialize;

/// An instrument of the catalogue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// The name a musician would use.
    pub name: String,
    /// What plays it.
    pub sound: Sound,
    /// Lowest and highest comfortable MIDI pitch.
    pub range: [u8; 2],
    /// Whether a note holds its loudness until it is released.
    pub sustains: bool,
    /// The roles it takes, its natural one first.
    pub can: Vec<PartRole>,
    /// Trim, dB.
    pub gain_db: f32,
    /// Usual reverb send.
    pub reverb: f32,
    /// Usual high-pass corner, Hz.
    pub low_cut_hz: f32,
    /// Usual tilt, dB.
    pub tilt_db: f32,
    /// How often its melodies slide into a note, bend up to one, and fall off at the end, 0–1.
    #[serde(default)]
    pub idiom: Idiom,
    /// The figure it accompanies with when nothing else is prescribed.
    #[serde(default)]
    pub figure: String,
}

/// How often a player of it does what its notes do not say.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Idiom {
    /// Slides from the note before, where the two are near.
    pub slide: f64,
    /// Bends long notes up from below.
    pub bend: f64,
    /// Lets phrases fall off.
    pub fall: f64,
}

impl Instrument {
    /// Whether it can take a role.
    pub fn can(&self, role: PartRole) -> bool {
        self.can.contains(&role)
    }
}

/// The instrument `key`, if the catalogue has it.
pub fn find(key: &str) -> Option<&'static Instrument> {
    all().get(key)
}

/// The whole catalogue, by key.
///
/// # Panics
/// When the embedded file is broken, which a test rules out.
pub fn all() -> &'static BTreeMap<String, Instrument> {
    static ALL: OnceLock<BTreeMap<String, Instrument>> = OnceLock::new();
    ALL.get_or_init(|| {
        toml::from_str(include_str!("../data/vocabulary/instruments.toml")).expect("instruments.toml is tested")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instrument_has_a_range_and_a_role() {
        assert!(all().len() > 80);
        for (key, i) in all() {
            assert!(
                i.range[0] <= i.range[1] && i.range[1] <= 127 && !i.can.is_empty(),
                "{key}"
            );
            let comps = i.can(PartRole::Comp) || i.can(PartRole::Pad);
            assert!(!comps || !i.figure.is_empty(), "{key} accompanies without a figure");
        }
    }
}
