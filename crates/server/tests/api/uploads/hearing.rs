//! Listening on demand, and what of a recording needs it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use catbird_score::Work;
use serde_json::{Value, json};

use super::{place, place_with};
use crate::suno::with;

#[tokio::test]
async fn a_recording_is_heard_once_however_many_ask() {
    let (app, outside) = place().await;
    let clip = app.upload(&outside.url("song.wav")).await;
    let body = json!({"clip_id": clip});
    assert_eq!(
        app.engine.heard.load(Ordering::SeqCst),
        0,
        "not before somebody needs it"
    );
    let cover = json!({"task_type": "cover_upload_music", "continue_clip_id": clip, "mv": "sonic-v5"});
    let (bpm, midi, vox, cover) = tokio::join!(
        app.sonic("bpm", &body),
        app.sonic("midi", &body),
        app.sonic("vox", &body),
        app.sonic("create", &cover),
    );
    assert_eq!(bpm.json()["data"]["max_bpm"], 120.0);
    let midi = midi.json();
    assert_eq!(midi["data"]["instruments"][0]["notes"][0]["pitch"], 64, "{midi}");
    let file = app
        .client
        .get(midi["data"]["midi_url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert!(file.bytes().await.unwrap().starts_with(b"MThd"));
    // Its words are not known: it begins where its melody does.
    assert_eq!(vox.json()["data"]["vocal_start_s"], 0.5, "{}", vox.text());
    let task = cover.json()["task_id"].as_str().unwrap().to_owned();
    assert_eq!(app.over(&task).await["data"].as_array().unwrap().len(), 2);
    assert_eq!(app.engine.heard.load(Ordering::SeqCst), 1);
    let shown = app.view(&app.task_of(&clip).await).await["clips"][0].clone();
    assert_eq!(
        (
            &shown["labels"]["gender"],
            &shown["details"]["bpm"],
            &shown["details"]["codec"]
        ),
        (&json!("Female"), &json!(120.0), &json!("wav"))
    );
    let video = app
        .client
        .get(app.url(&format!("/files/song-{}.mp4", app.task_of(&clip).await)));
    assert_eq!(video.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn what_was_brought_in_is_listened_to_in_the_background() {
    let (app, outside) = place_with(|config| config.uploads.listen = true).await;
    let clip = app.upload(&outside.url("band.wav")).await;
    let task = app.task_of(&clip).await;
    app.until(&task, |view| view["clips"][0]["files"]["score"].is_string())
        .await;
    app.sonic("bpm", &json!({"clip_id": clip})).await;
    assert_eq!(app.engine.heard.load(Ordering::SeqCst), 1);
    // Nothing waits for it when the server ends.
    app.upload(&outside.url("song.wav")).await;
}

#[tokio::test]
async fn words_of_a_recording_are_known_or_told() {
    let (app, outside) = place().await;
    let clip = app.upload(&outside.url("song.wav")).await;
    let body = json!({"clip_id": clip});
    app.refused(
        "aligned-lyrics",
        &body,
        "The words of this recording are not known: send them in the 'lyrics' field.",
    )
    .await;
    let told = with(body.clone(), &json!({"lyrics": "[Verse]\nsalt on the railings"}));
    for _ in 0..2 {
        let aligned = app.sonic("aligned-lyrics", &told).await.json();
        let words = aligned["data"]["alignment"].as_array().unwrap();
        let read: Vec<&str> = words.iter().map(|word| word["word"].as_str().unwrap()).collect();
        assert_eq!(read, ["salt", "on", "the", "railings"]);
        assert_eq!(words[0]["p_align"], 0.875);
    }
    assert_eq!(
        app.engine.heard.load(Ordering::SeqCst),
        1,
        "the same words are found once"
    );
    let known = app
        .upload_as(json!({"url": outside.url("song.wav"), "lyrics": "gulls in the gate"}))
        .await;
    let aligned = app.sonic("aligned-lyrics", &json!({"clip_id": known})).await.json();
    assert_eq!(aligned["data"]["lines"][0]["text"], "gulls in the gate");
    // Where nobody sings there is nothing to find.
    let band = app.upload(&outside.url("band.wav")).await;
    let answer = app
        .sonic(
            "aligned-lyrics",
            &json!({"clip_id": band, "lyrics": "gulls in the gate"}),
        )
        .await;
    answer.assert_error(404, "not_found", "This clip has no lyrics.");
    app.refused("vox", &json!({"clip_id": band}), "Nobody sings in this clip.")
        .await;
}

#[tokio::test]
async fn every_operation_takes_a_recording() {
    let (app, outside) = place_with(|config| config.prices.suno = 1).await;
    let song = app.upload(&outside.url("song.wav")).await;
    let band = app.upload(&outside.url("band.wav")).await;
    let edit = |task_type: &str, more: Value| {
        let body = json!({"task_type": task_type, "continue_clip_id": song, "mv": "sonic-v4-5"});
        ("create", with(body, &more))
    };
    for (verb, body) in [
        edit("extend_upload_music", json!({"continue_at": 0.1})),
        edit("extend_music", json!({})),
        edit("cover_music", json!({"tags": "ska"})),
        edit("cover_upload_music", json!({"tags": "ska"})),
        edit("remaster", json!({})),
        edit(
            "add_vocals",
            json!({"custom_mode": true, "prompt": "[Verse]\nother words"}),
        ),
        edit(
            "add_instrumental",
            json!({"overpainting_start_s": 0, "overpainting_end_s": 2}),
        ),
        (
            "mashup",
            json!({"mashup_clip_ids": [song, band], "custom_mode": true, "mv": "sonic-v5"}),
        ),
        (
            "replace-section",
            json!({"clip_id": song, "mv": "sonic-v5", "infill_start_s": 1, "infill_end_s": 2, "infill_lyrics": "a new line"}),
        ),
        ("stems/basic", json!({"clip_id": song})),
    ] {
        let clips = app.clips(verb, &body).await;
        assert!(
            clips.iter().all(|clip| clip["state"] == "succeeded"),
            "{verb} {body}: {clips:?}"
        );
    }
    let sample = json!({"sample_clip_id": song, "chop_sample_start_s": 0, "chop_sample_end_s": 1.5, "custom_mode": true,
        "make_instrumental": true, "mv": "sonic-v5"});
    let task = app.sonic("sample", &sample).await.json()["task_id"]
        .as_str()
        .unwrap()
        .to_owned();
    app.over(&task).await;
    assert!(matches!(app.engine.last_work(), Work::Sample { source, .. } if source == song));
    assert_eq!(app.engine.heard.load(Ordering::SeqCst), 2);
    // An extension of a recording joins it.
    let (_, body) = edit("extend_upload_music", json!({"continue_at": 1.0}));
    let part = app.clips("create", &body).await[0]["clip_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let whole = app
        .clips(
            "create",
            &json!({"task_type": "concat_music", "continue_clip_id": part}),
        )
        .await;
    assert_eq!(whole.len(), 1);
    assert!(matches!(app.engine.last_work(), Work::Join { chain, .. } if chain == [song.clone(), part.clone()]));
    for verb in ["wav", "midi", "bpm"] {
        assert_eq!(app.sonic(verb, &json!({"clip_id": song})).await.status, 200, "{verb}");
    }
    // Nobody sings in the other one.
    let body = json!({"task_type": "add_instrumental", "continue_clip_id": band, "mv": "sonic-v4-5"});
    app.refused(
        "create",
        &body,
        "add_instrumental needs a clip with a voice; nobody sings in this one.",
    )
    .await;
    let persona = json!({"name": "Nobody", "clip_id": band});
    app.refused(
        "persona",
        &persona,
        "A persona needs a clip with a voice; nobody sings in this one.",
    )
    .await;
    let persona = app
        .sonic("persona", &json!({"name": "Somebody", "clip_id": song}))
        .await
        .json();
    let id = persona["persona_id"].as_str().unwrap();
    let sung = with(
        crate::suno::song(),
        &json!({"task_type": "persona_music", "persona_id": id}),
    );
    app.clips("create", &sung).await;
    let (brief, _) = app.engine.last_brief();
    assert_eq!(brief.voice.singer.unwrap().name, "singer 7");
}

#[tokio::test]
async fn hearing_does_not_outlive_the_server() {
    let (mut app, outside) = place().await;
    let clip = app.upload(&outside.url("song.wav")).await;
    let request = app
        .request(reqwest::Method::POST, "/api/v1/sonic/bpm")
        .json(&json!({"clip_id": clip}));
    let waiting = tokio::spawn(request.send());
    tokio::time::sleep(Duration::from_millis(80)).await;
    app.restart().await;
    drop(waiting.await);
    assert_eq!(
        app.sonic("bpm", &json!({"clip_id": clip})).await.status,
        200,
        "heard again"
    );
}

#[tokio::test]
async fn a_voice_that_nobody_has_heard_yet_can_be_kept() {
    let (app, outside) = place().await;
    let swap = |clip: &str| {
        json!({"task_type": "swap_upload_music_sound", "mv": "FUZZ-1.1", "custom_mode": true,
            "continue_clip_id": clip, "sound": "dub reggae"})
    };
    // At once after the upload: who sings in it is not known before somebody listens.
    let clip = app.upload(&outside.url("song.wav")).await;
    assert_eq!(app.engine.heard.load(Ordering::SeqCst), 0);
    app.made("riffusion", &swap(&clip)).await;
    assert!(matches!(app.engine.last_work(), Work::SwapSound { source, .. } if source == clip));
    let other = app.upload(&outside.url("song.wav")).await;
    let swapped = json!({"task_type": "swap_music_sound", "clip_id": other, "sound": "dub reggae"});
    app.made("producer", &swapped).await;
    assert_eq!(app.engine.heard.load(Ordering::SeqCst), 2);

    let band = app.upload(&outside.url("band.wav")).await;
    let sentence = "swap_music_sound keeps the voice of a clip; nobody sings in this one.";
    app.turned_down("riffusion/create", &swap(&band), sentence).await;
}
