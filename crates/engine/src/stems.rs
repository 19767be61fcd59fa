//! The tracks of a piece as files: 24-bit WAVs whose sum is the mix before the master.

use std::path::Path;

use catbird_media::wav;
use catbird_sound::{Rendering, Stem, Stereo, stems::exact};
use rayon::prelude::*;

use crate::views::{SAMPLE_RATE, View, ViewError, write};

/// A track's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Id of the part, `vocals`, `fx`, `instrumental`.
    pub id: String,
    /// What a musician would call it.
    pub name: String,
    /// The WAV.
    pub file: View,
}

/// Writes the tracks: with `full` every part, the voice and the effects (of a mere recording drums, bass and the rest
/// of its backing); otherwise voice and band,
/// each with its effects; the files are named by the tracks' ids. A piece without a voice has no track for it. The rendering must have been
/// made with stems.
///
/// # Errors
/// [`ViewError`]; files already written stay.
pub fn write_tracks(rendering: &Rendering, full: bool, dir: &Path) -> Result<Vec<Track>, ViewError> {
    let Some(mix) = &rendering.mix else {
        return Ok(Vec::new());
    };
    let (whole, halves);
    let stems: &[Stem] = if full {
        whole = rendering.full_stems();
        &whole
    } else {
        halves = rendering.voice_and_band().map(Vec::from).unwrap_or_default();
        &halves
    };
    let sung = rendering.vocals_dry.is_some();
    let stems: Vec<_> = stems.iter().filter(|s| sung || s.id != "vocals").collect();
    let audio: Vec<&Stereo> = stems.iter().map(|s| &s.audio).collect();
    let exact = exact(&audio, mix);
    let file = |(index, stem): (usize, &&Stem)| {
        let [left, right] = exact.track(index);
        let path = write(
            dir.join(format!("{}.wav", stem.id)),
            wav::encode_i24(&left, &right, SAMPLE_RATE),
        )?;
        Ok(Track {
            id: stem.id.clone(),
            name: stem.name.clone(),
            file: View {
                role: "wav",
                media_type: "audio/wav",
                extension: "wav",
                path,
            },
        })
    };
    stems.par_iter().enumerate().map(file).collect()
}

/// Writes the mix before the master as a 24-bit WAV: the sum of the tracks, sample by sample.
///
/// # Errors
/// [`ViewError`].
pub fn write_mix(rendering: &Rendering, path: &Path) -> Result<(), ViewError> {
    if let Some(mix) = &rendering.mix {
        let tracks: Vec<&Stereo> = rendering.stems.iter().map(|s| &s.audio).collect();
        let [left, right] = exact(&tracks, mix).mix();
        write(path.to_path_buf(), wav::encode_i24(&left, &right, SAMPLE_RATE))?;
    }
    Ok(())
}
