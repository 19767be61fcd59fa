//! One song a call; also the operations that the vendor has dropped.

use catbird_score::Work;
use serde_json::{Value, json};

use super::id;
use crate::app::TestApp;
use crate::suno::with;

fn song() -> Value {
    json!({"task_type": "create_music", "mv": "FUZZ-2.0", "sound": "slow disco, rhodes", "title": "Nobody Home",
        "lyrics": "[Verse 1]\nMirrors turning, nobody home"})
}

#[tokio::test]
async fn a_song_and_what_is_told_of_it() {
    let app = TestApp::new().await;
    let songs = app
        .made(
            "producer",
            &with(
                song(),
                &json!({"seed": "481516", "bpm": "92", "length": 40, "weirdness": 0.4}),
            ),
        )
        .await;
    assert_eq!(songs.len(), 1);
    assert_eq!(app.credits().await.0, 100 - 10);
    let song = &songs[0];
    for (member, value) in [
        ("title", json!("Nobody Home")),
        ("sound", json!("slow disco, rhodes")),
        ("lyrics", json!("[Verse 1]\nMirrors turning, nobody home")),
        ("mv", json!("FUZZ-2.0")),
        ("seed", json!("481516")),
        ("state", json!("succeeded")),
    ] {
        assert_eq!(song[member], value, "{member}");
    }
    let wav = app.client.get(song["wav_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(wav.headers()["content-type"], "audio/wav");
    let (brief, seed) = app.engine.last_brief();
    assert_eq!(
        (brief.bpm, brief.seconds, brief.weirdness, seed),
        (Some(92.0), Some(40.0), Some(0.4), 481_516)
    );
}

#[tokio::test]
async fn seeds_are_numbers_or_words() {
    let app = TestApp::with(|config| config.prices.producer = 1).await;
    let mut seeds = Vec::new();
    for seed in [
        json!(12),
        json!("12"),
        json!("a word"),
        json!("a word"),
        json!("another"),
        Value::Null,
    ] {
        let clips = app.made("producer", &with(song(), &json!({"seed": seed}))).await;
        if seed.is_null() {
            assert!(clips[0]["seed"].is_string(), "the drawn one is told");
        } else {
            assert_eq!(clips[0]["seed"], seed);
        }
        seeds.push(app.engine.last_brief().1);
    }
    assert_eq!((seeds[0], seeds[1]), (12, 12));
    assert!(seeds[2] == seeds[3] && seeds[3] != seeds[4]);
}

#[tokio::test]
async fn who_sings_is_said_by_the_words_or_the_sound() {
    let app = TestApp::with(|config| config.prices.producer = 1).await;
    let sound = |sound: &str| with(song(), &json!({"lyrics": null, "sound": sound}));
    app.made("producer", &sound("slow disco, rhodes")).await;
    assert!(app.engine.last_brief().0.instrumental);
    app.made("producer", &sound("slow disco, female voice")).await;
    assert!(app.engine.last_brief().0.lyrics.is_some(), "words were written");
    let mute = with(song(), &json!({"make_instrumental": true}));
    assert_eq!(app.made("producer", &mute).await[0]["lyrics"], "[Instrumental]");
    let own = with(
        song(),
        &json!({"cover_url": "https://pictures.example.org/home.png", "mv": null}),
    );
    let clip = &app.made("producer", &own).await[0];
    assert_eq!(clip["image_url"], "https://pictures.example.org/home.png");
    assert_eq!(clip["mv"], "FUZZ-2.0");
}

#[tokio::test]
async fn every_operation_does_its_own_work() {
    let app = TestApp::with(|config| config.prices.producer = 1).await;
    let source = id(&app.made("producer", &song()).await[0]);
    for kind in [
        "extend_music",
        "extend_upload_music",
        "cover_music",
        "replace_music",
        "replace_upload_music",
        "swap_music_vocals",
        "swap_music_sound",
        "music_variation",
    ] {
        let edit = json!({"task_type": kind, "clip_id": source, "starts_at": 0.5, "ends_at": 1.5, "extend_s": 20, "title": null});
        let clips = app.made("producer", &with(song(), &edit)).await;
        assert_eq!((clips.len(), &clips[0]["title"]), (1, &json!("Nobody Home")), "{kind}");
        let work = app.engine.last_work();
        assert_eq!(work.sources(), [source.as_str()], "{kind}");
        match (kind.replace("upload_", "").as_str(), &work) {
            ("extend_music", Work::Extend { at, brief, .. }) => {
                assert_eq!((*at, brief.seconds), (Some(0.5), Some(20.0)));
            }
            ("cover_music", Work::Cover { brief, .. }) => assert_eq!(brief.audio_weight, None),
            ("music_variation", Work::Cover { brief, .. }) => assert_eq!(brief.audio_weight, Some(0.8)),
            ("replace_music", Work::Replace { from, to, .. }) => assert_eq!((*from, *to), (0.5, 1.5)),
            ("swap_music_vocals", Work::SwapVocals { .. }) | ("swap_music_sound", Work::SwapSound { .. }) => {}
            _ => panic!("{kind} became {work:?}"),
        }
    }
    // Older names of the span, and what is meant without one.
    let older = json!({"task_type": "replace_music", "clip_id": source, "starts": 0.25, "ends": 1});
    app.made("producer", &older).await;
    assert!(matches!(app.engine.last_work(), Work::Replace { from, to, .. } if from == 0.25 && to == 1.0));
    let told =
        json!({"task_type": "replace_music", "clip_id": source, "starts_at": 0.5, "instruction": "only the piano"});
    app.made("producer", &told).await;
    let Work::Replace { brief, .. } = app.engine.last_work() else {
        panic!("{:?}", app.engine.last_work());
    };
    assert_eq!(brief.tags, "only the piano");
}

#[tokio::test]
async fn a_download_is_the_file_itself() {
    let app = TestApp::new().await;
    let song = &app.made("producer", &song()).await[0];
    for (format, member) in [("wav", "wav_url"), ("mp3", "audio_url")] {
        let wanted = json!({"clip_id": id(song), "format": format});
        let task = app.taken("producer/download", &wanted).await;
        let over = app.polled("producer", &task).await;
        let clips = over["data"].as_array().unwrap();
        assert_eq!(clips.len(), 1);
        let bytes = |url: &Value| {
            let url = url.as_str().unwrap().to_owned();
            let client = app.client.clone();
            async move { client.get(url).send().await.unwrap().bytes().await.unwrap() }
        };
        assert_ne!(clips[0]["audio_url"], song[member]);
        assert_eq!(bytes(&clips[0]["audio_url"]).await, bytes(&song[member]).await);
        assert_eq!(
            (&clips[0]["title"], &clips[0]["sound"]),
            (&song["title"], &song["sound"])
        );
    }
    assert_eq!(app.credits().await.0, 100 - 10 - 4);
    let again = json!({"clip_id": id(song), "format": "ogg"});
    let answer = app.call("producer/download", &again).await;
    assert!(answer.status == 400 && answer.text().contains("'format' field is invalid"));
    app.turned_down("producer/download", &json!({}), "The 'clip_id' field is required.")
        .await;
}

#[tokio::test]
async fn mistakes_have_sentences_and_cost_nothing() {
    let app = TestApp::new().await;
    for (change, sentence) in [
        (
            json!({"sound": null, "lyrics": null}),
            "The 'sound' field or the 'lyrics' field is required.",
        ),
        (
            json!({"title": "x".repeat(81)}),
            "The title character length should be less than 80.",
        ),
        (json!({"length": 0}), "The 'length' field should be between 1 and 240."),
        (
            json!({"length": 241}),
            "The 'length' field should be between 1 and 240.",
        ),
        (json!({"bpm": "fast"}), "The 'bpm' field should be between 30 and 300."),
        (json!({"bpm": true}), "The 'bpm' field should be number or string."),
        (json!({"seed": []}), "The 'seed' field should be number or string."),
        (
            json!({"weirdness": -0.1}),
            "The 'weirdness' field should be between 0 and 1.",
        ),
        (
            json!({"cover_url": "no link"}),
            "The 'cover_url' field should be a URL.",
        ),
        (json!({"task_type": "cover_music"}), "The 'clip_id' field is required."),
        (
            json!({"task_type": "cover_music", "clip_id": "6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20"}),
            "clip not found.",
        ),
    ] {
        app.turned_down("producer/create", &with(song(), &change), sentence)
            .await;
    }
    let source = id(&app.made("producer", &song()).await[0]);
    let far = json!({"task_type": "extend_music", "clip_id": source, "extend_s": 241});
    app.turned_down(
        "producer/create",
        &far,
        "The 'extend_s' field should be between 1 and 240.",
    )
    .await;
    let mute = json!({"task_type": "swap_music_sound", "clip_id": source});
    app.turned_down("producer/create", &mute, "The 'sound' field is required.")
        .await;
}
