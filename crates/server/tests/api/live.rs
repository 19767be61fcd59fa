//! Songs that are heard while they are made, and files that are made when somebody wants them.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use reqwest::{Method, Response};

use crate::app::{TestApp, song, song_with};
use crate::engine::{STREAMED, streamed};
use crate::suno;

async fn hear(app: &TestApp, path: &str) -> Response {
    app.client.get(app.url(path)).send().await.unwrap()
}

/// Waits until the preview is there.
async fn audible(app: &TestApp, path: &str) -> Response {
    for _ in 0..500 {
        let response = hear(app, path).await;
        if response.status() == 200 {
            return response;
        }
        assert_eq!(response.status(), 404);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never to be heard");
}

fn whole() -> Vec<u8> {
    (0..STREAMED).flat_map(streamed).collect()
}

#[tokio::test]
async fn a_song_plays_from_the_beginning_while_it_is_made() {
    let app = TestApp::new().await;
    let id = app.task(&song_with("please stream slowly")).await;
    let path = format!("/files/song-{id}.mp3");
    let first = audible(&app, &path).await;
    let headers = first.headers().clone();
    assert_eq!(
        (
            &headers["content-type"],
            &headers["cache-control"],
            &headers["transfer-encoding"]
        ),
        (
            &"audio/mpeg".parse().unwrap(),
            &"no-store".parse().unwrap(),
            &"chunked".parse().unwrap()
        )
    );
    assert!(!headers.contains_key("content-length") && !headers.contains_key("etag"));
    let begun = Instant::now();
    let mut stream = first.bytes_stream();
    let sound = stream.next().await.unwrap().unwrap();
    assert!(
        begun.elapsed() < Duration::from_millis(700),
        "the first sound does not wait for the rest"
    );
    assert_eq!(app.view(&id).await["state"], "running");
    // Late, with a range that means nothing yet, and one that only looks.
    let late = app
        .client
        .get(app.url(&path))
        .header("range", "bytes=5-")
        .send()
        .await
        .unwrap();
    assert_eq!(late.status(), 200);
    let head = TestApp::send(app.client.request(Method::HEAD, app.url(&path))).await;
    assert_eq!(
        (head.status.as_u16(), head.header("content-type"), head.bytes.len()),
        (200, "audio/mpeg", 0)
    );
    assert!(!head.headers.contains_key("content-length"), "nobody knows it yet");
    // One that goes away again.
    drop(hear(&app, &path).await);
    let mut heard = sound.to_vec();
    let mut pieces = 1;
    while let Some(more) = stream.next().await {
        heard.extend_from_slice(&more.unwrap());
        pieces += 1;
    }
    assert!(heard == whole(), "{} bytes", heard.len());
    assert!(pieces > 4, "it came as it was made, in {pieces} pieces");
    assert!(late.bytes().await.unwrap() == heard);
    // The same address is the finished file.
    let file = app.get(&path).await;
    assert_eq!((file.status.as_u16(), file.header("accept-ranges")), (200, "bytes"));
    assert_eq!(file.header("content-length"), file.bytes.len().to_string());
    assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(file.bytes != heard);
}

#[tokio::test]
async fn both_clips_play_one_after_the_other() {
    let app = TestApp::new().await;
    let id = app.ordered("create", &suno::sung("please stream slowly")).await;
    let second = format!("/files/song-{id}-2.mp3");
    let first = audible(&app, &format!("/files/song-{id}.mp3")).await;
    assert_eq!(hear(&app, &second).await.status(), 404, "not begun");
    assert!(first.bytes().await.unwrap() == whole());
    let response = audible(&app, &second).await;
    assert!(response.bytes().await.unwrap() == whole());
    app.over(&id).await;
    assert_eq!(hear(&app, &format!("/files/song-{id}-3.mp3")).await.status(), 404);
}

#[tokio::test]
async fn a_song_that_breaks_breaks_the_connection() {
    let app = TestApp::with(|config| config.max_attempts = 1).await;
    let id = app.task(&song_with("please stream and break")).await;
    let path = format!("/files/song-{id}.mp3");
    let mut stream = audible(&app, &path).await.bytes_stream();
    let mut heard = 0;
    let end = loop {
        match stream.next().await {
            Some(Ok(more)) => heard += more.len(),
            other => break other,
        }
    };
    assert!(matches!(end, Some(Err(_))), "not a proper end after {heard} bytes");
    assert!(heard <= 3 * streamed(0).len());
    app.finish(&id).await;
    assert_eq!(hear(&app, &path).await.status(), 404);
}

#[tokio::test]
async fn a_shutdown_leaves_no_listener_waiting() {
    let mut app = TestApp::new().await;
    let id = app.task(&song_with("please stream, then please hang once")).await;
    // The engine hangs before it streams: only the second attempt can be heard.
    app.until(&id, |view| view["step"] == "mix").await;
    let path = format!("/files/song-{id}.mp3");
    let waiting = audible(&app, &path).await;
    app.restart().await;
    let ended = tokio::time::timeout(Duration::from_secs(5), waiting.bytes()).await;
    assert!(ended.unwrap().is_err(), "broken off, not ended");
    let again = audible(&app, &path).await;
    assert!(again.bytes().await.unwrap() == whole());
}

#[tokio::test]
async fn many_listen_and_one_who_comes_at_the_end_gets_the_file_or_the_rest() {
    let app = TestApp::new().await;
    let id = app.task(&song_with("please stream slowly")).await;
    let path = format!("/files/song-{id}.mp3");
    let mut answers = vec![audible(&app, &path).await];
    let begun = Instant::now();
    while answers
        .iter()
        .filter(|answer| answer.headers().contains_key("etag"))
        .count()
        < 3
    {
        assert!(begun.elapsed() < Duration::from_secs(20), "never finished");
        let answer = hear(&app, &path).await;
        assert_eq!(answer.status(), 200, "at every moment there is something to hear");
        answers.push(answer);
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
    let (mut live, mut files) = (0, 0);
    for answer in answers {
        let whole_file = answer.headers().contains_key("etag");
        let bytes = answer.bytes().await.unwrap();
        if whole_file {
            files += 1;
        } else {
            live += 1;
            assert!(bytes == whole());
        }
    }
    assert!(live > 3 && files == 3, "{live} live, {files} files");
}

#[tokio::test]
async fn a_lyric_video_is_made_once_and_only_when_somebody_watches() {
    let app = TestApp::new().await;
    let id = app.task(&song()).await;
    app.finish(&id).await;
    let path = format!("/files/song-{id}.mp4");
    let head = TestApp::send(app.client.request(Method::HEAD, app.url(&path))).await;
    assert_eq!(
        (head.status.as_u16(), head.header("content-type"), head.bytes.len()),
        (200, "video/mp4", 0)
    );
    assert!(!head.headers.contains_key("content-length"), "nobody knows it yet");
    assert_eq!(app.engine.views.load(Ordering::SeqCst), 0, "looking makes nothing");
    let watched = futures::future::join_all((0..5).map(|_| app.get(&path))).await;
    assert_eq!(
        app.engine.views.load(Ordering::SeqCst),
        1,
        "five watch what was made once"
    );
    for answer in &watched {
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, "video/mp4")
        );
        assert_eq!(answer.bytes, watched[0].bytes);
    }
    let part = app.client.get(app.url(&path)).header("range", "bytes=2-5");
    let part = TestApp::send(part).await;
    assert_eq!(
        (part.status.as_u16(), part.bytes.as_slice()),
        (206, &watched[0].bytes[2..6])
    );
    let head = TestApp::send(app.client.request(Method::HEAD, app.url(&path))).await;
    assert_eq!(head.header("content-length"), watched[0].bytes.len().to_string());
}

#[tokio::test]
async fn names_of_nothing() {
    let app = TestApp::with(|config| config.workers = 0).await;
    let waiting = app.task(&song()).await;
    for name in [
        format!("song-{waiting}.mp4"),
        format!("song-{waiting}.mp3"),
        format!("song-{waiting}-1.mp4"),
        format!("song-{waiting}-99999999999999999999.mp4"),
        "song-00000000-0000-0000-0000-000000000000.mp4".to_owned(),
        "song-.mp4".to_owned(),
        "song-ééééééééééééééééééééééééééééééééééé.mp4".to_owned(),
        "video.mp4".to_owned(),
    ] {
        let answer = app.get(&format!("/files/{name}")).await;
        answer.assert_error(404, "not_found", "File not found.");
    }
}
