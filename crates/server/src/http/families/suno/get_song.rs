//! `POST /api/v1/sonic/get-song`: what the page behind a share link of this server shows. Other
//! servers' links are refused: nothing outside is asked.

use axum::Json;
use axum::http::Uri;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::assets::names;
use crate::http::families::call::{Call, Kept};
use crate::http::problem::{ErrorBody, Problem};
use crate::http::song_page::PATH;
use crate::tasks::look;

/// Who all songs are by.
const AUTHOR: &str = "Catbird";

/// A share link.
#[derive(Debug, Serialize, ToSchema)]
pub struct GetSongRequest {
    /// The address of a song's page on this server: `/song/<clip_id>`.
    #[schema(example = "http://127.0.0.1:8080/song/51e4e0c2-6f3c-4b77-9b57-0a9a63d2f4aa")]
    pub share_link: String,
}

/// What the page shows.
#[derive(Debug, Serialize, ToSchema)]
pub struct GetSongAnswer {
    /// The MP3.
    pub audio_url: String,
    /// The lyric video.
    pub video_url: Option<String>,
    /// The cover.
    pub cover_image: Option<String>,
    /// The title.
    pub song_title: String,
    /// Who made it.
    pub song_author: &'static str,
    /// Style words.
    pub music_styles: String,
}

/// What a share link shows. Free, answered at once.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/get-song",
    tag = "sonic",
    operation_id = "sonic_get_song",
    security(("key" = [])),
    request_body = GetSongRequest,
    responses(
        (status = 200, description = "The song", body = GetSongAnswer),
        (status = 400, description = "No link of a song of this server", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
    )
)]
pub async fn get_song(call: Call) -> Result<Json<Value>, Problem> {
    let fields = call.fields();
    let link = fields.string("share_link")?.filter(|link| !link.trim().is_empty());
    let link = link.ok_or_else(|| fields.required("share_link"))?;
    let clip_id = shared(link.trim(), call.links.base()).ok_or_else(|| {
        Problem::bad_request(format!(
            "The 'share_link' field should be the page of a song of this server: {}{PATH}<clip_id>.",
            call.links.base()
        ))
    })?;
    let found = look::shared(&call.core.db, &clip_id).await?;
    let (clip, task_id) = found.ok_or_else(|| Problem::bad_request("clip not found."))?;
    let audio = clip.file("mp3").or_else(|| clip.file("wav")).unwrap_or_default();
    let video = clip
        .is_piece()
        .then(|| call.links.file(&names::file(&task_id, clip.position, "mp4")));
    let answer = GetSongAnswer {
        audio_url: call.links.file(audio),
        video_url: video,
        cover_image: clip.file("cover").map(|name| call.links.file(name)),
        song_title: clip.title.clone(),
        song_author: AUTHOR,
        music_styles: clip.tags.clone(),
    };
    let kept = Kept {
        operation: "get_song",
        ..Kept::default()
    };
    call.answer(kept, &answer).await
}

/// The clip id of a page of the server at `base`.
fn shared(link: &str, base: &str) -> Option<String> {
    let (link, base): (Uri, Uri) = (link.parse().ok()?, base.parse().ok()?);
    if link.authority()? != base.authority()? {
        return None;
    }
    let id = link
        .path()
        .strip_prefix(base.path().trim_end_matches('/'))?
        .strip_prefix(PATH)?;
    let id = id.trim_end_matches('/');
    (!id.is_empty() && !id.contains('/')).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::shared;

    #[test]
    fn links_of_this_server_and_others() {
        let base = "http://127.0.0.1:8080";
        for good in [
            "http://127.0.0.1:8080/song/abc",
            "https://127.0.0.1:8080/song/abc/?utm=1",
        ] {
            assert_eq!(shared(good, base).as_deref(), Some("abc"), "{good}");
        }
        assert_eq!(
            shared("https://m.example/cat/song/abc", "https://m.example/cat").as_deref(),
            Some("abc")
        );
        for bad in [
            "",
            "abc",
            "/song/abc",
            "https://suno.com/song/abc",
            "http://127.0.0.1:8081/song/abc",
            "http://127.0.0.1:8080/song/",
            "http://127.0.0.1:8080/songs/abc",
            "http://127.0.0.1:8080/song/a/b",
        ] {
            assert_eq!(shared(bad, base), None, "{bad}");
        }
    }
}
