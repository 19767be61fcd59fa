//! `POST /v1/uploads`.

use serde_json::json;

use super::{place, place_with};
use crate::app::{Answer, TestApp};
use crate::audit::count;
use crate::recording::wav;

const BOUNDARY: &str = "a-line-between";

/// A form of (name, file name, content).
fn form(fields: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, content) in fields {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

async fn post(app: &TestApp, body: Vec<u8>, key: Option<&str>) -> Answer {
    let mut request = app.request(reqwest::Method::POST, "/v1/uploads");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    TestApp::send(request.header("content-type", kind).body(body)).await
}

#[tokio::test]
async fn a_file_becomes_a_clip() {
    // Larger than any JSON body may be.
    let (app, _) = place_with(|config| config.body_limit = 1000).await;
    let song = wav(4.0, true);
    let body = form(&[
        ("file", Some("C:\\\\songs\\\\My 100% demo.wav"), &song),
        ("tags", None, b"folk"),
        ("other", None, b"ignored"),
    ]);
    let answer = post(&app, body.clone(), Some("k")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let said = answer.json();
    assert_eq!(
        said,
        json!({"clip_id": said["clip_id"], "task_id": said["task_id"], "title": "My 100% demo", "seconds": 4.0,
            "codec": "wav", "sample_rate": 8000, "channels": 1})
    );
    let view = app.view(said["task_id"].as_str().unwrap()).await;
    assert_eq!(
        (
            &view["family"],
            &view["operation"],
            &view["clips"][0]["id"],
            &view["clips"][0]["tags"]
        ),
        (&json!("catbird"), &json!("upload"), &said["clip_id"], &json!("folk"))
    );
    assert_eq!(post(&app, body, Some("k")).await.json(), said, "the same key and form");
    let other = post(&app, form(&[("file", Some("b.wav"), &wav(2.0, true))]), Some("k")).await;
    assert_eq!(other.status, 409);
    assert_eq!(app.credits().await, (98, 0));
    // Every family's calls take it.
    let cover = json!({"task_type": "cover_upload_music", "continue_clip_id": said["clip_id"], "mv": "sonic-v5"});
    assert_eq!(app.clips("create", &cover).await.len(), 2);
}

#[tokio::test]
async fn a_form_that_is_wrong_says_why_and_costs_nothing() {
    let (app, _) = place_with(|config| config.uploads.max_bytes = 50_000).await;
    let song = wav(2.0, true);
    let large = vec![0; 50_001];
    let long = vec![b'x'; 33_000];
    let song = song.as_slice();
    let file = ("file", Some("a.wav"), song);
    for (fields, status, sentence) in [
        (
            vec![("title", None, b"x".as_slice())],
            400,
            "The 'file' field is required.",
        ),
        (vec![file, file], 400, "The form should hold one 'file'."),
        (vec![("file", Some("a.wav"), b"".as_slice())], 400, "The file is empty."),
        (
            vec![("file", Some("a.wav"), b"<html>".as_slice())],
            400,
            "This is no audio file that we can read.",
        ),
        (
            vec![("file", Some("a.wav"), &song[..5000])],
            400,
            "The audio file is broken off.",
        ),
        (
            vec![("file", Some("a.wav"), &large)],
            413,
            "The file is larger than 50000 bytes.",
        ),
        (
            vec![file, ("lyrics", None, &long)],
            400,
            "The 'lyrics' field is too long.",
        ),
        (
            vec![file, ("title", None, &long[..81])],
            400,
            "The title character length should be less than 80.",
        ),
    ] {
        let answer = post(&app, form(&fields), None).await;
        let kind = if status == 413 {
            "payload_too_large"
        } else {
            "bad_request"
        };
        answer.assert_error(status, kind, sentence);
    }
    let answer = post(&app, form(&[("file", Some("a.wav"), &vec![0; 200_000])]), None).await;
    assert_eq!(answer.status, 413, "told by its length");
    let json = app.post("/v1/uploads", &json!({"url": "x"})).await;
    json.assert_error(
        415,
        "unsupported_media_type",
        "The Content-Type should be multipart/form-data with a boundary.",
    );
    let mut cut = form(&[file]);
    cut.truncate(cut.len() - 30);
    assert_eq!(post(&app, cut, None).await.status, 400);
    let unknown = app.client.post(app.url("/v1/uploads")).body("x").send().await.unwrap();
    assert_eq!(unknown.status(), 401);
    assert_eq!(
        (
            app.credits().await,
            count(&app.config, "SELECT COUNT(*) FROM tasks").await
        ),
        ((100, 0), 0)
    );
    assert_eq!(std::fs::read_dir(app.config.data.join("scratch")).unwrap().count(), 0);
}

#[tokio::test]
async fn who_has_no_credits_sends_in_vain() {
    let (app, _) = place_with(|config| config.prices.upload = 101).await;
    let answer = post(&app, form(&[("file", Some("a.wav"), &wav(2.0, true))]), None).await;
    assert_eq!(answer.status, 403);
    let (app, _) = place().await;
    let answer = post(&app, form(&[("file", None, &wav(2.0, true))]), None).await;
    assert_eq!(answer.json()["title"], "Upload", "nobody knows a title");
}
