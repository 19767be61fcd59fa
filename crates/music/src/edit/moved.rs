//! A whole piece at another tempo and in another key, recordings and all.

use catbird_score::{Key, Note, Part, Score, TempoMap, TempoMark, Tick};

use super::{phrasing, recorded, reels};

/// How fast a recording may run against its own clock, times: beyond it one hears the stretching.
pub(super) const RATES: (f64, f64) = (0.75, 1.35);

/// `score` in the time of `tempo`, tick for tick, and `by` semitones higher. What rings after its last bar
/// line rings as long as before.
pub(super) fn moved(score: &Score, tempo: TempoMap, by: i32) -> Score {
    let end = score.end();
    let ring = score.seconds - score.tempo.at(end);
    // Where the last bar is not full, the file ends at the same place of it.
    let seconds = if ring >= 0.0 {
        tempo.at(end) + ring
    } else {
        tempo.seconds(score.tempo.tick_at(score.seconds))
    };
    let mut out = score.clone();
    if tempo != score.tempo {
        out.reels = reels::along(&score.reels, &clock(score, &tempo, seconds));
        out.patch = None;
        out.joins = None;
    }
    out.tempo = tempo;
    out.seconds = seconds;
    if by != 0 {
        transpose(&mut out, by);
    }
    out
}

/// New seconds against old ones, at every change of either tempo.
fn clock(score: &Score, tempo: &TempoMap, seconds: f64) -> Vec<[f64; 2]> {
    let mut ticks: Vec<Tick> = score.tempo.marks.iter().chain(&tempo.marks).map(|m| m.tick).collect();
    ticks.push(score.end());
    ticks.sort_unstable();
    ticks.dedup();
    let mut pairs: Vec<[f64; 2]> = Vec::with_capacity(ticks.len() + 2);
    let (first, lead) = (tempo.at(0), score.tempo.at(0));
    // Before the first beat time runs 1:1.
    let early = first.min(lead);
    if early > 1e-3 {
        pairs.push([first - early, lead - early]);
    }
    for tick in ticks {
        let pair = [tempo.at(tick), score.tempo.at(tick)];
        if pair[1] < score.seconds - 1e-3 {
            pairs.push(pair);
        }
    }
    pairs.push([seconds, score.seconds]);
    pairs
}

/// Every pitch, chord and key, and the recordings.
pub(super) fn transpose(score: &mut Score, by: i32) {
    let turn = |pc: u8| (i32::from(pc) + by).rem_euclid(12) as u8;
    let key = |k: &mut Key| k.tonic = turn(k.tonic);
    key(&mut score.key);
    score.modulations.iter_mut().for_each(|(_, k)| key(k));
    for span in &mut score.chords {
        span.chord.root = turn(span.chord.root);
        span.chord.bass = turn(span.chord.bass);
    }
    for part in score.parts.iter_mut().filter(|p| !p.sound.is_drums()) {
        raise(part, by);
    }
    if let Some(vocal) = &mut score.vocal {
        phrasing::transpose(&mut vocal.lines, by);
        for chorister in &mut vocal.backing {
            phrasing::transpose(&mut chorister.lines, by);
        }
    }
    for reel in &mut score.reels {
        reel.semitones += by as f32;
    }
    score.patch = None;
    score.joins = None;
}

fn raise(part: &mut Part, by: i32) {
    let raised = |n: &Note| (i32::from(n.pitch) + by).clamp(0, 127) as u8;
    for note in &mut part.notes {
        note.pitch = raised(note);
    }
}

/// Semitones, −5 to 6, from one key to the nearest that shares the notes of another: a minor key meets its
/// relative major.
pub(super) fn interval(from: Key, to: Key) -> i32 {
    let white = |k: Key| i32::from(k.tonic) + if k.mode.is_minor() { 3 } else { 0 };
    let by = (white(to) - white(from)).rem_euclid(12);
    if by > 6 { by - 12 } else { by }
}

/// Ticks of a second piece for a tick of a first, as a fraction (1/2, 1 or 2), so that their tempi are
/// nearest to each other when the second is counted so; and how fast it then runs.
pub(super) fn counted(first: f64, second: f64) -> ((Tick, Tick), f64) {
    let rate = |(n, d): (Tick, Tick)| f64::from(n) / f64::from(d) * first / second;
    let far = |c: (Tick, Tick)| rate(c).ln().abs();
    let mut best = (1, 1);
    for other in [(1, 2), (2, 1)] {
        if far(other) + 0.05 < far(best) {
            best = other;
        }
    }
    (best, rate(best))
}

/// A tempo map that runs `factor` times as fast.
pub(super) fn hastened(tempo: &TempoMap, factor: f64) -> TempoMap {
    TempoMap {
        lead_seconds: tempo.lead_seconds,
        marks: tempo
            .marks
            .iter()
            .map(|m| TempoMark {
                bpm: m.bpm * factor,
                ..*m
            })
            .collect(),
    }
}

/// `score` at the tempo and in the key of another piece, as near as it can be brought without being
/// stretched or shifted out of shape.
pub(super) fn matched(score: &Score, bpm: f64, key: Key) -> Score {
    let own = recorded::pace_between(score, 0, recorded::stop(score));
    let (_, rate) = counted(bpm, own);
    let tempo = TempoMap::steady(own * rate.clamp(RATES.0, RATES.1), score.tempo.lead_seconds);
    moved(score, tempo, interval(score.key, key))
}

#[cfg(test)]
mod tests {
    use catbird_score::Mode;

    use super::*;

    #[test]
    fn keys_meet_by_the_shortest_way() {
        let key = |tonic, minor| Key {
            tonic,
            mode: if minor { Mode::Minor } else { Mode::Major },
        };
        assert_eq!(interval(key(0, false), key(9, true)), 0);
        assert_eq!(interval(key(9, true), key(2, false)), 2);
        assert_eq!(interval(key(0, false), key(10, false)), -2);
        assert_eq!(interval(key(2, true), key(8, false)), 3);
    }

    #[test]
    fn half_and_double_time_bring_tempi_together() {
        for (first, second, count) in [
            (120.0, 118.0, (1, 1)),
            (140.0, 72.0, (1, 2)),
            (75.0, 150.0, (2, 1)),
            (100.0, 128.0, (1, 1)),
        ] {
            let (counted, rate) = counted(first, second);
            assert_eq!(counted, count);
            assert!((0.7..1.42).contains(&rate), "{rate}");
        }
    }
}
