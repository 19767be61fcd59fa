//! `POST /api/v1/sonic/mashup`: two clips as one.

use axum::Json;
use catbird_score::Work;
use serde::Serialize;
use utoipa::ToSchema;

use super::song::{Needs, SongRequest, TITLE_LIMIT};
use crate::http::accepted::Accepted;
use crate::http::families::call::{Call, Ordered};
use crate::http::families::source as sources;
use crate::http::problem::{ErrorBody, Problem};

/// Two clips.
#[derive(Debug, Serialize, ToSchema)]
pub struct MashupRequest {
    /// Exactly two, different ones.
    #[schema(min_items = 2, max_items = 2)]
    pub mashup_clip_ids: Vec<String>,
    /// The song; without words those of the clips stay.
    #[serde(flatten)]
    pub song: SongRequest,
    /// https, at most 1024 characters.
    pub webhook_url: Option<String>,
    /// Signs what is sent there.
    pub webhook_secret: Option<String>,
}

/// Blends two clips into one song; two takes. Poll `task/{task_id}`.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/mashup",
    tag = "sonic",
    operation_id = "sonic_mashup",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same task")),
    request_body = MashupRequest,
    responses(
        (status = 200, description = "Taken and charged", body = Accepted),
        (status = 400, description = "A rule is broken, or a clip is unknown", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn mashup(call: Call) -> Result<Json<Accepted>, Problem> {
    let fields = call.fields();
    let ids = fields.strings("mashup_clip_ids")?;
    let ids = ids.ok_or_else(|| fields.required("mashup_clip_ids"))?;
    let ids = <[String; 2]>::try_from(ids)
        .ok()
        .filter(|[first, second]| first != second);
    let ids =
        ids.ok_or_else(|| Problem::bad_request("The 'mashup_clip_ids' field should be two different clip ids."))?;
    let song = SongRequest::read(fields, Needs::Mode)?;
    let mut brief = song.brief(fields, Needs::Mode)?;
    let mut shown = song.shown(&brief);
    let [first, second] = [
        sources::piece(&call, &ids[0]).await?,
        sources::piece(&call, &ids[1]).await?,
    ];
    if brief.title.is_none() && brief.write_lyrics.is_none() {
        let title = format!("{} × {}", first.clip.title, second.clip.title);
        let title: String = title.chars().take(TITLE_LIMIT).collect();
        shown.title.clone_from(&title);
        brief.title = Some(title);
    }
    if brief.tags.is_empty() && brief.write_lyrics.is_none() {
        shown.tags = first.tags;
        shown.inherits_tags = true;
    }
    let ordered = Ordered {
        work: Work::Mashup {
            sources: [first.clip.id, second.clip.id],
            brief,
        },
        takes: 2,
        price: call.core.config.prices.suno,
        shown: shown.to_json(),
        seed: song.seed,
    };
    call.order(ordered).await
}
