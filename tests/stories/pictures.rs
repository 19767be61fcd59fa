//! A lyric video in a real browser: it plays, it can be sought in, and the word that is sung is lit.

use std::time::Duration;

use catbird_assets::Assets;
use catbird_media::{
    cover::{self, Cover},
    font::Face,
    mp3,
    video::{self, LyricLine, LyricVideo, Stretch, Word},
};

use crate::browser::Browser;

const SECONDS: usize = 12;
/// When each of the three words begins, seconds.
const STARTS: [f64; 3] = [5.0, 6.0, 7.0];

fn film() -> Vec<u8> {
    let assets = Assets::open().unwrap();
    assets.ensure(catbird_assets::Parts::Song, &|_, _, _| ()).unwrap();
    let font = std::fs::read(assets.path("Commissioner_700Bold.ttf")).unwrap();
    let face = Face::parse(&font).unwrap();
    let cover = Cover {
        seed: 1,
        title: "Paper Boats".into(),
        subtitle: "Folk · A minor".into(),
        tonic: 9,
        minor: true,
        energy: 0.5,
        parts: Vec::new(),
        contour: vec![0.2, 0.8, 0.4, 1.0, 0.0],
        waveform: Vec::new(),
        words: vec!["folk".into()],
    };
    let tone: Vec<f32> = (0..44_100 * SECONDS).map(|i| (i as f32 * 0.05).sin() * 0.3).collect();
    let words = ["Seven", "paper", "boats"].into_iter().zip(STARTS);
    let video = LyricVideo {
        title: "Paper Boats".into(),
        artist: "Catbird".into(),
        subtitle: "A minor · 92 bpm".into(),
        seconds: SECONDS as f64,
        cover: cover::draw(&cover, &face),
        mp3: mp3::encode(&tone, &tone, 44_100, 128).unwrap(),
        parts: vec![Stretch {
            name: "Verse".into(),
            start: 0.0,
            end: SECONDS as f64,
        }],
        lines: vec![LyricLine {
            part: 0,
            words: words
                .map(|(text, start)| Word {
                    text: text.into(),
                    start,
                    end: start + 0.9,
                })
                .collect(),
        }],
    };
    video::encode(&video, &face).unwrap()
}

/// Shows the film at a time and answers with the middle of what has a strong colour in the row of
/// the lyrics, pixels from the left; null when nothing has.
fn lit(seconds: f64) -> String {
    format!(
        "const v = document.querySelector('video');
         return new Promise((done, fail) => {{
           v.onerror = () => fail(v.error.message);
           v.requestVideoFrameCallback(() => {{
             const c = document.createElement('canvas');
             c.width = 1280; c.height = 720;
             const g = c.getContext('2d');
             g.drawImage(v, 0, 0);
             const p = g.getImageData(560, 290, 680, 70).data;
             let sum = 0, count = 0;
             for (let i = 0; i < p.length; i += 4) {{
               const most = Math.max(p[i], p[i + 1], p[i + 2]), least = Math.min(p[i], p[i + 1], p[i + 2]);
               if (most > 150 && most - least > 60) {{ sum += 560 + i / 4 % 680; count += 1; }}
             }}
             done(count > 50 ? sum / count : null);
           }});
           v.currentTime = {seconds};
         }});"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lyric_video_plays_in_chromium_and_lights_the_word_that_is_sung() {
    let Some(browser) = Browser::open().await else {
        assert!(
            option_env!("CATBIRD_TEST_SKIP") != Some("forbidden"),
            "nothing may be skipped here, and there is no chromium"
        );
        println!("skipped: no chromium");
        return;
    };
    let film = film();
    // The bytes go into the page itself, so that it may look at the pixels.
    let bytes = serde_json::to_string(&film).unwrap();
    browser.go("about:blank").await;
    let size = browser
        .run(&format!(
            "const v = document.createElement('video');
             v.muted = true;
             document.body.append(v);
             return new Promise((done, fail) => {{
               v.onloadeddata = () => done([v.videoWidth, v.videoHeight, v.duration]);
               v.onerror = () => fail(v.error.message);
               v.src = URL.createObjectURL(new Blob([new Uint8Array({bytes})], {{type: 'video/mp4'}}));
             }});"
        ))
        .await;
    assert_eq!((&size[0], &size[1]), (&1280.into(), &720.into()));
    assert!((size[2].as_f64().unwrap() - SECONDS as f64).abs() < 0.1, "{size}");

    browser.run("return document.querySelector('video').play();").await;
    let moved = "return document.querySelector('video').currentTime > 0.5;";
    browser.until(moved, Duration::from_secs(20)).await;
    browser.run("document.querySelector('video').pause();").await;

    let before = browser.run(&lit(STARTS[0] - 0.1)).await;
    assert!(before.is_null(), "nothing is lit before the first word: {before}");
    let mut last = 0.0;
    for start in STARTS {
        // Also backwards, and across pictures that are shown for long.
        browser.run(&lit(1.0)).await;
        let here = browser.run(&lit(start + 0.05)).await.as_f64();
        let here = here.unwrap_or_else(|| panic!("nothing is lit at {start} s"));
        assert!(
            here > last + 40.0,
            "at {start} s the light is at {here}, before at {last}"
        );
        last = here;
    }
    let after = browser.run(&lit(STARTS[2] + 1.4)).await;
    assert!(after.is_null(), "nothing stays lit: {after}");
}
