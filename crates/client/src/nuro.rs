//! The nuro family: songs with vocals and instrumentals, one clip a call.

use serde::{Deserialize, Serialize};

use crate::{Client, ClientError};

/// A song with vocals. What is `None` is chosen from the lyrics.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocal {
    /// Words to sing, with `[verse]`, `[chorus]` … tags.
    pub lyrics: String,
    /// `Female` or `Male`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// One of the 23 genres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// One of the 13 moods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mood: Option<String>,
    /// One of the 9 timbres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timbre: Option<String>,
    /// Seconds, 30–240.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    /// Same request and seed → same bytes; Catbird's own addition, drawn when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// An instrumental, version v1.0 (labels) or v2.0 (segments).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bgm {
    /// Free text about the music.
    pub description: String,
    /// `v1.0` (the default) or `v2.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// v1.0: up to five of the 47 genres.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub genre: Vec<String>,
    /// v1.0: up to five of the 52 moods.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mood: Vec<String>,
    /// v1.0: up to five of the 25 instruments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instrument: Vec<String>,
    /// v1.0: up to five of the 28 themes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub theme: Vec<String>,
    /// v2.0: the form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Segment>,
    /// Seconds: 1–60 in v1.0, 30–120 in v2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
}

/// A stretch of a v2.0 instrumental.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// `intro`, `verse`, `chorus`, `inst`, `bridge` or `outro`.
    pub name: String,
    /// Seconds.
    pub duration: u32,
}

/// The poll's answer: flat, all ten members at every moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Song {
    /// The task.
    pub task_id: String,
    /// `pending`, `running` or `succeeded`.
    pub status: String,
    /// 0–100, never falling; 100 = finished.
    pub progress: u32,
    /// The WAV; empty until finished.
    pub audio_url: String,
    /// The lyrics as sung, normalised.
    pub lyrics: String,
    /// Seconds; 0 until finished.
    pub duration: f64,
    /// As requested or predicted.
    pub genre: String,
    /// As requested or predicted.
    pub mood: String,
    /// As requested or predicted.
    pub gender: String,
    /// As requested or predicted.
    pub timbre: String,
}

impl Song {
    /// Whether the song can be downloaded.
    pub fn is_finished(&self) -> bool {
        self.status == "succeeded"
    }
}

#[derive(Serialize)]
struct Typed<'a, T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    request: &'a T,
}

const CREATE: &str = "/api/v1/nuro/create";

impl Client {
    /// Asks for a song with vocals; answers with the task's id.
    pub async fn create_vocal(&self, request: &Vocal) -> Result<String, ClientError> {
        self.submit(CREATE, &Typed { kind: "vocal", request }, None).await
    }

    /// The same; repeating it with the same `key` is the same task and costs nothing more.
    pub async fn create_vocal_once(&self, request: &Vocal, key: &str) -> Result<String, ClientError> {
        self.submit(CREATE, &Typed { kind: "vocal", request }, Some(key)).await
    }

    /// Asks for an instrumental; answers with the task's id.
    pub async fn create_bgm(&self, request: &Bgm) -> Result<String, ClientError> {
        self.submit(CREATE, &Typed { kind: "bgm", request }, None).await
    }

    /// How far a song is. A failed one is an error whose [`crate::Problem`] says why.
    pub async fn nuro_task(&self, id: &str) -> Result<Song, ClientError> {
        self.get(&format!("/api/v1/nuro/task/{id}")).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_the_contracts_json() {
        let vocal = Vocal {
            lyrics: "[verse]\nla".into(),
            genre: Some("Pop".into()),
            duration: Some(60),
            ..Vocal::default()
        };
        let json = serde_json::to_value(Typed {
            kind: "vocal",
            request: &vocal,
        })
        .unwrap();
        let expected = serde_json::json!({"type": "vocal", "lyrics": "[verse]\nla", "genre": "Pop", "duration": 60});
        assert_eq!(json, expected);
        let bgm = Bgm {
            description: "d".into(),
            theme: vec!["love".into()],
            ..Bgm::default()
        };
        let json = serde_json::to_value(Typed {
            kind: "bgm",
            request: &bgm,
        })
        .unwrap();
        assert_eq!(
            json,
            serde_json::json!({"type": "bgm", "description": "d", "theme": ["love"]})
        );
    }
}
