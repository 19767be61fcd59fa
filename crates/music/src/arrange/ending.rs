//! The ending: one last stroke together, ringing to the end of the file.

use catbird_score::{Note, PartRole, Tick, Touch};

use crate::{
    arrange::{band::Player, stage::Stage},
    harmony::voicing,
};

/// Adds the player's share of the last chord.
pub fn close(stage: &Stage, player: &Player, notes: &mut Vec<Note>) {
    let stop = stage.stop();
    let (role, intensity) = stage
        .form
        .sections
        .last()
        .map_or((catbird_score::Role::Outro, 0.5), |s| {
            (s.role, stage.intensity[stage.form.sections.len() - 1])
        });
    // Whoever played lately, or may play in the last section, joins.
    let lately = notes
        .last()
        .is_some_and(|n| n.start + n.length + 8 * stage.bar() >= stop);
    let short = stop < 2 * stage.bar();
    if !(lately || player.plays(role, intensity) || short && player.plan.enter < 0.6) {
        return;
    }
    let chord = stage.harmony.chord_at(stop).chord;
    let ring = stage.ring();
    // Sustained sounds let go before the file ends; struck ones ring by themselves.
    let length: Tick = (if player.instrument.sustains {
        ring * 7 / 10
    } else {
        ring * 19 / 20
    })
    .max(30);
    let v = |base: f32| (base * (0.72 + 0.34 * intensity)).round().clamp(1.0, 127.0) as u8;
    let mut push = |pitch: u8, velocity: u8, spread: i16| {
        notes.push(Note {
            start: stop,
            length,
            pitch,
            velocity,
            nudge: spread,
            touch: Touch::Plain,
        });
    };
    let [low, high] = player.instrument.range;
    match player.plan.role {
        PartRole::Drums => {
            push(36, v(104.0), 0);
            if intensity > 0.3 {
                push(49, v(96.0), 0);
            } else {
                push(51, v(70.0), 0);
            }
        }
        PartRole::Percussion => {
            if player.instrument.sound.is_drums() {
                if player.plan.lines.contains_key("sleigh") {
                    push(83, v(90.0), 0);
                } else if let Some(key) = player.plan.lines.keys().find_map(|k| super::drums::key(k)) {
                    push(key, v(90.0), 0);
                }
            } else {
                push(low.max(38), v(112.0), 0);
            }
        }
        PartRole::Bass => {
            let pitch = (low..=high).find(|p| p % 12 == chord.bass).unwrap_or(low);
            push(pitch, v(100.0), 0);
        }
        PartRole::Comp | PartRole::Pad => {
            let top = player.register().1.min(79);
            let bottom = low.max(46).min(top.saturating_sub(12));
            let shape = match player.sound() {
                sound if sound.is_overdriven() => voicing::power(chord, 40),
                _ if player.plan.voices >= 5 => voicing::open(chord, bottom, top, player.plan.voices),
                _ => {
                    let span = stage.harmony.chord_at(stop).clone();
                    voicing::lead(&[span], bottom, top, player.plan.voices.max(3)).remove(0)
                }
            };
            let spread = if player.plan.role == PartRole::Pad { 0 } else { 14 };
            for (i, p) in shape.iter().enumerate() {
                push(*p, v(92.0), i as i16 * spread);
            }
        }
        PartRole::Lead | PartRole::Counter => {
            let from = notes_last(notes).unwrap_or(72);
            let third = chord.quality.intervals()[1];
            let classes = if player.plan.role == PartRole::Lead {
                [chord.root, chord.root]
            } else {
                [(chord.root + third) % 12, (chord.root + 7) % 12]
            };
            let pitch = (low..=high)
                .filter(|p| classes.contains(&(p % 12)))
                .min_by_key(|p| p.abs_diff(from));
            if let Some(pitch) = pitch {
                notes.push(Note {
                    start: stop,
                    length,
                    pitch,
                    velocity: v(94.0),
                    nudge: 0,
                    touch: Touch::Plain,
                });
            }
        }
        PartRole::Effect => {
            if player.plan.on.as_deref() == Some("land") && intensity > 0.5 {
                push(low, v(110.0), 0);
            }
        }
    }
}

fn notes_last(notes: &[Note]) -> Option<u8> {
    notes.last().map(|n| n.pitch)
}
