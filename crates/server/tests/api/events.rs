//! A task as a stream of server-sent events.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{TestApp, song, song_with};
use crate::suno;

struct Told {
    event: String,
    data: Value,
    id: String,
}

/// Reads until the server ends the stream (WHATWG HTML, 9.2.6).
async fn listen(app: &TestApp, id: &str) -> Vec<Told> {
    let response = app
        .request(Method::GET, &format!("/v1/tasks/{id}/events"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-cache");
    let text = response.text().await.unwrap();
    let mut told = Vec::new();
    for block in text.split("\n\n").filter(|block| !block.is_empty()) {
        let field = |name: &str| {
            let found = block.lines().find_map(|line| line.strip_prefix(name));
            found.map(|value| value.strip_prefix(' ').unwrap_or(value).to_owned())
        };
        let Some(event) = field("event:") else {
            assert!(block.starts_with(':'), "{block}");
            continue;
        };
        told.push(Told {
            event,
            data: serde_json::from_str(&field("data:").unwrap()).unwrap(),
            id: field("id:").unwrap_or_default(),
        });
    }
    told
}

fn names(told: &[Told]) -> Vec<&str> {
    told.iter().map(|told| told.event.as_str()).collect()
}

#[tokio::test]
async fn a_song_from_the_queue_to_the_end() {
    let app = TestApp::new().await;
    let id = app.task(&song_with("please dawdle")).await;
    let told = listen(&app, &id).await;
    assert_eq!(names(&told)[..3], ["state", "progress", "clip"], "how things stand");
    let states: Vec<&Value> = told
        .iter()
        .filter(|t| t.event == "state")
        .map(|t| &t.data["state"])
        .collect();
    assert_eq!(states.last().unwrap(), &&json!("succeeded"));
    assert!(states.contains(&&json!("running")), "{states:?}");
    let percents: Vec<i64> = told
        .iter()
        .filter(|t| t.event == "progress")
        .map(|t| t.data["percent"].as_i64().unwrap())
        .collect();
    assert!(percents.len() > 3 && percents.is_sorted(), "{percents:?}");
    assert_eq!(percents.last(), Some(&100));
    let steps: Vec<&Value> = told
        .iter()
        .filter(|t| t.event == "progress")
        .map(|t| &t.data["step"])
        .collect();
    assert!(
        steps.contains(&&json!("melody")) && steps.contains(&&json!("mix")),
        "{steps:?}"
    );
    let last = told.last().unwrap();
    assert_eq!((last.event.as_str(), last.id.as_str()), ("succeeded", "over"));
    assert_eq!(last.data, app.view(&id).await);
    assert_eq!(told.iter().filter(|t| t.event == "succeeded").count(), 1);
}

#[tokio::test]
async fn clips_are_told_as_they_can_be_heard_and_are_finished() {
    let app = TestApp::new().await;
    let id = app.ordered("create", &suno::sung("please stream slowly")).await;
    let told = listen(&app, &id).await;
    let urls = [
        app.url(&format!("/files/song-{id}.mp3")),
        app.url(&format!("/files/song-{id}-2.mp3")),
    ];
    for (position, url) in urls.iter().enumerate() {
        let mut seen: Vec<(&str, Option<&str>)> = told
            .iter()
            .filter(|t| t.event == "clip" && t.data["position"] == position)
            .map(|t| (t.data["state"].as_str().unwrap(), t.data["audio_url"].as_str()))
            .collect();
        seen.dedup();
        assert!(seen.contains(&("running", Some(url))), "{seen:?}");
        assert_eq!(seen.last(), Some(&("succeeded", Some(url.as_str()))));
        assert!(seen.iter().all(|(_, audio)| audio.is_none_or(|audio| audio == url)));
    }
    assert_eq!(told.last().unwrap().event, "succeeded");
}

#[tokio::test]
async fn a_failure_ends_the_stream_with_its_reason() {
    let app = TestApp::new().await;
    let id = app.task(&song_with("please reject")).await;
    let told = listen(&app, &id).await;
    let last = told.last().unwrap();
    assert_eq!(last.event, "failed");
    let error = json!({"type": "bad_request", "message": "Input language not supported", "refund_processed": true});
    assert_eq!(last.data["error"], error);
}

#[tokio::test]
async fn what_is_over_is_told_at_once_and_not_twice() {
    let app = TestApp::new().await;
    let id = app.task(&song()).await;
    app.finish(&id).await;
    let told = listen(&app, &id).await;
    assert_eq!(names(&told), ["state", "progress", "clip", "succeeded"]);
    let path = format!("/v1/tasks/{id}/events");
    let again = app.request(Method::GET, &path).header("last-event-id", "over");
    let answer = TestApp::send(again).await;
    assert_eq!(
        (answer.status.as_u16(), answer.bytes.len()),
        (204, 0),
        "a browser stops here"
    );
}

#[tokio::test]
async fn only_the_owner_listens() {
    let mut app = TestApp::new().await;
    let id = app.task(&song()).await;
    let path = format!("/v1/tasks/{id}/events");
    let stranger = TestApp::send(app.client.get(app.url(&path))).await;
    stranger.assert_error(401, "unauthorized", "Authorization header is missing.");
    app.get("/v1/tasks/unknown/events")
        .await
        .assert_error(404, "not_found", "Task not found");
    app.key = catbird_server::admin::create_key(&app.config, "other", 0)
        .await
        .unwrap();
    app.get(&path).await.assert_error(404, "not_found", "Task not found");
}

#[tokio::test]
async fn a_shutdown_ends_streams_at_once() {
    let mut app = TestApp::with(|config| config.drain_seconds = 20).await;
    app.config.workers = 0;
    app.restart().await;
    let id = app.task(&song()).await;
    let path = format!("/v1/tasks/{id}/events");
    let response = app.request(Method::GET, &path).send().await.unwrap();
    let mut stream = response.bytes_stream();
    stream.next().await.unwrap().unwrap();
    let begun = Instant::now();
    let heard = tokio::spawn(async move { while let Some(Ok(_)) = stream.next().await {} });
    app.restart().await;
    heard.await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_hundred_listeners_hear_the_same_and_cost_little() {
    let app = TestApp::new().await;
    let id = app.task(&song_with("please dawdle")).await;
    let all = futures::future::join_all((0..100).map(|_| listen(&app, &id))).await;
    for told in &all {
        assert_eq!(told.last().unwrap().event, "succeeded");
        assert_eq!(told.last().unwrap().data, all[0].last().unwrap().data);
    }
}
