//! `Idempotency-Key` (design 4.6): same key and request, same task, charged once.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp, song};

async fn create(app: &TestApp, key: &str, body: &Value) -> Answer {
    let request = app
        .request(Method::POST, "/api/v1/nuro/create")
        .header("idempotency-key", key)
        .json(body);
    TestApp::send(request).await
}

#[tokio::test]
async fn eight_clients_at_once_get_one_task() {
    let app = TestApp::new().await;
    let song = song();
    let answers = futures::future::join_all((0..8).map(|_| create(&app, "once", &song))).await;
    let ids: std::collections::BTreeSet<String> = answers.iter().map(|a| a.json()["task_id"].to_string()).collect();
    assert_eq!(ids.len(), 1, "{answers:?}");
    assert_eq!(app.credits().await, (90, 0));
    let id = answers[0].json()["task_id"].as_str().unwrap().to_owned();
    app.finish(&id).await;
    let later = create(&app, "once", &song).await;
    assert_eq!(
        later.json(),
        json!({"message": "success", "task_id": id}),
        "also when it is finished"
    );
    assert_eq!((app.credits().await, app.engine.runs()), ((90, 0), 1));
}

#[tokio::test]
async fn another_request_under_the_same_key_is_a_conflict() {
    let app = TestApp::new().await;
    assert_eq!(create(&app, "k", &song()).await.status, 200);
    let answer = create(&app, "k", &json!({"lyrics": "other words"})).await;
    answer.assert_error(409, "conflict", "This Idempotency-Key was used for another request.");
    assert_eq!(create(&app, "k2", &song()).await.status, 200);
    assert_eq!(app.credits().await, (80, 0));
}

#[tokio::test]
async fn keys_of_two_accounts_do_not_meet_and_a_refused_request_leaves_none() {
    let mut app = TestApp::new().await;
    let first = create(&app, "k", &song()).await.json();
    assert_eq!(create(&app, "fresh", &json!({"lyrics": 1})).await.status, 400);
    assert_eq!(
        create(&app, "fresh", &song()).await.status,
        200,
        "the repaired request may use its key"
    );
    app.key = catbird_server::admin::create_key(&app.config, "other", 10)
        .await
        .unwrap();
    let other = create(&app, "k", &song()).await.json();
    assert_ne!(first["task_id"], other["task_id"]);
}

#[tokio::test]
async fn odd_keys_are_refused() {
    let app = TestApp::new().await;
    for key in ["", &"x".repeat(256)] {
        let answer = create(&app, key, &song()).await;
        answer.assert_error(
            400,
            "bad_request",
            "The Idempotency-Key should be 1 to 255 printable characters.",
        );
    }
}
