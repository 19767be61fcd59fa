//! riffusion, producer and studio: what they take, what they make of it, and what they answer.

mod producer;
mod riffusion;
mod studio;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

impl TestApp {
    pub async fn call(&self, path: &str, body: &Value) -> Answer {
        self.post(&format!("/api/v1/{path}"), body).await
    }

    /// An order that must be taken.
    pub async fn taken(&self, path: &str, body: &Value) -> String {
        let answer = self.call(path, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let body = answer.json();
        let members: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(
            members,
            ["message", "task_id"],
            "exactly these: the vendor's client refuses a third"
        );
        body["task_id"].as_str().unwrap().to_owned()
    }

    /// Polls until it is over.
    pub async fn polled(&self, family: &str, id: &str) -> Value {
        let begun = Instant::now();
        loop {
            let answer = self.get(&format!("/api/v1/{family}/task/{id}")).await;
            let body = answer.json();
            match answer.status.as_u16() {
                202 => assert_eq!((&body["code"], &body["type"]), (&json!(202), &json!("not_ready"))),
                200 => return body,
                _ => panic!("{}", answer.text()),
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "never over: {body}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Orders of a family's `create` and waits; the clips.
    pub async fn made(&self, family: &str, body: &Value) -> Vec<Value> {
        let id = self.taken(&format!("{family}/create"), body).await;
        let over = self.polled(family, &id).await;
        assert_eq!(
            (&over["code"], &over["message"]),
            (&json!(200), &json!("success")),
            "{over}"
        );
        over["data"].as_array().unwrap().clone()
    }

    /// A request that must be refused with this sentence, and costs nothing.
    pub async fn turned_down(&self, path: &str, body: &Value, sentence: &str) {
        let before = self.credits().await;
        let answer = self.call(path, body).await;
        answer.assert_error(400, "bad_request", sentence);
        assert_eq!(self.credits().await, before, "{path} {body}");
    }
}

/// The names of an object's members.
fn members(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn id(clip: &Value) -> String {
    clip["clip_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_poll_belongs_to_its_family_and_its_account() {
    let app = TestApp::new().await;
    let song = json!({"mv": "FUZZ-1.0", "custom_mode": true, "lyrics": "[Verse]\nPaper boats"});
    let task = app.taken("riffusion/create", &song).await;
    app.polled("riffusion", &task).await;
    for family in ["sonic", "producer", "studio"] {
        let answer = app.get(&format!("/api/v1/{family}/task/{task}")).await;
        answer.assert_error(400, "bad_request", "task not found.");
    }
    for family in ["riffusion", "producer"] {
        let answer = app.get(&format!("/api/v1/{family}/task")).await;
        answer.assert_error(400, "bad_request", "missing task id.");
    }
    for path in [
        "riffusion/create",
        "producer/create",
        "producer/download",
        "studio/create",
    ] {
        let request = app.client.post(app.url(&format!("/api/v1/{path}"))).json(&song);
        let answer = TestApp::send(request).await;
        answer.assert_error(401, "unauthorized", "Authorization header is missing.");
    }
}

#[tokio::test]
async fn clips_pass_from_family_to_family() {
    let app = TestApp::new().await;
    let song = json!({"mv": "FUZZ-1.0", "custom_mode": true, "lyrics": "[Verse]\nPaper boats", "title": "Boats"});
    let riff = id(&app.made("riffusion", &song).await[0]);
    let longer = json!({"task_type": "extend_music", "clip_id": riff, "starts_at": 1});
    let part = &app.made("producer", &longer).await[0];
    assert_eq!((&part["title"], &part["mv"]), (&json!("Boats"), &json!("FUZZ-2.0")));
    let concat = json!({"task_type": "concat_music", "continue_clip_id": id(part)});
    assert_eq!(app.clips("create", &concat).await[0]["title"], "Boats");
}
