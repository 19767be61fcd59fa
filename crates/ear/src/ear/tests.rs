use std::{f64::consts::TAU, ops::ControlFlow};

use catbird_assets::{Assets, Parts};
use catbird_score::{Dice, Mode, Reel, Track};

use super::*;

fn ear() -> Ear {
    let assets = Assets::open().expect("a cache folder");
    assets
        .ensure(Parts::All, &|_, _, _| ())
        .expect("the assets can be fetched");
    Ear::new(EarFiles {
        separation: ["spleeter-voice.ckpt", "spleeter-band.ckpt"].map(|name| assets.path(name)),
        notes: assets.path("basic-pitch.onnx"),
        pitch: assets.path("swift-f0.onnx"),
    })
}

fn on(_: &str, _: f32) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Adds a plucked tone with six overtones.
fn pluck(sound: &mut [f32], from: f64, seconds: f64, midi: f64, level: f64) {
    let rate = f64::from(RATE);
    let hz = 440.0 * 2f64.powf((midi - 69.0) / 12.0);
    let first = (from * rate) as usize;
    for n in 0..(seconds * rate) as usize {
        let t = n as f64 / rate;
        let shape = (t / 0.004).min(1.0) * (-1.5 * t).exp() * ((seconds - t) / 0.02).min(1.0);
        let tone: f64 = (1..=6)
            .map(|k| (TAU * hz * f64::from(k) * t).sin() / f64::from(k * k))
            .sum();
        if let Some(x) = sound.get_mut(first + n) {
            *x += (level * shape * tone) as f32;
        }
    }
}

/// A beat of noise.
fn hit(sound: &mut [f32], from: f64, hz: f64, level: f64, dice: &mut Dice) {
    let rate = f64::from(RATE);
    for n in 0..(0.12 * rate) as usize {
        let t = n as f64 / rate;
        let x = (TAU * hz * t).sin() * (-30.0 * t).exp() + 0.3 * dice.normal() * (-80.0 * t).exp();
        if let Some(y) = sound.get_mut((from * rate) as usize + n) {
            *y += (level * x) as f32;
        }
    }
}

#[test]
fn a_small_piece_is_heard_whole() {
    let (bpm, lead, bars) = (120.0, 0.25, 12);
    let beat = 60.0 / bpm;
    let mut sound = vec![0.0f32; ((lead + f64::from(bars * 4) * beat + 0.75) * f64::from(RATE)) as usize];
    let mut dice = Dice::new(3, "drums");
    let roots = [60.0, 67.0, 69.0, 65.0];
    let thirds = [4.0, 4.0, 3.0, 4.0];
    let tune = [
        76.0, 79.0, 77.0, 76.0, 74.0, 79.0, 83.0, 81.0, 84.0, 81.0, 79.0, 77.0, 81.0, 79.0, 77.0, 74.0,
    ];
    let mut truth = Vec::new();
    for b in 0..bars * 4 {
        let at = lead + f64::from(b) * beat;
        let chord = (b / 4 % 4) as usize;
        hit(&mut sound, at, if b % 2 == 0 { 55.0 } else { 190.0 }, 0.35, &mut dice);
        pluck(&mut sound, at, beat, roots[chord] - 24.0, 0.2);
        if b % 4 == 0 {
            for above in [0.0, thirds[chord], 7.0] {
                pluck(&mut sound, at, 4.0 * beat, roots[chord] - 12.0 + above, 0.07);
            }
        }
        let pitch = tune[(b % 16) as usize];
        pluck(&mut sound, at, 0.9 * beat, pitch, 0.22);
        truth.push((at, pitch));
    }
    let score = ear().hear(&sound, &sound, &on).unwrap();
    score.check().unwrap();
    let heard = score.heard.clone().unwrap();
    assert_eq!(score.seconds, sound.len() as f64 / f64::from(RATE));
    assert_eq!(score.reels, [Reel::plain("", Track::Whole, 0.0, score.seconds, 0.0)]);
    assert!((score.tempo.bpm_at(480 * 16) - bpm).abs() < 1.2, "{:?}", score.tempo);
    assert_eq!(score.labels.gender, "", "{heard:?}");
    assert!(
        matches!((score.key.tonic, score.key.mode), (0, Mode::Major) | (9, Mode::Minor)),
        "{:?}",
        score.key
    );
    assert_eq!(score.chords.last().map(|c| c.start + c.length), Some(score.end()));
    // Chords: in the middle of each bar the root that is played.
    let right = (0..bars)
        .filter(|bar| {
            let tick = score.tempo.tick_at(lead + (f64::from(*bar) * 4.0 + 2.0) * beat);
            let chord = score.chord_at(tick as u32);
            chord.is_some_and(|c| f64::from(c.chord.root) == roots[(bar % 4) as usize] % 12.0)
        })
        .count();
    assert!(right >= 9, "{right} of {bars} chords");
    // The tune: each note within 50 ms, and little else.
    let melody = &score.parts[0].notes;
    let found = truth
        .iter()
        .filter(|(at, pitch)| {
            melody
                .iter()
                .any(|n| f64::from(n.pitch) == *pitch && (score.tempo.seconds(n.onset()) - at).abs() < 0.05)
        })
        .count();
    let (precision, recall) = (found as f64 / melody.len() as f64, found as f64 / truth.len() as f64);
    assert!(
        precision > 0.75 && recall > 0.75,
        "precision {precision}, recall {recall}"
    );
}

#[test]
fn odd_recordings_are_valid_scores() {
    let ear = ear();
    let rate = RATE as usize;
    let mut dice = Dice::new(1, "odd");
    let noise: Vec<f32> = (0..6 * rate).map(|_| (0.1 * dice.normal()) as f32).collect();
    let tone: Vec<f32> = (0..6 * rate)
        .map(|n| (0.3 * (TAU * 440.0 * n as f64 / f64::from(RATE)).sin()) as f32)
        .collect();
    let mut clicks = vec![0.0f32; 7 * rate];
    for click in (0..7 * rate).step_by(rate / 2) {
        clicks[click..click + 40].fill(0.5);
    }
    let mut island = vec![0.0f32; 9 * rate];
    pluck(&mut island, 4.0, 1.0, 60.0, 0.3);
    // 8-bit steps.
    let coarse: Vec<f32> = tone
        .iter()
        .zip(&noise)
        .map(|(a, b)| ((a + b) * 100.0).round() / 128.0)
        .collect();
    for (name, sound) in [
        ("noise", noise),
        ("tone", tone),
        ("clicks", clicks),
        ("island", island),
        ("coarse", coarse),
    ] {
        let score = ear.hear(&sound, &sound, &on).unwrap_or_else(|e| panic!("{name}: {e}"));
        score.check().unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(score.seconds, sound.len() as f64 / f64::from(RATE), "{name}");
    }
    let silence = vec![0.0f32; 6 * rate];
    assert!(matches!(ear.hear(&silence, &silence, &on), Err(EarError::Nothing(_))));
}

#[test]
fn listening_can_be_broken_off_and_tells_how_far_it_is() {
    let ear = ear();
    let mut dice = Dice::new(2, "noise");
    let noise: Vec<f32> = (0..8 * RATE).map(|_| (0.1 * dice.normal()) as f32).collect();
    let told = Mutex::new(Vec::new());
    let progress = |_: &str, x: f32| {
        let mut told = told.lock().unwrap();
        told.push(x);
        if x > 0.3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    assert!(matches!(ear.hear(&noise, &noise, &progress), Err(EarError::Cancelled)));
    let told = told.into_inner().unwrap();
    assert!(told.windows(2).all(|w| w[0] <= w[1]), "{told:?}");
}
