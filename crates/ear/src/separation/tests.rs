use std::ops::ControlFlow;

use catbird_assets::{Assets, Parts};
use catbird_score::Dice;

use super::*;

fn paths() -> [PathBuf; 2] {
    let assets = Assets::open().expect("a cache folder");
    assets
        .ensure(Parts::All, &|_, _, _| ())
        .expect("the assets can be fetched");
    ["spleeter-voice.ckpt", "spleeter-band.ckpt"].map(|name| assets.path(name))
}

/// A buzzing vowel that glides, over noise bursts and a held organ chord.
fn mixture(seconds: usize) -> [Vec<f32>; 2] {
    let mut dice = Dice::new(9, "mixture");
    let mut phase = 0.0_f32;
    let mono: Vec<f32> = (0..seconds * 44_100)
        .map(|i| {
            let t = i as f32 / 44_100.0;
            phase += (220.0 + 40.0 * (3.0 * t).sin()) / 44_100.0;
            let buzz: f32 = (1..12)
                .map(|k| (std::f32::consts::TAU * phase * k as f32).sin() / k as f32)
                .sum();
            let organ: f32 = [261.6, 329.6, 392.0]
                .iter()
                .map(|f| (std::f32::consts::TAU * f * t).sin())
                .sum();
            let burst = if (t * 4.0).fract() < 0.1 {
                dice.between(-0.5, 0.5) as f32
            } else {
                0.0
            };
            0.1 * buzz + 0.1 * organ + 0.3 * burst
        })
        .collect();
    let right = mono.iter().map(|x| 0.8 * x).collect();
    [mono, right]
}

#[test]
fn both_parts_add_up_and_threads_change_nothing() {
    let paths = paths();
    // More than one block of 512 frames.
    let [left, right] = mixture(13);
    let one = Separation::with_threads(&paths, 1).unwrap();
    let parted = one.separate(&left, &right, &|_, _| ControlFlow::Continue(())).unwrap();
    for (side, all) in [&left, &right].into_iter().enumerate() {
        assert_eq!(parted.voice[side].len(), all.len());
        let worst = (0..all.len())
            .map(|i| (parted.voice[side][i] + parted.band[side][i] - all[i]).abs())
            .fold(0.0, f32::max);
        assert!(worst < 1e-6, "{worst}");
    }
    let share = parted.share();
    assert!(share > 0.01 && share < 0.99, "{share}");
    let three = Separation::with_threads(&paths, 3).unwrap();
    let again = three
        .separate(&left, &right, &|_, _| ControlFlow::Continue(()))
        .unwrap();
    assert!(parted.voice == again.voice, "the number of threads changes the sound");
}

#[test]
fn silence_stays_silent_and_the_work_can_be_broken_off() {
    let separation = Separation::load(&paths()).unwrap();
    let quiet = vec![0.0; 30_000];
    let parted = separation
        .separate(&quiet, &quiet, &|_, _| ControlFlow::Continue(()))
        .unwrap();
    assert!(parted.voice.iter().flatten().all(|x| *x == 0.0));
    assert_eq!(parted.share(), 0.0);
    let stopped = separation.separate(&quiet, &quiet, &|_, _| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(EarError::Cancelled)));
    assert!(
        separation
            .separate(&quiet, &quiet[1..], &|_, _| ControlFlow::Continue(()))
            .is_err()
    );
}

#[test]
fn other_files_are_refused_by_name() {
    let folder = Assets::open().unwrap().path("basic-pitch.onnx");
    let Err(error) = Separation::load(&[folder.clone(), folder]) else {
        panic!("a network of notes is no Spleeter");
    };
    assert!(error.to_string().contains("basic-pitch.onnx"), "{error}");
}
