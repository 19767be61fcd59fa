//! Recordings that callers bring in.

mod charges;
mod file;

mod hearing;
mod steps;
mod voice;

use catbird_server::Config;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::recording::Outside;

/// A server that may call loopback, and a web server with recordings there.
pub async fn place() -> (TestApp, Outside) {
    place_with(|_| {}).await
}

pub async fn place_with(change: impl FnOnce(&mut Config)) -> (TestApp, Outside) {
    let app = TestApp::with(|config| {
        config.allow_private_urls = true;
        // Where a test counts, nobody else listens.
        config.uploads.listen = false;
        change(config);
    })
    .await;
    (app, Outside::new().await)
}

impl TestApp {
    /// Brings a recording in; its clip id.
    pub async fn upload(&self, url: &str) -> String {
        self.upload_as(json!({"url": url})).await
    }

    pub async fn upload_as(&self, body: Value) -> String {
        let answer = self.sonic("upload", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let clip_id = answer.json()["clip_id"].as_str().unwrap().to_owned();
        assert_eq!(
            answer.json(),
            json!({"code": 200, "clip_id": clip_id, "message": "success"})
        );
        clip_id
    }

    /// The address of a file of a clip's task, by our own view.
    pub async fn file_of(&self, task: &str, role: &str) -> String {
        self.view(task).await["clips"][0]["files"][role]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The task of a clip.
    pub async fn task_of(&self, clip: &str) -> String {
        crate::audit::text(&self.config, "SELECT task_id FROM clips WHERE id = $1", clip).await
    }
}
