//! Heard chords put on beats, without gaps.

use catbird_score::{Chord, ChordSpan, Key, Quality, TempoMap, Tick};

use super::roman;
use crate::chords::HeardChord;

/// The chords from tick 0 to `end`: each beat has the chord that fills most of it; where none was heard,
/// the one before it goes on (at the beginning: the first one; nowhere any: the tonic).
pub fn spans(heard: &[HeardChord], tempo: &TempoMap, beat: Tick, end: Tick, key: Key) -> Vec<ChordSpan> {
    let beats = end.div_ceil(beat.max(1));
    let mut chords: Vec<Option<Chord>> = (0..beats)
        .map(|b| most(heard, tempo.at(b * beat), tempo.at((b + 1) * beat)))
        .collect();
    let tonic = Chord::new(
        key.tonic,
        if key.mode.is_minor() {
            Quality::Minor
        } else {
            Quality::Major
        },
    );
    let mut last = chords.iter().flatten().next().copied().unwrap_or(tonic);
    for chord in &mut chords {
        last = chord.unwrap_or(last);
        *chord = Some(last);
    }
    let mut spans: Vec<ChordSpan> = Vec::new();
    for (b, chord) in (0..beats).zip(chords.into_iter().flatten()) {
        let start = b * beat;
        let length = beat.min(end - start);
        match spans.last_mut() {
            Some(span) if span.chord == chord => span.length += length,
            _ => spans.push(ChordSpan {
                start,
                length,
                roman: roman::of(key, chord),
                chord,
            }),
        }
    }
    spans
}

/// The chord that fills most of a stretch of seconds; `None` where silence or noise does.
fn most(heard: &[HeardChord], from: f64, to: f64) -> Option<Chord> {
    let after = heard.partition_point(|h| h.to <= from);
    let mut sums: Vec<(Option<Chord>, f64)> = Vec::new();
    for span in heard[after..].iter().take_while(|h| h.from < to) {
        let seconds = span.to.min(to) - span.from.max(from);
        match sums.iter_mut().find(|(chord, _)| *chord == span.chord) {
            Some((_, sum)) => *sum += seconds,
            None => sums.push((span.chord, seconds)),
        }
    }
    let (chord, seconds) = sums.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    // A beat that is mostly outside what was heard keeps its neighbour's chord.
    chord.filter(|_| seconds > 0.2 * (to - from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use catbird_score::Mode;

    const C: Key = Key {
        tonic: 0,
        mode: Mode::Major,
    };

    fn heard(from: f64, to: f64, root: Option<u8>) -> HeardChord {
        HeardChord {
            from,
            to,
            chord: root.map(|r| Chord::new(r, Quality::Major)),
            confidence: 0.8,
        }
    }

    #[test]
    fn chords_stand_on_beats_without_gaps() {
        let tempo = TempoMap::steady(120.0, 0.1);
        let chords = [
            heard(0.0, 0.15, None),
            heard(0.15, 1.07, Some(0)),
            heard(1.07, 1.6, None),
            heard(1.6, 2.2, Some(7)),
        ];
        let spans = spans(&chords, &tempo, 480, 3_840, C);
        let read: Vec<(Tick, Tick, &str)> = spans.iter().map(|s| (s.start, s.length, s.roman.as_str())).collect();
        assert_eq!(read, [(0, 1_440, "I"), (1_440, 2_400, "V")]);
    }

    #[test]
    fn where_nothing_was_heard_the_tonic_stands() {
        let spans = spans(&[], &TempoMap::steady(100.0, 0.0), 480, 1_000, C);
        assert_eq!((spans.len(), spans[0].length, spans[0].roman.as_str()), (1, 1_000, "I"));
    }
}
