//! The main road: a request, a song, its files.

use std::io::Cursor;

use catbird_client::{
    ClientError,
    nuro::{Bgm, Segment, Vocal},
};
use serde_json::Value;

use super::program::{KEY, Server, finished, folder, turn, words_of};

const LYRICS: &str = "[intro] Paper boats are sailing, down the morning street [verse] Every little window (hears) our feet \
                      [pre-chorus] Hold the line and wait for me [chorus] We are going down to the sea \
                      We are going down to the sea [outro]";

/// Samples of both channels, −1 to 1.
fn stereo(bytes: &[u8]) -> (Vec<f32>, Vec<f32>) {
    let mut wav = hound::WavReader::new(Cursor::new(bytes)).unwrap();
    let spec = wav.spec();
    assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (2, 44_100, 16));
    let samples: Vec<f32> = wav.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32_768.0).collect();
    samples.chunks_exact(2).map(|frame| (frame[0], frame[1])).unzip()
}

fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
}

async fn json(url: &str, key: &str) -> Value {
    let http = reqwest::Client::builder().build().unwrap();
    http.get(url)
        .bearer_auth(key)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

fn members(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

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

#[tokio::test]
async fn a_sung_song_from_request_to_files() {
    let _turn = turn();
    let folder = folder();
    let server = Server::start(&folder.path().join("data"), &[]);
    let client = server.client();
    let request = Vocal {
        lyrics: LYRICS.into(),
        genre: Some("Pop".into()),
        gender: Some("Male".into()),
        duration: Some(40),
        ..Vocal::default()
    };
    let id = client.create_vocal(&request).await.unwrap();
    let poll = format!("{}/api/v1/nuro/task/{id}", server.url());
    let early = json(&poll, KEY).await;
    assert_eq!(members(&early), TEN);
    assert_eq!(
        (early["genre"].as_str(), early["gender"].as_str()),
        (Some("Pop"), Some("Male"))
    );

    let song = finished(&client, &id).await;
    assert_eq!(members(&json(&poll, KEY).await), TEN);
    // Normalised as contract 4.1 shows: no words under [intro], pre-chorus → bridge, no commas or brackets.
    let expected = "[intro]\n[verse]\nPaper boats are sailing down the morning street\nEvery little window hears our feet\n\
                    [bridge]\nHold the line and wait for me\n[chorus]\nWe are going down to the sea We are going down to the sea\n[outro]";
    assert_eq!(song.lyrics, expected);
    assert_eq!((song.genre.as_str(), song.gender.as_str()), ("Pop", "Male"));
    assert!(!song.mood.is_empty() && !song.timbre.is_empty(), "predicted: {song:?}");
    assert!(
        song.audio_url.ends_with(&format!("/files/song-{id}.wav")),
        "{}",
        song.audio_url
    );

    let bytes = client.bytes(&song.audio_url).await.unwrap();
    let (left, right) = stereo(&bytes);
    let seconds = left.len() as f64 / 44_100.0;
    assert!((seconds - 40.0).abs() <= 0.05, "{seconds} s");
    assert!(
        (seconds - song.duration).abs() < 0.001,
        "{} said, {seconds} is",
        song.duration
    );
    assert!(rms(&left) > 0.03 && rms(&right) > 0.03, "silent");
    assert!(left.iter().zip(&right).any(|(l, r)| (l - r).abs() > 0.01), "mono");
    let peak = left.iter().chain(&right).fold(0.0_f32, |p, s| p.max(s.abs()));
    assert!(
        peak <= 0.9,
        "the true peak is −1 dBTP, so no sample is above −0.9 dBFS: {peak}"
    );
    for (third, part) in left.chunks(left.len() / 3 + 1).enumerate() {
        assert!(rms(part) > 0.01, "third {third} is silent");
    }

    let task = client.task(&id).await.unwrap();
    let roles: Vec<_> = task.clips[0].files.keys().map(String::as_str).collect();
    assert_eq!(roles, ["cover", "lrc", "midi", "mp3", "score", "wav"]);
    assert_eq!(
        task.clips[0].details["coverage"]["words"],
        task.clips[0].details["coverage"]["sung"]
    );
    let files = &task.clips[0].files;
    assert_eq!(client.bytes(&files["midi"]).await.unwrap()[..4], *b"MThd");
    let lrc = String::from_utf8(client.bytes(&files["lrc"]).await.unwrap().to_vec()).unwrap();
    assert!(
        words_of(&lrc).contains("wait for me We are going down to the sea We are"),
        "{lrc}"
    );
    let score: Value = serde_json::from_slice(&client.bytes(&files["score"]).await.unwrap()).unwrap();
    assert_eq!(score["seed"], task.seed);
    let mp3 = client.bytes(&files["mp3"]).await.unwrap();
    assert!(mp3.len() > 40 * 8_000, "{} bytes of MP3", mp3.len());

    let credits = client.credits().await.unwrap();
    assert_eq!((credits.credits, credits.extra_credits), (990, 0));
}

#[tokio::test]
async fn an_instrumental_of_each_version() {
    let _turn = turn();
    let folder = folder();
    let server = Server::start(&folder.path().join("data"), &[]);
    let client = server.client();
    let first = Bgm {
        description: "quiet bed for a gardening clip".into(),
        genre: vec!["acoustic".into(), "vlog".into()],
        mood: vec!["calm".into()],
        instrument: vec!["ukulele".into(), "glockenspiel".into()],
        theme: vec!["every day".into()],
        duration: Some(12),
        ..Bgm::default()
    };
    let segment = |name: &str, duration| Segment {
        name: name.into(),
        duration,
    };
    let second = Bgm {
        description: "hopeful strings over a walking beat".into(),
        version: Some("v2.0".into()),
        segments: vec![segment("intro", 6), segment("chorus", 18), segment("outro", 8)],
        ..Bgm::default()
    };
    for (request, length) in [
        (first, 12.0),
        (second, 32.0),
        (
            Bgm {
                description: "a chime".into(),
                duration: Some(1),
                ..Bgm::default()
            },
            1.0,
        ),
    ] {
        let id = client.create_bgm(&request).await.unwrap();
        let song = finished(&client, &id).await;
        let poll = json(&format!("{}/api/v1/nuro/task/{id}", server.url()), KEY).await;
        assert_eq!(members(&poll).len(), 13, "ten and prompt, theme, instrument: {poll}");
        assert_eq!(
            (song.lyrics.as_str(), song.gender.as_str(), song.timbre.as_str()),
            ("", "", "")
        );
        let (left, right) = stereo(&client.bytes(&song.audio_url).await.unwrap());
        let seconds = left.len() as f64 / 44_100.0;
        assert!(
            (seconds - length).abs() <= 0.05 && (seconds - song.duration).abs() < 0.001,
            "{seconds} s of {length}"
        );
        assert!(rms(&left) > 0.01 && rms(&right) > 0.01, "silent: {request:?}");
    }
}

#[tokio::test]
async fn words_no_voice_can_sing_are_refused_and_refunded() {
    let folder = folder();
    let server = Server::start(&folder.path().join("data"), &[]);
    let client = server.client();
    let request = Vocal {
        lyrics: "[verse]\nУтренний ветер стучит в окно\nптицы поют\nмы идём вдаль".into(),
        ..Vocal::default()
    };
    // Either answer is the contract's: at once, or at the poll with the refund told.
    let refused = match client.create_vocal(&request).await {
        Err(error) => error,
        Ok(id) => loop {
            match client.nuro_task(&id).await {
                Ok(song) => assert!(!song.is_finished(), "{song:?}"),
                Err(error) => {
                    assert_eq!(error.problem().unwrap().refund_processed, Some(true), "{error}");
                    break error;
                }
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        },
    };
    assert!(matches!(refused, ClientError::Rejected(_)), "{refused:?}");
    assert!(
        refused.to_string().starts_with("Input language not supported: "),
        "{refused}"
    );
    assert_eq!(client.credits().await.unwrap().credits, 1000);
}
