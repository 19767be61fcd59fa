//! Dead workers, shutdown, takeover (design 4.6).

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;

use crate::app::{TestApp, song, song_with};

#[tokio::test]
async fn shutdown_hands_back_and_the_next_start_finishes() {
    let mut app = TestApp::new().await;
    let id = app.task(&song_with("please hang once")).await;
    app.until(&id, |view| view["step"] == "mix").await;
    app.restart().await;
    let body = app.finish(&id).await.json();
    assert_eq!(body["status"], "succeeded");
    assert_eq!(app.view(&id).await["attempt"], 1, "handing back is no attempt");
    assert_eq!(
        (app.engine.runs(), app.engine.cancelled.load(Ordering::SeqCst)),
        (2, 1),
        "the old run was told to stop"
    );
    assert_eq!(app.credits().await, (90, 0));
}

#[tokio::test]
async fn progress_does_not_fall_when_a_song_begins_again() {
    let mut app = TestApp::new().await;
    let id = app.task(&song_with("please hang once")).await;
    app.until(&id, |view| view["progress"] == 60).await;
    app.config.workers = 0;
    app.restart().await;
    let body = app.poll(&id).await.json();
    assert_eq!((&body["status"], &body["progress"]), (&json!("running"), &json!(60)));
    app.config.workers = 1;
    app.restart().await;
    assert_eq!(app.finish(&id).await.json()["progress"], 100);
}

#[tokio::test]
async fn queued_songs_survive_a_restart() {
    let mut app = TestApp::with(|config| config.workers = 0).await;
    let ids = [app.task(&song()).await, app.task(&song()).await];
    app.config.workers = 2;
    app.restart().await;
    for id in ids {
        assert_eq!(app.finish(&id).await.json()["status"], "succeeded");
    }
    assert_eq!(app.credits().await, (80, 0));
}

/// As kill -9 leaves it: running under this node's name, the lease far from over.
const LEFT_BY_A_DEAD_PROCESS: &str = "UPDATE tasks SET state = 'running', attempt = attempt + 1, fence = fence + 1,
    node = (SELECT 'NODE'), lease_until = 99999999999999";

#[tokio::test]
async fn a_dead_process_s_task_is_taken_back_at_start() {
    let mut app = TestApp::with(|config| config.workers = 0).await;
    let id = app.task(&song()).await;
    let node = std::fs::read_to_string(app.config.data.join("node")).unwrap();
    let sql: &'static str = Box::leak(LEFT_BY_A_DEAD_PROCESS.replace("NODE", node.trim()).into_boxed_str());
    app.sql(sql).await;
    app.config.workers = 1;
    app.restart().await;
    assert_eq!(app.finish(&id).await.json()["status"], "succeeded");
    assert_eq!(app.view(&id).await["attempt"], 2);
    assert_eq!(app.credits().await, (90, 0));
}

#[tokio::test]
async fn a_task_that_kills_its_process_is_given_up_and_refunded() {
    let mut app = TestApp::with(|config| config.workers = 0).await;
    let id = app.task(&song()).await;
    let node = std::fs::read_to_string(app.config.data.join("node")).unwrap();
    let sql: &'static str = Box::leak(LEFT_BY_A_DEAD_PROCESS.replace("NODE", node.trim()).into_boxed_str());
    for _ in 0..3 {
        app.sql(sql).await;
        app.restart().await;
    }
    let answer = app.finish(&id).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["refund_processed"].as_bool()),
        (500, Some(true))
    );
    assert_eq!(app.credits().await, (100, 0));
}

#[tokio::test]
async fn another_node_s_task_is_taken_back_when_its_lease_ends() {
    let app = TestApp::with(|config| config.workers = 1).await;
    let blocker = app.task(&song_with("please hang once")).await;
    app.until(&blocker, |view| view["step"] == "mix").await;
    // The clock cannot be turned, but the lease can: another node claims it, then falls silent.
    app.sql("UPDATE tasks SET fence = fence + 1, node = 'elsewhere', lease_until = 5")
        .await;
    let body = app.finish(&blocker).await.json();
    assert_eq!(body["status"], "succeeded");
    // Its thread looks each 10 ms whether it was cancelled.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(
        app.engine.cancelled.load(Ordering::SeqCst),
        1,
        "the worker that lost it was told to stop"
    );
    assert_eq!(app.credits().await, (90, 0));
}

#[tokio::test]
async fn a_worker_that_lost_its_task_publishes_nothing() {
    let app = TestApp::with(|config| config.workers = 1).await;
    let id = app.task(&song_with("please dawdle")).await;
    app.until(&id, |view| view["state"] == "running").await;
    app.sql("UPDATE tasks SET fence = fence + 1, node = 'elsewhere', lease_until = 99999999999999")
        .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let view = app.view(&id).await;
    assert_eq!(
        (&view["state"], &view["clips"][0]["state"]),
        (&json!("running"), &json!("running"))
    );
    assert_eq!(app.get(&format!("/files/song-{id}.wav")).await.status, 404);
}

#[tokio::test]
async fn what_waits_too_long_fails_refunded() {
    let app = TestApp::with(|config| {
        config.workers = 0;
        config.queue_seconds = 1;
    })
    .await;
    let id = app.task(&song()).await;
    let answer = app.finish(&id).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["type"].as_str()),
        (504, Some("timeout"))
    );
    assert_eq!(app.credits().await, (100, 0));
}

#[tokio::test]
async fn fifty_songs_at_once_all_finish_and_polls_stay_quick() {
    let app = TestApp::with(|config| config.prices.nuro = 2).await;
    let song = song();
    let ids = futures::future::join_all((0..50).map(|_| app.task(&song))).await;
    let mut slowest = Duration::ZERO;
    for id in &ids {
        let begun = std::time::Instant::now();
        app.poll(id).await;
        slowest = slowest.max(begun.elapsed());
        app.finish(id).await;
    }
    assert_eq!((app.credits().await, app.engine.runs()), ((0, 0), 50));
    assert!(slowest < Duration::from_millis(500), "{slowest:?}");
    let scratch = std::fs::read_dir(app.config.data.join("scratch")).unwrap().count();
    assert!(scratch <= 1, "scratch folders are removed");
}
