//! Whether a style file is sound: charts parse, figures fit their bars, players exist.

use std::collections::BTreeMap;

use catbird_score::{Key, Mode, PartRole};

use super::{Extras, PartPlan, Style, form, weighted};
use crate::{arrange::drums, harmony::roman, instruments};

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
            "Rr3578ag-.|"
        } else {
            "xXomdDuUr12345678b-.|"
        };
        let per_bar = if figure.starts_with("t:") { 12 } else { 16 };
        let known = text.chars().all(|c| alphabet.contains(c));
        ensure(known, || format!("part {}: “{figure}” may use {alphabet} only", p.id))?;
        ensure(text.replace('|', "").len().is_multiple_of(per_bar), || {
            format!("part {}: “{figure}” does not fill bars of {per_bar} steps", p.id)
        })?;
    }
    for (name, line) in &p.lines {
        ensure(drums::key(name).is_some(), || {
            format!("part {}: there is no drum “{name}”", p.id)
        })?;
        ensure(line.len().is_multiple_of(4), || {
            format!("part {}: “{line}” does not fill its beats", p.id)
        })?;
    }
    Ok(())
}

fn lines(lines: &BTreeMap<String, String>, unit: usize) -> Result<(), String> {
    for (name, line) in lines {
        ensure(drums::key(name).is_some(), || format!("there is no drum “{name}”"))?;
        ensure(line.replace('|', "").len().is_multiple_of(unit), || {
            format!("{name} = “{line}” does not fill its {unit} steps")
        })?;
        ensure(line.chars().all(|c| "123456789xXoabcABC.|".contains(c)), || {
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
            for numeral in weighted(chart).1.split(['|', ' ']).filter(|n| !n.is_empty()) {
                ensure(roman::parse(numeral, Key { tonic: 3, mode }).is_some(), || {
                    format!("“{numeral}” in “{chart}” is no chord")
                })?;
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
    ensure(!s.modes.is_empty(), || "there is no mode".to_owned())?;
    ensure(s.tempo[0] < s.tempo[1] && s.tempo[1] < s.tempo[2], || {
        "tempo is lowest, usual, highest".to_owned()
    })?;
    let count: usize = s.progressions.values().flat_map(BTreeMap::values).map(Vec::len).sum();
    ensure(count >= 8, || format!("only {count} charts of at least 8"))
}

/// What is wrong with the additions for all styles.
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the embedded file is tested, not checked at run time")
)]
pub(super) fn extras(e: &Extras) -> Result<(), String> {
    charts(&e.progressions)?;
    e.ornament.iter().try_for_each(player)?;
    e.groove
        .iter()
        .try_for_each(|g| lines(&g.lines, if g.triplet { 12 } else { 16 }))
}
