//! Eleven operations, two songs a call, eleven members a song.

use catbird_score::Work;
use serde_json::{Value, json};

use super::{id, members};
use crate::app::TestApp;
use crate::suno::with;

const EDITS: [&str; 10] = [
    "extend_music",
    "cover_music",
    "extend_upload_music",
    "cover_upload_music",
    "replace_music",
    "swap_music_sound",
    "swap_music_vocals",
    "replace_upload_music",
    "swap_upload_music_sound",
    "swap_upload_music_vocals",
];

fn song() -> Value {
    json!({"mv": "FUZZ-1.1 Pro", "custom_mode": true, "lyrics": "[Verse]\nCopper light across the floor",
        "title": "One Lap More", "sound": "krautrock, female voice", "make_instrumental": false})
}

#[tokio::test]
async fn a_song_has_exactly_eleven_members() {
    let app = TestApp::new().await;
    let songs = app.made("riffusion", &song()).await;
    assert_eq!(songs.len(), 2);
    assert_eq!(app.credits().await.0, 100 - 10);
    let mut expected = vec![
        "clip_id",
        "title",
        "lyrics",
        "image_url",
        "audio_url",
        "video_url",
        "created_at",
        "mv",
        "duration",
        "timestamp",
        "state",
    ];
    expected.sort_unstable();
    for song in &songs {
        let mut found = members(song);
        found.sort_unstable();
        assert_eq!(found, expected);
        assert_eq!(song["video_url"], Value::Null);
        assert!(song["timestamp"].is_object());
        assert_eq!(
            (&song["title"], &song["lyrics"], &song["mv"], &song["state"]),
            (
                &json!("One Lap More"),
                &json!("[Verse]\nCopper light across the floor"),
                &json!("FUZZ-1.1 Pro"),
                &json!("succeeded")
            )
        );
    }
    let (brief, _) = app.engine.last_brief();
    assert_eq!(brief.tags, "krautrock, female voice");
}

#[tokio::test]
async fn both_forms_of_create() {
    let app = TestApp::new().await;
    let described = json!({"mv": "FUZZ-1.1", "prompt": "sunday-morning bossa", "custom_mode": false});
    let songs = app.made("riffusion", &described).await;
    assert!(!songs[0]["lyrics"].as_str().unwrap().is_empty(), "words were written");
    let (brief, _) = app.engine.last_brief();
    assert!(brief.lyrics.is_some() && brief.description == "sunday-morning bossa");

    let mute = with(song(), &json!({"make_instrumental": true, "lyrics": null}));
    assert_eq!(app.made("riffusion", &mute).await[0]["lyrics"], "[Instrumental]");
    let sound_only = with(song(), &json!({"lyrics": null}));
    app.made("riffusion", &sound_only).await;
    assert!(app.engine.last_brief().0.lyrics.is_some(), "words were written");
    let dials = with(song(), &json!({"vocal_variation": 0.25, "seed": 7}));
    app.made("riffusion", &dials).await;
    let (brief, seed) = app.engine.last_brief();
    assert_eq!((brief.weirdness, seed), (Some(0.25), 7));
}

#[tokio::test]
async fn every_operation_does_its_own_work() {
    let app = TestApp::with(|config| config.prices.riffusion = 1).await;
    let source = id(&app.made("riffusion", &song()).await[0]);
    for kind in EDITS {
        let edit = json!({"task_type": kind, "continue_clip_id": source, "continue_at": 1.5, "cover_strength": 0.75,
            "replace_start_time": 0.5, "replace_end_time": 1.5});
        let songs = app.made("riffusion", &with(song(), &edit)).await;
        assert_eq!(songs.len(), 2, "{kind}");
        let work = app.engine.last_work();
        assert_eq!(work.sources(), [source.as_str()], "{kind}");
        let plain = kind.replace("upload_", "");
        match (plain.as_str(), &work) {
            ("extend_music", Work::Extend { at: Some(at), .. }) => assert!((at - 1.5).abs() < 1e-9),
            ("cover_music", Work::Cover { brief, .. }) => assert_eq!(brief.audio_weight, Some(0.75)),
            (
                "replace_music",
                Work::Replace {
                    from,
                    to,
                    whole,
                    section,
                    ..
                },
            ) => {
                assert_eq!((*from, *to, *whole, *section), (0.5, 1.5, true, false));
            }
            ("swap_music_sound", Work::SwapSound { brief, .. }) => {
                assert_eq!(
                    (brief.lyrics.as_deref(), brief.tags.as_str()),
                    (None, "krautrock, female voice")
                );
            }
            ("swap_music_vocals", Work::SwapVocals { brief, .. }) => assert!(brief.lyrics.is_some()),
            _ => panic!("{kind} became {work:?}"),
        }
    }
    assert_eq!(app.credits().await.0, 100 - 11);
}

#[tokio::test]
async fn a_replaced_span_goes_by_five_pairs_of_names() {
    let app = TestApp::with(|config| config.prices.riffusion = 1).await;
    let source = id(&app.made("riffusion", &song()).await[0]);
    let edit = with(
        song(),
        &json!({"task_type": "replace_music", "continue_clip_id": source}),
    );
    for names in [
        ["replace_start_time", "replace_end_time"],
        ["starts_at", "ends_at"],
        ["starts", "ends"],
        ["replace_start_at", "replace_end_at"],
        ["infill_start_s", "infill_end_s"],
    ] {
        let [from, to] = names;
        app.made("riffusion", &with(edit.clone(), &json!({from: 0.25, to: 1})))
            .await;
        assert!(matches!(app.engine.last_work(), Work::Replace { from, to, .. } if from == 0.25 && to == 1.0));
        let backwards = with(edit.clone(), &json!({from: 1, to: 1}));
        let sentence = format!("The '{to}' field should be greater than '{from}'.");
        app.turned_down("riffusion/create", &backwards, &sentence).await;
        let half = with(edit.clone(), &json!({from: 1}));
        app.turned_down("riffusion/create", &half, &format!("The '{to}' field is required."))
            .await;
    }
    app.turned_down("riffusion/create", &edit, "The 'replace_start_time' field is required.")
        .await;
    let beyond = with(edit, &json!({"starts_at": 1, "ends_at": 99}));
    let answer = app.call("riffusion/create", &beyond).await;
    assert!(answer.status == 400 && answer.text().contains("'ends_at' field should be within the clip"));
}

#[tokio::test]
async fn mistakes_have_sentences_and_cost_nothing() {
    let app = TestApp::new().await;
    let source = id(&app.made("riffusion", &song()).await[0]);
    let models = "The 'mv' field is invalid. The model should be 'FUZZ-1.1 Pro','FUZZ-1.1','FUZZ-1.0 Pro','FUZZ-1.0'.";
    for (change, sentence) in [
        (json!({"mv": null}), "The 'mv' field is required."),
        (json!({"mv": "sonic-v5"}), models),
        (
            json!({"custom_mode": null}),
            "The 'custom_mode' field should be boolean.",
        ),
        (
            json!({"custom_mode": "yes"}),
            "The 'custom_mode' field should be boolean.",
        ),
        (json!({"custom_mode": false}), "The 'prompt' field is required."),
        (json!({"lyrics": 7}), "The 'lyrics' field should be string."),
        (
            json!({"lyrics": "x".repeat(3001)}),
            "The lyrics character length should be less than 3000.",
        ),
        (
            json!({"sound": "x".repeat(201)}),
            "The sound character length should be less than 200.",
        ),
        (
            json!({"title": "x".repeat(81)}),
            "The title character length should be less than 80.",
        ),
        (
            json!({"lyrics": null, "sound": null, "title": null}),
            "The 'lyrics' field or the 'sound' field is required.",
        ),
        (
            json!({"vocal_variation": 1.01}),
            "The 'vocal_variation' field should be between 0 and 1.",
        ),
        (
            json!({"task_type": "extend_music"}),
            "The 'continue_clip_id' field is required.",
        ),
        (
            json!({"task_type": "extend_music", "continue_clip_id": source, "lyrics": null}),
            "The 'lyrics' field is required.",
        ),
        (
            json!({"task_type": "extend_music", "continue_clip_id": source, "continue_at": 0}),
            "The 'continue_at' field should be greater than 0.",
        ),
        (
            json!({"task_type": "swap_music_sound", "continue_clip_id": source, "sound": null}),
            "The 'sound' field is required.",
        ),
        (
            json!({"task_type": "swap_music_vocals", "continue_clip_id": source, "make_instrumental": true}),
            "swap_music_vocals needs words to sing: 'lyrics'.",
        ),
        (
            json!({"task_type": "cover_music", "continue_clip_id": "6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20"}),
            "clip not found.",
        ),
    ] {
        app.turned_down("riffusion/create", &with(song(), &change), sentence)
            .await;
    }
    let odd = app
        .call("riffusion/create", &with(song(), &json!({"task_type": "dance"})))
        .await;
    assert!(odd.status == 400 && odd.text().contains("'task_type' field is invalid"));
    for good in [
        json!({"title": "x".repeat(80)}),
        json!({"lyrics": "x ".repeat(1500)}),
        json!({"sound": "x".repeat(200)}),
    ] {
        app.taken("riffusion/create", &with(song(), &good)).await;
    }
}

#[tokio::test]
async fn a_failed_task_is_200_with_its_kind_and_paid_back() {
    let app = TestApp::new().await;
    let bad = with(song(), &json!({"lyrics": "[Verse]\nplease reject"}));
    let task = app.taken("riffusion/create", &bad).await;
    let over = app.polled("riffusion", &task).await;
    assert_eq!(
        (&over["type"], &over["refund_processed"]),
        (&json!("failed"), &json!(true))
    );
    assert_eq!(over["error"], "Input language not supported");
    assert_eq!(app.credits().await.0, 100);
}
