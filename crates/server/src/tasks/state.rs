//! All changes of a task's state; no other file has an `UPDATE tasks SET state`. A worker's writes
//! carry the fence it got with its claim: if somebody else has claimed since, they touch no row.
//!
//! ```text
//! (new) -> queued -> running -> succeeded
//!            ^  ^------'  '---> failed (refunded)
//! ```

use catbird_score::Labels;

use crate::clock;
use crate::credits::ledger;
use crate::http::codes::Code;
use crate::store::personas::{self, Persona};
use crate::store::{Db, Tx};
use crate::webhooks::queue::{self, Event};

/// A task as it enters the queue.
#[derive(Debug)]
pub struct New<'a> {
    /// Its id.
    pub id: &'a str,
    /// Who pays.
    pub account_id: &'a str,
    /// The endpoint family, such as `nuro`.
    pub family: &'a str,
    /// What is done, such as `compose`.
    pub operation: &'a str,
    /// The work as JSON.
    pub work: &'a str,
    /// How many takes.
    pub takes: u32,
    /// The base of links in what is told unasked.
    pub base_url: &'a str,
    /// What the family's poll shows of the request, as JSON.
    pub shown: &'a str,
    /// The seed.
    pub seed: i64,
    /// Credits.
    pub price: i64,
    /// The caller's `Idempotency-Key` and the request's hash.
    pub idempotency: Option<(&'a str, &'a str)>,
    /// Whom to tell.
    pub webhook_url: Option<&'a str>,
    /// What signs the telling.
    pub webhook_secret: Option<&'a str>,
}

/// (new) → queued, with its clips pending.
pub async fn enqueue(tx: &mut Tx, new: &New<'_>) -> sqlx::Result<()> {
    let now = clock::now_ms();
    insert(tx, new, now, None).await?;
    for position in 0..i64::from(new.takes) {
        sqlx::query(
            "INSERT INTO clips (id, task_id, position, title, seconds, genre, mood, gender, timbre, details, state, created_at)
             VALUES ($1, $2, $3, '', 0, '', '', '', '', '{}', 'pending', $4)",
        )
        .bind(clock::new_id())
        .bind(new.id)
        .bind(position)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// (new) → succeeded: something that was answered at once and is charged like a task.
pub async fn record(tx: &mut Tx, new: &New<'_>, result: &str) -> sqlx::Result<()> {
    insert(tx, new, clock::now_ms(), Some(result)).await
}

pub(super) async fn insert(tx: &mut Tx, new: &New<'_>, now: i64, result: Option<&str>) -> sqlx::Result<()> {
    let done = result.is_some();
    sqlx::query(
        "INSERT INTO tasks (id, account_id, family, operation, work, takes, shown, seed, price, state, due,
            idempotency_key, request_hash, webhook_url, webhook_secret, base_url, created_at,
            result, progress, started_at, finished_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $11, $17, $18, $19, $19)",
    )
    .bind(new.id)
    .bind(new.account_id)
    .bind(new.family)
    .bind(new.operation)
    .bind(new.work)
    .bind(i64::from(new.takes))
    .bind(new.shown)
    .bind(new.seed)
    .bind(new.price)
    .bind(if done { "succeeded" } else { "queued" })
    .bind(now)
    .bind(new.idempotency.map(|i| i.0))
    .bind(new.idempotency.map(|i| i.1))
    .bind(new.webhook_url)
    .bind(new.webhook_secret)
    .bind(new.base_url)
    .bind(result)
    .bind(if done { 100_i64 } else { 0 })
    .bind(done.then_some(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A task that is now ours.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Claim {
    /// Its id.
    pub id: String,
    /// Who pays.
    pub account_id: String,
    /// The endpoint family.
    pub family: String,
    /// The work as JSON.
    pub work: String,
    /// How many takes.
    pub takes: i64,
    /// The seed.
    pub seed: i64,
    /// Which try this is, from 1.
    pub attempt: i64,
    /// What every write of this attempt must carry.
    pub fence: i64,
    /// When it was asked for.
    pub created_at: i64,
}

/// queued → running: the most urgent, oldest due task, or none.
pub async fn claim(db: &Db, node: &str, lease_ms: i64) -> sqlx::Result<Option<Claim>> {
    let now = clock::now_ms();
    // Asking a reader first keeps idle workers off the writer.
    let waiting: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM tasks WHERE state = 'queued' AND due <= $1 LIMIT 1")
        .bind(now)
        .fetch_optional(db.read())
        .await?;
    if waiting.is_none() {
        return Ok(None);
    }
    let mut tx = db.begin().await?;
    let claim = sqlx::query_as(
        "UPDATE tasks SET state = 'running', attempt = attempt + 1, fence = fence + 1, node = $1,
            lease_until = $2, started_at = COALESCE(started_at, $3)
         WHERE state = 'queued' AND id = (SELECT id FROM tasks WHERE state = 'queued' AND due <= $3
            ORDER BY priority DESC, due, id LIMIT 1)
         RETURNING id, account_id, family, work, takes, seed, attempt, fence, created_at",
    )
    .bind(node)
    .bind(now + lease_ms)
    .bind(now)
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(claim)
}

/// A sign of life: extends the lease, stores progress. False: the task is not ours any more.
pub async fn beat(db: &Db, claim: &Claim, lease_ms: i64, percent: i64, step: &str) -> sqlx::Result<bool> {
    let touched = sqlx::query(
        "UPDATE tasks SET lease_until = $3, step = $5,
            progress = CASE WHEN progress < $4 THEN $4 ELSE progress END
         WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(&claim.id)
    .bind(claim.fence)
    .bind(clock::now_ms() + lease_ms)
    .bind(percent)
    .bind(step)
    .execute(db.write())
    .await?;
    Ok(touched.rows_affected() == 1)
}

/// Whether the task is still ours.
pub async fn owns(db: &Db, claim: &Claim) -> sqlx::Result<bool> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM tasks WHERE id = $1 AND fence = $2 AND state = 'running'")
        .bind(&claim.id)
        .bind(claim.fence)
        .fetch_optional(db.read())
        .await?;
    Ok(row.is_some())
}

/// running → queued, due after `delay_ms`. `counted`: the attempt stays on the count.
pub async fn requeue(db: &Db, claim: &Claim, delay_ms: i64, counted: bool) -> sqlx::Result<bool> {
    let touched = sqlx::query(
        "UPDATE tasks SET state = 'queued', node = NULL, lease_until = NULL, due = $3, attempt = attempt - $4
         WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(&claim.id)
    .bind(claim.fence)
    .bind(clock::now_ms() + delay_ms)
    .bind(i64::from(!counted))
    .execute(db.write())
    .await?;
    Ok(touched.rows_affected() == 1)
}

/// Replaces the work: what was left open in it (lyrics to be written) is decided now, and a later
/// attempt must not decide otherwise. False: not ours any more.
pub async fn decide(db: &Db, claim: &Claim, work: &str) -> sqlx::Result<bool> {
    let touched = sqlx::query("UPDATE tasks SET work = $3 WHERE id = $1 AND fence = $2 AND state = 'running'")
        .bind(&claim.id)
        .bind(claim.fence)
        .bind(work)
        .execute(db.write())
        .await?;
    Ok(touched.rows_affected() == 1)
}

/// What the clips that are not made yet will be called: who listens already shall see it.
pub async fn announce(db: &Db, claim: &Claim, title: &str, tags: &str, lyrics: &str) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE clips SET title = $3, tags = $4, lyrics = $5 WHERE task_id = $1 AND state IN ('pending', 'running')
            AND EXISTS (SELECT 1 FROM tasks WHERE id = $1 AND fence = $2 AND state = 'running')",
    )
    .bind(&claim.id)
    .bind(claim.fence)
    .bind(title)
    .bind(tags)
    .bind(lyrics)
    .execute(db.write())
    .await?;
    Ok(())
}

/// A clip whose files are stored.
#[derive(Debug)]
pub struct Finished {
    /// Which of the task's clips.
    pub position: i64,
    /// Its title.
    pub title: String,
    /// What is sung.
    pub lyrics: String,
    /// Style words.
    pub tags: String,
    /// Its length.
    pub seconds: f64,
    /// As requested or predicted.
    pub labels: Labels,
    /// The clip it continues.
    pub parent: Option<String>,
    /// JSON.
    pub details: String,
    /// Its files.
    pub files: Vec<Stored>,
}

/// A file that lies in the object store.
#[derive(Debug)]
pub struct Stored {
    /// The last part of its address.
    pub name: String,
    /// `wav`, `mp3`, …
    pub role: String,
    /// Such as `audio/wav`.
    pub media_type: String,
    /// Its hash, which is its key in the store.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
}

/// The positions of a task's clips that are finished: an earlier attempt may have made some.
pub async fn made(db: &Db, task_id: &str) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar("SELECT position FROM clips WHERE task_id = $1 AND state = 'succeeded' ORDER BY position")
        .bind(task_id)
        .fetch_all(db.read())
        .await
}

/// A take is begun: its clip is running.
pub async fn begin_take(db: &Db, claim: &Claim, position: i64) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE clips SET state = 'running', audible = 0 WHERE task_id = $1 AND position = $2 AND state <> 'succeeded'
            AND EXISTS (SELECT 1 FROM tasks WHERE id = $1 AND fence = $3 AND state = 'running')",
    )
    .bind(&claim.id)
    .bind(position)
    .bind(claim.fence)
    .execute(db.write())
    .await?;
    Ok(())
}

/// A take can be heard while it is made. False: not ours any more, or known already.
pub async fn audible(db: &Db, claim: &Claim, position: i64) -> sqlx::Result<bool> {
    let mut tx = db.begin().await?;
    let touched = sqlx::query(
        "UPDATE clips SET audible = 1 WHERE task_id = $1 AND position = $2 AND state = 'running' AND audible = 0
            AND EXISTS (SELECT 1 FROM tasks WHERE id = $1 AND fence = $3 AND state = 'running')",
    )
    .bind(&claim.id)
    .bind(position)
    .bind(claim.fence)
    .execute(&mut *tx)
    .await?;
    let heard = touched.rows_affected() == 1;
    if heard {
        queue::announce(&mut tx, &claim.id, Event::Streaming).await?;
    }
    tx.commit().await?;
    Ok(heard)
}

/// Clips become visible, while their task may still make others. False: not ours any more.
pub async fn publish(db: &Db, claim: &Claim, clips: &[Finished]) -> sqlx::Result<bool> {
    publish_with(db, claim, clips, None).await
}

/// The same, with a persona that comes to be with them.
pub async fn publish_with(db: &Db, claim: &Claim, clips: &[Finished], persona: Option<&Persona>) -> sqlx::Result<bool> {
    let now = clock::now_ms();
    let mut tx = db.begin().await?;
    let owned: Option<(i64,)> =
        sqlx::query_as("SELECT 1 FROM tasks WHERE id = $1 AND fence = $2 AND state = 'running'")
            .bind(&claim.id)
            .bind(claim.fence)
            .fetch_optional(&mut *tx)
            .await?;
    if owned.is_none() {
        return Ok(false);
    }
    for clip in clips {
        let known: Option<(String,)> = sqlx::query_as("SELECT id FROM clips WHERE task_id = $1 AND position = $2")
            .bind(&claim.id)
            .bind(clip.position)
            .fetch_optional(&mut *tx)
            .await?;
        let clip_id = match known {
            Some((id,)) => id,
            None => clock::new_id(),
        };
        insert_clip(&mut tx, &clip_id, &claim.id, clip, now).await?;
    }
    if let Some(persona) = persona {
        personas::add(&mut tx, persona).await?;
    }
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn insert_clip(
    tx: &mut Tx,
    clip_id: &str,
    task_id: &str,
    clip: &Finished,
    now: i64,
) -> sqlx::Result<()> {
    // One statement for a clip that waits and for one (a stem) that nobody knew of.
    sqlx::query(
        "INSERT INTO clips (id, task_id, position, title, seconds, genre, mood, gender, timbre, details,
            lyrics, tags, parent_id, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'succeeded', $14)
         ON CONFLICT (id) DO UPDATE SET title = $4, seconds = $5, genre = $6, mood = $7, gender = $8,
            timbre = $9, details = $10, lyrics = $11, tags = $12, parent_id = $13, state = 'succeeded'",
    )
    .bind(clip_id)
    .bind(task_id)
    .bind(clip.position)
    .bind(&clip.title)
    .bind(clip.seconds)
    .bind(&clip.labels.genre)
    .bind(&clip.labels.mood)
    .bind(&clip.labels.gender)
    .bind(&clip.labels.timbre)
    .bind(&clip.details)
    .bind(&clip.lyrics)
    .bind(&clip.tags)
    .bind(&clip.parent)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    for file in &clip.files {
        insert_file(tx, clip_id, file, now).await?;
    }
    Ok(())
}

pub(super) async fn insert_file(tx: &mut Tx, clip_id: &str, file: &Stored, now: i64) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO assets (sha256, size, created_at) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING")
        .bind(&file.sha256)
        .bind(file.size)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "INSERT INTO files (name, clip_id, role, media_type, sha256) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO NOTHING",
    )
    .bind(&file.name)
    .bind(clip_id)
    .bind(&file.role)
    .bind(&file.media_type)
    .bind(&file.sha256)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A file more of a finished clip.
pub async fn add_file(db: &Db, clip_id: &str, file: &Stored) -> sqlx::Result<()> {
    let mut tx = db.begin().await?;
    insert_file(&mut tx, clip_id, file, clock::now_ms()).await?;
    tx.commit().await
}

/// running → succeeded: every take is published. False: not ours any more.
pub async fn succeed(db: &Db, claim: &Claim) -> sqlx::Result<bool> {
    let mut tx = db.begin().await?;
    let succeeded = complete(&mut tx, &claim.id, claim.fence, "running").await?;
    tx.commit().await?;
    Ok(succeeded)
}

async fn complete(tx: &mut Tx, id: &str, fence: i64, from: &str) -> sqlx::Result<bool> {
    let touched = sqlx::query(
        "UPDATE tasks SET state = 'succeeded', progress = 100, step = '', node = NULL, lease_until = NULL,
            finished_at = $3
         WHERE id = $1 AND fence = $2 AND state = $4",
    )
    .bind(id)
    .bind(fence)
    .bind(clock::now_ms())
    .bind(from)
    .execute(&mut **tx)
    .await?;
    if touched.rows_affected() == 0 {
        return Ok(false);
    }
    close_clips(tx, id).await?;
    queue::announce(tx, id, Event::Completed).await?;
    Ok(true)
}

/// Clips that will never be made.
async fn close_clips(tx: &mut Tx, task_id: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE clips SET state = 'failed' WHERE task_id = $1 AND state <> 'succeeded'")
        .bind(task_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// running → failed, refunded; → succeeded if some take was published. False: not ours any more.
pub async fn fail(db: &Db, claim: &Claim, code: Code, message: &str) -> sqlx::Result<bool> {
    let mut tx = db.begin().await?;
    let failed = give_up(
        &mut tx,
        &claim.id,
        &claim.account_id,
        claim.fence,
        "running",
        code,
        message,
    )
    .await?;
    tx.commit().await?;
    Ok(failed)
}

async fn give_up(
    tx: &mut Tx,
    id: &str,
    account_id: &str,
    fence: i64,
    from: &str,
    code: Code,
    message: &str,
) -> sqlx::Result<bool> {
    let (made,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM clips WHERE task_id = $1 AND state = 'succeeded'")
        .bind(id)
        .fetch_one(&mut **tx)
        .await?;
    if made > 0 {
        // Something was delivered: the finished clip stays, the other one is marked, and it is paid.
        return complete(tx, id, fence, from).await;
    }
    let touched = sqlx::query(
        "UPDATE tasks SET state = 'failed', step = '', node = NULL, lease_until = NULL, fault_code = $3,
            fault_message = $4, finished_at = $5
         WHERE id = $1 AND fence = $2 AND state = $6",
    )
    .bind(id)
    .bind(fence)
    .bind(code.kind())
    .bind(message)
    .bind(clock::now_ms())
    .bind(from)
    .execute(&mut **tx)
    .await?;
    if touched.rows_affected() == 0 {
        return Ok(false);
    }
    close_clips(tx, id).await?;
    ledger::refund(tx, account_id, id).await?;
    queue::announce(tx, id, Event::Failed).await?;
    Ok(true)
}

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Taken back from dead workers.
    pub requeued: usize,
    /// Given up and refunded.
    pub failed: usize,
}

#[derive(sqlx::FromRow)]
struct Left {
    id: String,
    account_id: String,
    fence: i64,
    attempt: i64,
    state: String,
}

/// Which tasks a sweep looks for.
#[derive(Clone, Copy, Debug)]
pub enum Lost<'a> {
    /// Those whose lease ran out.
    Expired,
    /// Those of this node: it has just started, so whoever held them is dead.
    OfNode(&'a str),
    /// Those that wait since before this time.
    WaitingSince(i64),
}

/// running → queued for dead workers' tasks, or → failed at the attempt limit; queued → failed for
/// tasks that waited too long.
pub async fn sweep(db: &Db, lost: Lost<'_>, max_attempts: i64) -> sqlx::Result<Swept> {
    let now = clock::now_ms();
    let query = match lost {
        Lost::Expired => sqlx::query_as(
            "SELECT id, account_id, fence, attempt, state FROM tasks WHERE state = 'running' AND lease_until < $1",
        )
        .bind(now),
        Lost::OfNode(node) => sqlx::query_as(
            "SELECT id, account_id, fence, attempt, state FROM tasks WHERE state = 'running' AND node = $1",
        )
        .bind(node),
        Lost::WaitingSince(time) => sqlx::query_as(
            "SELECT id, account_id, fence, attempt, state FROM tasks WHERE state = 'queued' AND created_at < $1",
        )
        .bind(time),
    };
    let left: Vec<Left> = query.fetch_all(db.read()).await?;
    let mut swept = Swept::default();
    for task in left {
        let mut tx = db.begin().await?;
        let given_up = if task.state == "queued" {
            Some((Code::Timeout, Code::Timeout.message()))
        } else if task.attempt >= max_attempts {
            Some((Code::Api, Code::Api.message()))
        } else {
            None
        };
        if let Some((code, message)) = given_up {
            let failed = give_up(
                &mut tx,
                &task.id,
                &task.account_id,
                task.fence,
                &task.state,
                code,
                message,
            )
            .await?;
            swept.failed += usize::from(failed);
        } else {
            let touched = sqlx::query(
                "UPDATE tasks SET state = 'queued', node = NULL, lease_until = NULL, due = $3
                 WHERE id = $1 AND fence = $2 AND state = 'running'",
            )
            .bind(&task.id)
            .bind(task.fence)
            .bind(now)
            .execute(&mut *tx)
            .await?;
            swept.requeued += touched.rows_affected() as usize;
        }
        tx.commit().await?;
    }
    Ok(swept)
}
