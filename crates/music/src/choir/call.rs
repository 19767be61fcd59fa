//! Calls: `yeah`, `oh` and their like in the rests behind the lead's lines, never over a word of them.

use catbird_score::{
    Chorister, Delivery, Dice, Language, Note, Role, Score, SungLine, SungWord, Syllable, Tick, Touch, Vocal,
};

use super::{
    duet::into,
    person::{self, Part},
    place,
    span::begins,
};

/// Silence kept before and behind a call, seconds.
const AIR: f64 = 0.1;
/// Shortest rest that is answered, seconds.
const REST: f64 = 0.6;
/// … behind a rapped line.
const REST_RAPPED: f64 = 0.4;
/// Longest call, seconds.
const LONGEST: f64 = 1.3;
/// How loud.
const VELOCITY: u8 = 78;

/// A call: what is written, what is sung, and whether it can be turned around.
struct Cry {
    text: &'static str,
    phonemes: &'static str,
    /// In the other languages.
    plain: &'static str,
    turns: bool,
}

const SUNG: [Cry; 4] = [
    cry("yeah", "jˈæ", "jˈe", true),
    cry("oh", "ˈO", "ˈo", true),
    cry("ooh", "ˈu", "ˈu", true),
    cry("hey", "hˈA", "ˈe", false),
];
const SHOUTED: [Cry; 4] = [
    cry("yeah", "jˈæ", "jˈe", false),
    cry("uh", "ˈʌ", "ˈa", false),
    cry("hey", "hˈA", "ˈe", false),
    cry("ay", "ˈA", "ˈe", false),
];

const fn cry(text: &'static str, phonemes: &'static str, plain: &'static str, turns: bool) -> Cry {
    Cry {
        text,
        phonemes,
        plain,
        turns,
    }
}

/// The calls in a span: how often, `chance` says, more where the song is hot, none in the first verse.
pub(super) fn calls(score: &Score, vocal: &Vocal, chance: f64, (from, to): (Tick, Tick)) -> Vec<Chorister> {
    let singer = person::backing(&vocal.singer, Part::Caller, score.seed);
    let first_verse = score.sections.iter().position(|s| s.role == Role::Verse);
    let mut lines: Vec<SungLine> = Vec::new();
    for (i, line) in vocal.lines.iter().enumerate() {
        let Some(last) = line.notes().last() else { continue };
        if !(from..to).contains(&begins(line).unwrap_or(last.start)) || Some(line.section) == first_verse {
            continue;
        }
        let section = &score.sections[line.section];
        let mut dice = Dice::new(score.seed, &format!("call {}", last.start));
        if !dice.chance(chance * (0.4 + f64::from(section.energy))) {
            continue;
        }
        let begin = score.tempo.seconds(last.onset() + f64::from(last.length)) + AIR;
        let end_of_section = score.tempo.at(section.end().min(to)) - AIR;
        let next = vocal.lines.get(i + 1).and_then(|l| l.notes().next());
        let end = next.map_or(end_of_section, |n| {
            (score.tempo.seconds(n.onset()) - AIR).min(end_of_section)
        });
        let rest = if line.delivery == Delivery::Rapped {
            REST_RAPPED
        } else {
            REST
        };
        if end - begin < rest - 2.0 * AIR {
            continue;
        }
        lines.extend(call(score, line, (begin, end.min(begin + 3.0)), &singer, &mut dice));
    }
    if lines.is_empty() {
        return Vec::new();
    }
    vec![Chorister {
        name: "calls".to_owned(),
        channel: place(vocal.channel, Part::Caller),
        singer,
        lines,
    }]
}

fn call(
    score: &Score,
    behind: &SungLine,
    (begin, end): (f64, f64),
    singer: &catbird_score::Singer,
    dice: &mut Dice,
) -> Option<SungLine> {
    let rapped = behind.delivery == Delivery::Rapped;
    let cries = if rapped { &SHOUTED } else { &SUNG };
    let cry = &cries[dice.below(cries.len())];
    // On the next eighth (sixteenth, where it is rapped); a rest without one is left alone.
    let grid = score.meter.beat() / if rapped { 4 } else { 2 };
    let start = (score.tempo.tick_at(begin).max(0.0) as Tick + 1).next_multiple_of(grid.max(1));
    let at = score.tempo.at(start);
    let room = (end - at).min(if rapped { 0.4 } else { LONGEST });
    if room < 0.16 {
        return None;
    }
    let length = score.tempo.tick_at(at + room) - f64::from(start);
    let length = length.max(0.0) as Tick;
    let last = behind.notes().last()?.pitch;
    let chord = score.chord_at(start)?.chord;
    let high = i32::from(into(i32::from(last) + if rapped { 2 } else { 4 }, singer));
    let tones: Vec<u8> = (singer.low..=singer.high)
        .filter(|p| chord.contains(*p) && (i32::from(*p) - high).abs() <= 7)
        .collect();
    let top = tones.iter().copied().min_by_key(|p| (i32::from(*p) - high).abs())?;
    // Down the chord, the last tone held.
    let below: Vec<u8> = tones.iter().rev().copied().filter(|p| *p < top).take(2).collect();
    let turns = if cry.turns && room > 0.7 && dice.chance(0.7) {
        below.as_slice()
    } else {
        &[]
    };
    let short = grid.min(length / (turns.len() as Tick + 2)).max(1);
    let mut notes = Vec::new();
    let mut from = start;
    for (i, pitch) in std::iter::once(top).chain(turns.iter().copied()).enumerate() {
        let ends = if i == turns.len() { start + length } else { from + short };
        notes.push(Note {
            start: from,
            length: ends.saturating_sub(from).max(1),
            pitch,
            velocity: VELOCITY,
            nudge: 0,
            touch: Touch::Plain,
        });
        from = ends;
    }
    let phonemes = if behind.language == Language::English {
        cry.phonemes
    } else {
        cry.plain
    };
    Some(SungLine {
        section: behind.section,
        text: cry.text.to_owned(),
        words: vec![SungWord {
            text: cry.text.to_owned(),
            syllables: vec![Syllable {
                phonemes: phonemes.to_owned(),
                stress: 2,
                notes,
            }],
        }],
        language: behind.language,
        delivery: behind.delivery,
        ..SungLine::default()
    })
}
