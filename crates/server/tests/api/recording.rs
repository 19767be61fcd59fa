//! Recordings from outside: small real WAVs, a server that has them and misbehaves on demand, and what
//! the test's engine makes of them. Who sings is a matter of loudness.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path as Named, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use catbird_score::{Brief, Heard, Labels, Note, PartRole, Score, Touch};
use catbird_server::engine::{Code, Fault, Job, Take};
use serde_json::json;

use crate::engine::file;
use crate::score;

/// A tone; somebody sings in it if it is loud.
pub fn wav(seconds: f64, sings: bool) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    let loud = if sings { 25_000.0 } else { 8_000.0 };
    for frame in 0..(seconds * 8000.0) as usize {
        writer.write_sample(((frame as f64 * 0.3).sin() * loud) as i16).unwrap();
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

/// How many are in a room at once.
#[derive(Default)]
pub struct Crowd {
    now: AtomicUsize,
    pub most: AtomicUsize,
}

impl Crowd {
    pub fn enter(&self) -> impl Drop + '_ {
        struct One<'a>(&'a Crowd);
        impl Drop for One<'_> {
            fn drop(&mut self) {
                self.0.now.fetch_sub(1, Ordering::SeqCst);
            }
        }
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        One(self)
    }
}

/// What the engine admits: a WAV of at least a second.
pub fn take(source: &Path, brief: &Brief, job: &Job) -> Result<Take, Fault> {
    let rejected = |message: &str| Fault::Rejected {
        code: Code::BadRequest,
        message: message.into(),
    };
    let bytes = std::fs::read(source).expect("a source can be read");
    let reader =
        hound::WavReader::new(bytes.as_slice()).map_err(|_| rejected("This is no audio file that we can read."))?;
    let spec = reader.spec();
    let announced = reader.duration();
    let read = reader.into_samples::<i16>().filter_map(Result::ok).count() as u32;
    if read < announced * u32::from(spec.channels) {
        return Err(rejected("The audio file is broken off."));
    }
    let seconds = f64::from(announced) / f64::from(spec.sample_rate);
    if seconds < 1.0 {
        return Err(rejected("A recording should be 1 to 480 seconds long."));
    }
    let write = |name: &str, bytes: &[u8]| {
        let path = job.scratch().join(name);
        std::fs::write(&path, bytes).expect("scratch can be written");
        path
    };
    Ok(Take {
        title: brief.title.clone().unwrap_or_default(),
        lyrics: brief.lyrics.clone().unwrap_or_default(),
        tags: brief.tags.clone(),
        seconds,
        labels: Labels::default(),
        parent: None,
        details: json!({"codec": "wav", "sample_rate": spec.sample_rate, "channels": spec.channels}),
        files: vec![
            file("recording", "audio/wav", "original.wav", &write("a.original", &bytes)),
            file("wav", "audio/wav", "wav", &write("a.wav", &bytes)),
            file("mp3", "audio/mpeg", "mp3", &write("a.mp3", b"an mp3 of it")),
            file(
                "cover",
                "image/jpeg",
                "jpg",
                &write("a.jpg", format!("cover {}", job.seed()).as_bytes()),
            ),
        ],
    })
}

pub fn score_at(path: &Path) -> Score {
    serde_json::from_slice(&std::fs::read(path).expect("a source can be read")).expect("a source is a score")
}

/// What is heard in it.
pub fn heard(wav: &Path, lyrics: Option<&str>) -> Score {
    let mut reader = hound::WavReader::open(wav).expect("a source is a WAV");
    let seconds = f64::from(reader.duration()) / f64::from(reader.spec().sample_rate);
    let loud = reader
        .samples::<i16>()
        .filter_map(Result::ok)
        .any(|sample| sample > 20_000);
    let mut score = score::of("", lyrics.filter(|_| loud), seconds, 1, &Brief::default());
    score.labels.gender = if loud { "Female".into() } else { String::new() };
    let melody = &mut score.parts[0];
    melody.id = "melody".into();
    melody.role = PartRole::Lead;
    melody.notes = vec![Note {
        start: 480,
        length: 480,
        pitch: 64,
        velocity: 80,
        nudge: 0,
        touch: Touch::Plain,
    }];
    score.heard = Some(Heard {
        voice: if loud { 0.4 } else { 0.0 },
        melody: 0.875,
        ..Heard::default()
    });
    score
}

/// A web server with recordings.
#[derive(Clone, Default)]
pub struct Outside {
    files: Arc<Mutex<HashMap<String, Bytes>>>,
    pub asked: Arc<AtomicUsize>,
    url: String,
}

impl Outside {
    pub async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let outside = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            ..Self::default()
        };
        for (name, bytes) in [
            ("song.wav", wav(3.0, true)),
            ("band.wav", wav(2.5, false)),
            ("short.wav", wav(0.5, false)),
            ("cut.wav", wav(2.0, false)[..5000].to_vec()),
            ("page.html", b"<!doctype html><p>Sign in".to_vec()),
            ("empty.wav", Vec::new()),
        ] {
            outside.has(name, bytes);
        }
        let router = Router::new()
            .route("/{*name}", get(Self::serve))
            .with_state(outside.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        outside
    }

    pub fn has(&self, name: &str, bytes: Vec<u8>) {
        self.files.lock().unwrap().insert(name.into(), bytes.into());
    }

    pub fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    #[expect(clippy::unused_async, reason = "a handler of axum is async")]
    async fn serve(State(outside): State<Self>, Named(name): Named<String>) -> Response {
        outside.asked.fetch_add(1, Ordering::SeqCst);
        let found = |name: &str| outside.files.lock().unwrap().get(name).cloned();
        if let Some(target) = name.strip_prefix("to/") {
            return (StatusCode::FOUND, [(header::LOCATION, format!("/{target}"))]).into_response();
        }
        match name.as_str() {
            "loop" => (StatusCode::FOUND, [(header::LOCATION, "/loop")]).into_response(),
            "away" => (StatusCode::FOUND, [(header::LOCATION, "ftp://a.example/x.mp3")]).into_response(),
            "slow.wav" => {
                let drops = futures::stream::unfold(0, |count| async move {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    Some((Ok::<_, std::io::Error>(Bytes::from_static(b"RIFF")), count + 1))
                });
                Body::from_stream(drops).into_response()
            }
            name => match found(name) {
                Some(bytes) => bytes.into_response(),
                None => StatusCode::NOT_FOUND.into_response(),
            },
        }
    }
}
