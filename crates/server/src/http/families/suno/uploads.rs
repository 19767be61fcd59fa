//! What needs sound from outside: `upload`, `upload-cover`, `upload-extend`, `create-voice`, and the
//! `*_upload_*` task types. Refused with one sentence, and nothing is charged.

use crate::http::families::call::Call;
use crate::http::problem::{ErrorBody, Problem};

/// The one sentence.
pub fn not_yet() -> Problem {
    Problem::bad_request(
        "Uploads are not available yet. Use a clip that was made here: the other task types and paths take its clip id.",
    )
}

/// Brings a recording in. Not available yet.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/upload",
    tag = "sonic",
    operation_id = "sonic_upload",
    security(("key" = [])),
    responses((status = 400, description = "Uploads are not available yet; nothing is charged", body = ErrorBody))
)]
pub async fn upload(_: Call) -> Problem {
    not_yet()
}

/// Brings a recording in and covers it. Not available yet.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/upload-cover",
    tag = "sonic",
    operation_id = "sonic_upload_cover",
    security(("key" = [])),
    responses((status = 400, description = "Uploads are not available yet; nothing is charged", body = ErrorBody))
)]
pub async fn upload_cover(_: Call) -> Problem {
    not_yet()
}

/// Brings a recording in and extends it. Not available yet.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/upload-extend",
    tag = "sonic",
    operation_id = "sonic_upload_extend",
    security(("key" = [])),
    responses((status = 400, description = "Uploads are not available yet; nothing is charged", body = ErrorBody))
)]
pub async fn upload_extend(_: Call) -> Problem {
    not_yet()
}

/// Learns a voice from a recording. Not available yet.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/create-voice",
    tag = "sonic",
    operation_id = "sonic_create_voice",
    security(("key" = [])),
    responses((status = 400, description = "Uploads are not available yet; nothing is charged", body = ErrorBody))
)]
pub async fn create_voice(_: Call) -> Problem {
    not_yet()
}
