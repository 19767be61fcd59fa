//! The singer: the sung part of a score as one dry mono track.
//!
//! A line is read by the network at natural speed and at the pitch of the song ([`hibari`]); what it
//! says is cut into sounds ([`unit`]), laid on the notes ([`plan`]), and spoken again by a source-filter
//! synthesiser: pulses at the sung pitch ([`pitch`], [`excitation`]) through the stretched spectral
//! envelope ([`envelope`], [`tract`]). Lines do not depend on each other, so they are rendered in parallel
//! and added in their order: the same score gives the same samples on any number of threads.

mod alphabet;
mod colour;
mod envelope;
mod excitation;
mod hibari;
mod phrase;
mod pitch;
mod plan;
mod render;
mod resample;
mod tract;
mod unit;
pub mod unknown;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use catbird_score::{Dice, Score, Singer};
use rten::ThreadPool;

use self::{
    envelope::Shape,
    hibari::{Hibari, HibariError},
    phrase::{Phrase, PhraseError},
    render::{Rendered, SAMPLE_RATE, Studio},
    tract::Tract,
};

pub use self::unknown::OutOfVocabulary;

/// Why a song was not sung.
#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    /// The network could not be loaded or run.
    #[error(transparent)]
    Network(#[from] HibariError),
    /// The score has something that cannot be sung; a bug of whoever wrote it.
    #[error("the vocal cannot be sung: {0}")]
    Score(#[from] PhraseError),
}

/// A singer, loaded at its first song.
pub struct Voice {
    path: PathBuf,
    net: Mutex<Option<Arc<Hibari>>>,
}

impl Voice {
    /// A singer from `hibari.onnx`. The file is read at the first song; here it must only exist.
    pub fn open(hibari_onnx: &Path) -> Result<Self, VoiceError> {
        if !hibari_onnx.is_file() {
            return Err(HibariError::Load(format!("{}: no such file", hibari_onnx.display())).into());
        }
        Ok(Self {
            path: hibari_onnx.to_owned(),
            net: Mutex::new(None),
        })
    }

    /// Sings the whole vocal: mono, 44.1 kHz, `round(score.seconds · 44100)` samples, dry, sung vowels at
    /// about −26 dBFS RMS and no sample beyond ±0.98. Silence when the score has no vocal.
    /// `progress` is told the share of lines done, 0 – 1.
    pub fn sing(&self, score: &Score, progress: &(dyn Fn(f32) + Sync)) -> Result<Vec<f32>, VoiceError> {
        let mut track = vec![0.0; (score.seconds * SAMPLE_RATE).round().max(0.0) as usize];
        let Some(vocal) = &score.vocal else { return Ok(track) };
        let phrases = phrase::phrases(score)?;
        let net = self.net()?;
        for rendered in render_all(&net, &vocal.singer, score.seed, &phrases, progress)? {
            add(&mut track, &rendered);
        }
        for x in &mut track {
            *x = limit(*x);
        }
        progress(1.0);
        Ok(track)
    }

    fn net(&self) -> Result<Arc<Hibari>, VoiceError> {
        let mut slot = self.net.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(net) = &*slot {
            return Ok(Arc::clone(net));
        }
        let net = Arc::new(Hibari::load(&self.path)?);
        *slot = Some(Arc::clone(&net));
        Ok(net)
    }
}

/// Renders the phrases on as many threads as rayon has, in order. Plain threads, because a rayon worker
/// that waits for the network's own pool would steal the next line and pile the song up on its stack.
fn render_all(
    net: &Hibari,
    singer: &Singer,
    seed: u64,
    phrases: &[Phrase],
    progress: &(dyn Fn(f32) + Sync),
) -> Result<Vec<Rendered>, HibariError> {
    let shape = Shape::new(singer);
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        let mut studio = Studio {
            net,
            pool,
            tract: Tract::new(),
            singer,
            shape: &shape,
        };
        let mut out = Vec::new();
        while let Some((i, phrase)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, phrases.get(i)?)))
        {
            let rendered = studio.render(phrase, &mut Dice::new(seed, &format!("voice {i}")));
            let failed = rendered.is_err();
            out.push((i, rendered));
            if failed {
                break;
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress(done as f32 / phrases.len() as f32);
        }
        out
    };
    let threads = rayon::current_num_threads().clamp(1, phrases.len().max(1));
    let mut all: Vec<(usize, Result<Rendered, HibariError>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|w| w.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    all.sort_by_key(|(i, _)| *i);
    all.into_iter().map(|(_, rendered)| rendered).collect()
}

/// Adds a phrase to the track where it belongs; what lies outside the file is cut.
fn add(track: &mut [f32], rendered: &Rendered) {
    let skip = usize::try_from(-rendered.at).unwrap_or(0);
    let from = usize::try_from(rendered.at).unwrap_or(0).min(track.len());
    for (t, x) in track[from..].iter_mut().zip(rendered.samples.iter().skip(skip)) {
        *t += x;
    }
}

/// Transparent up to 0.7, then bends towards 0.98.
fn limit(x: f32) -> f32 {
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
