//! A worker: claims a task, lets the engine run, publishes, settles. While the engine runs, a
//! heart beats: it extends the lease, stores progress, and notices when the task was lost.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use catbird_score::Work;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::state::{self, Claim};
use super::{download, words};
use crate::app::Core;
use crate::assets::live::{End, Live, Preview};
use crate::assets::{names, publish};
use crate::clock;
use crate::engine::{Fault, Job, Progress};
use crate::http::codes::Code;
use crate::uploads::shelf::Shelf;
use crate::uploads::{self, hearing};

/// How often progress is stored.
const BEAT: Duration = Duration::from_millis(400);
/// A worker that heard no ring looks this often.
const LOOK: Duration = Duration::from_secs(1);

/// What ends a worker: `stop` = claim no more; `hand_back` = also give the running task back.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    /// Claim no more.
    pub stop: CancellationToken,
    /// Give the running task back.
    pub hand_back: CancellationToken,
}

/// Works until told to stop.
pub async fn run(core: Arc<Core>, signals: Signals) {
    let lease_ms = i64::from(core.config.lease_seconds) * 1000;
    while !signals.stop.is_cancelled() {
        match state::claim(&core.db, core.data.node(), lease_ms).await {
            Ok(Some(claim)) => {
                // There may be more work than the one ring told.
                core.ring.notify_one();
                attempt(&core, claim, lease_ms, &signals.hand_back).await;
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "no task could be claimed"),
        }
        tokio::select! {
            () = signals.stop.cancelled() => {}
            () = core.ring.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// How an attempt ended.
enum Outcome {
    Made(Result<(), Fault>),
    TimedOut,
    Lost,
    HandedBack,
}

async fn attempt(core: &Arc<Core>, claim: Claim, lease_ms: i64, hand_back: &CancellationToken) {
    let begun = Instant::now();
    let scratch = core.data.scratch(&claim.id, claim.fence);
    let outcome = match prepare(&claim, &scratch) {
        Ok(work) => {
            let shelf = Arc::new(Shelf::new(core));
            let job = Job::new(&claim.id, claim.seed as u64, scratch.clone()).with_sources(shelf.clone());
            engage(core, &claim, work, (job, shelf), lease_ms, hand_back).await
        }
        Err(error) => Outcome::Made(Err(Fault::Broken(error))),
    };
    let seconds = begun.elapsed().as_secs_f64();
    // First, so that a full disk has room for the end of the attempt.
    if let Err(error) = std::fs::remove_dir_all(&scratch)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %scratch.display(), "scratch folder stays behind");
    }
    if let Err(error) = settle(core, &claim, outcome, seconds).await {
        // The lease runs out and the sweep takes the task back.
        tracing::error!(
            task = claim.id,
            error = format!("{error:#}"),
            "the end of an attempt could not be stored"
        );
    }
    core.bell.notify_one();
}

fn prepare(claim: &Claim, scratch: &Path) -> anyhow::Result<Work> {
    let work = serde_json::from_str(&claim.work)?;
    std::fs::create_dir_all(scratch)?;
    Ok(work)
}

async fn engage(
    core: &Arc<Core>,
    claim: &Claim,
    work: Work,
    (job, shelf): (Job, Arc<Shelf>),
    lease_ms: i64,
    hand_back: &CancellationToken,
) -> Outcome {
    tracing::info!(task = claim.id, attempt = claim.attempt, "song begun");
    // A task of its own: it may block, and a panic in it is only an attempt that failed.
    let mut made = AbortOnDropHandle::new({
        let (core, job, claim) = (Arc::clone(core), job.clone(), claim.clone());
        tokio::spawn(async move { make(&core, &claim, work, &job, &shelf).await })
    });
    let mut heart = AbortOnDropHandle::new(beat(Arc::clone(core), claim.clone(), job.clone(), lease_ms));
    let limit = Duration::from_secs(u64::from(core.config.task_timeout_seconds));
    let outcome = tokio::select! {
        made = &mut made => Outcome::Made(made.unwrap_or_else(|error| Err(Fault::Broken(broken(error))))),
        _ = &mut heart => Outcome::Lost,
        () = hand_back.cancelled() => Outcome::HandedBack,
        () = tokio::time::sleep(limit) => Outcome::TimedOut,
    };
    job.cancel();
    outcome
}

fn broken(error: tokio::task::JoinError) -> anyhow::Error {
    if !error.is_panic() {
        return error.into();
    }
    let panic = error.into_panic();
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message");
    anyhow::anyhow!("the engine panicked: {text}")
}

/// Makes the takes that are not made yet, one after the other; each becomes visible when it is whole.
async fn make(core: &Arc<Core>, claim: &Claim, mut work: Work, job: &Job, shelf: &Shelf) -> Result<(), Fault> {
    if uploads::work::run(core, claim, &work, job, shelf).await? {
        return Ok(());
    }
    if let Work::Download { source, format } = &work {
        return download::make(core, claim, source, format).await;
    }
    for clip in work.sources() {
        hearing::for_job(core, clip, job).await?;
    }
    words::complete(core, claim, &mut work, job).await?;
    let made = state::made(&core.db, &claim.id).await.map_err(broken_store)?;
    for take in 0..claim.takes {
        if made.contains(&take) {
            continue;
        }
        state::begin_take(&core.db, claim, take).await.map_err(broken_store)?;
        let name = names::file(&claim.id, take, "mp3");
        let preview = match core
            .previews
            .open(&name, &job.scratch().join(format!("live-{take}.mp3")))
        {
            Ok(preview) => Some(preview),
            Err(error) => {
                tracing::warn!(%error, "no preview of this song");
                None
            }
        };
        let live = preview.as_ref().map(Preview::live);
        let told = live.as_ref().map(|live| announce(core, claim, take, live));
        job.begin_take(take as u32, claim.takes as u32, live);
        one_take(core, claim, &work, take, job, told).await?;
        if let Some(preview) = preview {
            preview.close(End::Finished);
        }
    }
    Ok(())
}

/// `told` ends when the first sound has been told of.
async fn one_take(
    core: &Core,
    claim: &Claim,
    work: &Work,
    take: i64,
    job: &Job,
    told: Option<AbortOnDropHandle<()>>,
) -> Result<(), Fault> {
    let takes = core.engine.run(work, take as u32, job).await?;
    if takes.is_empty() {
        return Err(Fault::Broken(anyhow::anyhow!("the engine gave no take")));
    }
    job.step("publish", 0.99);
    let clips = publish::publish(&*core.objects, &claim.id, take, &takes).await?;
    // However quickly the song was made: first it can be heard, then it is finished.
    let heard = job.live().is_some_and(|live| live.listen().borrow().bytes > 0);
    if heard && let Some(Err(error)) = futures::future::OptionFuture::from(told).await {
        tracing::warn!(task = claim.id, %error, "the first sound was not told of");
    }
    if !state::publish(&core.db, claim, &clips).await.map_err(broken_store)? {
        return Err(Fault::Broken(anyhow::anyhow!("another worker has taken the task over")));
    }
    Ok(())
}

/// Waits for the first sound of a take and tells the store.
fn announce(core: &Arc<Core>, claim: &Claim, take: i64, live: &Arc<Live>) -> AbortOnDropHandle<()> {
    let (core, claim, mut heard) = (Arc::clone(core), claim.clone(), live.listen());
    AbortOnDropHandle::new(tokio::spawn(async move {
        if heard.wait_for(|heard| heard.bytes > 0).await.is_err() {
            return;
        }
        if let Err(error) = state::audible(&core.db, &claim, take).await {
            tracing::warn!(task = claim.id, %error, "the first sound could not be stored");
        }
        core.bell.notify_one();
    }))
}

fn broken_store(error: sqlx::Error) -> Fault {
    Fault::Broken(anyhow::Error::new(error).context("the database failed"))
}

/// Returns when the task is not ours any more.
fn beat(core: Arc<Core>, claim: Claim, job: Job, lease_ms: i64) -> JoinHandle<()> {
    tokio::spawn(async move {
        let extend = Duration::from_millis(lease_ms as u64 / 4);
        // Not the job's progress: it may already have gone on, and the row knows nothing of it.
        let mut stored = Progress::default();
        let mut beaten = Instant::now();
        let mut owned_until = clock::now_ms() + lease_ms;
        loop {
            tokio::time::sleep(BEAT).await;
            let progress = job.progress();
            // Writing costs the disk; looking, which also tells whether the task was lost, does not.
            let news = progress != stored || beaten.elapsed() >= extend;
            let owned = if news {
                state::beat(&core.db, &claim, lease_ms, progress.percent, &progress.step).await
            } else {
                state::owns(&core.db, &claim).await
            };
            match owned {
                Ok(true) if news => {
                    owned_until = clock::now_ms() + lease_ms;
                    beaten = Instant::now();
                    stored = progress;
                }
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(task = claim.id, %error, "a heartbeat could not be stored");
                    if clock::now_ms() > owned_until {
                        return;
                    }
                }
            }
        }
    })
}

async fn settle(core: &Core, claim: &Claim, outcome: Outcome, seconds: f64) -> anyhow::Result<()> {
    let task = claim.id.as_str();
    match outcome {
        Outcome::Made(Ok(())) => {
            if state::succeed(&core.db, claim).await? {
                core.metrics.task_seconds(seconds);
                tracing::info!(task, seconds, "song finished");
            } else {
                tracing::warn!(
                    task,
                    "a finished song is discarded: another worker has taken the task over"
                );
            }
        }
        Outcome::Lost => tracing::warn!(task, "the task was taken over by another worker"),
        Outcome::HandedBack => {
            state::requeue(&core.db, claim, 0, false).await?;
            tracing::info!(task, "task handed back");
        }
        Outcome::TimedOut => {
            state::fail(&core.db, claim, Code::Timeout, Code::Timeout.message()).await?;
            tracing::warn!(task, seconds, "song took too long, refunded");
        }
        Outcome::Made(Err(Fault::Rejected { code, message })) => {
            tracing::info!(task, message, "brief rejected, refunded");
            state::fail(&core.db, claim, code, &message).await?;
        }
        Outcome::Made(Err(Fault::Busy { after })) => {
            state::requeue(&core.db, claim, after.as_millis() as i64, false).await?;
        }
        Outcome::Made(Err(Fault::Broken(error))) => {
            let last = claim.attempt >= i64::from(core.config.max_attempts);
            tracing::error!(
                task,
                attempt = claim.attempt,
                last,
                error = format!("{error:#}"),
                "attempt failed"
            );
            if last {
                state::fail(&core.db, claim, Code::Api, Code::Api.message()).await?;
            } else {
                // 1 s, 4 s, 16 s …
                let delay = 1000_i64 << (2 * (claim.attempt - 1)).clamp(0, 12);
                state::requeue(&core.db, claim, delay, true).await?;
            }
        }
    }
    Ok(())
}
