//! The files of a song: every one a view of the same score and the same samples.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use catbird_media::{mp3, wav};
use catbird_score::{lrc::lrc, midi::midi};

use crate::{Made, stems};

/// Samples a second of everything we deliver.
pub const SAMPLE_RATE: u32 = 44_100;
/// Default MP3 bit rate, kbit/s.
const MP3_KBPS: u32 = 256;

/// One file of a song.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// `wav`, `mp3`, `midi`, `lrc` or `score`.
    pub role: &'static str,
    /// MIME type.
    pub media_type: &'static str,
    /// File name extension.
    pub extension: &'static str,
    /// Where it was written.
    pub path: PathBuf,
}

/// A view could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The disk said no.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The MP3 encoder refused.
    #[error("cannot encode MP3: {0}")]
    Mp3(#[from] mp3::Mp3Error),
}

pub(crate) fn write(path: PathBuf, bytes: impl AsRef<[u8]>) -> Result<PathBuf, ViewError> {
    match fs::write(&path, bytes) {
        Ok(()) => Ok(path),
        Err(source) => Err(ViewError::Write { path, source }),
    }
}

impl Made {
    /// Writes `song.wav`, `song.mp3`, `song.mid`, `lyrics.lrc` (when sung) and `score.json`.
    ///
    /// # Errors
    /// [`ViewError`]; files already written stay.
    ///
    /// # Panics
    /// Never: a score always serialises.
    pub fn write_views(&self, dir: &Path) -> Result<Vec<View>, ViewError> {
        let audio = &self.rendering.master;
        let (wav, mp3) = rayon::join(
            || wav::encode(&audio.left, &audio.right, SAMPLE_RATE),
            || mp3::encode(&audio.left, &audio.right, SAMPLE_RATE, MP3_KBPS),
        );
        let mp3 = mp3?;
        let json = serde_json::to_vec(&self.score).expect("a score has string keys and finite numbers");
        let view = |role, media_type, extension, name: &str, bytes: &[u8]| {
            write(dir.join(name), bytes).map(|path| View {
                role,
                media_type,
                extension,
                path,
            })
        };
        let mut views = vec![
            view("wav", "audio/wav", "wav", "song.wav", &wav)?,
            view("mp3", "audio/mpeg", "mp3", "song.mp3", &mp3)?,
            view("midi", "audio/midi", "mid", "song.mid", &midi(&self.score))?,
            view("score", "application/json", "json", "score.json", &json)?,
        ];
        if self.score.vocal.is_some() {
            views.push(view(
                "lrc",
                "text/plain; charset=utf-8",
                "lrc",
                "lyrics.lrc",
                lrc(&self.score).as_bytes(),
            )?);
        }
        Ok(views)
    }

    /// Writes every view; when stems were rendered, also the mix before the master as
    /// `premaster.wav`, and below `stems/` every track (24-bit, their sum is that mix) and the dry
    /// voice.
    ///
    /// # Errors
    /// [`ViewError`]; files already written stay.
    pub fn write_all(&self, dir: &Path) -> Result<Vec<PathBuf>, ViewError> {
        let folder = dir.join("stems");
        let with_stems = !self.rendering.stems.is_empty();
        let deepest = if with_stems { &folder } else { dir };
        fs::create_dir_all(deepest).map_err(|source| ViewError::Write {
            path: deepest.to_path_buf(),
            source,
        })?;
        let mut paths: Vec<PathBuf> = self.write_views(dir)?.into_iter().map(|v| v.path).collect();
        if !with_stems {
            return Ok(paths);
        }
        let mix = dir.join("premaster.wav");
        stems::write_mix(&self.rendering, &mix)?;
        paths.push(mix);
        let tracks = stems::write_tracks(&self.rendering, true, &folder)?;
        paths.extend(tracks.into_iter().map(|track| track.file.path));
        if let Some(dry) = &self.rendering.vocals_dry {
            paths.push(write(folder.join("vocals_dry.wav"), wav::encode_mono(dry, SAMPLE_RATE))?);
        }
        Ok(paths)
    }
}
