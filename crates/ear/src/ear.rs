//! The ear as a whole.

use std::{
    ops::ControlFlow,
    path::PathBuf,
    sync::{Mutex, OnceLock, PoisonError},
};

use catbird_score::Score;

use crate::{
    Progress, RATE, assemble, brightness,
    chords::Chords,
    chroma::Chroma,
    error::EarError,
    key, loudness, melody,
    notes::Notes,
    pitch::{Pitch, PitchCurve},
    rhythm, sections,
    separation::{Separated, Separation},
};

/// Where the ear's networks lie.
#[derive(Clone, Debug)]
pub struct EarFiles {
    /// Spleeter's two checkpoints: voice, accompaniment.
    pub separation: [PathBuf; 2],
    /// basic-pitch: notes.
    pub notes: PathBuf,
    /// swift-f0: the pitch of one voice.
    pub pitch: PathBuf,
}

/// Listens to recordings. Cheap to create: a network is loaded when it is first needed, and kept.
pub struct Ear {
    files: EarFiles,
    separation: OnceLock<Separation>,
    chords: OnceLock<Chords>,
    notes: OnceLock<Notes>,
    pitch: OnceLock<Pitch>,
}

/// The steps of listening, with the share of the work that each is.
const STEPS: [(&str, f32); 6] = [
    ("rhythm", 0.08),
    ("chords", 0.12),
    ("separating", 0.35),
    ("pitch", 0.12),
    ("notes", 0.28),
    ("form", 0.05),
];

/// From this share of the energy the voice's pitch is looked at: whether it is singing.
const WORTH_A_LOOK: f32 = 0.05;

impl Ear {
    /// An ear on these files; nothing is read yet.
    pub fn new(files: EarFiles) -> Self {
        Self {
            files,
            separation: OnceLock::new(),
            chords: OnceLock::new(),
            notes: OnceLock::new(),
            pitch: OnceLock::new(),
        }
    }

    /// Where its networks lie.
    pub fn files(&self) -> &EarFiles {
        &self.files
    }

    /// Voice and band apart; sample by sample they add up to the recording.
    ///
    /// # Errors
    /// [`EarError`].
    pub fn separate(&self, left: &[f32], right: &[f32], progress: &Progress<'_>) -> Result<Separated, EarError> {
        self.separation()?.separate(left, right, progress)
    }

    /// The score of a recording (44.1 kHz): see the crate's documentation.
    ///
    /// # Errors
    /// [`EarError::Nothing`] for silence, [`EarError::Cancelled`] when `progress` says so.
    pub fn hear(&self, left: &[f32], right: &[f32], progress: &Progress<'_>) -> Result<Score, EarError> {
        let dial = Dial::new(progress);
        let mono: Vec<f32> = left.iter().zip(right).map(|(l, r)| 0.5 * (l + r)).collect();
        let rhythm = rhythm::hear(&mono, &|_: &str, x| dial.tell(0, x))?;
        let ((chords, plain), voice) = rayon::join(
            || {
                rayon::join(
                    || self.chords()?.hear(&mono, &|_: &str, x| dial.tell(1, x)),
                    || (loudness::of(left, right), brightness::of(&mono)),
                )
            },
            || self.voice(left, right, &dial),
        );
        let (chords, (loudness, brightness_hz)) = (chords?, plain);
        let (voice, share) = voice?;
        let (lines, (key, sections)) = rayon::join(
            || self.lines(&mono, &voice, share, &dial),
            || {
                let chroma = Chroma::of(&mono);
                let sung = (share > WORTH_A_LOOK).then_some(voice.as_slice());
                (key::hear(&chroma, &chords), sections::hear(&mono, sung, &rhythm))
            },
        );
        let (line, sung) = lines?;
        dial.step(5, 1.0)?;
        assemble::score(assemble::Findings {
            seconds: mono.len() as f64 / f64::from(RATE),
            rhythm: &rhythm,
            key,
            sections,
            chords: &chords,
            melody: &line.melody,
            notes: &line.notes,
            loudness,
            voice: share,
            voice_pitch: sung.map_or(0.0, |curve| curve.median()),
            brightness_hz,
        })
    }

    /// The voice (mono), and its share of the energy.
    fn voice(&self, left: &[f32], right: &[f32], dial: &Dial) -> Result<(Vec<f32>, f32), EarError> {
        let apart = self
            .separation()?
            .separate(left, right, &|_: &str, x| dial.tell(2, x))?;
        let share = apart.share();
        Ok((apart.mono_voice(), share))
    }

    /// The melody and all notes, and the pitch of the voice when somebody sings.
    fn lines(
        &self,
        mono: &[f32],
        voice: &[f32],
        share: f32,
        dial: &Dial,
    ) -> Result<(Lines, Option<PitchCurve>), EarError> {
        let (pitch, notes) = (self.pitch()?, self.notes()?);
        let curve_of = |sound: &[f32]| pitch.hear(sound, &|_: &str, x| dial.tell(3, x));
        let sung = if share > WORTH_A_LOOK {
            Some(curve_of(voice)?)
        } else {
            None
        };
        if let Some(curve) = sung.filter(|curve| melody::sings(share, curve)) {
            let band: Vec<f32> = mono.iter().zip(voice).map(|(m, v)| m - v).collect();
            let notes = notes.hear(&band, &|_: &str, x| dial.tell(4, x))?;
            let melody = melody::sung(&melody::Voice {
                sound: voice,
                curve: &curve,
            });
            return Ok((Lines { melody, notes }, Some(curve)));
        }
        let (curve, heard) = rayon::join(|| curve_of(mono), || notes.hear(mono, &|_: &str, x| dial.tell(4, x)));
        let notes = heard?;
        let melody = melody::played(mono, &notes, &curve?);
        Ok((Lines { melody, notes }, None))
    }

    fn separation(&self) -> Result<&Separation, EarError> {
        once(&self.separation, || Separation::load(&self.files.separation))
    }

    fn chords(&self) -> Result<&Chords, EarError> {
        once(&self.chords, Chords::load)
    }

    fn notes(&self) -> Result<&Notes, EarError> {
        once(&self.notes, || Notes::load(&self.files.notes))
    }

    fn pitch(&self) -> Result<&Pitch, EarError> {
        once(&self.pitch, || Pitch::load(&self.files.pitch))
    }
}

/// What is played and what leads.
struct Lines {
    melody: Vec<crate::notes::HeardNote>,
    notes: Vec<crate::notes::HeardNote>,
}

/// The value, loaded when it is first asked for. Two at once may both load it; one of them is kept.
fn once<T>(cell: &OnceLock<T>, load: impl FnOnce() -> Result<T, EarError>) -> Result<&T, EarError> {
    if let Some(loaded) = cell.get() {
        return Ok(loaded);
    }
    let loaded = load()?;
    Ok(cell.get_or_init(|| loaded))
}

/// Several steps that run at once, told as one progress that never falls.
struct Dial<'a> {
    progress: &'a Progress<'a>,
    done: Mutex<[f32; STEPS.len()]>,
}

impl<'a> Dial<'a> {
    fn new(progress: &'a Progress<'a>) -> Self {
        Self {
            progress,
            done: Mutex::new([0.0; STEPS.len()]),
        }
    }

    fn tell(&self, step: usize, part: f32) -> ControlFlow<()> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done[step] = done[step].max(part.clamp(0.0, 1.0));
        let whole: f32 = done.iter().zip(STEPS).map(|(d, (_, share))| d * share).sum();
        // Told under the lock, so that what is told rises.
        (self.progress)(STEPS[step].0, whole.min(1.0))
    }

    fn step(&self, step: usize, part: f32) -> Result<(), EarError> {
        match self.tell(step, part) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(EarError::Cancelled),
        }
    }
}

#[cfg(test)]
mod tests;
