//! Taking an order: idempotency, price, ledger and task in one transaction.

use catbird_score::Work;
use uuid::Uuid;

use super::brought;
use super::state::{self, Finished, New};
use crate::credits::ledger;
use crate::store::{Db, Tx};

/// An order that passed its family's rules.
#[derive(Debug)]
pub struct Order {
    /// Who pays.
    pub account_id: String,
    /// The endpoint family.
    pub family: &'static str,
    /// What is asked.
    pub work: Work,
    /// Same work and seed → same bytes.
    pub seed: u64,
    /// How many takes.
    pub takes: u32,
    /// What the family's poll shows of the request, as JSON.
    pub shown: String,
    /// Credits.
    pub price: u32,
    /// The caller's key, and a hash of what it stands for.
    pub idempotency: Option<Idempotency>,
    /// Whom to tell when it is done.
    pub webhook: Option<Webhook>,
    /// The base of links in what is told unasked.
    pub base_url: String,
}

/// `Idempotency-Key`: the same key and request are the same task.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// As the caller sent it.
    pub key: String,
    /// Of path and body.
    pub request_hash: String,
}

/// Whom to tell.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Where.
    pub url: String,
    /// What signs it.
    pub secret: Option<String>,
}

/// Why an order is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Not enough credits.
    #[error("not enough credits")]
    Credits,
    /// The key stands for another request.
    #[error("the idempotency key was used for another request")]
    OtherRequest,
    /// Too many tasks wait.
    #[error("the queue is full")]
    QueueFull,
    /// The database.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

/// Takes the order; the new task's id, or that of the same order before.
pub async fn submit(db: &Db, order: &Order, queue_limit: u32) -> Result<String, Refusal> {
    let mut tx = db.begin().await?;
    let id = submit_with(&mut tx, order, queue_limit).await?;
    tx.commit().await?;
    Ok(id)
}

/// The same as a part of a larger transaction.
pub async fn submit_with(tx: &mut Tx, order: &Order, queue_limit: u32) -> Result<String, Refusal> {
    if let Some(id) = before(tx, &order.account_id, order.idempotency.as_ref()).await? {
        return Ok(id);
    }
    let (waiting,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM tasks WHERE state = 'queued'")
        .fetch_one(&mut **tx)
        .await?;
    if waiting >= i64::from(queue_limit) {
        return Err(Refusal::QueueFull);
    }
    let id = Uuid::new_v4().to_string();
    let price = i64::from(order.price);
    let work = serde_json::to_string(&order.work).expect("work is plain data");
    let new = New {
        id: &id,
        account_id: &order.account_id,
        family: order.family,
        operation: order.work.operation(),
        work: &work,
        takes: order.takes,
        base_url: &order.base_url,
        shown: &order.shown,
        seed: order.seed as i64,
        price,
        idempotency: order
            .idempotency
            .as_ref()
            .map(|i| (i.key.as_str(), i.request_hash.as_str())),
        webhook_url: order.webhook.as_ref().map(|w| w.url.as_str()),
        webhook_secret: order.webhook.as_ref().and_then(|w| w.secret.as_deref()),
    };
    state::enqueue(tx, &new).await?;
    if !ledger::charge(tx, &order.account_id, &id, price).await? {
        return Err(Refusal::Credits);
    }
    Ok(id)
}

/// Something that is answered at once, and charged and kept like a task.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The id it is kept under.
    pub id: &'a str,
    /// Who pays.
    pub account_id: &'a str,
    /// The endpoint family.
    pub family: &'static str,
    /// What was done.
    pub operation: &'static str,
    /// What was asked, as small JSON.
    pub shown: String,
    /// What was answered, as JSON.
    pub result: String,
    /// Credits.
    pub price: u32,
    /// The caller's key, and a hash of what it stands for.
    pub idempotency: Option<Idempotency>,
}

/// Charges and keeps the answer; the id it is kept under: its own, or that of the same request before
/// (then nothing is charged and [`result`] has what was answered).
pub async fn record(tx: &mut Tx, answer: &Answer<'_>) -> Result<String, Refusal> {
    keep(tx, answer, None).await
}

/// The same with a clip that is finished already, which the answer speaks of: its id, and what it is.
pub async fn deliver(tx: &mut Tx, answer: &Answer<'_>, clip: (&str, &Finished)) -> Result<String, Refusal> {
    keep(tx, answer, Some(clip)).await
}

async fn keep(tx: &mut Tx, answer: &Answer<'_>, clip: Option<(&str, &Finished)>) -> Result<String, Refusal> {
    if let Some(id) = before(tx, answer.account_id, answer.idempotency.as_ref()).await? {
        return Ok(id);
    }
    let price = i64::from(answer.price);
    let new = New {
        id: answer.id,
        account_id: answer.account_id,
        family: answer.family,
        operation: answer.operation,
        work: "{}",
        takes: u32::from(clip.is_some()),
        base_url: "",
        shown: &answer.shown,
        seed: 0,
        price,
        idempotency: answer
            .idempotency
            .as_ref()
            .map(|i| (i.key.as_str(), i.request_hash.as_str())),
        webhook_url: None,
        webhook_secret: None,
    };
    match clip {
        None => state::record(tx, &new, &answer.result).await?,
        Some((id, clip)) => brought::deliver(tx, &new, &answer.result, id, clip).await?,
    }
    if !ledger::charge(tx, answer.account_id, answer.id, price).await? {
        return Err(Refusal::Credits);
    }
    Ok(answer.id.to_owned())
}

/// What the same request was answered before.
pub async fn replay(db: &Db, account_id: &str, same: &Idempotency) -> Result<Option<String>, Refusal> {
    let before: Option<(String, Option<String>)> =
        sqlx::query_as("SELECT request_hash, result FROM tasks WHERE account_id = $1 AND idempotency_key = $2")
            .bind(account_id)
            .bind(&same.key)
            .fetch_optional(db.read())
            .await?;
    match before {
        Some((hash, _)) if hash != same.request_hash => Err(Refusal::OtherRequest),
        Some((_, result)) => Ok(result),
        None => Ok(None),
    }
}

/// What was kept beside the answer of that operation under this id, for the account that asked.
pub async fn shown(db: &Db, account_id: &str, id: &str, operation: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(
        "SELECT shown FROM tasks WHERE id = $1 AND account_id = $2 AND operation = $3 AND result IS NOT NULL",
    )
    .bind(id)
    .bind(account_id)
    .bind(operation)
    .fetch_optional(db.read())
    .await
}

/// What was answered under this id, for the account that asked: operation and JSON.
pub async fn result(db: &Db, account_id: &str, id: &str) -> sqlx::Result<Option<(String, String)>> {
    sqlx::query_as("SELECT operation, result FROM tasks WHERE id = $1 AND account_id = $2 AND result IS NOT NULL")
        .bind(id)
        .bind(account_id)
        .fetch_optional(db.read())
        .await
}

/// The task of the same request before.
async fn before(tx: &mut Tx, account_id: &str, same: Option<&Idempotency>) -> Result<Option<String>, Refusal> {
    let Some(same) = same else { return Ok(None) };
    let before: Option<(String, String)> =
        sqlx::query_as("SELECT id, request_hash FROM tasks WHERE account_id = $1 AND idempotency_key = $2")
            .bind(account_id)
            .bind(&same.key)
            .fetch_optional(&mut **tx)
            .await?;
    match before {
        Some((_, hash)) if hash != same.request_hash => Err(Refusal::OtherRequest),
        Some((id, _)) => Ok(Some(id)),
        None => Ok(None),
    }
}
