//! What is answered at once: words, times, notes, links, personas.

use catbird_score::Gender;
use reqwest::Method;
use serde_json::{Value, json};

use super::{song, sung, with};
use crate::app::{Answer, TestApp};

async fn keyed(app: &TestApp, key: &str, verb: &str, body: &Value) -> Answer {
    let request = app
        .request(Method::POST, &format!("/api/v1/suno/{verb}"))
        .header("idempotency-key", key)
        .json(body);
    TestApp::send(request).await
}

#[tokio::test]
async fn lyrics_are_two_versions_for_two_credits() {
    let app = TestApp::new().await;
    let body = json!({"description": "two neighbours, one umbrella", "seed": 5});
    let answer = app.sonic("lyrics", &body).await.json();
    assert_eq!((&answer["code"], &answer["message"]), (&json!(200), &json!("success")));
    assert_eq!(answer.as_object().unwrap().len(), 3);
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    assert_ne!(results[0]["lyrics"], results[1]["lyrics"]);
    for result in results {
        assert_eq!(result.as_object().unwrap().len(), 2, "title and lyrics");
    }
    assert_eq!(app.credits().await, (98, 0));
    assert_eq!(
        app.sonic("lyrics", &body).await.json(),
        answer,
        "the same seed, the same words"
    );
    for (body, sentence) in [
        (json!({}), "description is required."),
        (json!({"description": " "}), "description is required."),
        (json!({"description": null}), "description is required."),
        (json!({"description": 5}), "The 'description' field should be string."),
        (
            json!({"description": "é".repeat(121)}),
            "The description character length should be less than 120.",
        ),
    ] {
        app.refused("lyrics", &body, sentence).await;
    }
    assert_eq!(
        app.sonic("lyrics", &json!({"description": "é".repeat(120)}))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_older_lyrics_are_fetched_under_a_task() {
    let mut app = TestApp::new().await;
    let answer = app
        .post("/api/v1/suno/make-lyrics", &json!({"prompt": "é".repeat(200)}))
        .await
        .json();
    let id = answer["data"]["task_id"].as_str().unwrap();
    assert_eq!(
        answer,
        json!({"code": 200, "data": {"task_id": id}, "message": "success"})
    );
    let got = app.get(&format!("/api/v1/suno/get-lyrics/{id}")).await.json();
    assert_eq!((&got["code"], &got["message"]), (&json!(200), &json!("success")));
    assert_eq!(
        (&got["data"]["status"], &got["data"]["text"]),
        (&json!("complete"), &got["data"]["lyrics"])
    );
    assert!(got["data"]["lyrics"].as_str().unwrap().starts_with("[Verse]"));
    let too_long = json!({"prompt": "é".repeat(201)});
    app.refused(
        "make-lyrics",
        &too_long,
        "The prompt character length should be less than 200.",
    )
    .await;
    app.refused("make-lyrics", &json!({}), "The 'prompt' field is required.")
        .await;
    assert_eq!(app.credits().await, (98, 0));
    let answer = app.get(&format!("/api/v1/sonic/task/{id}")).await;
    answer.assert_error(400, "bad_request", "task not found.");
    app.key = catbird_server::admin::create_key(&app.config, "other", 0)
        .await
        .unwrap();
    for unknown in [id, "nonsense"] {
        let answer = app.get(&format!("/api/v1/suno/get-lyrics/{unknown}")).await;
        answer.assert_error(400, "bad_request", "task not found.");
    }
}

#[tokio::test]
async fn a_second_request_under_a_key_gets_the_first_answer_and_costs_nothing() {
    let app = TestApp::new().await;
    let clip = app.clip(&song()).await;
    for (verb, body, price) in [
        ("lyrics", json!({"description": "rain"}), 2),
        ("make-lyrics", json!({"prompt": "rain"}), 2),
        ("persona", json!({"name": "A", "clip_id": clip}), 1),
        ("wav", json!({"clip_id": clip}), 1),
        ("midi", json!({"clip_id": clip}), 1),
        ("vox", json!({"clip_id": clip}), 1),
        ("bpm", json!({"clip_id": clip}), 0),
        ("upsample-tags", json!({"tags": "folk"}), 0),
        ("aligned-lyrics", json!({"clip_id": clip}), 0),
        ("stems/basic", json!({"clip_id": clip}), 20),
        ("create", song(), 10),
    ] {
        let before = app.credits().await.0;
        let key = format!("key of {verb}");
        let answers = futures::future::join_all((0..4).map(|_| keyed(&app, &key, verb, &body))).await;
        for answer in &answers {
            assert_eq!(answer.status, 200, "{verb}: {}", answer.text());
            assert_eq!(answer.json(), answers[0].json(), "{verb}");
        }
        assert_eq!(before - app.credits().await.0, price, "{verb}");
        let other = with(body, &json!({"more": 1}));
        let answer = keyed(&app, &key, verb, &other).await;
        answer.assert_error(409, "conflict", "This Idempotency-Key was used for another request.");
    }
}

#[tokio::test]
async fn words_and_lines_with_their_times() {
    let app = TestApp::new().await;
    let clip = app.clip(&sung("Paper boats\nOn a stream")).await;
    let answer = app.sonic("aligned-lyrics", &json!({"clip_id": clip})).await.json();
    assert_eq!((&answer["code"], &answer["message"]), (&json!(200), &json!("success")));
    let words = answer["data"]["alignment"].as_array().unwrap();
    let texts: Vec<&str> = words.iter().map(|word| word["word"].as_str().unwrap()).collect();
    assert_eq!(texts, ["Paper", "boats", "On", "a", "stream"]);
    assert_eq!(
        words[1],
        json!({"word": "boats", "success": true, "start_s": 0.3, "end_s": 0.6, "p_align": 1.0})
    );
    let lines = answer["data"]["lines"].as_array().unwrap();
    assert_eq!(lines[1]["text"], "On a stream");
    assert_eq!((&lines[1]["start_s"], &lines[1]["end_s"]), (&json!(0.6), &json!(1.5)));
    assert_eq!(lines[1]["words"].as_array().unwrap().len(), 3);
    let band = app.clip(&with(song(), &json!({"make_instrumental": true}))).await;
    let answer = app.sonic("aligned-lyrics", &json!({"clip_id": band})).await;
    answer.assert_error(404, "not_found", "This clip has no lyrics.");
}

#[tokio::test]
async fn tempo_notes_and_files() {
    let app = TestApp::new().await;
    let clip = app.clip(&song()).await;
    let body = json!({"clip_id": clip});
    let answer = app.sonic("bpm", &body).await.json();
    assert_eq!(
        answer,
        json!({"code": 200, "message": "success",
            "data": {"avg_bpm": 105.0, "max_bpm": 120.0, "min_bpm": 60.0}}),
        "1.5 s at 120, half a second at 60"
    );
    let before = app.credits().await.0;
    let midi = app.sonic("midi", &body).await.json();
    assert_eq!(
        midi.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["code", "data", "message"]
    );
    let names: Vec<&Value> = midi["data"]["instruments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|instrument| &instrument["name"])
        .collect();
    assert_eq!(names, ["Vocals", "Piano", "Drums"]);
    assert_eq!(
        midi["data"]["instruments"][1]["notes"],
        json!([{"pitch": 60, "start": 0.5, "end": 0.75, "velocity": 1.0}])
    );
    let file = TestApp::send(app.client.get(midi["data"]["midi_url"].as_str().unwrap())).await;
    assert!(file.bytes.starts_with(b"MThd"));
    let wav = app.sonic("wav", &body).await.json();
    assert_eq!(
        wav.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["data", "message"],
        "no code"
    );
    let file = TestApp::send(app.client.get(wav["data"]["wav_url"].as_str().unwrap())).await;
    assert!(file.bytes.starts_with(b"RIFF"));
    assert_eq!(before - app.credits().await.0, 2);
}

#[tokio::test]
async fn tags_get_richer_and_keep_their_words() {
    let app = TestApp::new().await;
    let answer = app.sonic("upsample-tags", &json!({"tags": "lofi, rain"})).await.json();
    assert_eq!(
        answer,
        json!({"code": 200, "message": "success", "data": {"upsampled_tags": "lofi, rain, with feeling"}})
    );
    assert_eq!(
        app.sonic("upsample-tags", &json!({"tags": "é".repeat(1000)}))
            .await
            .status,
        200
    );
    let long = json!({"tags": "é".repeat(1001)});
    app.refused(
        "upsample-tags",
        &long,
        "The tags character length should be less than 1000.",
    )
    .await;
    app.refused("upsample-tags", &json!({}), "The 'tags' field is required.")
        .await;
    assert_eq!(app.credits().await, (100, 0));
}

#[tokio::test]
async fn the_voice_of_a_stretch() {
    let app = TestApp::new().await;
    let clip = app.clip(&song()).await;
    let body = json!({"clip_id": clip});
    let answer = app.sonic("vox", &body).await.json();
    assert_eq!(
        answer.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["code", "data", "message"]
    );
    let data = &answer["data"];
    assert_eq!((&data["id"], &data["clip_id"]), (&data["vox_audio_id"], &json!(clip)));
    assert_eq!(
        (&data["vocal_start_s"], &data["vocal_end_s"]),
        (&json!(0.0), &json!(2.0))
    );
    let file = TestApp::send(app.client.get(data["vocal_audio_url"].as_str().unwrap())).await;
    assert!(file.text().contains("Vocals"), "{}", file.text());
    let answer = app
        .sonic(
            "vox",
            &with(body.clone(), &json!({"vocal_start_s": 0.25, "vocal_end_s": 1.25})),
        )
        .await
        .json();
    assert_eq!(answer["data"]["vocal_end_s"], 1.25);
    assert_ne!(answer["data"]["vocal_audio_url"], data["vocal_audio_url"]);
    assert_eq!(app.credits().await.0, 88);
    for (change, sentence) in [
        (
            json!({"vocal_start_s": 1, "vocal_end_s": 1}),
            "The 'vocal_end_s' field should be greater than 'vocal_start_s'.",
        ),
        (
            json!({"vocal_end_s": 3}),
            "The 'vocal_end_s' field should be within the clip, which is 2.00 seconds long.",
        ),
        (
            json!({"vocal_start_s": -1}),
            "The 'vocal_start_s' field should be at least 0.",
        ),
        (
            json!({"vocal_start_s": 1.75, "vocal_end_s": 2}),
            "Nobody sings between 1.75 and 2.00 seconds.",
        ),
    ] {
        app.refused("vox", &with(body.clone(), &change), sentence).await;
    }
    let band = app.clip(&with(song(), &json!({"make_instrumental": true}))).await;
    app.refused("vox", &json!({"clip_id": band}), "Nobody sings in this clip.")
        .await;
}

#[tokio::test]
async fn a_persona_is_a_singer_and_a_style() {
    let mut app = TestApp::new().await;
    let clips = app
        .clips(
            "create",
            &with(song(), &json!({"tags": "folk, warm", "vocal_gender": "m", "seed": 42})),
        )
        .await;
    let clip = clips[0]["clip_id"].as_str().unwrap();
    let answer = app
        .sonic("persona", &json!({"name": "Harbour", "clip_id": clip}))
        .await
        .json();
    let persona = answer["persona_id"].as_str().unwrap();
    assert_eq!(
        answer,
        json!({"code": 200, "persona_id": persona, "message": "success"})
    );
    assert_eq!(app.credits().await.0, 89);
    let body = with(song(), &json!({"task_type": "persona_music", "persona_id": persona}));
    let made = app.clips("create", &body).await;
    assert_eq!(made[0]["tags"], "folk, warm");
    let (brief, _) = app.engine.last_brief();
    let singer = brief.voice.singer.expect("the persona's");
    assert_eq!((singer.name.as_str(), singer.gender), ("singer 42", Gender::Male));
    let made = app
        .clips("create", &with(body.clone(), &json!({"tags": "ska, fast,"})))
        .await;
    assert_eq!(made[1]["tags"], "ska, fast, folk, warm");

    let missing = "The 'persona_id' field is required when task_type = persona_music.";
    for id in [Value::Null, json!("")] {
        let mut body = body.clone();
        body["persona_id"] = id;
        app.refused("create", &body, missing).await;
    }
    let unknown = with(body.clone(), &json!({"persona_id": clip}));
    app.refused("create", &unknown, "persona not found.").await;
    app.key = catbird_server::admin::create_key(&app.config, "other", 100)
        .await
        .unwrap();
    app.refused("create", &body, "persona not found.").await;
}

#[tokio::test]
async fn what_a_persona_needs() {
    let app = TestApp::new().await;
    let clips = app.clips("create", &song()).await;
    let (clip, other) = (&clips[0]["clip_id"], &clips[1]["clip_id"]);
    let vox = app.sonic("vox", &json!({"clip_id": clip})).await.json();
    let older = json!({"name": "é".repeat(80), "continue_clip_id": clip, "description": "é".repeat(200)});
    let newer = json!({"name": "N", "clip_id": clip, "describe": "é".repeat(200), "styles": "é".repeat(2000),
        "vox_audio_id": vox["data"]["id"], "vocal_start_s": 0, "vocal_end_s": 1});
    for body in [&older, &newer] {
        let answer = app.sonic("persona", body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let required = "name and continue_clip_id are required fields.";
    for (change, sentence) in [
        (json!({"name": null}), required),
        (json!({"name": ""}), required),
        (json!({"clip_id": null}), required),
        (json!({"name": 1}), "The 'name' field should be string."),
        (
            json!({"name": "é".repeat(81)}),
            "The name character length should be less than 80.",
        ),
        (
            json!({"describe": "é".repeat(201)}),
            "The describe character length should be less than 200.",
        ),
        (
            json!({"description": "é".repeat(201)}),
            "The description character length should be less than 200.",
        ),
        (
            json!({"styles": "é".repeat(2001)}),
            "The styles character length should be less than 2000.",
        ),
        (
            json!({"vocal_end_s": 0}),
            "The 'vocal_end_s' field should be greater than 'vocal_start_s'.",
        ),
        (
            json!({"vocal_end_s": 9}),
            "The 'vocal_end_s' field should be within the clip, which is 2.00 seconds long.",
        ),
        (
            json!({"vox_audio_id": "nonsense"}),
            "The 'vox_audio_id' field should be what vox answered for this clip.",
        ),
        (
            json!({"clip_id": other}),
            "The 'vox_audio_id' field should be what vox answered for this clip.",
        ),
    ] {
        app.refused("persona", &with(newer.clone(), &change), sentence).await;
    }
    let band = app.clip(&with(song(), &json!({"make_instrumental": true}))).await;
    app.refused(
        "persona",
        &json!({"name": "N", "clip_id": band}),
        "A persona needs a clip with a voice; nobody sings in this one.",
    )
    .await;
}

#[tokio::test]
async fn a_share_link_shows_the_song_of_this_server_only() {
    let app = TestApp::new().await;
    let body = with(song(), &json!({"title": "<b>Boats & \"Co\"</b>", "tags": "folk"}));
    let clips = app.clips("create", &body).await;
    let clip = clips[0]["clip_id"].as_str().unwrap();
    let link = app.url(&format!("/song/{clip}"));
    let page = TestApp::send(app.client.get(&link)).await;
    assert_eq!(
        (page.status.as_u16(), page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    assert!(page.header("content-security-policy").contains("default-src 'self'"));
    let text = page.text();
    assert!(
        text.contains("&lt;b&gt;Boats &amp; &quot;Co&quot;&lt;/b&gt;") && !text.contains("<b>"),
        "{text}"
    );
    assert!(text.contains("<audio") && text.contains("<img") && text.contains("Paper boats on a stream"));
    let answer = app
        .post("/api/v1/suno/get-song", &json!({"share_link": link}))
        .await
        .json();
    assert_eq!(
        answer,
        json!({"audio_url": clips[0]["audio_url"], "video_url": clips[0]["video_url"],
            "cover_image": clips[0]["image_url"], "song_title": "<b>Boats & \"Co\"</b>", "song_author": "Catbird",
            "music_styles": "folk"})
    );
    let foreign = format!(
        "The 'share_link' field should be the page of a song of this server: {}.",
        app.url("/song/<clip_id>")
    );
    for link in [
        "https://suno.com/song/abc",
        "nonsense",
        "https://127.0.0.1/song/abc",
        "file:///song/abc",
    ] {
        app.refused("get-song", &json!({"share_link": link}), &foreign).await;
    }
    let unknown = json!({"share_link": app.url("/song/abc")});
    app.refused("get-song", &unknown, "clip not found.").await;
    app.refused("get-song", &json!({}), "The 'share_link' field is required.")
        .await;
    let page = TestApp::send(app.client.get(app.url("/song/abc"))).await;
    assert_eq!(page.status, 404);
}
