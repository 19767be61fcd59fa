//! The calls that name one finished clip and are answered at once, and what they share.

use catbird_score::timings::timed_lines;
use catbird_score::{Heard, PartRole, Score};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::families::call::{self, Call};
use crate::http::families::source::{self as sources, Source};
use crate::http::problem::Problem;
use crate::uploads::hearing;

/// One clip.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClipRequest {
    /// A finished clip of the account.
    pub clip_id: String,
}

/// The clip of the request.
pub async fn clip(call: &Call) -> Result<Source, Problem> {
    sources::find(call, &sources::id(call.fields(), "clip_id")?).await
}

/// The clip of the request, which must have a score, and the score.
pub async fn scored(call: &Call) -> Result<(Source, Score), Problem> {
    let source = sources::piece(call, &sources::id(call.fields(), "clip_id")?).await?;
    let score = score(call, &source).await?;
    Ok((source, score))
}

/// The score of a clip that has one; a recording gets it now, if nobody has listened to it yet.
pub async fn score(call: &Call, source: &Source) -> Result<Score, Problem> {
    if source.clip.file("score").is_none() {
        hearing::ensure(&call.core, &source.clip.id)
            .await
            .map_err(call::fault)?;
    }
    let read = call.core.clips().score(&source.clip.id).await;
    let read =
        read.and_then(|score| score.ok_or_else(|| anyhow::anyhow!("clip {} has lost its score", source.clip.id)));
    read.map_err(|error| call::broken(&error))
}

/// When somebody sings in a piece, seconds: its lines, or of a recording whose words are not known the
/// notes of its melody.
pub fn sung(score: &Score) -> Vec<(f64, f64)> {
    let lines: Vec<(f64, f64)> = timed_lines(score).iter().map(|line| (line.start, line.end)).collect();
    if !lines.is_empty() || !score.heard.as_ref().is_some_and(Heard::sings) {
        return lines;
    }
    let melody = score.parts.iter().find(|part| part.role == PartRole::Lead);
    let notes = melody.into_iter().flat_map(|part| &part.notes);
    notes
        .map(|note| {
            let end = note.onset() + f64::from(note.length);
            (score.tempo.seconds(note.onset()), score.tempo.seconds(end))
        })
        .collect()
}

/// Refuses a stretch in which nobody sings.
pub fn sings_within(score: &Score, from: f64, to: f64) -> Result<(), Problem> {
    if sung(score).iter().any(|(start, end)| *start < to && *end > from) {
        return Ok(());
    }
    Err(Problem::bad_request(format!(
        "Nobody sings between {from:.2} and {to:.2} seconds."
    )))
}
