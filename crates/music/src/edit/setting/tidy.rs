//! A heard melody as somebody would sing it: slips of an octave put right, the scoop into a note part of
//! the note, holes too short for a breath closed.

use catbird_score::{Note, PPQ, TempoMap};

use crate::edit::frame;

/// Notes shorter than this belong to a neighbour, seconds.
const GRACE: f64 = 0.07;
/// Holes shorter than this are none, seconds.
const HOLE: f64 = 0.06;
/// Steps up to this size cost nothing, semitones.
const NEAR: f64 = 7.0;
/// What it costs to believe that a note was heard in the wrong octave.
const SLIP: f64 = 1.2;

/// Tidies a tune; one note at a time afterwards.
pub(super) fn tidy(notes: Vec<Note>, tempo: &TempoMap) -> Vec<Note> {
    let mut notes = frame::single(notes);
    notes.retain(|n| n.length > 0);
    octaves(&mut notes);
    let mut out: Vec<Note> = Vec::with_capacity(notes.len());
    let mut before: Option<Note> = None;
    for (i, note) in notes.iter().enumerate() {
        let seconds = |n: &Note| tempo.at(n.start + n.length) - tempo.at(n.start);
        let mut note = *note;
        if let Some(grace) = before.take() {
            note.length += note.start - grace.start;
            (note.start, note.nudge) = (grace.start, grace.nudge);
        }
        let next = notes.get(i + 1);
        let hole = |end: u32, start: u32| start >= end && tempo.at(start) - tempo.at(end) < HOLE;
        if seconds(&note) < GRACE {
            if next.is_some_and(|n| hole(note.start + note.length, n.start)) {
                before = Some(note);
                continue;
            }
            if let Some(last) = out.last_mut().filter(|l| hole(l.start + l.length, note.start)) {
                last.length = note.start + note.length - last.start;
                continue;
            }
        }
        if let Some(next) = next
            && hole(note.start + note.length, next.start)
        {
            note.length = next.start - note.start;
        }
        note.velocity = note.velocity.clamp(56, 116);
        out.push(note);
    }
    out
}

/// Puts slips of an octave right: the path of least leaps, where each correction has its price.
fn octaves(notes: &mut [Note]) {
    const MOVES: [i16; 3] = [-12, 0, 12];
    let unary = |by: i16| if by == 0 { 0.0 } else { SLIP };
    let leap = |a: i16, b: i16, rest: bool| {
        let size = (f64::from((b - a).abs()) - NEAR).max(0.0) * 0.35;
        if rest { 0.4 * size } else { size }
    };
    let mut costs: Vec<[f64; 3]> = Vec::with_capacity(notes.len());
    let mut from: Vec<[usize; 3]> = Vec::with_capacity(notes.len());
    for (i, note) in notes.iter().enumerate() {
        let mut cost = MOVES.map(unary);
        let mut back = [1; 3];
        if let Some(last) = i.checked_sub(1).map(|k| &notes[k]) {
            let rest = note.start > last.start + last.length + 2 * PPQ;
            for (s, by) in MOVES.iter().enumerate() {
                let step = |k: usize| {
                    let here = i16::from(note.pitch) + by;
                    costs[i - 1][k] + leap(i16::from(last.pitch) + MOVES[k], here, rest)
                };
                let best = (0..3).min_by(|a, b| step(*a).total_cmp(&step(*b))).unwrap_or(1);
                cost[s] += step(best);
                back[s] = best;
            }
        }
        costs.push(cost);
        from.push(back);
    }
    let Some(last) = costs.last() else { return };
    let mut state = (0..3).min_by(|a, b| last[*a].total_cmp(&last[*b])).unwrap_or(1);
    for (note, back) in notes.iter_mut().zip(&from).rev() {
        note.pitch = (i16::from(note.pitch) + MOVES[state]).clamp(0, 127) as u8;
        state = back[state];
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::Touch;

    use super::*;

    fn note(start: u32, length: u32, pitch: u8) -> Note {
        Note {
            start,
            length,
            pitch,
            velocity: 80,
            nudge: 0,
            touch: Touch::Plain,
        }
    }

    #[test]
    fn a_slip_of_an_octave_is_put_right_and_a_chorus_an_octave_higher_stays() {
        let tempo = TempoMap::steady(100.0, 0.1);
        let tune: Vec<Note> = [60, 62, 76, 65, 64, 74, 76, 77, 79, 77]
            .iter()
            .enumerate()
            .map(|(i, p)| note(i as u32 * 480, 480, *p))
            .collect();
        let pitches: Vec<u8> = tidy(tune, &tempo).iter().map(|n| n.pitch).collect();
        assert_eq!(pitches, [60, 62, 64, 65, 64, 74, 76, 77, 79, 77]);
    }

    #[test]
    fn scoops_belong_to_their_note_and_holes_close() {
        let tempo = TempoMap::steady(100.0, 0.1);
        let tune = vec![
            note(0, 40, 59),
            note(50, 400, 60),
            note(470, 480, 62),
            note(1440, 480, 64),
        ];
        let tidy = tidy(tune, &tempo);
        let spans: Vec<(u32, u32, u8)> = tidy.iter().map(|n| (n.start, n.length, n.pitch)).collect();
        assert_eq!(spans, [(0, 470, 60), (470, 480, 62), (1440, 480, 64)]);
    }
}
