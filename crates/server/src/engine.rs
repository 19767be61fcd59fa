//! The seam between the service and whatever makes music. An [`Engine`] is stateless: it gets
//! [`Work`] and a [`Job`], and gives back takes or a [`Fault`].

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use catbird_score::{Brief, ClipId, Labels, Singer, Span, Work};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

pub use crate::assets::live::Live;
pub use crate::http::codes::Code;
pub use async_trait::async_trait;

/// Does the work of a task.
#[async_trait]
pub trait Engine: Send + Sync + 'static {
    /// Its name, as shown to operators.
    fn name(&self) -> &str;

    /// Makes one take (from 0) of the work. Most operations give one piece; stems give one a track.
    /// Work on the processor belongs into `tokio::task::spawn_blocking`; look at
    /// [`Job::is_cancelled`] now and then there, because a dropped future does not end a thread.
    async fn run(&self, work: &Work, take: u32, job: &Job) -> Result<Vec<Take>, Fault>;

    /// Writes a title, style words and lyrics for a description.
    async fn lyrics(&self, description: &str, seed: u64) -> Result<Written, Fault>;

    /// A richer description of a style; every word given stays in it.
    async fn upsample_tags(&self, tags: &str, seed: u64) -> Result<String, Fault>;

    /// Brings a recording in: the file is sniffed, checked and decoded. The take's files are `recording`
    /// (the bytes as they came), `wav` (what edits work on), `mp3` and `cover`; nobody has listened yet,
    /// see [`View::Hearing`]. What cannot be decoded, is too short or too long is [`Fault::Rejected`] with a
    /// sentence for the caller. Of the brief only title, tags and lyrics count. Where neither the brief nor
    /// the file knows a title, the take's is empty; its lyrics are empty where none are known. Its details
    /// tell `codec`, `sample_rate` and `channels` of the file.
    async fn admit(&self, file: &Path, brief: &Brief, job: &Job) -> Result<Take, Fault>;

    /// The singer of ours that comes nearest to the voice in a clip. Nobody sings or speaks in it:
    /// [`Fault::Rejected`].
    async fn singer(&self, clip: &str, job: &Job) -> Result<Singer, Fault>;

    /// A file that is made of a finished clip when somebody wants it.
    async fn view(&self, view: &View, job: &Job) -> Result<TakeFile, Fault>;
}

/// What a lyricist delivers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The title.
    pub title: String,
    /// Style words with commas between.
    pub tags: String,
    /// The words with `[section]` tags.
    pub lyrics: String,
}

/// A file made on demand.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// The lyric video, MP4; from the clip's `score`, `mp3` and `cover`.
    Video {
        /// Of which clip.
        clip: ClipId,
    },
    /// What is heard in a clip that was brought in: its score, JSON; from the clip's `wav`.
    Hearing {
        /// Of which clip.
        clip: ClipId,
        /// The words that are sung in it, if they are known: then the score's voice sings them when the
        /// recording does.
        lyrics: Option<String>,
    },
    /// The voice alone, WAV; from the clip's `score`, of a recording also its `wav`.
    Vocals {
        /// Of which clip.
        clip: ClipId,
        /// Which stretch of it.
        span: Span,
    },
}

/// A piece of music that is not yet published.
#[derive(Clone, Debug)]
pub struct Take {
    /// Its title.
    pub title: String,
    /// What is sung, with section tags; `[Instrumental]` where nobody sings.
    pub lyrics: String,
    /// Style words with commas between.
    pub tags: String,
    /// Length of the audio files in seconds.
    pub seconds: f64,
    /// As requested or as predicted.
    pub labels: Labels,
    /// The clip it continues or was cut out of.
    pub parent: Option<ClipId>,
    /// What else is worth telling: coverage, tempo, key …
    pub details: serde_json::Value,
    /// Its files, in [`Job::scratch`].
    pub files: Vec<TakeFile>,
}

/// One file of a take.
#[derive(Clone, Debug)]
pub struct TakeFile {
    /// `wav`, `mp3`, `midi`, `lrc`, `score`, `cover`, `video`, `recording`; a take's audio is `mp3` or `wav`.
    pub role: String,
    /// Such as `audio/wav`.
    pub media_type: String,
    /// For its address, without the dot; `song-<task>.<extension>`. Must differ within a take.
    pub extension: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// Why an attempt ended badly; decides what happens next.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The caller's doing: final, refunded, told to the caller.
    #[error("{message}")]
    Rejected {
        /// Its line in the error table.
        code: Code,
        /// What the caller reads.
        message: String,
    },
    /// Not now: tried again after this time, without counting as an attempt.
    #[error("busy, try again after {after:?}")]
    Busy {
        /// When to try again.
        after: Duration,
    },
    /// Ours: logged, tried again up to the limit, then refunded. The caller never sees the cause.
    #[error(transparent)]
    Broken(#[from] anyhow::Error),
}

impl Fault {
    /// The lyrics are in a language that no voice sings.
    pub fn language() -> Self {
        Self::Rejected {
            code: Code::BadRequest,
            message: "Input language not supported".to_owned(),
        }
    }
}

/// Where an engine gets the files of clips from.
#[async_trait]
pub trait Sources: Send + Sync + std::fmt::Debug {
    /// Copies a clip's file of that role into a folder; none if the clip has no such file.
    async fn fetch(&self, clip: &str, role: &str, folder: &Path) -> anyhow::Result<Option<PathBuf>>;
}

/// An engine's handle on its task. Clones share one state.
#[derive(Clone, Debug)]
pub struct Job(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    task_id: String,
    seed: u64,
    scratch: PathBuf,
    sources: Option<Arc<dyn Sources>>,
    cancelled: AtomicBool,
    progress: Mutex<Progress>,
    /// Which part of the whole the present take is: from where, how much.
    part: Mutex<(f32, f32)>,
    live: Mutex<Option<Arc<Live>>>,
}

/// How far an attempt is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The step's name, such as `melody`.
    pub step: String,
    /// 0–99; never falls.
    pub percent: i64,
}

impl Job {
    /// A job for one attempt; `scratch` must exist.
    pub fn new(task_id: impl Into<String>, seed: u64, scratch: PathBuf) -> Self {
        Self(Arc::new(Shared {
            task_id: task_id.into(),
            seed,
            scratch,
            sources: None,
            cancelled: AtomicBool::new(false),
            progress: Mutex::default(),
            part: Mutex::new((0.0, 1.0)),
            live: Mutex::default(),
        }))
    }

    /// A job that can open clips.
    ///
    /// # Panics
    /// When the job has been cloned already.
    #[must_use]
    pub fn with_sources(self, sources: Arc<dyn Sources>) -> Self {
        let shared = Arc::into_inner(self.0).expect("nobody has this job yet");
        Self(Arc::new(Shared {
            sources: Some(sources),
            ..shared
        }))
    }

    /// The file of a role (`score`, `wav`, `mp3`, `cover`) of a finished clip, in [`Self::scratch`].
    ///
    /// # Errors
    /// The clip has no such file, or it cannot be read.
    pub async fn source(&self, clip: &str, role: &str) -> anyhow::Result<PathBuf> {
        let sources = self.0.sources.as_ref().context("this job has no clips to open")?;
        let path = sources.fetch(clip, role, &self.0.scratch).await?;
        path.with_context(|| format!("clip {clip} has no {role}"))
    }

    /// From here on [`Self::step`] speaks of take `take` of `takes`.
    pub(crate) fn begin_take(&self, take: u32, takes: u32, live: Option<Arc<Live>>) {
        let share = 1.0 / takes.max(1) as f32;
        *self.0.part.lock().unwrap_or_else(PoisonError::into_inner) = (take as f32 * share, share);
        *self.0.live.lock().unwrap_or_else(PoisonError::into_inner) = live;
    }

    /// Where the sound of the present take can be heard while it is made: MP3, appended in order.
    /// None when nobody can listen.
    pub fn live(&self) -> Option<Arc<Live>> {
        self.0.live.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells what is being done and how far the take is, 0–1.
    pub fn step(&self, name: &str, overall: f32) {
        let (from, share) = *self.0.part.lock().unwrap_or_else(PoisonError::into_inner);
        let percent = ((from + share * overall.clamp(0.0, 1.0)) * 100.0) as i64;
        let mut progress = self.0.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.percent = progress.percent.max(percent.min(99));
        if progress.step != name {
            name.clone_into(&mut progress.step);
        }
    }

    /// The result is not wanted any more: stop soon.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Relaxed)
    }

    /// Same brief and seed → same bytes.
    pub fn seed(&self) -> u64 {
        self.0.seed
    }

    /// A folder of this attempt's own; removed afterwards.
    pub fn scratch(&self) -> &Path {
        &self.0.scratch
    }

    /// Whose attempt it is.
    pub fn task_id(&self) -> &str {
        &self.0.task_id
    }

    /// Cancels it when `token` is, as long as what is returned lives.
    pub(crate) fn stop_with(&self, token: CancellationToken) -> AbortOnDropHandle<()> {
        let job = self.clone();
        AbortOnDropHandle::new(tokio::spawn(async move {
            token.cancelled().await;
            job.cancel();
        }))
    }

    /// How far it is now.
    pub fn progress(&self) -> Progress {
        self.0.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes [`Self::is_cancelled`] true.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_never_falls_and_stays_under_a_hundred() {
        let job = Job::new("t", 1, PathBuf::new());
        job.step("melody", 0.4);
        job.step("mix", 0.2);
        assert_eq!(
            job.progress(),
            Progress {
                step: "mix".into(),
                percent: 40
            }
        );
        job.clone().step("master", 7.0);
        assert_eq!(
            job.progress(),
            Progress {
                step: "master".into(),
                percent: 99
            }
        );
        job.step("nan", f32::NAN);
        assert_eq!(job.progress().percent, 99);
    }
}
