//! Uploads as tasks, and voices.

use std::sync::atomic::Ordering;

use catbird_score::Work;
use catbird_server::config::VoiceConsent;
use serde_json::json;

use super::{place, place_with};
use crate::audit::count;
use crate::suno::{song, with};
use crate::webhooks::Receiver;

#[tokio::test]
async fn with_somebody_to_tell_it_is_a_task() {
    let (app, outside) = place().await;
    let receiver = Receiver::new().await;
    for name in ["callback_url", "webhook_url"] {
        let body = json!({"url": outside.url("to/song.wav"), name: receiver.url, "lyrics": "la la la"});
        let task = app.ordered("upload", &body).await;
        let over = app.over(&task).await;
        let clip = &over["data"][0];
        assert_eq!(
            (&clip["state"], &clip["title"], &clip["lyrics"], &clip["duration"]),
            (&json!("succeeded"), &json!("song"), &json!("la la la"), &json!(3.0))
        );
    }
    let posts = receiver.until(2).await;
    assert!(posts.iter().all(|post| post.event() == "song.completed"));
    assert_eq!(posts[0].json()["data"][0]["title"], "song");
    assert_eq!(app.credits().await, (96, 0));

    // The same address, the same bytes: the same assets.
    assert_eq!(count(&app.config, "SELECT COUNT(*) FROM assets").await, 3);

    let body = json!({"url": outside.url("page.html"), "callback_url": receiver.url});
    let task = app.ordered("upload", &body).await;
    let over = app.over(&task).await;
    assert_eq!(
        (&over["type"], &over["error"], &over["refund_processed"]),
        (
            &json!("failed"),
            &json!("This is no audio file that we can read."),
            &json!(true)
        )
    );
    assert_eq!(receiver.until(3).await[2].event(), "song.failed");
    assert_eq!(app.credits().await, (96, 0));
    assert_eq!(app.engine.runs(), 0, "the engine is asked to admit, not to run");
}

#[tokio::test]
async fn a_dead_worker_s_upload_is_done_by_the_next() {
    let (mut app, outside) = place_with(|config| config.workers = 0).await;
    let task = app
        .ordered(
            "upload",
            &json!({"url": outside.url("song.wav"), "callback_url": outside.url("told")}),
        )
        .await;
    assert_eq!((app.credits().await, outside.asked()), ((98, 0), 0));
    app.config.workers = 1;
    app.restart().await;
    assert_eq!(app.over(&task).await["data"][0]["state"], "succeeded");
    assert_eq!(app.credits().await, (98, 0));
}

#[tokio::test]
async fn a_voice_needs_the_singer_s_consent_and_keeps_whose_word_it_is() {
    let (mut app, outside) = place().await;
    let sentence = "consent must be true: say so only if the singer agrees that songs are sung with this voice";
    let url = outside.url("song.wav");
    for body in [json!({"audio_url": url}), json!({"audio_url": url, "consent": false})] {
        app.refused("create-voice", &body, sentence).await;
    }
    let body = json!({"audio_url": url, "consent": true, "consent_by": "Ada <ada@example.org>"});
    let task = app.ordered("create-voice", &body).await;
    assert_eq!(app.over(&task).await["data"][0]["state"], "succeeded");
    let kept = "SELECT COUNT(*) FROM personas WHERE traits LIKE '%\"by\":\"Ada <ada@example.org>\"%'";
    assert_eq!(count(&app.config, kept).await, 1);

    app.config.suno.voice_consent = VoiceConsent::Agreed;
    app.restart().await;
    let task = app.ordered("create-voice", &json!({"audio_url": url})).await;
    assert_eq!(app.over(&task).await["data"][0]["state"], "succeeded");
    app.refused("create-voice", &json!({"audio_url": url, "consent": false}), sentence)
        .await;
}

#[tokio::test]
async fn a_voice_is_a_clip_that_is_a_persona() {
    let (app, outside) = place().await;
    let body = json!({"audio_url": outside.url("song.wav"), "title": "Harbour Voice", "consent": true});
    let task = app.ordered("create-voice", &body).await;
    let over = app.over(&task).await;
    let clip = over["data"][0]["clip_id"].as_str().unwrap().to_owned();
    assert_eq!(app.credits().await, (97, 0));
    assert_eq!(app.view(&task).await["clips"][0]["labels"]["gender"], "Female");
    let sung = with(song(), &json!({"task_type": "persona_music", "persona_id": clip}));
    app.clips("create", &sung).await;
    assert_eq!(app.engine.last_brief().0.voice.singer.unwrap().name, "singer 7");
    // It was heard to find the voice, and that is kept.
    let cover = json!({"task_type": "cover_upload_music", "continue_clip_id": clip, "mv": "sonic-v5"});
    app.clips("create", &cover).await;
    assert!(matches!(app.engine.last_work(), Work::Cover { .. }));
    assert_eq!(app.engine.heard.load(Ordering::SeqCst), 1);

    let before = app.credits().await;
    let task = app
        .ordered(
            "create-voice",
            &json!({"audio_url": outside.url("band.wav"), "consent": true}),
        )
        .await;
    let over = app.over(&task).await;
    assert_eq!(
        (&over["type"], &over["error"]),
        (&json!("failed"), &json!("Nobody sings in this recording."))
    );
    assert_eq!(app.credits().await, before);
    assert_eq!(count(&app.config, "SELECT COUNT(*) FROM personas").await, 1);
}
