//! Sings the judge's lines and writes what the judge (`tools/voices/judge.py`) needs, one dry WAV and one
//! JSON a line.
//!
//! `cargo run --release -p catbird-sound --example sing_lines -- OUT [--voices lark,raven] [--langs en,es]
//! [--kinds tune,odd] [--seed 100] [--bpm 100] [--low 55] [--lines FILE]`
//!
//! Lines are those of FILE or of `tools/voices/lines.json`: what lyrics say, and (`odd`) what no language model can guess.
//! Melodies are random walks in a major scale, a new one for each line, voice and seed, in the middle
//! octave of the voice, or, with `--low`, in the octave from that MIDI pitch for women and one lower for men.

use std::{collections::BTreeMap, error::Error, fs, time::Instant};

use catbird_score::{
    Blend, Channel, Dice, Gender, HOUSE, HouseVoice, Key, Labels, Language, Master, Meter, Mode, Note, PPQ, Role,
    Score, Section, Singer, SungLine, SungWord, Syllable, TempoMap, Tick, Touch, Vocal,
    phoneme::{Class, class},
};
use catbird_sound::voice::Voice;
use catbird_speech::{Aids, Pronunciations};
use serde::Serialize;

/// A line read by its language's rules.
struct Line {
    language: Language,
    text: String,
    words: Vec<SungWord>,
}

#[derive(Serialize)]
struct Sheet<'a> {
    lang: &'a str,
    kind: &'a str,
    voice: &'a str,
    text: &'a str,
    notes: Vec<(f64, f64, u8)>,
    consonant_before: Vec<bool>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(out) = args.first() else {
        return Err("usage: sing_lines OUT [--voices V] [--langs L] [--kinds K] [--seed N] [--bpm N]".into());
    };
    let option = |name: &str| {
        let at = args.iter().position(|a| a == name)?;
        args.get(at + 1).map(String::as_str)
    };
    let wanted = |name: &str, what: &str| option(name).is_none_or(|list| list.split(',').any(|w| w == what));
    let seed: u64 = option("--seed").unwrap_or("100").parse()?;
    let bpm: f64 = option("--bpm").unwrap_or("100").parse()?;
    let low: Option<u8> = option("--low").map(str::parse).transpose()?;
    let lines = match option("--lines") {
        Some(file) => fs::read_to_string(file)?,
        None => include_str!("../../../tools/voices/lines.json").to_owned(),
    };
    let all: BTreeMap<String, BTreeMap<String, Vec<String>>> = serde_json::from_str(&lines)?;
    fs::create_dir_all(out)?;
    let (mut seconds, mut took) = (0.0, 0.0);
    for (code, kinds) in all.iter().filter(|(code, _)| wanted("--langs", code)) {
        let language = Language::find(code).ok_or("an unknown language")?;
        for (kind, texts) in kinds.iter().filter(|(kind, _)| wanted("--kinds", kind)) {
            for (i, text) in texts.iter().enumerate() {
                let pronunciations = Pronunciations::default();
                let aids = Aids {
                    unknown: None,
                    pronunciations: &pronunciations,
                };
                let line = Line {
                    language,
                    text: text.clone(),
                    words: catbird_speech::read(text, language, &aids)?,
                };
                for singer in singers(low).iter().filter(|s| wanted("--voices", &s.name)) {
                    let score = score(&line, singer, Dice::new(seed, &format!("{text}{}", singer.name)), bpm);
                    score.check()?;
                    let started = Instant::now();
                    let samples = Voice.sing(&score, &|_| {})?;
                    took += started.elapsed().as_secs_f64();
                    seconds += score.seconds;
                    let stem = format!("{out}/{code}-{kind}-{i:02}-{}-{seed}", singer.name);
                    write(&stem, code, kind, &singer.name, &score, &samples)?;
                }
            }
        }
    }
    eprintln!("{seconds:.1} s sung in {took:.2} s");
    Ok(())
}

fn singers(low: Option<u8>) -> Vec<Singer> {
    let singer = |voice: &HouseVoice| {
        let octave = if voice.gender == Gender::Male { 12 } else { 0 };
        let low = low.map_or(voice.range[0] + (voice.range[1] - voice.range[0] - 12) / 2, |low| {
            low - octave
        });
        Singer {
            name: voice.name.into(),
            gender: voice.gender,
            low,
            high: low + 12,
            blend: Blend::of(voice.name),
            ..Singer::default()
        }
    };
    HOUSE.iter().map(singer).collect()
}

/// A line on a random walk: steps of up to three degrees, notes of a half to two beats.
fn score(line: &Line, singer: &Singer, mut dice: Dice, bpm: f64) -> Score {
    let key = Key {
        tonic: dice.below(12) as u8,
        mode: Mode::Major,
    };
    let scale = key.pitches(singer.low, singer.high);
    let mut degree = (scale.len() as f64 * dice.between(0.3, 0.6)) as i64;
    let mut at: Tick = 0;
    let mut left = line.words.iter().map(|w| w.syllables.len()).sum::<usize>();
    let mut words = Vec::new();
    for word in &line.words {
        let mut syllables = Vec::new();
        for syllable in &word.syllables {
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
                touch: Touch::Plain,
            };
            at += length;
            syllables.push(Syllable {
                notes: vec![note],
                ..syllable.clone()
            });
        }
        words.push(SungWord {
            text: word.text.clone(),
            syllables,
        });
    }
    let sung = vec![SungLine {
        section: 0,
        text: line.text.clone(),
        words,
        language: line.language,
        ..SungLine::default()
    }];
    at = at.next_multiple_of(4 * PPQ);
    let tempo = TempoMap::steady(bpm, 0.6);
    Score {
        version: catbird_score::score::VERSION,
        seed: dice.below(1 << 30) as u64,
        title: line.text.clone(),
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

fn write(
    stem: &str,
    lang: &str,
    kind: &str,
    voice: &str,
    score: &Score,
    samples: &[f32],
) -> Result<(), Box<dyn Error>> {
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
    // Behind "fl" or "sn" the voice begins before the vowel, as it should: there is no edge to measure.
    let unvoiced = |s: &Syllable| {
        let before = s.phonemes.chars().take_while(|c| class(*c) != Class::Vowel);
        before.filter(|c| class(*c) != Class::Mark).last().map(class) == Some(Class::Unvoiced)
    };
    let sheet = Sheet {
        lang,
        kind,
        voice,
        text: &score.title,
        notes: notes.collect(),
        consonant_before: syllables().map(unvoiced).collect(),
    };
    fs::write(format!("{stem}.json"), serde_json::to_string(&sheet)?)?;
    Ok(())
}
