//! What a task looks like: the answer of polls, and the body of webhooks.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::clock::rfc3339_ms;
use crate::http::families::clip;
use crate::http::families::shown::Shown;
use crate::http::links::Links;
use crate::tasks::look::{Clip, Look};

/// The name of the family in tasks.
pub const FAMILY: &str = "suno";

/// A clip.
#[derive(Debug, Serialize, ToSchema)]
pub struct Song {
    /// Its id, for all calls that take a clip.
    pub clip_id: String,
    /// `pending`, `running`, `succeeded` or `failed`.
    #[schema(example = "succeeded")]
    pub state: String,
    /// Its title; while it is made, the one that was asked for or written.
    pub title: String,
    /// Style words.
    pub tags: String,
    /// What is sung; `[Instrumental]` where nobody sings.
    pub lyrics: String,
    /// The cover, JPEG, 1024 pixels square.
    pub image_url: String,
    /// The MP3 (of a stem the WAV). While the clip is `running` it plays what exists.
    pub audio_url: String,
    /// The lyric video, made when it is first asked for.
    pub video_url: Option<String>,
    /// ISO 8601 with milliseconds and `Z`.
    #[schema(example = "2025-07-15T08:11:32.410Z")]
    pub created_at: String,
    /// The model as it was sent.
    pub mv: String,
    /// The description, where one was sent.
    pub gpt_description_prompt: Option<String>,
    /// Seconds; 0 until it is finished.
    pub duration: f64,
    /// As sent.
    pub negative_tags: Option<String>,
    /// As sent.
    pub style_weight: Option<f64>,
    /// As sent.
    pub weirdness_constraint: Option<f64>,
}

/// The clips of a task, and whether any of them can be heard. `audible`: whether there is a preview of
/// that file name.
pub fn songs(task: &Look, links: &Links, audible: impl Fn(&str) -> bool) -> (Vec<Song>, bool) {
    let shown = Shown::of(&task.shown);
    let songs: Vec<Song> = task
        .clips
        .iter()
        .map(|clip| song(task, clip, &shown, links, &audible))
        .collect();
    let audible = songs.iter().any(|song| !song.audio_url.is_empty());
    (songs, audible)
}

fn song(task: &Look, clip: &Clip, shown: &Shown, links: &Links, audible: &dyn Fn(&str) -> bool) -> Song {
    Song {
        clip_id: clip.id.clone(),
        state: clip.state.clone(),
        title: shown.title_of(clip),
        tags: shown.tags_of(clip),
        lyrics: shown.lyrics_of(clip),
        image_url: clip::image_url(clip, links),
        audio_url: clip::audio_url(task, clip, links, audible),
        video_url: clip::video_url(task, clip, links),
        created_at: rfc3339_ms(clip.created_at),
        mv: shown.mv.clone(),
        gpt_description_prompt: shown.gpt_description_prompt.clone(),
        duration: clip::duration(clip),
        negative_tags: shown.negative_tags.clone(),
        style_weight: shown.style_weight,
        weirdness_constraint: shown.weirdness_constraint,
    }
}

/// The same for webhooks; there `duration` is a decimal text, as the vendor sends it. While a clip is
/// made, its `audio_url` already plays what exists.
pub fn told(task: &Look, links: &Links, streaming: bool) -> Value {
    let (songs, _) = songs(task, links, |_| streaming);
    let data: Vec<Value> = songs
        .into_iter()
        .map(|song| {
            let duration = format!("{:.2}", song.duration);
            let mut song = serde_json::to_value(song).expect("a song is plain data");
            song["duration"] = duration.into();
            song
        })
        .collect();
    let message = if streaming { "streaming" } else { "success" };
    json!({"code": 200, "data": data, "message": message})
}
