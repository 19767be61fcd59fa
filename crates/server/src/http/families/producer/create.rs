//! `POST /api/v1/producer/create`: one endpoint, `task_type` selects the operation, also those that the
//! vendor has dropped.

use axum::Json;
use catbird_score::{Brief, Work};
use serde::Serialize;
use utoipa::ToSchema;

use super::request::SongRequest;
use crate::http::accepted::Accepted;
use crate::http::families::call::{Call, Ordered};
use crate::http::families::shown::Shown;
use crate::http::families::source::{self, Source};
use crate::http::families::suno::song::choice_or_empty;
use crate::http::fields::Fields;
use crate::http::problem::{ErrorBody, Problem};

const TASK_TYPES: [&str; 12] = [
    "create_music",
    "extend_music",
    "extend_upload_music",
    "cover_music",
    "cover_upload_music",
    "replace_music",
    "replace_upload_music",
    "swap_music_vocals",
    "swap_upload_music_vocals",
    "swap_music_sound",
    "swap_upload_music_sound",
    "music_variation",
];

/// Where a replaced section begins when nothing is said.
const REPLACED_FROM: f64 = 30.0;
/// How close a variation stays to its source when nothing is said.
const VARIATION: f32 = 0.8;

/// What is to be made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProducerCreateRequest)]
pub struct CreateRequest {
    /// `create_music` when absent; `extend_music`, `cover_music`, `replace_music`, `swap_music_vocals`,
    /// `swap_music_sound`, `music_variation`; `…_upload_music…` for recordings (any of them takes any
    /// clip).
    #[schema(example = "create_music")]
    pub task_type: Option<String>,
    /// The song. Edits keep what is not sent.
    #[serde(flatten)]
    pub song: SongRequest,
    /// All but `create_music`: the clip to work on.
    pub clip_id: Option<String>,
    /// `replace_music`: where the new section begins, 30 seconds when absent; `extend_music`: after which
    /// second the clip goes on, its end when absent. (Also `starts`.)
    pub starts_at: Option<f64>,
    /// `replace_music`: where the section ends, the clip's end when absent. (Also `ends`.)
    pub ends_at: Option<f64>,
    /// `extend_music`: length of the new part in seconds.
    #[schema(minimum = 1, maximum = 240)]
    pub extend_s: Option<f64>,
    /// https, at most 1024 characters.
    pub webhook_url: Option<String>,
    /// Signs what is sent there.
    pub webhook_secret: Option<String>,
}

/// Makes a song: new, or from a clip. Poll `task/{task_id}`.
#[utoipa::path(
    post,
    path = "/api/v1/producer/create",
    tag = "producer",
    operation_id = "producer_create",
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
        "create_music" => Asked::read(&call, true)?.ordered(&call, |brief| Work::Compose { brief }),
        "extend_music" | "extend_upload_music" => extend(&call).await?,
        "cover_music" | "cover_upload_music" => cover(&call).await?,
        "replace_music" | "replace_upload_music" => replace(&call).await?,
        "swap_music_sound" | "swap_upload_music_sound" => swap_sound(&call).await?,
        "swap_music_vocals" | "swap_upload_music_vocals" => swap_vocals(&call).await?,
        _ => variation(&call).await?,
    };
    call.order(ordered).await
}

/// A request as far as all operations read it alike.
struct Asked {
    song: SongRequest,
    brief: Brief,
    shown: Shown,
    seed: u64,
}

impl Asked {
    fn read(call: &Call, new: bool) -> Result<Self, Problem> {
        let song = SongRequest::read(call.fields())?;
        let brief = song.brief(new)?;
        let seed = song.work_seed();
        let shown = song.shown(&brief, seed);
        Ok(Self {
            song,
            brief,
            shown,
            seed,
        })
    }

    /// What an edit is asked, and the clip it works on.
    async fn edit(call: &Call) -> Result<(Self, Source), Problem> {
        let mut asked = Self::read(call, false)?;
        let id = source::id(call.fields(), "clip_id")?;
        let source = source::piece(call, &id).await?;
        asked.shown.borrow(&source, &mut asked.brief);
        Ok((asked, source))
    }

    fn ordered(self, call: &Call, work: impl FnOnce(Brief) -> Work) -> Ordered {
        Ordered {
            work: work(self.brief),
            takes: 1,
            price: call.core.config.prices.producer,
            shown: self.shown.to_json(),
            seed: Some(self.seed),
        }
    }
}

/// A member that has an older name.
fn either(fields: Fields<'_>, name: &str, older: &str) -> Result<Option<f64>, Problem> {
    match fields.seconds(name)? {
        None => fields.seconds(older),
        found => Ok(found),
    }
}

async fn extend(call: &Call) -> Result<Ordered, Problem> {
    let (mut asked, source) = Asked::edit(call).await?;
    let at = either(call.fields(), "starts_at", "starts")?.filter(|at| *at > 0.0);
    if let Some(at) = at {
        source.check_within("starts_at", at)?;
    }
    if let Some(seconds) = call.fields().seconds("extend_s")? {
        if !(1.0..=240.0).contains(&seconds) {
            let sentence = "The 'extend_s' field should be between 1 and 240.";
            return Err(Problem::bad_request(sentence));
        }
        asked.brief.seconds = Some(seconds);
    }
    let at = at.map(|at| at.min(source.clip.seconds));
    let source = source.clip.id;
    Ok(asked.ordered(call, |brief| Work::Extend { source, at, brief }))
}

async fn cover(call: &Call) -> Result<Ordered, Problem> {
    let (asked, source) = Asked::edit(call).await?;
    let source = source.clip.id;
    Ok(asked.ordered(call, |brief| Work::Cover { source, brief }))
}

/// The same piece a little otherwise: its melody and form, a new arrangement.
async fn variation(call: &Call) -> Result<Ordered, Problem> {
    let (mut asked, source) = Asked::edit(call).await?;
    asked.brief.audio_weight.get_or_insert(VARIATION);
    let source = source.clip.id;
    Ok(asked.ordered(call, |brief| Work::Cover { source, brief }))
}

async fn replace(call: &Call) -> Result<Ordered, Problem> {
    let (asked, source) = Asked::edit(call).await?;
    let fields = call.fields();
    let length = source.clip.seconds;
    let from = either(fields, "starts_at", "starts")?.unwrap_or(REPLACED_FROM);
    let to = either(fields, "ends_at", "ends")?.unwrap_or(length);
    source.check_stretch(["starts_at", "ends_at"], from, to)?;
    let source = source.clip.id;
    Ok(asked.ordered(call, |brief| Work::Replace {
        source,
        from,
        to: to.min(length),
        whole: true,
        section: false,
        brief,
    }))
}

async fn swap_sound(call: &Call) -> Result<Ordered, Problem> {
    let (mut asked, source) = Asked::edit(call).await?;
    if asked.song.sound.is_none() && asked.song.instruction.is_none() {
        return Err(call.fields().required("sound"));
    }
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
    let (asked, source) = Asked::edit(call).await?;
    let keeps_words = source.sings() && !source.is_recording();
    if asked.brief.instrumental || (asked.brief.lyrics.is_none() && !keeps_words) {
        return Err(call.fields().required("lyrics"));
    }
    let source = source.clip.id;
    Ok(asked.ordered(call, |brief| Work::SwapVocals { source, brief }))
}
