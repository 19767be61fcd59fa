//! From the network's probabilities to chords with a beginning and an end: crema's vocabulary, and the path
//! through it that pumpp decodes (Viterbi with one probability of staying for all chords).

use catbird_score::{Chord, Quality};

/// Labels the network knows.
pub(super) const LABELS: usize = 170;
/// Pitch classes of a root or bass, and "none".
pub(super) const PITCHES: usize = 13;

/// Probability that the next frame has the same label (crema 0.2.0, `pump.pkl`).
const STAY: f64 = 0.957_154_635_467_057;

/// One label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Label {
    /// No chord sounds.
    Nothing,
    /// Harmony outside the vocabulary.
    Other,
    /// A chord in root position.
    Chord(Chord),
}

/// The labels in the network's order, which is that of their names as text.
pub(super) fn labels() -> Vec<Label> {
    const ROOTS: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
    const QUALITIES: [(&str, Quality); 14] = [
        ("min", Quality::Minor),
        ("maj", Quality::Major),
        ("dim", Quality::Diminished),
        ("aug", Quality::Augmented),
        ("min6", Quality::MinorSix),
        ("maj6", Quality::Six),
        ("min7", Quality::MinorSeven),
        ("maj7", Quality::MajorSeven),
        ("7", Quality::Seven),
        ("dim7", Quality::DiminishedSeven),
        ("hdim7", Quality::HalfDiminished),
        // A minor triad with a major seventh has no quality of its own here.
        ("minmaj7", Quality::Minor),
        ("sus2", Quality::Sus2),
        ("sus4", Quality::Sus4),
    ];
    let mut named = vec![("N".to_owned(), Label::Nothing), ("X".to_owned(), Label::Other)];
    for (root, name) in ROOTS.iter().enumerate() {
        for (suffix, quality) in QUALITIES {
            let chord = Chord::new(root as u8, quality);
            named.push((format!("{name}:{suffix}"), Label::Chord(chord)));
        }
    }
    named.sort_by(|a, b| a.0.cmp(&b.0));
    named.into_iter().map(|(_, label)| label).collect()
}

/// The likeliest label of each frame; `tags` are rows of [`LABELS`] probabilities.
pub(super) fn path(tags: &[f32]) -> Vec<usize> {
    let leave = ((1.0 - STAY) / (LABELS - 1) as f64).ln();
    let stay = STAY.ln();
    let mut score = [0.0_f64; LABELS];
    let mut from = Vec::with_capacity(tags.len());
    for (frame, row) in tags.chunks_exact(LABELS).enumerate() {
        let best = highest(&score);
        let jump = score[best] + leave;
        for (label, p) in row.iter().enumerate() {
            let hold = score[label] + stay;
            // All other labels are equally far, so the best of them is the best of all.
            let kept = frame == 0 || hold >= jump;
            from.push(if kept { label } else { best } as u8);
            let before = match frame {
                0 => 0.0,
                _ => hold.max(jump),
            };
            score[label] = before + f64::from(p.max(f32::MIN_POSITIVE)).ln();
        }
    }
    let mut label = highest(&score);
    let mut path = Vec::with_capacity(tags.len() / LABELS);
    for row in from.chunks_exact(LABELS).rev() {
        path.push(label);
        label = usize::from(row[label]);
    }
    path.reverse();
    path
}

/// Where the highest number stands; the first of equals.
pub(super) fn highest(numbers: &[f64]) -> usize {
    (1..numbers.len()).fold(0, |best, i| if numbers[i] > numbers[best] { i } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_where_the_network_has_them() {
        let labels = labels();
        assert_eq!(labels.len(), LABELS);
        let chord = |root, quality| Label::Chord(Chord::new(root, quality));
        // From the encoder of crema 0.2.0: "A#:7", "A#:aug", … "A:7", … "B:sus4", … "N", "X".
        assert_eq!(labels[0], chord(10, Quality::Seven));
        assert_eq!(labels[1], chord(10, Quality::Augmented));
        assert_eq!(labels[14], chord(9, Quality::Seven));
        assert_eq!(labels[168], Label::Nothing);
        assert_eq!(labels[169], Label::Other);
    }

    #[test]
    fn a_flicker_is_not_a_chord_but_a_change_is() {
        let row = |label: usize, p: f32| {
            let mut row = vec![(1.0 - p) / (LABELS - 1) as f32; LABELS];
            row[label] = p;
            row
        };
        let mut tags: Vec<f32> = (0..10).flat_map(|_| row(3, 0.6)).collect();
        tags.extend(row(9, 0.5));
        tags.extend((0..10).flat_map(|_| row(3, 0.6)));
        assert!(path(&tags).iter().all(|l| *l == 3));
        tags.extend((0..10).flat_map(|_| row(9, 0.6)));
        let path = path(&tags);
        assert_eq!(path.len(), 31);
        assert!(path[..21].iter().all(|l| *l == 3) && path[21..].iter().all(|l| *l == 9));
    }
}
