//! The studio: where a score becomes sound. Instruments and singer are loaded by the first song that
//! needs them and shared by all later ones.

use std::{
    ops::ControlFlow,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
};

use catbird_score::{Score, SungLine};
use rustysynth_ext::SoundFont;

use crate::{
    audio::{RATE, Stereo},
    band,
    error::SoundError,
    live::{self, BrokenOff, feed::Feed},
    loudness::Loudness,
    master,
    mix::{self, Stem},
    progress::{Progress, Step, report},
    tape::{Splice, Tape, patched_voice},
    voice::{self, Rendered, Voice},
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

/// Hears the song while it is being made: finished stereo at 44.1 kHz, left and right of equal length,
/// in order and without a gap.
pub type Live<'a> = dyn Fn(&[f32], &[f32]) + Sync + 'a;

/// What a caller wants besides the master.
#[derive(Clone, Copy, Default)]
pub struct Want<'a> {
    /// Every track of the mix; each costs as much memory as the master.
    pub stems: bool,
    /// Told the sound as early as possible, see [`Live`].
    pub live: Option<&'a Live<'a>>,
}

/// A score that was made to sound.
#[derive(Clone, Debug)]
pub struct Rendering {
    /// The finished song: exactly `score.seconds` long, loudness and true peak as the score asks.
    pub master: Stereo,
    /// The mix before the master; `None` unless stems are wanted.
    pub mix: Option<Stereo>,
    /// The tracks as they enter the mix (their sum is the mix before the master); empty unless wanted.
    pub stems: Vec<Stem>,
    /// The voice alone, mono, before any effect; `None` for instrumentals.
    pub vocals_dry: Option<Vec<f32>>,
    /// The master's measured loudness.
    pub loudness: Loudness,
    /// The voice's share of the stem `fx`.
    pub(crate) voice_fx: Option<Stereo>,
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
    /// threads, listened to ([`Want::live`]) or not. `progress` hears named steps in order and may
    /// break the work off, which also ends the live sound.
    pub fn render(&self, score: &Score, want: Want<'_>, progress: &Progress<'_>) -> Result<Rendering, SoundError> {
        let layers = layers(score)?;
        let total = frames(score);
        // Up to the earliest patch the oldest layer is what will be heard.
        let until = layers.iter().filter_map(|l| l.patch.as_deref());
        let until = until.fold(total, |until, p| until.min((p.from * f64::from(RATE)).round() as usize));
        let mut tape: Option<Tape> = None;
        let mut heard = None;
        for (i, layer) in layers.iter().enumerate() {
            let progress = share(i, &layers, progress);
            tape = Some(match (tape, &layer.patch) {
                (Some(base), Some(patch)) => {
                    let new = self.record(layer, want.stems, &progress, None, None)?;
                    let splice = Splice::new(patch.from, patch.to, new.mix.frames());
                    base.patched(new, &splice)
                }
                _ => match want.live {
                    Some(sink) => {
                        let (tape, broken_off) = self.record_aloud(layer, want.stems, &progress, sink, until)?;
                        heard = broken_off;
                        tape
                    }
                    None => self.record(layer, want.stems, &progress, None, None)?,
                },
            });
        }
        let Tape {
            mix: mut audio,
            stems,
            voice_fx,
            dry,
        } = tape.unwrap_or_default();
        if let Some(heard) = heard {
            heard.go_on(&audio, progress)?;
        }
        let mix = want.stems.then(|| audio.clone());
        let loudness = master::master(&mut audio, &score.master, score.seed, progress)?;
        Ok(Rendering {
            master: audio,
            mix,
            stems,
            vocals_dry: dry,
            loudness,
            voice_fx,
        })
    }

    /// Sings only: the dry voice, mono, `round(score.seconds · 44100)` samples, the same as
    /// [`Rendering::vocals_dry`]; silence for an instrumental.
    pub fn vocals(&self, score: &Score, progress: &Progress<'_>) -> Result<Vec<f32>, SoundError> {
        let layers = layers(score)?;
        let mut voice = None;
        for (i, layer) in layers.iter().enumerate() {
            let (i, count) = (i as f32, layers.len() as f32);
            let new = self.sing(layer, &|step, done| progress(step, (i + done) / count), None)?;
            voice = match &layer.patch {
                Some(patch) if i > 0.0 => {
                    let splice = Splice::new(patch.from, patch.to, frames(layer));
                    patched_voice(voice, new.as_deref(), frames(layer), &splice)
                }
                _ => new,
            };
        }
        Ok(voice.unwrap_or_else(|| vec![0.0; frames(score)]))
    }

    /// As [`Self::record`], while `sink` hears it up to frame `until`. What comes after that, if
    /// anything does, is left to the returned stage.
    fn record_aloud<'a>(
        &self,
        score: &Score,
        stems: bool,
        progress: &Progress<'_>,
        sink: &'a Live<'a>,
        until: usize,
    ) -> Result<(Tape, Option<BrokenOff<'a>>), SoundError> {
        let feed = if is_sung(score) {
            Some(Feed::new(&voice::entries(score)?, frames(score)))
        } else {
            None
        };
        let (sender, blocks) = sync_channel(live::BLOCKS_AHEAD);
        let stage = live::Stage {
            score,
            frames: frames(score),
            until,
            feed: feed.as_ref(),
            blocks,
            sink,
        };
        std::thread::scope(|scope| {
            // Whatever happens here, nobody waits for a line that will not come.
            let closing = live::Closing(feed.as_ref());
            // A bank that does not load is the recording's to tell.
            let listening = scope.spawn(|| stage.perform(|| self.samples_of(score).ok()));
            let tape = self.record(score, stems, progress, feed.as_ref(), Some(sender));
            drop(closing);
            let broken_off = listening
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok((tape?, broken_off))
        })
    }

    /// Everything of one score before the master, its own patch left aside. Each line goes to `feed`
    /// and each block of the band to `blocks` as soon as it is there.
    fn record(
        &self,
        score: &Score,
        stems: bool,
        progress: &Progress<'_>,
        feed: Option<&Feed>,
        mut blocks: Option<SyncSender<live::Block>>,
    ) -> Result<Tape, SoundError> {
        let dry = self.sing(score, progress, feed)?;
        report(progress, Step::Playing, 0.0)?;
        let mut tap = |left: &[f32], right: &[f32]| {
            // Who listens may have heard enough.
            if let Some(sender) = &blocks
                && sender.send([left.to_vec(), right.to_vec()]).is_err()
            {
                blocks = None;
            }
        };
        let mix::Mix { audio, stems, voice_fx } = mix::mix(
            score,
            frames(score),
            self.samples_of(score)?.as_ref(),
            dry.as_deref(),
            stems,
            progress,
            &mut tap,
        )?;
        Ok(Tape {
            mix: audio,
            stems,
            voice_fx,
            dry,
        })
    }

    /// The dry voice, if anything is sung.
    fn sing(
        &self,
        score: &Score,
        progress: &Progress<'_>,
        feed: Option<&Feed>,
    ) -> Result<Option<Vec<f32>>, SoundError> {
        if !is_sung(score) {
            return Ok(None);
        }
        report(progress, Step::Singing, 0.0)?;
        let hear = |done| progress(Step::Singing, done);
        let line = |index: usize, rendered: &Rendered| {
            if let Some(feed) = feed {
                feed.line(index, rendered);
            }
        };
        let sung = self.voice()?.sing_aloud(score, &hear, &line)?;
        let mut dry = sung.ok_or(SoundError::Cancelled)?;
        dry.resize(frames(score), 0.0);
        report(progress, Step::Singing, 1.0)?;
        Ok(Some(dry))
    }

    fn samples_of(&self, score: &Score) -> Result<Option<Arc<SoundFont>>, SoundError> {
        band::needs_samples(score).then(|| self.samples()).transpose()
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

/// The score and what it patches, oldest first.
fn layers(score: &Score) -> Result<Vec<&Score>, SoundError> {
    score.check()?;
    if score.seconds > LONGEST_SECONDS {
        return Err(SoundError::TooLong {
            seconds: score.seconds,
            limit: LONGEST_SECONDS,
        });
    }
    let mut layers = vec![score];
    while let Some(patch) = layers.last().and_then(|s| s.patch.as_deref()) {
        layers.push(&patch.base);
    }
    layers.reverse();
    Ok(layers)
}

/// The progress of layer `i`. All but the last one are the first part of the last one's first step, so
/// that steps still come in order.
fn share<'a>(i: usize, layers: &[&Score], progress: &'a Progress<'a>) -> impl Fn(Step, f32) -> ControlFlow<()> + Sync {
    let (i, count) = (i as f32, layers.len() as f32);
    let first = match layers.last() {
        Some(last) if is_sung(last) => Step::Singing,
        _ => Step::Playing,
    };
    move |step, done| {
        if i + 1.0 < count {
            let (from, to) = match step {
                Step::Singing => (0.0, 0.5),
                Step::Playing => (0.5, 0.9),
                Step::Mixing | Step::Mastering => (0.9, 1.0),
            };
            progress(first, (i + from + (to - from) * done) / count)
        } else if step == first {
            progress(step, (i + done) / count)
        } else {
            progress(step, done)
        }
    }
}

fn is_sung(score: &Score) -> bool {
    let lines = score.vocal.iter().flat_map(|v| &v.lines);
    lines.flat_map(SungLine::notes).next().is_some()
}

fn frames(score: &Score) -> usize {
    (score.seconds * f64::from(RATE)).round() as usize
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
