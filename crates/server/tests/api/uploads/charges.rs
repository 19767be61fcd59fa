//! What an upload gives and costs, and that one that fails costs nothing.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};

use super::{place, place_with};
use crate::app::TestApp;
use crate::audit::count;

const SENTENCE: &str = "Audio URL is not accessible. Please provide a public direct audio file URL.";

#[tokio::test]
async fn a_recording_becomes_a_clip_like_any_other() {
    let (app, outside) = place().await;
    let clip = app
        .upload_as(json!({"url": outside.url("to/song.wav"), "title": "My Demo", "tags": "folk", "lyrics": "la la"}))
        .await;
    assert_eq!(app.credits().await, (98, 0));
    let task = app.task_of(&clip).await;
    let view = app.view(&task).await;
    assert_eq!(
        (&view["family"], &view["operation"], &view["state"], &view["price"]),
        (&json!("suno"), &json!("upload"), &json!("succeeded"), &json!(2))
    );
    let shown = &view["clips"][0];
    assert_eq!(
        (
            &shown["id"],
            &shown["title"],
            &shown["seconds"],
            &shown["details"]["sample_rate"]
        ),
        (&json!(clip), &json!("My Demo"), &json!(3.0), &json!(8000))
    );
    let recording = app.file_of(&task, "recording").await;
    let got = app.client.get(recording).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(got, crate::recording::wav(3.0, true), "the bytes as they came");

    // The family's poll and the page know it, too.
    let polled = app.over(&task).await["data"][0].clone();
    assert_eq!(
        (&polled["clip_id"], &polled["title"], &polled["tags"], &polled["lyrics"]),
        (&json!(clip), &json!("My Demo"), &json!("folk"), &json!("la la"))
    );
    assert_eq!(polled["audio_url"].as_str().unwrap().rsplit('.').next(), Some("mp3"));
    let link = json!({"share_link": app.url(&format!("/song/{clip}"))});
    assert_eq!(app.sonic("get-song", &link).await.json()["song_title"], "My Demo");

    // A title of nobody's is the file's name.
    let other = app.upload(&outside.url("song.wav")).await;
    let other_task = app.task_of(&other).await;
    assert_eq!(app.view(&other_task).await["clips"][0]["title"], "song");
    // The same bytes are the same assets.
    assert_ne!(clip, other);
    let assets = "SELECT COUNT(*) FROM assets";
    assert_eq!(count(&app.config, assets).await, 3, "recording = wav, mp3, cover");
    assert_eq!(count(&app.config, "SELECT COUNT(*) FROM files").await, 8);
    let gone = std::fs::read_dir(app.config.data.join("scratch")).unwrap().count();
    assert_eq!(gone, 0, "scratch folders are removed");
}

#[tokio::test]
async fn what_cannot_be_had_says_why_and_costs_nothing() {
    let (app, outside) = place_with(|config| {
        config.uploads.max_bytes = 100_000;
        config.uploads.timeout_seconds = 1.0;
    })
    .await;
    outside.has("large.wav", vec![0; 100_001]);
    for (name, reason) in [
        ("nothing.wav", "The answer has the status 404 instead of 200."),
        ("loop", "It redirects more than 5 times."),
        (
            "away",
            "It redirects to a URL that is not fetched: it should be an https URL.",
        ),
        ("large.wav", "The file is larger than 100000 bytes."),
        ("slow.wav", "It came too slowly: it was not there after 1 s."),
        ("empty.wav", "The file is empty."),
    ] {
        app.refused(
            "upload",
            &json!({"url": outside.url(name)}),
            &format!("{SENTENCE} {reason}"),
        )
        .await;
    }
    for (name, sentence) in [
        ("page.html", "This is no audio file that we can read."),
        ("cut.wav", "The audio file is broken off."),
        ("short.wav", "A recording should be 1 to 480 seconds long."),
    ] {
        app.refused("upload", &json!({"url": outside.url(name)}), sentence)
            .await;
    }
    let broken = app
        .sonic(
            "upload",
            &json!({"url": outside.url("song.wav"), "title": "please break"}),
        )
        .await;
    broken.assert_error(500, "api_error", "Internal Server Error.");
    for (body, sentence) in [
        (json!({}), "The 'url' field is required.".to_owned()),
        (json!({"url": ""}), "The 'url' field is required.".into()),
        (json!({"url": 7}), "The 'url' field should be string.".into()),
        (
            json!({"url": "song.mp3"}),
            format!("{SENTENCE} It should be an https URL."),
        ),
        (
            json!({"url": "file:///etc/passwd"}),
            format!("{SENTENCE} It should be an https URL."),
        ),
        (
            json!({"url": "http://a:b@127.0.0.1/x"}),
            format!("{SENTENCE} It should hold no user name."),
        ),
        (
            json!({"url": outside.url("song.wav"), "title": "x".repeat(81)}),
            "The title character length should be less than 80.".into(),
        ),
    ] {
        app.refused("upload", &body, &sentence).await;
    }
    assert_eq!(app.credits().await, (100, 0));
    assert_eq!(count(&app.config, "SELECT COUNT(*) FROM tasks").await, 0);
    assert_eq!(std::fs::read_dir(app.config.data.join("scratch")).unwrap().count(), 0);
}

#[tokio::test]
async fn nobody_inside_is_called() {
    // As shipped: only public addresses, only https.
    let app = TestApp::new().await;
    let outside = crate::recording::Outside::new().await;
    let https = outside.url("song.wav").replace("http:", "https:");
    for (url, reason) in [
        (outside.url("song.wav"), "It should be an https URL."),
        (https, "It should name a public address."),
        ("https://127.0.0.1/x".into(), "It should name a public address."),
        (
            "https://169.254.169.254/latest".into(),
            "It should name a public address.",
        ),
        ("https://[::ffff:10.0.0.1]/x".into(), "It should name a public address."),
        ("https://2130706433/x".into(), "It should name a public address."),
        ("https://localhost/x".into(), "It should name a public address."),
        (
            "https://example.org:22/x".into(),
            "It should name port 443, 80 or one above 1023.",
        ),
    ] {
        for (verb, member) in [("upload", "url"), ("create-voice", "audio_url")] {
            app.refused(verb, &json!({member: url}), &format!("{SENTENCE} {reason}"))
                .await;
        }
    }
    assert_eq!(outside.asked(), 0);
}

#[tokio::test]
async fn a_key_makes_one_clip_of_two_requests() {
    let (app, outside) = place().await;
    let send = |body: Value| {
        let request = app.request(reqwest::Method::POST, "/api/v1/sonic/upload");
        TestApp::send(request.header("idempotency-key", "k1").json(&body))
    };
    let body = json!({"url": outside.url("song.wav")});
    let (first, second) = tokio::join!(send(body.clone()), send(body.clone()));
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 200));
    assert_eq!(first.json(), second.json());
    assert_eq!(send(body).await.json(), first.json());
    assert!(
        app.engine.admitted.load(Ordering::SeqCst) <= 2,
        "the third was remembered"
    );
    let other = send(json!({"url": outside.url("band.wav")})).await;
    assert_eq!(other.status, 409);
    assert_eq!(app.credits().await, (98, 0));
}

#[tokio::test]
async fn few_are_decoded_at_once() {
    let (app, outside) = place().await;
    let body = json!({"url": outside.url("song.wav"), "title": "please dawdle"});
    let all = futures::future::join_all((0..5).map(|_| app.sonic("upload", &body))).await;
    assert!(all.iter().all(|answer| answer.status == 200));
    assert_eq!(app.engine.crowd.most.load(Ordering::SeqCst), 2);
    assert_eq!(app.credits().await, (90, 0));
}

#[tokio::test]
async fn whoever_hangs_up_is_not_charged() {
    let (app, outside) = place().await;
    let body = json!({"url": outside.url("song.wav"), "title": "please dawdle"});
    let request = app.request(reqwest::Method::POST, "/api/v1/sonic/upload").json(&body);
    let sent = tokio::time::timeout(Duration::from_millis(400), request.send()).await;
    assert!(sent.is_err(), "hung up");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(app.engine.cancelled.load(Ordering::SeqCst), 1, "it was told to stop");
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
async fn who_has_no_credits_makes_nobody_fetch() {
    let (app, outside) = place_with(|config| config.prices.upload = 101).await;
    let answer = app.sonic("upload", &json!({"url": outside.url("song.wav")})).await;
    assert_eq!((answer.status.as_u16(), outside.asked()), (403, 0));
}

#[tokio::test]
async fn a_server_that_dies_on_the_way_has_charged_nothing() {
    let (mut app, outside) = place().await;
    let body = json!({"url": outside.url("song.wav"), "title": "please dawdle"});
    let request = app.request(reqwest::Method::POST, "/api/v1/sonic/upload").json(&body);
    let waiting = tokio::spawn(request.send());
    tokio::time::sleep(Duration::from_millis(300)).await;
    app.restart().await;
    assert!(waiting.await.unwrap().map_or(true, |answer| answer.status() != 200));
    assert_eq!(
        (
            app.credits().await,
            count(&app.config, "SELECT COUNT(*) FROM tasks").await
        ),
        ((100, 0), 0)
    );
    app.upload(&outside.url("song.wav")).await;
}
