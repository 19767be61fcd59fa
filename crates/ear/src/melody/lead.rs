//! The lead of a mix where nobody sings: of all notes that were heard, the chain that stands out most:
//! high, loud, on top of what sounds, close to the pitch curve, moving in small steps without long gaps.

use super::{attack, partials::Partials};
use crate::{notes::HeardNote, pitch::PitchCurve};

/// The lead lies between these keys, MIDI.
const LOWEST: f32 = 55.0;
const HIGHEST: f32 = 98.0;
/// The second to eighth partials lie so far above a note, semitones.
const OVERTONES: [f32; 7] = [12.0, 19.0, 24.0, 28.0, 31.0, 34.0, 36.0];
/// What a note must earn to belong to the line.
const PRICE: f32 = 1.15;
/// How many notes back the line looks for the one before.
const LOOK_BACK: usize = 60;
/// How late a soft attack is heard as a note at most, seconds.
const LATE: f64 = 0.16;
/// Notes may overlap by this much, seconds; more only when the earlier one is cut short.
const SLACK: f64 = 0.03;

/// The line, by rising onset, one note at a time.
pub fn line(mix: &[HeardNote], partials: Option<&Partials>, curve: Option<&PitchCurve>) -> Vec<HeardNote> {
    let notes: Vec<&HeardNote> = mix.iter().filter(|n| (LOWEST..=HIGHEST).contains(&n.pitch)).collect();
    let worth: Vec<f32> = notes.iter().map(|n| worth(n, mix, curve)).collect();
    // Best sum of a chain that ends with each note, and its note before.
    let mut best: Vec<(f32, Option<usize>)> = Vec::with_capacity(notes.len());
    // The best chain that ends before what is looked back at: pauses do not end a line.
    let mut far: Option<usize> = None;
    for (i, note) in notes.iter().enumerate() {
        if let Some(left) = i.checked_sub(LOOK_BACK + 1)
            && far.is_none_or(|f| best[left].0 > best[f].0)
        {
            far = Some(left);
        }
        let mut chain = (worth[i], None);
        for j in (i.saturating_sub(LOOK_BACK)..i).rev().chain(far) {
            let before = notes[j];
            // Two notes struck together are not a line.
            if note.from - before.from < 0.05 {
                continue;
            }
            let sum = best[j].0 + worth[i] - step(before, note);
            if sum > chain.0 {
                chain = (sum, Some(j));
            }
        }
        best.push(chain);
    }
    let mut line = Vec::new();
    let mut at = (0..notes.len())
        .filter(|i| best[*i].0 > 0.0)
        .max_by(|a, b| best[*a].0.total_cmp(&best[*b].0));
    while let Some(i) = at {
        line.push(*notes[i]);
        at = best[i].1;
    }
    line.sort_by(|a, b| a.from.total_cmp(&b.from));
    if let Some(curve) = curve {
        sharpen(&mut line, curve);
    }
    if let Some(partials) = partials {
        attack::sharpen(&mut line, partials);
    }
    for i in 1..line.len() {
        let next = line[i].from;
        line[i - 1].to = line[i - 1].to.min(next);
    }
    line
}

/// A soft attack is heard late as a note, but the pitch curve arrives with it: where it comes to the
/// note's pitch (or an octave of it) shortly before, the note begins.
fn sharpen(line: &mut [HeardNote], curve: &PitchCurve) {
    let mut floor = 0.0;
    for note in line {
        let there = |frame: usize| {
            curve.midi(frame).is_some_and(|p| {
                let off = (p - note.pitch).rem_euclid(12.0);
                off.min(12.0 - off) < 0.6
            })
        };
        let (heard, first) = (curve.frame(note.from), curve.frame((note.from - LATE).max(floor)));
        // From the heard onset back while the curve stays at the pitch.
        let mut frame = heard + 1;
        while frame > first && there(frame - 1) {
            frame -= 1;
        }
        let arrived = frame <= heard && frame > first && (frame..frame + 3).all(there);
        let from = frame as f64 * curve.hop_seconds;
        if arrived && from < note.from - 0.02 {
            note.from = from;
        }
        floor = note.from + 0.06;
    }
}

/// What speaks for a note by itself.
fn worth(note: &HeardNote, mix: &[HeardNote], curve: Option<&PitchCurve>) -> f32 {
    let loud = f32::from(note.velocity) / 127.0;
    let length = (note.seconds() as f32 / 0.25).min(1.0);
    let height = ((note.pitch - 60.0) / 24.0).clamp(-0.5, 1.0);
    1.4 * loud + 0.3 * length + 0.35 * height + 0.9 * on_top(note, mix) + curve.map_or(0.0, |c| 0.5 * agrees(note, c))
        - PRICE
        - 0.75
}

/// Share of the note in which nothing above it sounds.
fn on_top(note: &HeardNote, mix: &[HeardNote]) -> f32 {
    let after = mix.partition_point(|n| n.from < note.to);
    let mut covered: Vec<(f64, f64)> = mix[..after]
        .iter()
        .rev()
        .take(120)
        .filter(|n| {
            n.pitch > note.pitch + 0.5
                && n.to > note.from + SLACK
                && n.velocity.saturating_add(40) > note.velocity
                && !overtone(n, note)
        })
        .map(|n| (n.from.max(note.from), n.to.min(note.to)))
        .collect();
    covered.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut sum, mut at) = (0.0, note.from);
    for (a, b) in covered {
        sum += (b - a.max(at)).max(0.0);
        at = at.max(b);
    }
    (1.0 - sum / note.seconds().max(0.01)) as f32
}

/// Whether `high` may be but an overtone of `low`: of a partial's pitch and no louder.
fn overtone(high: &HeardNote, low: &HeardNote) -> bool {
    let off = high.pitch - low.pitch;
    high.velocity <= low.velocity.saturating_add(5) && OVERTONES.iter().any(|o| (off - o).abs() < 0.6)
}

/// Share of the note's frames where the pitch curve is at its pitch; an octave off counts a third.
fn agrees(note: &HeardNote, curve: &PitchCurve) -> f32 {
    let frames = curve.frame(note.from)..curve.frame(note.to);
    let n = frames.len().max(1) as f32;
    let sum: f32 = frames
        .filter_map(|f| curve.midi(f))
        .map(|p| {
            let off = (p - note.pitch).abs();
            if off < 0.6 {
                1.0
            } else if (off - 12.0).abs() < 0.6 {
                0.33
            } else {
                0.0
            }
        })
        .sum();
    sum / n
}

/// What a step from one note to the next costs.
fn step(before: &HeardNote, note: &HeardNote) -> f32 {
    let leap = (note.pitch - before.pitch).abs();
    let gap = (note.from - before.to).max(0.0) as f32;
    let overlap = (before.to - note.from).max(0.0) as f32;
    0.05 * (leap - 4.0).max(0.0) + 0.1 * gap.min(2.0) + 0.3 * overlap.min(0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(from: f64, to: f64, pitch: f32, velocity: u8) -> HeardNote {
        HeardNote {
            from,
            to,
            pitch,
            velocity,
            confidence: 0.8,
        }
    }

    #[test]
    fn the_line_over_the_chords_is_the_lead() {
        let mut mix = Vec::new();
        let tune = [72.0, 74.0, 76.0, 77.0, 76.0, 74.0, 72.0, 71.0];
        for (i, pitch) in tune.into_iter().enumerate() {
            let at = i as f64 * 0.5;
            mix.push(note(at, at + 0.45, pitch, 100));
            for chord in [48.0, 60.0, 64.0, 67.0] {
                mix.push(note(at, at + 0.5, chord, 80));
            }
        }
        mix.sort_by(|a, b| a.from.total_cmp(&b.from).then(a.pitch.total_cmp(&b.pitch)));
        let line: Vec<f32> = line(&mix, None, None).iter().map(|n| n.pitch).collect();
        assert_eq!(line, tune);
    }

    #[test]
    fn no_notes_no_line() {
        assert!(line(&[], None, None).is_empty());
    }
}
