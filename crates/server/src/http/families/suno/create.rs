//! `POST /api/v1/sonic/create`: one endpoint, `task_type` selects the operation.

use axum::Json;
use catbird_score::{Brief, Span, Strength, Work};
use serde::Serialize;
use utoipa::ToSchema;

use super::models::model_of;
use super::song::{Needs, SongRequest, TITLE_LIMIT, choice_or_empty};
use crate::http::accepted::Accepted;
use crate::http::families::call::{Call, Ordered};
use crate::http::families::shown::Shown;
use crate::http::families::source::{self as sources, Source};
use crate::http::fields::{Fields, check_length};
use crate::http::problem::{ErrorBody, Problem};
use crate::store::personas;

const TASK_TYPES: [&str; 10] = [
    "create_music",
    "extend_music",
    "concat_music",
    "cover_music",
    "persona_music",
    "remaster",
    "add_vocals",
    "add_instrumental",
    "extend_upload_music",
    "cover_upload_music",
];
const STRENGTHS: [&str; 3] = ["subtle", "normal", "high"];

/// What is to be made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreateRequest {
    /// `create_music` when absent; `extend_music`, `concat_music`, `cover_music`, `persona_music`,
    /// `remaster`, `add_vocals`, `add_instrumental`; `extend_upload_music` and `cover_upload_music` are
    /// `extend_music` and `cover_music`: all of them take clips that were made here or brought in.
    #[schema(example = "create_music")]
    pub task_type: Option<String>,
    /// The song. `concat_music` needs none of it; edits need `mv` alone, what is missing stays as it
    /// is in the clip.
    #[serde(flatten)]
    pub song: SongRequest,
    /// The clip to work on; of `concat_music` the last extension, or a replaced section.
    pub continue_clip_id: Option<String>,
    /// `extend_music`: seconds of the clip after which it goes on; its end when absent.
    pub continue_at: Option<f64>,
    /// `persona_music`: who sings, and in which style.
    pub persona_id: Option<String>,
    /// `remaster`: `subtle`, `normal` or `high`.
    pub variation_category: Option<String>,
    /// `add_vocals`, `add_instrumental`: where the new sound begins, seconds.
    pub overpainting_start_s: Option<f64>,
    /// … and where it ends.
    pub overpainting_end_s: Option<f64>,
    /// https, at most 1024 characters.
    pub webhook_url: Option<String>,
    /// Signs what is sent there.
    pub webhook_secret: Option<String>,
}

/// Makes two songs (`concat_music` one): new, or from clips that were made before. Poll
/// `task/{task_id}`.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/create",
    tag = "sonic",
    operation_id = "sonic_create",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same task")),
    request_body = CreateRequest,
    responses(
        (status = 200, description = "Taken and charged", body = Accepted),
        (status = 400, description = "A rule is broken, or a clip or persona is unknown", body = ErrorBody),
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
        "create_music" => compose(&call)?,
        "persona_music" => with_persona(&call).await?,
        "extend_music" | "extend_upload_music" => extend(&call).await?,
        "concat_music" => concat(&call).await?,
        "cover_music" | "cover_upload_music" => cover(&call).await?,
        "remaster" => remaster(&call).await?,
        "add_vocals" => add_vocals(&call).await?,
        _ => add_instrumental(&call).await?,
    };
    call.order(ordered).await
}

/// A request as far as all operations read it alike.
pub struct Asked {
    song: SongRequest,
    brief: Brief,
    shown: Shown,
}

impl Asked {
    /// Reads and checks what does not depend on a clip.
    pub fn read(fields: Fields<'_>, needs: Needs) -> Result<Self, Problem> {
        let song = SongRequest::read(fields, needs)?;
        let brief = song.brief(fields, needs)?;
        let shown = song.shown(&brief);
        Ok(Self { song, brief, shown })
    }

    /// What an edit is asked, and the clip it works on.
    async fn edit(call: &Call) -> Result<(Self, Source), Problem> {
        let asked = Self::read(call.fields(), Needs::Nothing)?;
        let id = sources::id(call.fields(), "continue_clip_id")?;
        let source = sources::piece(call, &id).await?;
        Ok(asked.onto(source))
    }

    /// What is missing is taken from the clip.
    pub fn onto(mut self, source: Source) -> (Self, Source) {
        self.shown.borrow(&source, &mut self.brief);
        (self, source)
    }

    /// What comes after a point of a clip.
    pub fn extended(self, call: &Call, source: Source, at: Option<f64>) -> Result<Ordered, Problem> {
        if let Some(at) = at {
            source.check_within("continue_at", at)?;
        }
        let at = at.map(|at| at.min(source.clip.seconds));
        let source = source.clip.id;
        Ok(self.ordered(call, |brief| Work::Extend { source, at, brief }))
    }

    /// Two takes.
    pub fn ordered(self, call: &Call, work: impl FnOnce(Brief) -> Work) -> Ordered {
        Ordered {
            work: work(self.brief),
            takes: 2,
            price: call.core.config.prices.suno,
            shown: self.shown.to_json(),
            seed: self.song.seed,
        }
    }
}

fn compose(call: &Call) -> Result<Ordered, Problem> {
    let asked = Asked::read(call.fields(), Needs::Words)?;
    Ok(asked.ordered(call, |brief| Work::Compose { brief }))
}

async fn with_persona(call: &Call) -> Result<Ordered, Problem> {
    let id = call.fields().string("persona_id")?.filter(|id| !id.trim().is_empty());
    let id =
        id.ok_or_else(|| Problem::bad_request("The 'persona_id' field is required when task_type = persona_music."))?;
    let mut asked = Asked::read(call.fields(), Needs::Words)?;
    let persona = personas::find(&call.core.db, &call.account_id, &id).await?;
    let persona = persona.ok_or_else(|| Problem::bad_request("persona not found."))?;
    let tags = match (asked.brief.tags.trim(), persona.styles.trim()) {
        (own, "") => own.to_owned(),
        ("", style) => style.to_owned(),
        (own, style) => format!("{}, {style}", own.trim_end_matches([',', ' '])),
    };
    asked.shown.tags.clone_from(&tags);
    asked.brief.tags = tags;
    asked.brief.voice.singer = Some(persona.traits.singer);
    Ok(asked.ordered(call, |brief| Work::Compose { brief }))
}

async fn extend(call: &Call) -> Result<Ordered, Problem> {
    let (asked, source) = Asked::edit(call).await?;
    asked.extended(call, source, extend_at(call.fields())?)
}

/// The point after which a clip goes on.
pub fn extend_at(fields: Fields<'_>) -> Result<Option<f64>, Problem> {
    let at = fields.seconds("continue_at")?;
    if at == Some(0.0) {
        let sentence = "The 'continue_at' field should be greater than 0.";
        return Err(Problem::bad_request(sentence));
    }
    Ok(at)
}

async fn concat(call: &Call) -> Result<Ordered, Problem> {
    let fields = call.fields();
    let id = sources::id(fields, "continue_clip_id")?;
    let title = fields.string("title")?.filter(|title| !title.trim().is_empty());
    check_length("title", title.as_deref().unwrap_or_default(), TITLE_LIMIT)?;
    let seed = fields.seed()?;
    let last = sources::piece(call, &id).await?;
    let chain = sources::chain(call, last).await?;
    let first = &chain[0];
    let mut brief = Brief {
        title,
        ..Brief::default()
    };
    let mut shown = Shown {
        mv: model_of(first),
        title: brief.title.clone().unwrap_or_default(),
        ..Shown::default()
    };
    shown.borrow(first, &mut brief);
    Ok(Ordered {
        work: Work::Join {
            chain: chain.into_iter().map(|source| source.clip.id).collect(),
            brief,
        },
        takes: 1,
        price: call.core.config.prices.concat,
        shown: shown.to_json(),
        seed,
    })
}

async fn cover(call: &Call) -> Result<Ordered, Problem> {
    let (asked, source) = Asked::edit(call).await?;
    let source = source.clip.id;
    Ok(asked.ordered(call, |brief| Work::Cover { source, brief }))
}

async fn remaster(call: &Call) -> Result<Ordered, Problem> {
    let (asked, source) = Asked::edit(call).await?;
    let strength = match choice_or_empty(call.fields(), "variation_category", &STRENGTHS)?.as_deref() {
        Some("subtle") => Strength::Subtle,
        Some("high") => Strength::High,
        _ => Strength::Normal,
    };
    let source = source.clip.id;
    Ok(asked.ordered(call, |brief| Work::Remaster {
        source,
        strength,
        brief,
    }))
}

async fn add_vocals(call: &Call) -> Result<Ordered, Problem> {
    let (asked, source) = Asked::edit(call).await?;
    let wordless = asked.brief.lyrics.is_none() && asked.brief.write_lyrics.is_none();
    if wordless || asked.brief.instrumental {
        let sentence = "add_vocals needs words: lyrics in 'prompt', or a description.";
        return Err(Problem::bad_request(sentence));
    }
    let span = overpainting(call.fields(), &source)?;
    let source = source.clip.id;
    Ok(asked.ordered(call, |brief| Work::AddVocals { source, span, brief }))
}

async fn add_instrumental(call: &Call) -> Result<Ordered, Problem> {
    let (asked, source) = Asked::edit(call).await?;
    let sentence = "add_instrumental needs a clip with a voice; nobody sings in this one.";
    let source = sources::singing(call, source, sentence).await?;
    let span = overpainting(call.fields(), &source)?;
    let source = source.clip.id;
    Ok(asked.ordered(call, |brief| Work::AddInstrumental { source, span, brief }))
}

fn overpainting(fields: Fields<'_>, source: &Source) -> Result<Span, Problem> {
    let names = ["overpainting_start_s", "overpainting_end_s"];
    let (from, to) = (fields.seconds(names[0])?, fields.seconds(names[1])?);
    let length = source.clip.seconds;
    if from.is_some() || to.is_some() {
        source.check_stretch(names, from.unwrap_or(0.0), to.unwrap_or(length))?;
    }
    Ok(Span {
        from,
        to: to.map(|to| to.min(length)),
    })
}
