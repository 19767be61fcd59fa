//! Background music (contract 4.2, 4.3; check-list 9).

use catbird_score::section::Role;
use catbird_score::{Segment, Wish, WishKind};
use serde_json::{Value, json};

use crate::app::TestApp;

fn v1() -> Value {
    json!({"type": "bgm", "description": "quiet bed"})
}

fn v2(segments: &Value) -> Value {
    json!({"type": "bgm", "version": "v2.0", "description": "strings", "segments": segments})
}

#[tokio::test]
async fn version_one_from_request_to_poll() {
    let app = TestApp::new().await;
    let id = app
        .task(
            &json!({"type": "bgm", "version": "v1.0", "description": "quiet bed", "genre": ["acoustic", "vlog"],
            "mood": ["calm"], "instrument": ["ukulele", "harp"], "theme": ["every day"], "duration": 1,
            "segments": "ignored here"}),
        )
        .await;
    let body = app.finish(&id).await.json();
    assert_eq!(
        body,
        json!({"task_id": id, "status": "succeeded", "progress": 100, "audio_url": app.url(&format!("/files/song-{id}.wav")),
            "lyrics": "", "duration": 1.0, "genre": "acoustic, vlog", "mood": "calm", "gender": "", "timbre": "",
            "prompt": "quiet bed", "theme": "every day", "instrument": "ukulele, harp"})
    );
    let (brief, _) = app.engine.last_brief();
    assert_eq!(
        (brief.lyrics, brief.seconds, brief.description.as_str()),
        (None, Some(1.0), "quiet bed")
    );
    let wishes = [
        (WishKind::Genre, "acoustic"),
        (WishKind::Genre, "vlog"),
        (WishKind::Mood, "calm"),
        (WishKind::Instrument, "ukulele"),
        (WishKind::Instrument, "harp"),
        (WishKind::Theme, "every day"),
    ];
    assert_eq!(brief.wishes, wishes.map(|(kind, word)| Wish::new(kind, word)));
}

#[tokio::test]
async fn a_minute_when_nothing_is_said_and_thirteen_members_at_once() {
    let app = TestApp::with(|config| config.workers = 0).await;
    let id = app.task(&v1()).await;
    let body = app.poll(&id).await.json();
    assert_eq!(
        body,
        json!({"task_id": id, "status": "pending", "progress": 0, "audio_url": "", "lyrics": "", "duration": 0.0,
            "genre": "", "mood": "", "gender": "", "timbre": "", "prompt": "quiet bed", "theme": "", "instrument": ""})
    );
}

#[tokio::test]
async fn defaults_of_length() {
    let app = TestApp::new().await;
    for request in [
        v1(),
        json!({"type": "bgm", "version": "v2.0", "description": "x", "segments": []}),
    ] {
        let id = app.task(&request).await;
        app.finish(&id).await;
        assert_eq!(app.engine.last_brief().0.seconds, Some(60.0));
    }
}

#[tokio::test]
async fn every_label_is_accepted() {
    let app = TestApp::with(|config| config.prices.nuro = 0).await;
    let lists: Value = serde_json::from_str(include_str!("bgm_labels.json")).unwrap();
    for (field, count) in [("genre", 47), ("mood", 52), ("instrument", 25), ("theme", 28)] {
        let words = lists[field].as_array().unwrap();
        assert_eq!(words.len(), count, "{field}");
        for five in words.chunks(5) {
            let mut request = v1();
            request[field] = json!(five);
            let id = app.task(&request).await;
            let joined = five
                .iter()
                .map(|word| word.as_str().unwrap())
                .collect::<Vec<_>>()
                .join(", ");
            assert_eq!(app.poll(&id).await.json()[field], joined);
        }
    }
}

#[tokio::test]
async fn wrong_labels_and_lengths() {
    let app = TestApp::new().await;
    for (field, value, message) in [
        ("genre", json!("pop"), "The 'genre' field should be array."),
        ("mood", json!([1]), "The 'mood' field should be array of string."),
        (
            "theme",
            json!(["love", "love", "love", "love", "love", "love"]),
            "The 'theme' field should have at most 5 entries.",
        ),
        ("duration", json!(0), "The 'duration' field should be between 1 and 60."),
        (
            "duration",
            json!(61),
            "The 'duration' field should be between 1 and 60.",
        ),
        ("duration", json!("30"), "The 'duration' field should be integer."),
        (
            "version",
            json!("v3.0"),
            "The 'version' field is invalid. It should be one of 'v1.0', 'v2.0'.",
        ),
        ("description", json!(""), "The 'description' field is required."),
        ("description", json!(7), "The 'description' field should be string."),
        (
            "description",
            json!("x".repeat(201)),
            "The description character length should be less than 200.",
        ),
    ] {
        let mut request = v1();
        request[field] = value;
        app.create(&request).await.assert_error(400, "bad_request", message);
    }
    let answer = app
        .create(&json!({"type": "bgm", "description": "x", "instrument": ["Piano"]}))
        .await;
    assert_eq!(answer.status, 400);
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(
        message.starts_with("The 'instrument' field is invalid. It should be one of 'piano', 'drums'"),
        "{message}"
    );
    app.task(&json!({"type": "bgm", "description": "x".repeat(200)})).await;
    assert_eq!(app.credits().await, (90, 0), "only what was taken is charged");
}

#[tokio::test]
async fn segments_and_their_sum() {
    let app = TestApp::new().await;
    let mut request = v2(
        &json!([{"name": "intro", "duration": 10}, {"name": "chorus", "duration": 40}, {"name": "outro", "duration": 10}]),
    );
    request["duration"] = json!(90);
    request["genre"] = json!("labels have no effect here");
    let id = app.task(&request).await;
    app.finish(&id).await;
    let (brief, _) = app.engine.last_brief();
    let segments = [(Role::Intro, 10.0), (Role::Chorus, 40.0), (Role::Outro, 10.0)];
    assert_eq!(
        brief.segments,
        segments.map(|(role, seconds)| Segment { role, seconds })
    );
    assert_eq!(
        (brief.seconds, brief.wishes.len()),
        (Some(60.0), 0),
        "the sum wins, labels are ignored"
    );

    app.task(&v2(&json!([{"name": "verse", "duration": 30}]))).await;
    app.task(&v2(
        &json!([{"name": "inst", "duration": 115}, {"name": "bridge", "duration": 5}]),
    ))
    .await;
    for (segments, message) in [
        (
            json!([{"name": "verse", "duration": 29}]),
            "The duration of a single segment should be at least 30 seconds.",
        ),
        (
            json!([{"name": "verse", "duration": 14}, {"name": "chorus", "duration": 15}]),
            "The total duration of the segments should be between 30 and 120 seconds, not 29.",
        ),
        (
            json!([{"name": "verse", "duration": 100}, {"name": "chorus", "duration": 21}]),
            "The total duration of the segments should be between 30 and 120 seconds, not 121.",
        ),
        (
            json!([{"name": "verse", "duration": 4}]),
            "The 'segments[0].duration' field should be between 5 and 120.",
        ),
        (
            json!([{"name": "verse", "duration": 121}]),
            "The 'segments[0].duration' field should be between 5 and 120.",
        ),
        (
            json!([{"name": "verse"}]),
            "The 'segments[0].duration' field is required.",
        ),
        (json!([{"duration": 30}]), "The 'segments[0].name' field is required."),
        (
            json!([{"name": "verse", "duration": 30}, {"name": "drop", "duration": 30}]),
            "The 'segments[1].name' field is invalid. It should be one of 'intro', 'verse', 'chorus', 'inst', 'bridge', 'outro'.",
        ),
        (json!([7]), "The 'segments' field should be array of object."),
        (json!({"name": "verse"}), "The 'segments' field should be array."),
    ] {
        app.create(&v2(&segments))
            .await
            .assert_error(400, "bad_request", message);
    }
    let bare = |duration: i64| json!({"type": "bgm", "version": "v2.0", "description": "x", "duration": duration});
    for good in [30, 120] {
        app.task(&bare(good)).await;
    }
    for bad in [29, 121] {
        app.create(&bare(bad)).await.assert_error(
            400,
            "bad_request",
            "The 'duration' field should be between 30 and 120.",
        );
    }
}
