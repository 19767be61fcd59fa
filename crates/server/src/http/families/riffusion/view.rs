//! What a task looks like: the answer of polls, and the body of webhooks.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::clock::rfc3339_ms;
use crate::http::families::clip;
use crate::http::families::shown::Shown;
use crate::http::families::timings;
use crate::http::links::Links;
use crate::tasks::look::{Clip, Look};

/// A clip: exactly these eleven members.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiffusionSong)]
pub struct Song {
    /// Its id, for all calls that take a clip.
    pub clip_id: String,
    /// Its title; while it is made, the one that was asked for or written.
    pub title: String,
    /// What is sung; `[Instrumental]` where nobody sings.
    pub lyrics: String,
    /// The cover, JPEG, 1024 pixels square.
    pub image_url: String,
    /// The MP3. While the clip is `running` it plays what exists.
    pub audio_url: String,
    /// Always null.
    #[schema(value_type = Option<String>)]
    pub video_url: (),
    /// ISO 8601 with milliseconds and `Z`.
    #[schema(example = "2025-07-15T09:02:10.120Z")]
    pub created_at: String,
    /// The model as it was sent.
    pub mv: String,
    /// Seconds; 0 until it is finished.
    pub duration: f64,
    /// When each word is sung: `{"words": [{"word", "start", "end"}]}`; `{}` where nobody sings, or
    /// nobody knows the words.
    #[schema(value_type = Object)]
    pub timestamp: Value,
    /// `pending`, `running`, `succeeded` or `failed`.
    #[schema(example = "succeeded")]
    pub state: String,
}

/// The clips of a task, and whether any of them can be heard. `audible`: whether there is a preview of
/// that file name.
pub fn songs(task: &Look, links: &Links, audible: &dyn Fn(&str) -> bool) -> (Vec<Song>, bool) {
    let shown = Shown::of(&task.shown);
    let song = |clip| song(task, clip, &shown, links, audible);
    let songs: Vec<Song> = task.clips.iter().map(song).collect();
    let audible = songs.iter().any(|song| !song.audio_url.is_empty());
    (songs, audible)
}

fn song(task: &Look, clip: &Clip, shown: &Shown, links: &Links, audible: &dyn Fn(&str) -> bool) -> Song {
    let words = timings::words(clip);
    Song {
        clip_id: clip.id.clone(),
        title: shown.title_of(clip),
        lyrics: shown.lyrics_of(clip),
        image_url: clip::image_url(clip, links),
        audio_url: clip::audio_url(task, clip, links, audible),
        video_url: (),
        created_at: rfc3339_ms(clip.created_at),
        mv: shown.mv.clone(),
        duration: clip::duration(clip),
        timestamp: if words.is_empty() {
            json!({})
        } else {
            json!({ "words": words })
        },
        state: clip.state.clone(),
    }
}

/// The same for webhooks. While a clip is made, its `audio_url` already plays what exists.
pub fn told(task: &Look, links: &Links, streaming: bool) -> Value {
    let (songs, _) = songs(task, links, &|_| streaming);
    let message = if streaming { "streaming" } else { "success" };
    json!({"code": 200, "data": songs, "message": message})
}
