//! `POST /api/v1/sonic/bpm`: the tempo, read from the score's tempo map.

use axum::Json;
use catbird_score::Score;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::of_clip::{self, ClipRequest};
use crate::http::families::call::{Call, Kept};
use crate::http::problem::{ErrorBody, Problem};

/// The tempo.
#[derive(Debug, Serialize, ToSchema)]
pub struct BpmAnswer {
    /// 200
    #[schema(example = 200)]
    pub code: u16,
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
    /// The tempo.
    pub data: Tempo,
}

/// Quarter notes a minute.
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct Tempo {
    /// Mean over the time of the piece.
    pub avg_bpm: f64,
    /// The fastest.
    pub max_bpm: f64,
    /// The slowest.
    pub min_bpm: f64,
}

/// The tempo of a clip. Free, answered at once.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/bpm",
    tag = "sonic",
    operation_id = "sonic_bpm",
    security(("key" = [])),
    request_body = ClipRequest,
    responses(
        (status = 200, description = "The tempo", body = BpmAnswer),
        (status = 400, description = "The clip is unknown or a single track", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
    )
)]
pub async fn bpm(call: Call) -> Result<Json<Value>, Problem> {
    let (_, score) = of_clip::scored(&call).await?;
    let price = call.core.config.prices.bpm;
    if let Some(before) = call.before(price).await? {
        return Ok(before);
    }
    let answer = BpmAnswer {
        code: 200,
        message: "success",
        data: tempo(&score),
    };
    let kept = Kept {
        operation: "bpm",
        price,
        ..Kept::default()
    };
    call.answer(kept, &answer).await
}

/// Each tempo counts as long as it holds, up to the end of the form or of the file.
fn tempo(score: &Score) -> Tempo {
    let end = score.tempo.at(score.end()).min(score.seconds);
    let marks = &score.tempo.marks;
    let (mut beats, mut time) = (0.0, 0.0);
    let (mut min, mut max) = (f64::INFINITY, 0.0_f64);
    for (i, mark) in marks.iter().enumerate() {
        let from = score.tempo.at(mark.tick);
        let to = marks.get(i + 1).map_or(end, |next| score.tempo.at(next.tick).min(end));
        if to > from {
            beats += mark.bpm * (to - from);
            time += to - from;
            min = min.min(mark.bpm);
            max = max.max(mark.bpm);
        }
    }
    let first = score.tempo.bpm_at(0);
    let hundredths = |bpm: f64| (bpm * 100.0).round() / 100.0;
    Tempo {
        avg_bpm: hundredths(if time > 0.0 { beats / time } else { first }),
        max_bpm: hundredths(if time > 0.0 { max } else { first }),
        min_bpm: hundredths(if time > 0.0 { min } else { first }),
    }
}
