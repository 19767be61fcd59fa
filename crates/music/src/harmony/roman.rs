//! Roman numerals: `[b#](I…vii)(quality)(/target)`.
//!
//! Degrees count in the key's own scale (`VI` in minor is the lowered sixth), `b` and `#` alter them.
//! Capitals are major, small letters minor. Qualities: `o` diminished, `o7`, `h7` half-diminished, `+`, `5`,
//! `6`, `7`, `9`, `13`, `maj7`, `maj9`, `add9`, `sus2`, `sus4`, `7sus4`. After a slash: a numeral is what the
//! chord tonicises (`V7/vi`), `3 5 7` the chord tone in the bass, `P` the key's tonic as pedal.

use catbird_score::{Chord, Key, Mode, Quality};

/// Splits accidentals and numeral from the rest: (alteration, degree 0–6, is minor, rest).
fn numeral(text: &str) -> Option<(i8, usize, bool, &str)> {
    let mut rest = text;
    let mut alteration = 0;
    while let Some(r) = rest.strip_prefix('b') {
        (alteration, rest) = (alteration - 1, r);
    }
    while let Some(r) = rest.strip_prefix('#') {
        (alteration, rest) = (alteration + 1, r);
    }
    let len = rest.bytes().take_while(|b| b"iIvV".contains(b)).count();
    let (digits, rest) = rest.split_at(len);
    let degree = ["I", "II", "III", "IV", "V", "VI", "VII"]
        .iter()
        .position(|d| *d == digits.to_uppercase())?;
    Some((alteration, degree, digits.starts_with(|c: char| c.is_lowercase()), rest))
}

fn quality(text: &str, minor: bool) -> Option<Quality> {
    Some(match (text, minor) {
        ("", false) => Quality::Major,
        ("", true) => Quality::Minor,
        ("o", _) => Quality::Diminished,
        ("o7", _) => Quality::DiminishedSeven,
        ("h7", _) => Quality::HalfDiminished,
        ("+", _) => Quality::Augmented,
        ("5", _) => Quality::Power,
        ("6", false) => Quality::Six,
        ("6", true) => Quality::MinorSix,
        ("7", false) => Quality::Seven,
        ("7", true) => Quality::MinorSeven,
        ("9", false) => Quality::Nine,
        ("9" | "add9", true) => Quality::MinorNine,
        ("13", _) => Quality::Thirteen,
        ("maj7", _) => Quality::MajorSeven,
        ("maj9", _) => Quality::MajorNine,
        ("add9", false) => Quality::AddNine,
        ("sus2", _) => Quality::Sus2,
        ("sus4", _) => Quality::Sus4,
        ("7sus4", _) => Quality::SevenSus4,
        _ => return None,
    })
}

fn root(key: Key, alteration: i8, degree: usize) -> u8 {
    let steps = key.mode.harmonic_parent().steps();
    ((i16::from(key.tonic) + i16::from(steps[degree]) + i16::from(alteration)).rem_euclid(12)) as u8
}

/// Reads a numeral; `None` when it is not one.
pub fn parse(roman: &str, key: Key) -> Option<Chord> {
    let (head, tail) = roman.split_once('/').map_or((roman, None), |(h, t)| (h, Some(t)));
    let (alteration, degree, minor, rest) = numeral(head)?;
    let quality = quality(rest, minor)?;
    let local = match tail {
        Some(target) if numeral(target).is_some() => {
            let (alteration, degree, minor, _) = numeral(target)?;
            Key {
                tonic: root(key, alteration, degree),
                mode: if minor { Mode::Minor } else { Mode::Major },
            }
        }
        _ => key,
    };
    let mut chord = Chord::new(root(local, alteration, degree), quality);
    match tail {
        Some("P") => chord.bass = key.tonic,
        Some(tone @ ("3" | "5" | "7")) => {
            let index = match tone {
                "3" => 1,
                "5" => 2,
                _ => 3,
            };
            chord.bass = (chord.root + quality.intervals().get(index)?) % 12;
        }
        Some(other) => {
            numeral(other)?;
        }
        None => {}
    }
    Some(chord)
}

/// Reads a numeral of a chart.
///
/// # Panics
/// When it is not one; a test reads every chart of every style.
pub fn chord(roman: &str, key: Key) -> Chord {
    parse(roman, key).unwrap_or_else(|| panic!("charts are tested: {roman}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_in_major_and_minor() {
        let c = Key {
            tonic: 0,
            mode: Mode::Major,
        };
        let a = Key {
            tonic: 9,
            mode: Mode::Minor,
        };
        let symbol = |r, k| chord(r, k).symbol();
        assert_eq!(symbol("ii7", c), "Dm7");
        assert_eq!(symbol("V7/vi", c), "E7");
        assert_eq!(symbol("bVII", c), "Bb");
        assert_eq!(symbol("I/3", c), "C/E");
        assert_eq!(symbol("IV/P", c), "F/C");
        assert_eq!(symbol("V7/ii", c), "A7");
        assert_eq!(symbol("VI", a), "F");
        assert_eq!(symbol("V7", a), "E7");
        assert_eq!(symbol("iih7", a), "Bm7b5");
        assert_eq!(parse("H", c), None);
        assert_eq!(parse("Ixx", c), None);
    }
}
