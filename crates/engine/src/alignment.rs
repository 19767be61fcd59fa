//! Moving sung words to where a recording sings them: our own singing of the same words is laid beside
//! the recording's, and the path between the two is followed.

use catbird_ear::align;
use catbird_score::{Note, Score, Tick};

/// How far a word may lie from where its melody was heard, seconds.
const BAND_SECONDS: f64 = 4.0;
/// The shortest note that is left where two words are sung close together.
const SHORTEST: Tick = 30;

/// Moves every syllable of the score's vocal along the path from `reference` (our dry voice of exactly
/// this score) to `voice` (left and right of the recording's).
pub fn align(
    score: &mut Score,
    reference: &[f32],
    voice: &[Vec<f32>; 2],
) {
    let mono: Vec<f32> = voice[0].iter().zip(&voice[1]).map(|(l, r)| 0.5 * (l + r)).collect();
    let path = align::align(reference, &mono, BAND_SECONDS);
    let tempo = score.tempo.clone();
    let Some(vocal) = &mut score.vocal else { return };
    let moved = |tick: f64| tempo.tick_at(along(&path, tempo.seconds(tick))).max(0.0);
    let mut earliest: Tick = 0;
    let notes = vocal
        .lines
        .iter_mut()
        .flat_map(|line| &mut line.words)
        .flat_map(|word| &mut word.syllables)
        .flat_map(|syllable| &mut syllable.notes);
    for note in notes {
        let (from, to) = (moved(note.onset()), moved(note.onset() + f64::from(note.length)));
        let start = (from.round() as Tick).max(earliest);
        let end = (to.round() as Tick).max(start + SHORTEST);
        *note = Note {
            start,
            length: end - start,
            nudge: 0,
            ..*note
        };
        earliest = end;
    }
}

/// The second of the recording that belongs to a second of the reference.
fn along(path: &[[f64; 2]], second: f64) -> f64 {
    let after = path.partition_point(|pair| pair[0] <= second);
    match (after.checked_sub(1).map(|i| path[i]), path.get(after)) {
        (Some(a), Some(b)) => a[1] + (second - a[0]) * (b[1] - a[1]) / (b[0] - a[0]).max(1e-9),
        (Some(a), None) => a[1] + second - a[0],
        (None, Some(b)) => b[1] + second - b[0],
        (None, None) => second,
    }
}

#[cfg(test)]
mod tests {
    use super::along;

    #[test]
    fn a_path_is_followed_and_goes_on_at_its_ends() {
        let path = [[1.0, 1.5], [2.0, 2.5], [3.0, 4.5]];
        for (at, to) in [(0.0, 0.5), (1.5, 2.0), (2.5, 3.5), (4.0, 5.5)] {
            assert!((along(&path, at) - to).abs() < 1e-9);
        }
        assert!((along(&[], 7.0) - 7.0).abs() < 1e-9);
    }
}
