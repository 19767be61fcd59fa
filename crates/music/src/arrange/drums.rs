//! Drums and hand percussion: grooves by section and intensity, fills at seams, crashes, breaks.
//!
//! Grid characters: `.` rest, `1`–`9` velocity, `x` firm, `X` hard, `o` ghost; `a b c` soft hits with 25, 50,
//! 75 % chance, `A B C` loud ones.

use std::collections::BTreeMap;

use catbird_score::{Dice, Note, PPQ, PartRole, Role, Tick, Touch};

use crate::{
    arrange::{band::Player, stage::Stage},
    style::{self, Fill, Groove},
};

/// The General MIDI percussion key of a line's name.
pub fn key(name: &str) -> Option<u8> {
    Some(match name {
        "kick" => 36,
        "kick2" => 35,
        "snare" => 38,
        "snare2" => 40,
        "rim" => 37,
        "clap" => 39,
        "hat" => 42,
        "pedal" => 44,
        "open" => 46,
        "crash" => 49,
        "crash2" => 57,
        "ride" => 51,
        "bell" => 53,
        "china" => 52,
        "splash" => 55,
        "tom1" => 50,
        "tom2" => 47,
        "tom3" => 45,
        "tom4" => 43,
        "tom5" => 41,
        "tambourine" => 54,
        "cowbell" => 56,
        "bongo_hi" => 60,
        "bongo_lo" => 61,
        "conga_mute" => 62,
        "conga_hi" => 63,
        "conga_lo" => 64,
        "timbale_hi" => 65,
        "timbale_lo" => 66,
        "agogo_hi" => 67,
        "agogo_lo" => 68,
        "cabasa" => 69,
        "maracas" => 70,
        "guiro" => 73,
        "claves" => 75,
        "wood_hi" => 76,
        "wood_lo" => 77,
        "triangle" => 81,
        "shaker" => 82,
        "sleigh" => 83,
        "castanets" => 85,
        "taiko" => 48,
        _ => return None,
    })
}

/// The velocity of a grid character, if it sounds.
fn hit(c: char, dice: &mut Dice) -> Option<u8> {
    // A die is thrown for every character that may sound, so that variants stay aligned.
    Some(match c {
        '1'..='9' => 10 + 13 * (c as u8 - b'0'),
        'x' => 96,
        'X' => 122,
        'o' => 42,
        'a' => return dice.chance(0.25).then_some(66),
        'b' => return dice.chance(0.5).then_some(66),
        'c' => return dice.chance(0.75).then_some(66),
        'A' => return dice.chance(0.25).then_some(104),
        'B' => return dice.chance(0.5).then_some(104),
        'C' => return dice.chance(0.75).then_some(104),
        _ => return None,
    })
}

fn steps(grid: &str) -> Vec<char> {
    grid.chars().filter(|c| !c.is_whitespace() && *c != '|').collect()
}

struct Bar<'a> {
    start: Tick,
    /// Counted from the section's start.
    index: usize,
    from: Tick,
    to: Tick,
    stage: &'a Stage<'a>,
}

/// Writes one bar of named lines, only between `from` and `to`.
fn write(out: &mut Vec<Note>, lines: &BTreeMap<String, String>, per_bar: usize, bar: &Bar, gain: f32, dice: &mut Dice) {
    for (name, grid) in lines {
        let Some(pitch) = key(name) else { continue };
        let (grid, per_bar) = bar.stage.in_metre(steps(grid), per_bar);
        let step = bar.stage.bar() / per_bar as Tick;
        let bars = (grid.len() / per_bar).max(1);
        let offset = (bar.index % bars) * per_bar;
        for s in 0..per_bar {
            let Some(c) = grid.get(offset + s) else { continue };
            let Some(velocity) = hit(*c, dice) else { continue };
            let start = bar.start + s as Tick * step;
            if start >= bar.from && start < bar.to {
                out.push(Note {
                    start,
                    length: step,
                    pitch,
                    velocity: scaled(velocity, gain),
                    nudge: 0,
                    touch: Touch::Plain,
                });
            }
        }
    }
}

fn scaled(velocity: u8, gain: f32) -> u8 {
    (f32::from(velocity) * gain).round().clamp(1.0, 127.0) as u8
}

/// The groove of a section: the same for sections of the same role and similar intensity.
fn choose<'a>(stage: &'a Stage, role: Role, intensity: f32) -> Option<&'a Groove> {
    let style = stage.direction.leader();
    let extras = style::extras();
    let fits = |g: &&Groove| g.from <= intensity && intensity < g.to;
    if let Some(name) = &stage.direction.groove
        && !matches!(role, Role::Intro)
    {
        let named: Vec<&Groove> = style
            .groove
            .iter()
            .chain(&extras.groove)
            .filter(|g| g.name == *name)
            .collect();
        if let Some(g) = named
            .iter()
            .find(|g| fits(g))
            .or_else(|| if intensity < 0.3 { None } else { named.last() })
        {
            return Some(g);
        }
    }
    let mut pool: Vec<&Groove> = style
        .groove
        .iter()
        .filter(fits)
        .filter(|g| g.roles.contains(&role))
        .collect();
    if pool.is_empty() {
        pool = style
            .groove
            .iter()
            .filter(fits)
            .filter(|g| g.roles.is_empty())
            .collect();
    }
    let weights: Vec<f64> = pool.iter().map(|g| g.weight).collect();
    let mut dice = stage.dice(&format!("groove {}", style::role_key(role)));
    pool.get(dice.weighted(&weights)).copied()
}

fn choose_fill<'a>(stage: &'a Stage, intensity: f32, beats: u32, dice: &mut Dice) -> Option<&'a Fill> {
    let beats = beats.min((stage.bar() / PPQ).max(1));
    let own = &stage.direction.leader().fill;
    let source = if own.is_empty() { &style::extras().fill } else { own };
    let pool: Vec<&Fill> = source
        .iter()
        .filter(|f| f.beats <= beats && f.from <= intensity && intensity < f.to)
        .collect();
    let weights: Vec<f64> = pool.iter().map(|f| f64::from(f.beats)).collect();
    pool.get(dice.weighted(&weights)).copied()
}

/// The drummer's part.
pub fn play(stage: &Stage, player: &Player) -> Vec<Note> {
    let mut out = Vec::new();
    let bar = stage.bar();
    let style = stage.direction.leader();
    let light = stage.direction.drums < 0.75;
    let sections: Vec<_> = stage.sections().collect();
    for (n, (index, section, intensity)) in sections.iter().copied().enumerate() {
        let level = if light { intensity.min(0.42) } else { intensity };
        if !player.plays(section.role, level) && !player.plays(section.role, intensity) {
            continue;
        }
        let Some(groove) = choose(stage, section.role, level) else {
            continue;
        };
        let per_bar = if groove.triplet { 12 } else { 16 };
        let mut dice = stage.dice(&format!("drums {} {index}", player.plan.id));
        let end = section.end().min(stage.stop());
        let bars = (end - section.start).div_ceil(bar) as usize;
        let next = sections.get(n + 1).map(|(_, s, e)| (s.role, *e));
        let broken = section.role == Role::Bridge && bars >= 4 && stage.dice("breakdown").chance(style.breakdown);
        // An intro builds up: its first half waits for the groove.
        let waits = section.role == Role::Intro && bars >= 4 && intensity < 0.7 && !player.plan.opens;
        let first = if broken || waits { bars / 2 } else { 0 };
        let gain = 0.84 + 0.2 * intensity;
        let rises = next.is_some_and(|(_, e)| e > intensity + 0.05);
        for b in first..bars {
            let start = section.start + b as Tick * bar;
            let last = b + 1 == bars && bars > 1;
            // A fill at the end of a section, a short one in the middle of long ones.
            // Where everybody stops there is nothing to lead over it.
            let stops = stage.stops.iter().any(|(_, to)| *to == start + bar);
            let fill = if stops {
                None
            } else if last && (next.is_some() || section.role != Role::Outro) {
                let beats = if rises || intensity > 0.6 { 4 } else { 2 };
                choose_fill(stage, level, beats, &mut dice)
            } else if b % 4 == 3 && !last && dice.chance(0.3 + f64::from(stage.direction.density) * 0.4) {
                choose_fill(stage, level, 1, &mut dice)
            } else {
                None
            };
            let fill_from = fill.map_or(end, |f| (start + bar - f.beats * PPQ).min(end));
            let view = Bar {
                start,
                index: b,
                from: start,
                to: fill_from.min(end),
                stage,
            };
            write(&mut out, &groove.lines, per_bar, &view, gain, &mut dice);
            if let Some(fill) = fill {
                let at = start + bar - fill.beats * PPQ;
                let view = Bar {
                    start: at,
                    index: 0,
                    from: at,
                    to: end,
                    stage,
                };
                let stretched = Fitted { beats: fill.beats };
                stretched.write(&mut out, &fill.lines, &view, gain * 1.02, &mut dice);
            }
        }
        // The crash belongs to the seam: after a fill, where something begins. Gentle styles have fewer and softer ones.
        let energy = stage.direction.leader().energy;
        if intensity >= CRASH_FROM - CRASH_EAGER * energy
            && first == 0
            && (n > 0 || section.role != Role::Intro)
            && (n > 0 || intensity > 0.6)
        {
            let pitch = if index % 2 == 0 { 49 } else { 57 };
            out.push(Note {
                start: section.start,
                length: PPQ,
                pitch,
                velocity: scaled(
                    104,
                    (0.75 + 0.3 * intensity) * (CRASH_SOFT + (1.0 - CRASH_SOFT) * energy / 0.6).min(1.0),
                ),
                nudge: 0,
                touch: Touch::Plain,
            });
        }
    }
    tidy(&mut out);
    out
}

/// A section begins with a crash from this intensity on in a style without any energy; each unit of energy lowers it.
const CRASH_FROM: f32 = 0.75;
const CRASH_EAGER: f32 = 0.42;

/// How loud that crash would be, of those in styles of energy 0.6 and more.
const CRASH_SOFT: f32 = 0.4;

/// A fill's grid has four steps a beat and is as long as the fill.
struct Fitted {
    beats: u32,
}

impl Fitted {
    fn write(&self, out: &mut Vec<Note>, lines: &BTreeMap<String, String>, at: &Bar, gain: f32, dice: &mut Dice) {
        for (name, grid) in lines {
            let Some(pitch) = key(name) else { continue };
            let grid = steps(grid);
            let step = self.beats * PPQ / (grid.len().max(1) as Tick);
            for (s, c) in grid.iter().enumerate() {
                let Some(velocity) = hit(*c, dice) else { continue };
                let start = at.start + s as Tick * step;
                if start >= at.from && start < at.to {
                    out.push(Note {
                        start,
                        length: step,
                        pitch,
                        velocity: scaled(velocity, gain),
                        nudge: 0,
                        touch: Touch::Plain,
                    });
                }
            }
        }
    }
}

/// In time order, no key twice on one tick.
fn tidy(notes: &mut Vec<Note>) {
    notes.sort_by_key(|n| (n.start, n.pitch, std::cmp::Reverse(n.velocity)));
    notes.dedup_by_key(|n| (n.start, n.pitch));
}

/// Where the kick falls: the bass locks to it.
pub fn kicks(stage: &Stage, band: &[Player]) -> Vec<Tick> {
    let Some(drummer) = band.iter().find(|p| p.plan.role == PartRole::Drums) else {
        return Vec::new();
    };
    let mut at: Vec<Tick> = play(stage, drummer)
        .iter()
        .filter(|n| matches!(n.pitch, 35 | 36))
        .map(|n| n.start)
        .collect();
    at.dedup();
    at
}

/// Hand percussion: the player's own lines (or its section groove) wherever it plays.
pub fn percussion(stage: &Stage, player: &Player) -> Vec<Note> {
    let mut out = Vec::new();
    let bar = stage.bar();
    let mut dice = stage.dice(&format!("percussion {}", player.plan.id));
    let light = stage.direction.drums < 0.75;
    for (_, section, intensity) in stage.sections() {
        if !player.plays(section.role, intensity) {
            continue;
        }
        let end = section.end().min(stage.stop());
        for b in 0..(end - section.start).div_ceil(bar) as usize {
            let start = section.start + b as Tick * bar;
            let view = Bar {
                start,
                index: b,
                from: start,
                to: end,
                stage,
            };
            let triplet = player.plan.lines.values().all(|l| !steps(l).len().is_multiple_of(16));
            let gain = (0.72 + 0.3 * intensity) * if light { 0.85 } else { 1.0 };
            write(
                &mut out,
                &player.plan.lines,
                if triplet { 12 } else { 16 },
                &view,
                gain,
                &mut dice,
            );
        }
    }
    if !player.instrument.sound.is_drums() {
        // Pitched percussion (taiko) keeps to its own range.
        let [low, high] = player.instrument.range;
        for n in &mut out {
            n.pitch = n.pitch.clamp(low, high);
        }
    }
    tidy(&mut out);
    out
}
