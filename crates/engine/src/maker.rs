//! Brief → score → rendering.

use std::{ops::ControlFlow, path::PathBuf, sync::OnceLock};

use catbird_music::{ComposeError, UnknownWords, compose};
use catbird_score::{Brief, Score};
use catbird_sound::{
    Rendering, SoundError, Step, Studio, StudioFiles, Want,
    voice::{OutOfVocabulary, unknown::UnknownError},
};

/// Where the engine's assets lie.
#[derive(Clone, Debug)]
pub struct MakerFiles {
    /// The SoundFont of the band.
    pub soundfont: PathBuf,
    /// The singer's network.
    pub hibari: PathBuf,
    /// The network that pronounces words no dictionary has, and its table.
    pub pronouncer: (PathBuf, PathBuf),
    /// The font of covers and lyric videos.
    pub font: PathBuf,
}

/// Makes songs. Cheap to create: dictionaries, networks and the SoundFont are loaded by the first song.
pub struct Maker {
    studio: Studio,
    pronouncer_files: (PathBuf, PathBuf),
    pronouncer: OnceLock<Pronouncer>,
    font: PathBuf,
}

struct Pronouncer(OutOfVocabulary);

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
            hibari,
            pronouncer,
            font,
        } = files;
        Self {
            studio: Studio::new(StudioFiles { soundfont, hibari }),
            pronouncer_files: pronouncer,
            pronouncer: OnceLock::new(),
            font,
        }
    }

    /// The bytes of the font that covers and lyric videos are set in.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn font(&self) -> std::io::Result<Vec<u8>> {
        std::fs::read(&self.font)
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

    fn pronouncer(&self) -> Result<&Pronouncer, MakeError> {
        if let Some(loaded) = self.pronouncer.get() {
            return Ok(loaded);
        }
        let (network, table) = &self.pronouncer_files;
        let opened = Pronouncer(OutOfVocabulary::open(network, table)?);
        Ok(self.pronouncer.get_or_init(|| opened))
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
        want_stems: bool,
        progress: &(dyn Fn(&str, f32) -> ControlFlow<()> + Sync),
    ) -> Result<Made, MakeError> {
        if progress("composing", 0.01).is_break() {
            return Err(SoundError::Cancelled.into());
        }
        let score = self.compose(brief)?;
        let rendering = self.play(&score, want_stems, progress)?;
        Ok(Made { score, rendering })
    }

    /// Performs a score that exists already.
    ///
    /// # Errors
    /// [`SoundError`].
    pub fn play(
        &self,
        score: &Score,
        want_stems: bool,
        progress: &(dyn Fn(&str, f32) -> ControlFlow<()> + Sync),
    ) -> Result<Rendering, SoundError> {
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
        self.studio.render(score, Want { stems: want_stems, live: None }, &report)
    }
}
