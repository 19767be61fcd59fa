//! The second line: guide tones (thirds, sevenths, ninths) led by step, moving where the melody holds.

use catbird_score::{Note, PPQ, Tick, Touch};

use crate::arrange::{band::Player, comp::grid, lead, stage::Stage};

/// Longer notes of a tune are answered while they are still held.
const HELD: Tick = PPQ;

/// Where neither the voice nor the tune moves.
fn rests(stage: &Stage, tune: &[Note], from: Tick, to: Tick) -> Vec<(Tick, Tick)> {
    let mut rests = stage.gaps(from, to);
    for note in tune {
        let (start, end) = (note.start, note.start + note.length.min(HELD));
        rests = rests
            .into_iter()
            .flat_map(|(a, b)| [(a, b.min(start)), (a.max(end), b)])
            .filter(|(a, b)| a < b)
            .collect();
    }
    rests
}

/// The counter player's part: answers to the `tune` and the voice (`on = "answer"`), its figures as single
/// voices, or guide tones.
pub fn play(stage: &Stage, player: &Player, tune: &[Note]) -> Vec<Note> {
    let mut out = Vec::new();
    if player.plan.on.as_deref() == Some("answer") {
        for (index, section, intensity) in stage.sections() {
            if player.plays(section.role, intensity) {
                let rests = rests(stage, tune, section.start, section.end().min(stage.stop()));
                lead::answers(stage, index, intensity, &rests, &mut out);
            }
        }
        lead::place(&mut out, player, stage);
        return out;
    }
    let (low, high) = player.register();
    // Above or below the sung octave, never in it.
    let (low, high) = if stage.sung.is_empty() || player.plan.register.is_some() {
        (low, high)
    } else {
        let top = stage.direction.singer.high;
        if high >= top + 8 {
            (low.max(top.saturating_sub(3)), high)
        } else {
            (low, high.min(stage.direction.singer.low + 7).max(low + 9))
        }
    };
    let centre = low / 2 + high / 2;
    let mut last = centre;
    let mut dice = stage.dice(&format!("counter {}", player.plan.id));
    for (_, section, intensity) in stage.sections() {
        if !player.plays(section.role, intensity) {
            continue;
        }
        let end = section.end().min(stage.stop());
        let velocity = (64.0 + 34.0 * intensity) as u8;
        if !player.plan.figures.is_empty() {
            let span = (section.start, end);
            figure(stage, player, player.figure(intensity), span, low, velocity, &mut out);
            continue;
        }
        let chords: Vec<_> = stage
            .harmony
            .chords
            .iter()
            .filter(|c| c.start < end && c.start + c.length > section.start)
            .collect();
        for span in chords {
            let from = span.start.max(section.start);
            let to = (span.start + span.length).min(end);
            let i = span.chord.quality.intervals();
            let guides: Vec<u8> = i.iter().skip(1).map(|x| (span.chord.root + x) % 12).collect();
            let pick = (low..=high).filter(|p| guides.contains(&(p % 12))).min_by_key(|p| {
                u32::from(p.abs_diff(last)) * 2 + u32::from(p.abs_diff(centre)) / 2 + u32::from(*p == last)
            });
            let Some(pitch) = pick else { continue };
            let length = to - from;
            let key = stage.harmony.key_at(from);
            // A passing tone in the second half keeps the line alive.
            let step = [2i8, 1, -2, -1]
                .into_iter()
                .map(|d| pitch.saturating_add_signed(d))
                .find(|p| key.contains(*p) && *p <= high && *p >= low);
            if length >= 3 * PPQ
                && dice.chance(0.35 + 0.3 * f64::from(intensity))
                && let Some(step) = step
            {
                out.push(Note {
                    start: from,
                    length: length - PPQ,
                    pitch,
                    velocity,
                    nudge: 0,
                    touch: Touch::Plain,
                });
                out.push(Note {
                    start: to - PPQ,
                    length: PPQ,
                    pitch: step,
                    velocity: velocity.saturating_sub(6),
                    nudge: 0,
                    touch: Touch::Plain,
                });
            } else {
                out.push(Note {
                    start: from,
                    length,
                    pitch,
                    velocity,
                    nudge: 0,
                    touch: Touch::Plain,
                });
            }
            last = pitch;
        }
    }
    out.sort_by_key(|n| n.start);
    out
}

fn figure(
    stage: &Stage,
    player: &Player,
    figure: &str,
    (from, to): (Tick, Tick),
    low: u8,
    velocity: u8,
    out: &mut Vec<Note>,
) {
    let (steps, per_bar) = grid(figure);
    let (steps, per_bar) = stage.in_metre(steps, per_bar);
    let step = stage.bar() / per_bar as Tick;
    let mut at = from;
    let mut s = 0;
    while at < to {
        let c = steps[s % steps.len()];
        if let Some(n) = c.to_digit(10).filter(|n| *n > 0) {
            let chord = stage.harmony.chord_at(at).chord;
            let tones: Vec<u8> = (low..=player.instrument.range[1])
                .filter(|p| chord.contains(*p))
                .collect();
            if let Some(pitch) = tones.get((n - 1) as usize) {
                let held = steps
                    .iter()
                    .cycle()
                    .skip(s % steps.len() + 1)
                    .take(steps.len())
                    .take_while(|c| **c == '-')
                    .count() as Tick;
                out.push(Note {
                    start: at,
                    length: ((held + 1) * step).min(to - at),
                    pitch: *pitch,
                    velocity,
                    nudge: 0,
                    touch: Touch::Plain,
                });
            }
        } else if c == 'x' || c == 'X' {
            let chord = stage.harmony.chord_at(at).chord;
            let held = steps
                .iter()
                .cycle()
                .skip(s % steps.len() + 1)
                .take(steps.len())
                .take_while(|c| **c == '-')
                .count() as Tick;
            let base = (low..=low + 12).find(|p| p % 12 == chord.root).unwrap_or(low);
            for class in [0u8, 7, 12] {
                let velocity = if c == 'X' {
                    velocity.saturating_add(14).min(124)
                } else {
                    velocity
                };
                out.push(Note {
                    start: at,
                    length: ((held + 1) * step).min(to - at),
                    pitch: base + class,
                    velocity,
                    nudge: 0,
                    touch: Touch::Plain,
                });
            }
        }
        at += step;
        s += 1;
    }
}
