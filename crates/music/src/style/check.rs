//! Whether a style file is sound: charts parse, figures fit their bars, players exist.

use std::collections::BTreeMap;

use catbird_score::{Key, Mode, PartRole};

#[cfg(test)]
use super::Extras;
use super::{PartPlan, Style, form, weighted};
use crate::{arrange::drums, direction::GENRES, harmony::roman, instruments};

type Charts = BTreeMap<String, BTreeMap<String, Vec<String>>>;

fn ensure(sound: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if sound { Ok(()) } else { Err(why()) }
}

fn player(p: &PartPlan) -> Result<(), String> {
    ensure(!p.instruments.is_empty(), || format!("part {}: nobody plays it", p.id))?;
    for key in &p.instruments {
        let i = instruments::find(key).ok_or_else(|| format!("part {}: there is no instrument “{key}”", p.id))?;
        let drummer = matches!(p.role, PartRole::Drums | PartRole::Percussion);
        ensure(!i.sound.is_drums() || drummer, || {
            format!("part {}: “{key}” has no pitch", p.id)
        })?;
    }
    for (_, figure) in &p.figures {
        if matches!(figure.as_str(), "lock" | "walk" | "two" | "hold") {
            ensure(p.role == PartRole::Bass, || {
                format!("part {}: only a bass can “{figure}”", p.id)
            })?;
            continue;
        }
        let text = figure.trim_start_matches("t:");
        let alphabet = if p.role == PartRole::Bass {
            "Rr35678ang-.|"
        } else {
            "xXomdDuUrpP12345678b-.|"
        };
        let per_bar = if figure.starts_with("t:") { 12 } else { 16 };
        let known = text.chars().all(|c| alphabet.contains(c));
        ensure(known, || format!("part {}: “{figure}” may use {alphabet} only", p.id))?;
        ensure(text.replace('|', "").len().is_multiple_of(per_bar), || {
            format!("part {}: “{figure}” does not fill bars of {per_bar} steps", p.id)
        })?;
    }
    let on = p.on.as_deref();
    ensure(
        matches!(on, None | Some("rise" | "land" | "loop" | "double" | "answer")),
        || format!("part {}: on is rise, land, loop, double or answer", p.id),
    )?;
    let straight = p.lines.values().all(|l| steps(l).is_multiple_of(16));
    lines(&p.lines, if straight { 16 } else { 12 }).map_err(|why| format!("part {}: {why}", p.id))?;
    for (what, value, [low, high]) in [
        ("gain_db", f64::from(p.gain_db), [-60.0, 24.0]),
        ("duck_db", f64::from(p.duck_db), [-60.0, 60.0]),
        ("pan", f64::from(p.pan), [-1.0, 1.0]),
        ("width", f64::from(p.width), [0.0, 4.0]),
        ("gate", f64::from(p.gate), [0.01, 4.0]),
        ("reverb", f64::from(p.reverb.unwrap_or(0.0)), [0.0, 2.0]),
        ("delay", f64::from(p.delay), [0.0, 2.0]),
        ("sweep", f64::from(p.sweep), [0.0, 1.0]),
        ("chance", p.chance, [0.0, 1.0]),
        ("voices", p.voices as f64, [1.0, 8.0]),
    ] {
        within(what, value, [low, high]).map_err(|why| format!("part {}: {why}", p.id))?;
    }
    let low_to_high = |[low, high]: [u8; 2]| low <= high && high <= 127;
    ensure(p.register.is_none_or(low_to_high), || {
        format!("part {}: register is the lowest and the highest MIDI pitch", p.id)
    })
}

fn within(what: &str, value: f64, [low, high]: [f64; 2]) -> Result<(), String> {
    ensure((low..=high).contains(&value), || {
        format!("{what} = {value} is not between {low} and {high}")
    })
}

/// How many steps a grid has.
fn steps(grid: &str) -> usize {
    grid.chars().filter(|c| !c.is_whitespace() && *c != '|').count()
}

fn lines(lines: &BTreeMap<String, String>, unit: usize) -> Result<(), String> {
    for (name, line) in lines {
        ensure(drums::key(name).is_some(), || format!("there is no drum “{name}”"))?;
        let filled = steps(line) > 0 && steps(line).is_multiple_of(unit);
        ensure(filled, || format!("{name} = “{line}” does not fill its {unit} steps"))?;
        ensure(line.chars().all(|c| "123456789xXoabcABC.| ".contains(c)), || {
            format!("{name} = “{line}”: hits are 1-9, x X o, a b c A B C")
        })?;
    }
    Ok(())
}

fn charts(progressions: &Charts) -> Result<(), String> {
    for (mode, roles) in progressions {
        let mode: Mode =
            serde_json::from_value(mode.as_str().into()).map_err(|_| format!("there is no mode “{mode}”"))?;
        for chart in roles.values().flatten() {
            let (weight, bars) = weighted(chart);
            ensure(weight.is_finite() && weight > 0.0, || {
                format!("“{chart}”: what stands before the colon is a weight above 0")
            })?;
            for bar in bars.split('|') {
                let numerals: Vec<&str> = bar.split_whitespace().collect();
                ensure(matches!(numerals.len(), 1..=4), || {
                    format!("“{chart}” has a bar of {} chords", numerals.len())
                })?;
                for numeral in numerals {
                    ensure(roman::parse(numeral, Key { tonic: 3, mode }).is_some(), || {
                        format!("“{numeral}” in “{chart}” is no chord")
                    })?;
                }
            }
        }
    }
    Ok(())
}

/// What is wrong with a style, in one sentence.
pub(super) fn style(s: &Style) -> Result<(), String> {
    let plain = !s.id.is_empty()
        && s.id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    ensure(plain, || format!("id “{}” is not made of a-z, 0-9 and _", s.id))?;
    ensure(GENRES.contains(&s.label.as_str()), || {
        format!("label “{}” is none of {}", s.label, GENRES.join(", "))
    })?;
    numbers(s)?;
    charts(&s.progressions)?;
    for p in &s.part {
        player(p)?;
    }
    for g in &s.groove {
        lines(&g.lines, if g.triplet { 12 } else { 16 })?;
    }
    for f in &s.fill {
        ensure(matches!(f.beats, 1 | 2 | 4), || format!("a fill of {} beats", f.beats))?;
        // Four steps a beat, or three.
        let unit = if f.lines.values().all(|l| l.len().is_multiple_of(4 * f.beats as usize)) {
            4
        } else {
            3
        };
        lines(&f.lines, unit * f.beats as usize)?;
    }
    for recipe in &s.forms {
        ensure(form(recipe).len() == recipe.split_whitespace().count(), || {
            format!("form “{recipe}” is not made of role:bars")
        })?;
        ensure(form(recipe).iter().all(|(_, bars)| matches!(bars, 1..=64)), || {
            format!("form “{recipe}” has a section that is not 1 to 64 bars long")
        })?;
    }
    for hook in &s.hooks {
        let sound = hook.len() == 16 && hook.contains('x') && hook.chars().all(|c| "x-.".contains(c));
        ensure(sound, || format!("hook “{hook}” is not sixteen of x - ."))?;
    }
    ensure(!s.forms.is_empty(), || "there is no form".to_owned())?;
    let minor = Key {
        tonic: 0,
        mode: Mode::Minor,
    };
    for cadence in s.cadence.values().flatten() {
        ensure(roman::parse(cadence, minor).is_some(), || {
            format!("cadence “{cadence}” is no chord")
        })?;
    }
    ensure(s.part.iter().any(|p| p.role == PartRole::Lead), || {
        "nobody leads".to_owned()
    })?;
    let [low, _, high] = s.tempo;
    ensure(low >= 20.0 && high <= 400.0, || {
        "tempo is between 20 and 400".to_owned()
    })?;
    ensure(s.tempo[0] < s.tempo[1] && s.tempo[1] < s.tempo[2], || {
        "tempo is lowest, usual, highest".to_owned()
    })?;
    let count: usize = s.progressions.values().flat_map(BTreeMap::values).map(Vec::len).sum();
    ensure(count >= 8, || format!("only {count} charts of at least 8"))
}

/// Numbers that have to be in their range.
fn numbers(s: &Style) -> Result<(), String> {
    ensure(!s.modes.is_empty(), || "there is no mode".to_owned())?;
    let weights = s.modes.iter().map(|m| m.1).chain(s.groove.iter().map(|g| g.weight));
    for weight in weights {
        within("a weight", weight, [0.001, 1000.0])?;
    }
    ensure(s.tonics.iter().all(|t| *t < 12), || {
        "tonics are 0 (C) to 11 (B)".to_owned()
    })?;
    ensure(matches!(s.swing_unit, 8 | 16), || "swing_unit is 8 or 16".to_owned())?;
    for (what, value, range) in [
        ("swing", f64::from(s.swing), [0.5, 0.75]),
        ("colour", f64::from(s.colour), [-1.0, 1.0]),
        ("energy", f64::from(s.energy), [0.0, 1.0]),
        ("lift", s.lift, [0.0, 1.0]),
        ("breakdown", s.breakdown, [0.0, 1.0]),
        ("stops", s.stops, [0.0, 1.0]),
        ("sung_hook", s.sung_hook, [0.0, 1.0]),
        ("melisma", f64::from(s.melisma), [0.0, 1.0]),
        ("syllables_per_beat", f64::from(s.syllables_per_beat), [0.25, 8.0]),
        ("backbeat_ms", f64::from(s.backbeat_ms), [-50.0, 50.0]),
        ("loose_ms", f64::from(s.loose_ms), [0.0, 50.0]),
        ("pads", s.backing.pads, [0.0, 1.0]),
        ("calls", s.backing.calls, [0.0, 1.0]),
        ("density", f64::from(s.tune.density), [0.1, 8.0]),
        ("syncopation", f64::from(s.tune.syncopation), [0.0, 1.0]),
        ("chromatic", f64::from(s.tune.chromatic), [0.0, 1.0]),
        ("reverb_seconds", f64::from(s.mix.reverb_seconds), [0.1, 20.0]),
        ("reverb_db", f64::from(s.mix.reverb_db), [-60.0, 12.0]),
        ("delay_beats", f64::from(s.mix.delay_beats), [0.0, 4.0]),
        ("width", f64::from(s.mix.width), [0.0, 4.0]),
        ("low_db", f64::from(s.mix.low_db), [-24.0, 24.0]),
        ("high_db", f64::from(s.mix.high_db), [-24.0, 24.0]),
        ("glue", f64::from(s.mix.glue), [0.0, 1.0]),
        ("drive", f64::from(s.mix.drive), [0.0, 1.0]),
        ("lofi", f64::from(s.mix.lofi), [0.0, 1.0]),
        ("vocal_reverb", f64::from(s.mix.vocal_reverb), [0.0, 1.0]),
        ("vocal_delay", f64::from(s.mix.vocal_delay), [0.0, 1.0]),
        ("vocal_db", f64::from(s.mix.vocal_db), [-24.0, 24.0]),
    ] {
        within(what, value, range)?;
    }
    Ok(())
}

/// What is wrong with the additions for all styles; the embedded file is tested, not checked at run time.
#[cfg(test)]
pub(super) fn extras(e: &Extras) -> Result<(), String> {
    charts(&e.progressions)?;
    e.ornament.iter().try_for_each(player)?;
    e.groove
        .iter()
        .try_for_each(|g| lines(&g.lines, if g.triplet { 12 } else { 16 }))
}
