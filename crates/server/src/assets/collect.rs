//! Throwing away objects nobody refers to: they were put by an attempt that did not finish.

use futures::StreamExt as _;
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::store::Db;

/// Younger objects may belong to an attempt that is about to finish.
const SPARE_MS: i64 = 24 * 3_600_000;

/// Deletes what is older than a day and belongs to no asset; how many that were.
pub async fn collect(db: &Db, objects: &dyn ObjectStore, now_ms: i64) -> anyhow::Result<usize> {
    let mut list = objects.list(None);
    let mut deleted = 0;
    while let Some(object) = list.next().await {
        let object = object?;
        let Some(sha256) = object.location.filename().filter(|name| name.len() == 64) else {
            continue;
        };
        if now_ms - object.last_modified.timestamp_millis() < SPARE_MS {
            continue;
        }
        let known: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM assets WHERE sha256 = $1")
            .bind(sha256)
            .fetch_optional(db.read())
            .await?;
        if known.is_none() {
            objects.delete(&object.location).await?;
            deleted += 1;
        }
    }
    if deleted > 0 {
        tracing::info!(deleted, "unused files collected");
    }
    Ok(deleted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[tokio::test]
    async fn orphans_go_after_a_day_and_assets_stay() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}/a.db", dir.path().display()))
            .await
            .unwrap();
        let objects = crate::assets::open(&dir.path().join("objects")).unwrap();
        let (kept, orphan) = ("a".repeat(64), "b".repeat(64));
        for sha256 in [&kept, &orphan] {
            objects.put(&crate::assets::key(sha256), "bytes".into()).await.unwrap();
        }
        sqlx::query("INSERT INTO assets (sha256, size, created_at) VALUES ($1, 5, 1)")
            .bind(&kept)
            .execute(db.write())
            .await
            .unwrap();
        let now = clock::now_ms();
        assert_eq!(collect(&db, &objects, now).await.unwrap(), 0, "too young");
        assert_eq!(collect(&db, &objects, now + SPARE_MS + 1000).await.unwrap(), 1);
        assert!(objects.head(&crate::assets::key(&kept)).await.is_ok());
        assert!(objects.head(&crate::assets::key(&orphan)).await.is_err());
    }
}
