//! The seam between the service and whatever makes music. An [`Engine`] is stateless: it gets a
//! brief and a [`Job`], and gives back takes or a [`Fault`].

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use catbird_score::{Brief, Labels};

pub use crate::http::codes::Code;
pub use async_trait::async_trait;

/// Turns a brief into takes.
#[async_trait]
pub trait Engine: Send + Sync + 'static {
    /// Its name, as shown to operators.
    fn name(&self) -> &str;

    /// Makes the music. Work on the processor belongs into `tokio::task::spawn_blocking`; look at
    /// [`Job::is_cancelled`] now and then there, because a dropped future does not end a thread.
    async fn run(&self, brief: &Brief, job: &Job) -> Result<Vec<Take>, Fault>;
}

/// A piece of music that is not yet published.
#[derive(Clone, Debug)]
pub struct Take {
    /// Its title.
    pub title: String,
    /// Length of the audio files in seconds.
    pub seconds: f64,
    /// As requested or as predicted.
    pub labels: Labels,
    /// What else is worth telling: coverage, tempo, key …
    pub details: serde_json::Value,
    /// Its files, in [`Job::scratch`].
    pub files: Vec<TakeFile>,
}

/// One file of a take.
#[derive(Clone, Debug)]
pub struct TakeFile {
    /// `wav`, `mp3`, `midi`, `lrc`, `score`; a stem is `stem-<part>`.
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

/// An engine's handle on its task. Clones share one state.
#[derive(Clone, Debug)]
pub struct Job(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    task_id: String,
    seed: u64,
    scratch: PathBuf,
    cancelled: AtomicBool,
    progress: Mutex<Progress>,
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
            cancelled: AtomicBool::new(false),
            progress: Mutex::default(),
        }))
    }

    /// Tells what is being done and how far the whole is, 0–1.
    pub fn step(&self, name: &str, overall: f32) {
        let percent = (overall.clamp(0.0, 1.0) * 100.0) as i64;
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
