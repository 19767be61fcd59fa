//! Opening the database, and the two ways to use it: one connection writes, some read. In `SQLite`
//! there is one writer at a time anyway; queueing for it here costs no busy waiting.

use std::time::Duration;

use anyhow::Context as _;
use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Transaction};

/// A write transaction.
pub type Tx = Transaction<'static, Any>;

/// The database.
#[derive(Clone, Debug)]
pub struct Db {
    write: AnyPool,
    read: AnyPool,
}

/// Of every connection. WAL: readers do not wait for the writer. FULL: what is committed survives a
/// power cut, as it should in a ledger.
const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";

const BEGIN: &str = "BEGIN IMMEDIATE";

impl Db {
    /// Opens (or makes) the database at a `sqlite:` address and brings its tables up to date.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        sqlx::any::install_default_drivers();
        anyhow::ensure!(
            url.starts_with("sqlite:"),
            "the database address {url:?} is not understood: this build speaks sqlite: only"
        );
        anyhow::ensure!(
            !url.contains(":memory:"),
            "the database must be a file, or it would forget its tasks"
        );
        let shown = url
            .split('?')
            .next()
            .unwrap_or(url)
            .trim_start_matches("sqlite:")
            .trim_start_matches("//");
        let open = async {
            let create = if url.contains('?') {
                url.to_owned()
            } else {
                format!("{url}?mode=rwc")
            };
            // By a connection alone: a pool would try a broken file again and again.
            let mut first = AnyConnection::connect(&create).await?;
            sqlx::raw_sql(PRAGMAS).execute(&mut first).await?;
            let found: Vec<(String,)> = sqlx::query_as("PRAGMA quick_check(1)").fetch_all(&mut first).await?;
            anyhow::ensure!(
                found.iter().all(|(line,)| line == "ok"),
                "it is damaged ({})",
                found[0].0
            );
            sqlx::migrate!("./migrations").run(&mut first).await?;
            first.close().await?;
            anyhow::Ok(Self {
                write: pool(&create, 1).await?,
                read: pool(&create, 4).await?,
            })
        };
        open.await
            .with_context(|| format!("the database {shown} cannot be used"))
    }

    /// A write transaction that holds the write lock from its beginning. (A transaction that begins
    /// as a reader and then writes fails at once when another writer came in between.)
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        match self.write.begin_with(BEGIN).await {
            // On a full disk `SQLite` ends a transaction by itself. The connection still believes in
            // it and would begin no other for ever: a fresh one takes its place.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.write.acquire().await?.close().await?;
                self.write.begin_with(BEGIN).await
            }
            begun => begun,
        }
    }

    /// For single statements that write.
    pub fn write(&self) -> &AnyPool {
        &self.write
    }

    /// For statements that only read.
    pub fn read(&self) -> &AnyPool {
        &self.read
    }

    /// Ends all connections, so that the write-ahead log is folded into the file.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

async fn pool(url: &str, connections: u32) -> sqlx::Result<AnyPool> {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(30))
        // A connection to a file does not die by itself; a ping on each use would double its price.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(|connection, _| {
            Box::pin(async move { sqlx::raw_sql(PRAGMAS).execute(connection).await.map(drop) })
        })
        .connect(url)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of `sqlx::Any` that the statements rely on.
    #[tokio::test]
    async fn the_common_road_of_both_databases_holds() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}/a.db", dir.path().display()))
            .await
            .unwrap();
        let mut tx = db.begin().await.unwrap();
        for name in ["a", "b"] {
            sqlx::query("INSERT INTO accounts (id, name, balance, created_at) VALUES ($1, $1, $2, $2)")
                .bind(name)
                .bind(7_i64)
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        let twice =
            sqlx::query("INSERT INTO accounts (id, name, created_at) VALUES ('a', 'x', 1) ON CONFLICT (id) DO NOTHING")
                .execute(&mut *tx)
                .await
                .unwrap();
        assert_eq!(twice.rows_affected(), 0);
        tx.commit().await.unwrap();
        let (sum, none): (i64, Option<f64>) = sqlx::query_as(
            "SELECT CAST(SUM(a.balance) AS BIGINT), MAX(c.seconds) FROM accounts a LEFT JOIN clips c ON c.id = a.id",
        )
        .fetch_one(db.read())
        .await
        .unwrap();
        assert_eq!((sum, none), (14, None));
        let below = sqlx::query("UPDATE accounts SET balance = -1")
            .execute(db.write())
            .await;
        assert!(below.is_err(), "the database itself refuses a debt");
        let stray =
            sqlx::query("INSERT INTO keys (id, account_id, hash, prefix, created_at) VALUES ('k','nobody','h','p',1)")
                .execute(db.write())
                .await;
        assert!(stray.is_err(), "foreign keys are on");
    }

    #[tokio::test]
    async fn a_transaction_that_the_database_ended_does_not_block_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}/a.db", dir.path().display()))
            .await
            .unwrap();
        let mut tx = db.begin().await.unwrap();
        sqlx::raw_sql("ROLLBACK").execute(&mut *tx).await.unwrap();
        assert!(tx.commit().await.is_err());
        let tx = db.begin().await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_gives_one_sentence() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("bad.db");
        std::fs::write(&file, vec![b'x'; 8192]).unwrap();
        let error = Db::open(&format!("sqlite://{}", file.display())).await.unwrap_err();
        assert!(error.to_string().contains("bad.db cannot be used"), "{error}");
    }
}
