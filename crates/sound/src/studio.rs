//! The studio: where a score becomes sound. Instruments and singer are loaded by the first song that
//! needs them and shared by all later ones.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use catbird_score::Score;
use rustysynth_ext::SoundFont;

use crate::{
    audio::{RATE, Stereo},
    band,
    error::SoundError,
    loudness::Loudness,
    master,
    mix::{self, Stem},
    progress::{Progress, Step, report},
    voice::Voice,
};

/// A rendering is held in memory as a whole, so it has an end.
const LONGEST_SECONDS: f64 = 1_800.0;

/// Where the studio's sounds lie.
#[derive(Clone, Debug)]
pub struct StudioFiles {
    /// The `SoundFont` (SF2 or SF3).
    pub soundfont: PathBuf,
    /// The singer's network.
    pub hibari: PathBuf,
}

/// What a caller wants besides the master.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// Every track of the mix; each costs as much memory as the master.
    pub stems: bool,
}

/// A score that was made to sound.
#[derive(Clone, Debug)]
pub struct Rendering {
    /// The finished song: exactly `score.seconds` long, loudness and true peak as the score asks.
    pub master: Stereo,
    /// The tracks as they enter the mix (their sum is the mix before the master); empty unless wanted.
    pub stems: Vec<Stem>,
    /// The voice alone, mono, before any effect; `None` for instrumentals.
    pub vocals_dry: Option<Vec<f32>>,
    /// The master's measured loudness.
    pub loudness: Loudness,
}

/// Plays scores. Cheap to create: nothing is read before the first rendering.
pub struct Studio {
    files: StudioFiles,
    samples: Mutex<Option<Arc<SoundFont>>>,
    voice: Mutex<Option<Arc<Voice>>>,
}

impl Studio {
    /// A studio on these files.
    pub fn new(files: StudioFiles) -> Self {
        Self {
            files,
            samples: Mutex::new(None),
            voice: Mutex::new(None),
        }
    }

    /// Sings, plays, mixes and masters. The same score gives the same samples on any number of
    /// threads. `progress` hears named steps in order and may break the work off.
    pub fn render(&self, score: &Score, want: Want, progress: &Progress<'_>) -> Result<Rendering, SoundError> {
        score.check()?;
        if score.seconds > LONGEST_SECONDS {
            return Err(SoundError::TooLong {
                seconds: score.seconds,
                limit: LONGEST_SECONDS,
            });
        }
        let frames = (score.seconds * f64::from(RATE)).round() as usize;
        let sung = score
            .vocal
            .as_ref()
            .is_some_and(|v| v.lines.iter().any(|l| l.notes().next().is_some()));
        let vocals_dry = if sung {
            report(progress, Step::Singing, 0.0)?;
            // The singer cannot be interrupted; a cancel is honoured when it has finished.
            let cancelled = AtomicBool::new(false);
            let hear = |done| {
                if progress(Step::Singing, done).is_break() {
                    cancelled.store(true, Ordering::Relaxed);
                }
            };
            let mut dry = self.voice()?.sing(score, &hear)?;
            if cancelled.into_inner() {
                return Err(SoundError::Cancelled);
            }
            dry.resize(frames, 0.0);
            report(progress, Step::Singing, 1.0)?;
            Some(dry)
        } else {
            None
        };
        report(progress, Step::Playing, 0.0)?;
        let samples = if band::needs_samples(score) {
            Some(self.samples()?)
        } else {
            None
        };
        let mix::Mix { mut audio, stems } = mix::mix(
            score,
            frames,
            samples.as_ref(),
            vocals_dry.as_deref(),
            want.stems,
            progress,
        )?;
        let loudness = master::master(&mut audio, &score.master, score.seed, progress)?;
        Ok(Rendering {
            master: audio,
            stems,
            vocals_dry,
            loudness,
        })
    }

    fn samples(&self) -> Result<Arc<SoundFont>, SoundError> {
        // Held while loading, so that two first songs load once.
        let mut loaded = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(samples) = &*loaded {
            return Ok(Arc::clone(samples));
        }
        let samples = open_soundfont(&self.files.soundfont)?;
        *loaded = Some(Arc::clone(&samples));
        Ok(samples)
    }

    fn voice(&self) -> Result<Arc<Voice>, SoundError> {
        let mut loaded = self.voice.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(voice) = &*loaded {
            return Ok(Arc::clone(voice));
        }
        let voice = Arc::new(Voice::open(&self.files.hibari)?);
        *loaded = Some(Arc::clone(&voice));
        Ok(voice)
    }
}

/// Reads a `SoundFont`; SF3's compressed samples are decoded here (about a second).
pub(crate) fn open_soundfont(path: &std::path::Path) -> Result<Arc<SoundFont>, SoundError> {
    let fail = |reason: String| SoundError::SoundFont {
        path: path.into(),
        reason,
    };
    let bytes = std::fs::read(path).map_err(|e| fail(e.to_string()))?;
    // What cannot be baked is left to the loader, which knows how to complain.
    let bytes = band::soundfont::bake(&bytes).unwrap_or(bytes);
    SoundFont::new(&mut bytes.as_slice())
        .map(Arc::new)
        .map_err(|e| fail(e.to_string()))
}
