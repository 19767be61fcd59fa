//! Brief → score → rendering.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
};

use catbird_ear::{Ear, EarError, EarFiles};
use catbird_media::mp3;
use catbird_music::{ComposeError, UnknownWords, compose};
use catbird_score::{Brief, Score};
use catbird_sound::{
    Recordings, Rendering, SoundError, Stems, Step, Studio, Want,
    voice::{OutOfVocabulary, unknown::UnknownError},
};

use crate::{
    shelf::{Open, Shelf, none},
    views::SAMPLE_RATE,
};

/// Where the engine's assets lie.
#[derive(Clone, Debug)]
pub struct MakerFiles {
    /// The SoundFont of the band.
    pub soundfont: PathBuf,
    /// The network that pronounces words no dictionary has, and its table.
    pub pronouncer: (PathBuf, PathBuf),
    /// The font of covers and lyric videos.
    pub font: PathBuf,
    /// The networks of the ear; needed only for recordings.
    pub ear: EarFiles,
}

impl MakerFiles {
    /// The files by the names that `assets.lock` gives them; `path` says where a name lies.
    pub fn named(path: impl Fn(&str) -> PathBuf) -> Self {
        Self {
            soundfont: path("MuseScore_General_Lite.sf3"),
            pronouncer: (path("oov.onnx"), path("oov.json")),
            font: path("Commissioner_700Bold.ttf"),
            ear: EarFiles {
                separation: [path("spleeter-voice.ckpt"), path("spleeter-band.ckpt")],
                notes: path("basic-pitch.onnx"),
                pitch: path("swift-f0.onnx"),
            },
        }
    }
}

/// Hears the bytes of an MP3 in order while a piece is rendered.
pub type LiveMp3<'a> = dyn Fn(&[u8]) + Sync + 'a;

/// Bit rate of previews, kbit/s.
const LIVE_KBPS: u32 = 192;

/// Makes songs. Cheap to create: dictionaries, networks and the SoundFont are loaded by the first song.
pub struct Maker {
    studio: Studio,
    pronouncer_files: (PathBuf, PathBuf),
    pronouncer: OnceLock<Pronouncer>,
    font: PathBuf,
    ear: Ear,
}

pub(crate) struct Pronouncer(OutOfVocabulary);

impl UnknownWords for Pronouncer {
    fn phonemes(&self, word: &str) -> Option<String> {
        self.0.phonemes(word)
    }
}

/// Why no song was made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The brief is at fault; the text is for the caller.
    #[error(transparent)]
    Brief(#[from] ComposeError),
    /// Something here is broken (a missing asset, a network that does not load).
    #[error(transparent)]
    Sound(#[from] SoundError),
    /// The network that pronounces unknown words does not load.
    #[error(transparent)]
    Pronouncer(#[from] UnknownError),
    /// A recording could not be listened to.
    #[error(transparent)]
    Ear(#[from] EarError),
    /// An edit lacks scores.
    #[error("the work names {needed} pieces, {given} were given")]
    Sources {
        /// As many as the work names.
        needed: usize,
        /// As many as came.
        given: usize,
    },
}

/// A finished song.
pub struct Made {
    /// What is played.
    pub score: Score,
    /// How it sounds.
    pub rendering: Rendering,
}

impl Maker {
    /// A maker on these files; nothing is read yet.
    pub fn new(files: MakerFiles) -> Self {
        let MakerFiles {
            soundfont,
            pronouncer,
            font,
            ear,
        } = files;
        Self {
            studio: Studio::new(soundfont),
            pronouncer_files: pronouncer,
            pronouncer: OnceLock::new(),
            font,
            ear: Ear::new(ear),
        }
    }

    /// The bytes of the font that covers and lyric videos are set in.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn font(&self) -> std::io::Result<Vec<u8>> {
        std::fs::read(&self.font)
    }

    pub(crate) fn font_path(&self) -> &Path {
        &self.font
    }

    /// What listens to recordings.
    pub fn ear(&self) -> &Ear {
        &self.ear
    }

    /// Writes the score alone.
    ///
    /// # Errors
    /// The brief's fault or ours, see [`MakeError`].
    pub fn compose(&self, brief: &Brief) -> Result<Score, MakeError> {
        // A network that does not load is an error: spelling rules in its place would change the song.
        let pronouncer = match &brief.lyrics {
            Some(_) => Some(self.pronouncer()? as &dyn UnknownWords),
            None => None,
        };
        Ok(compose(brief, pronouncer)?)
    }

    pub(crate) fn pronouncer(&self) -> Result<&Pronouncer, MakeError> {
        if let Some(loaded) = self.pronouncer.get() {
            return Ok(loaded);
        }
        let (network, table) = &self.pronouncer_files;
        let opened = Pronouncer(OutOfVocabulary::open(network, table)?);
        Ok(self.pronouncer.get_or_init(|| opened))
    }

    /// Composes a song and sings it without the band: the score and its dry voice, mono at 44.1 kHz. Needs
    /// no asset at all; where the pronouncer is not at hand, spelling rules read what no dictionary has.
    ///
    /// # Errors
    /// The brief's fault or ours, see [`MakeError`].
    pub fn sing(&self, brief: &Brief) -> Result<(Score, Vec<f32>), MakeError> {
        let (network, table) = &self.pronouncer_files;
        let score = if network.is_file() && table.is_file() {
            self.compose(brief)?
        } else {
            compose(brief, None)?
        };
        let voice = self.vocals(&score, None)?;
        Ok((score, voice))
    }

    /// Composes, sings, plays, mixes and masters.
    ///
    /// `progress` hears the step's name and the whole song's progress, 0–1 and never falling; it may
    /// break off the work.
    ///
    /// # Errors
    /// The brief's fault or ours, see [`MakeError`].
    pub fn make(
        &self,
        brief: &Brief,
        stems: Stems,
        progress: &(dyn Fn(&str, f32) -> ControlFlow<()> + Sync),
    ) -> Result<Made, MakeError> {
        if progress("composing", 0.01).is_break() {
            return Err(SoundError::Cancelled.into());
        }
        let score = self.compose(brief)?;
        let rendering = self.play(&score, stems, None, &none, progress)?;
        Ok(Made { score, rendering })
    }

    /// Performs a score that exists already. `live` hears an MP3 of it, in pieces, from as early on as
    /// possible: a preview whose loudness is only nearly that of the finished file. `open` brings the
    /// recordings that the score's reels name.
    ///
    /// # Errors
    /// [`SoundError`].
    pub fn play(
        &self,
        score: &Score,
        stems: Stems,
        live: Option<&LiveMp3<'_>>,
        open: &Open<'_>,
        progress: &(dyn Fn(&str, f32) -> ControlFlow<()> + Sync),
    ) -> Result<Rendering, SoundError> {
        let shelf = Shelf::new(&self.ear, open);
        // Shares of the wall time measured by the bench; without a voice the band has its share.
        let sung = score.vocal.is_some();
        let report = |step: Step, done: f32| {
            let (name, from, to) = match (step, sung) {
                (Step::Singing, _) => ("singing", 0.05, 0.45),
                (Step::Playing, true) => ("playing", 0.45, 0.8),
                (Step::Playing, false) => ("playing", 0.05, 0.75),
                (Step::Mixing, _) => ("mixing", 0.8, 0.88),
                (Step::Mastering, _) => ("mastering", 0.88, 0.96),
            };
            progress(name, from + (to - from) * done.clamp(0.0, 1.0))
        };
        let Some(live) = live else {
            let want = Want {
                stems,
                live: None,
                recordings: Some(&shelf),
            };
            return self.studio.render(score, want, &report);
        };
        // A preview that cannot be encoded is left out; the song itself does not need it.
        let stream = Mutex::new(mp3::Stream::new(SAMPLE_RATE, LIVE_KBPS).ok());
        let hear = |left: &[f32], right: &[f32]| {
            let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(open) = stream.as_mut() {
                match open.push(left, right) {
                    Ok(bytes) => live(&bytes),
                    Err(_) => *stream = None,
                }
            }
        };
        let want = Want {
            stems,
            live: Some(&hear),
            recordings: Some(&shelf),
        };
        let rendering = self.studio.render(score, want, &report)?;
        let rest = stream.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(Ok(bytes)) = rest.map(mp3::Stream::finish) {
            live(&bytes);
        }
        Ok(rendering)
    }

    /// The dry voice of a score, mono; where it sounds from a recording, the recording's. `open` brings
    /// recordings; without it there must be none.
    ///
    /// # Errors
    /// [`SoundError`].
    pub fn vocals(&self, score: &Score, open: Option<&Open<'_>>) -> Result<Vec<f32>, SoundError> {
        let shelf = open.map(|open| Shelf::new(&self.ear, open));
        let recordings = shelf.as_ref().map(|shelf| shelf as &dyn Recordings);
        self.studio.vocals(score, recordings, &|_, _| ControlFlow::Continue(()))
    }
}
