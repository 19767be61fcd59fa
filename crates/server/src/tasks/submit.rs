//! Taking an order: idempotency, price, ledger and task in one transaction.

use catbird_score::Brief;
use uuid::Uuid;

use super::state::{self, New};
use crate::credits::ledger;
use crate::store::Db;

/// An order that passed its family's rules.
#[derive(Debug)]
pub struct Order {
    /// Who pays.
    pub account_id: String,
    /// The endpoint family.
    pub family: &'static str,
    /// What is done.
    pub operation: &'static str,
    /// What is asked.
    pub brief: Brief,
    /// What the family's poll shows of the request, as JSON.
    pub shown: String,
    /// Credits.
    pub price: u32,
    /// The caller's key, and a hash of what it stands for.
    pub idempotency: Option<Idempotency>,
    /// Whom to tell when it is done.
    pub webhook: Option<Webhook>,
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
    if let Some(idempotency) = &order.idempotency {
        let before: Option<(String, String)> =
            sqlx::query_as("SELECT id, request_hash FROM tasks WHERE account_id = $1 AND idempotency_key = $2")
                .bind(&order.account_id)
                .bind(&idempotency.key)
                .fetch_optional(&mut *tx)
                .await?;
        if let Some((id, hash)) = before {
            return if hash == idempotency.request_hash {
                Ok(id)
            } else {
                Err(Refusal::OtherRequest)
            };
        }
    }
    let (waiting,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM tasks WHERE state = 'queued'")
        .fetch_one(&mut *tx)
        .await?;
    if waiting >= i64::from(queue_limit) {
        return Err(Refusal::QueueFull);
    }
    let id = Uuid::new_v4().to_string();
    let price = i64::from(order.price);
    let brief = serde_json::to_string(&order.brief).expect("a brief is plain data");
    let new = New {
        id: &id,
        account_id: &order.account_id,
        family: order.family,
        operation: order.operation,
        brief: &brief,
        shown: &order.shown,
        seed: order.brief.seed as i64,
        price,
        idempotency: order
            .idempotency
            .as_ref()
            .map(|i| (i.key.as_str(), i.request_hash.as_str())),
        webhook_url: order.webhook.as_ref().map(|w| w.url.as_str()),
        webhook_secret: order.webhook.as_ref().and_then(|w| w.secret.as_deref()),
    };
    state::enqueue(&mut tx, &new).await?;
    if !ledger::charge(&mut tx, &order.account_id, &id, price).await? {
        return Err(Refusal::Credits);
    }
    tx.commit().await?;
    Ok(id)
}
