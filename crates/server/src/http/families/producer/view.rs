//! What a task looks like: the answer of polls, and the body of webhooks.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::request::DEFAULT_MODEL;
use crate::clock::rfc3339_ms;
use crate::http::families::clip;
use crate::http::families::shown::Shown;
use crate::http::families::timings::{self, Word};
use crate::http::links::Links;
use crate::tasks::look::{Clip, Look};

/// A clip.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProducerSong)]
pub struct Song {
    /// Its id, for all calls that take a clip.
    pub clip_id: String,
    /// Its title; while it is made, the one that was asked for or written.
    pub title: String,
    /// Style words.
    pub sound: String,
    /// What is sung; `[Instrumental]` where nobody sings.
    pub lyrics: String,
    /// The id that its words go by: the clip's own; null where nobody sings.
    pub lyrics_id: Option<String>,
    /// When each word is sung; null where nobody sings, or nobody knows the words.
    pub lyrics_timing_markers: Option<Vec<Word>>,
    /// The cover, JPEG, 1024 pixels square, or the caller's own.
    pub image_url: String,
    /// The MP3 (of a download the file that was asked for). While the clip is `running` it plays what
    /// exists.
    pub audio_url: String,
    /// The WAV.
    pub wav_url: Option<String>,
    /// The lyric video, made when it is first asked for.
    pub video_url: Option<String>,
    /// ISO 8601 with milliseconds and `Z`.
    #[schema(example = "2025-10-20T18:40:05.001Z")]
    pub created_at: String,
    /// The model.
    pub mv: String,
    /// The seed as it was sent, or the one that was drawn.
    #[schema(value_type = String)]
    pub seed: Value,
    /// Seconds; 0 until it is finished.
    pub duration: f64,
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
        sound: shown.tags_of(clip),
        lyrics: shown.lyrics_of(clip),
        lyrics_id: (!words.is_empty()).then(|| clip.id.clone()),
        lyrics_timing_markers: (!words.is_empty()).then_some(words),
        // The caller's own picture, where one was sent.
        image_url: shown.cover_url.clone().unwrap_or_else(|| clip::image_url(clip, links)),
        audio_url: clip::audio_url(task, clip, links, audible),
        wav_url: clip.file("wav").map(|name| links.file(name)),
        video_url: clip::video_url(task, clip, links),
        created_at: rfc3339_ms(clip.created_at),
        // A recording that was brought in was made by no model.
        mv: if shown.mv.is_empty() {
            DEFAULT_MODEL.to_owned()
        } else {
            shown.mv.clone()
        },
        seed: shown.seed.clone(),
        duration: clip::duration(clip),
        state: clip.state.clone(),
    }
}

/// The same for webhooks. While a clip is made, its `audio_url` already plays what exists.
pub fn told(task: &Look, links: &Links, streaming: bool) -> Value {
    let (songs, _) = songs(task, links, &|_| streaming);
    let message = if streaming { "streaming" } else { "success" };
    json!({"code": 200, "data": songs, "message": message})
}
