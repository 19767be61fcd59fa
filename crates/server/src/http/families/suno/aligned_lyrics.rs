//! `POST /api/v1/sonic/aligned-lyrics`: when each word and line is sung, read from the score.

use axum::Json;
use catbird_score::timings::{TimedLine, TimedWord, timed_lines};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::of_clip::{self, ClipRequest};
use crate::http::codes::Code;
use crate::http::families::call::{Call, Kept};
use crate::http::problem::{ErrorBody, Problem};

/// When it is sung.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlignedLyricsAnswer {
    /// 200
    #[schema(example = 200)]
    pub code: u16,
    /// Words, and lines.
    pub data: AlignedLyrics,
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
}

/// Words, and lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlignedLyrics {
    /// Every sung word in order.
    pub alignment: Vec<AlignedWord>,
    /// The same by line (an addition of ours).
    pub lines: Vec<AlignedLine>,
}

/// A word with its time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlignedWord {
    /// The word.
    pub word: String,
    /// Whether it was found in the audio: always, it is read from the score.
    pub success: bool,
    /// Seconds of the file.
    pub start_s: f64,
    /// Seconds of the file.
    pub end_s: f64,
    /// How sure that is: 1.
    pub p_align: f64,
}

/// A line with its time.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlignedLine {
    /// As written.
    pub text: String,
    /// Seconds of the file.
    pub start_s: f64,
    /// Seconds of the file.
    pub end_s: f64,
    /// Its words.
    pub words: Vec<AlignedWord>,
}

/// When each word of a clip is sung. Free, answered at once.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/aligned-lyrics",
    tag = "sonic",
    operation_id = "sonic_aligned_lyrics",
    security(("key" = [])),
    request_body = ClipRequest,
    responses(
        (status = 200, description = "Words and lines with their times", body = AlignedLyricsAnswer),
        (status = 400, description = "The clip is unknown or a single track", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 404, description = "Nobody sings in this clip", body = ErrorBody),
    )
)]
pub async fn aligned_lyrics(call: Call) -> Result<Json<Value>, Problem> {
    let (_, score) = of_clip::scored(&call).await?;
    let lines: Vec<AlignedLine> = timed_lines(&score).into_iter().map(line).collect();
    if lines.is_empty() {
        return Err(Problem::new(Code::NotFound, "This clip has no lyrics."));
    }
    let price = call.core.config.prices.aligned_lyrics;
    if let Some(before) = call.before(price).await? {
        return Ok(before);
    }
    let answer = AlignedLyricsAnswer {
        code: 200,
        data: AlignedLyrics {
            alignment: lines.iter().flat_map(|line| line.words.clone()).collect(),
            lines,
        },
        message: "success",
    };
    let kept = Kept {
        operation: "aligned_lyrics",
        price,
        ..Kept::default()
    };
    call.answer(kept, &answer).await
}

fn line(line: TimedLine) -> AlignedLine {
    AlignedLine {
        text: line.text,
        start_s: milliseconds(line.start),
        end_s: milliseconds(line.end),
        words: line.words.into_iter().map(word).collect(),
    }
}

fn word(word: TimedWord) -> AlignedWord {
    AlignedWord {
        word: word.word,
        success: true,
        start_s: milliseconds(word.start),
        end_s: milliseconds(word.end),
        p_align: 1.0,
    }
}

/// Rounded to what anybody can hear.
fn milliseconds(seconds: f64) -> f64 {
    (seconds.max(0.0) * 1000.0).round() / 1000.0
}
