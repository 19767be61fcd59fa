//! The suno/sonic family: one contract under two path prefixes.

mod create;
mod edits;
mod limits;
mod views;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

/// Custom mode with these words.
pub fn sung(words: &str) -> Value {
    json!({"custom_mode": true, "prompt": format!("[Verse]\n{words}"), "mv": "sonic-v4-5"})
}

/// Any song.
pub fn song() -> Value {
    sung("Paper boats on a stream")
}

/// `body` with further members; null takes one away.
pub fn with(mut body: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(name);
        } else {
            body[name] = value.clone();
        }
    }
    body
}

impl TestApp {
    pub async fn sonic(&self, verb: &str, body: &Value) -> Answer {
        self.post(&format!("/api/v1/sonic/{verb}"), body).await
    }

    /// An order that must be taken.
    pub async fn ordered(&self, verb: &str, body: &Value) -> String {
        let answer = self.sonic(verb, body).await;
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
    pub async fn over(&self, id: &str) -> Value {
        let begun = Instant::now();
        loop {
            let answer = self.get(&format!("/api/v1/sonic/task/{id}")).await;
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

    /// Orders and waits; the clips.
    pub async fn clips(&self, verb: &str, body: &Value) -> Vec<Value> {
        let id = self.ordered(verb, body).await;
        let over = self.over(&id).await;
        assert_eq!(
            (&over["code"], &over["message"]),
            (&json!(200), &json!("success")),
            "{over}"
        );
        over["data"].as_array().unwrap().clone()
    }

    /// The id of a finished clip.
    pub async fn clip(&self, body: &Value) -> String {
        let clips = self.clips("create", body).await;
        clips[0]["clip_id"].as_str().unwrap().to_owned()
    }

    /// A request that must be refused with this sentence, and costs nothing.
    pub async fn refused(&self, verb: &str, body: &Value, sentence: &str) {
        let before = self.credits().await;
        let answer = self.sonic(verb, body).await;
        answer.assert_error(400, "bad_request", sentence);
        assert_eq!(self.credits().await, before, "{verb} {body}");
    }
}
