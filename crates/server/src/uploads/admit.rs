//! From a URL or a received file to a take: fetched under limits, decoded by the engine, a few at a
//! time. Nothing is written to the store before both have gone well, so an upload that fails, or whose
//! caller hangs up, leaves neither clip nor charge.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use catbird_score::Brief;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::scratch::Scratch;
use super::{Wanted, title_of_url};
use crate::app::Core;
use crate::assets::publish;
use crate::clock;
use crate::engine::{Fault, Job, Take};
use crate::http::codes::Code;
use crate::net::public::Refused;
use crate::tasks::state::Finished;

/// The contract's sentence.
const INACCESSIBLE: &str = "Audio URL is not accessible. Please provide a public direct audio file URL.";
/// What is not called otherwise.
const UNTITLED: &str = "Upload";

/// A recording whose files lie in the object store, but which no row knows yet.
#[derive(Debug)]
pub struct Brought {
    /// The task it will belong to.
    pub task_id: String,
    /// The clip it will be.
    pub clip_id: String,
    /// Its files and what is known of it.
    pub clip: Finished,
}

/// Why a URL is not fetched, as the caller reads it.
pub fn inaccessible(reason: &str) -> String {
    format!("{INACCESSIBLE} {reason}")
}

/// The sentence for a URL that is refused without a call.
pub fn refused(refused: Refused) -> String {
    inaccessible(&format!("It {refused}."))
}

/// Fetches and admits. If the future is dropped, because the caller hung up, the work is told to stop
/// and what it left is thrown away.
pub async fn from_url(core: &Arc<Core>, wanted: &Wanted) -> Result<Brought, Fault> {
    let scratch = Scratch::new(core, "upload").context("no scratch folder")?;
    let wanted = wanted.clone();
    apart(core, scratch, move |core, scratch, stop| async move {
        let file = scratch.path().join("source");
        tokio::select! {
            fetched = fetch(&core, &wanted.url, &file) => fetched?,
            () = stop.cancelled() => return Err(hung_up()),
        }
        let title = title_of_url(&wanted.url);
        admit(&core, &file, wanted.brief, title, &scratch, &stop).await
    })
    .await
}

/// Admits a file that has been received into a scratch folder.
pub async fn from_file(
    core: &Arc<Core>,
    scratch: Scratch,
    file: PathBuf,
    title: Option<String>,
    brief: Brief,
) -> Result<Brought, Fault> {
    apart(core, scratch, move |core, scratch, stop| async move {
        admit(&core, &file, brief, title, &scratch, &stop).await
    })
    .await
}

/// In a task of its own, so that its end can be waited for where a thread of the engine is not ended by
/// dropping a future: its turn and its folder are given back when it has really stopped.
async fn apart<F>(
    core: &Arc<Core>,
    scratch: Scratch,
    work: impl FnOnce(Arc<Core>, Scratch, CancellationToken) -> F,
) -> Result<Brought, Fault>
where
    F: Future<Output = Result<Brought, Fault>> + Send + 'static,
{
    let stop = CancellationToken::new();
    let _hangs_up = stop.clone().drop_guard();
    let made = tokio::spawn(work(Arc::clone(core), scratch, stop));
    made.await.map_err(|error| Fault::Broken(error.into()))?
}

/// Fetches a URL into a file, when it is its turn.
pub async fn fetch(core: &Core, url: &Url, file: &Path) -> Result<(), Fault> {
    let _turn = core.uploads.fetches.acquire().await.expect("the gate is never closed");
    match core.outside.get(url, file, &core.config.uploads.limits()).await {
        Ok(bytes) => {
            tracing::info!(host = url.host_str(), bytes, "a recording was fetched");
            Ok(())
        }
        Err(error) => match error.reason() {
            Some(reason) => {
                tracing::info!(host = url.host_str(), %error, "a recording cannot be fetched");
                Err(rejected(inaccessible(&reason)))
            }
            None => Err(Fault::Broken(error.into())),
        },
    }
}

fn rejected(message: String) -> Fault {
    Fault::Rejected {
        code: Code::BadRequest,
        message,
    }
}

fn hung_up() -> Fault {
    Fault::Broken(anyhow::anyhow!("the caller hung up"))
}

async fn admit(
    core: &Arc<Core>,
    file: &Path,
    brief: Brief,
    title: Option<String>,
    scratch: &Scratch,
    stop: &CancellationToken,
) -> Result<Brought, Fault> {
    // The same bytes get the same files, the cover included.
    let seed = seed_of(file.to_owned()).await?;
    let task_id = uuid::Uuid::new_v4().to_string();
    let job = Job::new(&task_id, seed, scratch.path().to_owned());
    let _watch = job.stop_with(stop.clone());
    let take = take(core, file, &brief, title, &job).await?;
    if stop.is_cancelled() {
        return Err(hung_up());
    }
    let mut clips = publish::publish(&*core.objects, &task_id, 0, &[take]).await?;
    let clip = clips.pop().context("one take was published")?;
    Ok(Brought {
        task_id,
        clip_id: clock::new_id(),
        clip,
    })
}

/// The engine's part, when it is its turn.
pub async fn take(core: &Core, file: &Path, brief: &Brief, title: Option<String>, job: &Job) -> Result<Take, Fault> {
    let _turn = core
        .uploads
        .admissions
        .acquire()
        .await
        .expect("the gate is never closed");
    if job.is_cancelled() {
        return Err(hung_up());
    }
    let mut take = core.engine.admit(file, brief, job).await?;
    if take.title.trim().is_empty() {
        take.title = title.unwrap_or_else(|| UNTITLED.to_owned());
    }
    Ok(take)
}

/// 53 bits of the file's SHA-256.
async fn seed_of(file: PathBuf) -> Result<u64, Fault> {
    let read = move || -> anyhow::Result<u64> {
        let mut hash = Sha256::new();
        std::io::copy(&mut std::fs::File::open(&file)?, &mut Writer(&mut hash))?;
        let bytes: [u8; 32] = hash.finalize().into();
        Ok(u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) >> 11)
    };
    let hashed = tokio::task::spawn_blocking(read).await.context("hashing")?;
    Ok(hashed.context("a received file cannot be read")?)
}

/// A hash as something to write to.
struct Writer<'a>(&'a mut Sha256);

impl std::io::Write for Writer<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
