//! A shape of its own: texts for codes, statuses in capitals, and failures as errors.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::suno::with;

fn song() -> Value {
    json!({"prompt": "dreamy indie pop", "lyrics_type": "user", "lyrics": "[Verse]\nThe last train home",
        "prompt_strength": 0.75, "clarity_strength": 0.25, "lyrics_strength": 0.5, "generation_quality": 1,
        "model_type": "studio130-v1.5", "config": {"mode": "regular"}, "seed": 3})
}

async fn ordered(app: &TestApp, body: &Value) -> String {
    let answer = app.call("studio/create", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    assert_eq!(super::members(&body), ["code", "data"]);
    assert_eq!(body["code"], "200");
    body["data"].as_str().unwrap().to_owned()
}

async fn over(app: &TestApp, task: &str) -> Value {
    let begun = Instant::now();
    loop {
        let answer = app.get(&format!("/api/v1/studio/task/{task}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let body = answer.json();
        let data = &body["data"];
        match data["status"].as_str().unwrap() {
            "SUCCESS" => return data.clone(),
            "NOT_START" => assert_eq!(data["finish_time"], 0),
            "IN_PROGRESS" => assert!(data["start_time"].as_i64().unwrap() > 0),
            other => panic!("{other}"),
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "never over: {body}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_song_and_what_is_told_of_it() {
    let app = TestApp::new().await;
    let task = ordered(&app, &song()).await;
    let done = over(&app, &task).await;
    assert_eq!(
        (&done["task_id"], &done["action"], &done["progress"]),
        (&json!(task), &json!("create"), &json!("100%"))
    );
    assert!(done["submit_time"].as_i64() <= done["start_time"].as_i64());
    assert!(done["start_time"].as_i64() <= done["finish_time"].as_i64());
    let songs = done["data"]["songs"].as_array().unwrap();
    assert_eq!(songs.len(), 1);
    assert_eq!(
        (&songs[0]["finished"], &songs[0]["prompt"]),
        (&json!(true), &json!("dreamy indie pop"))
    );
    assert_eq!(songs[0]["lyrics"], "[Verse]\nThe last train home");
    assert!(songs[0]["song_path"].as_str().unwrap().contains("/files/"));
    let (brief, seed) = app.engine.last_brief();
    assert_eq!((brief.style_weight, brief.weirdness, seed), (Some(0.75), Some(0.75), 3));
    assert_eq!(app.credits().await.0, 100 - 10);
}

#[tokio::test]
async fn words_are_sent_written_or_none() {
    let app = TestApp::new().await;
    let generated = with(
        song(),
        &json!({"lyrics_type": "generate", "model_type": "studio32-v1.5", "lyrics": null}),
    );
    over(&app, &ordered(&app, &generated).await).await;
    let (brief, _) = app.engine.last_brief();
    assert!(brief.lyrics.is_some() && brief.seconds == Some(32.0));
    let mute = json!({"lyrics_type": "instrumental", "song_section_start": 10, "song_section_end": 30});
    over(&app, &ordered(&app, &with(song(), &mute)).await).await;
    let (brief, _) = app.engine.last_brief();
    assert!(brief.instrumental && brief.lyrics.is_none() && brief.seconds == Some(20.0));
}

#[tokio::test]
async fn mistakes_have_sentences_and_a_failure_is_an_error() {
    let app = TestApp::new().await;
    for (change, sentence) in [
        (json!({"prompt": ""}), "The 'prompt' field is required."),
        (json!({"lyrics": null}), "The 'lyrics' field is required."),
        (
            json!({"prompt_strength": null}),
            "The 'prompt_strength' field is required.",
        ),
        (
            json!({"clarity_strength": 2}),
            "The 'clarity_strength' field should be between 0 and 1.",
        ),
        (json!({"config": null}), "The 'config' field is required."),
        (json!({"config": "regular"}), "The 'config' field should be object."),
        (json!({"config": {}}), "The 'config.mode' field is required."),
        (
            json!({"song_section_start": 5, "song_section_end": 5}),
            "The 'song_section_end' field should be greater than 'song_section_start'.",
        ),
        (
            json!({"song_section_start": 0, "song_section_end": 361}),
            "The 'song_section_end' field should be at most 360 seconds after 'song_section_start'.",
        ),
    ] {
        app.turned_down("studio/create", &with(song(), &change), sentence).await;
    }
    let bad = with(song(), &json!({"lyrics": "[Verse]\nplease reject"}));
    let task = ordered(&app, &bad).await;
    let begun = Instant::now();
    let answer = loop {
        let answer = app.get(&format!("/api/v1/studio/task/{task}")).await;
        if answer.status != 200 {
            break answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "never over");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let body = answer.json();
    assert_eq!((answer.status.as_u16(), &body["refund_processed"]), (400, &json!(true)));
    assert_eq!(body["error"], "Input language not supported");
    assert_eq!(app.credits().await.0, 100);
}
