//! The calls that name one finished clip and are answered at once, and what they share.

use catbird_score::Score;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::families::call::{self, Call};
use crate::http::families::source::{self as sources, Source};
use crate::http::problem::Problem;

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

/// The score of a clip that has one.
pub async fn score(call: &Call, source: &Source) -> Result<Score, Problem> {
    let read = call.core.clips().score(&source.clip.id).await;
    let read =
        read.and_then(|score| score.ok_or_else(|| anyhow::anyhow!("clip {} has lost its score", source.clip.id)));
    read.map_err(|error| call::broken(&error))
}
