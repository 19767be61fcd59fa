//! `POST /api/v1/riffusion/create`: one endpoint, `task_type` selects one of eleven operations.

use axum::Json;
use catbird_score::{Brief, Work};
use serde::Serialize;
use utoipa::ToSchema;

use super::request::{Needs, SongRequest};
use crate::http::accepted::Accepted;
use crate::http::families::call::{Call, Ordered};
use crate::http::families::shown::Shown;
use crate::http::families::source::{self, Source};
use crate::http::families::suno::song::choice_or_empty;
use crate::http::fields::Fields;
use crate::http::problem::{ErrorBody, Problem};

const TASK_TYPES: [&str; 11] = [
    "create_music",
    "extend_music",
    "cover_music",
    "extend_upload_music",
    "cover_upload_music",
    "replace_music",
    "swap_music_sound",
    "swap_music_vocals",
    "replace_upload_music",
    "swap_upload_music_sound",
    "swap_upload_music_vocals",
];

/// The names that a replaced span goes by; the first pair is the vendor's client's.
const SPANS: [[&str; 2]; 5] = [
    ["replace_start_time", "replace_end_time"],
    ["starts_at", "ends_at"],
    ["starts", "ends"],
    ["replace_start_at", "replace_end_at"],
    ["infill_start_s", "infill_end_s"],
];

/// What is to be made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiffusionCreateRequest)]
pub struct CreateRequest {
    /// `create_music` when absent; `extend_music`, `cover_music`, `replace_music`, `swap_music_sound`,
    /// `swap_music_vocals`; each also as `…_upload_music…` for recordings that were brought in (any of
    /// them takes any clip).
    #[schema(example = "create_music")]
    pub task_type: Option<String>,
    /// The song. Edits keep what is not sent.
    #[serde(flatten)]
    pub song: SongRequest,
    /// All but `create_music`: the clip to work on.
    pub continue_clip_id: Option<String>,
    /// `extend_music`: seconds of the clip after which it goes on; its end when absent.
    pub continue_at: Option<f64>,
    /// `replace_music`: where the new section begins, seconds. (Also `starts_at`, `starts`,
    /// `replace_start_at`, `infill_start_s`.)
    pub replace_start_time: Option<f64>,
    /// `replace_music`: where it ends. (Also `ends_at`, `ends`, `replace_end_at`, `infill_end_s`.)
    pub replace_end_time: Option<f64>,
    /// https, at most 1024 characters.
    pub webhook_url: Option<String>,
    /// Signs what is sent there.
    pub webhook_secret: Option<String>,
}

/// Makes two songs: new, or from a clip. Poll `task/{task_id}`.
#[utoipa::path(
    post,
    path = "/api/v1/riffusion/create",
    tag = "riffusion",
    operation_id = "riffusion_create",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same task")),
    request_body = CreateRequest,
    responses(
        (status = 200, description = "Taken and charged", body = Accepted),
        (status = 400, description = "A rule is broken, or the clip is unknown", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits, no words in the lyrics, or the queue is full", body = ErrorBody),
        (status = 409, description = "The Idempotency-Key stands for another request", body = ErrorBody),
        (status = 413, description = "The body is too large", body = ErrorBody),
        (status = 429, description = "Too many requests; see Retry-After", body = ErrorBody),
    )
)]
pub async fn create(call: Call) -> Result<Json<Accepted>, Problem> {
    let task_type = choice_or_empty(call.fields(), "task_type", &TASK_TYPES)?;
    let ordered = match task_type.as_deref().unwrap_or("create_music") {
        "create_music" => Asked::read(&call, Needs::Song)?.ordered(&call, |brief| Work::Compose { brief }),
        "extend_music" | "extend_upload_music" => extend(&call).await?,
        "cover_music" | "cover_upload_music" => cover(&call).await?,
        "replace_music" | "replace_upload_music" => replace(&call).await?,
        "swap_music_sound" | "swap_upload_music_sound" => swap_sound(&call).await?,
        _ => swap_vocals(&call).await?,
    };
    call.order(ordered).await
}

/// A request as far as all operations read it alike.
struct Asked {
    song: SongRequest,
    brief: Brief,
    shown: Shown,
}

impl Asked {
    fn read(call: &Call, needs: Needs) -> Result<Self, Problem> {
        let song = SongRequest::read(call.fields())?;
        let brief = song.brief(call.fields(), needs)?;
        let shown = song.shown(&brief);
        Ok(Self { song, brief, shown })
    }

    /// What an edit is asked, and the clip it works on.
    async fn edit(call: &Call, needs: Needs) -> Result<(Self, Source), Problem> {
        let mut asked = Self::read(call, needs)?;
        let id = source::id(call.fields(), "continue_clip_id")?;
        let source = source::piece(call, &id).await?;
        asked.shown.borrow(&source, &mut asked.brief);
        Ok((asked, source))
    }

    fn ordered(self, call: &Call, work: impl FnOnce(Brief) -> Work) -> Ordered {
        Ordered {
            work: work(self.brief),
            takes: 2,
            price: call.core.config.prices.riffusion,
            shown: self.shown.to_json(),
            seed: self.song.seed,
        }
    }
}

async fn extend(call: &Call) -> Result<Ordered, Problem> {
    let (asked, source) = Asked::edit(call, Needs::Words).await?;
    let at = call.fields().seconds("continue_at")?;
    if let Some(at) = at {
        if at == 0.0 {
            let sentence = "The 'continue_at' field should be greater than 0.";
            return Err(Problem::bad_request(sentence));
        }
        source.check_within("continue_at", at)?;
    }
    let at = at.map(|at| at.min(source.clip.seconds));
    let source = source.clip.id;
    Ok(asked.ordered(call, |brief| Work::Extend { source, at, brief }))
}

async fn cover(call: &Call) -> Result<Ordered, Problem> {
    let (asked, source) = Asked::edit(call, Needs::Nothing).await?;
    let source = source.clip.id;
    Ok(asked.ordered(call, |brief| Work::Cover { source, brief }))
}

async fn replace(call: &Call) -> Result<Ordered, Problem> {
    let (asked, source) = Asked::edit(call, Needs::Nothing).await?;
    let (names, from, to) = span(call.fields())?;
    source.check_stretch(names, from, to)?;
    let to = to.min(source.clip.seconds);
    let source = source.clip.id;
    // Two songs a call: each is the whole piece with a section of its own.
    Ok(asked.ordered(call, |brief| Work::Replace {
        source,
        from,
        to,
        whole: true,
        section: false,
        brief,
    }))
}

/// The first pair of names of which a member was sent.
fn span(fields: Fields<'_>) -> Result<([&'static str; 2], f64, f64), Problem> {
    for names in SPANS {
        let (from, to) = (fields.seconds(names[0])?, fields.seconds(names[1])?);
        match (from, to) {
            (None, None) => {}
            (Some(from), Some(to)) => return Ok((names, from, to)),
            (None, Some(_)) => return Err(fields.required(names[0])),
            (Some(_), None) => return Err(fields.required(names[1])),
        }
    }
    Err(fields.required(SPANS[0][0]))
}

async fn swap_sound(call: &Call) -> Result<Ordered, Problem> {
    let (mut asked, source) = Asked::edit(call, Needs::Sound).await?;
    let sentence = "swap_music_sound keeps the voice of a clip; nobody sings in this one.";
    let source = source::singing(call, source, sentence).await?;
    // The vocals stay, and with them their words.
    asked.brief.lyrics = None;
    asked.brief.instrumental = false;
    asked.shown.lyrics.clone_from(&source.clip.lyrics);
    let source = source.clip.id;
    Ok(asked.ordered(call, |brief| Work::SwapSound { source, brief }))
}

async fn swap_vocals(call: &Call) -> Result<Ordered, Problem> {
    let (asked, source) = Asked::edit(call, Needs::Words).await?;
    if asked.brief.instrumental {
        let sentence = "swap_music_vocals needs words to sing: 'lyrics'.";
        return Err(Problem::bad_request(sentence));
    }
    let source = source.clip.id;
    Ok(asked.ordered(call, |brief| Work::SwapVocals { source, brief }))
}
