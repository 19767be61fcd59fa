//! The harmony: a chord chart for the whole form, gapless, with cadences at the seams, a last chorus
//! that may be lifted, and the tonic from the last stroke to the end.

pub mod fitting;
mod odd;
pub mod roman;
pub mod voicing;

use catbird_score::{Chord, ChordSpan, Dice, Key, Mode, Quality, Role, Section, Tick};

use crate::{
    direction::Direction,
    form::Form,
    style::{self, Style},
};

/// Chords and keys of a piece.
#[derive(Clone, Debug)]
pub struct Harmony {
    /// Gapless from tick 0 to the end of the form.
    pub chords: Vec<ChordSpan>,
    /// The key at the beginning.
    pub key: Key,
    /// Later keys.
    pub modulations: Vec<(Tick, Key)>,
}

impl Harmony {
    /// The chord at `tick`; the last one after the end.
    pub fn chord_at(&self, tick: Tick) -> &ChordSpan {
        let after = self.chords.partition_point(|c| c.start <= tick);
        &self.chords[after.max(1) - 1]
    }

    /// The key at `tick`.
    pub fn key_at(&self, tick: Tick) -> Key {
        self.modulations
            .iter()
            .rev()
            .find(|(t, _)| *t <= tick)
            .map_or(self.key, |(_, k)| *k)
    }
}

/// A chart of one role: bars of Roman numerals.
type Chart = Vec<Vec<String>>;

fn parse(chart: &str) -> Chart {
    style::weighted(chart)
        .1
        .split('|')
        .map(|bar| bar.split_whitespace().map(str::to_owned).collect())
        .collect()
}

/// Where else to look when a style has no chart for a role.
fn stand_ins(role: Role) -> &'static [&'static str] {
    match role {
        Role::Intro => &["intro", "verse", "chorus"],
        Role::Verse => &["verse", "chorus"],
        Role::PreChorus => &["pre_chorus", "bridge", "verse"],
        Role::Chorus => &["chorus", "verse"],
        Role::Bridge => &["bridge", "pre_chorus", "verse"],
        Role::Inst => &["inst", "chorus", "verse"],
        Role::Outro => &["outro", "chorus", "verse"],
    }
}

/// The name of a mode's charts: its own, or those of its family.
fn families(mode: Mode) -> [&'static str; 2] {
    match mode {
        Mode::Major => ["major", "major"],
        Mode::Minor => ["minor", "minor"],
        Mode::Dorian => ["dorian", "minor"],
        Mode::Phrygian => ["phrygian", "minor"],
        Mode::Lydian => ["lydian", "major"],
        Mode::Mixolydian => ["mixolydian", "major"],
        Mode::MajorPentatonic => ["major_pentatonic", "major"],
        Mode::MinorPentatonic => ["minor_pentatonic", "minor"],
    }
}

/// The charts a role may draw from, most specific mode first.
fn charts<'a>(style: &'a Style, lender: Option<&'a Style>, mode: Mode, role: Role) -> Vec<(f64, &'a str)> {
    for family in families(mode) {
        for name in stand_ins(role) {
            let of = |style: &'a Style, share: f64| {
                let list = style.progressions.get(family).and_then(|m| m.get(*name));
                list.into_iter().flatten().map(move |c| {
                    let (w, chart) = style::weighted(c);
                    (w * share, chart)
                })
            };
            let mut found: Vec<(f64, &str)> = of(style, 1.0).collect();
            found.extend(lender.into_iter().flat_map(|l| of(l, 0.6)));
            if found.is_empty()
                && let Some(list) = style::extras().progressions.get(family).and_then(|m| m.get(*name))
            {
                found.extend(list.iter().map(|c| style::weighted(c)));
            }
            if !found.is_empty() {
                return found;
            }
        }
    }
    vec![(1.0, "I")]
}

fn draw(direction: &Direction, role: Role, seed: u64, avoid: &[&Chart]) -> Chart {
    // An outro and an interlude belong to the song's own material.
    let mut dice = Dice::new(seed, &format!("chart {}", style::role_key(role)));
    let found = charts(direction.leader(), direction.lending(), direction.key.mode, role);
    let weights: Vec<f64> = found
        .iter()
        .map(|(w, c)| {
            if avoid.iter().any(|a| **a == parse(c)) {
                w * 0.02
            } else {
                *w
            }
        })
        .collect();
    parse(found[dice.weighted(&weights)].1)
}

/// Writes the harmony of a form.
pub fn plan(form: &Form, direction: &Direction, seed: u64) -> Harmony {
    let verse = draw(direction, Role::Verse, seed, &[]);
    let chorus = draw(direction, Role::Chorus, seed, &[&verse]);
    let pre = draw(direction, Role::PreChorus, seed, &[&verse, &chorus]);
    let bridge = draw(direction, Role::Bridge, seed, &[&verse, &chorus]);
    // What a style plays there by itself; else the song's own material comes back.
    let own = |role: Role| {
        let style = direction.leader();
        let named = |family| {
            style
                .progressions
                .get(family)
                .is_some_and(|m| m.contains_key(style::role_key(role)))
        };
        families(direction.key.mode)
            .into_iter()
            .any(named)
            .then(|| draw(direction, role, seed, &[]))
    };
    let mut dice = Dice::new(seed, "harmony");
    let intro = if dice.chance(0.5) {
        verse.clone()
    } else {
        chorus.clone()
    };
    let inst = if dice.chance(0.35) {
        bridge.clone()
    } else {
        chorus.clone()
    };
    let (intro, inst) = (own(Role::Intro).unwrap_or(intro), own(Role::Inst).unwrap_or(inst));
    let outro = own(Role::Outro).unwrap_or_else(|| chorus.clone());
    let chart = |role| match role {
        Role::Intro => &intro,
        Role::Verse => &verse,
        Role::PreChorus => &pre,
        Role::Chorus => &chorus,
        Role::Outro => &outro,
        Role::Bridge => &bridge,
        Role::Inst => &inst,
    };
    let cadence = cadences(direction);
    let mut out = Harmony {
        chords: Vec::new(),
        key: direction.key,
        modulations: Vec::new(),
    };
    let bar = form.meter.bar();
    for (i, section) in form.sections.iter().enumerate() {
        let chart = chart(section.role);
        let bars = (section.length / bar).max(1);
        let next = form.sections.get(i + 1);
        for b in 0..bars {
            let start = section.start + b * bar;
            let end = if b + 1 == bars { section.end() } else { start + bar };
            let key = out.key_at(start);
            let mut romans = chart[b as usize % chart.len()].clone();
            for (i, roman) in romans.iter_mut().enumerate() {
                let place = (section.role, b as usize % chart.len(), i);
                odd::turn(roman, place, direction, seed);
            }
            if b + 1 == bars && bars >= 2 {
                turn(&mut romans, section.role, next.map(|s| s.role), &cadence);
            }
            let each = (end - start) / romans.len() as Tick;
            for (j, roman) in romans.iter().enumerate() {
                let at = start + j as Tick * each;
                let until = if j + 1 == romans.len() { end } else { at + each };
                let chord = coloured(roman::chord(roman, key), direction.colour, seed, roman);
                out.chords.push(ChordSpan {
                    start: at,
                    length: until - at,
                    roman: roman.clone(),
                    chord,
                });
            }
        }
    }
    close(&mut out, form, direction, &cadence);
    merge(&mut out.chords, form);
    out
}

/// The chords that may stand before the last one.
pub(crate) fn cadences(direction: &Direction) -> Vec<String> {
    let style = direction.leader();
    let minor = direction.key.mode.is_minor();
    let own = style.cadence.get(if minor { "minor" } else { "major" });
    own.cloned()
        .unwrap_or_else(|| vec![if minor { "V7" } else { "V" }.to_owned()])
}

/// The last bar of a section leads into the next.
fn turn(romans: &mut Vec<String>, role: Role, next: Option<Role>, cadence: &[String]) {
    let tonic = romans.last().is_some_and(|r| {
        r.trim_end_matches(|c: char| !"iIvV".contains(c))
            .eq_ignore_ascii_case("i")
    });
    let rises = matches!(
        (role, next),
        (Role::PreChorus | Role::Bridge, Some(Role::Chorus | Role::Inst))
    );
    if rises
        && tonic
        && let Some(dominant) = cadence.first()
    {
        *romans = vec![dominant.clone()];
    }
}

/// Some songs lift their last chorus by a semitone or a tone, if the singer can follow (`top` is the
/// highest pitch sung from there on, `None` when nobody sings). Returns where and by how much.
pub fn lift(
    harmony: &mut Harmony,
    form: &Form,
    direction: &Direction,
    top: impl Fn(Tick) -> Option<u8>,
    seed: u64,
) -> Option<(Tick, u8)> {
    let mut dice = Dice::new(seed, "lift");
    let chance = direction.leader().lift * f64::from(0.5 + direction.energy);
    let (drawn, whole) = (dice.chance(chance), dice.chance(0.5));
    let choruses: Vec<Tick> = form
        .sections
        .iter()
        .filter(|s| s.role == Role::Chorus)
        .map(|s| s.start)
        .collect();
    if !drawn || choruses.len() < 2 || direction.key.mode.steps().len() != 7 {
        return None;
    }
    let from = *choruses.last()?;
    let before = form.sections.iter().find(|s| s.end() == from)?;
    let room = top(from).map_or(2, |top| direction.singer.high.saturating_sub(top).min(2));
    let by = room.min(if whole { 2 } else { 1 });
    if by == 0 || from >= form.last_chord || before.role == Role::Chorus && before.length < 4 * form.meter.bar() {
        return None;
    }
    for span in harmony.chords.iter_mut().filter(|c| c.start >= from) {
        span.chord.root = (span.chord.root + by) % 12;
        span.chord.bass = (span.chord.bass + by) % 12;
    }
    let key = Key {
        tonic: (harmony.key.tonic + by) % 12,
        mode: harmony.key.mode,
    };
    harmony.modulations.push((from, key));
    // The dominant of the key to come takes the last half bar, unless words are sung there in the old key.
    let half = form.meter.bar() / 2;
    let sung = form
        .lines
        .iter()
        .any(|l| l.start < from && l.start + l.length > from - half);
    if let Some(last) = harmony.chords.iter_mut().rev().find(|c| c.start < from)
        && !sung
        && last.length > half
    {
        last.length -= half;
        let roman = if by == 1 { "V7/bII" } else { "V7/II" };
        let chord = roman::chord("V7", key);
        harmony.chords.push(ChordSpan {
            start: from - half,
            length: half,
            roman: roman.to_owned(),
            chord,
        });
        harmony.chords.sort_by_key(|c| c.start);
    }
    Some((from, by))
}

/// From the last stroke on there is only the tonic; the half bar before it prepares it.
pub(crate) fn close(harmony: &mut Harmony, form: &Form, direction: &Direction, cadence: &[String]) {
    let end = form
        .sections
        .last()
        .map_or(form.last_chord, Section::end)
        .max(form.last_chord + 1);
    let key = harmony.key_at(form.last_chord);
    let tonic = if key.mode.is_minor() { "i" } else { "I" };
    harmony.chords.retain(|c| c.start < form.last_chord);
    if let Some(last) = harmony.chords.last_mut() {
        last.length = form.last_chord - last.start;
        let chord = roman::chord(&cadence[0], key);
        let bar = form.meter.bar();
        // Fourth, fifth and lowered seventh lead home by themselves.
        let leads_home = matches!((last.chord.root + 12 - key.tonic) % 12, 5 | 7 | 10);
        if last.length > bar {
            let at = form.last_chord - bar;
            last.length = at - last.start;
            harmony.chords.push(ChordSpan {
                start: at,
                length: bar,
                roman: cadence[0].clone(),
                chord,
            });
        } else if !leads_home && last.length == bar && last.chord.root != key.tonic {
            last.length = bar / 2;
            harmony.chords.push(ChordSpan {
                start: form.last_chord - bar / 2,
                length: bar / 2,
                roman: cadence[0].clone(),
                chord,
            });
        } else if last.chord.root == key.tonic && last.length >= bar / 2 && last.start > 0 {
            *last = ChordSpan {
                start: last.start,
                length: last.length,
                roman: cadence[0].clone(),
                chord,
            };
        }
    }
    let colour = if direction.colour > 0.35 { direction.colour } else { 0.0 };
    let chord = coloured(roman::chord(tonic, key), colour, 0, tonic);
    harmony.chords.push(ChordSpan {
        start: form.last_chord,
        length: end - form.last_chord,
        roman: tonic.to_owned(),
        chord,
    });
}

/// Richer or barer than written. A symbol keeps one colour throughout a song.
fn coloured(chord: Chord, colour: f32, seed: u64, roman: &str) -> Chord {
    let mut dice = Dice::new(seed, &format!("colour {roman}"));
    let roll = dice.unit() as f32;
    let quality = if colour > 0.0 && roll < colour {
        let rich = colour > 0.55 && roll < colour - 0.4;
        match chord.quality {
            Quality::Major if roman.starts_with('V') && !roman.starts_with("VI") => {
                if rich {
                    Quality::Nine
                } else {
                    Quality::Seven
                }
            }
            Quality::Major => {
                if rich {
                    Quality::MajorNine
                } else if colour < 0.3 {
                    Quality::AddNine
                } else {
                    Quality::MajorSeven
                }
            }
            Quality::Minor => {
                if rich {
                    Quality::MinorNine
                } else {
                    Quality::MinorSeven
                }
            }
            Quality::Seven if rich => Quality::Nine,
            other => other,
        }
    } else if colour < -0.5 && roll < -colour {
        match chord.quality {
            Quality::Major | Quality::Minor if !roman.contains('/') => Quality::Power,
            other => other,
        }
    } else {
        chord.quality
    };
    Chord { quality, ..chord }
}

/// Equal neighbours become one, inside a section; the last stroke stays a chord of its own.
pub(crate) fn merge(chords: &mut Vec<ChordSpan>, form: &Form) {
    chords.retain(|c| c.length > 0);
    chords.dedup_by(|next, last| {
        let seam = next.start == form.last_chord || form.sections.iter().any(|s| s.start == next.start);
        let same = next.chord == last.chord && next.roman == last.roman && !seam;
        if same {
            last.length += next.length;
        }
        same
    });
}
