//! Lyrics by a language model that the operator named: a server on loopback that speaks the protocol,
//! well or badly.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::app::TestApp;

const LYRICS: &str = "[Verse 1]\nThe last bus hums away\nand takes the light along\nI count the coins of day\nand find a song\n\
[Chorus]\nWalk home, walk home\nthe road is long\nwalk home, walk home\nthe night is strong";

/// What it answers, one after the other; then it fails.
enum Reply {
    Says(String),
    Status(u16),
    Raw(&'static str),
    Silence,
}

#[derive(Clone, Default)]
struct Model {
    asked: Arc<Mutex<Vec<(String, HeaderMap, Value)>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
}

impl Model {
    async fn app(replies: Vec<Reply>) -> (TestApp, Self) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1/", listener.local_addr().unwrap());
        let model = Self {
            replies: Arc::new(Mutex::new(replies.into())),
            ..Self::default()
        };
        let router = Router::new().fallback(Self::answer).with_state(model.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let app = TestApp::with(|config| {
            config.lyricist.url = url;
            config.lyricist.model = "tiny".into();
            config.lyricist.api_key = "sk-1".into();
            config.lyricist.timeout_seconds = 0.5;
        })
        .await;
        (app, model)
    }

    async fn answer(State(model): State<Self>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
        let body = serde_json::from_slice(&body).unwrap();
        model.asked.lock().unwrap().push((uri.path().to_owned(), headers, body));
        let reply = model.replies.lock().unwrap().pop_front();
        match reply {
            Some(Reply::Says(text)) => {
                let message = json!({"role": "assistant", "content": text});
                Json(json!({"id": "1", "choices": [{"index": 0, "message": message}]})).into_response()
            }
            Some(Reply::Status(status)) => StatusCode::from_u16(status).unwrap().into_response(),
            Some(Reply::Raw(text)) => text.into_response(),
            Some(Reply::Silence) => {
                tokio::time::sleep(Duration::from_secs(5)).await;
                StatusCode::OK.into_response()
            }
            None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    fn asked(&self) -> Vec<(String, HeaderMap, Value)> {
        self.asked.lock().unwrap().clone()
    }
}

fn good() -> String {
    json!({"title": "Walk Home", "tags": "folk, slow", "lyrics": LYRICS}).to_string()
}

/// A song by description; its first clip.
async fn written(app: &TestApp) -> Value {
    let body = json!({"custom_mode": false, "gpt_description_prompt": "missing the last bus", "mv": "sonic-v5"});
    app.clips("create", &body).await[0].clone()
}

async fn count(app: &TestApp, writer: &str) -> String {
    let metrics = app.get("/metrics").await.text();
    let start = format!("catbird_lyrics_total{{writer=\"{writer}\"}} ");
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix(&start).map(str::to_owned));
    line.unwrap_or_else(|| "0".to_owned())
}

#[tokio::test]
async fn the_model_writes_what_is_sung() {
    let (app, model) = Model::app(vec![Reply::Says(format!("Here you go!\n```json\n{}\n```", good()))]).await;
    let clip = written(&app).await;
    assert_eq!(
        (&clip["title"], &clip["tags"]),
        (&json!("Walk Home"), &json!("folk, slow"))
    );
    assert_eq!(clip["lyrics"], LYRICS);
    let (brief, _) = app.engine.last_brief();
    assert_eq!(brief.lyrics.as_deref(), Some(LYRICS));
    let asked = model.asked();
    assert_eq!(asked.len(), 1, "both takes sing the same words");
    let (path, headers, body) = &asked[0];
    assert_eq!(path, "/v1/chat/completions");
    assert_eq!(headers["authorization"], "Bearer sk-1");
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!((&body["model"], &body["stream"]), (&json!("tiny"), &json!(false)));
    assert_eq!(
        (&body["messages"][0]["role"], &body["messages"][1]["role"]),
        (&json!("system"), &json!("user"))
    );
    assert!(
        body["messages"][1]["content"]
            .as_str()
            .unwrap()
            .contains("missing the last bus")
    );
    assert_eq!(
        (count(&app, "remote").await, count(&app, "fallback").await),
        ("1".into(), "0".into())
    );
}

#[tokio::test]
async fn a_second_try_may_do_better() {
    for bad in [
        Reply::Status(503),
        Reply::Status(429),
        Reply::Raw("<html>not the API</html>"),
        Reply::Raw("{\"choices\": []}"),
        Reply::Says("I am sorry, I cannot write lyrics.".to_owned()),
        Reply::Says("{\"title\": \"x\", \"lyrics\": \"[Verse]\"}".to_owned()),
        Reply::Silence,
    ] {
        let (app, model) = Model::app(vec![bad, Reply::Says(good())]).await;
        assert_eq!(written(&app).await["title"], "Walk Home");
        let asked = model.asked();
        assert_eq!(asked.len(), 2);
        assert_ne!(asked[0].2["seed"], asked[1].2["seed"], "not the same dice again");
        assert_eq!(count(&app, "remote").await, "1");
    }
}

#[tokio::test]
async fn after_two_failures_the_engine_writes() {
    for bad in [
        vec![Reply::Status(401), Reply::Status(401)],
        vec![Reply::Raw(""), Reply::Says(String::new())],
        vec![Reply::Silence, Reply::Silence],
    ] {
        let (app, model) = Model::app(bad).await;
        let begun = Instant::now();
        let clip = written(&app).await;
        assert_eq!(clip["title"], "About missing the last bus");
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        assert_eq!((model.asked().len(), count(&app, "fallback").await), (2, "1".into()));
    }
}

#[tokio::test]
async fn a_model_that_is_not_there_is_no_trouble_either() {
    let app = TestApp::with(|config| {
        config.lyricist.url = "http://127.0.0.1:1/v1".to_owned();
        config.lyricist.model = "tiny".to_owned();
    })
    .await;
    assert_eq!(written(&app).await["title"], "About missing the last bus");
    assert_eq!(count(&app, "fallback").await, "1");
}

#[tokio::test]
async fn without_the_setting_the_engine_writes() {
    let app = TestApp::new().await;
    assert_eq!(written(&app).await["title"], "About missing the last bus");
    assert_eq!(
        (count(&app, "engine").await, count(&app, "fallback").await),
        ("1".into(), "0".into())
    );
}
