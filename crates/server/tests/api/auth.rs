//! Keys, accounts and limits (contract 1.1, 1.6, 1.7; check-list 1, 11).

use std::time::Duration;

use catbird_server::admin::{self, Pool};
use catbird_server::config::RateLimit;
use reqwest::Method;
use serde_json::json;

use crate::app::{TestApp, song, song_with};

const PATHS: [(Method, &str); 4] = [
    (Method::POST, "/api/v1/nuro/create"),
    (Method::GET, "/api/v1/nuro/task/6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20"),
    (Method::GET, "/api/v1/get-credits"),
    (Method::GET, "/v1/tasks/6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20"),
];

#[tokio::test]
async fn without_a_key_the_literal_texts() {
    let app = TestApp::new().await;
    for (method, path) in PATHS {
        let request = || app.client.request(method.clone(), app.url(path)).json(&song());
        let missing = TestApp::send(request()).await;
        missing.assert_error(401, "unauthorized", "Authorization header is missing.");
        for value in ["abc", "Bearer", "Basic abc", "Bearer a b"] {
            let answer = TestApp::send(request().header("authorization", value)).await;
            answer.assert_error(401, "unauthorized", "Invalid authorization format.");
        }
        let unknown = TestApp::send(request().bearer_auth("cb_unknown")).await;
        unknown.assert_error(401, "unauthorized", "Invalid API key.");
        assert_eq!(unknown.header("www-authenticate"), "Bearer");
    }
}

#[tokio::test]
async fn a_revoked_key_stops_within_two_seconds() {
    let app = TestApp::new().await;
    assert_eq!(app.get("/api/v1/get-credits").await.status, 200);
    admin::revoke_key(&app.config, &app.key).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    app.get("/api/v1/get-credits")
        .await
        .assert_error(401, "unauthorized", "Invalid API key.");
}

#[tokio::test]
async fn unknown_tasks_and_those_of_others_look_alike() {
    let mut app = TestApp::new().await;
    let id = app.task(&song()).await;
    app.finish(&id).await;
    let unknown = app.poll("6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20").await;
    unknown.assert_error(404, "not_found", "Task not found");
    app.poll("%ff").await.assert_error(404, "not_found", "Not found.");
    app.poll(&"x".repeat(5000))
        .await
        .assert_error(404, "not_found", "Task not found");
    app.key = admin::create_key(&app.config, "other", 5).await.unwrap();
    let others = app.poll(&id).await;
    assert_eq!((others.status, others.json()), (unknown.status, unknown.json()));
    assert_eq!(app.get(&format!("/v1/tasks/{id}")).await.status, 404);
}

#[tokio::test]
async fn extra_credits_go_first_and_come_back_to_where_they_were() {
    let app = TestApp::new().await;
    admin::grant_credits(&app.config, "tester", 14, Pool::Extra)
        .await
        .unwrap();
    assert_eq!(app.credits().await, (100, 14));
    app.task(&song()).await;
    assert_eq!(app.credits().await, (100, 4));
    let id = app.task(&song_with("please reject")).await;
    app.finish(&id).await;
    assert_eq!(app.credits().await, (100, 4), "4 extra and 6 others came back");
    app.task(&song()).await;
    assert_eq!(app.credits().await, (94, 0));
}

#[tokio::test]
async fn no_credits_no_song() {
    let mut app = TestApp::new().await;
    app.key = admin::create_key(&app.config, "poor", 19).await.unwrap();
    app.task(&song()).await;
    let message = "The remaining credits are not enough. You can buy more one-time credit packs or subscribe.";
    app.create(&song()).await.assert_error(403, "forbidden", message);
    assert_eq!(app.credits().await, (9, 0));
}

#[tokio::test]
async fn one_post_in_three_seconds_and_polls_are_free() {
    let app = TestApp::with(|config| config.rate_limit = RateLimit(Some((1, Duration::from_secs(3))))).await;
    let id = app.task(&song()).await;
    let refused = app.create(&song()).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "3"));
    refused.assert_error(
        429,
        "rate_limited",
        "Too many requests. Please wait a few seconds and try again.",
    );
    for _ in 0..20 {
        assert_eq!(app.poll(&id).await.status, 200);
    }
    let other = admin::create_key(&app.config, "other", 10).await.unwrap();
    let request = app
        .client
        .post(app.url("/api/v1/nuro/create"))
        .bearer_auth(other)
        .json(&song());
    assert_eq!(TestApp::send(request).await.status, 200, "each key has its own limit");
    tokio::time::sleep(Duration::from_millis(3050)).await;
    assert_eq!(app.create(&song()).await.status, 200);
    assert_eq!(app.credits().await, (80, 0));
}

#[tokio::test]
async fn a_full_queue_says_so_and_charges_nothing() {
    let app = TestApp::with(|config| {
        config.workers = 0;
        config.queue_limit = 2;
    })
    .await;
    app.task(&song()).await;
    app.task(&song()).await;
    app.create(&song())
        .await
        .assert_error(403, "forbidden", "Queue is full");
    assert_eq!(app.credits().await, (80, 0));
}

#[tokio::test]
async fn the_bootstrap_key_is_made_once() {
    let mut app = TestApp::with(|config| {
        config.bootstrap_key = "my-own-key".into();
        config.bootstrap_credits = 25;
    })
    .await;
    app.key = "my-own-key".into();
    app.task(&song()).await;
    app.restart().await;
    assert_eq!(app.credits().await, (15, 0), "a second start grants nothing");
    assert_eq!(app.post("/api/v1/nuro/create", &json!({})).await.status, 400);
}
