//! The ledger. Every change of an account's credits is an entry, in the same transaction; so the
//! balance is always the sum of the entries. A task is charged once and refunded at most once.

use crate::clock;
use crate::store::Tx;

/// The two pools of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Credits {
    /// Subscription credits.
    pub balance: i64,
    /// One-time credits, used first.
    pub extra: i64,
}

impl Credits {
    fn negated(self) -> Self {
        Self {
            balance: -self.balance,
            extra: -self.extra,
        }
    }
}

/// What the account has.
pub async fn credits<'c>(
    store: impl sqlx::Executor<'c, Database = sqlx::Any>,
    account_id: &str,
) -> sqlx::Result<Credits> {
    let (balance, extra) = sqlx::query_as("SELECT balance, extra FROM accounts WHERE id = $1")
        .bind(account_id)
        .fetch_one(store)
        .await?;
    Ok(Credits { balance, extra })
}

/// Gives credits to an account.
pub async fn grant(tx: &mut Tx, account_id: &str, credits: Credits) -> sqlx::Result<()> {
    enter(tx, account_id, None, "grant", credits).await?;
    apply(tx, account_id, credits).await
}

/// Takes `price` for a task, one-time credits first. False: there is not enough, nothing happened.
pub async fn charge(tx: &mut Tx, account_id: &str, task_id: &str, price: i64) -> sqlx::Result<bool> {
    let has = credits(&mut **tx, account_id).await?;
    let extra = price.min(has.extra);
    let taken = Credits {
        balance: price - extra,
        extra,
    };
    if taken.balance > has.balance {
        return Ok(false);
    }
    enter(tx, account_id, Some(task_id), "charge", taken.negated()).await?;
    apply(tx, account_id, taken.negated()).await?;
    Ok(true)
}

/// Gives back what a task was charged, to the pools it came from. A second time does nothing.
pub async fn refund(tx: &mut Tx, account_id: &str, task_id: &str) -> sqlx::Result<()> {
    let charged: Option<(i64, i64)> =
        sqlx::query_as("SELECT balance, extra FROM entries WHERE task_id = $1 AND kind = 'charge'")
            .bind(task_id)
            .fetch_optional(&mut **tx)
            .await?;
    let Some((balance, extra)) = charged else { return Ok(()) };
    let back = Credits { balance, extra }.negated();
    if enter(tx, account_id, Some(task_id), "refund", back).await? {
        apply(tx, account_id, back).await?;
    }
    Ok(())
}

async fn enter(
    tx: &mut Tx,
    account_id: &str,
    task_id: Option<&str>,
    kind: &'static str,
    change: Credits,
) -> sqlx::Result<bool> {
    let entered = sqlx::query(
        "INSERT INTO entries (id, account_id, task_id, kind, balance, extra, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (task_id, kind) DO NOTHING",
    )
    .bind(clock::new_id())
    .bind(account_id)
    .bind(task_id)
    .bind(kind)
    .bind(change.balance)
    .bind(change.extra)
    .bind(clock::now_ms())
    .execute(&mut **tx)
    .await?;
    Ok(entered.rows_affected() == 1)
}

/// The table's CHECK makes the whole transaction fail rather than leave a debt.
async fn apply(tx: &mut Tx, account_id: &str, change: Credits) -> sqlx::Result<()> {
    let touched = sqlx::query("UPDATE accounts SET balance = balance + $2, extra = extra + $3 WHERE id = $1")
        .bind(account_id)
        .bind(change.balance)
        .bind(change.extra)
        .execute(&mut **tx)
        .await?;
    if touched.rows_affected() == 1 {
        Ok(())
    } else {
        Err(sqlx::Error::RowNotFound)
    }
}
