//! The singer: the sung part of a score as one dry mono track.
//!
//! A line is read by the network at natural speed and at the pitch of the song ([`house`]); what it
//! says is cut into sounds ([`unit`]), laid on the notes ([`plan`]), and spoken again by a source-filter
//! synthesiser: pulses at the sung pitch ([`pitch`], [`excitation`]) through the stretched spectral
//! envelope ([`envelope`], [`tract`]). Lines do not depend on each other, so they are rendered in parallel
//! and added in their order: the same score gives the same samples on any number of threads.

mod alphabet;
mod aspiration;
mod breath;
pub(crate) mod cast;
mod character;
mod colour;
mod diction;
mod effort;
mod envelope;
mod excitation;
mod frames;
mod house;
mod mouth;
mod phrase;
mod pitch;
mod plan;
mod render;
mod resample;
mod smooth;
mod tract;
mod unit;
pub mod unknown;

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use catbird_score::{Dice, Score};
use rten::ThreadPool;

use self::{
    cast::{Cue, Seat, Who, cast},
    house::{House, HouseError},
    phrase::PhraseError,
    render::{SAMPLE_RATE, Studio},
    tract::Tract,
};

pub(crate) use self::render::Rendered;
pub use self::unknown::OutOfVocabulary;

/// Why a song was not sung.
#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    /// The net could not be loaded or run.
    #[error(transparent)]
    Net(#[from] HouseError),
    /// The score has something that cannot be sung; a bug of whoever wrote it.
    #[error("the vocal cannot be sung: {0}")]
    Score(#[from] PhraseError),
}

/// The singers: the house voices and everything between them. Their net is compiled in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Voice;

impl Voice {
    /// Sings what the lead and the partner sing: mono, 44.1 kHz, `round(score.seconds · 44100)`
    /// samples, dry, sung vowels at about −26 dBFS RMS and no sample beyond ±0.98. Silence when the
    /// score has no vocal. `progress` is told the share of lines done, 0 – 1.
    ///
    /// # Panics
    /// Never: nobody breaks it off.
    pub fn sing(&self, score: &Score, progress: &(dyn Fn(f32) + Sync)) -> Result<Vec<f32>, VoiceError> {
        let progress = |done: f32| {
            progress(done);
            ControlFlow::Continue(())
        };
        let sung = Self::sing_aloud(score, Who::Front, &progress, &|_, _| {})?;
        Ok(sung.expect("nobody breaks it off").front)
    }

    /// The same, with the backing singers if they are asked for, for one who listens: `line` is told
    /// each phrase of [`entries`] by its number as soon as it is sung, in no certain order. `None`
    /// when `progress` broke it off.
    pub(crate) fn sing_aloud(
        score: &Score,
        who: Who,
        progress: &(dyn Fn(f32) -> ControlFlow<()> + Sync),
        line: &(dyn Fn(usize, &Arc<Rendered>) + Sync),
    ) -> Result<Option<Singing>, VoiceError> {
        let mut singing = Singing::silence((score.seconds * SAMPLE_RATE).round().max(0.0) as usize);
        let Some(vocal) = &score.vocal else {
            return Ok(Some(singing));
        };
        let cues = cast(score, who)?;
        let net = house::house()?;
        let Some(sung) = render_all(net, score.seed, &cues, progress, line)? else {
            return Ok(None);
        };
        singing.choir.resize(vocal.backing.len(), Vec::new());
        for (cue, rendered) in cues.iter().zip(sung) {
            match cue.seat {
                Seat::Front => add(&mut singing.front, &rendered),
                Seat::Choir(number) => singing.choir[number].push(rendered),
            }
        }
        for x in &mut singing.front {
            *x = limit(*x);
        }
        Ok(progress(1.0).is_continue().then_some(singing))
    }
}

/// Everything that is sung in a score, dry.
pub(crate) struct Singing {
    /// Lead and partner, as long as the song.
    pub front: Vec<f32>,
    /// The phrases of each backing singer in order: most are silent most of the time.
    pub choir: Vec<Vec<Arc<Rendered>>>,
}

impl Singing {
    /// Nobody sings for so many samples.
    pub fn silence(samples: usize) -> Self {
        Self {
            front: vec![0.0; samples],
            choir: Vec::new(),
        }
    }
}

/// Where each phrase is heard and its first frame, in the order in which they are sung.
pub(crate) fn entries(score: &Score) -> Result<Vec<(Seat, i64)>, VoiceError> {
    let cues = cast(score, Who::Everybody)?;
    Ok(cues.iter().map(|cue| (cue.seat, cue.entry())).collect())
}

/// Renders the phrases on as many threads as rayon has, in order; `None` when `progress` broke it
/// off. Plain threads, because a rayon worker that waits for the network's own pool would steal the
/// next line and pile the song up on its stack.
fn render_all(
    net: &House,
    seed: u64,
    cues: &[Cue<'_>],
    progress: &(dyn Fn(f32) -> ControlFlow<()> + Sync),
    line: &(dyn Fn(usize, &Arc<Rendered>) + Sync),
) -> Result<Option<Vec<Arc<Rendered>>>, HouseError> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let broken = AtomicBool::new(false);
    let work = || {
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        let mut studio = Studio {
            net,
            pool,
            tract: Tract::new(),
        };
        let mut out = Vec::new();
        while let Some((i, cue)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, cues.get(i)?))) {
            let rendered = studio.render(cue, &mut Dice::new(seed, &cue.stream)).map(Arc::new);
            if let Ok(rendered) = &rendered {
                line(i, rendered);
            }
            let failed = rendered.is_err();
            out.push((i, rendered));
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if failed || progress(done as f32 / cues.len() as f32).is_break() {
                broken.store(true, Ordering::Relaxed);
            }
            if broken.load(Ordering::Relaxed) {
                break;
            }
        }
        out
    };
    let threads = rayon::current_num_threads().clamp(1, cues.len().max(1));
    let mut all: Vec<(usize, Result<Arc<Rendered>, HouseError>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|w| w.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    all.sort_by_key(|(i, _)| *i);
    let sung = all
        .into_iter()
        .map(|(_, rendered)| rendered)
        .collect::<Result<Vec<_>, _>>()?;
    Ok((!broken.into_inner()).then_some(sung))
}

/// Adds a phrase to the track where it belongs; what lies outside the file is cut.
pub(crate) fn add(track: &mut [f32], rendered: &Rendered) {
    let skip = usize::try_from(-rendered.at).unwrap_or(0);
    let from = usize::try_from(rendered.at).unwrap_or(0).min(track.len());
    for (t, x) in track[from..].iter_mut().zip(rendered.samples.iter().skip(skip)) {
        *t += x;
    }
}

/// Transparent up to 0.7, then bends towards 0.98.
pub(crate) fn limit(x: f32) -> f32 {
    const KNEE: f32 = 0.7;
    const ROOM: f32 = 0.28;
    let over = x.abs() - KNEE;
    if over <= 0.0 {
        x
    } else {
        (KNEE + ROOM * (over / ROOM).tanh()).copysign(x)
    }
}

#[cfg(test)]
mod tests;
