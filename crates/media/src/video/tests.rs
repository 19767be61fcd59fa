use std::collections::BTreeMap;

use super::*;
use crate::{cover, font, mp3};

const SECONDS: usize = 14;

fn song() -> LyricVideo {
    let bytes = font::bytes();
    let face = Face::parse(&bytes).unwrap();
    let cover = cover::Cover {
        seed: 1,
        title: "Two Lines".into(),
        subtitle: "Folk".into(),
        tonic: 4,
        minor: true,
        energy: 0.5,
        parts: Vec::new(),
        contour: Vec::new(),
        waveform: Vec::new(),
        words: vec!["folk".into()],
    };
    let tone: Vec<f32> = (0..44_100 * SECONDS).map(|i| (i as f32 * 0.05).sin() * 0.4).collect();
    let word = |text: &str, start: f64| Word {
        text: text.into(),
        start,
        end: start + 0.4,
    };
    LyricVideo {
        title: "Two Lines".into(),
        artist: "Catbird".into(),
        subtitle: "E minor".into(),
        seconds: SECONDS as f64,
        cover: cover::draw(&cover, &face),
        mp3: mp3::encode(&tone, &tone, 44_100, 128).unwrap(),
        parts: vec![
            Stretch {
                name: "Verse".into(),
                start: 0.0,
                end: 9.0,
            },
            Stretch {
                name: "Outro".into(),
                start: 9.0,
                end: 14.0,
            },
        ],
        lines: vec![
            LyricLine {
                part: 0,
                words: vec![word("Left,", 4.0), word("right", 4.5), word("away", 5.25)],
            },
            LyricLine {
                part: 0,
                words: vec![word("home", 6.0), word("again", 6.75)],
            },
        ],
    }
}

/// The boxes of a file by path, the first of each.
fn boxes(mut bytes: &[u8], path: &str, out: &mut BTreeMap<String, Vec<u8>>) {
    while bytes.len() >= 8 {
        let size = u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize;
        let kind = String::from_utf8_lossy(&bytes[4..8]).into_owned();
        let body = &bytes[8..size];
        let path = format!("{path}/{kind}");
        let path = if out.contains_key(&path) && kind == "trak" {
            format!("{path}2")
        } else {
            path
        };
        if ["moov", "trak", "mdia", "minf", "stbl"].contains(&kind.as_str()) {
            boxes(body, &path, out);
        }
        out.entry(path).or_insert_with(|| body.to_vec());
        bytes = &bytes[size..];
    }
    assert!(bytes.is_empty());
}

fn words(body: &[u8]) -> Vec<u32> {
    body.chunks_exact(4)
        .map(|w| u32::from_be_bytes(w.try_into().unwrap()))
        .collect()
}

#[test]
fn a_picture_begins_where_a_word_does_and_the_tables_agree() {
    let bytes = font::bytes();
    let face = Face::parse(&bytes).unwrap();
    let video = song();
    let file = encode(&video, &face).unwrap();
    assert_eq!(file, encode(&video, &face).unwrap());
    let mut found = BTreeMap::new();
    boxes(&file, "", &mut found);
    let tables = |name: &str| words(&found[&format!("/moov/trak/mdia/minf/stbl/{name}")]);

    // Durations, summed up, are the times of the pictures.
    let stts = tables("stts");
    let mut times = vec![0u32];
    for run in stts[2..].chunks(2) {
        for _ in 0..run[0] {
            times.push(times.last().unwrap() + run[1]);
        }
    }
    assert_eq!(times.pop(), Some(SECONDS as u32 * mp4::TIMESCALE));
    for word in video.lines.iter().flat_map(|l| &l.words) {
        let at = ticks(word.start);
        assert!(
            times.iter().any(|t| t.abs_diff(at) <= mp4::TIMESCALE / 60),
            "{}",
            word.text
        );
    }
    assert!(
        times.windows(2).all(|w| w[1] - w[0] <= 2 * mp4::TIMESCALE),
        "at least one in two seconds"
    );

    // Every sample lies in the file, and each picture's length is the one it says.
    let sizes = &tables("stsz")[3..];
    assert_eq!(sizes.len(), times.len());
    let first = tables("stco")[2] as usize;
    let said = u32::from_be_bytes(file[first..first + 4].try_into().unwrap());
    assert_eq!((said + 4, file[first + 4]), (sizes[0], 0x65));
    let keys = &tables("stss")[2..];
    assert!(keys.len() >= 2 && keys[0] == 1, "{keys:?}");
    let moov = file.windows(4).position(|w| w == b"moov").unwrap();
    assert!(moov < file.windows(4).position(|w| w == b"mdat").unwrap());
    assert!(found.keys().any(|k| k == "/moov/trak2/edts" || k == "/moov/trak2"));
}

#[test]
fn the_word_that_is_sung_lights_up_and_no_other() {
    let bytes = font::bytes();
    let face = Face::parse(&bytes).unwrap();
    let video = song();
    let look = Look::new(&video, &decode(&video.cover).unwrap(), &face, SECONDS as f64);
    let schedule = Schedule::new(&video, &look, SECONDS as f64);
    let paint = |at: f64| look.paint(schedule.panel(at), at);
    // Where two pictures differ, on the right half above the progress.
    let changed = |a: f64, b: f64| {
        let (a, b) = (paint(a), paint(b));
        let pixels = a.bytes().chunks_exact(4).zip(b.bytes().chunks_exact(4)).enumerate();
        let places = pixels
            .filter(|(_, (p, q))| p != q)
            .map(|(i, _)| (i as u32 % WIDTH, i as u32 / WIDTH));
        places
            .filter(|&(x, y)| x > 560 && y < 640)
            .fold((WIDTH, 0), |(l, r), (x, _)| (x.min(l), x.max(r)))
    };
    let words = &look.pages[0].rows[0].words;
    assert_eq!(words.len(), 3);
    // From “right” to “away”: these two change, the first does not.
    let (left, right) = changed(4.7, 5.3);
    assert!(
        (left as f32) >= words[1].x - 3.0 && (left as f32) < words[1].x + 8.0,
        "{left} {}",
        words[1].x
    );
    assert!((right as f32) > words[2].x && (right as f32) < words[2].x + words[2].line.width + 3.0);
    assert_eq!(changed(4.55, 4.85), (WIDTH, 0), "nothing moves while a word is held");
}

#[test]
fn an_instrumental_and_bad_input() {
    let bytes = font::bytes();
    let face = Face::parse(&bytes).unwrap();
    let plain = LyricVideo {
        lines: Vec::new(),
        parts: Vec::new(),
        title: "🎵".into(),
        ..song()
    };
    assert!(encode(&plain, &face).unwrap().len() > 200_000);
    let deaf = LyricVideo {
        mp3: b"RIFF".to_vec(),
        ..song()
    };
    assert!(matches!(encode(&deaf, &face), Err(VideoError::Sound)));
    let blind = LyricVideo {
        cover: b"GIF89a".to_vec(),
        ..song()
    };
    assert!(matches!(encode(&blind, &face), Err(VideoError::Cover(_))));
}
