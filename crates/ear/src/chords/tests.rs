use std::ops::ControlFlow;

use catbird_score::{Dice, Quality};

use super::*;

/// Tones of four partials each, struck every second.
fn strummed(pitches: &[u8], seconds: usize) -> Vec<f32> {
    (0..seconds * RATE as usize)
        .map(|i| {
            let t = i as f64 / f64::from(RATE);
            let decay = (-1.5 * t.fract()).exp();
            let tone = |pitch: u8| -> f64 {
                let frequency = 440.0 * 2.0_f64.powf((f64::from(pitch) - 69.0) / 12.0);
                (1..=4)
                    .map(|k| (std::f64::consts::TAU * frequency * f64::from(k) * t).sin() / f64::from(k * k))
                    .sum()
            };
            (0.1 * decay * pitches.iter().map(|p| tone(*p)).sum::<f64>()) as f32
        })
        .collect()
}

/// The chord that fills most of the middle of what is heard.
fn main_chord(heard: &[HeardChord], from: f64, to: f64) -> Option<Chord> {
    let within = |h: &&HeardChord| (h.to.min(to) - h.from.max(from)).max(0.0);
    let longest = heard.iter().max_by(|a, b| within(a).total_cmp(&within(b)));
    longest.and_then(|h| h.chord)
}

#[test]
fn all_major_and_minor_triads_are_heard() {
    let chords = Chords::load().unwrap();
    let mut sound = Vec::new();
    let mut played = Vec::new();
    for quality in [Quality::Major, Quality::Minor] {
        // In fifths, so that no two neighbours are each other's relatives.
        for step in 0..12_u8 {
            let root = step * 7 % 12;
            let third = if quality == Quality::Major { 4 } else { 3 };
            sound.extend(strummed(&[48 + root, 60 + root, 60 + root + third, 67 + root], 4));
            played.push(Chord::new(root, quality));
        }
    }
    let heard = chords.hear(&sound, &|_, _| ControlFlow::Continue(())).unwrap();
    assert_eq!(heard[0].from, 0.0);
    assert!(heard.windows(2).all(|w| w[0].to == w[1].from));
    assert!((heard[heard.len() - 1].to - 96.0).abs() < 1e-9);
    for (i, chord) in played.into_iter().enumerate() {
        let at = i as f64 * 4.0;
        let found = main_chord(&heard, at + 0.5, at + 3.5);
        let found = found.unwrap_or_else(|| panic!("nothing for {} at {at} s", chord.symbol()));
        // Overtones of the third are a seventh of minor chords, so Am may be heard as Am7 or C6/A: the triad
        // and its bass must be right.
        let whole = chord.pitch_classes().into_iter().all(|p| found.contains(p));
        assert!(
            whole && found.bass == chord.root,
            "{} for {} at {at} s",
            found.symbol(),
            chord.symbol()
        );
    }
}

#[test]
fn silence_has_no_chord_and_noise_no_certain_one() {
    let chords = Chords::load().unwrap();
    let quiet = chords
        .listen(&vec![0.0; 100_000], &|_, _| ControlFlow::Continue(()))
        .unwrap();
    assert_eq!(quiet.chords.len(), 1);
    assert_eq!(quiet.chords[0].chord, None);
    assert_eq!(quiet.pitches.len(), 100_000 / HOP);
    let mut dice = Dice::new(4, "noise");
    let noise: Vec<f32> = (0..5 * RATE).map(|_| dice.between(-0.3, 0.3) as f32).collect();
    let heard = chords.hear(&noise, &|_, _| ControlFlow::Continue(())).unwrap();
    for span in heard.iter().filter(|h| h.chord.is_some()) {
        assert!(span.confidence < 0.5, "{span:?}");
    }
    // Less than a frame is no error.
    assert_eq!(
        chords
            .hear(&noise[..100], &|_, _| ControlFlow::Continue(()))
            .unwrap()
            .len(),
        1
    );
    assert!(chords.hear(&[], &|_, _| ControlFlow::Continue(())).is_ok());
    let stopped = chords.hear(&noise, &|_, _| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(EarError::Cancelled)));
}

#[test]
fn a_bass_under_the_chord_is_heard() {
    let chords = Chords::load().unwrap();
    // C major over E.
    let sound = strummed(&[28, 40, 60, 64, 67, 72], 6);
    let heard = chords.hear(&sound, &|_, _| ControlFlow::Continue(())).unwrap();
    let chord = main_chord(&heard, 1.0, 5.0).unwrap();
    assert_eq!(chord.symbol(), "C/E");
}
