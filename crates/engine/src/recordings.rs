//! Recordings that are brought in: admitting them, and listening to them.

use std::{
    fs, io,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use catbird_ear::EarError;
use catbird_media::{
    cover,
    decode::{self, DecodeError, Format, Limits, Recording},
    font::Face,
    mp3, tags, wav,
};
use catbird_music::{UnknownWords, edit};
use catbird_score::{Brief, Role, Score, Section};
use catbird_sound::Stereo;

use crate::{
    MakeError, Maker, alignment, pictures,
    views::{MP3_KBPS, SAMPLE_RATE, View, ViewError, write},
};

/// A recording that was let in, with its files.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// As asked for, or as its tags say; empty where nobody names it.
    pub title: String,
    /// Its length.
    pub seconds: f64,
    /// What it was before.
    pub format: Format,
    /// `recording` (the bytes as they came), `wav`, `mp3`, `cover`.
    pub files: Vec<View>,
}

/// Why a recording was not let in, or cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    /// It is no sound we can work on; the sentence is for the caller.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// It cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// Its files cannot be written.
    #[error(transparent)]
    View(#[from] ViewError),
}

/// Opens a recording that is to be worked on: within the limits of what is let in.
///
/// # Errors
/// [`AdmitError`].
pub fn open_new(path: &Path) -> Result<Stereo, AdmitError> {
    let Recording { left, right, .. } = decode(path, &Limits::default())?.1;
    Ok(Stereo { left, right })
}

/// Opens a file of ours again: whole, however long.
///
/// # Errors
/// [`AdmitError`].
pub fn open(path: &Path) -> Result<Stereo, AdmitError> {
    let limits = Limits {
        min_seconds: 0.0,
        max_seconds: 3600.0,
        max_bytes: usize::MAX,
    };
    let Recording { left, right, .. } = decode(path, &limits)?.1;
    Ok(Stereo { left, right })
}

fn decode(path: &Path, limits: &Limits) -> Result<(Vec<u8>, Recording), AdmitError> {
    let bytes = fs::read(path).map_err(|source| AdmitError::Read {
        path: path.to_owned(),
        source,
    })?;
    let recording = decode::decode(&bytes, limits)?;
    Ok((bytes, recording))
}

impl Maker {
    /// Checks and decodes a recording and writes its files into `dir`: `upload.<its kind>` as it came,
    /// `song.wav`, `song.mp3` with tags and `cover.jpg`. What is already an MP3 stays the MP3 that it is.
    ///
    /// # Errors
    /// [`AdmitError`]; files already written stay.
    pub fn admit(&self, file: &Path, brief: &Brief, dir: &Path) -> Result<Admitted, AdmitError> {
        let (bytes, recording) = decode(file, &Limits::default())?;
        let seconds = recording.seconds();
        let Recording {
            left,
            right,
            format,
            title,
            ..
        } = recording;
        let asked = brief.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
        let title = asked.map_or_else(|| title.unwrap_or_default(), str::to_owned);
        let face = self.font().map_err(|source| AdmitError::Read {
            path: self.font_path().to_owned(),
            source,
        })?;
        let face = Face::parse(&face).map_err(ViewError::from)?;
        let stand_in = unheard(&title, seconds, brief);
        let peaks = pictures::waveform(&left, &right, SAMPLE_RATE);
        let picture = cover::draw(&pictures::cover(&stand_in, &peaks), &face);
        let mp3 = if format.codec == "mp3" {
            bytes.clone()
        } else {
            let encoded = mp3::encode(&left, &right, SAMPLE_RATE, MP3_KBPS).map_err(ViewError::from)?;
            tags::write(&encoded, &pictures::tags(&stand_in, picture.clone()))
        };
        let view = |role, media_type, extension, name: &str, bytes: &[u8]| {
            write(dir.join(name), bytes).map(|path| View {
                role,
                media_type,
                extension,
                path,
            })
        };
        let upload = format!("upload.{}", format.extension);
        let files = vec![
            view("recording", format.media_type, origin(format), &upload, &bytes)?,
            view(
                "wav",
                "audio/wav",
                "wav",
                "song.wav",
                &wav::encode_exact(&left, &right, SAMPLE_RATE),
            )?,
            view("mp3", "audio/mpeg", "mp3", "song.mp3", &mp3)?,
            view("cover", "image/jpeg", "jpg", "cover.jpg", &picture)?,
        ];
        Ok(Admitted {
            title,
            seconds,
            format,
            files,
        })
    }

    /// Listens to a recording. Where its words are known they are laid on its melody, sung by ourselves,
    /// and moved to where the recording sings them.
    ///
    /// # Errors
    /// [`MakeError`]: the ear's ([`EarError::Nothing`] is for the caller), or the words'.
    pub fn hear(
        &self,
        recording: &Stereo,
        lyrics: Option<&str>,
        progress: &(dyn Fn(&str, f32) -> ControlFlow<()> + Sync),
    ) -> Result<Score, MakeError> {
        let share = if lyrics.is_some() { 0.6 } else { 1.0 };
        let heard = self.ear().hear(&recording.left, &recording.right, &|step, done| {
            progress(step, share * done)
        })?;
        let Some(lyrics) = lyrics.filter(|_| heard.heard.as_ref().is_some_and(catbird_score::Heard::sings)) else {
            return Ok(heard);
        };
        let unknown: &dyn UnknownWords = self.pronouncer()?;
        let mut worded = edit::with_words(&heard, lyrics, Some(unknown))?;
        if progress("aligning", 0.65).is_break() {
            return Err(EarError::Cancelled.into());
        }
        // Sung alone: what the recording sounds like is not asked here.
        let own = Score {
            reels: Vec::new(),
            parts: Vec::new(),
            ..worded.clone()
        };
        let reference = self.vocals(&own, None)?;
        let separated = self.ear().separate(&recording.left, &recording.right, &|step, done| {
            progress(step, 0.75 + 0.25 * done)
        })?;
        alignment::align(&mut worded, &reference, &separated.mono_voice());
        Ok(worded)
    }
}

/// The extension of a recording's own file: its kind, told apart from the files we make of it.
fn origin(format: Format) -> &'static str {
    match format.extension {
        "mp3" => "upload.mp3",
        "wav" => "upload.wav",
        "flac" => "upload.flac",
        "ogg" => "upload.ogg",
        "m4a" | "mp4" => "upload.m4a",
        "aac" => "upload.aac",
        "aiff" | "aif" => "upload.aiff",
        _ => "upload.bin",
    }
}

/// Stands in for the score while nobody has listened: title and length are all that is known.
fn unheard(title: &str, seconds: f64, brief: &Brief) -> Score {
    let bars = (seconds / 2.0).ceil().max(1.0) as u32;
    let mut score = Score::empty(title, seconds);
    score.sections.push(Section {
        name: "Recording".to_owned(),
        role: Role::Inst,
        start: 0,
        length: bars * score.meter.bar(),
        energy: 0.5,
    });
    score.brief = brief.clone();
    score
}
