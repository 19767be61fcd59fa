//! Whole-song tests, on the real net.

use std::sync::Mutex;

use catbird_score::{
    Channel, Delivery, Gender, Key, Labels, Master, Meter, Mode, Note, Role, Section, Singer, SungLine, SungWord,
    Syllable, TempoMap, Touch, Vocal,
};

use super::*;
use crate::mix::biquad::{Biquad, Memory};

/// A neutral female singer.
pub fn singer() -> Singer {
    Singer {
        name: "female".into(),
        gender: Gender::Female,
        low: 55,
        high: 76,
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
    }
}

/// A syllable and its notes: start and length in ticks (480 = 0.5 s), pitch.
pub type Sung<'a> = (&'a str, &'a [(u32, u32, u8)]);

/// A word a syllable.
pub fn line(sung: &[Sung]) -> SungLine {
    let note = |&(start, length, pitch): &(u32, u32, u8)| Note {
        start,
        length,
        pitch,
        velocity: 90,
        nudge: 0,
        touch: Touch::Plain,
    };
    let word = |(phonemes, notes): &Sung| SungWord {
        text: "word".into(),
        syllables: vec![Syllable {
            phonemes: (*phonemes).into(),
            stress: 2,
            notes: notes.iter().map(note).collect(),
        }],
    };
    SungLine {
        section: 0,
        text: "line".into(),
        words: sung.iter().map(word).collect(),
        ..SungLine::default()
    }
}

/// One line a slice, 120 bpm, half a second of lead.
pub fn score(lines: &[&[Sung]], seconds: f64) -> Score {
    let lines = lines.iter().map(|l| line(l)).collect();
    Score {
        version: catbird_score::score::VERSION,
        seed: 7,
        title: "Test".into(),
        style: "test".into(),
        labels: Labels::default(),
        meter: Meter::COMMON,
        tempo: TempoMap::steady(120.0, 0.5),
        key: Key {
            tonic: 0,
            mode: Mode::Major,
        },
        modulations: Vec::new(),
        seconds,
        sections: vec![Section {
            name: "Verse".into(),
            role: Role::Verse,
            start: 0,
            length: 1920 * 8,
            energy: 0.5,
        }],
        chords: Vec::new(),
        vocal: Some(Vocal {
            partner: None,
            backing: Vec::new(),
            singer: singer(),
            channel: Channel::default(),
            lines,
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

fn rms_db(x: &[f32]) -> f64 {
    let power = x.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / x.len() as f64;
    10.0 * (power + 1e-12).log10()
}

fn cut(track: &[f32], from: f64, to: f64) -> &[f32] {
    &track[(from * SAMPLE_RATE) as usize..(to * SAMPLE_RATE) as usize]
}

/// Pitch as a MIDI number: the lag of the highest autocorrelation within a fifth of what is expected.
fn midi(x: &[f32], expected: f64) -> f64 {
    let period = SAMPLE_RATE / pitch::hz(expected);
    let n = x.len() - (period * 1.6) as usize;
    let like = |lag: usize| x[..n].iter().zip(&x[lag..]).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    let best = ((period / 1.5) as usize..(period * 1.5) as usize)
        .max_by(|&a, &b| like(a).total_cmp(&like(b)))
        .unwrap();
    let (l, m, r) = (like(best - 1), like(best), like(best + 1));
    let lag = best as f64 + 0.5 * (l - r) / (l - 2.0 * m + r);
    69.0 + 12.0 * (SAMPLE_RATE / lag / 440.0).log2()
}

#[test]
fn words_sound_on_their_notes_in_tune_and_rests_are_breathed_in() {
    let lines: [&[Sung]; 2] = [
        &[
            ("lˈA", &[(0, 480, 60)]),
            ("mˈi", &[(480, 960, 64)]),
            ("lˈu", &[(2400, 960, 67)]),
        ],
        &[("sˈɔŋ", &[(5760, 480, 62), (6240, 480, 65), (6720, 480, 62)])],
    ];
    let score = score(&lines, 8.6);
    score.check().unwrap();
    let track = Voice.sing(&score, &|_| {}).unwrap();
    assert_eq!(track.len(), (8.6 * SAMPLE_RATE).round() as usize);
    assert!(track.iter().all(|x| x.is_finite() && x.abs() <= 0.98));
    for note in score.vocal.iter().flat_map(|v| &v.lines).flat_map(SungLine::notes) {
        let (start, end) = (score.tempo.at(note.start), score.tempo.at(note.start + note.length));
        let middle = cut(&track, start + 0.3 * (end - start), start + 0.8 * (end - start));
        assert!(rms_db(middle) > -35.0, "{} dB at {start} s", rms_db(middle));
        let heard = midi(middle, f64::from(note.pitch));
        assert!(
            (heard - f64::from(note.pitch)).abs() < 0.25,
            "{heard} for {} at {start} s",
            note.pitch
        );
    }
    // In the rest of the first line until it is breathed in, and after the last.
    for (from, to) in [(2.2, 2.4), (8.3, 8.6)] {
        assert!(
            rms_db(cut(&track, from, to)) < -60.0,
            "{} dB at {from} s",
            rms_db(cut(&track, from, to))
        );
    }
    let breath = rms_db(cut(&track, 2.6, 2.8));
    assert!((-66.0..-42.0).contains(&breath), "{breath} dB");
    assert!(breath > rms_db(cut(&track, 2.2, 2.4)) + 10.0);
}

/// A vowel of three seconds, sung as `singer` sings it.
fn held(singer: Singer, velocity: u8) -> Vec<f32> {
    let mut score = score(&[&[("lˈɑ", &[(0, 2880, 62)])]], 4.5);
    let vocal = score.vocal.as_mut().unwrap();
    vocal.singer = singer;
    vocal.lines[0].words[0].syllables[0].notes[0].velocity = velocity;
    Voice.sing(&score, &|_| {}).unwrap()
}

/// Level of a band in each 50 ms, dB, between seconds.
fn band(track: &[f32], low: f32, high: f32, from: f64, to: f64) -> Vec<f64> {
    let mut x = track.to_vec();
    for _ in 0..2 {
        Biquad::high_pass(low, 0.707).run(&mut Memory::default(), &mut x);
        Biquad::low_pass(high, 0.707).run(&mut Memory::default(), &mut x);
    }
    cut(&x, from, to).chunks_exact(2_205).map(rms_db).collect()
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

#[test]
fn a_held_vowel_lives() {
    let moves = |track: &[f32]| {
        let (low, high) = (
            band(track, 200.0, 900.0, 1.0, 3.2),
            band(track, 2_000.0, 3_500.0, 1.0, 3.2),
        );
        let apart: Vec<f64> = low.iter().zip(&high).map(|(l, h)| h - l).collect();
        let middle = mean(&apart);
        (apart.iter().map(|d| (d - middle).powi(2)).sum::<f64>() / apart.len() as f64).sqrt()
    };
    let human = moves(&held(singer(), 90));
    assert!((0.5..4.0).contains(&human), "{human} dB");
    // With a steady pitch and no vibrato the spectrum moves by itself.
    let still = moves(&held(
        Singer {
            vibrato_cents: 0.0,
            ..singer()
        },
        90,
    ));
    assert!(still > 0.5, "{still} dB");
}

#[test]
fn loud_is_brighter_and_soft_is_darker() {
    let bright = |velocity| {
        let track = held(singer(), velocity);
        mean(&band(&track, 2_000.0, 6_000.0, 1.0, 3.0)) - mean(&band(&track, 150.0, 900.0, 1.0, 3.0))
    };
    let (soft, usual, loud) = (bright(62), bright(90), bright(116));
    assert!((2.0..9.0).contains(&(loud - usual)), "{}", loud - usual);
    assert!((2.0..9.0).contains(&(usual - soft)), "{}", usual - soft);
}

#[test]
fn doubles_sing_the_same_words_as_two_people() {
    let sung: [Sung; 3] = [
        ("lˈA", &[(0, 960, 60)]),
        ("mˈi", &[(960, 960, 64)]),
        ("lˈu", &[(1920, 1440, 62)]),
    ];
    let mut score = score(&[&sung], 5.0);
    let vocal = score.vocal.as_mut().unwrap();
    for name in ["left", "right"] {
        vocal.backing.push(catbird_score::Chorister {
            name: name.into(),
            singer: singer(),
            channel: Channel::default(),
            lines: vec![line(&sung)],
        });
    }
    let go_on = |_| ControlFlow::Continue(());
    let singing = Voice::sing_aloud(&score, Who::Everybody, &go_on, &|_, _| {})
        .unwrap()
        .unwrap();
    let tracks: Vec<Vec<f32>> = singing
        .choir
        .iter()
        .map(|phrases| {
            let mut track = vec![0.0; singing.front.len()];
            for phrase in phrases {
                add(&mut track, phrase);
            }
            track
        })
        .chain([singing.front.clone()])
        .collect();
    for (i, a) in tracks.iter().enumerate() {
        for (start, pitch) in [(0.5, 60.0), (1.5, 64.0), (2.5, 62.0)] {
            let heard = midi(cut(a, start + 0.3, start + 0.8), pitch);
            assert!((heard - pitch).abs() < 0.3, "{heard} for {pitch}");
        }
        for b in &tracks[..i] {
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
            let alike = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
            assert!(alike < 0.9, "two takes are {alike} alike");
            let (a, b) = (band(a, 100.0, 8_000.0, 0.3, 4.2), band(b, 100.0, 8_000.0, 0.3, 4.2));
            let off = a.iter().zip(&b).filter(|(a, b)| **a > -45.0 || **b > -45.0);
            let off: Vec<f64> = off.map(|(a, b)| (a - b).abs()).collect();
            assert!(mean(&off) < 3.0, "{} dB apart", mean(&off));
        }
    }
    // Who is not asked for is not heard, and the lead is the same with and without them.
    assert!(Voice.sing(&score, &|_| {}).unwrap() == singing.front);
}

#[test]
fn a_rapped_line_is_spoken_on_its_beats() {
    let sung: [Sung; 4] = [
        ("tˈɑ", &[(0, 480, 55)]),
        ("kˈi", &[(480, 480, 55)]),
        ("pˈA", &[(960, 480, 55)]),
        ("tˈu", &[(1440, 480, 55)]),
    ];
    let say = |delivery| {
        let mut score = score(&[&sung], 3.5);
        let vocal = score.vocal.as_mut().unwrap();
        vocal.singer.vibrato_cents = 0.0;
        vocal.lines[0].delivery = delivery;
        Voice.sing(&score, &|_| {}).unwrap()
    };
    let (rapped, sung) = (say(Delivery::Rapped), say(Delivery::Sung));
    for beat in [0.5, 1.0, 1.5] {
        let falls = |track: &[f32]| {
            midi(cut(track, beat + 0.06, beat + 0.16), 55.0) - midi(cut(track, beat + 0.24, beat + 0.34), 55.0)
        };
        assert!(falls(&rapped) > 0.4, "{} at {beat}", falls(&rapped));
        assert!(falls(&sung).abs() < 0.4, "{} at {beat}", falls(&sung));
        assert!(rms_db(cut(&rapped, beat + 0.06, beat + 0.3)) > -36.0);
    }
}

#[test]
fn a_last_consonant_is_heard() {
    // The same "s" within the line and as its last sound, where the net gives it the silence that follows, too.
    let sung: [Sung; 3] = [
        ("mˈɪs", &[(0, 480, 60)]),
        ("mˈɪs", &[(480, 960, 60)]),
        ("mˈɪs", &[(1440, 960, 60)]),
    ];
    let mut track = Voice.sing(&score(&[&sung], 4.5), &|_| {}).unwrap();
    for _ in 0..2 {
        Biquad::high_pass(4_500.0, 0.707).run(&mut Memory::default(), &mut track);
    }
    let levels = |from: f64, to: f64| cut(&track, from, to).chunks_exact(220).map(rms_db);
    let vowel = levels(2.3, 2.7).fold(f64::NEG_INFINITY, f64::max);
    let hiss = |from: f64, to: f64| 0.005 * levels(from, to).filter(|l| *l > vowel + 3.0).count() as f64;
    let (within, last) = (hiss(1.7, 2.0), hiss(2.8, 3.3));
    assert!(
        last > 0.08 && last > 0.7 * within,
        "{last} s, {within} s within the line"
    );
}

#[test]
fn any_number_of_threads_gives_the_same_samples() {
    let lines: Vec<Vec<Sung>> = vec![
        vec![("lˈA", &[(0, 480, 60)]), ("dˈi", &[(480, 480, 64)])],
        vec![("sˈɪŋ", &[(1920, 240, 62)]), ("tˈu", &[(2160, 700, 59)])],
        vec![("mˈi", &[(3840, 900, 57)])],
    ];
    let lines: Vec<&[Sung]> = lines.iter().map(Vec::as_slice).collect();
    let score = score(&lines, 6.0);
    let sing = |threads| {
        let voice = Voice;
        let told = Mutex::new(Vec::new());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let track = pool
            .install(|| voice.sing(&score, &|p| told.lock().unwrap().push(p)))
            .unwrap();
        assert_eq!(told.lock().unwrap().last(), Some(&1.0));
        track
    };
    assert!(sing(1) == sing(3));
}

#[test]
fn odd_lines_are_sung_too() {
    let voice = Voice;
    let long: Vec<(u32, u32, u8)> = (0..150).map(|i| (i * 90, 90, 60)).collect();
    let long: Vec<Sung> = long.chunks(1).map(|n| ("stɹˈɪŋ", n)).collect();
    let lines: [&[Sung]; 5] = [
        &long,
        &[("ˈO", &[(13_500, 60, 60)])],
        &[("m", &[(13_600, 480, 60)])],
        &[("ʃ", &[(14_200, 240, 60)])],
        &[("ˈɑː", &[(14_500, 300, 60)])],
    ];
    let track = voice.sing(&score(&lines, 16.0), &|_| {}).unwrap();
    assert!(rms_db(cut(&track, 1.0, 14.0)) > -34.0 && track.iter().all(|x| x.is_finite()));
}

#[test]
fn what_cannot_be_sung_is_an_error() {
    let voice = Voice;
    let error = voice
        .sing(&score(&[&[("❓", &[(0, 480, 60)])]], 2.0), &|_| {})
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the vocal cannot be sung: “word” has the phoneme “❓”, which the voice does not know"
    );
    let silent = Score {
        vocal: None,
        ..score(&[], 2.0)
    };
    assert_eq!(voice.sing(&silent, &|_| {}).unwrap(), vec![0.0; 88_200]);
}
