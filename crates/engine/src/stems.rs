//! The tracks of a piece as files: 24-bit WAVs whose sum is the mix before the master.

use std::{
    borrow::Cow,
    fs::File,
    io::Write,
    ops::Range,
    path::{Path, PathBuf},
};

use catbird_media::wav;
use catbird_sound::{Rendering, Stem, stems::exact};
use rayon::prelude::*;

use crate::views::{SAMPLE_RATE, View, ViewError};

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

/// Writes the tracks that were kept, files named by the tracks' ids: voice and band, each with its effects,
/// of a rendering with [`Stems::Halves`](catbird_sound::Stems); otherwise every part, the voice and the
/// effects (of a mere recording drums, bass and the rest of its backing). A piece without a voice has no track
/// for it.
///
/// # Errors
/// [`ViewError`]; files already written stay.
pub fn write_tracks(rendering: &Rendering, dir: &Path) -> Result<Vec<Track>, ViewError> {
    let Some(mix) = &rendering.mix else {
        return Ok(Vec::new());
    };
    let halves = rendering.voice_and_band().map(Vec::from).map(Cow::Owned);
    let stems = halves.unwrap_or_else(|| rendering.full_stems());
    let sung = rendering.vocals_dry.is_some();
    let stems: Vec<_> = stems.iter().filter(|s| sung || s.id != "vocals").collect();
    let audio: Vec<&catbird_sound::Track> = stems.iter().map(|s| &s.audio).collect();
    let path = |stem: &&Stem| dir.join(format!("{}.wav", stem.id));
    let files: Vec<PathBuf> = stems.iter().map(path).collect();
    let exact = exact(&audio, mix);
    write_blocks(&files, exact.frames(), |frames| exact.tracks(frames))?;
    let track = |(stem, path): (&Stem, PathBuf)| Track {
        id: stem.id.clone(),
        name: stem.name.clone(),
        file: View {
            role: "wav",
            media_type: "audio/wav",
            extension: "wav",
            path,
        },
    };
    Ok(stems.into_iter().zip(files).map(track).collect())
}

/// Writes the mix before the master as a 24-bit WAV: the sum of the tracks, sample by sample.
///
/// # Errors
/// [`ViewError`].
pub fn write_mix(rendering: &Rendering, path: &Path) -> Result<(), ViewError> {
    let Some(mix) = &rendering.mix else {
        return Ok(());
    };
    let tracks: Vec<&catbird_sound::Track> = rendering.stems.iter().map(|s| &s.audio).collect();
    let exact = exact(&tracks, mix);
    write_blocks(&[path.to_path_buf()], exact.frames(), |frames| vec![exact.mix(frames)])
}

/// Frames computed by one thread, and how many such blocks are in memory at once.
const BLOCK: usize = 8_192;
const AT_ONCE: usize = 16;

/// Writes 24-bit files side by side, whose next frames `block` gives, one list a file.
fn write_blocks(
    files: &[PathBuf],
    frames: usize,
    block: impl Fn(Range<usize>) -> Vec<Vec<[i32; 2]>> + Sync,
) -> Result<(), ViewError> {
    let fail = |path: &Path, source| ViewError::Write {
        path: path.to_path_buf(),
        source,
    };
    let open = |path: &PathBuf| {
        let mut file = File::create(path)?;
        file.write_all(&wav::i24_header(frames, SAMPLE_RATE))?;
        Ok(file)
    };
    let mut open: Vec<(File, &PathBuf)> = files
        .iter()
        .map(|path| open(path).map(|file| (file, path)).map_err(|e| fail(path, e)))
        .collect::<Result<_, _>>()?;
    let starts: Vec<usize> = (0..frames).step_by(BLOCK).collect();
    for starts in starts.chunks(AT_ONCE) {
        let blocks: Vec<Vec<Vec<u8>>> = starts
            .par_iter()
            .map(|from| {
                let tracks = block(*from..(from + BLOCK).min(frames));
                tracks.iter().map(|track| wav::i24(track)).collect()
            })
            .collect();
        for block in blocks {
            for ((file, path), bytes) in open.iter_mut().zip(block) {
                file.write_all(&bytes).map_err(|e| fail(path, e))?;
            }
        }
    }
    Ok(())
}
