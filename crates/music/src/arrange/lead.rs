//! The instrumental melody: a two-bar motif stated, repeated, varied and answered. Rhythm comes from a
//! table of one-bar cells, pitches from a beam search over the scale with the usual costs (chord tones on
//! strong beats, steps, recovered leaps, contour, likeness to the motif). All streams of chance are named
//! by the section's role, so same-named sections share their tune.
//!
//! In songs the lead has the intro, the interlude and the end, and answers in the gaps of the voice.

use catbird_score::{Dice, Note, PPQ, Role, Tick, Touch};

use crate::{
    arrange::{band::Player, stage::Stage},
    style,
};

/// One-bar rhythms in sixteenths: `x` onset, `-` held, `.` rest.
const CELLS: [&str; 26] = [
    "x-------x-------",
    "x-----------x---",
    "x---x---x-------",
    "x---x---x---x---",
    "x-----x-x-------",
    "x-----x---------",
    "x---x-x-x-------",
    "x-x-x---x-------",
    "x---x---x-x-x---",
    "x-x-x-x-x-------",
    "x-----x-----x---",
    "x--x--x-x-------",
    "x--x--x---x-x---",
    "..x-x-x-x-------",
    "..x-x---x-x-x---",
    "....x-x-x---x---",
    "x-x---x---x-x---",
    "x---x-x---x-x---",
    "x-x-x-x-x-x-x---",
    "x-xxx-x-x---x---",
    "x--xx-x-x-x-x---",
    "x--x--x--x--x-x-",
    "..x-..x-..x-x---",
    "x-xxx-xxx-x-x---",
    "xxx-x-xxx-x-x-x-",
    "x-x-xxx-x-xxx-x-",
];
/// Cells that close a phrase.
const ENDS: [&str; 8] = [
    "x---------------",
    "x-x-x-----------",
    "x---x-----------",
    "x-----x---------",
    "x---x---x-------",
    "..x-x---x-------",
    "x-x-x-x-x-------",
    "x-----x-x---....",
];

/// A note still without its pitch.
#[derive(Clone, Copy, Debug)]
struct Slot {
    start: Tick,
    length: Tick,
}

/// Pitches in which tunes are thought, before they are moved to the player's octave.
const LOW: u8 = 60;
const HIGH: u8 = 86;

/// The lead's part.
pub fn play(stage: &Stage, player: &Player) -> Vec<Note> {
    let mut out = Vec::new();
    let doubles = player.plan.on.as_deref() == Some("double");
    for (index, section, intensity) in stage.sections() {
        if !player.plays(section.role, intensity) {
            continue;
        }
        let end = section.end().min(stage.stop());
        let bars = (end - section.start).div_ceil(stage.bar());
        let sings = stage.is_sung(section.start, end);
        if sings {
            if !doubles && intensity >= 0.4 {
                let gaps = stage.gaps(section.start, section.end().min(stage.stop()));
                answers(stage, index, intensity, &gaps, &mut out);
            }
            continue;
        }
        // The intro leaves its first half to the accompaniment, the outro thins out.
        let (from, to) = match section.role {
            Role::Intro if bars >= 4 => (section.start + bars / 2 * stage.bar(), end),
            Role::Outro if bars >= 8 => (section.start, section.start + (bars / 2) * stage.bar()),
            _ => (section.start, end),
        };
        tune(stage, section.role, section.start, from, to, intensity, &mut out);
    }
    place(&mut out, player, stage);
    out
}

/// Moves the line by octaves into the player's range.
pub(super) fn place(notes: &mut [Note], player: &Player, stage: &Stage) {
    let (low, high) = player.register();
    let register = i32::from(stage.direction.register);
    let Some(mean) =
        (!notes.is_empty()).then(|| notes.iter().map(|n| i32::from(n.pitch)).sum::<i32>() / notes.len() as i32)
    else {
        return;
    };
    let [range_low, range_high] = player.instrument.range;
    let centre = i32::midpoint(i32::from(low), i32::from(high));
    // A comfortable lead sits above the middle of its instrument, but not far from the tune's own place.
    let aim = (mean + register).clamp(centre - 4, centre + 9);
    let octaves = ((aim - mean) as f32 / 12.0).round() as i32;
    for n in notes {
        let mut p = i32::from(n.pitch) + 12 * octaves;
        while p > i32::from(range_high) {
            p -= 12;
        }
        while p < i32::from(range_low) {
            p += 12;
        }
        n.pitch = p.clamp(0, 127) as u8;
    }
}

/// How likely a cell is for a wanted density and syncopation.
fn weight(cell: &str, density: f32, syncopation: f32) -> f64 {
    let onsets = cell.chars().filter(|c| *c == 'x').count() as f32;
    let off = cell
        .chars()
        .enumerate()
        .filter(|(i, c)| *c == 'x' && i % 4 != 0)
        .count() as f32
        / onsets.max(1.0);
    f64::from((-1.6 * (onsets / 4.0 - density).abs() - 1.8 * (off - syncopation).abs()).exp())
}

fn draw_cell<'a>(cells: &[&'a str], density: f32, syncopation: f32, dice: &mut Dice) -> &'a str {
    let weights: Vec<f64> = cells.iter().map(|c| weight(c, density, syncopation)).collect();
    cells[dice.weighted(&weights)]
}

/// Letters of two-bar units for a section.
fn plan(role: Role) -> &'static [usize] {
    match role {
        Role::Chorus | Role::Outro | Role::Intro => &[0, 1, 0, 2],
        Role::Verse => &[0, 0, 1, 2],
        Role::PreChorus => &[0, 0, 0, 1],
        Role::Bridge => &[0, 1, 0, 1],
        Role::Inst => &[0, 1, 2, 3],
    }
}

/// Writes the tune of a section between `from` and `to`; `origin` is the section's start.
fn tune(stage: &Stage, role: Role, origin: Tick, from: Tick, to: Tick, intensity: f32, out: &mut Vec<Note>) {
    // Intro and outro quote the hook.
    let source = if matches!(role, Role::Intro | Role::Outro) {
        Role::Chorus
    } else {
        role
    };
    let name = style::role_key(source);
    let mut manner = stage.direction.leader().tune;
    manner.syncopation = (manner.syncopation + 0.45 * stage.direction.oddity).clamp(0.0, 1.0);
    let mut dice = stage.dice(&format!("lead rhythm {name}"));
    let push = match source {
        Role::Chorus => 0.9,
        Role::Bridge | Role::PreChorus => 0.75,
        Role::Inst => 1.3,
        _ => 1.0,
    };
    // The whole song's energy, not the section's: a chorus that returns louder keeps its rhythm.
    let density = (manner.density * push * (1.0 + stage.direction.density) * (0.8 + 0.4 * stage.direction.energy))
        .clamp(0.3, 3.0);
    // Rhythms of the four possible units: two bars each, the second one closing.
    let hooks: Vec<&str> = stage.direction.leader().hooks.iter().map(String::as_str).collect();
    let units: Vec<[&str; 2]> = (0..4)
        .map(|_| {
            // Rhythms of the style's own, where it has some: a chorus is nearly always made of them.
            let own = if source == Role::Chorus { 0.85 } else { 0.5 };
            let cells = if !hooks.is_empty() && dice.chance(own) {
                &hooks
            } else {
                &CELLS[..]
            };
            [
                draw_cell(cells, density, manner.syncopation, &mut dice),
                draw_cell(&ENDS, density * 0.7, manner.syncopation, &mut dice),
            ]
        })
        .collect();
    let bar = stage.bar();
    let letters = plan(source);
    let arches: Vec<f32> = (0..4).map(|_| dice.between(-1.0, 1.0) as f32).collect();
    let mut motifs: [Option<Vec<i32>>; 4] = [const { None }; 4];
    let mut last: Option<u8> = None;
    let lift = match source {
        Role::Chorus => 3,
        Role::Bridge => 1,
        Role::Inst => 2,
        _ => -2,
    };
    let bars = (to - origin).div_ceil(bar);
    for u in 0..bars.div_ceil(2) {
        let letter = letters[u as usize % letters.len()];
        let mut slots = Vec::new();
        for b in 0..2 {
            let start = origin + (2 * u + b) * bar;
            let cell = units[letter][b as usize];
            slots.extend(slots_of(cell, start, bar, to));
        }
        if slots.is_empty() {
            continue;
        }
        let closing = u + 1 == bars.div_ceil(2) || (u % 4) == 3;
        let mut noise = stage.dice(&format!("lead pitch {name} {letter}"));
        let centre = 72 + lift + if letter == 1 { 2 } else { 0 };
        let pitches = search(
            stage,
            &slots,
            centre,
            arches[letter],
            motifs[letter].as_deref(),
            last,
            closing,
            &mut noise,
        );
        if motifs[letter].is_none() {
            motifs[letter] = Some(pitches.windows(2).map(|w| i32::from(w[1]) - i32::from(w[0])).collect());
        }
        last = pitches.last().copied();
        for (slot, pitch) in slots
            .iter()
            .zip(&pitches)
            .filter(|(s, _)| s.start >= from && s.start < to)
        {
            out.push(note(stage, *slot, *pitch, intensity));
        }
    }
}

fn note(stage: &Stage, slot: Slot, pitch: u8, intensity: f32) -> Note {
    let gate = (0.92 + 0.3 * stage.direction.legato).clamp(0.4, 1.0);
    let strong = slot.start.is_multiple_of(2 * PPQ);
    let velocity = 82.0 + 20.0 * intensity + if strong { 8.0 } else { 0.0 };
    Note {
        start: slot.start,
        length: ((slot.length as f32 * gate) as Tick).max(30),
        pitch,
        velocity: velocity.min(124.0) as u8,
        nudge: 0,
        touch: Touch::Plain,
    }
}

fn slots_of(cell: &str, start: Tick, bar: Tick, to: Tick) -> Vec<Slot> {
    let step = bar / 16;
    let chars: Vec<char> = cell.chars().collect();
    let mut slots = Vec::new();
    for (i, c) in chars.iter().enumerate() {
        if *c == 'x' {
            let held = chars[i + 1..].iter().take_while(|c| **c == '-').count() as Tick;
            let at = start + i as Tick * step;
            if at < to {
                slots.push(Slot {
                    start: at,
                    length: ((held + 1) * step).min(to - at),
                });
            }
        }
    }
    slots
}

/// A hypothesis of the beam.
#[derive(Clone)]
struct Path {
    cost: f32,
    pitches: Vec<u8>,
}

/// Finds pitches for the slots.
#[expect(clippy::too_many_arguments, reason = "each is a term of the cost")]
fn search(
    stage: &Stage,
    slots: &[Slot],
    centre: i32,
    arch: f32,
    motif: Option<&[i32]>,
    last: Option<u8>,
    closing: bool,
    noise: &mut Dice,
) -> Vec<u8> {
    const WIDTH: usize = 28;
    let manner = stage.direction.leader().tune;
    let jitter: Vec<f32> = (0..slots.len() * 32).map(|_| noise.between(0.0, 1.1) as f32).collect();
    let mut beam = vec![Path {
        cost: 0.0,
        pitches: Vec::new(),
    }];
    for (i, slot) in slots.iter().enumerate() {
        let key = stage.harmony.key_at(slot.start);
        let chord = stage.harmony.chord_at(slot.start).chord;
        // A note held into the next chord must suit that too.
        let later = stage
            .harmony
            .chord_at(slot.start + slot.length.saturating_sub(PPQ / 4))
            .chord;
        let strong = slot.start.is_multiple_of(2 * PPQ) || slot.length >= PPQ;
        let x = i as f32 / (slots.len().max(2) - 1) as f32;
        let target = centre as f32 + 5.0 * arch * (std::f32::consts::PI * x).sin() + 2.0 * (x - 0.5) * -arch;
        let final_note = i + 1 == slots.len();
        let candidates: Vec<u8> = (LOW..=HIGH)
            .filter(|p| key.contains(*p) || chord.contains(*p))
            .collect();
        let mut next: Vec<Path> = Vec::with_capacity(beam.len() * candidates.len());
        for path in &beam {
            let before = path.pitches.last().copied().or(last);
            let leap = path
                .pitches
                .len()
                .checked_sub(2)
                .map_or(0, |k| i32::from(path.pitches[k + 1]) - i32::from(path.pitches[k]));
            for p in &candidates {
                let tone = chord.contains(*p);
                // A scale note a semitone from a chord note clashes where the chord leaves the scale.
                let clash = !tone && (chord.contains(p + 1) || chord.contains(p.saturating_sub(1)));
                let mut cost =
                    path.cost + jitter[i * 32 + usize::from(p - LOW)] + 0.13 * (f32::from(*p) - target).abs();
                cost += match (strong, tone) {
                    (true, false) => 3.2 + if clash { 2.5 } else { 0.0 },
                    (false, false) => 0.45 + if clash { 0.5 } else { 0.0 },
                    _ => 0.0,
                };
                if strong && !later.contains(*p) {
                    cost += 1.5;
                }
                if let Some(before) = before {
                    let interval = i32::from(*p) - i32::from(before);
                    let reluctance = match interval.abs() {
                        0 => 0.75,
                        1 | 2 => 0.12,
                        3 | 4 => 0.35,
                        5 => 0.7,
                        7 => 1.1,
                        8 | 9 => 2.4,
                        12 => 2.0,
                        _ => 5.0,
                    };
                    cost += leaping(interval.abs(), reluctance, stage.direction.oddity);
                    if leap.abs() > 4 && (interval.signum() == leap.signum() || interval.abs() > 4) {
                        cost += 1.6;
                    }
                    if let Some(wanted) = i.checked_sub(1).and_then(|k| motif?.get(k)) {
                        let off = (interval - wanted).abs();
                        cost += 0.55 * off as f32 + if interval.signum() == wanted.signum() { 0.0 } else { 0.8 };
                    }
                }
                if final_note {
                    let degree = (p + 12 - key.tonic) % 12;
                    cost += match (closing, degree) {
                        (true, 0) => -1.0,
                        (true, 3 | 4 | 7) => 0.3,
                        (true, _) => 1.6,
                        (false, 0) => 0.8,
                        _ => 0.0,
                    };
                    cost += if tone { 0.0 } else { 3.0 };
                }
                let mut pitches = path.pitches.clone();
                pitches.push(*p);
                next.push(Path { cost, pitches });
            }
        }
        next.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        next.truncate(WIDTH);
        beam = next;
    }
    let mut best = beam.into_iter().next().map_or_else(Vec::new, |p| p.pitches);
    // Jazz: a short weak note before a chord tone may come from a semitone below.
    for i in 1..best.len().saturating_sub(1) {
        let weak = !slots[i].start.is_multiple_of(PPQ) && slots[i].length < PPQ;
        if weak
            && manner.chromatic > 0.0
            && slots[i + 1].start == slots[i].start + slots[i].length
            && noise.chance(f64::from(manner.chromatic))
        {
            let approach = best[i + 1] - 1;
            if approach != best[i - 1] {
                best[i] = approach;
            }
        }
    }
    best
}

/// What an interval of `size` semitones costs a tune that leaps gladly (`oddity` 1) or hardly ever (−1).
fn leaping(size: i32, cost: f32, oddity: f32) -> f32 {
    let odd = oddity.max(0.0);
    match size {
        0..=2 => cost + 0.6 * odd,
        3..=12 => cost * (1.0 - 0.75 * oddity),
        _ => cost,
    }
}

/// Short phrases in the rests of whoever leads: at most every other gap, never over a word.
pub(super) fn answers(stage: &Stage, index: usize, intensity: f32, gaps: &[(Tick, Tick)], out: &mut Vec<Note>) {
    let section = &stage.form.sections[index];
    let name = style::role_key(section.role);
    let mut dice = stage.dice(&format!("answers {name}"));
    let cells = [
        "x-x-x-----------",
        "x---x-x---------",
        "..x-x-x---------",
        "x-x-x-x---------",
        "xxx-x-----------",
    ];
    let chosen: Vec<&str> = (0..2).filter_map(|_| dice.pick(&cells).copied()).collect();
    let mut turn = dice.below(2);
    for (from, to) in gaps.iter().copied() {
        // On the grid, a little after the word and ending before the next.
        let start = (from + PPQ / 4).div_ceil(PPQ / 2) * (PPQ / 2);
        let room = to.saturating_sub(PPQ / 4);
        if room < start + PPQ {
            continue;
        }
        turn += 1;
        if turn % 2 == 1 && to - from < 3 * PPQ || !dice.chance(0.45 + 0.4 * f64::from(intensity)) {
            continue;
        }
        let mut slots = slots_of(
            chosen[turn % chosen.len()],
            start,
            stage.bar(),
            room.min(start + stage.bar()),
        );
        slots.retain(|s| s.start + PPQ / 4 <= room);
        if slots.len() < 2 {
            continue;
        }
        let arch = dice.between(-1.0, 1.0) as f32;
        let pitches = search(stage, &slots, 74, arch, None, None, false, &mut dice);
        out.extend(slots.iter().zip(&pitches).map(|(s, p)| {
            let mut n = note(stage, *s, *p, intensity * 0.7);
            n.velocity = n.velocity.saturating_sub(10);
            n
        }));
    }
}
