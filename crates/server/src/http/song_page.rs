//! `/song/{clip_id}`: the page of one song, for a share link: cover, player, words. No key is needed;
//! a clip id cannot be guessed.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};

use super::named::Named;
use super::pages;
use super::problem::Problem;
use crate::app::Core;
use crate::assets::names;
use crate::tasks::look::{self, Clip};

/// What stands before the clip's id.
pub const PATH: &str = "/song/";

const STYLE: &str = "body{margin:0;background:#14161a;color:#e9e6df;font:17px/1.5 system-ui,sans-serif}\
    main{max-width:40rem;margin:0 auto;padding:2rem 1rem}\
    img{width:100%;height:auto;aspect-ratio:1;border-radius:12px;background:#22252b}\
    h1{margin:1.2rem 0 .2rem;font-size:1.8rem;line-height:1.2;overflow-wrap:anywhere}\
    p{margin:.2rem 0 1rem;color:#a9a59b}audio{width:100%}pre{white-space:pre-wrap;font:inherit}\
    a{color:#f0b35c}";

/// The page of a finished clip.
pub async fn get(State(core): State<Arc<Core>>, Named(id): Named) -> Result<Response, Problem> {
    let Some((clip, task_id)) = look::shared(&core.db, &id).await? else {
        let page = document("No such song", "<h1>No such song</h1><p>It may have been removed.</p>");
        return Ok((StatusCode::NOT_FOUND, pages::headers(), Html(page)).into_response());
    };
    Ok((pages::headers(), Html(page(&clip, &task_id))).into_response())
}

fn page(clip: &Clip, task_id: &str) -> String {
    // Relative addresses: the page works under every name of this server.
    let file = |name: &str| format!("../files/{}", escape(name));
    let cover = clip.file("cover").map(|name| {
        let source = file(name);
        format!("<img src=\"{source}\" alt=\"Cover\" width=\"1024\" height=\"1024\">")
    });
    let audio = clip.file("mp3").or_else(|| clip.file("wav")).map(|name| {
        let source = file(name);
        format!("<audio controls preload=\"metadata\" src=\"{source}\"></audio>")
    });
    let video = clip.is_piece().then(|| {
        let source = file(&names::file(task_id, clip.position, "mp4"));
        format!("<p><a href=\"{source}\">Lyric video</a></p>")
    });
    let body = [
        cover.unwrap_or_default(),
        format!("<h1>{}</h1><p>{}</p>", escape(&clip.title), escape(&clip.tags)),
        audio.unwrap_or_default(),
        format!("<pre>{}</pre>", escape(&clip.lyrics)),
        video.unwrap_or_default(),
    ];
    document(&clip.title, &body.concat())
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>{STYLE}</style></head>\
         <body><main>{body}</main></body></html>\n",
        escape(title)
    )
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
