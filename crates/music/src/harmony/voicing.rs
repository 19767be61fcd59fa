//! Voicings: which octave each chord tone takes. Keyboard chords move as little as possible from one to
//! the next (Viterbi over all close and open positions in the register); guitars use open shapes.

use catbird_score::{Chord, ChordSpan, Quality};

/// The notes that matter most first: third, seventh and colours before fifth and root.
fn tones(chord: Chord, voices: usize) -> Vec<u8> {
    let intervals = chord.quality.intervals();
    let mut order: Vec<u8> = Vec::new();
    let rank = |i: u8| match i % 12 {
        3 | 4 => 0,
        6 | 8 | 10 | 11 => 1,
        2 | 9 | 5 if intervals.len() > 3 => 2,
        0 => 3,
        _ => 4,
    };
    let mut sorted: Vec<u8> = intervals.to_vec();
    sorted.sort_by_key(|i| (if intervals.len() <= 3 { 0 } else { rank(*i) }, *i));
    for i in sorted {
        let pc = (chord.root + i) % 12;
        if !order.contains(&pc) {
            order.push(pc);
        }
    }
    order.truncate(voices.max(2));
    order
}

/// All positions of the pitch classes inside the register: each rotation stacked upwards from each
/// octave, and the same with the second-highest voice dropped an octave.
fn positions(classes: &[u8], low: u8, high: u8) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for rotation in 0..classes.len() {
        let bottom = classes[rotation];
        for base in (low..=high).filter(|p| p % 12 == bottom) {
            let mut sorted: Vec<u8> = classes.to_vec();
            sorted.sort_by_key(|pc| (pc + 12 - bottom) % 12);
            let close: Vec<u8> = sorted.iter().map(|pc| base + (pc + 12 - bottom) % 12).collect();
            if close.last().is_some_and(|top| *top <= high) {
                if close.len() >= 4 && close[close.len() - 2] >= low + 12 {
                    let mut dropped = close.clone();
                    let n = dropped.len();
                    dropped[n - 2] -= 12;
                    dropped.sort_unstable();
                    out.push(dropped);
                }
                out.push(close);
            }
        }
    }
    out
}

fn movement(from: &[u8], to: &[u8]) -> f32 {
    let nearest = |p: u8, others: &[u8]| others.iter().map(|o| o.abs_diff(p)).min().unwrap_or(12);
    let sum: u32 = to.iter().map(|p| u32::from(nearest(*p, from))).sum();
    let top = from.last().zip(to.last()).map_or(0, |(a, b)| u32::from(a.abs_diff(*b)));
    sum as f32 + 0.5 * top as f32
}

/// Voices every chord of `chords` in `low..=high` with minimum motion.
///
/// # Panics
/// Never: every chord has at least one position.
pub fn lead(chords: &[ChordSpan], low: u8, high: u8, voices: usize) -> Vec<Vec<u8>> {
    let centre = f32::from(low) * 0.5 + f32::from(high) * 0.5;
    let cost = |v: &[u8]| {
        let mean = v.iter().map(|p| f32::from(*p)).sum::<f32>() / v.len() as f32;
        // Small intervals below C3 sound muddy.
        let mud = v.windows(2).filter(|w| w[0] < 50 && w[1] - w[0] < 5).count() as f32;
        0.35 * (mean - centre).abs() + 4.0 * mud
    };
    let options: Vec<Vec<Vec<u8>>> = chords
        .iter()
        .map(|span| {
            let classes = tones(span.chord, voices);
            let mut found = positions(&classes, low, high);
            if found.is_empty() {
                // A register narrower than the chord: its tones wherever they fall.
                let mut all: Vec<u8> = (low..=high).filter(|p| classes.contains(&(p % 12))).collect();
                all.truncate(voices);
                found.push(if all.is_empty() { vec![low] } else { all });
            }
            found
        })
        .collect();
    let Some(first) = options.first() else {
        return Vec::new();
    };
    let mut costs: Vec<f32> = first.iter().map(|v| cost(v)).collect();
    let mut back: Vec<Vec<usize>> = Vec::new();
    for pair in options.windows(2) {
        let (mut next, mut from) = (Vec::new(), Vec::new());
        for to in &pair[1] {
            let (i, best) = pair[0]
                .iter()
                .zip(&costs)
                .map(|(v, c)| c + movement(v, to))
                .enumerate()
                .min_by(|a, b| a.1.total_cmp(&b.1))
                .expect("every chord has a position");
            next.push(best + cost(to));
            from.push(i);
        }
        costs = next;
        back.push(from);
    }
    let mut at = costs
        .iter()
        .enumerate()
        .min_by(|a, b| a.1.total_cmp(b.1))
        .map_or(0, |(i, _)| i);
    let mut path = vec![at];
    for from in back.iter().rev() {
        at = from[at];
        path.push(at);
    }
    path.iter().rev().zip(&options).map(|(i, o)| o[*i].clone()).collect()
}

/// A guitar-like shape: chord tones upwards from the lowest root or fifth, at least a minor third apart.
pub fn open(chord: Chord, low: u8, high: u8, voices: usize) -> Vec<u8> {
    let classes = chord.pitch_classes();
    let mut shape: Vec<u8> = Vec::new();
    let base = (low..=high).find(|p| p % 12 == chord.bass).unwrap_or(low);
    for p in base..=high {
        // The lowest strings are a fourth or more apart.
        let apart = shape
            .last()
            .is_none_or(|last| p - last >= if *last < 48 { 5 } else { 3 });
        if apart && (classes.contains(&(p % 12)) || p == base) && shape.len() < voices {
            shape.push(p);
        }
    }
    shape
}

/// Root, fifth and octave, for distorted guitars.
pub fn power(chord: Chord, low: u8) -> Vec<u8> {
    let root = (low..low + 12).find(|p| p % 12 == chord.root).unwrap_or(low);
    let fifth = match chord.quality {
        Quality::Diminished | Quality::HalfDiminished | Quality::DiminishedSeven => 6,
        Quality::Augmented => 8,
        _ => 7,
    };
    vec![root, root + fifth, root + 12]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(root: u8, quality: Quality) -> ChordSpan {
        ChordSpan {
            start: 0,
            length: 1,
            roman: String::new(),
            chord: Chord::new(root, quality),
        }
    }

    #[test]
    fn chords_move_little_and_hold_their_colour() {
        let chart = [
            span(0, Quality::Major),
            span(7, Quality::Major),
            span(9, Quality::Minor),
            span(5, Quality::MajorSeven),
        ];
        let voiced = lead(&chart, 52, 72, 4);
        for (v, c) in voiced.iter().zip(&chart) {
            assert!(v.iter().all(|p| c.chord.contains(*p)), "{v:?}");
            assert!(
                v.iter()
                    .any(|p| *p % 12 == (c.chord.root + c.chord.quality.intervals()[1]) % 12),
                "third missing in {v:?}"
            );
        }
        for w in voiced.windows(2) {
            assert!(movement(&w[0], &w[1]) <= 12.0, "{w:?}");
        }
        assert_eq!(open(Chord::new(4, Quality::Minor), 40, 64, 6), [40, 47, 52, 55, 59, 64]);
        assert_eq!(power(Chord::new(9, Quality::Minor), 40), [45, 52, 57]);
    }
}
