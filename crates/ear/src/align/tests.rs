use catbird_score::Dice;

use super::*;

const SECONDS: f64 = 20.0;

/// Somebody sings nonsense: syllables of a noisy buzz through two formants that change, with consonants
/// and pauses. `warp` says when each instant is sung; `voice` shifts formants and pitch.
fn singing(warp: impl Fn(f64) -> f64, voice: f64) -> Vec<f32> {
    let mut dice = Dice::new(7, "syllables");
    // (start, end, first formant, second formant, pitch)
    let mut syllables = Vec::new();
    let mut at = 0.4;
    while at < SECONDS - 1.0 {
        let length = 0.18 + 0.35 * dice.unit();
        syllables.push((
            at,
            at + length,
            300.0 + 500.0 * dice.unit(),
            900.0 + 1_600.0 * dice.unit(),
            150.0 + 150.0 * dice.unit(),
        ));
        at += length + if dice.chance(0.2) { 0.4 } else { 0.06 };
    }
    let mut noise = Dice::new(voice.to_bits(), "breath");
    let rate = f64::from(RATE);
    let mut state = [[0.0f64; 2]; 2];
    let mut phase = 0.0;
    (0..(SECONDS * rate) as usize)
        .map(|n| {
            let t = warp(n as f64 / rate);
            let Some(s) = syllables.iter().find(|s| s.0 <= t && t < s.1) else {
                return (0.0005 * noise.normal()) as f32;
            };
            phase += s.4 * voice / rate;
            let fresh = t - s.0 < 0.05;
            let source = if fresh {
                0.3 * noise.normal()
            } else {
                (phase.fract() - 0.5) + 0.02 * noise.normal()
            };
            let mut out = 0.0;
            for (k, hz) in [s.2, s.3].into_iter().enumerate() {
                let w = std::f64::consts::TAU * hz * (0.5 + 0.5 * voice) / rate;
                let r: f64 = 0.985;
                let y = source + 2.0 * r * w.cos() * state[k][0] - r * r * state[k][1];
                state[k] = [y, state[k][0]];
                out += y * (1.0 - r);
            }
            let edge = ((t - s.0).min(s.1 - t) / 0.02).min(1.0);
            (0.3 * out * edge) as f32
        })
        .collect()
}

fn errors(anchors: &[[f64; 2]], truth: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut off: Vec<f64> = anchors.iter().map(|a| (a[1] - truth(a[0])).abs()).collect();
    off.sort_by(f64::total_cmp);
    off
}

#[test]
fn another_singers_warped_performance_is_found() {
    // Second t of the recording is second t + w(t) of the words; the drift reaches 0.6 s.
    let to_words = |t: f64| t + 0.5 * (t * 0.45).sin() * (t / 6.0).min(1.0) - 0.1;
    let reference = singing(|t| t, 1.0);
    let recording = singing(to_words, 1.35);
    let found = align(&reference, &recording, 2.0);
    assert!(found.len() > 20, "{}", found.len());
    assert!(found.windows(2).all(|w| w[0][0] < w[1][0] && w[0][1] < w[1][1]));
    let off = {
        let mut off: Vec<f64> = found.iter().map(|a| (to_words(a[1]) - a[0]).abs()).collect();
        off.sort_by(f64::total_cmp);
        off
    };
    assert!(off[off.len() / 2] < 0.03 && off[off.len() * 9 / 10] < 0.1, "{off:?}");
}

#[test]
fn the_same_performance_stays_where_it_is() {
    let sound = singing(|t| t, 1.0);
    let off = errors(&align(&sound, &sound, 2.0), |t| t);
    assert!(off.last().is_some_and(|worst| *worst < 0.011), "{off:?}");
}

#[test]
fn nothing_is_aligned_with_nothing() {
    assert_eq!(align(&[], &[], 1.0), [[0.0, 0.0]]);
    assert_eq!(align(&vec![0.0; 44_100], &vec![0.0; 44_100], 1.0).len(), 1);
    assert!(!align(&singing(|t| t, 1.0), &vec![0.0; 8_820], 1.0).is_empty());
}
