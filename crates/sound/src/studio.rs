//! The studio: where a score becomes sound. Instruments and singer are loaded by the first song that
//! needs them and shared by all later ones.

use std::{
    borrow::Cow,
    ops::ControlFlow,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
};

use catbird_score::{Score, SungLine, Track};

use crate::{
    audio::{RATE, Stereo, add},
    band::samples::{Samples, presets},
    error::SoundError,
    live::{self, BrokenOff, ahead::Ahead, feed::Feed},
    loudness::Loudness,
    master,
    mix::{self, Stem, guests::Guests},
    progress::{Progress, Step, report},
    recordings::Recordings,
    reels::{
        assembly::{assemble, lay_voice},
        played,
        reader::Reader,
        whole::Wholes,
    },
    tape::{Splice, Tape, patched_voice},
    voice::{self, Rendered, Singing, Voice, cast::Who},
};

/// A rendering is held in memory as a whole, so it has an end.
const LONGEST_SECONDS: f64 = 1_800.0;

/// Hears the song while it is being made: finished stereo at 44.1 kHz, left and right of equal length,
/// in order and without a gap.
pub type Live<'a> = dyn Fn(&[f32], &[f32]) + Sync + 'a;

/// Which tracks are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stems {
    /// None.
    #[default]
    None,
    /// What [`Rendering::voice_and_band`] needs: the voices and their effects, and recordings.
    Halves,
    /// Every track of the mix; each costs up to as much memory as the master.
    All,
}

/// What a caller wants besides the master, and where recordings come from.
#[derive(Clone, Copy, Default)]
pub struct Want<'a> {
    /// Which tracks of the mix.
    pub stems: Stems,
    /// Told the sound as early as possible, see [`Live`]. Of a piece with recordings: the one it begins
    /// with, if it does, then the rest when it is finished.
    pub live: Option<&'a Live<'a>>,
    /// Whoever has the recordings that the score's reels name; needed only where there are reels.
    pub recordings: Option<&'a dyn Recordings>,
}

/// A score that was made to sound.
#[derive(Clone, Debug)]
pub struct Rendering {
    /// The finished song: exactly `score.seconds` long, loudness and true peak as the score asks. Under
    /// a reel of a whole recording its samples, bit for bit.
    pub master: Stereo,
    /// The mix before the master; `None` unless stems are wanted. Under a reel of a whole recording it
    /// is the recording, and what is played beside it is as loud as the master is to be.
    pub mix: Option<Stereo>,
    /// The tracks as they enter the mix, with [`Stems::All`] (their sum is the mix before the master); those
    /// of the voice and of recordings with [`Stems::Halves`].
    /// What recordings add is in `vocals`, if it is singing, and in `recording`.
    pub stems: Vec<Stem>,
    /// The voice alone, mono, before any effect; `None` for instrumentals. The singing of recordings
    /// that have to be separated for it is only in it when stems are wanted.
    pub vocals_dry: Option<Vec<f32>>,
    /// The master's measured loudness.
    pub loudness: Loudness,
    /// What the effects answer to the voice; only with [`Stems::Halves`], and then silent where nobody sings.
    pub(crate) voice_fx: Option<Stereo>,
}

/// Plays scores. Cheap to create: nothing is read before the first rendering.
pub struct Studio {
    soundfont: PathBuf,
    samples: Mutex<Samples>,
}

impl Studio {
    /// A studio with this `SoundFont` (SF2 or SF3); its singers need no file.
    pub fn new(soundfont: impl Into<PathBuf>) -> Self {
        Self {
            soundfont: soundfont.into(),
            samples: Mutex::default(),
        }
    }

    /// Sings, plays, mixes and masters. The same score gives the same samples on any number of
    /// threads, listened to ([`Want::live`]) or not. `progress` hears named steps in order and may
    /// break the work off, which also ends the live sound.
    pub fn render(&self, score: &Score, want: Want<'_>, progress: &Progress<'_>) -> Result<Rendering, SoundError> {
        let layers = layers(score)?;
        let total = frames(score);
        let reader = Reader(want.recordings);
        let wholes = Wholes::of(score, total);
        let sound = wholes.read(Track::Whole, reader)?;
        let plain = layers.iter().all(|l| l.score.reels.is_empty());
        let ahead = want
            .live
            .filter(|_| !plain)
            .map(|sink| Ahead::begin(sink, &wholes, &sound));
        // Up to the earliest patch the oldest layer is what will be heard.
        let until = layers.iter().filter_map(|l| l.score.patch.as_deref());
        let until = until.fold(total, |until, p| until.min((p.from * f64::from(RATE)).round() as usize));
        let mut tape: Option<Tape> = None;
        let mut heard = None;
        for (i, layer) in layers.iter().enumerate() {
            let progress = share(i, &layers, progress);
            tape = Some(match (tape, &layer.score.patch) {
                (Some(base), Some(patch)) => {
                    let new = self.record(layer, reader, want.stems, &progress, None, None)?;
                    let splice = Splice::new(patch.from, patch.to, new.mix.frames());
                    base.patched(new, &splice)
                }
                _ => match want.live {
                    Some(sink) if plain => {
                        let (tape, broken_off) = self.record_aloud(layer, want.stems, &progress, sink, until)?;
                        heard = broken_off;
                        tape
                    }
                    _ => self.record(layer, reader, want.stems, &progress, None, None)?,
                },
            });
        }
        let tape = tape.unwrap_or_default();
        if let Some(heard) = heard {
            heard.go_on(&tape.mix, progress)?;
        }
        let stems = (want.stems != Stems::None).then_some(reader);
        let rendering = if wholes.is_empty() {
            finish(tape, score, want.stems, progress)?
        } else {
            assemble(tape, score, &wholes, &sound, stems, progress)?
        };
        if let Some(ahead) = ahead {
            ahead.go_on(&rendering.master);
        }
        Ok(rendering)
    }

    /// Sings only: the dry voice, mono, `round(score.seconds · 44100)` samples, the same as
    /// [`Rendering::vocals_dry`] with stems; silence where nobody sings. Under reels it is what was
    /// separated from their recordings.
    pub fn vocals(
        &self,
        score: &Score,
        recordings: Option<&dyn Recordings>,
        progress: &Progress<'_>,
    ) -> Result<Vec<f32>, SoundError> {
        let layers = layers(score)?;
        let total = frames(score);
        let reader = Reader(recordings);
        let mut voice = None;
        for (i, layer) in layers.iter().enumerate() {
            let (i, count) = (i as f32, layers.len() as f32);
            let progress = |step, done| progress(step, (i + done) / count);
            let new = Self::sing(&layer.played, Who::Front, &progress, None)?.map(|sung| sung.front);
            let new = together(new, Guests::dry(layer.score, total, reader)?);
            voice = match &layer.score.patch {
                Some(patch) if i > 0.0 => {
                    let splice = Splice::new(patch.from, patch.to, total);
                    patched_voice(voice, new.as_deref(), total, &splice)
                }
                _ => new,
            };
        }
        let mut voice = voice.unwrap_or_else(|| vec![0.0; total]);
        let wholes = Wholes::of(score, total);
        lay_voice(&mut voice, &wholes, &wholes.read(Track::Voice, reader)?);
        Ok(voice)
    }

    /// As [`Self::record`], while `sink` hears it up to frame `until`. What comes after that, if
    /// anything does, is left to the returned stage.
    fn record_aloud<'a>(
        &self,
        layer: &Layer<'_>,
        stems: Stems,
        progress: &Progress<'_>,
        sink: &'a Live<'a>,
        until: usize,
    ) -> Result<(Tape, Option<BrokenOff<'a>>), SoundError> {
        let score = &*layer.played;
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
            let tape = self.record(layer, Reader(None), stems, progress, feed.as_ref(), Some(sender));
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
        layer: &Layer<'_>,
        reader: Reader<'_>,
        stems: Stems,
        progress: &Progress<'_>,
        feed: Option<&Feed>,
        mut blocks: Option<SyncSender<live::Block>>,
    ) -> Result<Tape, SoundError> {
        let score = &*layer.played;
        let sung = Self::sing(score, Who::Everybody, progress, feed)?;
        report(progress, Step::Playing, 0.0)?;
        if !layer.score.reels.is_empty() && played::is_silent(score, &layer.score.reels) {
            return Ok(Tape {
                mix: Stereo::silence(frames(score)),
                voice_fx: (stems == Stems::Halves).then(|| Stereo::silence(frames(score))),
                ..Tape::default()
            });
        }
        let mut guests = Guests::read(layer.score, frames(score), reader, stems != Stems::None)?;
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
            &self.samples_of(score)?,
            sung.as_ref(),
            &guests,
            stems,
            progress,
            &mut tap,
        )?;
        Ok(Tape {
            mix: audio,
            stems,
            voice_fx,
            dry: together(sung.map(|sung| sung.front), guests.dry.take()),
        })
    }

    /// The dry voices, if anything is sung.
    fn sing(
        score: &Score,
        who: Who,
        progress: &Progress<'_>,
        feed: Option<&Feed>,
    ) -> Result<Option<Singing>, SoundError> {
        if !is_sung(score) {
            return Ok(None);
        }
        report(progress, Step::Singing, 0.0)?;
        let hear = |done| progress(Step::Singing, done);
        let line = |index: usize, rendered: &Arc<Rendered>| {
            if let Some(feed) = feed {
                feed.line(index, rendered);
            }
        };
        let sung = Voice::sing_aloud(score, who, &hear, &line)?;
        let mut sung = sung.ok_or(SoundError::Cancelled)?;
        sung.front.resize(frames(score), 0.0);
        report(progress, Step::Singing, 1.0)?;
        Ok(Some(sung))
    }

    /// What the score plays, and whatever songs before it played.
    fn samples_of(&self, score: &Score) -> Result<Samples, SoundError> {
        // Held while loading, so that two songs at once load once.
        let mut loaded = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.load(&self.soundfont, &presets(score))?;
        Ok(loaded.clone())
    }
}

/// A score and what of it is played.
struct Layer<'a> {
    score: &'a Score,
    played: Cow<'a, Score>,
}

/// The score and what it patches, oldest first.
fn layers(score: &Score) -> Result<Vec<Layer<'_>>, SoundError> {
    score.check()?;
    if score.seconds > LONGEST_SECONDS {
        return Err(SoundError::TooLong {
            seconds: score.seconds,
            limit: LONGEST_SECONDS,
        });
    }
    let mut scores = vec![score];
    while let Some(patch) = scores.last().and_then(|s| s.patch.as_deref()) {
        scores.push(&patch.base);
    }
    let layer = |score| Layer {
        score,
        played: played::played(score),
    };
    Ok(scores.into_iter().rev().map(layer).collect())
}

/// Masters a piece without whole recordings.
fn finish(tape: Tape, score: &Score, stems: Stems, progress: &Progress<'_>) -> Result<Rendering, SoundError> {
    let mut audio = tape.mix;
    let mix = (stems != Stems::None).then(|| audio.clone());
    let loudness = master::master(&mut audio, &score.master, score.seed, progress)?;
    Ok(Rendering {
        master: audio,
        mix,
        stems: tape.stems,
        vocals_dry: tape.dry,
        loudness,
        voice_fx: tape.voice_fx,
    })
}

/// Two mono voices as one.
fn together(own: Option<Vec<f32>>, recorded: Option<Vec<f32>>) -> Option<Vec<f32>> {
    match (own, recorded) {
        (Some(mut own), Some(recorded)) => {
            add(&mut own, &recorded);
            Some(own)
        }
        (own, recorded) => own.or(recorded),
    }
}

/// The progress of layer `i`. All but the last one are the first part of the last one's first step, so
/// that steps still come in order.
fn share<'a>(
    i: usize,
    layers: &[Layer<'_>],
    progress: &'a Progress<'a>,
) -> impl Fn(Step, f32) -> ControlFlow<()> + Sync + use<'a> {
    let (i, count) = (i as f32, layers.len() as f32);
    let first = match layers.last() {
        Some(last) if is_sung(&last.played) => Step::Singing,
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
    score.vocal.iter().any(|vocal| {
        let backing = vocal.backing.iter().flat_map(|chorister| &chorister.lines);
        vocal
            .lines
            .iter()
            .chain(backing)
            .flat_map(SungLine::notes)
            .next()
            .is_some()
    })
}

fn frames(score: &Score) -> usize {
    (score.seconds * f64::from(RATE)).round() as usize
}
