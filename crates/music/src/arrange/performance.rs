//! The performance: accents by metre, phrases that breathe, swing, and timing that wanders the way a
//! player's does (each note's offset is correlated with the one before, so a part drags or pushes as one).

use catbird_score::{Note, PPQ, PartRole, Tick, Touch};

use crate::arrange::{band::Player, stage::Stage};

/// Ticks a note is moved by swing; `unit` 8 or 16 names what is swung, `ratio` the first one's share.
pub fn swing(start: Tick, ratio: f32, unit: u8) -> f64 {
    let pair = if unit == 16 { PPQ / 2 } else { PPQ };
    let within = f64::from(start % pair);
    let (pair, ratio) = (f64::from(pair), f64::from(ratio));
    let half = pair / 2.0;
    // Triplet grids are swung already: their last third moves to where the band's second note is.
    if unit == 8 && (within - pair * 2.0 / 3.0).abs() < 1.0 {
        return if ratio > 0.58 { ratio * pair - within } else { 0.0 };
    }
    if unit == 8 && (within - pair / 3.0).abs() < 1.0 {
        return 0.0;
    }
    // The first half is stretched to `ratio` of the pair, the second squeezed into the rest.
    let moved = if within < half {
        within * ratio / 0.5
    } else {
        ratio * pair + (within - half) * (1.0 - ratio) / 0.5
    };
    moved - within
}

/// Semitones that a finger slides at most.
const NEAR: u8 = 5;

/// What the player's instrument invites to: slides between near notes, bends up to long ones, falls where a
/// phrase ends. Only lines are touched: a bend on a chord would bend all of it.
fn touch(stage: &Stage, player: &Player, notes: &mut [Note]) {
    let idiom = player.instrument.idiom;
    if !matches!(player.plan.role, PartRole::Lead | PartRole::Counter | PartRole::Bass) {
        return;
    }
    let mut dice = stage.dice(&format!("touch {}", player.plan.id));
    for i in 0..notes.len() {
        let note = notes[i];
        let before = i.checked_sub(1).map(|i| notes[i]);
        let after = notes.get(i + 1);
        let together = before.is_some_and(|b| b.start == note.start) || after.is_some_and(|a| a.start == note.start);
        // A die for each, so that one more or less moves no other.
        let [slides, bends, falls] = [idiom.slide, idiom.bend, idiom.fall].map(|p| dice.chance(p));
        if together || !note.touch.is_plain() {
            continue;
        }
        let tied = before.filter(|b| b.start + b.length + PPQ / 4 >= note.start);
        let near = tied.is_some_and(|b| b.pitch != note.pitch && b.pitch.abs_diff(note.pitch) <= NEAR);
        let long = note.length >= PPQ * 3 / 4;
        let ends = after.is_none_or(|a| a.start >= note.start + note.length + PPQ / 2);
        notes[i].touch = if falls && ends && note.length >= PPQ / 2 && note.start < stage.stop() {
            Touch::Fall
        } else if bends && long && !near {
            Touch::Bend
        } else if slides && near && note.length >= PPQ / 4 {
            Touch::Slide
        } else {
            Touch::Plain
        };
    }
}

/// How much harder everybody strikes for an energy that is not the style's own.
const FORCE_ASKED: f32 = 0.3;

/// Turns written notes into played ones; keeps order and grid, changes velocity, nudge and touch.
pub fn perform(stage: &Stage, player: &Player, notes: &mut [Note]) {
    touch(stage, player, notes);
    let style = stage.direction.leader();
    let mut dice = stage.dice(&format!("perform {}", player.plan.id));
    let role = player.plan.role;
    let machine = matches!(
        player.instrument.sound,
        catbird_score::Sound::Machine { .. } | catbird_score::Sound::Synth { .. }
    );
    let loose = f64::from(style.loose_ms) * if machine { 0.15 } else { 1.0 };
    let swing_ratio = stage.direction.swing;
    let (mut drift, mut at) = (0.0, None);
    let phrase = 4 * stage.bar();
    let force = f64::from(1.0 + FORCE_ASKED * stage.direction.asked_energy());
    for note in notes.iter_mut() {
        if at != Some(note.start) {
            drift = 0.85 * drift + 0.53 * dice.normal();
            at = Some(note.start);
        }
        let metre = if note.start % stage.bar() == 0 {
            1.04
        } else if note.start % (PPQ) == 0 {
            1.0
        } else if note.start % (PPQ / 2) == 0 {
            0.95
        } else {
            0.89
        };
        // Four-bar phrases swell to their third quarter.
        let x = f64::from(note.start % phrase) / f64::from(phrase);
        let breath = if matches!(role, PartRole::Drums | PartRole::Percussion) {
            0.02
        } else {
            0.06
        };
        let arch = 1.0 + breath * ((x * std::f64::consts::PI * 1.3).sin() - 0.4);
        let spread = if machine { 0.015 } else { 0.045 };
        let velocity = f64::from(note.velocity) * force * metre * arch * (1.0 + spread * dice.normal());
        note.velocity = velocity.round().clamp(1.0, 127.0) as u8;
        let last = note.start >= stage.stop();
        let mut ms = drift * loose * 0.75;
        ms += match (role, note.pitch) {
            (PartRole::Drums, 37..=40) => f64::from(style.backbeat_ms),
            (PartRole::Lead, _) => 4.0,
            (PartRole::Bass, _) => 1.5,
            _ => 0.0,
        };
        let ticks = stage.ticks(ms, note.start)
            + if last {
                0.0
            } else {
                swing(note.start, swing_ratio, stage.direction.swing_unit)
            };
        let nudge = (f64::from(note.nudge) + ticks).round();
        // Nothing sounds before the first beat of the file or before the common last stroke.
        let floor = if last { 0.0 } else { -f64::from(note.start) };
        note.nudge = nudge.max(floor).clamp(-200.0, 400.0) as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swing_moves_only_the_off_beats() {
        assert_eq!(swing(0, 0.66, 8), 0.0);
        assert_eq!(swing(480, 0.66, 8), 0.0);
        assert!((swing(240, 2.0 / 3.0, 8) - 80.0).abs() < 1e-3);
        assert!((swing(120, 0.6, 16) - 24.0).abs() < 1e-3);
        assert_eq!(swing(240, 0.6, 16), 0.0);
        assert_eq!(swing(240, 0.5, 8), 0.0);
        assert!((swing(320, 0.62, 8) + 22.4).abs() < 1e-3);
        assert_eq!(swing(320, 0.5, 8), 0.0);
    }
}
