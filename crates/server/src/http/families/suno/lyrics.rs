//! `POST /api/v1/sonic/lyrics`: two versions of a song's words, at once; and the older pair
//! `make-lyrics` and `get-lyrics/{task_id}` with one version.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use catbird_score::Dice;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::Core;
use crate::clock;
use crate::http::caller::Caller;
use crate::http::families::call::{self, Call, Kept};
use crate::http::fields::check_length;
use crate::http::named::Named;
use crate::http::problem::{ErrorBody, Problem};
use crate::lyricist;
use crate::tasks::submit;

const DESCRIPTION_LIMIT: usize = 120;
const PROMPT_LIMIT: usize = 200;
const MADE: &str = "make_lyrics";

/// What the words are about.
#[derive(Debug, Serialize, ToSchema)]
pub struct LyricsRequest {
    /// The theme, in a few words.
    #[schema(max_length = 120, example = "two neighbours sharing one umbrella")]
    pub description: String,
    /// The same description with the same seed gives the same words (an addition of ours).
    pub seed: Option<u64>,
}

/// Two versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct LyricsAnswer {
    /// 200
    #[schema(example = 200)]
    pub code: u16,
    /// Two.
    pub results: Vec<Version>,
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
}

/// A song's words.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    /// The title.
    pub title: String,
    /// The words with `[Verse]`, `[Chorus]` … between them.
    pub lyrics: String,
}

/// Writes two versions of a song's words. Answered at once.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/lyrics",
    tag = "sonic",
    operation_id = "sonic_lyrics",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body get the same answer")),
    request_body = LyricsRequest,
    responses(
        (status = 200, description = "Two versions", body = LyricsAnswer),
        (status = 400, description = "No description, or too long", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn lyrics(call: Call) -> Result<Json<Value>, Problem> {
    let fields = call.fields();
    let description = fields.string("description")?.filter(|text| !text.trim().is_empty());
    let description = description.ok_or_else(|| Problem::bad_request("description is required."))?;
    check_length("description", &description, DESCRIPTION_LIMIT)?;
    let seed = fields.seed()?.unwrap_or_else(clock::random_seed);
    let price = call.core.config.prices.lyrics;
    if let Some(before) = call.before(price).await? {
        return Ok(before);
    }
    let mut results = Vec::with_capacity(2);
    for seed in [seed, Dice::new(seed, "the second version").seed()] {
        let written = lyricist::write(&call.core, &description, seed)
            .await
            .map_err(call::fault)?;
        results.push(Version {
            title: written.title,
            lyrics: written.lyrics,
        });
    }
    let answer = LyricsAnswer {
        code: 200,
        results,
        message: "success",
    };
    let kept = Kept {
        operation: "lyrics",
        price,
        ..Kept::default()
    };
    call.answer(kept, &answer).await
}

/// What the words are about.
#[derive(Debug, Serialize, ToSchema)]
pub struct MakeLyricsRequest {
    /// The theme.
    #[schema(max_length = 200, example = "two neighbours sharing one umbrella")]
    pub prompt: String,
}

/// Where the words will be.
#[derive(Debug, Serialize, ToSchema)]
pub struct MakeLyricsAnswer {
    /// 200
    #[schema(example = 200)]
    pub code: u16,
    /// The task.
    pub data: MadeLyrics,
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
}

/// For `get-lyrics/{task_id}`.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeLyrics {
    /// The task's id.
    pub task_id: String,
}

/// What is kept: the answer, and the words it leads to.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    title: String,
    tags: String,
    lyrics: String,
}

/// Writes a song's words; fetch them from `get-lyrics/{task_id}`. The older form of `lyrics`.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/make-lyrics",
    tag = "sonic",
    operation_id = "sonic_make_lyrics",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same task")),
    request_body = MakeLyricsRequest,
    responses(
        (status = 200, description = "Written and charged", body = MakeLyricsAnswer),
        (status = 400, description = "No prompt, or too long", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn make(call: Call) -> Result<Json<Value>, Problem> {
    let fields = call.fields();
    let prompt = fields.string("prompt")?.filter(|text| !text.trim().is_empty());
    let prompt = prompt.ok_or_else(|| fields.required("prompt"))?;
    check_length("prompt", &prompt, PROMPT_LIMIT)?;
    let seed = fields.seed()?.unwrap_or_else(clock::random_seed);
    let price = call.core.config.prices.lyrics;
    if let Some(before) = call.before(price).await? {
        return Ok(before);
    }
    let written = lyricist::write(&call.core, &prompt, seed).await.map_err(call::fault)?;
    let task_id = Uuid::new_v4().to_string();
    let answer = MakeLyricsAnswer {
        code: 200,
        data: MadeLyrics {
            task_id: task_id.clone(),
        },
        message: "success",
    };
    let written = Written {
        title: written.title,
        tags: written.tags,
        lyrics: written.lyrics,
    };
    let kept = Kept {
        operation: MADE,
        price,
        id: Some(task_id),
        shown: serde_json::to_string(&written).expect("texts are plain data"),
        always: true,
        ..Kept::default()
    };
    call.answer(kept, &answer).await
}

/// The words of a task.
#[derive(Debug, Serialize, ToSchema)]
pub struct GetLyricsAnswer {
    /// 200
    #[schema(example = 200)]
    pub code: u16,
    /// The words.
    pub data: Words,
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
}

/// A song's words.
#[derive(Debug, Serialize, ToSchema)]
pub struct Words {
    /// The task's id.
    pub task_id: String,
    /// `complete`
    #[schema(example = "complete")]
    pub status: &'static str,
    /// The title.
    pub title: String,
    /// Style words that suit it.
    pub tags: String,
    /// The words with `[Verse]`, `[Chorus]` … between them.
    pub lyrics: String,
    /// The same under its older name.
    pub text: String,
}

/// The words of `make-lyrics`.
#[utoipa::path(
    get,
    path = "/api/v1/sonic/get-lyrics/{task_id}",
    tag = "sonic",
    operation_id = "sonic_get_lyrics",
    security(("key" = [])),
    params(("task_id" = String, Path, description = "The task's id")),
    responses(
        (status = 200, description = "The words", body = GetLyricsAnswer),
        (status = 400, description = "Unknown, or another account's", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
    )
)]
pub async fn get(State(core): State<Arc<Core>>, caller: Caller, Named(id): Named) -> Result<Response, Problem> {
    let kept = submit::shown(&core.db, &caller.account_id, &id, MADE).await?;
    let written: Option<Written> = kept.and_then(|kept| serde_json::from_str(&kept).ok());
    let written = written.ok_or_else(|| Problem::bad_request("task not found."))?;
    Ok(Json(GetLyricsAnswer {
        code: 200,
        data: Words {
            task_id: id,
            status: "complete",
            title: written.title,
            tags: written.tags,
            text: written.lyrics.clone(),
            lyrics: written.lyrics,
        },
        message: "success",
    })
    .into_response())
}
