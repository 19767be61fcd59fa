//! What a caller can do wrong, and what of ours can fail (contract 1.4, 1.5, 4.4, 10).

use catbird_server::config::Failed;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{TestApp, song_with};

#[tokio::test]
async fn wrong_types_and_words_name_the_field() {
    let app = TestApp::new().await;
    for field in [
        "type",
        "lyrics",
        "gender",
        "genre",
        "mood",
        "timbre",
        "webhook_url",
        "webhook_secret",
    ] {
        for value in [json!(1), json!(true), json!(["x"]), json!({"a": 1})] {
            let mut request = json!({"lyrics": "la la"});
            request[field] = value;
            let message = format!("The '{field}' field should be string.");
            app.create(&request).await.assert_error(400, "bad_request", &message);
        }
    }
    for value in [json!("60"), json!(60.5), json!(true), json!([60])] {
        let answer = app.create(&json!({"lyrics": "la", "duration": value})).await;
        answer.assert_error(400, "bad_request", "The 'duration' field should be integer.");
    }
    for (field, value) in [
        ("type", "Vocal"),
        ("gender", "female"),
        ("genre", "pop"),
        ("mood", "happy"),
        ("timbre", "Sweet"),
        ("genre", ""),
    ] {
        let mut request = json!({"lyrics": "la la"});
        request[field] = json!(value);
        let answer = app.create(&request).await;
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert_eq!(answer.status, 400);
        assert!(
            message.starts_with(&format!("The '{field}' field is invalid. It should be one of '")),
            "{message}"
        );
    }
    for url in [
        "http://example.org",
        "ftp://example.org",
        "example.org/x",
        "https://",
        "not a url",
    ] {
        let answer = app.create(&json!({"lyrics": "la", "webhook_url": url})).await;
        let message = "The 'webhook_url' field should be an https URL of at most 1024 characters.";
        answer.assert_error(400, "bad_request", message);
    }
    let long = format!("https://example.org/{}", "x".repeat(1005));
    assert_eq!(
        app.create(&json!({"lyrics": "la", "webhook_url": long})).await.status,
        400
    );
    assert_eq!(app.credits().await, (100, 0), "nothing of this was charged");
    assert_eq!(app.engine.runs(), 0);
}

#[tokio::test]
async fn lyrics_that_cannot_be_sung() {
    let app = TestApp::new().await;
    for request in [
        json!({}),
        json!({"type": "vocal"}),
        json!({"lyrics": ""}),
        json!({"lyrics": " \n "}),
        json!({"lyrics": null}),
    ] {
        app.create(&request)
            .await
            .assert_error(400, "bad_request", "The 'lyrics' field is required.");
    }
    for lyrics in ["[verse]\n[chorus]", "...", "\u{0}\u{7}", "(,)"] {
        let answer = app.create(&json!({"lyrics": lyrics})).await;
        assert_eq!(answer.status, 400, "{lyrics:?}");
    }
}

#[tokio::test]
async fn bodies_that_are_none() {
    let app = TestApp::with(|config| config.body_limit = 10_000).await;
    let send = |body: Vec<u8>, content_type: &'static str| {
        let request = app.request(Method::POST, "/api/v1/nuro/create").body(body);
        TestApp::send(if content_type.is_empty() {
            request
        } else {
            request.header("content-type", content_type)
        })
    };
    for (body, content_type, status, message) in [
        (
            "{\"lyrics\": ",
            "application/json",
            400,
            "The request body is not valid JSON",
        ),
        ("", "application/json", 400, "The request body is not valid JSON"),
        (
            "[]",
            "application/json",
            400,
            "The request body should be a JSON object.",
        ),
        (
            "\"lyrics\"",
            "application/json; charset=utf-8",
            400,
            "The request body should be a JSON object.",
        ),
        ("{}", "text/plain", 400, "The Content-Type should be application/json."),
        ("{}", "", 400, "The Content-Type should be application/json."),
        (
            "lyrics=la",
            "application/x-www-form-urlencoded",
            400,
            "The Content-Type should be application/json.",
        ),
    ] {
        let answer = send(body.into(), content_type).await;
        let json = answer.json();
        assert_eq!(
            (answer.status.as_u16(), &json["type"]),
            (status, &json!("bad_request")),
            "{body}"
        );
        assert!(json["message"].as_str().unwrap().starts_with(message), "{json}");
    }
    let not_utf8 = send(b"{\"lyrics\": \"\xff\"}".to_vec(), "application/json").await;
    assert_eq!(not_utf8.status, 400);
    let deep = format!("{{\"x\": {}{}}}", "[".repeat(4000), "]".repeat(4000));
    assert_eq!(
        send(deep.into(), "application/json").await.status,
        400,
        "no stack overflow"
    );
    let large = send(vec![b' '; 10_001], "application/json").await;
    large.assert_error(413, "payload_too_large", "The request body is too large.");
}

#[tokio::test]
async fn unknown_paths_and_methods() {
    let app = TestApp::new().await;
    app.get("/api/v1/nuro")
        .await
        .assert_error(404, "not_found", "There is nothing at /api/v1/nuro.");
    for (method, path) in [
        (Method::GET, "/api/v1/nuro/create"),
        (Method::DELETE, "/api/v1/get-credits"),
        (Method::PUT, "/files/x"),
        (Method::POST, "/"),
    ] {
        let answer = TestApp::send(app.request(method, path)).await;
        answer.assert_error(405, "method_not_allowed", "This method is not allowed here.");
        assert!(!answer.header("allow").is_empty());
    }
}

fn refunded(code: u16, kind: &str, message: &str) -> Value {
    json!({"code": code, "type": kind, "error": message, "message": message, "refund_processed": true})
}

#[tokio::test]
async fn a_language_nobody_sings_is_a_bad_request_refunded() {
    let app = TestApp::new().await;
    let id = app.task(&song_with("please reject")).await;
    let answer = app.finish(&id).await;
    let expected = refunded(400, "bad_request", "Input language not supported");
    assert_eq!((answer.status.as_u16(), answer.json()), (400, expected));
    assert_eq!(app.engine.runs(), 1, "a rejection is final");
    assert_eq!(app.credits().await, (100, 0));
    let view = app.view(&id).await;
    assert_eq!(
        (
            &view["state"],
            &view["error"]["type"],
            &view["error"]["refund_processed"]
        ),
        (&json!("failed"), &json!("bad_request"), &json!(true))
    );
}

#[tokio::test]
async fn what_is_broken_here_stays_here() {
    for words in ["please break", "please panic", "please lose"] {
        let app = TestApp::with(|config| config.max_attempts = 2).await;
        let id = app.task(&song_with(words)).await;
        let answer = app.finish(&id).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (500, refunded(500, "api_error", "Internal Server Error."))
        );
        assert!(!answer.text().contains("secret"));
        assert_eq!(app.engine.runs(), 2, "{words}: tried twice");
        assert_eq!(app.credits().await, (100, 0));
    }
}

#[tokio::test]
async fn a_stumble_and_a_busy_engine_only_cost_time() {
    let app = TestApp::new().await;
    let id = app.task(&song_with("please stumble")).await;
    assert_eq!(app.finish(&id).await.json()["status"], "succeeded");
    assert_eq!(
        (app.engine.runs(), app.view(&id).await["attempt"].as_i64()),
        (2, Some(2))
    );
    let app = TestApp::with(|config| config.max_attempts = 1).await;
    let id = app.task(&song_with("please wait")).await;
    assert_eq!(app.finish(&id).await.json()["status"], "succeeded");
    assert_eq!(app.view(&id).await["attempt"], 1, "busy is not an attempt");
    assert_eq!(app.credits().await, (90, 0));
}

#[tokio::test]
async fn too_slow_is_a_timeout_refunded() {
    let app = TestApp::with(|config| config.task_timeout_seconds = 1).await;
    let id = app.task(&song_with("please hang")).await;
    let answer = app.finish(&id).await;
    let expected = refunded(
        504,
        "timeout",
        "Task failed due to timeout. Credits were previously refunded.",
    );
    assert_eq!((answer.status.as_u16(), answer.json()), (504, expected));
    assert_eq!(app.credits().await, (100, 0));
}

#[tokio::test]
async fn a_failure_can_be_polled_as_a_status() {
    let app = TestApp::with(|config| config.nuro.failed = Failed::Status).await;
    let id = app.task(&song_with("please reject")).await;
    let answer = app.finish(&id).await;
    let body = answer.json();
    assert_eq!((answer.status.as_u16(), &body["status"]), (200, &json!("failed")));
    assert_eq!(body.as_object().unwrap().len(), 10);
    assert!(body["progress"].as_i64().unwrap() < 100);
}
