//! The answer to whoever wants to hear a song that is still being made: everything there is from the
//! beginning on, then more as it comes, until the end. A listener is an open file and a watch; when it
//! hangs up, both are gone.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, header};
use axum::response::Response;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use tokio::sync::watch;

use crate::assets::live::{End, Heard, Live};

const CHUNK_BYTES: usize = 64 * 1024;

/// The answer; none if the song ended this very moment (then the finished file is there, or nothing).
pub async fn answer(live: &Arc<Live>, method: &Method) -> Option<Response> {
    let heard = live.listen();
    if heard.borrow().end != End::Open {
        return None;
    }
    let mut response = Response::new(of_unknown_length());
    if method != Method::HEAD {
        // Open, it can be read to its end even when its folder is removed meanwhile.
        let file = File::open(live.path()).await.ok()?;
        let listener = Listener { file, heard, read: 0 };
        *response.body_mut() = Body::from_stream(futures::stream::try_unfold(listener, Listener::more));
    }
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/mpeg"));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    out.insert(header::ACCEPT_RANGES, HeaderValue::from_static("none"));
    out.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    // Some proxies collect an answer before they pass it on, unless told otherwise.
    out.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Some(response)
}

/// The body of an answer to HEAD that names no length; an empty one would be answered as 0 bytes.
pub fn of_unknown_length() -> Body {
    Body::from_stream(futures::stream::empty::<io::Result<Bytes>>())
}

struct Listener {
    file: File,
    heard: watch::Receiver<Heard>,
    read: u64,
}

impl Listener {
    /// The next bytes; none at the end. An error breaks the connection off, so that nobody takes half
    /// a song for a whole one.
    async fn more(mut self) -> io::Result<Option<(Bytes, Self)>> {
        let read = self.read;
        let news = self
            .heard
            .wait_for(|heard| heard.bytes > read || heard.end != End::Open);
        let heard = *news.await.map_err(io::Error::other)?;
        if heard.bytes > read {
            let mut bytes = vec![0; CHUNK_BYTES.min((heard.bytes - read) as usize)];
            let count = self.file.read(&mut bytes).await?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            bytes.truncate(count);
            self.read += count as u64;
            return Ok(Some((bytes.into(), self)));
        }
        match heard.end {
            End::Finished => Ok(None),
            _ => Err(io::Error::other("the song was broken off")),
        }
    }
}
