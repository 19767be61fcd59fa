//! The style files are sound: charts parse, figures fit their bars, players exist.

use catbird_score::{Key, PartRole};

use super::*;
use crate::{arrange::drums, harmony::roman, instruments};

fn check_player(style: &str, p: &PartPlan) {
    for key in &p.instruments {
        let i = instruments::find(key).unwrap_or_else(|| panic!("{style}: no instrument {key}"));
        let sounds = i.sound.is_drums();
        let drummer = matches!(p.role, PartRole::Drums | PartRole::Percussion);
        assert!(!sounds || drummer, "{style}/{}: {key}", p.id);
    }
    assert!(!p.instruments.is_empty());
    for (_, figure) in &p.figures {
        if matches!(figure.as_str(), "lock" | "walk" | "two" | "hold") {
            assert_eq!(p.role, PartRole::Bass);
            continue;
        }
        let text = figure.trim_start_matches("t:");
        let alphabet = if p.role == PartRole::Bass {
            "Rr3578ag-.|"
        } else {
            "xXomdDuUr12345678b-.|"
        };
        assert!(text.chars().all(|c| alphabet.contains(c)), "{style}/{}: {figure}", p.id);
        let per_bar = if figure.starts_with("t:") { 12 } else { 16 };
        assert_eq!(text.replace('|', "").len() % per_bar, 0, "{style}/{}: {figure}", p.id);
    }
    for (name, line) in &p.lines {
        assert!(
            drums::key(name).is_some() && line.len() % 4 == 0,
            "{style}/{}: {name}",
            p.id
        );
    }
}

fn check_lines(style: &str, lines: &BTreeMap<String, String>, unit: usize) {
    for (name, line) in lines {
        assert!(drums::key(name).is_some(), "{style}: no drum {name}");
        assert_eq!(line.replace('|', "").len() % unit, 0, "{style}: {name} = {line}");
        assert!(
            line.chars().all(|c| "123456789xXoabcABC.|".contains(c)),
            "{style}: {line}"
        );
    }
}

fn check_charts(style: &str, progressions: &BTreeMap<String, BTreeMap<String, Vec<String>>>) {
    for (mode, roles) in progressions {
        let mode: Mode = serde_json::from_value(mode.as_str().into()).unwrap();
        for chart in roles.values().flatten() {
            for numeral in weighted(chart).1.split(['|', ' ']).filter(|n| !n.is_empty()) {
                assert!(
                    roman::parse(numeral, Key { tonic: 3, mode }).is_some(),
                    "{style}: {numeral} in {chart}"
                );
            }
        }
    }
}

#[test]
fn every_style_file_is_sound() {
    assert!(all().len() >= 16);
    for s in all() {
        check_charts(&s.id, &s.progressions);
        for p in &s.part {
            check_player(&s.id, p);
        }
        for g in &s.groove {
            check_lines(&s.id, &g.lines, if g.triplet { 12 } else { 16 });
        }
        for recipe in &s.forms {
            assert_eq!(
                form(recipe).len(),
                recipe.split_whitespace().count(),
                "{}: {recipe}",
                s.id
            );
        }
        for cadence in s.cadence.values().flatten() {
            assert!(
                roman::parse(
                    cadence,
                    Key {
                        tonic: 0,
                        mode: Mode::Minor
                    }
                )
                .is_some(),
                "{}: {cadence}",
                s.id
            );
        }
        assert!(
            s.part.iter().any(|p| p.role == PartRole::Lead),
            "{}: nobody leads",
            s.id
        );
        assert!(!s.modes.is_empty() && s.tempo[0] < s.tempo[1] && s.tempo[1] < s.tempo[2]);
        let charts: usize = s.progressions.values().flat_map(BTreeMap::values).map(Vec::len).sum();
        assert!(charts >= 8, "{}: only {charts} charts", s.id);
    }
    check_charts("extras", &extras().progressions);
    for p in &extras().ornament {
        check_player("extras", p);
    }
    for g in &extras().groove {
        check_lines("extras", &g.lines, if g.triplet { 12 } else { 16 });
    }
}
