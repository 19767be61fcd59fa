//! `GET /files/{name}`: finished files, with ranges. No key is needed, as with any content network:
//! the names hold a task id that nobody can guess. Content never changes, so it may be kept for ever.
//! A song in the making is served as far as it is ([`growing`]), and what is only made when somebody
//! wants it is made now.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use object_store::{GetOptions, GetResultPayload, ObjectStore as _};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::codes::Code;
use super::growing;
use super::named::Named;
use super::problem::{ErrorBody, Problem};
use super::range::{self, Wanted};
use crate::app::Core;
use crate::assets::{self, demand, names};
use crate::engine::{Fault, View};

const CHUNK_BYTES: usize = 128 * 1024;

/// A file of a clip. Ranges, `If-Range` and `If-None-Match` are understood; the entity tag is the
/// content's SHA-256. While a song is made, its `.mp3` plays from the beginning as far as it is made,
/// and goes on until the end (`Cache-Control: no-store`, no ranges; the connection breaks off if the
/// song fails). The lyric video (`.mp4`) is made by the first GET that asks for it; a HEAD does not
/// make it, and answers without a length until it is made.
#[utoipa::path(
    get,
    path = "/files/{name}",
    tag = "files",
    operation_id = "get_file",
    params(("name" = String, Path, description = "`song-<task_id>.wav` (also .mp3 .mp4 .mid .lrc .json .jpg)")),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream"),
        (status = 206, description = "The bytes asked for", content_type = "application/octet-stream"),
        (status = 304, description = "Unchanged"),
        (status = 404, description = "No such file", body = ErrorBody),
        (status = 416, description = "No bytes in this range", body = ErrorBody),
    )
)]
pub async fn get(
    State(core): State<Arc<Core>>,
    Named(name): Named,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let stored = match find(&core, &name).await? {
        Some(stored) => stored,
        None => match unfinished(&core, &name, &method).await? {
            Unfinished::Answer(response) => return Ok(response),
            // It was finished meanwhile.
            Unfinished::LookAgain => find(&core, &name)
                .await?
                .ok_or_else(|| Problem::new(Code::NotFound, "File not found."))?,
        },
    };
    serve(&core, &name, stored, &method, &headers).await
}

/// A published file: its hash, size and media type.
type Stored = (String, i64, String);

async fn find(core: &Core, name: &str) -> sqlx::Result<Option<Stored>> {
    sqlx::query_as(
        "SELECT f.sha256, a.size, f.media_type FROM files f JOIN assets a ON a.sha256 = f.sha256 WHERE f.name = $1",
    )
    .bind(name)
    .fetch_optional(core.db.read())
    .await
}

/// What there is instead of a published file.
enum Unfinished {
    Answer(Response),
    LookAgain,
}

async fn unfinished(core: &Arc<Core>, name: &str, method: &Method) -> Result<Unfinished, Problem> {
    if let Some(live) = core.previews.get(name) {
        let answer = growing::answer(&live, method).await;
        return Ok(answer.map_or(Unfinished::LookAgain, Unfinished::Answer));
    }
    let Some((task_id, position, "mp4")) = names::parse(name) else {
        return Ok(Unfinished::LookAgain);
    };
    let Some(clip) = clip_with_notes(core, &task_id, position).await? else {
        return Ok(Unfinished::LookAgain);
    };
    if method == Method::HEAD {
        let headers = [(header::CONTENT_TYPE, "video/mp4"), (header::CACHE_CONTROL, "no-store")];
        return Ok(Unfinished::Answer(
            (headers, growing::of_unknown_length()).into_response(),
        ));
    }
    let view = View::Video { clip: clip.clone() };
    demand::make(core, &clip, name, view)
        .await
        .map_err(|fault| match fault {
            Fault::Rejected { code, message } => Problem::new(code, message),
            Fault::Busy { after } => Problem::from(Code::Unavailable).retry_after(after.as_secs().max(1)),
            Fault::Broken(error) => {
                tracing::error!(name, error = format!("{error:#}"), "a file on demand cannot be made");
                Code::Api.into()
            }
        })?;
    Ok(Unfinished::LookAgain)
}

async fn clip_with_notes(core: &Core, task_id: &str, position: i64) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(
        "SELECT c.id FROM clips c JOIN files f ON f.clip_id = c.id
         WHERE c.task_id = $1 AND c.position = $2 AND c.state = 'succeeded' AND f.role IN ('score', 'recording') LIMIT 1",
    )
    .bind(task_id)
    .bind(position)
    .fetch_optional(core.db.read())
    .await
}

async fn serve(
    core: &Core,
    name: &str,
    (sha256, size, media_type): Stored,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let size = size as u64;
    let tag = format!("\"{sha256}\"");

    let mut response = Response::new(Body::empty());
    let out = response.headers_mut();
    out.insert(header::ETAG, text(&tag)?);
    out.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    out.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    out.insert(header::CONTENT_TYPE, text(&media_type)?);
    out.insert("x-content-type-options", HeaderValue::from_static("nosniff"));

    let asked = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if asked(header::IF_NONE_MATCH).is_some_and(|tags| matches_tag(tags, &tag)) {
        out.remove(header::CONTENT_TYPE);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    // Anything but our tag, also a date, asks for the whole file: we send no Last-Modified.
    let part_allowed = asked(header::IF_RANGE).is_none_or(|if_range| if_range.trim() == tag);
    let bytes = match range::wanted(asked(header::RANGE).filter(|_| part_allowed), size) {
        Wanted::Whole => 0..size,
        Wanted::Part(bytes) => {
            out.insert(
                header::CONTENT_RANGE,
                text(&format!("bytes {}-{}/{size}", bytes.start, bytes.end - 1))?,
            );
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            bytes
        }
        Wanted::Nothing => {
            let mut refusal = Problem::from(Code::RangeNotSatisfiable).into_response();
            refusal
                .headers_mut()
                .insert(header::CONTENT_RANGE, text(&format!("bytes */{size}"))?);
            return Ok(refusal);
        }
    };
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.end - bytes.start));
    if method != Method::HEAD {
        *response.body_mut() = body(core, &sha256, bytes).await.map_err(|error| {
            tracing::error!(name, error = format!("{error:#}"), "a published file cannot be read");
            Problem::from(Code::Unavailable)
        })?;
    }
    Ok(response)
}

async fn body(core: &Core, sha256: &str, bytes: std::ops::Range<u64>) -> anyhow::Result<Body> {
    let count = bytes.end - bytes.start;
    let options = GetOptions {
        range: Some(bytes.clone().into()),
        ..GetOptions::default()
    };
    let got = core.objects.get_opts(&assets::key(sha256), options).await?;
    anyhow::ensure!(got.range == bytes, "the stored file has another size");
    Ok(match got.payload {
        // The store's own stream reads 8 kB at a time, each in another thread.
        GetResultPayload::File(file, _) => {
            let mut file = tokio::fs::File::from_std(file);
            file.seek(std::io::SeekFrom::Start(bytes.start)).await?;
            Body::from_stream(ReaderStream::with_capacity(file.take(count), CHUNK_BYTES))
        }
        GetResultPayload::Stream(stream) => Body::from_stream(stream.map(|chunk| chunk.map_err(std::io::Error::other))),
    })
}

fn matches_tag(tags: &str, tag: &str) -> bool {
    tags.split(',')
        .map(str::trim)
        .any(|t| t == "*" || t.strip_prefix("W/").unwrap_or(t) == tag)
}

fn text(value: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(value).map_err(|_| Code::Api.into())
}
