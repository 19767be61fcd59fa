//! A small real score: every word of the lyrics on a note, a piano, a drum kit.

use catbird_score::{
    Brief, Channel, Gender, Key, Labels, Master, Meter, Mode, Note, Part, PartRole, Role, Score, Section, Singer,
    Sound, SungLine, SungWord, Syllable, TempoMap, TempoMark, Touch, Vocal, score::VERSION,
};

/// Three beats at 120 a minute, the rest at 60; `seconds` long.
pub fn of(title: &str, lyrics: Option<&str>, seconds: f64, seed: u64, brief: &Brief) -> Score {
    // One bar; the words are in its first three beats.
    let ticks = 480 * 4;
    let lines: Vec<&str> = lyrics
        .unwrap_or_default()
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('['))
        .collect();
    let words: usize = lines.iter().map(|line| line.split_whitespace().count()).sum();
    let length = (ticks * 3 / 4 / words.max(1) as u32).max(1);
    let mut at = 0;
    let mut note = |pitch| {
        let note = Note {
            start: at,
            length,
            pitch,
            velocity: 64,
            nudge: 0,
            touch: Touch::Plain,
        };
        at += length;
        note
    };
    let lines: Vec<SungLine> = lines
        .iter()
        .map(|text| SungLine {
            section: 0,
            text: (*text).to_owned(),
            words: text
                .split_whitespace()
                .map(|word| SungWord {
                    text: word.to_owned(),
                    syllables: vec![Syllable {
                        phonemes: "la".into(),
                        stress: 2,
                        notes: vec![note(64)],
                    }],
                })
                .collect(),
            ..SungLine::default()
        })
        .collect();
    let singer = brief.voice.singer.clone().unwrap_or_else(|| singer(seed, brief));
    let vocal = (words > 0).then(|| Vocal {
        partner: None,
        backing: Vec::new(),
        singer,
        channel: Channel::default(),
        lines,
    });
    let labels = Labels {
        genre: "Folk".into(),
        mood: "Calm/Relaxing".into(),
        gender: if vocal.is_some() {
            "Female".into()
        } else {
            String::new()
        },
        timbre: if vocal.is_some() { "Warm".into() } else { String::new() },
    };
    let score = Score {
        version: VERSION,
        seed,
        title: title.to_owned(),
        style: "folk".into(),
        labels,
        meter: Meter::COMMON,
        tempo: TempoMap {
            lead_seconds: 0.0,
            marks: vec![
                TempoMark { tick: 0, bpm: 120.0 },
                TempoMark {
                    tick: 480 * 3,
                    bpm: 60.0,
                },
            ],
        },
        key: Key {
            tonic: 9,
            mode: Mode::Minor,
        },
        modulations: Vec::new(),
        seconds,
        sections: vec![Section {
            name: "Verse".into(),
            role: Role::Verse,
            start: 0,
            length: ticks,
            energy: 0.5,
        }],
        chords: Vec::new(),
        vocal,
        parts: vec![
            part("piano", "Piano", Sound::Sampled { bank: 0, program: 0 }, 60),
            part("drums", "Drums", Sound::Kit { program: 0 }, 36),
        ],
        master: Master::default(),
        brief: brief.clone(),
        patch: None,
        joins: None,
        reels: Vec::new(),
        heard: None,
    };
    if seconds >= 2.0 {
        score.check().expect("a real score");
    }
    score
}

pub fn singer(seed: u64, brief: &Brief) -> Singer {
    Singer {
        name: format!("singer {seed}"),
        gender: brief.voice.gender.unwrap_or(Gender::Female),
        low: 55,
        high: 76,
        warp: 1.0,
        tilt_db: 0.0,
        breath: 0.1,
        vibrato_cents: 20.0,
        vibrato_hz: 5.5,
        glide_ms: 60.0,
        drive: 0.0,
        electric: 0.0,
        density: 0.3,
        ..Singer::default()
    }
}

fn part(id: &str, name: &str, sound: Sound, pitch: u8) -> Part {
    Part {
        id: id.into(),
        name: name.into(),
        role: PartRole::Comp,
        sound,
        channel: Channel::default(),
        notes: vec![Note {
            start: 480,
            length: 240,
            pitch,
            velocity: 127,
            nudge: 0,
            touch: Touch::Plain,
        }],
    }
}
