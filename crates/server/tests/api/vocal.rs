//! Songs with lyrics, from request to file (contract 4.1, 4.5; check-list 8, 9, 10).

use std::time::Duration;

use catbird_score::{Gender, Wish, WishKind};
use serde_json::{Value, json};

use crate::app::{TestApp, song, song_with};

const TEN: [&str; 10] = [
    "audio_url",
    "duration",
    "gender",
    "genre",
    "lyrics",
    "mood",
    "progress",
    "status",
    "task_id",
    "timbre",
];

fn assert_ten(body: &Value) {
    let members: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, TEN);
}

#[tokio::test]
async fn a_song_from_request_to_wav() {
    let app = TestApp::new().await;
    let id = app
        .task(
            &json!({"type": "vocal", "lyrics": "[intro] Boats, on a stream [pre-chorus] (Hold on) [outro]",
            "gender": "Male", "genre": "Jazz", "mood": "Chill", "timbre": "Husky", "duration": 30, "seed": 7,
            "webhook_url": "https://hooks.example.org/x", "webhook_secret": "s", "unknown": [1]}),
        )
        .await;
    let body = app.finish(&id).await.json();
    assert_ten(&body);
    let url = body["audio_url"].as_str().unwrap().to_owned();
    assert_eq!(
        body,
        json!({"task_id": id, "status": "succeeded", "progress": 100, "audio_url": app.url(&format!("/files/song-{id}.wav")),
            "lyrics": "[intro]\n[verse]\nBoats on a stream\n[bridge]\nHold on\n[outro]", "duration": 2.0,
            "genre": "Jazz", "mood": "Chill", "gender": "Male", "timbre": "Husky"})
    );
    let wav = reqwest::get(url).await.unwrap().bytes().await.unwrap();
    let reader = hound::WavReader::new(&wav[..]).unwrap();
    assert_eq!(
        (
            reader.spec().channels,
            reader.spec().sample_rate,
            reader.spec().bits_per_sample
        ),
        (2, 44_100, 16)
    );
    assert_eq!(
        f64::from(reader.duration()) / 44_100.0,
        2.0,
        "the poll tells the file's real length"
    );
    let (brief, seed) = app.engine.last_brief();
    assert_eq!((brief.seed, seed), (7, 7));
    assert_eq!(
        brief.lyrics.as_deref(),
        Some("[intro]\n[verse]\nBoats on a stream\n[bridge]\nHold on\n[outro]")
    );
    assert_eq!(brief.seconds, Some(30.0));
    assert_eq!(brief.voice.gender, Some(Gender::Male));
    let wishes = [
        (WishKind::Genre, "Jazz"),
        (WishKind::Mood, "Chill"),
        (WishKind::Timbre, "Husky"),
    ];
    assert_eq!(brief.wishes, wishes.map(|(kind, word)| Wish::new(kind, word)));
    assert_eq!(app.credits().await, (90, 0));
}

#[tokio::test]
async fn the_poll_has_ten_members_at_every_moment_and_progress_never_falls() {
    let app = TestApp::new().await;
    let id = app.task(&song_with("please dawdle")).await;
    let mut seen = Vec::new();
    loop {
        let body = app.poll(&id).await.json();
        assert_ten(&body);
        let progress = body["progress"].as_i64().unwrap();
        if body["status"] == "succeeded" {
            assert_eq!(
                (progress, &body["genre"], &body["timbre"]),
                (100, &json!("Folk"), &json!("Warm"))
            );
            break;
        }
        assert!((0..100).contains(&progress));
        for (member, value) in [
            ("audio_url", json!("")),
            ("duration", json!(0.0)),
            ("genre", json!("")),
            ("mood", json!("")),
        ] {
            assert_eq!(body[member], value, "{member}");
        }
        assert_eq!(body["lyrics"], "[verse]\nplease dawdle");
        seen.push((body["status"].as_str().unwrap().to_owned(), progress));
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    assert!(seen.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{seen:?}");
    let different = seen
        .iter()
        .map(|s| s.1)
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    assert!(different >= 3, "progress is real: {seen:?}");
    assert!(seen.iter().any(|s| s.0 == "running"), "{seen:?}");
}

#[tokio::test]
async fn every_label_is_accepted_and_arrives_as_it_was_spelt() {
    let app = TestApp::with(|config| config.prices.nuro = 0).await;
    let lists: Value = serde_json::from_str(include_str!("vocal_labels.json")).unwrap();
    for (field, count) in [("gender", 2), ("genre", 23), ("mood", 13), ("timbre", 9)] {
        let words = lists[field].as_array().unwrap();
        assert_eq!(words.len(), count, "{field}");
        for word in words {
            let mut request = song();
            request[field] = word.clone();
            let id = app.task(&request).await;
            assert_eq!(app.poll(&id).await.json()[field], *word);
        }
    }
}

#[tokio::test]
async fn what_is_missing_is_predicted() {
    let app = TestApp::new().await;
    let id = app
        .task(&json!({"lyrics": "Paper boats", "mood": "Happy", "genre": null}))
        .await;
    let body = app.finish(&id).await.json();
    assert_eq!(
        (&body["genre"], &body["mood"], &body["gender"], &body["timbre"]),
        (&json!("Folk"), &json!("Happy"), &json!("Female"), &json!("Warm"))
    );
}

#[tokio::test]
async fn limits_of_lyrics_and_duration() {
    let app = TestApp::with(|config| config.prices.nuro = 0).await;
    let lyrics = |count: usize| json!({"lyrics": "é".repeat(count)});
    app.task(&lyrics(1)).await;
    app.task(&lyrics(2000)).await;
    app.create(&lyrics(2001)).await.assert_error(
        400,
        "bad_request",
        "The lyrics character length should be less than 2000.",
    );
    for duration in [json!(30), json!(240), json!(30.0)] {
        app.task(&json!({"lyrics": "a", "duration": duration})).await;
    }
    for duration in [json!(29), json!(241), json!(-1), json!(0), json!(1e30)] {
        app.create(&json!({"lyrics": "a", "duration": duration}))
            .await
            .assert_error(400, "bad_request", "The 'duration' field should be between 30 and 240.");
    }
}

#[tokio::test]
async fn our_own_view_tells_steps_and_all_files() {
    let app = TestApp::new().await;
    let id = app.task(&song_with("please dawdle")).await;
    let running = app.until(&id, |view| view["step"] == "mix").await;
    assert_eq!((&running["state"], &running["attempt"]), (&json!("running"), &json!(1)));
    let view = app.until(&id, |view| view["state"] == "succeeded").await;
    assert_eq!(
        (&view["family"], &view["operation"], &view["price"]),
        (&json!("nuro"), &json!("compose"), &json!(10))
    );
    assert!(view["seed"].as_i64().unwrap() < 1 << 53);
    let clip = &view["clips"][0];
    assert_eq!(clip["title"], "Test Song");
    assert_eq!(clip["details"]["coverage"]["sung"], 4);
    for (role, extension) in [("wav", "wav"), ("mp3", "mp3"), ("midi", "mid"), ("lrc", "lrc")] {
        assert_eq!(clip["files"][role], app.url(&format!("/files/song-{id}.{extension}")));
    }
}

#[tokio::test]
async fn links_use_the_public_address_when_it_is_set() {
    let app = TestApp::with(|config| config.public_url = "https://music.example.org/".into()).await;
    let id = app.task(&song()).await;
    let body = app.finish(&id).await.json();
    assert_eq!(
        body["audio_url"],
        format!("https://music.example.org/files/song-{id}.wav")
    );
}

#[tokio::test]
async fn random_seeds_differ_and_are_kept() {
    let app = TestApp::new().await;
    let (a, b) = (app.task(&song()).await, app.task(&song()).await);
    assert_ne!(app.view(&a).await["seed"], app.view(&b).await["seed"]);
    for seed in [json!(-1), json!(9_007_199_254_740_992_i64)] {
        let answer = app.create(&json!({"lyrics": "a", "seed": seed})).await;
        answer.assert_error(
            400,
            "bad_request",
            "The 'seed' field should be between 0 and 9007199254740991.",
        );
    }
}
