//! Every limit at n and n + 1, wrong types, and words nobody expects.

use serde_json::{Value, json};

use super::{song, sung, with};
use crate::app::TestApp;

async fn taken(app: &TestApp, body: &Value) {
    let answer = app.sonic("create", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn long(length: usize) -> String {
    // Characters, not bytes, are counted.
    "é".repeat(length)
}

#[tokio::test]
async fn texts_at_their_limits() {
    let app = TestApp::with(|config| config.prices.suno = 1).await;
    for (member, mv, limit) in [
        ("title", "chirp-v3-5", 80),
        ("title", "chirp-v5", 80),
        ("tags", "sonic-v3-5", 200),
        ("tags", "chirp-v4", 200),
        ("tags", "sonic-v4-5", 1000),
        ("tags", "chirp-v5-5", 1000),
        ("prompt", "sonic-v3-5", 3000),
        ("prompt", "chirp-v4", 3000),
        ("prompt", "chirp-v4-5", 5000),
        ("lyrics", "sonic-v4-5-plus", 5000),
        ("negative_tags", "sonic-v5", 1000),
    ] {
        let body = with(song(), &json!({"mv": mv}));
        taken(&app, &with(body.clone(), &json!({member: long(limit)}))).await;
        let sentence = format!("The {member} character length should be less than {limit}.");
        app.refused("create", &with(body, &json!({member: long(limit + 1)})), &sentence)
            .await;
    }
    let described = json!({"custom_mode": false, "mv": "chirp-v4", "gpt_description_prompt": long(400)});
    taken(&app, &described).await;
    app.refused(
        "create",
        &with(described, &json!({"gpt_description_prompt": long(401)})),
        "The gpt_description_prompt character length should be less than 400.",
    )
    .await;
    app.refused(
        "create",
        &sung(&"all work and no play ".repeat(5000)),
        "The prompt character length should be less than 5000.",
    )
    .await;
}

#[tokio::test]
async fn numbers_at_their_limits() {
    let app = TestApp::with(|config| config.prices.suno = 1).await;
    for member in ["style_weight", "weirdness_constraint", "audio_weight"] {
        for good in [json!(0), json!(1), json!(0.5), json!(1.0), Value::Null] {
            taken(&app, &with(song(), &json!({member: good}))).await;
        }
        for bad in [json!(1.01), json!(-0.01), json!(2), json!(1e300)] {
            let mut body = song();
            body[member] = bad;
            app.refused(
                "create",
                &body,
                &format!("The '{member}' field should be between 0 and 1."),
            )
            .await;
        }
        app.refused(
            "create",
            &with(song(), &json!({member: "0.5"})),
            &format!("The '{member}' field should be number."),
        )
        .await;
    }
    for good in [10, 360] {
        taken(&app, &with(song(), &json!({"duration": good}))).await;
    }
    for bad in [9, 361] {
        let body = with(song(), &json!({"duration": bad}));
        app.refused("create", &body, "The 'duration' field should be between 10 and 360.")
            .await;
    }
    taken(&app, &with(song(), &json!({"seed": 9_007_199_254_740_991_i64}))).await;
    app.refused(
        "create",
        &with(song(), &json!({"seed": -1})),
        "The 'seed' field should be between 0 and 9007199254740991.",
    )
    .await;
}

#[tokio::test]
async fn words_of_lists_and_wrong_types() {
    let app = TestApp::new().await;
    let model = "The 'mv' field is invalid. The model should be 'chirp-v3-5','chirp-v4' or 'chirp-v4-5'.";
    for mv in ["", "chirp", "sonic-v4-5-all", "v4", "SONIC-V4", "sonic-v4 "] {
        app.refused("create", &with(song(), &json!({"mv": mv})), model).await;
    }
    for (member, value, sentence) in [
        ("mv", Value::Null, "The 'mv' field is required."),
        ("mv", json!(4), "The 'mv' field should be string."),
        (
            "custom_mode",
            json!("true"),
            "The 'custom_mode' field should be boolean.",
        ),
        ("custom_mode", Value::Null, "The 'custom_mode' field should be boolean."),
        (
            "make_instrumental",
            json!(1),
            "The 'make_instrumental' field should be boolean.",
        ),
        (
            "auto_lyrics",
            json!("yes"),
            "The 'auto_lyrics' field should be boolean.",
        ),
        ("prompt", json!(["la"]), "The 'prompt' field should be string."),
        ("prompt", Value::Null, "The 'prompt' field is required."),
        ("prompt", json!(" \n "), "The 'prompt' field is required."),
        ("lyrics", json!({}), "The 'lyrics' field should be string."),
        ("title", json!(80), "The 'title' field should be string."),
        ("tags", json!(["folk"]), "The 'tags' field should be string."),
        (
            "negative_tags",
            json!(false),
            "The 'negative_tags' field should be string.",
        ),
        (
            "vocal_gender",
            json!("female"),
            "The 'vocal_gender' field is invalid. It should be one of 'f', 'm'.",
        ),
        ("duration", json!(30.5), "The 'duration' field should be integer."),
        ("webhook_url", json!(1), "The 'webhook_url' field should be string."),
    ] {
        app.refused("create", &with(song(), &json!({member: value})), sentence)
            .await;
    }
    let answer = app
        .sonic("create", &with(song(), &json!({"task_type": "make_music"})))
        .await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("'persona_music'"), "{}", answer.text());
    let described = json!({"custom_mode": false, "mv": "chirp-v4"});
    app.refused("create", &described, "The 'gpt_description_prompt' field is required.")
        .await;
    assert_eq!((app.engine.runs(), app.credits().await), (0, (100, 0)));
}

#[tokio::test]
async fn words_nobody_expects_are_a_song_or_a_clear_refusal() {
    let app = TestApp::with(|config| config.prices.suno = 1).await;
    for words in [
        "1999",
        "SHOUT IT OUT LOUD",
        "Dr. Smith vs. the U.S.A.",
        "שלום עולם",
        "rain 🌧️ on the roof 🎶",
        "bell\u{7}\u{0}\u{1b}[31m and tab\there",
        "a\u{202e}b\u{200b}c",
    ] {
        let clips = app.clips("create", &sung(words)).await;
        assert_eq!(clips[0]["state"], "succeeded", "{words:?}");
        assert!(!clips[0]["lyrics"].as_str().unwrap().contains('\u{7}'), "{words:?}");
    }
    for words in ["🎵🎶🎵", "...!?", "— — —"] {
        let body = with(song(), &json!({"prompt": words}));
        let before = app.credits().await;
        app.sonic("create", &body).await.assert_error(
            403,
            "forbidden",
            "The lyrics format is invalid. Please check and try again.",
        );
        assert_eq!(app.credits().await, before);
    }
}

#[tokio::test]
async fn older_models_ignore_the_singer_that_was_wished_for() {
    let app = TestApp::new().await;
    for (mv, heeded) in [
        ("chirp-v3-5", false),
        ("sonic-v4", false),
        ("sonic-v4-5", true),
        ("sonic-v5-5", true),
    ] {
        app.clips("create", &with(song(), &json!({"mv": mv, "vocal_gender": "m"})))
            .await;
        assert_eq!(app.engine.last_brief().0.voice.gender.is_some(), heeded, "{mv}");
    }
}

#[tokio::test]
async fn without_credits_nothing_is_made() {
    let mut app = TestApp::new().await;
    app.key = catbird_server::admin::create_key(&app.config, "poor", 9).await.unwrap();
    let answer = app.sonic("create", &song()).await;
    let sentence = "The remaining credits are not enough. You can buy more one-time credit packs or subscribe.";
    answer.assert_error(403, "forbidden", sentence);
    app.key = catbird_server::admin::create_key(&app.config, "poorer", 1)
        .await
        .unwrap();
    let answer = app.sonic("lyrics", &json!({"description": "rain"})).await;
    answer.assert_error(403, "forbidden", sentence);
    assert_eq!((app.credits().await, app.engine.runs()), ((1, 0), 0));
}
