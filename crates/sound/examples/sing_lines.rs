//! Sings the judge's lines and writes what the judge needs, one dry WAV and one JSON a line.
//!
//! `cargo run --release -p catbird-sound --example sing_lines -- hibari.onnx OUT [preset …] [--seed N] [--bpm N] [--song N]`
//!
//! With `--song N` all lines are one song, N times over, each line on a new bar.
//! Lines and phonemes are in `tests/sung_lines.json`: twelve lyric lines and six that no language model
//! can guess. Melodies are random walks in a major scale, a new one for each seed.

use std::{error::Error, fs, path::Path, time::Instant};

use catbird_score::{
    Channel, Dice, Gender, Key, Labels, Master, Meter, Mode, Note, PPQ, Role, Score, Section, Singer, SungLine,
    SungWord, Syllable, TempoMap, Tick, Vocal,
};
use catbird_sound::voice::Voice;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Line {
    kind: String,
    text: String,
    words: Vec<Word>,
}

#[derive(Deserialize)]
struct Word {
    text: String,
    syllables: Vec<String>,
}

#[derive(Serialize)]
struct Sheet<'a> {
    kind: &'a str,
    text: String,
    notes: Vec<(f64, f64, u8)>,
    consonant_before: Vec<bool>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let mut option = |name: &str, default: u64| -> Result<u64, Box<dyn Error>> {
        let Some(i) = args.iter().position(|a| a == name) else {
            return Ok(default);
        };
        let value = args.get(i + 1).ok_or(format!("{name} needs a number"))?.parse()?;
        args.drain(i..i + 2);
        Ok(value)
    };
    let (seed, bpm, times) = (option("--seed", 100)?, option("--bpm", 100)?, option("--song", 0)?);
    let [net, out, wanted @ ..] = &args[..] else {
        return Err("usage: sing_lines hibari.onnx OUT [preset …]".into());
    };
    let lines: Vec<Line> = serde_json::from_str(include_str!("../tests/sung_lines.json"))?;
    let voice = Voice::open(Path::new(net))?;
    for singer in presets() {
        if !wanted.is_empty() && !wanted.contains(&singer.name) {
            continue;
        }
        let (mut seconds, started) = (0.0, Instant::now());
        let all: Vec<&Line> = (0..times).flat_map(|_| &lines).collect();
        let songs = if times > 0 {
            vec![all]
        } else {
            lines.iter().map(|l| vec![l]).collect()
        };
        for (i, lines) in songs.iter().enumerate() {
            let score = score(lines, &singer, seed + i as u64, bpm as f64);
            score.check()?;
            let samples = voice.sing(&score, &|_| {})?;
            seconds += score.seconds;
            let stem = format!("{out}/{}-{seed}-{i:02}", singer.name);
            write(&stem, lines, &score, &samples)?;
        }
        eprintln!(
            "{}: {seconds:.1} s sung in {:.2} s",
            singer.name,
            started.elapsed().as_secs_f64()
        );
    }
    Ok(())
}

fn presets() -> Vec<Singer> {
    let female = Singer {
        name: "female".into(),
        gender: Gender::Female,
        low: 57,
        high: 69,
        warp: 1.0,
        tilt_db: 0.0,
        breath: 0.02,
        vibrato_cents: 45.0,
        vibrato_hz: 5.6,
        glide_ms: 90.0,
        drive: 0.0,
        electric: 0.0,
        density: 0.0,
        ..Singer::default()
    };
    let male = Singer {
        name: "male".into(),
        gender: Gender::Male,
        low: 47,
        high: 59,
        warp: 0.86,
        ..female.clone()
    };
    vec![
        Singer {
            name: "soprano".into(),
            low: 62,
            high: 74,
            warp: 1.05,
            ..female.clone()
        },
        Singer {
            name: "husky".into(),
            breath: 0.35,
            drive: 0.25,
            tilt_db: -1.0,
            ..female.clone()
        },
        Singer {
            name: "electric".into(),
            electric: 1.0,
            density: 0.6,
            ..female.clone()
        },
        Singer {
            name: "powerful".into(),
            drive: 0.35,
            density: 0.8,
            tilt_db: 1.5,
            ..male.clone()
        },
        Singer {
            name: "rough".into(),
            drive: 0.9,
            density: 0.5,
            breath: 0.15,
            ..male.clone()
        },
        Singer {
            name: "bright".into(),
            tilt_db: 3.0,
            ..female.clone()
        },
        Singer {
            name: "bass".into(),
            low: 40,
            high: 52,
            warp: 0.8,
            ..male.clone()
        },
        female,
        male,
    ]
}

/// Lines on a random walk: steps of up to three degrees, notes of a half to two beats.
fn score(lines: &[&Line], singer: &Singer, seed: u64, bpm: f64) -> Score {
    let mut dice = Dice::new(seed, "test melody");
    let key = Key {
        tonic: dice.below(12) as u8,
        mode: Mode::Major,
    };
    let scale = key.pitches(singer.low, singer.high);
    let mut degree = (scale.len() as f64 * dice.between(0.3, 0.6)) as i64;
    let mut at: Tick = 0;
    let mut sung = Vec::new();
    for line in lines {
        let mut left = line.words.iter().map(|w| w.syllables.len()).sum::<usize>();
        let mut words = Vec::new();
        for word in &line.words {
            let mut syllables = Vec::new();
            for phonemes in &word.syllables {
                let step =
                    [-2, -1, -1, 0, 1, 1, 2, 3, -3][dice.weighted(&[0.1, 0.17, 0.16, 0.1, 0.17, 0.1, 0.1, 0.05, 0.05])];
                degree = (degree + step).clamp(0, scale.len() as i64 - 1);
                let beats = [0.5, 0.75, 1.0, 1.5, 2.0][dice.weighted(&[0.3, 0.12, 0.33, 0.13, 0.12])];
                left -= 1;
                let length = (if left == 0 { 3.0 } else { beats } * f64::from(PPQ)) as Tick;
                let note = Note {
                    start: at,
                    length,
                    pitch: scale[degree as usize],
                    velocity: 90,
                    nudge: 0,
                };
                at += length;
                syllables.push(Syllable {
                    phonemes: phonemes.clone(),
                    stress: u8::from(phonemes.contains('ˈ')) * 2,
                    notes: vec![note],
                });
            }
            words.push(SungWord {
                text: word.text.clone(),
                syllables,
            });
        }
        sung.push(SungLine {
            section: 0,
            text: line.text.clone(),
            words,
            ..SungLine::default()
        });
        at = at.next_multiple_of(4 * PPQ);
    }
    let tempo = TempoMap::steady(bpm, 0.6);
    Score {
        version: catbird_score::score::VERSION,
        seed,
        title: lines[0].text.clone(),
        style: "test".into(),
        labels: Labels::default(),
        meter: Meter::COMMON,
        seconds: tempo.at(at) + 0.6,
        tempo,
        key,
        modulations: Vec::new(),
        sections: vec![Section {
            name: "Verse".into(),
            role: Role::Verse,
            start: 0,
            length: at,
            energy: 0.5,
        }],
        chords: Vec::new(),
        vocal: Some(Vocal {
            partner: None,
            backing: Vec::new(),
            singer: singer.clone(),
            channel: Channel::default(),
            lines: sung,
        }),
        parts: Vec::new(),
        master: Master::default(),
        brief: catbird_score::Brief::default(),
        patch: None,
        joins: None,
        reels: Vec::new(),
        heard: None,
    }
}

fn write(stem: &str, lines: &[&Line], score: &Score, samples: &[f32]) -> Result<(), Box<dyn Error>> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 44_100,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(format!("{stem}.wav"), spec)?;
    for x in samples {
        wav.write_sample((x.clamp(-1.0, 1.0) * 32_767.0).round() as i16)?;
    }
    wav.finalize()?;
    let syllables = || score.vocal.iter().flat_map(|v| &v.lines).flat_map(SungLine::syllables);
    let notes = syllables()
        .flat_map(|s| &s.notes)
        .map(|n| (score.tempo.at(n.start), score.tempo.at(n.start + n.length), n.pitch));
    let unvoiced = |s: &Syllable| s.phonemes.starts_with(['p', 't', 'k', 'f', 's', 'h', 'ʃ', 'θ', 'ʧ']);
    let sheet = Sheet {
        kind: &lines[0].kind,
        text: lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join(" "),
        notes: notes.collect(),
        consonant_before: syllables().map(unvoiced).collect(),
    };
    fs::write(format!("{stem}.json"), serde_json::to_string(&sheet)?)?;
    Ok(())
}
