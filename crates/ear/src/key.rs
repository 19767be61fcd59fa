//! The key of a recording: key profiles against its chroma, and the chords against each key's scale.

use catbird_score::{Chord, Key, Mode, PitchClass};

use crate::{chords::HeardChord, chroma::Chroma};

/// Probe-tone ratings, major then minor, tonic first (C. Krumhansl, E. Kessler, 1982).
const KRUMHANSL: [[f32; 12]; 2] = [
    [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
    [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
];
/// Revised for recognising keys (D. Temperley, "What's key for key?", 1999). Its minor is harmonic; here
/// the seventh degrees share its weight, as popular music uses the natural scale.
const TEMPERLEY: [[f32; 12]; 2] = [
    [5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0],
    [5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 3.25, 2.75],
];
/// How much the chords count beside the chroma.
const CHORDS: f32 = 1.0;

/// The key of a piece, major or minor, and how sure that is, 0–1. `chords` are what was heard of
/// the harmony, in order; they may be empty.
pub fn hear(chroma: &Chroma, chords: &[HeardChord]) -> (Key, f32) {
    let chords: Vec<(Chord, f64)> = chords
        .iter()
        .filter_map(|heard| Some((heard.chord?, heard.to - heard.from)))
        .collect();
    judge(chroma, &chords)
}

/// The same for chords with their lengths in seconds.
fn judge(chroma: &Chroma, chords: &[(Chord, f64)]) -> (Key, f32) {
    let profile = profile(&chroma.frames);
    let bass = self::profile(&chroma.bass);
    let mut scores: Vec<(f32, Key)> = (0..24_u8)
        .map(|i| {
            let (tonic, minor) = (i % 12, i >= 12);
            let mode = if minor { Mode::Minor } else { Mode::Major };
            let fit = 0.5
                * (correlation(&profile, &KRUMHANSL, tonic, minor) + correlation(&profile, &TEMPERLEY, tonic, minor));
            // The bass stands on the tonic and the dominant more than on anything else; that tells a key
            // from its relative.
            let low = correlation(&bass, &KRUMHANSL, tonic, minor);
            let key = Key { tonic, mode };
            (fit + 0.35 * low + CHORDS * harmony(chords, key), key)
        })
        .collect();
    scores.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (best, key) = scores[0];
    if profile.iter().all(|v| *v <= 0.0) && chords.is_empty() {
        return (key, 0.0);
    }
    // Relative keys share all their notes: the runner-up that counts is one with other notes.
    let relative = |k: Key| k.mode != key.mode && relative_of(k) == key.tonic;
    let rival = scores[1..].iter().find(|s| !relative(s.1)).map_or(best, |s| s.0);
    let twin = scores.iter().find(|s| relative(s.1)).map_or(best, |s| s.0);
    let margin = 0.7 * (best - rival) + 0.3 * (best - twin);
    (key, 1.0 - (-4.0 * margin.max(0.0)).exp())
}

/// The tonic of the relative key.
fn relative_of(key: Key) -> PitchClass {
    if key.mode.is_minor() {
        (key.tonic + 3) % 12
    } else {
        (key.tonic + 9) % 12
    }
}

/// The mean of the frames, each brought towards the same level: a quiet verse has a key too.
fn profile(frames: &[[f32; 12]]) -> [f32; 12] {
    let mut sum = [0.0_f32; 12];
    for frame in frames {
        let level = frame.iter().map(|v| v * v).sum::<f32>().sqrt();
        if level > 1e-9 {
            for (s, v) in sum.iter_mut().zip(frame) {
                *s += v / level.sqrt();
            }
        }
    }
    sum
}

/// Pearson's correlation of a chroma vector with a profile moved to `tonic`.
fn correlation(chroma: &[f32; 12], profiles: &[[f32; 12]; 2], tonic: u8, minor: bool) -> f32 {
    let profile = &profiles[usize::from(minor)];
    let moved: [f32; 12] = std::array::from_fn(|i| profile[(i + 12 - usize::from(tonic)) % 12]);
    let mean = |v: &[f32; 12]| v.iter().sum::<f32>() / 12.0;
    let (a, b) = (mean(chroma), mean(&moved));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in chroma.iter().zip(&moved) {
        ab += (x - a) * (y - b);
        aa += (x - a) * (x - a);
        bb += (y - b) * (y - b);
    }
    if aa > 1e-12 { ab / (aa * bb).sqrt() } else { 0.0 }
}

/// How well the chords fit a key, about 0–1: their notes lie in its scale, the tonic chord is heard long,
/// first and last, and the dominant leads to it.
fn harmony(chords: &[(Chord, f64)], key: Key) -> f32 {
    let total: f64 = chords.iter().map(|c| c.1).sum();
    if total <= 0.0 {
        return 0.0;
    }
    let in_scale = |pitch: u8| {
        let degree = (pitch + 12 - key.tonic) % 12;
        // The leading note belongs to minor too.
        key.contains(pitch) || (key.mode.is_minor() && degree == 11)
    };
    let is_tonic = |chord: &Chord| {
        chord.root == key.tonic
            && (chord
                .pitch_classes()
                .contains(&((key.tonic + if key.mode.is_minor() { 3 } else { 4 }) % 12))
                || chord.pitch_classes().len() == 2)
    };
    let (mut fit, mut tonic) = (0.0, 0.0);
    for (chord, seconds) in chords {
        let triad: Vec<u8> = chord.pitch_classes().into_iter().take(3).collect();
        let inside = triad.iter().filter(|p| in_scale(**p)).count() as f64 / triad.len() as f64;
        fit += seconds * inside * inside;
        if is_tonic(chord) {
            tonic += seconds;
        }
    }
    let cadences = chords
        .windows(2)
        .filter(|w| w[0].0.root == (key.tonic + 7) % 12 && is_tonic(&w[1].0))
        .count() as f64;
    let ends = f64::from(u8::from(chords.first().is_some_and(|c| is_tonic(&c.0))))
        + 1.5 * f64::from(u8::from(chords.last().is_some_and(|c| is_tonic(&c.0))));
    let moves = (chords.len() as f64 - 1.0).max(1.0);
    (0.6 * fit / total + 0.5 * tonic / total + 0.4 * cadences / moves + 0.06 * ends) as f32
}

#[cfg(test)]
mod tests {
    use catbird_score::Quality;

    use super::*;
    use crate::RATE;

    /// Chords of plain tones with some partials, a second each.
    fn play(chords: &[(u8, &[u8])]) -> Vec<f32> {
        let mut sound = Vec::new();
        for (root, above) in chords {
            for i in 0..RATE {
                let t = i as f32 / RATE as f32;
                let tone = |pitch: u8| {
                    let hz = 440.0 * 2.0_f32.powf((f32::from(pitch) - 69.0) / 12.0);
                    (1..5)
                        .map(|h| (std::f32::consts::TAU * hz * h as f32 * t).sin() / (h * h) as f32)
                        .sum::<f32>()
                };
                let chord: f32 = above.iter().map(|a| tone(60 + root % 12 + a)).sum();
                sound.push(0.1 * (-t).exp() * (chord + tone(36 + root % 12)));
            }
        }
        sound
    }

    const MAJOR: &[u8] = &[0, 4, 7];
    const MINOR: &[u8] = &[0, 3, 7];

    #[test]
    fn cadences_in_every_key_are_heard() {
        for tonic in 0..12_u8 {
            let at = |degree: u8| (tonic + degree) % 12;
            let major = play(&[(at(0), MAJOR), (at(5), MAJOR), (at(7), MAJOR), (at(0), MAJOR)]);
            let (key, sure) = hear(&Chroma::of(&major), &[]);
            assert_eq!(
                key,
                Key {
                    tonic,
                    mode: Mode::Major
                }
            );
            assert!(sure > 0.2, "{sure}");
            let minor = play(&[(at(0), MINOR), (at(5), MINOR), (at(10), MAJOR), (at(0), MINOR)]);
            assert_eq!(
                hear(&Chroma::of(&minor), &[]).0,
                Key {
                    tonic,
                    mode: Mode::Minor
                }
            );
        }
    }

    #[test]
    fn chords_tell_a_key_from_its_relative() {
        let chroma = Chroma::of(&play(&[(0, MAJOR), (9, MINOR), (5, MAJOR), (7, MAJOR)]));
        let chord = |root, quality| (Chord::new(root, quality), 1.0);
        let minor = [
            chord(9, Quality::Minor),
            chord(5, Quality::Major),
            chord(7, Quality::Major),
            chord(4, Quality::Seven),
            chord(9, Quality::Minor),
        ];
        assert_eq!(judge(&chroma, &minor).0.name(), "A minor");
        let major = [
            chord(0, Quality::Major),
            chord(9, Quality::Minor),
            chord(5, Quality::Major),
            chord(7, Quality::Major),
            chord(0, Quality::Major),
        ];
        assert_eq!(judge(&chroma, &major).0.name(), "C major");
    }

    #[test]
    fn nothing_heard_is_not_sure() {
        assert_eq!(hear(&Chroma::of(&vec![0.0; 44_100]), &[]).1, 0.0);
    }
}
