//! Units: the sounds of a phrase on the natural time line, cut where one ends and the next begins.

use catbird_score::{
    Language,
    phoneme::{self, Class},
};

use super::phrase::{Place, Token};

/// Token boundaries lag the sound by 4.5 frames (56 ms) in this family of networks; measured by
/// correlating voicing and energy with token classes.
const LAG: f64 = 4.5;

/// The sign of length.
const LONG: char = 'ː';
/// The sign of breath.
const ASPIRATED: char = 'ʰ';
/// Mandarin's stops, with those that end as "s" or "sh".
const STOPS: &str = "ptkʦʨꭧ";

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Silence before the first sound.
    Before,
    /// The held part of a syllable.
    Nucleus,
    /// A consonant before its nucleus.
    Onset,
    /// A consonant after its nucleus.
    Coda,
    /// Between words.
    Gap,
    /// Silence after the last sound.
    After,
}

/// A sound in natural frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// What it is.
    pub kind: Kind,
    /// Its syllable.
    pub syllable: usize,
    /// Class of its main phoneme.
    pub class: Class,
    /// Whether it glides between two vowels.
    pub diphthong: bool,
    /// Whether it is a doubled consonant, or one half of it.
    pub double: bool,
    /// Whether it is a stop that would be mistaken for another if it were long.
    pub short: bool,
    /// First frame.
    pub a: f64,
    /// Frame after the last.
    pub b: f64,
}

impl Unit {
    /// Natural length in frames.
    pub fn length(&self) -> f64 {
        self.b - self.a
    }
}

/// Cuts the natural time line; `durations` are the network's, pads included, in pairs of frames. In German a word's first
/// vowel begins with a glottal stop: the gap before it becomes an unvoiced one. In Mandarin only breath tells "qi" from
/// "ji", "p" from "b": a stop without it is a short one. So is one after "s" in English and German.
pub fn units(tokens: &[Token], durations: &[u16], language: Language) -> Vec<Unit> {
    let mut edges = vec![0.0];
    for d in durations {
        edges.push(edges[edges.len() - 1] + 2.0 * f64::from(*d));
    }
    let last = edges.len() - 1;
    for edge in &mut edges[1..last] {
        *edge = (*edge - LAG).max(1.0);
    }
    let silence = |kind, a, b| Unit {
        kind,
        syllable: 0,
        class: Class::Other,
        diphthong: false,
        double: false,
        short: false,
        a,
        b,
    };
    let mut out = vec![silence(Kind::Before, 0.0, edges[1])];
    for (i, token) in tokens.iter().enumerate() {
        let (a, b) = (edges[i + 1], edges[i + 2]);
        let class = phoneme::class(token.symbol);
        let kind = match token.place {
            Place::Onset => Kind::Onset,
            Place::Nucleus => Kind::Nucleus,
            Place::Coda => Kind::Coda,
            Place::Gap => Kind::Gap,
        };
        let before = out.last_mut().expect("the silence before is there");
        let same = before.kind == kind && before.syllable == token.syllable;
        if same && (class == Class::Mark || matches!(kind, Kind::Nucleus | Kind::Gap)) {
            before.b = b;
            if before.class == Class::Mark {
                before.class = class;
            }
            before.diphthong |= phoneme::is_diphthong(token.symbol);
            before.double |= token.symbol == LONG && matches!(kind, Kind::Onset | Kind::Coda);
            before.short &= token.symbol != ASPIRATED;
        } else {
            // "dim-mi".
            let double = token.place == Place::Onset
                && i > 0
                && tokens[i - 1].place == Place::Coda
                && tokens[i - 1].symbol == token.symbol;
            before.double |= double;
            // "the spring" is heard as "this bring" with a long one; "lo stesso" wants it long.
            let after_s = matches!(language, Language::English | Language::German)
                && kind == Kind::Onset
                && same
                && matches!(tokens[i - 1].symbol, 's' | 'ʃ');
            out.push(Unit {
                kind,
                syllable: token.syllable,
                class,
                diphthong: phoneme::is_diphthong(token.symbol),
                double,
                short: (language == Language::Mandarin || after_s) && STOPS.contains(token.symbol),
                a,
                b,
            });
        }
    }
    for k in 1..out.len() {
        if language == Language::German && out[k].kind == Kind::Nucleus && out[k - 1].kind == Kind::Gap {
            out[k - 1].class = Class::Unvoiced;
        }
    }
    out.push(silence(Kind::After, edges[last - 1], edges[last]));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(symbol: char, syllable: usize, place: Place) -> Token {
        Token {
            symbol,
            syllable,
            place,
        }
    }

    #[test]
    fn units_are_contiguous_and_marks_join_their_vowel() {
        let tokens = [
            token('h', 0, Place::Onset),
            token('ˈ', 0, Place::Nucleus),
            token('O', 0, Place::Nucleus),
            token('l', 0, Place::Coda),
            token(' ', 0, Place::Gap),
            token('ə', 1, Place::Nucleus),
        ];
        let units = units(&tokens, &[10, 3, 2, 4, 3, 1, 3, 8], Language::English);
        let kinds: Vec<Kind> = units.iter().map(|u| u.kind).collect();
        assert_eq!(
            kinds,
            [
                Kind::Before,
                Kind::Onset,
                Kind::Nucleus,
                Kind::Coda,
                Kind::Gap,
                Kind::Nucleus,
                Kind::After
            ]
        );
        assert!(units.windows(2).all(|w| w[0].b == w[1].a));
        assert_eq!((units[2].a, units[2].b), (26.0 - LAG, 38.0 - LAG));
        assert_eq!((units[2].class, units[2].diphthong), (Class::Vowel, true));
        assert_eq!(units[6].b, 68.0);
    }

    #[test]
    fn german_vowels_begin_hard_and_mandarin_stops_without_breath_are_short() {
        let tokens = [
            token('t', 0, Place::Onset),
            token('a', 0, Place::Nucleus),
            token(' ', 0, Place::Gap),
            token('a', 1, Place::Nucleus),
            token(' ', 1, Place::Gap),
            token('t', 2, Place::Onset),
            token('ʰ', 2, Place::Onset),
            token('a', 2, Place::Nucleus),
        ];
        let told = |language| -> Vec<(Class, bool)> {
            let units = units(&tokens, &[4; 10], language);
            let of = |kind| units.iter().filter(move |u| u.kind == kind);
            let (gaps, stops) = (of(Kind::Gap), of(Kind::Onset));
            gaps.zip(stops).map(|(gap, stop)| (gap.class, stop.short)).collect()
        };
        assert_eq!(
            told(Language::German),
            [(Class::Unvoiced, false), (Class::Other, false)]
        );
        assert_eq!(told(Language::Mandarin), [(Class::Other, true), (Class::Other, false)]);
        assert_eq!(told(Language::English), [(Class::Other, false), (Class::Other, false)]);
    }

    #[test]
    fn a_stop_after_s_is_short_in_english() {
        let tokens = [
            token('s', 0, Place::Onset),
            token('p', 0, Place::Onset),
            token('ɪ', 0, Place::Nucleus),
        ];
        let short = |language| -> Vec<bool> {
            let units = units(&tokens, &[4; 5], language);
            units
                .iter()
                .filter(|u| u.kind == Kind::Onset)
                .map(|u| u.short)
                .collect()
        };
        assert_eq!(short(Language::English), [false, true]);
        assert_eq!(short(Language::Italian), [false, false]);
    }

    #[test]
    fn doubled_consonants_are_known() {
        let doubles = |tokens: &[Token]| -> Vec<bool> {
            let units = units(tokens, &vec![4; tokens.len() + 2], Language::English);
            units[1..units.len() - 1].iter().map(|u| u.double).collect()
        };
        let dimmi = [
            token('d', 0, Place::Onset),
            token('i', 0, Place::Nucleus),
            token('m', 0, Place::Coda),
            token('m', 1, Place::Onset),
            token('i', 1, Place::Nucleus),
        ];
        assert_eq!(doubles(&dimmi), [false, false, true, true, false]);
        let notte = [
            token('o', 0, Place::Nucleus),
            token('t', 1, Place::Onset),
            token('ː', 1, Place::Onset),
            token('e', 1, Place::Nucleus),
            token('ː', 1, Place::Nucleus),
        ];
        assert_eq!(doubles(&notte), [false, true, false]);
    }
}
