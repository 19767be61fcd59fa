//! `POST /v1/uploads`: a recording as a file of a form, where the vendor's calls take a URL. The body goes
//! to the disk as it comes; the limit of JSON bodies does not hold, that of uploads does.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use catbird_score::Brief;
use multer::{Constraints, Field, Multipart, SizeLimit};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;
use utoipa::ToSchema;

use super::caller::Caller;
use super::codes::Code;
use super::families::call;
use super::families::upload::{self, Place};
use super::fields::Fields;
use super::idempotency::IdempotencyKey;
use super::problem::{ErrorBody, Problem};
use crate::app::Core;
use crate::credits::ledger;
use crate::net::download;
use crate::tasks::submit::{self, Refusal};
use crate::uploads::scratch::Scratch;
use crate::uploads::{admit, title_of};

/// The family of what came through here.
const FAMILY: &str = "catbird";
/// How long a body may say nothing.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a form may hold beside the file, bytes.
const BESIDE: u64 = 128 * 1024;
/// The largest text of a form, bytes: lyrics of 5000 characters fit.
const TEXT: u64 = 32 * 1024;

/// A form.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it describes the form; fields are read as they come")]
pub struct UploadForm {
    /// MP3, WAV, FLAC, OGG or M4A, 6 s to 8 min.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Its title; else the one in the file, else the file's name.
    #[schema(max_length = 80)]
    title: Option<String>,
    /// The words that are sung in it.
    #[schema(max_length = 5000)]
    lyrics: Option<String>,
    /// Style words.
    #[schema(max_length = 1000)]
    tags: Option<String>,
}

/// The clip that it became.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadView {
    /// For all calls that take a clip.
    pub clip_id: String,
    /// For `GET /v1/tasks/{id}`, which has its files.
    pub task_id: String,
    /// Its title.
    pub title: String,
    /// Its length.
    #[schema(example = 183.2)]
    pub seconds: f64,
    /// How it was encoded.
    #[schema(value_type = Option<String>, example = "mp3")]
    pub codec: Value,
    /// Samples a second in the file.
    #[schema(value_type = Option<u32>, example = 48000)]
    pub sample_rate: Value,
    /// Channels in the file.
    #[schema(value_type = Option<u16>, example = 2)]
    pub channels: Value,
}

/// Brings a recording in; its clip id works wherever one is asked for. Answered when it is there.
#[utoipa::path(
    post,
    path = "/v1/uploads",
    tag = "uploads",
    operation_id = "create_upload",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and form are the same clip")),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "The clip", body = UploadView),
        (status = 400, description = "The form is wrong, or the file cannot be decoded; nothing is charged", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
        (status = 409, description = "The Idempotency-Key stands for another request", body = ErrorBody),
        (status = 413, description = "The file is too large", body = ErrorBody),
        (status = 415, description = "The body is no multipart/form-data", body = ErrorBody),
    )
)]
pub async fn create(
    State(core): State<Arc<Core>>,
    caller: Caller,
    key: IdempotencyKey,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let boundary = boundary(request.headers(), core.config.uploads.max_bytes)?;
    // Before anything is received; who repeats a request may have spent what is left on the first.
    if key.clone().of("").is_none() {
        afford(&core, &caller).await?;
    }
    let scratch = Scratch::new(&core, "form").map_err(|error| call::broken(&error.into()))?;
    let form = receive(&core, request, boundary, &scratch).await?;
    let same = key.of(&form.hash);
    if let Some(same) = &same {
        if let Some(result) = submit::replay(&core.db, &caller.account_id, same).await? {
            return call::answered(&result);
        }
        afford(&core, &caller).await?;
    }
    let file = scratch.path().join(FILE);
    let told = upload::shown(&form.brief);
    let brought = admit::from_file(&core, scratch, file, form.title, form.brief).await;
    let brought = brought.map_err(call::fault)?;
    let details: Value = serde_json::from_str(&brought.clip.details).unwrap_or_default();
    let view = UploadView {
        clip_id: brought.clip_id.clone(),
        task_id: brought.task_id.clone(),
        title: brought.clip.title.clone(),
        seconds: brought.clip.seconds,
        codec: details["codec"].clone(),
        sample_rate: details["sample_rate"].clone(),
        channels: details["channels"].clone(),
    };
    let place = Place {
        core: &core,
        account_id: &caller.account_id,
        family: FAMILY,
        same,
    };
    upload::keep(&place, &brought, told, None, |_| json!(view)).await
}

async fn afford(core: &Core, caller: &Caller) -> Result<(), Problem> {
    let has = ledger::credits(core.db.read(), &caller.account_id).await?;
    if has.balance + has.extra < i64::from(core.config.prices.upload) {
        return Err(Refusal::Credits.into());
    }
    Ok(())
}

/// What separates the fields; and whether the body may be read at all.
fn boundary(headers: &HeaderMap, limit: u64) -> Result<String, Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let kind = text(header::CONTENT_TYPE).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|_| {
        let sentence = "The Content-Type should be multipart/form-data with a boundary.";
        Problem::new(Code::UnsupportedMedia, sentence)
    })?;
    let length = text(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit.saturating_add(BESIDE)) {
        return Err(too_large(limit));
    }
    Ok(boundary)
}

fn too_large(limit: u64) -> Problem {
    let sentence = format!("The file is larger than {}.", download::size(limit));
    Problem::new(Code::TooLarge, sentence)
}

/// The name of the received file.
const FILE: &str = "received";

/// A form that has been received.
struct Form {
    brief: Brief,
    /// From the file's name.
    title: Option<String>,
    /// Of all that was sent.
    hash: String,
}

async fn receive(core: &Core, request: Request, boundary: String, scratch: &Scratch) -> Result<Form, Problem> {
    let limit = core.config.uploads.max_bytes;
    let sizes = SizeLimit::new()
        .whole_stream(limit.saturating_add(BESIDE))
        .for_field("file", limit)
        .for_field("title", TEXT)
        .for_field("lyrics", TEXT)
        .for_field("tags", TEXT);
    let constraints = Constraints::new().size_limit(sizes);
    let stream = request.into_body().into_data_stream();
    let mut form = Multipart::with_constraints(stream, boundary, constraints);
    let mut texts = Map::new();
    let mut file: Option<(Option<String>, [u8; 32])> = None;
    while let Some(mut field) = in_time(form.next_field(), limit).await? {
        match field.name().unwrap_or_default() {
            "file" if file.is_some() => return Err(Problem::bad_request("The form should hold one 'file'.")),
            "file" => {
                let title = field.file_name().and_then(|name| title_of(&plain(name)));
                file = Some((title, save(&mut field, scratch, limit).await?));
            }
            name @ ("title" | "lyrics" | "tags") => {
                let name = name.to_owned();
                let text = in_time(field.text(), limit).await?;
                texts.insert(name, text.into());
            }
            _ => while in_time(field.chunk(), limit).await?.is_some() {},
        }
    }
    let (title, content) = file.ok_or_else(|| Problem::bad_request("The 'file' field is required."))?;
    let hash = Sha256::new()
        .chain_update("/v1/uploads\0")
        .chain_update(content)
        .chain_update(serde_json::to_string(&texts).expect("texts are plain data"));
    Ok(Form {
        brief: upload::brief(Fields::new(&texts))?,
        title,
        hash: hex::encode(hash.finalize()),
    })
}

/// A file's name as a URL would write it, and of a path its last part.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.replace('%', "%25").replace('&', "%26").replace('=', "%3D")
}

/// The next of a form, unless nothing comes.
async fn in_time<T>(next: impl Future<Output = multer::Result<T>>, limit: u64) -> Result<T, Problem> {
    let next = tokio::time::timeout(PATIENCE, next).await;
    let next = next.map_err(|_| Problem::bad_request("The request body took too long."))?;
    next.map_err(|error| match error {
        multer::Error::StreamSizeExceeded { .. } => too_large(limit),
        multer::Error::FieldSizeExceeded { field_name, .. } if field_name.as_deref() == Some("file") => {
            too_large(limit)
        }
        multer::Error::FieldSizeExceeded { field_name, .. } => {
            let name = field_name.unwrap_or_default();
            Problem::bad_request(format!("The '{name}' field is too long."))
        }
        error => Problem::bad_request(format!("The request body is not valid multipart/form-data: {error}.")),
    })
}

/// Writes the file; its hash.
async fn save(field: &mut Field<'_>, scratch: &Scratch, limit: u64) -> Result<[u8; 32], Problem> {
    let broken = |error: std::io::Error| call::broken(&error.into());
    let path = scratch.path().join(FILE);
    let mut file = tokio::fs::File::create_new(path).await.map_err(broken)?;
    let (mut hash, mut bytes) = (Sha256::new(), 0_usize);
    while let Some(chunk) = in_time(field.chunk(), limit).await? {
        file.write_all(&chunk).await.map_err(broken)?;
        hash.update(&chunk);
        bytes += chunk.len();
    }
    file.flush().await.map_err(broken)?;
    if bytes == 0 {
        return Err(Problem::bad_request("The file is empty."));
    }
    Ok(hash.finalize().into())
}
