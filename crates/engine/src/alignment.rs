//! Moving sung words to where a recording sings them: our own singing of the same words is laid beside
//! the recording's, and the path between the two is followed.

use catbird_ear::align;
use catbird_score::{Note, Score, Tick, reel::along};

/// How far a word may lie from where its melody was heard, seconds.
const BAND_SECONDS: f64 = 4.0;
/// The shortest note that is left where two words are sung close together.
const SHORTEST: Tick = 30;

/// Moves every syllable of the score's vocal along the path from `reference` (our dry voice of exactly
/// this score) to `voice` (the recording's, mono).
pub fn align(score: &mut Score, reference: &[f32], voice: &[f32]) {
    let path = align::align(reference, voice, BAND_SECONDS);
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
