//! An upload and an operation on it in one call.

use catbird_score::Work;
use serde_json::{Value, json};

use super::place;
use crate::app::TestApp;
use crate::audit::count;
use crate::suno::{song, with};

fn calls(url: &str) -> [(&'static str, &'static str, Value); 3] {
    let body = with(song(), &json!({"url": url}));
    [
        ("upload-cover", "cover", body.clone()),
        (
            "upload-extend",
            "extend",
            with(body.clone(), &json!({"continue_at": 1.5})),
        ),
        (
            "sample",
            "sample",
            with(body, &json!({"chop_sample_start_s": 0.5, "chop_sample_end_s": 2})),
        ),
    ]
}

#[tokio::test]
async fn both_are_done_and_charged() {
    let (app, outside) = place().await;
    for (verb, step, body) in calls(&outside.url("song.wav")) {
        let before = app.credits().await.0;
        let answer = app.sonic(verb, &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let answer = answer.json();
        let (task, clip) = (answer["task_id"].clone(), answer["steps"]["upload"]["clip_id"].clone());
        let upload = app.task_of(clip.as_str().unwrap()).await;
        assert_eq!(
            answer,
            json!({"code": 200, "message": "success", "task_id": task, "failed_step": null, "steps": {
                "upload": {"success": true, "clip_id": clip, "task_id": upload, "error": null},
                step: {"success": true, "clip_id": clip, "task_id": task, "error": null}}})
        );
        assert_eq!(before - app.credits().await.0, 12, "{verb}");
        let clips = app.over(task.as_str().unwrap()).await;
        assert_eq!(clips["data"].as_array().unwrap().len(), 2);
        let work = app.engine.last_work();
        assert_eq!((work.operation(), work.sources()), (step, vec![clip.as_str().unwrap()]));
        if let Work::Cover { brief, .. } = work {
            assert_eq!(
                (brief.title.as_deref(), clips["data"][0]["title"].as_str()),
                (Some("song"), Some("song"))
            );
        }
    }
}

#[tokio::test]
async fn rules_are_checked_before_anything_is_fetched() {
    let (app, outside) = place().await;
    for (verb, _, body) in calls(&outside.url("song.wav")) {
        for change in [
            json!({"url": null}),
            json!({"mv": "sonic-v9"}),
            json!({"title": "x".repeat(81)}),
            json!({"webhook_url": "nowhere"}),
        ] {
            let answer = app.sonic(verb, &with(body.clone(), &change)).await;
            assert_eq!(answer.status, 400, "{verb} {change}: {}", answer.text());
        }
    }
    let [_, (extend, _, body), (sample, _, other)] = calls(&outside.url("song.wav"));
    app.refused(
        extend,
        &with(body, &json!({"continue_at": 0})),
        "The 'continue_at' field should be greater than 0.",
    )
    .await;
    app.refused(
        sample,
        &with(other, &json!({"chop_sample_end_s": 0})),
        "The 'chop_sample_end_s' field should be greater than 'chop_sample_start_s'.",
    )
    .await;
    assert_eq!((outside.asked(), app.credits().await), (0, (100, 0)));
}

#[tokio::test]
async fn a_step_that_fails_is_told_as_the_vendor_s_client_reads_it() {
    let (app, outside) = place().await;
    let sentence = "Audio URL is not accessible. Please provide a public direct audio file URL. \
        The answer has the status 404 instead of 200.";
    for (verb, _, body) in calls(&outside.url("nothing.wav")) {
        let answer = app.sonic(verb, &body).await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.json(),
            json!({"code": 400, "message": sentence, "task_id": null, "failed_step": "upload", "steps": {
                "upload": {"success": false, "clip_id": null, "task_id": null, "error": sentence}}})
        );
    }
    assert_eq!(
        (
            app.credits().await,
            count(&app.config, "SELECT COUNT(*) FROM tasks").await
        ),
        ((100, 0), 0)
    );

    // Only now it is known how long the recording is: it stays, and can be extended by its clip id.
    let [_, (verb, _, body), _] = calls(&outside.url("song.wav"));
    let body = with(body, &json!({"continue_at": 9}));
    let send = || {
        let request = app.request(reqwest::Method::POST, &format!("/api/v1/sonic/{verb}"));
        TestApp::send(request.header("idempotency-key", "again").json(&body))
    };
    let answer = send().await.json();
    let late = "The 'continue_at' field should be within the clip, which is 3.00 seconds long.";
    let clip = answer["steps"]["upload"]["clip_id"].as_str().unwrap();
    assert_eq!(
        (
            &answer["code"],
            &answer["failed_step"],
            &answer["task_id"],
            &answer["steps"]["extend"]["error"]
        ),
        (&json!(400), &json!("extend"), &Value::Null, &json!(late))
    );
    assert_eq!(send().await.json(), answer, "the same request is the same answer");
    assert_eq!(app.credits().await, (98, 0));
    let retry = json!({"task_type": "extend_upload_music", "continue_clip_id": clip, "mv": "sonic-v4-5"});
    assert_eq!(app.clips("create", &retry).await.len(), 2);
}

#[tokio::test]
async fn both_or_nothing() {
    let (app, outside) = place().await;
    app.sql("UPDATE accounts SET balance = 11 WHERE name = 'tester'").await;
    app.sql("UPDATE entries SET balance = 11 WHERE kind = 'grant'").await;
    let [(verb, _, body), ..] = calls(&outside.url("song.wav"));
    assert_eq!(app.sonic(verb, &body).await.status, 403);
    assert_eq!((outside.asked(), app.credits().await), (0, (11, 0)));
    // The same key is the same two tasks.
    app.sql("UPDATE accounts SET balance = 30 WHERE name = 'tester'").await;
    app.sql("UPDATE entries SET balance = 30 WHERE kind = 'grant'").await;
    let send = || {
        let request = app.request(reqwest::Method::POST, "/api/v1/sonic/upload-cover");
        TestApp::send(request.header("idempotency-key", "k").json(&body))
    };
    let (first, second) = tokio::join!(send(), send());
    assert_eq!(first.json(), second.json());
    assert_eq!((first.json()["code"].as_i64(), app.credits().await.0), (Some(200), 18));
    app.over(first.json()["task_id"].as_str().unwrap()).await;
}
