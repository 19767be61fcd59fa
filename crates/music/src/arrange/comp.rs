//! Chords: rhythmic accompaniment, arpeggios and pads from figures.
//!
//! Grid characters: `x` chord, `X` accented, `o` soft, `m` muted stroke, `d` `u` strum down and up (`D` `U`
//! accented), `r` rolled chord, `1`–`8` single voice counted from below (beyond the top: an octave higher),
//! `p` `P` the two lowest voices under the palm (soft, firm), `b` the chord's bass note, `-` hold, `.` silence.
//! `t:` in front: twelve steps a bar.

use catbird_score::{ChordSpan, Note, PartRole, Role, Tick, Touch};

use crate::{
    arrange::{band::Player, stage::Stage},
    harmony::voicing,
};

/// The lowest root of a bare fifth: the open string of a guitar in drop A.
const LOWEST_POWER: u8 = 33;

/// A figure's steps and how many make a bar.
pub fn grid(figure: &str) -> (Vec<char>, usize) {
    let (text, per_bar) = figure.strip_prefix("t:").map_or((figure, 16), |f| (f, 12));
    let mut steps: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && *c != '|').collect();
    if steps.is_empty() {
        steps.push('.');
    }
    while !steps.len().is_multiple_of(per_bar) {
        steps.push('.');
    }
    (steps, per_bar)
}

/// The register: pads and comps stay out of the octave the voice sings in.
fn register(stage: &Stage, player: &Player) -> (u8, u8) {
    let (low, high) = player.register();
    let (mut l, mut h) = if player.plan.register.is_some() {
        (low, high)
    } else {
        (low.max(50), high.min(76))
    };
    if player.plan.register.is_none() && !stage.sung.is_empty() {
        let centre = stage.direction.singer.low / 2 + stage.direction.singer.high / 2;
        // Below a high voice, around a low one.
        if centre >= 60 {
            h = h.min(69);
        } else {
            l = l.max(53);
        }
    }
    let (l, h) = if h < l + 12 {
        (low.max(h.saturating_sub(14)), (l + 14).min(high).max(h))
    } else {
        (l, h)
    };
    // As far as the instrument goes.
    let [lowest, highest] = player.instrument.range;
    let reach = i32::from(player.reach).clamp(
        i32::from(lowest.min(l)) - i32::from(l),
        i32::from(highest.max(h)) - i32::from(h),
    ) as i8;
    (l.saturating_add_signed(reach), h.saturating_add_signed(reach))
}

/// The part of a comping or pad player.
pub fn play(stage: &Stage, player: &Player) -> Vec<Note> {
    let mut out = Vec::new();
    let (low, high) = register(stage, player);
    let chords = &stage.harmony.chords;
    let shapes = shapes(player, chords, low, high);
    let mut dice = stage.dice(&format!("comp {}", player.plan.id));
    for (_, section, intensity) in stage.sections() {
        if !player.plays(section.role, intensity) {
            continue;
        }
        let end = section.end().min(stage.stop());
        let bars = (end - section.start) / stage.bar();
        // Late-comers join in the second half of an intro.
        let waits = section.role == Role::Intro && bars >= 4 && player.plan.enter > 0.2 && !player.plan.opens;
        let start = if waits {
            section.start + bars / 2 * stage.bar()
        } else {
            section.start
        };
        let (steps, per_bar) = grid(player.figure(intensity));
        let (steps, per_bar) = stage.in_metre(steps, per_bar);
        let step = stage.bar() / per_bar as Tick;
        let gain = 0.78 + 0.26 * intensity;
        let mut at = start;
        let mut s = ((start - section.start) / step) as usize;
        while at < end {
            let c = steps[s % steps.len()];
            let index = chords.partition_point(|c| c.start <= at).max(1) - 1;
            let span = &chords[index];
            // Held or resting through a change of chord: sustained players restate it.
            let changes = span.start == at && c == '-' && at > start;
            let c = if changes { 'x' } else { c };
            if !matches!(c, '.' | '-') {
                let mut length = step;
                let chord_end = span.start + span.length;
                let mut k = s + 1;
                while at + length < end && steps[k % steps.len()] == '-' && at + length < chord_end {
                    length += step;
                    k += 1;
                }
                let rings = !player.instrument.sustains && matches!(c, '1'..='8' | 'b' | 'r');
                let gate = (player.plan.gate * (1.0 + 0.35 * stage.direction.legato))
                    .clamp(0.2, if rings { 2.5 } else { 1.0 });
                let length = ((length as f32 * gate) as Tick).max(30).min(end - at);
                strike(
                    &mut out,
                    c,
                    &shapes[index],
                    span,
                    at,
                    length,
                    gain,
                    low,
                    player,
                    &mut dice,
                );
            }
            at += step;
            s += 1;
        }
    }
    if matches!(player.plan.role, PartRole::Pad) {
        join(&mut out);
    }
    out.sort_by_key(|n| (n.start, n.pitch));
    out.dedup_by_key(|n| (n.start, n.pitch));
    out
}

/// A voicing for each chord.
fn shapes(player: &Player, chords: &[ChordSpan], low: u8, high: u8) -> Vec<Vec<u8>> {
    match player.sound() {
        sound if sound.is_overdriven() => chords
            .iter()
            .map(|c| voicing::power(c.chord, low.clamp(LOWEST_POWER, 48)))
            .collect(),
        _ if player.plan.voices >= 5 => chords
            .iter()
            .map(|c| voicing::open(c.chord, low, high, player.plan.voices))
            .collect(),
        _ => voicing::lead(chords, low, high, player.plan.voices),
    }
}

#[expect(clippy::too_many_arguments, reason = "one stroke needs all of its circumstances")]
fn strike(
    out: &mut Vec<Note>,
    c: char,
    shape: &[u8],
    span: &ChordSpan,
    at: Tick,
    length: Tick,
    gain: f32,
    low: u8,
    player: &Player,
    dice: &mut catbird_score::Dice,
) {
    let velocity = |v: f32| (v * gain).round().clamp(1.0, 127.0) as u8;
    let note = |pitch: u8, velocity: u8, length: Tick, nudge: i16| Note {
        start: at,
        length,
        pitch,
        velocity,
        nudge,
        touch: Touch::Plain,
    };
    match c {
        '1'..='8' => {
            let n = (c as u8 - b'1') as usize;
            let octave = (n / shape.len()) as u8;
            let pitch = shape[n % shape.len()] + 12 * octave;
            if pitch <= player.instrument.range[1] {
                out.push(note(pitch, velocity(if n == 0 { 92.0 } else { 84.0 }), length, 0));
            }
        }
        'b' => {
            let bass_low = low.saturating_sub(10).max(player.instrument.range[0]);
            let pitch = (bass_low..bass_low + 12)
                .find(|p| p % 12 == span.chord.bass)
                .unwrap_or(bass_low);
            out.push(note(pitch, velocity(96.0), length, 0));
        }
        'm' => {
            for p in shape.iter().rev().take(3) {
                let stroke = note(*p, velocity(44.0), (length / 3).clamp(20, 60), 0);
                out.push(Note {
                    touch: Touch::Muted,
                    ..stroke
                });
            }
        }
        'p' | 'P' => {
            let v = velocity(if c == 'P' { 104.0 } else { 88.0 });
            out.extend(shape.iter().take(2).map(|p| Note {
                touch: Touch::Muted,
                ..note(*p, v, length, 0)
            }));
        }
        'd' | 'D' | 'u' | 'U' | 'r' => {
            let accent = c.is_uppercase();
            let spread = if c == 'r' { 34.0 } else { dice.between(7.0, 12.0) };
            let up = c.eq_ignore_ascii_case(&'u');
            // An upstroke catches the high strings only.
            let notes: Vec<u8> = if up {
                shape.iter().rev().take(4).copied().collect()
            } else {
                shape.to_vec()
            };
            for (i, p) in notes.iter().enumerate() {
                let v = if up { 78.0 } else { 92.0 } + if accent { 16.0 } else { 0.0 } - 1.5 * i as f32;
                out.push(note(*p, velocity(v), length, (i as f64 * spread) as i16));
            }
        }
        _ => {
            let v = match c {
                'X' => 108.0,
                'o' => 66.0,
                _ => 90.0,
            };
            for (i, p) in shape.iter().enumerate() {
                // The top voice speaks.
                let v = v + if i + 1 == shape.len() { 4.0 } else { 0.0 };
                out.push(note(*p, velocity(v), length, 0));
            }
        }
    }
}

/// Pads hold common tones over a change of chord.
fn join(notes: &mut Vec<Note>) {
    notes.sort_by_key(|n| (n.pitch, n.start));
    notes.dedup_by(|next, last| {
        let joined = next.pitch == last.pitch && last.start + last.length >= next.start && last.length < 8 * 1920;
        if joined {
            last.length = last.length.max(next.start + next.length - last.start);
        }
        joined
    });
}
