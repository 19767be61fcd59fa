//! The sampled presets that songs play, each loaded when the first song needs it.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::Arc,
};

use catbird_score::{Score, Sound};
use rustysynth_ext::SoundFont;

use super::{
    sampler::Preset,
    soundfont::{
        bake,
        subset::{Keys, subset},
    },
};
use crate::error::SoundError;

/// Presets, and which of their keys are played.
pub(crate) type Presets = BTreeMap<Preset, Keys>;

/// Banks of one preset each, with the keys they have. A copy shares the samples.
#[derive(Clone, Default)]
pub(crate) struct Samples(HashMap<Preset, (Keys, Arc<SoundFont>)>);

impl Samples {
    /// The bank of a preset.
    ///
    /// # Panics
    /// When it was not loaded: [`presets`] says what a score needs.
    pub fn of(&self, preset: Preset) -> &Arc<SoundFont> {
        let loaded = self.0.get(&preset);
        &loaded.expect("the presets of a score are loaded before it is played").1
    }

    /// Loads what of `wanted` is not here yet from the `SoundFont` at `path`, which is not read when nothing
    /// lacks.
    pub fn load(&mut self, path: &Path, wanted: &Presets) -> Result<(), SoundError> {
        let loaded = |preset: &Preset| self.0.get(preset).map_or(0, |(keys, _)| *keys);
        let lacking: Presets = wanted
            .iter()
            .map(|(preset, keys)| (*preset, keys | loaded(preset)))
            .filter(|(preset, keys)| *keys != loaded(preset))
            .collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let fail = |reason: String| SoundError::SoundFont {
            path: path.into(),
            reason,
        };
        let file = std::fs::read(path).map_err(|e| fail(e.to_string()))?;
        let load = |bytes: &Vec<u8>| {
            let baked = bake(bytes);
            let font = SoundFont::new(&mut baked.as_ref().unwrap_or(bytes).as_slice());
            font.map(Arc::new).map_err(|e| fail(e.to_string()))
        };
        let mut whole: Option<Arc<SoundFont>> = None;
        for (preset, keys) in lacking {
            let loaded = match (subset(&file, preset.number(), keys), &whole) {
                (Some(part), _) => (keys, load(&part)?),
                // What cannot be taken apart is left to the loader, which knows how to complain.
                (None, Some(whole)) => (Keys::MAX, Arc::clone(whole)),
                (None, None) => (Keys::MAX, Arc::clone(whole.insert(load(&file)?))),
            };
            self.0.insert(preset, loaded);
        }
        Ok(())
    }
}

/// The presets that a score plays.
pub(crate) fn presets(score: &Score) -> Presets {
    let mut presets = Presets::new();
    for part in &score.parts {
        if let Some(preset) = preset(part.sound) {
            let keys = part.notes.iter().fold(0, |keys, note| keys | 1 << note.pitch.min(127));
            // The pieces of a kit are small, and some are let go by others that choke them.
            let keys = if matches!(preset, Preset::Kit(_)) {
                Keys::MAX
            } else {
                keys
            };
            *presets.entry(preset).or_default() |= keys;
        }
    }
    presets
}

/// The preset behind a sound, if it has one.
pub(crate) fn preset(sound: Sound) -> Option<Preset> {
    match sound {
        Sound::Sampled { bank, program } => Some(Preset::Melodic(bank, program)),
        Sound::Amped { program, .. } => Some(Preset::Melodic(0, program)),
        Sound::Kit { program } | Sound::Layered { program, .. } => Some(Preset::Kit(program)),
        Sound::Strung { .. } | Sound::Organ { .. } | Sound::Synth { .. } | Sound::Machine { .. } => None,
    }
}
