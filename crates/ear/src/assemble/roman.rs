//! The numeral of a heard chord, in the spelling of the charts of crates/music: degrees count in the key's
//! own scale, `b` and `#` alter them, capitals are major.

use catbird_score::{Chord, Key, Quality};

/// The numeral of `chord` in `key`.
pub fn of(key: Key, chord: Chord) -> String {
    let steps = key.mode.harmonic_parent().steps();
    let above = (chord.root + 12 - key.tonic) % 12;
    let degree = |offset: u8| steps.iter().position(|s| s % 12 == offset % 12);
    let (alteration, degree) = degree(above)
        .map(|d| ("", d))
        .or_else(|| degree(above + 1).map(|d| ("b", d)))
        .or_else(|| degree(above + 11).map(|d| ("#", d)))
        .unwrap_or(("", 0));
    let (minor, suffix) = quality(chord.quality);
    let capital = ["I", "II", "III", "IV", "V", "VI", "VII"][degree];
    let numeral = if minor {
        capital.to_lowercase()
    } else {
        capital.to_owned()
    };
    format!("{alteration}{numeral}{suffix}{}", bass(key, chord))
}

/// Small letters or capitals, and what follows them.
fn quality(quality: Quality) -> (bool, &'static str) {
    match quality {
        Quality::Major => (false, ""),
        Quality::Minor => (true, ""),
        Quality::Diminished => (true, "o"),
        Quality::DiminishedSeven => (true, "o7"),
        Quality::HalfDiminished => (true, "h7"),
        Quality::Augmented => (false, "+"),
        Quality::Power => (false, "5"),
        Quality::Six => (false, "6"),
        Quality::MinorSix => (true, "6"),
        Quality::Seven => (false, "7"),
        Quality::MinorSeven => (true, "7"),
        Quality::Nine => (false, "9"),
        Quality::MinorNine => (true, "9"),
        Quality::Thirteen => (false, "13"),
        Quality::MajorSeven => (false, "maj7"),
        Quality::MajorNine => (false, "maj9"),
        Quality::AddNine => (false, "add9"),
        Quality::Sus2 => (false, "sus2"),
        Quality::Sus4 => (false, "sus4"),
        Quality::SevenSus4 => (false, "7sus4"),
    }
}

/// The chord tone in the bass, or the tonic as a pedal.
fn bass(key: Key, chord: Chord) -> &'static str {
    if chord.bass == chord.root {
        return "";
    }
    let tone = |i: usize| chord.quality.intervals().get(i).map(|s| (chord.root + s) % 12);
    for (i, name) in [(1, "/3"), (2, "/5"), (3, "/7")] {
        if tone(i) == Some(chord.bass) {
            return name;
        }
    }
    if chord.bass == key.tonic { "/P" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use catbird_score::Mode;

    #[test]
    fn numerals_in_major_and_minor() {
        let key = |tonic, mode| Key { tonic, mode };
        let (c, a) = (key(0, Mode::Major), key(9, Mode::Minor));
        let chord = |root, quality| Chord::new(root, quality);
        assert_eq!(of(c, chord(2, Quality::MinorSeven)), "ii7");
        assert_eq!(of(c, chord(10, Quality::Major)), "bVII");
        assert_eq!(of(c, chord(6, Quality::HalfDiminished)), "bvh7");
        assert_eq!(
            of(
                c,
                Chord {
                    bass: 4,
                    ..chord(0, Quality::Major)
                }
            ),
            "I/3"
        );
        assert_eq!(
            of(
                c,
                Chord {
                    bass: 0,
                    ..chord(5, Quality::Major)
                }
            ),
            "IV/5"
        );
        assert_eq!(
            of(
                c,
                Chord {
                    bass: 0,
                    ..chord(7, Quality::Major)
                }
            ),
            "V/P"
        );
        assert_eq!(of(a, chord(5, Quality::Major)), "VI");
        assert_eq!(of(a, chord(4, Quality::Seven)), "V7");
        assert_eq!(of(a, chord(8, Quality::Diminished)), "bio");
        assert_eq!(of(key(7, Mode::Minor), chord(10, Quality::MajorSeven)), "IIImaj7");
    }
}
