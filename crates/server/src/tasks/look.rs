//! Looking at a task: one indexed row, kept for a moment, so that many polls cost one query. A
//! finished task never changes, so it may be kept longer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::Db;

/// What polls show.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Look {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub account_id: String,
    /// The endpoint family.
    pub family: String,
    /// What is done.
    pub operation: String,
    /// What the family's poll shows of the request (JSON).
    pub shown: String,
    /// `queued`, `running`, `succeeded`, `failed`, `cancelled`.
    pub state: String,
    /// 0–100.
    pub progress: i64,
    /// What is being done.
    pub step: String,
    /// Which try.
    pub attempt: i64,
    /// The seed.
    pub seed: i64,
    /// Credits.
    pub price: i64,
    /// Why it failed: a code of the error table …
    pub fault_code: Option<String>,
    /// … and a sentence.
    pub fault_message: Option<String>,
    /// When it was asked for.
    pub created_at: i64,
    /// When it was first tried.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// How many takes are made.
    pub takes: i64,
    /// The base of links in what is told unasked.
    pub base_url: String,
    /// Its clips by position, finished or not.
    #[sqlx(skip)]
    pub clips: Vec<Clip>,
}

/// A clip of a task.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Clip {
    /// Its id.
    pub id: String,
    /// Which of the task's.
    pub position: i64,
    /// `pending`, `running`, `succeeded`, `failed`.
    pub state: String,
    /// Its title; empty until it is finished, or written.
    pub title: String,
    /// What is sung.
    pub lyrics: String,
    /// Style words.
    pub tags: String,
    /// Its length.
    pub seconds: f64,
    /// Its genre.
    pub genre: String,
    /// Its mood.
    pub mood: String,
    /// Its singer.
    pub gender: String,
    /// Its voice.
    pub timbre: String,
    /// What else the engine tells (JSON).
    pub details: String,
    /// The clip it continues.
    pub parent_id: Option<String>,
    /// 1: its sound can be heard while it is made.
    pub audible: i64,
    /// When it was asked for.
    pub created_at: i64,
    /// Its files: role and name.
    #[sqlx(skip)]
    pub files: Vec<(String, String)>,
}

impl Clip {
    /// The name of its file of a role.
    pub fn file(&self, role: &str) -> Option<&str> {
        self.files
            .iter()
            .find(|(r, _)| r == role)
            .map(|(_, name)| name.as_str())
    }
}

impl Clip {
    /// It was brought in.
    pub fn is_recording(&self) -> bool {
        self.file("recording").is_some()
    }

    /// It has a score, or gets one when somebody listens to it.
    pub fn is_piece(&self) -> bool {
        self.file("score").is_some() || self.is_recording()
    }
}

impl Look {
    /// Nothing will change any more.
    pub fn is_over(&self) -> bool {
        !matches!(self.state.as_str(), "queued" | "running")
    }
}

/// The row, or none for an unknown id.
pub async fn look(db: &Db, id: &str) -> sqlx::Result<Option<Look>> {
    let look: Option<Look> = sqlx::query_as(
        "SELECT id, account_id, family, operation, shown, state, progress, step, attempt, seed, price, fault_code,
            fault_message, created_at, started_at, finished_at, takes, base_url
         FROM tasks WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(db.read())
    .await?;
    let Some(mut look) = look else { return Ok(None) };
    look.clips = clips(db, id).await?;
    Ok(Some(look))
}

const CLIP: &str = "SELECT c.id, c.position, c.state, c.title, c.lyrics, c.tags, c.seconds, c.genre, c.mood, c.gender,
    c.timbre, c.details, c.parent_id, c.audible, c.created_at FROM clips c";

async fn clips(db: &Db, task_id: &str) -> sqlx::Result<Vec<Clip>> {
    let mut clips: Vec<Clip> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{CLIP} WHERE c.task_id = $1 ORDER BY c.position"
    )))
    .bind(task_id)
    .fetch_all(db.read())
    .await?;
    let files: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT f.clip_id, f.role, f.name FROM files f JOIN clips c ON c.id = f.clip_id WHERE c.task_id = $1",
    )
    .bind(task_id)
    .fetch_all(db.read())
    .await?;
    for (clip_id, role, name) in files {
        if let Some(clip) = clips.iter_mut().find(|clip| clip.id == clip_id) {
            clip.files.push((role, name));
        }
    }
    Ok(clips)
}

/// A finished clip of an account by its own id, and its task's id.
pub async fn clip(db: &Db, account_id: &str, clip_id: &str) -> sqlx::Result<Option<(Clip, String)>> {
    finished(db, clip_id, Some(account_id)).await
}

/// A finished clip of whatever account: who knows its id was shown it.
pub async fn shared(db: &Db, clip_id: &str) -> sqlx::Result<Option<(Clip, String)>> {
    finished(db, clip_id, None).await
}

async fn finished(db: &Db, clip_id: &str, account_id: Option<&str>) -> sqlx::Result<Option<(Clip, String)>> {
    let task: Option<(String, String)> = sqlx::query_as(
        "SELECT t.id, t.account_id FROM clips c JOIN tasks t ON t.id = c.task_id
         WHERE c.id = $1 AND c.state = 'succeeded'",
    )
    .bind(clip_id)
    .fetch_optional(db.read())
    .await?;
    let task = task.filter(|(_, owner)| account_id.is_none_or(|account| account == owner));
    let Some((task_id, _)) = task else { return Ok(None) };
    let clips = clips(db, &task_id).await?;
    Ok(clips.into_iter().find(|c| c.id == clip_id).map(|c| (c, task_id)))
}

/// Rows seen lately.
#[derive(Debug, Default)]
pub struct Recent(Mutex<HashMap<String, (Instant, Arc<Look>)>>);

const KEEP_LIVE: Duration = Duration::from_millis(150);
const KEEP_OVER: Duration = Duration::from_secs(30);
const ROOM: usize = 2048;

impl Recent {
    /// Something was added to what had been over: the next look reads the row.
    pub fn forget(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// The row, at most a moment old.
    pub async fn look(&self, db: &Db, id: &str) -> sqlx::Result<Option<Arc<Look>>> {
        if let Some((since, look)) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            let keep = if look.is_over() { KEEP_OVER } else { KEEP_LIVE };
            if since.elapsed() < keep {
                return Ok(Some(Arc::clone(look)));
            }
        }
        let since = Instant::now();
        let Some(look) = look(db, id).await?.map(Arc::new) else {
            return Ok(None);
        };
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.len() >= ROOM {
            rows.retain(|_, (since, look)| !look.is_over() && since.elapsed() < KEEP_LIVE);
        }
        if rows.len() < ROOM {
            // A slower reader must not put an older state over a newer one.
            let slot = rows.entry(id.to_owned()).or_insert_with(|| (since, Arc::clone(&look)));
            if slot.0 <= since {
                *slot = (since, Arc::clone(&look));
            }
        }
        Ok(Some(look))
    }
}
