//! Operations on clips that were made before.

use catbird_score::{Gender, Span, Strength, Work};
use serde_json::{Value, json};

use super::{song, sung, with};
use crate::app::TestApp;

async fn one_clip(app: &TestApp) -> String {
    app.clip(&with(
        song(),
        &json!({"title": "Boats", "tags": "folk, warm", "mv": "chirp-v5"}),
    ))
    .await
}

fn extension(clip: &str) -> Value {
    json!({"task_type": "extend_music", "continue_clip_id": clip, "mv": "sonic-v4-5", "custom_mode": true,
        "prompt": "[Verse 2]\nLanterns drift along the quay", "continue_at": 1.5})
}

fn id(clip: &Value) -> String {
    clip["clip_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn extensions_join_to_a_clip_as_long_as_its_parts() {
    let app = TestApp::new().await;
    let first = one_clip(&app).await;
    let second = app.clips("create", &extension(&first)).await;
    assert_eq!(second.len(), 2);
    assert_eq!(
        (&second[0]["title"], &second[0]["tags"]),
        (&json!("Boats"), &json!("folk, warm"))
    );
    let Work::Extend { source, at, brief } = app.engine.last_work() else {
        panic!("{:?}", app.engine.last_work());
    };
    assert_eq!((source, at), (first.clone(), Some(1.5)));
    assert_eq!((brief.title.as_deref(), brief.tags.as_str()), (Some("Boats"), ""));

    // The minimal call of the vendor's guide: the end of the second take, without words.
    let minimal = json!({"task_type": "extend_music", "continue_clip_id": id(&second[1]), "mv": "sonic-v4-5"});
    let third = app.clips("create", &minimal).await;
    assert!(matches!(app.engine.last_work(), Work::Extend { at: None, .. }));

    let concat = json!({"task_type": "concat_music", "continue_clip_id": id(&third[0])});
    let whole = app.clips("create", &concat).await;
    assert_eq!(whole.len(), 1);
    assert_eq!(whole[0]["duration"], 6.0);
    assert_eq!(
        (&whole[0]["title"], &whole[0]["mv"]),
        (&json!("Boats"), &json!("chirp-v5"))
    );
    let Work::Join { chain, .. } = app.engine.last_work() else {
        panic!("{:?}", app.engine.last_work());
    };
    assert_eq!(chain, [first.clone(), id(&second[1]), id(&third[0])]);
    assert_eq!(app.credits().await.0, 100 - 30 - 2);

    // A remaster of an extension takes its place in the chain.
    let better = json!({"task_type": "remaster", "continue_clip_id": id(&third[1]), "mv": "sonic-v5"});
    let better = id(&app.clips("create", &better).await[1]);
    let joined = with(
        concat.clone(),
        &json!({"continue_clip_id": better, "title": "All of it"}),
    );
    assert_eq!(app.clips("create", &joined).await[0]["title"], "All of it");
    assert!(matches!(app.engine.last_work(), Work::Join { chain, .. }
        if chain == [first.clone(), id(&second[1]), better.clone()]));

    let own = with(extension(&first), &json!({"title": "Lanterns", "tags": "ska"}));
    let clips = app.clips("create", &own).await;
    assert_eq!(
        (&clips[0]["title"], &clips[0]["tags"]),
        (&json!("Lanterns"), &json!("ska"))
    );
    for whole in [first, id(&whole[0])] {
        app.refused(
            "create",
            &with(concat.clone(), &json!({"continue_clip_id": whole})),
            "This clip continues no other clip; concat_music needs the clip id of an extension.",
        )
        .await;
    }
}

#[tokio::test]
async fn a_place_outside_the_clip_is_refused() {
    let app = TestApp::new().await;
    let clip = one_clip(&app).await;
    let at = |seconds: Value| with(extension(&clip), &json!({"continue_at": seconds}));
    let past = "The 'continue_at' field should be within the clip, which is 2.00 seconds long.";
    for seconds in [json!(2.02), json!(94), json!(1e300)] {
        app.refused("create", &at(seconds), past).await;
    }
    app.refused(
        "create",
        &at(json!(-0.1)),
        "The 'continue_at' field should be at least 0.",
    )
    .await;
    app.refused(
        "create",
        &at(json!(0)),
        "The 'continue_at' field should be greater than 0.",
    )
    .await;
    app.refused("create", &at(json!("1")), "The 'continue_at' field should be number.")
        .await;
    for good in [json!(0.1), json!(2.0), json!(2.005)] {
        app.ordered("create", &at(good)).await;
    }
}

#[tokio::test]
async fn clips_that_are_not_there_cost_nothing() {
    let mut app = TestApp::new().await;
    let clip = one_clip(&app).await;
    let slow = app.ordered("create", &sung("please dawdle")).await;
    let view = app.view(&slow).await;
    let unfinished = view["clips"][1]["id"].as_str().unwrap().to_owned();
    let stem = id(&app.clips("stems/basic", &json!({"clip_id": clip})).await[0]);
    let single = "This clip is a single track of a song; name the song's own clip.";
    let calls = |clip: &str| {
        vec![
            ("create", extension(clip)),
            ("create", json!({"task_type": "concat_music", "continue_clip_id": clip})),
            (
                "create",
                with(song(), &json!({"task_type": "cover_music", "continue_clip_id": clip})),
            ),
            (
                "create",
                json!({"task_type": "remaster", "mv": "chirp-v5", "continue_clip_id": clip}),
            ),
            (
                "create",
                with(song(), &json!({"task_type": "add_vocals", "continue_clip_id": clip})),
            ),
            (
                "create",
                json!({"task_type": "add_instrumental", "mv": "chirp-v5", "continue_clip_id": clip}),
            ),
            ("mashup", with(song(), &json!({"mashup_clip_ids": [clip, "other"]}))),
            (
                "replace-section",
                json!({"clip_id": clip, "mv": "sonic-v4", "infill_start_s": 0, "infill_end_s": 1}),
            ),
            (
                "sample",
                with(
                    song(),
                    &json!({"sample_clip_id": clip, "chop_sample_start_s": 0, "chop_sample_end_s": 1}),
                ),
            ),
            ("persona", json!({"name": "A", "clip_id": clip})),
            ("stems/full", json!({"clip_id": clip})),
            ("bpm", json!({"clip_id": clip})),
            ("midi", json!({"clip_id": clip})),
            ("vox", json!({"clip_id": clip})),
            ("aligned-lyrics", json!({"clip_id": clip})),
        ]
    };
    for (verb, body) in calls(&stem) {
        app.refused(verb, &body, single).await;
    }
    for unknown in ["nonsense", "6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20", unfinished.as_str()] {
        for (verb, body) in calls(unknown) {
            app.refused(verb, &body, "clip not found.").await;
        }
    }
    app.key = catbird_server::admin::create_key(&app.config, "other", 100)
        .await
        .unwrap();
    for (verb, body) in calls(&clip) {
        app.refused(verb, &body, "clip not found.").await;
    }
    app.refused("wav", &json!({"clip_id": clip}), "clip not found.").await;
    for (verb, member) in [
        ("create", "continue_clip_id"),
        ("bpm", "clip_id"),
        ("stems/basic", "clip_id"),
    ] {
        let body = json!({"task_type": "concat_music"});
        app.refused(verb, &body, &format!("The '{member}' field is required."))
            .await;
    }
}

#[tokio::test]
async fn covers_and_remasters() {
    let app = TestApp::new().await;
    let clip = one_clip(&app).await;
    let cover = json!({"task_type": "cover_music", "custom_mode": true, "continue_clip_id": clip, "mv": "chirp-v4-5",
        "prompt": "[Verse]\nPaper boats on a stream", "title": "Brass Boats", "tags": "ska, brass", "audio_weight": 0.8});
    let clips = app.clips("create", &cover).await;
    assert_eq!((clips.len(), &clips[1]["title"]), (2, &json!("Brass Boats")));
    let Work::Cover { brief, .. } = app.engine.last_work() else {
        panic!("{:?}", app.engine.last_work());
    };
    assert_eq!((brief.audio_weight, brief.tags.as_str()), (Some(0.8), "ska, brass"));
    for (category, strength) in [
        (json!("subtle"), Strength::Subtle),
        (json!("normal"), Strength::Normal),
        (json!("high"), Strength::High),
        (Value::Null, Strength::Normal),
    ] {
        let mut body = json!({"task_type": "remaster", "continue_clip_id": clip, "mv": "sonic-v5"});
        body["variation_category"] = category;
        let clips = app.clips("create", &body).await;
        assert_eq!(
            (&clips[0]["title"], &clips[0]["tags"]),
            (&json!("Boats"), &json!("folk, warm"))
        );
        assert!(matches!(app.engine.last_work(), Work::Remaster { strength: s, .. } if s == strength));
    }
    app.refused(
        "create",
        &json!({"task_type": "remaster", "continue_clip_id": clip, "mv": "sonic-v5", "variation_category": "wild"}),
        "The 'variation_category' field is invalid. It should be one of 'subtle', 'normal', 'high'.",
    )
    .await;
}

#[tokio::test]
async fn voices_and_bands_over_a_span() {
    let app = TestApp::new().await;
    let sung = one_clip(&app).await;
    let band = app
        .clip(&with(song(), &json!({"make_instrumental": true, "prompt": null})))
        .await;
    let mut body = with(
        song(),
        &json!({"task_type": "add_vocals", "continue_clip_id": band,
        "overpainting_start_s": 0.5, "overpainting_end_s": 2.0, "vocal_gender": "f"}),
    );
    app.clips("create", &body).await;
    let Work::AddVocals { span, brief, .. } = app.engine.last_work() else {
        panic!("{:?}", app.engine.last_work());
    };
    assert_eq!(
        span,
        Span {
            from: Some(0.5),
            to: Some(2.0)
        }
    );
    assert_eq!(brief.voice.gender, Some(Gender::Female));
    body["overpainting_end_s"] = json!(0.5);
    let sentence = "The 'overpainting_end_s' field should be greater than 'overpainting_start_s'.";
    app.refused("create", &body, sentence).await;
    body["overpainting_end_s"] = json!(2.5);
    let sentence = "The 'overpainting_end_s' field should be within the clip, which is 2.00 seconds long.";
    app.refused("create", &body, sentence).await;
    app.refused(
        "create",
        &json!({"task_type": "add_vocals", "continue_clip_id": band, "mv": "sonic-v5"}),
        "add_vocals needs words: lyrics in 'prompt', or a description.",
    )
    .await;
    let body =
        json!({"task_type": "add_instrumental", "continue_clip_id": sung, "mv": "sonic-v5", "tags": "jazz trio"});
    app.clips("create", &body).await;
    assert!(matches!(app.engine.last_work(), Work::AddInstrumental { .. }));
    app.refused(
        "create",
        &with(body, &json!({"continue_clip_id": band})),
        "add_instrumental needs a clip with a voice; nobody sings in this one.",
    )
    .await;
}

#[tokio::test]
async fn a_mashup_needs_two_different_clips() {
    let app = TestApp::new().await;
    let clips = app.clips("create", &song()).await;
    let (first, second) = (id(&clips[0]), id(&clips[1]));
    let body = json!({"mashup_clip_ids": [first, second], "custom_mode": true, "mv": "sonic-v5"});
    let made = app.clips("mashup", &body).await;
    assert_eq!(made.len(), 2);
    assert_eq!(made[0]["title"], "Test Song × Test Song");
    let Work::Mashup { sources, .. } = app.engine.last_work() else {
        panic!("{:?}", app.engine.last_work());
    };
    assert_eq!(sources, [first.clone(), second.clone()]);
    let sentence = "The 'mashup_clip_ids' field should be two different clip ids.";
    for ids in [
        json!([first, first]),
        json!([first]),
        json!([]),
        json!([first, second, "x"]),
    ] {
        app.refused(
            "mashup",
            &with(body.clone(), &json!({"mashup_clip_ids": ids})),
            sentence,
        )
        .await;
    }
    for (ids, sentence) in [
        (json!("x"), "The 'mashup_clip_ids' field should be array of string."),
        (json!([1, 2]), "The 'mashup_clip_ids' field should be array of string."),
        (Value::Null, "The 'mashup_clip_ids' field is required."),
    ] {
        app.refused(
            "mashup",
            &with(body.clone(), &json!({"mashup_clip_ids": ids})),
            sentence,
        )
        .await;
    }
}

#[tokio::test]
async fn a_section_is_replaced_alone_or_in_its_song() {
    let app = TestApp::new().await;
    let clip = one_clip(&app).await;
    let body = json!({"clip_id": clip, "mv": "sonic-v4", "infill_start_s": 0.5, "infill_end_s": 1.5,
        "infill_lyrics": "A new line", "prompt": "softer"});
    let alone = app
        .clips("replace-section", &with(body.clone(), &json!({"auto_concat": false})))
        .await;
    assert_eq!((alone.len(), &alone[0]["duration"]), (1, &json!(1.0)));
    let Work::Replace {
        from, to, whole, brief, ..
    } = app.engine.last_work()
    else {
        panic!("{:?}", app.engine.last_work());
    };
    assert_eq!((from, to, whole), (0.5, 1.5, false));
    assert_eq!(
        (brief.lyrics.as_deref(), brief.description.as_str()),
        (Some("A new line"), "softer")
    );
    let both = app.clips("replace-section", &body).await;
    assert_eq!(both.len(), 2);
    assert_eq!((&both[0]["duration"], &both[1]["duration"]), (&json!(2.0), &json!(1.0)));
    assert_eq!(both[0]["title"], "Boats");

    let concat = json!({"task_type": "concat_music", "continue_clip_id": id(&alone[0])});
    assert_eq!(app.clips("create", &concat).await.len(), 1);
    assert!(matches!(app.engine.last_work(), Work::Join { chain, .. } if chain == [id(&alone[0])]));

    let words = with(
        body.clone(),
        &json!({"infill_lyrics": null, "prompt": "[Verse]\nOther words"}),
    );
    app.clips("replace-section", &words).await;
    let (brief, _) = app.engine.last_brief();
    assert_eq!(
        (brief.lyrics.as_deref(), brief.description.as_str()),
        (Some("[Verse]\nOther words"), "")
    );

    let written = with(
        body.clone(),
        &json!({"infill_lyrics": null, "prompt": "the sea", "custom_mode": true, "auto_lyrics": true}),
    );
    app.clips("replace-section", &written).await;
    let (brief, _) = app.engine.last_brief();
    assert!(brief.lyrics.unwrap().contains("the sea number"));

    let zero = "The 'infill_end_s' field should be greater than 'infill_start_s'.";
    let outside = "The 'infill_end_s' field should be within the clip, which is 2.00 seconds long.";
    for (change, sentence) in [
        (json!({"infill_end_s": 0.5}), zero),
        (json!({"infill_end_s": 0.4}), zero),
        (json!({"infill_end_s": 2.02}), outside),
        (
            json!({"infill_start_s": -1}),
            "The 'infill_start_s' field should be at least 0.",
        ),
        (
            json!({"infill_start_s": null}),
            "The 'infill_start_s' field is required.",
        ),
        (json!({"infill_end_s": null}), "The 'infill_end_s' field is required."),
        (
            json!({"infill_end_s": "2"}),
            "The 'infill_end_s' field should be number.",
        ),
        (
            json!({"auto_concat": "yes"}),
            "The 'auto_concat' field should be boolean.",
        ),
        (json!({"clip_id": null}), "The 'clip_id' field is required."),
        (
            json!({"mv": "sonic-v3-5"}),
            "The 'mv' field is invalid. replace-section needs a v4 model or a later one.",
        ),
        (
            json!({"infill_lyrics": "a".repeat(3001)}),
            "The infill_lyrics character length should be less than 3000.",
        ),
    ] {
        app.refused("replace-section", &with(body.clone(), &change), sentence)
            .await;
    }
}

#[tokio::test]
async fn a_sample_answers_with_its_steps() {
    let app = TestApp::new().await;
    let clip = one_clip(&app).await;
    let body = with(
        song(),
        &json!({"sample_clip_id": clip, "chop_sample_start_s": 0, "chop_sample_end_s": 1.5,
        "make_instrumental": false}),
    );
    let answer = app.sonic("sample", &body).await.json();
    let task = answer["task_id"].as_str().unwrap();
    assert_eq!(
        answer,
        json!({"message": "success", "code": 200, "task_id": task, "failed_step": null,
            "steps": {"sample": {"success": true, "clip_id": clip, "task_id": task, "error": null}}})
    );
    assert_eq!(app.over(task).await["data"].as_array().unwrap().len(), 2);
    assert!(matches!(app.engine.last_work(), Work::Sample { from, to, .. } if (from, to) == (0.0, 1.5)));
    let either = "Exactly one of 'url' and 'sample_clip_id' is required.";
    let url = "https://media.example.org/loop.mp3";
    for (change, sentence) in [
        (json!({"sample_clip_id": null}), either),
        (json!({"url": url}), either),
        (
            json!({"chop_sample_end_s": 0}),
            "The 'chop_sample_end_s' field should be greater than 'chop_sample_start_s'.",
        ),
        (
            json!({"chop_sample_end_s": 3}),
            "The 'chop_sample_end_s' field should be within the clip, which is 2.00 seconds long.",
        ),
        (json!({"prompt": null}), "The 'prompt' field is required."),
    ] {
        app.refused("sample", &with(body.clone(), &change), sentence).await;
    }
}

#[tokio::test]
async fn stems_are_clips_of_their_own() {
    let app = TestApp::new().await;
    let clip = one_clip(&app).await;
    for (verb, price, names) in [
        ("stems/basic", 20, vec!["Boats (Vocals)", "Boats (Instrumental)"]),
        (
            "stems/full",
            50,
            vec!["Boats (Vocals)", "Boats (Piano)", "Boats (Drums)"],
        ),
    ] {
        let before = app.credits().await.0;
        let tracks = app.clips(verb, &json!({"clip_id": clip})).await;
        assert_eq!(before - app.credits().await.0, price);
        let titles: Vec<&str> = tracks.iter().map(|track| track["title"].as_str().unwrap()).collect();
        assert_eq!(titles, names);
        for track in &tracks {
            assert_eq!(track["audio_url"].as_str().unwrap().rsplit('.').next(), Some("wav"));
            assert_eq!((&track["video_url"], &track["mv"]), (&Value::Null, &json!("chirp-v5")));
        }
    }
}
