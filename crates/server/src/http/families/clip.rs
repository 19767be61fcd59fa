//! What the families that answer with clips show of one alike.

use crate::assets::names;
use crate::http::links::Links;
use crate::tasks::look::{Clip, Look};

/// Where it can be heard: its MP3 (of a stem, or a download, its WAV), while it is made the preview, if
/// there is one (`audible` knows by its file name); else empty.
pub fn audio_url(task: &Look, clip: &Clip, links: &Links, audible: &dyn Fn(&str) -> bool) -> String {
    let preview = names::file(&task.id, clip.position, "mp3");
    match clip.file("mp3").or_else(|| clip.file("wav")) {
        Some(name) => links.file(name),
        None if clip.state == "running" && audible(&preview) => links.file(&preview),
        None => String::new(),
    }
}

/// Its cover; empty until there is one.
pub fn image_url(clip: &Clip, links: &Links) -> String {
    clip.file("cover").map(|name| links.file(name)).unwrap_or_default()
}

/// Its lyric video, which is made when it is first asked for; none of what has no score and will never
/// get one.
pub fn video_url(task: &Look, clip: &Clip, links: &Links) -> Option<String> {
    clip.is_piece()
        .then(|| links.file(&names::file(&task.id, clip.position, "mp4")))
}

/// Its length in seconds, as told: hundredths.
pub fn duration(clip: &Clip) -> f64 {
    (clip.seconds * 100.0).round() / 100.0
}
