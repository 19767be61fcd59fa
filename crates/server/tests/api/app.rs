//! A server of the test's own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use catbird_server::{Config, Running, admin, config::RateLimit};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::audit;
use crate::engine::TestEngine;

pub struct TestApp {
    pub config: Config,
    pub engine: Arc<TestEngine>,
    pub key: String,
    pub client: Client,
    pub running: Option<Running>,
    pub dir: TempDir,
    url: String,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("not JSON: {:?}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The superset error body, whole.
    pub fn assert_error(&self, status: u16, kind: &str, message: &str) {
        let expected = json!({"code": status, "type": kind, "error": message, "message": message});
        assert_eq!((self.status.as_u16(), self.json()), (status, expected));
    }
}

pub fn settings(dir: &TempDir) -> Config {
    let mut config = Config::defaults();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.data = dir.path().join("data");
    config.rate_limit = RateLimit(None);
    config.workers = 2;
    config.drain_seconds = 0;
    config
}

impl TestApp {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = settings(&dir);
        change(&mut config);
        let engine = Arc::new(TestEngine::default());
        let key = admin::create_key(&config, "tester", 100).await.unwrap();
        let running = catbird_server::start(config.clone(), engine.clone()).await.unwrap();
        let url = running.url();
        let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        Self {
            config,
            engine,
            key,
            client,
            running: Some(running),
            dir,
            url,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, self.url(path)).bearer_auth(&self.key)
    }

    pub async fn send(request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer {
            status,
            headers,
            bytes: response.bytes().await.unwrap().to_vec(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Self::send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Self::send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn create(&self, body: &Value) -> Answer {
        self.post("/api/v1/nuro/create", body).await
    }

    /// Creates a task that must be taken.
    pub async fn task(&self, body: &Value) -> String {
        let answer = self.create(body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let body = answer.json();
        let members: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(members, ["message", "task_id"]);
        assert_eq!(body["message"], "success");
        body["task_id"].as_str().unwrap().to_owned()
    }

    pub async fn poll(&self, id: &str) -> Answer {
        self.get(&format!("/api/v1/nuro/task/{id}")).await
    }

    /// Polls until the task is over.
    pub async fn finish(&self, id: &str) -> Answer {
        let begun = Instant::now();
        loop {
            let answer = self.poll(id).await;
            let over = answer.status != 200 || matches!(answer.json()["status"].as_str(), Some("succeeded" | "failed"));
            if over {
                return answer;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "never over: {}",
                answer.text()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn credits(&self) -> (i64, i64) {
        let body = self.get("/api/v1/get-credits").await.json();
        assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
        (
            body["credits"].as_i64().unwrap(),
            body["extra_credits"].as_i64().unwrap(),
        )
    }

    /// Our own view of a task.
    pub async fn view(&self, id: &str) -> Value {
        self.get(&format!("/v1/tasks/{id}")).await.json()
    }

    /// Polls our own view until `fits`.
    pub async fn until(&self, id: &str, fits: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..1000 {
            let view = self.view(id).await;
            if fits(&view) {
                return view;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("never so: {}", self.view(id).await);
    }

    /// Stops the server and starts it again on the same data.
    pub async fn restart(&mut self) {
        self.running.take().unwrap().shutdown().await.unwrap();
        let running = catbird_server::start(self.config.clone(), self.engine.clone())
            .await
            .unwrap();
        self.url = running.url();
        self.running = Some(running);
    }

    /// A statement behind the server's back.
    pub async fn sql(&self, sql: &'static str) {
        audit::execute(&self.config, sql).await;
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            audit::audit(&self.config);
        }
    }
}

pub fn song() -> Value {
    json!({"type": "vocal", "lyrics": "[verse]\nPaper boats on a stream"})
}

pub fn song_with(words: &str) -> Value {
    json!({"lyrics": format!("[verse]\n{words}")})
}
