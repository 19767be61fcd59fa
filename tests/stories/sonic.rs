//! The sonic family with the real engine: heard while it is made, two different takes, killed between
//! them, and a replaced section that leaves the rest alone.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use reqwest::Client;
use serde_json::{Value, json};

use crate::program::{KEY, Server, catbird, folder, output, path, turn};

const LYRICS: &str = "[Verse]\nThe kettle hums at half past five\nThe window keeps a coin of light\n\
    [Chorus]\nCarry the morning over the hill\nCarry the morning, carry it still\n\
    [Verse]\nThe baker sweeps the broken frost\nThe station clock is never lost\n\
    [Chorus]\nCarry the morning over the hill\nCarry the morning, carry it still";

fn http() -> Client {
    Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_mins(2))
        .build()
        .expect("a client without settings")
}

async fn create(server: &Server, body: &Value) -> String {
    let answer = http()
        .post(format!("{}/api/v1/sonic/create", server.url()))
        .bearer_auth(KEY)
        .json(body)
        .send()
        .await
        .unwrap();
    let answer: Value = answer.json().await.unwrap();
    answer["task_id"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}

async fn poll(server: &Server, id: &str) -> (u16, Value) {
    let answer = http()
        .get(format!("{}/api/v1/sonic/task/{id}", server.url()))
        .bearer_auth(KEY)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn until(server: &Server, id: &str, fits: impl Fn(u16, &Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_mins(5);
    loop {
        let (status, body) = poll(server, id).await;
        if fits(status, &body) {
            return body;
        }
        assert!(Instant::now() < deadline, "never so: {status} {body}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn song() -> Value {
    json!({"mv": "sonic-v5", "custom_mode": true, "prompt": LYRICS, "tags": "folk pop, warm", "title": "Carry the Morning"})
}

/// Whether MP3 frames (MPEG-1 layer III) follow each other from the beginning, and how many.
fn frames(mp3: &[u8]) -> usize {
    const KBPS: [usize; 16] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
    let (mut at, mut count) = (0, 0);
    while at + 4 <= mp3.len() {
        assert!(mp3[at] == 0xff && mp3[at + 1] & 0xe0 == 0xe0, "no frame at byte {at}");
        let padding = usize::from(mp3[at + 2] >> 1 & 1);
        at += 144_000 * KBPS[usize::from(mp3[at + 2] >> 4)] / 44_100 + padding;
        count += 1;
    }
    count
}

#[tokio::test]
async fn a_song_is_heard_while_it_is_made_and_its_address_stays() {
    let _turn = turn();
    let folder = folder();
    let server = Server::start(&folder.path().join("data"), &[]);
    // The first song of a process loads the sounds; the figure is about the others.
    until(&server, &create(&server, &song()).await, |status, _| status == 200).await;

    let begun = Instant::now();
    let id = create(&server, &song()).await;
    let early = until(&server, &id, |_, body| {
        body["data"][0]["audio_url"].as_str().is_some_and(|url| !url.is_empty())
    })
    .await;
    assert_eq!(early["data"][0]["state"], "running", "{early}");
    assert_eq!(early["data"][1]["state"], "pending", "{early}");
    let url = early["data"][0]["audio_url"].as_str().unwrap().to_owned();
    let mut answer = http().get(&url).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "audio/mpeg");
    assert!(
        answer.headers().get("content-length").is_none(),
        "nobody knows how long it will be"
    );
    let mut heard = answer.chunk().await.unwrap().expect("sound").to_vec();
    println!("first sound {:.2} s after the POST", begun.elapsed().as_secs_f64());
    while let Some(chunk) = answer.chunk().await.unwrap() {
        heard.extend_from_slice(&chunk);
    }
    let (_, then) = poll(&server, &id).await;
    assert_ne!(then["data"][0]["state"], "pending");
    // 1152 samples a frame.
    let seconds = frames(&heard) as f64 * 1152.0 / 44_100.0;

    let done = until(&server, &id, |status, _| status == 200).await;
    let clip = &done["data"][0];
    assert_eq!(clip["audio_url"], json!(url));
    let whole = clip["duration"].as_f64().unwrap();
    assert!((seconds - whole).abs() < 0.3, "{seconds} s were heard of {whole}");
    let file = http().get(&url).send().await.unwrap();
    assert!(file.headers().contains_key("content-length") && file.headers().contains_key("etag"));
    assert!(file.bytes().await.unwrap().starts_with(b"ID3"));
}

#[tokio::test]
async fn killed_between_two_takes_the_first_one_stays_and_the_second_is_made() {
    let _turn = turn();
    let folder = folder();
    let data = folder.path().join("data");
    let server = Server::start(&data, &[]);
    let id = create(&server, &song()).await;
    let half = until(&server, &id, |_, body| {
        body["data"][0]["state"] == "succeeded" && body["data"][1]["state"] == "running"
    })
    .await;
    server.kill();

    let server = Server::start(&data, &[]);
    let done = until(&server, &id, |status, _| status == 200).await;
    let clips = done["data"].as_array().unwrap();
    assert_eq!(clips.len(), 2);
    for (before, after) in half["data"].as_array().unwrap().iter().zip(clips) {
        assert_eq!(before["clip_id"], after["clip_id"]);
        assert_eq!(after["state"], "succeeded");
    }
    assert_eq!(
        half["data"][0]["duration"], clips[0]["duration"],
        "the first take was not made again"
    );
    assert_eq!(server.client().credits().await.unwrap().credits, 990);
}

#[test]
fn a_replaced_section_leaves_every_sample_outside_it_alone() {
    let _turn = turn();
    let folder = folder();
    let words = folder.path().join("words.txt");
    fs::write(&words, LYRICS).unwrap();
    let out = |name: &str| folder.path().join(name);
    let run = |arguments: &[&str]| {
        let done = output(&mut catbird(arguments));
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let (song, edited) = (out("song"), out("edited"));
    run(&[
        "compose",
        "--lyrics",
        path(&words),
        "--tags",
        "pop rock",
        "--seed",
        "5",
        "--out",
        path(&song),
    ]);
    let seconds = premaster(&song).len() as f64 / 2.0 / 44_100.0;
    let (from, to) = ((seconds * 0.3).to_string(), (seconds * 0.6).to_string());
    run(&[
        "edit",
        "replace",
        path(&song),
        "--from",
        &from,
        "--to",
        &to,
        "--seed",
        "6",
        "--out",
        path(&edited),
    ]);

    let (before, after) = (premaster(&song), premaster(&edited));
    assert_eq!(before.len(), after.len());
    let frame = |seconds: f64| (seconds * 44_100.0) as usize * 2;
    let (first, last) = (frame(seconds * 0.3), frame(seconds * 0.6));
    assert!(
        before[..first] == after[..first],
        "samples before the section have changed"
    );
    assert!(
        before[last..] == after[last..],
        "samples after the section have changed"
    );
    let changed = (first..last).filter(|i| before[*i] != after[*i]).count();
    assert!(
        changed > (last - first) / 2,
        "{changed} samples of {} have changed",
        last - first
    );
    assert_sum(&edited, &after);
}

fn read(path: &Path) -> Vec<i32> {
    let mut reader = hound::WavReader::open(path).unwrap();
    assert_eq!(reader.spec().bits_per_sample, 24, "{}", path.display());
    reader.samples::<i32>().map(Result::unwrap).collect()
}

fn premaster(folder: &Path) -> Vec<i32> {
    read(&folder.join("premaster.wav"))
}

/// The stems sum to the mix, sample by sample.
fn assert_sum(folder: &Path, mix: &[i32]) {
    let mut sum = vec![0_i32; mix.len()];
    let mut stems = 0;
    for entry in fs::read_dir(folder.join("stems")).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with("vocals_dry.wav") {
            stems += 1;
            for (sum, sample) in sum.iter_mut().zip(read(&path)) {
                *sum += sample;
            }
        }
    }
    assert!(stems >= 5, "{stems} stems");
    let worst = sum.iter().zip(mix).map(|(a, b)| (a - b).abs()).max().unwrap();
    assert!(worst <= 1, "the sum of {stems} stems is {worst} steps of 24 bits off");
}
