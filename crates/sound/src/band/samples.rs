//! The sampled presets that songs play, each loaded when the first song needs it.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
    sync::Arc,
};

use catbird_score::{Score, Sound};
use rustysynth_ext::SoundFont;

use super::{
    sampler::Preset,
    soundfont::{bake, subset},
};
use crate::error::SoundError;

/// Banks of one preset each. A copy shares the samples.
#[derive(Clone, Default)]
pub(crate) struct Samples(HashMap<Preset, Arc<SoundFont>>);

impl Samples {
    /// The bank of a preset.
    ///
    /// # Panics
    /// When it was not loaded: [`presets`] says what a score needs.
    pub fn of(&self, preset: Preset) -> &Arc<SoundFont> {
        self.0
            .get(&preset)
            .expect("the presets of a score are loaded before it is played")
    }

    /// Loads those of `wanted` that are not here yet from the `SoundFont` at `path`, which is not read when
    /// none lacks.
    pub fn load(&mut self, path: &Path, wanted: &BTreeSet<Preset>) -> Result<(), SoundError> {
        let lacking: Vec<Preset> = wanted.iter().filter(|p| !self.0.contains_key(p)).copied().collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let fail = |reason: String| SoundError::SoundFont {
            path: path.into(),
            reason,
        };
        let file = std::fs::read(path).map_err(|e| fail(e.to_string()))?;
        let mut whole: Option<Arc<SoundFont>> = None;
        for preset in lacking {
            let (bank, program) = preset.number();
            let font = match (subset::subset(&file, bank, program), &whole) {
                // What cannot be taken apart is left to the loader, which knows how to complain.
                (None, Some(whole)) => Arc::clone(whole),
                (part, _) => {
                    let is_part = part.is_some();
                    let bytes = part.as_ref().unwrap_or(&file);
                    let baked = bake(bytes);
                    let font = SoundFont::new(&mut baked.as_ref().unwrap_or(bytes).as_slice());
                    let font = font.map(Arc::new).map_err(|e| fail(e.to_string()))?;
                    if !is_part {
                        whole = Some(Arc::clone(&font));
                    }
                    font
                }
            };
            self.0.insert(preset, font);
        }
        Ok(())
    }
}

/// The presets that a score plays.
pub(crate) fn presets(score: &Score) -> BTreeSet<Preset> {
    score.parts.iter().filter_map(|part| preset(part.sound)).collect()
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
