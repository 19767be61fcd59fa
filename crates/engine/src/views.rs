//! The files of a song: every one a view of the same score and the same samples.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use catbird_media::{
    cover,
    font::{Face, FontError},
    mp3, tags, video, wav,
};
use catbird_score::{Score, Track, lrc::lrc, midi::midi};
use catbird_sound::Stereo;

use crate::{Made, pictures, stems};

/// Samples a second of everything we deliver.
pub const SAMPLE_RATE: u32 = 44_100;
/// Default MP3 bit rate, kbit/s.
pub(crate) const MP3_KBPS: u32 = 256;

/// One file of a song.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// `wav`, `mp3`, `midi`, `lrc`, `cover` or `score`.
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
    /// The font of covers and videos is none.
    #[error("cannot use the font: {0}")]
    Font(#[from] FontError),
    /// The lyric video has no sound or no picture.
    #[error("cannot make the video: {0}")]
    Video(#[from] video::VideoError),
}

pub(crate) fn write(path: PathBuf, bytes: impl AsRef<[u8]>) -> Result<PathBuf, ViewError> {
    match fs::write(&path, bytes) {
        Ok(()) => Ok(path),
        Err(source) => Err(ViewError::Write { path, source }),
    }
}

impl Made {
    /// Writes `song.wav`, `song.mp3` (with tags and cover), `song.mid`, `cover.jpg`, `lyrics.lrc` (when
    /// sung) and `score.json`. `font` is a TrueType font's bytes, see [`crate::Maker::font`].
    ///
    /// # Errors
    /// [`ViewError`]; files already written stay.
    ///
    /// # Panics
    /// Never: a score always serialises.
    pub fn write_views(&self, dir: &Path, font: &[u8]) -> Result<Vec<View>, ViewError> {
        let audio = &self.rendering.master;
        let face = Face::parse(font)?;
        let ((wav, cover), mp3) = rayon::join(
            || {
                let peaks = pictures::waveform(&audio.left, &audio.right, SAMPLE_RATE);
                (
                    sound_file(&self.score, audio),
                    cover::draw(&pictures::cover(&self.score, &peaks), &face),
                )
            },
            || mp3::encode(&audio.left, &audio.right, SAMPLE_RATE, MP3_KBPS),
        );
        let mp3 = tags::write(&mp3?, &pictures::tags(&self.score, cover.clone()));
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
            view("cover", "image/jpeg", "jpg", "cover.jpg", &cover)?,
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
    pub fn write_all(&self, dir: &Path, font: &[u8]) -> Result<Vec<PathBuf>, ViewError> {
        let folder = dir.join("stems");
        let with_stems = !self.rendering.stems.is_empty();
        let deepest = if with_stems { &folder } else { dir };
        fs::create_dir_all(deepest).map_err(|source| ViewError::Write {
            path: deepest.to_path_buf(),
            source,
        })?;
        if !with_stems {
            return Ok(self.write_views(dir, font)?.into_iter().map(|v| v.path).collect());
        }
        let mix = dir.join("premaster.wav");
        // The tracks are written one after the other, beside the encoders.
        let (views, tracks) = rayon::join(
            || self.write_views(dir, font),
            || {
                stems::write_mix(&self.rendering, &mix)?;
                stems::write_tracks(&self.rendering, &folder)
            },
        );
        let mut paths: Vec<PathBuf> = views?.into_iter().map(|v| v.path).collect();
        paths.push(mix);
        paths.extend(tracks?.into_iter().map(|track| track.file.path));
        if let Some(dry) = &self.rendering.vocals_dry {
            paths.push(write(
                folder.join("vocals_dry.wav"),
                wav::encode_mono(dry, SAMPLE_RATE),
            )?);
        }
        Ok(paths)
    }
}

/// Writes what [`crate::Maker::sing`] made: `vocals_dry.wav`, `song.mid`, `score.json` and `lyrics.lrc`.
///
/// # Errors
/// [`ViewError`]; files already written stay.
///
/// # Panics
/// Never: a score always serialises.
pub fn write_voice(score: &Score, voice: &[f32], dir: &Path) -> Result<Vec<PathBuf>, ViewError> {
    let json = serde_json::to_vec(score).expect("a score has string keys and finite numbers");
    let files = [
        ("vocals_dry.wav", wav::encode_mono(voice, SAMPLE_RATE)),
        ("song.mid", midi(score)),
        ("score.json", json),
        ("lyrics.lrc", lrc(score).into_bytes()),
    ];
    files.iter().map(|(name, bytes)| write(dir.join(name), bytes)).collect()
}

/// The WAV. Where a recording sounds as it is, its samples are those of its own file, bit for bit: then
/// there is no dither.
fn sound_file(score: &Score, audio: &Stereo) -> Vec<u8> {
    if score.reels.iter().any(|reel| reel.track == Track::Whole) {
        wav::encode_exact(&audio.left, &audio.right, SAMPLE_RATE)
    } else {
        wav::encode(&audio.left, &audio.right, SAMPLE_RATE)
    }
}

/// The lyric video of a score as an MP4; `mp3` and `cover` are its files.
///
/// # Errors
/// [`ViewError`].
pub fn lyric_video(score: &Score, mp3: &[u8], cover: &[u8], font: &[u8]) -> Result<Vec<u8>, ViewError> {
    let face = Face::parse(font)?;
    Ok(video::encode(&pictures::lyric_video(score, cover, mp3), &face)?)
}
