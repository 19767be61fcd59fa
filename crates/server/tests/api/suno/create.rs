//! `create` and the poll: two takes, states, failures.

use std::time::Duration;

use catbird_score::{Gender, Work};
use catbird_server::config::Partial;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{song, sung, with};
use crate::app::TestApp;

const MEMBERS: [&str; 15] = [
    "audio_url",
    "clip_id",
    "created_at",
    "duration",
    "gpt_description_prompt",
    "image_url",
    "lyrics",
    "mv",
    "negative_tags",
    "state",
    "style_weight",
    "tags",
    "title",
    "video_url",
    "weirdness_constraint",
];

fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn both_prefixes_take_both_spellings_and_give_back_what_was_sent() {
    let app = TestApp::with(|config| config.prices.suno = 1).await;
    let mut versions = ["v3-5", "v4", "v4-5", "v4-5-plus", "v5", "v5-5"].into_iter().cycle();
    for path in ["suno", "sonic"] {
        for model in ["chirp", "sonic"] {
            for verb in ["task", "clip", "get_music"] {
                let mv = format!("{model}-{}", versions.next().unwrap());
                let answer = app
                    .post(&format!("/api/v1/{path}/create"), &with(song(), &json!({"mv": mv})))
                    .await;
                let body = answer.json();
                assert_eq!(names(&body), ["message", "task_id"], "{body}");
                assert_eq!(body["message"], "success");
                let id = body["task_id"].as_str().unwrap();
                id.parse::<Uuid>().unwrap();
                app.over(id).await;
                let poll = app.get(&format!("/api/v1/{path}/{verb}/{id}")).await;
                assert_eq!(poll.status, 200);
                assert_eq!(poll.json()["data"][1]["mv"], mv.as_str());
            }
        }
    }
}

#[tokio::test]
async fn a_finished_task_shows_two_clips_with_every_member() {
    let app = TestApp::new().await;
    let body = with(
        song(),
        &json!({"title": "Kettle on Low", "tags": "folk, warm", "negative_tags": "distortion",
            "style_weight": 0.25, "weirdness_constraint": 1, "vocal_gender": "m", "seed": 7, "duration": 10}),
    );
    let id = app.ordered("create", &body).await;
    let over = app.over(&id).await;
    assert_eq!(names(&over), ["code", "data", "message"]);
    let clips = over["data"].as_array().unwrap();
    assert_eq!(clips.len(), 2);
    for (position, clip) in clips.iter().enumerate() {
        assert_eq!(names(clip), MEMBERS);
        clip["clip_id"].as_str().unwrap().parse::<Uuid>().unwrap();
        assert_eq!(clip["state"], "succeeded");
        assert_eq!(clip["title"], "Kettle on Low");
        assert_eq!(clip["tags"], "folk, warm");
        assert_eq!(clip["lyrics"], "[Verse]\nPaper boats on a stream");
        assert_eq!(clip["negative_tags"], "distortion");
        assert_eq!(clip["style_weight"], 0.25);
        assert_eq!(clip["weirdness_constraint"], 1.0);
        assert_eq!(clip["duration"], 2.0);
        assert_eq!(clip["gpt_description_prompt"], Value::Null);
        let made = clip["created_at"].as_str().unwrap();
        assert!(
            made.len() == 24 && made.ends_with('Z') && &made[19..20] == ".",
            "{made}"
        );
        for (member, extension) in [("image_url", "jpg"), ("audio_url", "mp3")] {
            let url = clip[member].as_str().unwrap();
            assert!(url.ends_with(&format!(".{extension}")), "{url}");
            let file = TestApp::send(app.client.get(url)).await;
            assert_eq!(file.status, 200);
            assert!(!file.bytes.is_empty());
        }
        let number = if position == 0 { "" } else { "-2" };
        let video = app.url(&format!("/files/song-{id}{number}.mp4"));
        assert_eq!(clip["video_url"], video);
    }
    assert_ne!(clips[0]["audio_url"], clips[1]["audio_url"]);
    let (brief, seed) = app.engine.last_brief();
    assert_eq!((brief.seed, seed), (7, 7));
    assert_eq!((brief.style_weight, brief.weirdness), (Some(0.25), Some(1.0)));
    assert_eq!((brief.voice.gender, brief.seconds), (Some(Gender::Male), Some(10.0)));
    assert_eq!(
        (brief.tags.as_str(), brief.negative_tags.as_str()),
        ("folk, warm", "distortion")
    );
    assert_eq!(app.credits().await, (90, 0), "ten a call, not a clip");
}

#[tokio::test]
async fn a_poll_waits_for_all_clips_and_shows_those_that_can_be_heard() {
    let app = TestApp::new().await;
    let id = app.ordered("create", &sung("please play slowly")).await;
    let path = format!("/api/v1/suno/task/{id}");
    let mut seen = Vec::new();
    loop {
        let answer = app.get(&path).await;
        let body = answer.json();
        if answer.status == 200 {
            break;
        }
        assert_eq!((answer.status.as_u16(), &body["type"]), (202, &json!("not_ready")));
        assert_eq!((&body["error"], &body["code"]), (&body["message"], &json!(202)));
        if let Some(clips) = body["data"].as_array() {
            let states: Vec<&str> = clips.iter().map(|clip| clip["state"].as_str().unwrap()).collect();
            let state = states.join(" ");
            if seen.last() != Some(&state) {
                if state == "running pending" {
                    assert_eq!(clips[0]["audio_url"], app.url(&format!("/files/song-{id}.mp3")));
                    assert_eq!(clips[0]["duration"], 0.0);
                    assert_eq!(clips[1]["audio_url"], "");
                    assert_eq!(clips[1]["image_url"], "");
                    assert_eq!(clips[1]["video_url"], Value::Null);
                    assert_eq!(names(&clips[1]), MEMBERS);
                }
                seen.push(state);
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(seen.iter().any(|s| s == "running pending"), "{seen:?}");
    assert!(seen.iter().any(|s| s.starts_with("succeeded ")), "{seen:?}");
}

#[tokio::test]
async fn a_setting_answers_200_from_the_first_sound_on() {
    let app = TestApp::with(|config| config.suno.partial = Partial::Success).await;
    let id = app.ordered("create", &sung("please play slowly")).await;
    let first = app.over(&id).await;
    assert_eq!((&first["code"], &first["message"]), (&json!(200), &json!("success")));
    assert_eq!(first["data"][0]["state"], "running");
    assert_eq!(first["data"][1]["state"], "pending");
    app.until(&id, |task| task["state"] == "succeeded").await;
}

#[tokio::test]
async fn a_failed_task_is_http_200_with_a_type_of_failure_and_refunded() {
    for (words, kind, code, sentence) in [
        ("please reject", "failed", 400, "Input language not supported"),
        ("please break", "api_error", 500, "Internal Server Error."),
        (
            "please hang",
            "timeout",
            504,
            "Task failed due to timeout. Credits were previously refunded.",
        ),
    ] {
        let app = TestApp::with(|config| {
            config.max_attempts = 1;
            config.task_timeout_seconds = 1;
        })
        .await;
        let id = app.ordered("create", &sung(words)).await;
        assert_eq!(app.credits().await.0, 90);
        let body = app.over(&id).await;
        let expected =
            json!({"code": code, "type": kind, "error": sentence, "message": sentence, "refund_processed": true});
        assert_eq!(body, expected, "{words}");
        assert_eq!(app.credits().await, (100, 0));
    }
}

#[tokio::test]
async fn of_a_half_failed_task_the_finished_clip_stays_and_is_paid() {
    let app = TestApp::new().await;
    let clips = app.clips("create", &sung("please fail the second")).await;
    assert_eq!(clips[0]["state"], "succeeded");
    assert_eq!(
        (&clips[1]["state"], &clips[1]["audio_url"]),
        (&json!("failed"), &json!(""))
    );
    assert_eq!(app.credits().await, (90, 0));
}

#[tokio::test]
async fn polls_that_name_nothing() {
    let mut app = TestApp::new().await;
    let id = app.ordered("create", &song()).await;
    let nuro = app.task(&crate::app::song()).await;
    for prefix in ["suno", "sonic"] {
        for verb in ["task", "clip", "get_music"] {
            for end in ["", "/"] {
                let answer = app.get(&format!("/api/v1/{prefix}/{verb}{end}")).await;
                answer.assert_error(400, "bad_request", "missing task id.");
            }
            for unknown in ["nonsense", "6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20", nuro.as_str()] {
                let answer = app.get(&format!("/api/v1/{prefix}/{verb}/{unknown}")).await;
                answer.assert_error(400, "bad_request", "task not found.");
            }
        }
    }
    app.over(&id).await;
    app.key = catbird_server::admin::create_key(&app.config, "other", 100)
        .await
        .unwrap();
    let answer = app.get(&format!("/api/v1/sonic/task/{id}")).await;
    answer.assert_error(400, "bad_request", "task not found.");
}

#[tokio::test]
async fn description_mode_writes_everything_from_the_description() {
    let app = TestApp::new().await;
    let body = json!({"custom_mode": false, "gpt_description_prompt": "missing the last bus", "mv": "chirp-v4"});
    let clips = app.clips("create", &body).await;
    assert_eq!(clips[0]["title"], "About missing the last bus");
    assert_eq!(clips[0]["tags"], "folk, warm");
    assert!(
        clips[0]["lyrics"]
            .as_str()
            .unwrap()
            .contains("missing the last bus number")
    );
    assert_eq!(clips[0]["lyrics"], clips[1]["lyrics"], "both takes sing the same words");
    assert_eq!(clips[0]["gpt_description_prompt"], "missing the last bus");
    let (brief, _) = app.engine.last_brief();
    assert_eq!(brief.description, "missing the last bus");
    let clips = app
        .clips("create", &with(body, &json!({"make_instrumental": true})))
        .await;
    assert_eq!(clips[1]["lyrics"], "[Instrumental]");
    assert_eq!(clips[1]["title"], "About missing the last bus");
}

#[tokio::test]
async fn what_was_written_is_seen_while_the_song_is_made() {
    let app = TestApp::new().await;
    let body = json!({"custom_mode": false, "mv": "chirp-v5",
        "gpt_description_prompt": "please play slowly"});
    let id = app.ordered("create", &body).await;
    let clips = loop {
        let answer = app.get(&format!("/api/v1/sonic/task/{id}")).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        if let Some(clips) = answer.json()["data"].as_array() {
            break clips.clone();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    for clip in clips {
        assert_eq!(
            (&clip["title"], &clip["tags"]),
            (&json!("About please play slowly"), &json!("folk, warm"))
        );
        assert!(clip["lyrics"].as_str().unwrap().starts_with("[Verse]"));
    }
}

#[tokio::test]
async fn auto_lyrics_writes_what_is_missing_and_keeps_what_was_sent() {
    let app = TestApp::new().await;
    let body = json!({"custom_mode": true, "auto_lyrics": true, "prompt": "a lost glove", "mv": "sonic-v5",
        "title": "Left Hand", "tags": "ska"});
    let clips = app.clips("create", &body).await;
    assert_eq!(
        (&clips[0]["title"], &clips[0]["tags"]),
        (&json!("Left Hand"), &json!("ska"))
    );
    assert!(clips[0]["lyrics"].as_str().unwrap().contains("a lost glove number"));
    for mode in [json!(false), Value::Null] {
        let body = with(
            body.clone(),
            &json!({"custom_mode": mode, "gpt_description_prompt": "x"}),
        );
        let answer = app.sonic("create", &body).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
    }
    app.refused(
        "create",
        &with(
            body.clone(),
            &json!({"custom_mode": false, "gpt_description_prompt": "x"}),
        ),
        "The 'auto_lyrics' field needs 'custom_mode' to be true.",
    )
    .await;
    app.refused(
        "create",
        &with(body, &json!({"prompt": null})),
        "The 'prompt' field is required.",
    )
    .await;
}

#[tokio::test]
async fn instrumentals_need_no_words_and_prompt_wins_over_lyrics() {
    let app = TestApp::new().await;
    for body in [
        json!({"custom_mode": true, "make_instrumental": true, "mv": "chirp-v4-5"}),
        json!({"custom_mode": true, "make_instrumental": true, "prompt": "", "mv": "chirp-v4-5"}),
        json!({"custom_mode": true, "prompt": "[Instrumental]", "mv": "chirp-v4-5"}),
        json!({"custom_mode": true, "prompt": "[Intro]\n[Verse]\n[Outro]", "mv": "chirp-v4-5"}),
    ] {
        let clips = app.clips("create", &body).await;
        assert_eq!(clips[0]["lyrics"], "[Instrumental]");
        let (brief, _) = app.engine.last_brief();
        assert!(brief.instrumental && brief.lyrics.is_none());
    }
    let body = with(song(), &json!({"lyrics": "[Verse]\nother words"}));
    assert_eq!(app.clips("create", &body).await[0]["lyrics"], song()["prompt"]);
    let body = with(song(), &json!({"prompt": null, "lyrics": "[Verse]\nother words"}));
    assert_eq!(app.clips("create", &body).await[0]["lyrics"], "[Verse]\nother words");
    assert!(matches!(app.engine.last_work(), Work::Compose { .. }));
}

#[tokio::test]
async fn every_path_of_the_family_wants_a_key() {
    let app = TestApp::new().await;
    let api: Value = serde_json::from_str(&catbird_server::admin::openapi()).unwrap();
    let mut seen = 0;
    for (path, item) in api["paths"].as_object().unwrap() {
        if !path.starts_with("/api/v1/sonic/") && !path.starts_with("/api/v1/suno/") {
            continue;
        }
        let url = app.url(&path.replace("{task_id}", "6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20"));
        let request = if item["post"].is_object() {
            app.client.post(url).json(&json!({}))
        } else {
            app.client.get(url)
        };
        let answer = TestApp::send(request).await;
        answer.assert_error(401, "unauthorized", "Authorization header is missing.");
        seen += 1;
    }
    assert_eq!(seen, 48);
}
