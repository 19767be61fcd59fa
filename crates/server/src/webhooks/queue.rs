//! All changes of a delivery's state. Deliveries are claimed like tasks: the writes of an attempt
//! carry the fence it got with its claim, and an attempt whose lease ran out is claimed again.
//!
//! ```text
//! (new) -> queued -> running -> delivered
//!            ^  ^------'  '---> failed
//!            '------------------- (sent again by hand)
//! ```

use crate::clock;
use crate::store::{Db, Tx};

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The first sound of a task can be heard.
    Streaming,
    /// The task succeeded.
    Completed,
    /// The task failed, and its credits are back.
    Failed,
}

impl Event {
    /// As told.
    pub fn name(self) -> &'static str {
        match self {
            Self::Streaming => "song.streaming",
            Self::Completed => "song.completed",
            Self::Failed => "song.failed",
        }
    }
}

/// (new) → queued, if the task wants to be told of and this event is new.
pub async fn announce(tx: &mut Tx, task_id: &str, event: Event) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO deliveries (id, task_id, event, url, secret, state, due, created_at)
         SELECT $1, id, $2, webhook_url, webhook_secret, 'queued', $3, $3 FROM tasks
         WHERE id = $4 AND webhook_url IS NOT NULL
         ON CONFLICT (task_id, event) DO NOTHING",
    )
    .bind(clock::new_id())
    .bind(event.name())
    .bind(clock::now_ms())
    .bind(task_id)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A delivery that is now ours.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Claim {
    /// Its id, the same at every attempt.
    pub id: String,
    /// Of which task it tells.
    pub task_id: String,
    /// What it tells.
    pub event: String,
    /// Whom.
    pub url: String,
    /// What signs it, if the request named something.
    pub secret: Option<String>,
    /// What is sent; none before the first attempt.
    pub body: Option<String>,
    /// Which try this is, from 1.
    pub attempt: i64,
    /// What every write of this attempt must carry.
    pub fence: i64,
}

/// queued → running: the delivery that is due longest. Never two of one task, so that a receiver
/// hears in order, and at most `most` of one account, so that its slow receivers are its own trouble.
pub async fn claim(db: &Db, lease_ms: i64, most: i64) -> sqlx::Result<Option<Claim>> {
    let now = clock::now_ms();
    let waiting: Option<(i64,)> = sqlx::query_as(
        "SELECT 1 FROM deliveries WHERE (state = 'queued' AND due <= $1) OR (state = 'running' AND lease_until < $1)
         LIMIT 1",
    )
    .bind(now)
    .fetch_optional(db.read())
    .await?;
    if waiting.is_none() {
        return Ok(None);
    }
    let mut tx = db.begin().await?;
    let claim = sqlx::query_as(
        "UPDATE deliveries SET state = 'running', attempt = attempt + 1, fence = fence + 1, lease_until = $2
         WHERE id = (SELECT d.id FROM deliveries d JOIN tasks t ON t.id = d.task_id
            WHERE ((d.state = 'queued' AND d.due <= $1) OR (d.state = 'running' AND d.lease_until < $1))
              AND NOT EXISTS (SELECT 1 FROM deliveries o
                WHERE o.task_id = d.task_id AND o.state = 'running' AND o.lease_until >= $1)
              AND $3 > (SELECT COUNT(*) FROM deliveries o JOIN tasks u ON u.id = o.task_id
                WHERE o.state = 'running' AND o.lease_until >= $1 AND u.account_id = t.account_id)
            ORDER BY d.due, d.id LIMIT 1)
         RETURNING id, task_id, event, url, secret, body, attempt, fence",
    )
    .bind(now)
    .bind(now + lease_ms)
    .bind(most)
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(claim)
}

/// Keeps the bytes that are sent, before they are sent. False: not ours any more.
pub async fn keep(db: &Db, claim: &Claim, body: &str) -> sqlx::Result<bool> {
    let touched = sqlx::query("UPDATE deliveries SET body = $3 WHERE id = $1 AND fence = $2 AND body IS NULL")
        .bind(&claim.id)
        .bind(claim.fence)
        .bind(body)
        .execute(db.write())
        .await?;
    Ok(touched.rows_affected() == 1)
}

/// What an attempt met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// The HTTP status, if there was an answer.
    pub status: Option<i64>,
    /// Why it is not delivered.
    pub error: Option<String>,
}

/// running → delivered.
pub async fn delivered(db: &Db, claim: &Claim, met: &Met) -> sqlx::Result<bool> {
    end(db, claim, "delivered", met, None).await
}

/// running → queued, due after `delay_ms`.
pub async fn postpone(db: &Db, claim: &Claim, met: &Met, delay_ms: i64) -> sqlx::Result<bool> {
    end(db, claim, "queued", met, Some(clock::now_ms() + delay_ms)).await
}

/// running → failed: the retries are used up.
pub async fn give_up(db: &Db, claim: &Claim, met: &Met) -> sqlx::Result<bool> {
    end(db, claim, "failed", met, None).await
}

async fn end(db: &Db, claim: &Claim, state: &str, met: &Met, due: Option<i64>) -> sqlx::Result<bool> {
    let touched = sqlx::query(
        "UPDATE deliveries SET state = $3, last_status = $4, last_error = $5, due = COALESCE($6, due),
            lease_until = NULL, finished_at = $7
         WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(&claim.id)
    .bind(claim.fence)
    .bind(state)
    .bind(met.status)
    .bind(met.error.as_deref())
    .bind(due)
    .bind(due.is_none().then(clock::now_ms))
    .execute(db.write())
    .await?;
    Ok(touched.rows_affected() == 1)
}

/// running → queued at shutdown; the attempt does not count.
pub async fn hand_back(db: &Db, claim: &Claim) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE deliveries SET state = 'queued', attempt = attempt - 1, lease_until = NULL
         WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(&claim.id)
    .bind(claim.fence)
    .execute(db.write())
    .await?;
    Ok(())
}

/// delivered or failed → queued: all tries again, the same bytes under the same id. False: it is
/// being sent, or waits to be sent, already.
pub async fn again(db: &Db, id: &str) -> sqlx::Result<bool> {
    let touched = sqlx::query(
        "UPDATE deliveries SET state = 'queued', attempt = 0, due = $2, finished_at = NULL
         WHERE id = $1 AND state IN ('delivered', 'failed')",
    )
    .bind(id)
    .bind(clock::now_ms())
    .execute(db.write())
    .await?;
    Ok(touched.rows_affected() == 1)
}

/// A delivery as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    /// Its id, which is `X-Webhook-Id`.
    pub id: String,
    /// Of which task it tells.
    pub task_id: String,
    /// What it tells.
    pub event: String,
    /// Whom.
    pub url: String,
    /// `queued`, `running`, `delivered`, `failed`.
    pub state: String,
    /// Tries so far.
    pub attempt: i64,
    /// When it is tried next, while it is queued.
    pub due: i64,
    /// The HTTP status of the last answer.
    pub last_status: Option<i64>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When the event happened.
    pub created_at: i64,
    /// When it was delivered or given up.
    pub finished_at: Option<i64>,
}

const ENTRY: &str = "SELECT d.id, d.task_id, d.event, d.url, d.state, d.attempt, d.due, d.last_status, d.last_error,
    d.created_at, d.finished_at FROM deliveries d JOIN tasks t ON t.id = d.task_id";

/// The deliveries of a task of this account, oldest first.
pub async fn of_task(db: &Db, account_id: &str, task_id: &str) -> sqlx::Result<Vec<Entry>> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{ENTRY} WHERE d.task_id = $1 AND t.account_id = $2 ORDER BY d.id"
    )))
    .bind(task_id)
    .bind(account_id)
    .fetch_all(db.read())
    .await
}

/// The latest deliveries of an account, newest first.
pub async fn latest(db: &Db, account_id: &str, most: i64) -> sqlx::Result<Vec<Entry>> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{ENTRY} WHERE t.account_id = $1 ORDER BY d.created_at DESC, d.id DESC LIMIT $2"
    )))
    .bind(account_id)
    .bind(most)
    .fetch_all(db.read())
    .await
}

/// One delivery of an account.
pub async fn one(db: &Db, account_id: &str, id: &str) -> sqlx::Result<Option<Entry>> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{ENTRY} WHERE d.id = $1 AND t.account_id = $2"
    )))
    .bind(id)
    .bind(account_id)
    .fetch_optional(db.read())
    .await
}

/// How many there are of each state.
pub async fn counts(db: &Db) -> sqlx::Result<Vec<(String, i64)>> {
    sqlx::query_as("SELECT state, COUNT(*) FROM deliveries GROUP BY state")
        .fetch_all(db.read())
        .await
}
