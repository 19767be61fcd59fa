//! What must always be true of a store, looked up behind the server's back.

use catbird_server::Config;
use sqlx::{AnyConnection, Connection as _};

/// Each statement must find nothing.
const NEVER: [(&str, &str); 12] = [
    (
        "a balance that is not the sum of its entries",
        "SELECT COUNT(*) FROM accounts a WHERE a.balance <> (SELECT COALESCE(SUM(balance), 0) FROM entries WHERE account_id = a.id)
            OR a.extra <> (SELECT COALESCE(SUM(extra), 0) FROM entries WHERE account_id = a.id)",
    ),
    ("a debt", "SELECT COUNT(*) FROM accounts WHERE balance < 0 OR extra < 0"),
    (
        "a task that was not charged its price",
        "SELECT COUNT(*) FROM tasks t WHERE t.price <> (SELECT -COALESCE(SUM(balance + extra), 0) FROM entries
            WHERE task_id = t.id AND kind = 'charge')",
    ),
    (
        "a failed task that was not refunded",
        "SELECT COUNT(*) FROM tasks t WHERE t.state = 'failed' AND 0 <> (SELECT COALESCE(SUM(balance + extra), 0)
            FROM entries WHERE task_id = t.id)",
    ),
    (
        "a refund of a task that did not fail",
        "SELECT COUNT(*) FROM entries e JOIN tasks t ON t.id = e.task_id WHERE e.kind = 'refund' AND t.state <> 'failed'",
    ),
    (
        "a refund to another pool",
        "SELECT COUNT(*) FROM entries r JOIN entries c ON c.task_id = r.task_id AND c.kind = 'charge'
            WHERE r.kind = 'refund' AND (r.balance <> -c.balance OR r.extra <> -c.extra)",
    ),
    (
        "a finished task without a clip or an answer, or a clip of one that failed",
        "SELECT COUNT(*) FROM tasks t WHERE t.state IN ('succeeded', 'failed') AND (t.state = 'succeeded') <>
            (t.result IS NOT NULL OR EXISTS (SELECT 1 FROM clips WHERE task_id = t.id AND state = 'succeeded'))",
    ),
    (
        "a clip that waits for a task that is over",
        "SELECT COUNT(*) FROM clips c JOIN tasks t ON t.id = c.task_id
            WHERE t.state IN ('succeeded', 'failed') AND c.state NOT IN ('succeeded', 'failed')",
    ),
    (
        "a state whose columns do not fit",
        "SELECT COUNT(*) FROM tasks WHERE (state = 'running') <> (lease_until IS NOT NULL)
            OR (state IN ('succeeded', 'failed')) <> (finished_at IS NOT NULL)
            OR (state = 'succeeded') <> (progress = 100) OR (state = 'failed') <> (fault_code IS NOT NULL)",
    ),
    (
        "a finished task that wants to tell and does not",
        "SELECT COUNT(*) FROM tasks t WHERE t.webhook_url IS NOT NULL AND t.state IN ('succeeded', 'failed')
            AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.task_id = t.id
            AND d.event = CASE t.state WHEN 'succeeded' THEN 'song.completed' ELSE 'song.failed' END)",
    ),
    (
        "a delivery whose columns do not fit",
        "SELECT COUNT(*) FROM deliveries WHERE (state = 'running') <> (lease_until IS NOT NULL)
            OR (state IN ('delivered', 'failed')) <> (finished_at IS NOT NULL)
            OR (state = 'delivered' AND body IS NULL) OR attempt > fence",
    ),
    ("more attempts than claims", "SELECT COUNT(*) FROM tasks WHERE attempt > fence OR attempt < 0"),
];

/// Runs from `drop`, inside or outside a runtime, so it takes a thread of its own.
pub fn audit(config: &Config) {
    let config = config.clone();
    let audited = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut store = open(&config).await;
            for (what, sql) in NEVER {
                let found: i64 = sqlx::query_scalar(sql).fetch_one(&mut store).await.unwrap();
                assert_eq!(found, 0, "{what}");
            }
            let assets: Vec<String> = sqlx::query_scalar("SELECT sha256 FROM assets")
                .fetch_all(&mut store)
                .await
                .unwrap();
            for sha256 in assets {
                let path = config.objects_folder().unwrap().join(&sha256[..2]).join(&sha256);
                assert!(path.is_file(), "a published asset has no bytes: {sha256}");
            }
        });
    });
    if let Err(panic) = audited.join() {
        std::panic::resume_unwind(panic);
    }
}

pub async fn execute(config: &Config, sql: &'static str) {
    sqlx::query(sql).execute(&mut open(config).await).await.unwrap();
}

/// One text that a statement finds for `id`.
pub async fn text(config: &Config, sql: &'static str, id: &str) -> String {
    sqlx::query_scalar(sql)
        .bind(id.to_owned())
        .fetch_one(&mut open(config).await)
        .await
        .unwrap()
}

/// One number.
pub async fn count(config: &Config, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql)
        .fetch_one(&mut open(config).await)
        .await
        .unwrap()
}

async fn open(config: &Config) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(&config.database_url().unwrap()).await.unwrap()
}
