//! Clips that were brought in: a task that is over from its beginning, and what is heard later.

use catbird_score::Labels;
use serde_json::Value;

use super::state::{self, Finished, New, Stored};
use crate::clock;
use crate::store::{Db, Tx};

/// (new) → succeeded: a clip that is finished already. `result` is what its caller is answered.
pub async fn deliver(tx: &mut Tx, new: &New<'_>, result: &str, clip_id: &str, clip: &Finished) -> sqlx::Result<()> {
    let now = clock::now_ms();
    state::insert(tx, new, now, Some(result)).await?;
    state::insert_clip(tx, clip_id, new.id, clip, now).await
}

/// The id of a task's clip.
pub async fn clip_at(db: &Db, task_id: &str, position: i64) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT id FROM clips WHERE task_id = $1 AND position = $2")
        .bind(task_id)
        .bind(position)
        .fetch_optional(db.read())
        .await
}

/// Somebody has listened to a clip: files more, and what is known now. Done once; what was known before
/// stays.
pub async fn heard(db: &Db, clip_id: &str, labels: &Labels, details: &Value, files: &[Stored]) -> sqlx::Result<()> {
    let mut tx = db.begin().await?;
    let before: Option<(String,)> = sqlx::query_as("SELECT details FROM clips WHERE id = $1 AND state = 'succeeded'")
        .bind(clip_id)
        .fetch_optional(&mut *tx)
        .await?;
    let Some((before,)) = before else { return Ok(()) };
    let mut known: Value = serde_json::from_str(&before).unwrap_or_default();
    merge(&mut known, details);
    sqlx::query(
        "UPDATE clips SET details = $2, genre = CASE genre WHEN '' THEN $3 ELSE genre END,
            mood = CASE mood WHEN '' THEN $4 ELSE mood END, gender = CASE gender WHEN '' THEN $5 ELSE gender END,
            timbre = CASE timbre WHEN '' THEN $6 ELSE timbre END
         WHERE id = $1",
    )
    .bind(clip_id)
    .bind(known.to_string())
    .bind(&labels.genre)
    .bind(&labels.mood)
    .bind(&labels.gender)
    .bind(&labels.timbre)
    .execute(&mut *tx)
    .await?;
    for file in files {
        state::insert_file(&mut tx, clip_id, file, clock::now_ms()).await?;
    }
    tx.commit().await
}

/// Adds the members of an object to those of another.
pub fn merge(known: &mut Value, more: &Value) {
    if !known.is_object() {
        *known = Value::Object(serde_json::Map::new());
    }
    if let (Some(known), Some(more)) = (known.as_object_mut(), more.as_object()) {
        known.extend(more.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
}
