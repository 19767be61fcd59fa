//! `/healthz`: the process answers. `/readyz`: it can do its work, too.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::codes::Code;
use super::problem::{ErrorBody, Problem};
use crate::app::Core;

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "plain", operation_id = "health",
    responses((status = 200, description = "It answers", body = Object)))]
pub async fn health() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// The database answers and finished files can be written.
#[utoipa::path(get, path = "/readyz", tag = "plain", operation_id = "ready", responses(
    (status = 200, description = "Ready for work", body = Object),
    (status = 503, description = "Not ready", body = ErrorBody),
))]
pub async fn ready(State(core): State<Arc<Core>>) -> Result<Json<Value>, Problem> {
    let check = async {
        let _: (i64,) = sqlx::query_as("SELECT COUNT(*) FROM accounts")
            .fetch_one(core.db.read())
            .await?;
        let folder = core.config.objects_folder()?;
        tokio::task::spawn_blocking(move || {
            let probe = folder.join(format!(".probe-{}", uuid::Uuid::new_v4()));
            std::fs::write(&probe, b"probe")?;
            std::fs::remove_file(&probe)
        })
        .await??;
        anyhow::Ok(())
    };
    match check.await {
        Ok(()) => Ok(Json(json!({"status": "ready"}))),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "not ready");
            Err(Code::Unavailable.into())
        }
    }
}
