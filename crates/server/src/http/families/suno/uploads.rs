//! Sound from outside: `upload`, `upload-cover`, `upload-extend` and `create-voice`.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::create::{Asked, extend_at};
use super::song::{Needs, SongRequest};
use crate::config::VoiceConsent;
use crate::http::accepted::Accepted;
use crate::http::families::call::Call;
use crate::http::families::upload::{self, StepsAnswer, Uploaded};
use crate::http::fields::check_length;
use crate::http::problem::{ErrorBody, Problem};
use catbird_score::{Consent, Work};

/// A recording.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadRequest {
    /// Where it lies: a public direct https link to MP3, WAV, FLAC, OGG or M4A, 6 s to 8 min.
    #[schema(example = "https://media.example.org/loops/tape-organ.mp3")]
    pub url: String,
    /// Whom to tell; then the answer is a task that is polled (also `webhook_url`).
    pub callback_url: Option<String>,
    /// Signs what is sent there.
    pub webhook_secret: Option<String>,
    /// Its title (an addition of ours); else the one in the file, else the file's name.
    #[schema(max_length = 80)]
    pub title: Option<String>,
    /// The words that are sung in it (an addition of ours): `aligned-lyrics` then finds them, and covers
    /// sing them.
    #[schema(max_length = 5000)]
    pub lyrics: Option<String>,
    /// Style words (an addition of ours).
    #[schema(max_length = 1000)]
    pub tags: Option<String>,
}

/// Brings a recording in; its clip id works wherever one is asked for. Answered when it is there, or with
/// `callback_url` at once with a task (`message`, `task_id`).
#[utoipa::path(
    post,
    path = "/api/v1/sonic/upload",
    tag = "sonic",
    operation_id = "sonic_upload",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same clip")),
    request_body = UploadRequest,
    responses(
        (status = 200, description = "The clip; with `callback_url` the task", body = Uploaded),
        (status = 400, description = "It cannot be fetched or decoded; nothing is charged", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn upload(call: Call) -> Result<Response, Problem> {
    let wanted = upload::described(&call, "url")?;
    let tells = ["callback_url", "webhook_url"];
    for name in tells {
        if call.fields().string(name)?.is_some_and(|url| !url.is_empty()) {
            let ordered = upload::later(&call, wanted, None);
            return Ok(call.order(ordered).await?.into_response());
        }
    }
    Ok(upload::at_once(&call, wanted).await?.into_response())
}

/// A recording and the song that is made of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadCoverRequest {
    /// Where the recording lies.
    pub url: String,
    /// The cover; title and words are the recording's when absent.
    #[serde(flatten)]
    pub song: SongRequest,
    /// https, at most 1024 characters.
    pub webhook_url: Option<String>,
    /// Signs what is sent there.
    pub webhook_secret: Option<String>,
}

/// Brings a recording in and covers it; two takes. Poll `task/{task_id}`. The whole request is checked
/// before anything is fetched; both are charged, or nothing is.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/upload-cover",
    tag = "sonic",
    operation_id = "sonic_upload_cover",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same tasks")),
    request_body = UploadCoverRequest,
    responses(
        (status = 200, description = "Taken and charged; or a `failed_step`", body = StepsAnswer),
        (status = 400, description = "A rule is broken", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits, or no words in the lyrics", body = ErrorBody),
    )
)]
pub async fn upload_cover(call: Call) -> Result<Response, Problem> {
    let wanted = upload::wanted(&call, "url")?;
    let asked = Asked::read(call.fields(), Needs::Nothing)?;
    let price = call.core.config.prices.suno;
    let cover = |source| {
        let (asked, source) = asked.onto(source);
        let source = source.clip.id;
        Ok(asked.ordered(&call, |brief| Work::Cover { source, brief }))
    };
    Ok(upload::then(&call, wanted, "cover", price, cover)
        .await?
        .into_response())
}

/// A recording and what comes after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadExtendRequest {
    /// Where the recording lies.
    pub url: String,
    /// Seconds of the recording after which it goes on; its end when absent.
    pub continue_at: Option<f64>,
    /// What is added; without words nobody sings.
    #[serde(flatten)]
    pub song: SongRequest,
    /// https, at most 1024 characters.
    pub webhook_url: Option<String>,
    /// Signs what is sent there.
    pub webhook_secret: Option<String>,
}

/// Brings a recording in and extends it; two takes. Poll `task/{task_id}`. The whole request is checked
/// before anything is fetched. Where `continue_at` lies behind the end of the recording, the upload stays
/// and is charged, and `failed_step` is `extend`.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/upload-extend",
    tag = "sonic",
    operation_id = "sonic_upload_extend",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same tasks")),
    request_body = UploadExtendRequest,
    responses(
        (status = 200, description = "Taken and charged; or a `failed_step`", body = StepsAnswer),
        (status = 400, description = "A rule is broken", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits, or no words in the lyrics", body = ErrorBody),
    )
)]
pub async fn upload_extend(call: Call) -> Result<Response, Problem> {
    let wanted = upload::wanted(&call, "url")?;
    let asked = Asked::read(call.fields(), Needs::Nothing)?;
    let at = extend_at(call.fields())?;
    let price = call.core.config.prices.suno;
    let extend = |source| {
        let (asked, source) = asked.onto(source);
        asked.extended(&call, source, at)
    };
    Ok(upload::then(&call, wanted, "extend", price, extend)
        .await?
        .into_response())
}

/// A recording of somebody who sings.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreateVoiceRequest {
    /// Where it lies: a public direct https link. Use only voices that you may use.
    pub audio_url: String,
    /// The voice's name (an addition of ours).
    #[schema(max_length = 80)]
    pub title: Option<String>,
    /// Must be true: your word that the singer agrees. Kept with the voice, with your account.
    pub consent: bool,
    /// Who gives it: a name or an address, kept with it.
    #[schema(max_length = 200)]
    pub consent_by: Option<String>,
    /// https, at most 1024 characters.
    pub webhook_url: Option<String>,
    /// Signs what is sent there.
    pub webhook_secret: Option<String>,
}

/// What must be said before a voice is taken from a recording.
const CONSENT: &str = "consent must be true: say so only if the singer agrees that songs are sung with this voice";

/// Brings a recording in as a voice. Poll `task/{task_id}`: the id of its clip is also a `persona_id` for
/// `persona_music`, whose singer is the one of ours that comes nearest. Refunded when nobody sings in it.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/create-voice",
    tag = "sonic",
    operation_id = "sonic_create_voice",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same task")),
    request_body = CreateVoiceRequest,
    responses(
        (status = 200, description = "Taken and charged", body = Accepted),
        (status = 400, description = "A rule is broken", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn create_voice(call: Call) -> Result<Json<Accepted>, Problem> {
    let wanted = upload::described(&call, "audio_url")?;
    let given = call.fields().boolean("consent")?;
    if given == Some(false) || given.is_none() && call.core.config.suno.voice_consent == VoiceConsent::Asked {
        return Err(Problem::bad_request(CONSENT));
    }
    let by = call.fields().string("consent_by")?.filter(|by| !by.trim().is_empty());
    check_length("consent_by", by.as_deref().unwrap_or_default(), 200)?;
    let consent = Consent {
        account: call.account_id.clone(),
        by,
    };
    call.order(upload::later(&call, wanted, Some(consent))).await
}
