//! A second voice under or over a line: thirds of the key where the chord allows them, fourths and sixths
//! where it asks for them, led smoothly. A shortest path over the line's notes; it stays on its side of the
//! lead throughout, so it never crosses.

use catbird_score::{Note, Score, Singer, SungLine, Tick};

use super::span::notes_mut;

/// On which side of the lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Above,
    Below,
}

/// Nearest and farthest from the lead, semitones.
const NEAREST: i32 = 3;
const FARTHEST: i32 = 9;

/// The line sung by a second voice, the words the same; `None` where the range of `singer` is left.
pub(super) fn line(score: &Score, lead: &SungLine, singer: &Singer, side: Side) -> Option<SungLine> {
    let notes: Vec<Note> = lead.notes().copied().collect();
    let choices: Vec<Vec<(u8, f64)>> = notes.iter().map(|n| choices(score, n, singer, side)).collect();
    if choices.is_empty() || choices.iter().any(Vec::is_empty) {
        return None;
    }
    let mut best: Vec<Vec<(f64, usize)>> = vec![choices[0].iter().map(|c| (c.1, 0)).collect()];
    for i in 1..notes.len() {
        let lead_step = i32::from(notes[i].pitch) - i32::from(notes[i - 1].pitch);
        let row = choices[i]
            .iter()
            .map(|(pitch, own)| {
                choices[i - 1]
                    .iter()
                    .zip(&best[i - 1])
                    .enumerate()
                    .map(|(j, ((before, _), (cost, _)))| {
                        let step = i32::from(*pitch) - i32::from(*before);
                        // Where the lead stays the second stays; otherwise it goes about as far.
                        let jump = f64::from((step - lead_step).abs());
                        let held = if lead_step == 0 && step != 0 { 0.25 } else { 0.0 };
                        (cost + own + 0.16 * jump + held + 0.04 * f64::from(step.abs()), j)
                    })
                    .min_by(|a, b| a.0.total_cmp(&b.0))
                    .unwrap_or((f64::INFINITY, 0))
            })
            .collect();
        best.push(row);
    }
    let last = best.last()?;
    let mut at = (0..last.len()).min_by(|a, b| last[*a].0.total_cmp(&last[*b].0))?;
    let mut pitches = vec![0; notes.len()];
    for i in (0..notes.len()).rev() {
        pitches[i] = choices[i][at].0;
        at = best[i][at].1;
    }
    let mut out = lead.clone();
    for (note, pitch) in notes_mut(&mut out).zip(pitches) {
        note.pitch = pitch;
    }
    Some(out)
}

/// What may be sung beside a note, and how well it sounds.
fn choices(score: &Score, note: &Note, singer: &Singer, side: Side) -> Vec<(u8, f64)> {
    let key = score.key_at(note.start);
    let scale = catbird_score::Key {
        mode: key.mode.harmonic_parent(),
        ..key
    };
    let chord = score.chord_at(note.start).map(|c| c.chord);
    let weight = weight(score, note.start, note.length);
    (NEAREST..=FARTHEST)
        .filter_map(|apart| {
            let by = if side == Side::Above { apart } else { -apart };
            let pitch = u8::try_from(i32::from(note.pitch) + by).ok()?;
            let inside = (singer.low..=singer.high).contains(&pitch);
            let fits = chord.is_some_and(|c| c.contains(pitch));
            if !inside || !(fits || scale.contains(pitch)) {
                return None;
            }
            let interval = match apart {
                3 | 4 => 0.0,
                5 => 0.5,
                8 | 9 => 0.55,
                7 => 1.0,
                _ => 2.2,
            };
            let mut cost = interval;
            if chord.is_some() && !fits {
                cost += 0.25 + 1.4 * weight;
                // A semitone beside a chord tone rubs where it stays.
                if chord.is_some_and(|c| c.contains(pitch - 1)) {
                    cost += 0.6 * weight;
                }
            }
            Some((pitch, cost))
        })
        .collect()
}

/// How much a note is heard as harmony: strong places and long notes.
fn weight(score: &Score, start: Tick, length: Tick) -> f64 {
    let beat = score.meter.beat();
    let place = match start % score.meter.bar() {
        0 => 1.0,
        t if t % beat == 0 => 0.7,
        _ => 0.2,
    };
    f64::max(place, f64::min(f64::from(length) / f64::from(2 * beat), 1.0))
}
