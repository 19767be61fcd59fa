//! `POST /api/v1/sonic/aligned-lyrics`: when each word and line is sung, read from the score.

use axum::Json;
use catbird_score::Score;
use catbird_score::timings::{TimedLine, TimedWord, timed_lines};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::of_clip;
use super::song::has_words;
use crate::http::codes::Code;
use crate::http::families::call::{self, Call, Kept};
use crate::http::families::source as sources;
use crate::http::fields::check_length;
use crate::http::problem::{ErrorBody, Problem};
use crate::uploads::hearing;

const LYRICS_LIMIT: usize = 5000;

/// A clip, and of a recording its words.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlignedLyricsRequest {
    /// A finished clip of the account.
    pub clip_id: String,
    /// The words that are sung in a recording (an addition of ours); not needed where the upload told them.
    #[schema(max_length = 5000)]
    pub lyrics: Option<String>,
}

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
    /// Whether it was found in the audio: always, words that are not found are left out.
    pub success: bool,
    /// Seconds of the file.
    pub start_s: f64,
    /// Seconds of the file.
    pub end_s: f64,
    /// How sure that is, 0–1: 1 for what was made here, less for what was heard in a recording.
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
    request_body = AlignedLyricsRequest,
    responses(
        (status = 200, description = "Words and lines with their times", body = AlignedLyricsAnswer),
        (status = 400, description = "The clip is unknown or a single track, or nobody knows its words", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 404, description = "Nobody sings in this clip", body = ErrorBody),
    )
)]
pub async fn aligned_lyrics(call: Call) -> Result<Json<Value>, Problem> {
    let (score, certainty) = sung_words(&call).await?;
    let lines: Vec<AlignedLine> = timed_lines(&score).into_iter().map(|l| line(l, certainty)).collect();
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

/// The score with the words, and how sure their times are.
async fn sung_words(call: &Call) -> Result<(Score, f64), Problem> {
    let source = sources::piece(call, &sources::id(call.fields(), "clip_id")?).await?;
    let given = call.fields().string("lyrics")?;
    check_length("lyrics", given.as_deref().unwrap_or_default(), LYRICS_LIMIT)?;
    if !source.is_recording() {
        return Ok((of_clip::score(call, &source).await?, 1.0));
    }
    let given = given.filter(|lyrics| has_words(lyrics));
    let score = match given.filter(|given| given.trim() != source.clip.lyrics.trim()) {
        Some(given) => {
            let heard = hearing::with_words(&call.core, &source.clip.id, &given).await;
            heard.map_err(call::fault)?.ok_or(Code::NotFound)?
        }
        None if has_words(&source.clip.lyrics) => of_clip::score(call, &source).await?,
        None => {
            let sentence = "The words of this recording are not known: send them in the 'lyrics' field.";
            return Err(Problem::bad_request(sentence));
        }
    };
    let certainty = score.heard.as_ref().map_or(1.0, |heard| heard.melody.clamp(0.0, 1.0));
    Ok((score, (f64::from(certainty) * 1000.0).round() / 1000.0))
}

fn line(line: TimedLine, certainty: f64) -> AlignedLine {
    AlignedLine {
        text: line.text,
        start_s: milliseconds(line.start),
        end_s: milliseconds(line.end),
        words: line.words.into_iter().map(|w| word(w, certainty)).collect(),
    }
}

fn word(word: TimedWord, certainty: f64) -> AlignedWord {
    AlignedWord {
        word: word.word,
        success: true,
        start_s: milliseconds(word.start),
        end_s: milliseconds(word.end),
        p_align: certainty,
    }
}

/// Rounded to what anybody can hear.
fn milliseconds(seconds: f64) -> f64 {
    (seconds.max(0.0) * 1000.0).round() / 1000.0
}
