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
    /// The first clip's length.
    pub seconds: Option<f64>,
    /// Its genre.
    pub genre: Option<String>,
    /// Its mood.
    pub mood: Option<String>,
    /// Its singer.
    pub gender: Option<String>,
    /// Its voice.
    pub timbre: Option<String>,
    /// The name of its WAV.
    pub wav: Option<String>,
}

impl Look {
    /// Nothing will change any more.
    pub fn is_over(&self) -> bool {
        !matches!(self.state.as_str(), "queued" | "running")
    }
}

/// The row, or none for an unknown id.
pub async fn look(db: &Db, id: &str) -> sqlx::Result<Option<Look>> {
    sqlx::query_as(
        "SELECT t.id, t.account_id, t.family, t.operation, t.shown, t.state, t.progress, t.step, t.attempt,
            t.seed, t.price, t.fault_code, t.fault_message, t.created_at, t.started_at, t.finished_at,
            c.seconds, c.genre, c.mood, c.gender, c.timbre, f.name AS wav
         FROM tasks t
         LEFT JOIN clips c ON c.task_id = t.id AND c.position = 0
         LEFT JOIN files f ON f.clip_id = c.id AND f.role = 'wav'
         WHERE t.id = $1",
    )
    .bind(id)
    .fetch_optional(db.read())
    .await
}

/// Rows seen lately.
#[derive(Debug, Default)]
pub struct Recent(Mutex<HashMap<String, (Instant, Arc<Look>)>>);

const KEEP_LIVE: Duration = Duration::from_millis(150);
const KEEP_OVER: Duration = Duration::from_secs(30);
const ROOM: usize = 2048;

impl Recent {
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
