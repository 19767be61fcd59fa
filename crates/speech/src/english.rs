//! English words to syllables: a whole line is read at once so that context decides (*the* apple, to
//! *live*), then every phoneme goes back to the word as written. One written word gives one
//! [`SungWord`] (`1999` has four syllables); no word is ever without a syllable.

pub mod dictionary;
pub mod phonemes;
mod rules;
mod syllables;

use std::{collections::BTreeMap, sync::LazyLock};

use catbird_score::{SungWord, Syllable};

use crate::{UnknownWords, spelling};

/// How vocables, slang and contractions are sung.
static SUNG: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    include_str!("../data/en/sung.tsv")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| l.split_once('\t'))
        .collect()
});

/// A unit as the dictionary shall read it.
struct Reading {
    spelling: String,
    /// Known to [`SUNG`].
    fixed: Option<&'static str>,
    /// `runnin'`: read as *running*, sung without the g.
    drops_g: bool,
    /// `b-b-baby`: the consonant on a neutral vowel.
    stutter: bool,
}

/// The syllables of an English line, a [`SungWord`] for each written word; the notes are empty.
pub fn read(line: &str, unknown: Option<&dyn UnknownWords>) -> Vec<SungWord> {
    let written = spelling::written(line);
    let mut readings = Vec::new();
    let mut owner = Vec::new();
    for (w, word) in written.iter().enumerate() {
        for (u, unit) in word.units.iter().enumerate() {
            let first_of_line = readings.is_empty();
            let stutter = word.units.get(u + 1).is_some_and(|next| {
                unit.chars().count() == 1
                    && next.to_lowercase().starts_with(&unit.to_lowercase())
                    && !"aeiou".contains(&unit.to_lowercase())
            });
            readings.extend(reading(unit, first_of_line, stutter));
            owner.resize(readings.len(), w);
        }
    }
    let spellings: Vec<String> = readings.iter().map(|r| r.spelling.clone()).collect();
    let said = dictionary::read(&spellings);
    let mut words: Vec<SungWord> = written
        .into_iter()
        .map(|w| SungWord {
            text: w.text,
            syllables: Vec::new(),
        })
        .collect();
    for ((reading, said), w) in readings.iter().zip(said).zip(owner) {
        words[w]
            .syllables
            .extend(syllables::syllables(&pronounce(reading, said, unknown)));
    }
    words
}

/// The syllables of one written word (letters, an apostrophe, hyphens) by itself: thousands a
/// millisecond where [`read`] needs milliseconds for a line, but deaf to its neighbours.
pub fn alone(word: &str) -> Vec<Syllable> {
    let mut out = Vec::new();
    for written in spelling::written(word) {
        for unit in &written.units {
            for reading in reading(unit, true, false) {
                let said = dictionary::word(&reading.spelling, "NN");
                out.extend(syllables::syllables(&pronounce(&reading, said, None)));
            }
        }
    }
    out
}

/// The syllables of a respelling (`kat`), by the spelling rules alone.
pub(crate) fn by_rules(letters: &str) -> Vec<Syllable> {
    syllables::syllables(&rules::sound(letters))
}

/// How one unit is spelt to the dictionary: capitals, stretched vowels and dropped letters undone.
fn reading(unit: &str, first_of_line: bool, stutter: bool) -> Vec<Reading> {
    let plain = |spelling: String| Reading {
        spelling,
        fixed: None,
        drops_g: false,
        stutter: false,
    };
    if unit.starts_with(|c: char| c.is_ascii_digit()) {
        return vec![plain(unit.to_owned())];
    }
    if stutter {
        return vec![Reading {
            stutter: true,
            ..plain(unit.to_lowercase())
        }];
    }
    let lower = unit.to_lowercase();
    for spelling in [
        lower.as_str(),
        lower.trim_matches('\''),
        &collapse(&lower, 2),
        &collapse(&lower, 1),
    ] {
        if let Some((_, said)) = SUNG.get_key_value(spelling) {
            return vec![Reading {
                fixed: Some(said),
                ..plain(spelling.to_owned())
            }];
        }
    }
    // "I", "A", a letter's name in R&B.
    if unit.chars().count() == 1 {
        return vec![plain(if lower == "a" { lower } else { unit.to_uppercase() })];
    }
    let letters = lower.trim_matches('\'');
    let shouted = unit.chars().all(|c| !c.is_lowercase());
    if dictionary::knows_lower(&lower) {
        // A capital inside a line may be a name (Will, May); shouting and line beginnings are not.
        let spelling = if shouted || first_of_line || lower.starts_with("i'") {
            lower.clone()
        } else {
            unit.to_owned()
        };
        let spelling = if lower.starts_with("i'") {
            format!("I{}", &spelling[1..])
        } else {
            spelling
        };
        return vec![plain(spelling)];
    }
    let with_g = lower
        .strip_suffix("in'")
        .or_else(|| lower.strip_suffix("in"))
        .map(|stem| format!("{stem}ing"));
    if let Some(with_g) = with_g.filter(|w| dictionary::knows(w)) {
        return vec![Reading {
            drops_g: true,
            ..plain(with_g)
        }];
    }
    if dictionary::knows(letters) {
        let kept = if shouted {
            capitalised_if_name(letters)
        } else {
            unit.trim_matches('\'').to_owned()
        };
        return vec![plain(kept)];
    }
    for fewer in [collapse(letters, 2), collapse(letters, 1)] {
        if dictionary::knows(&fewer) {
            return vec![plain(fewer)];
        }
    }
    // DJ, BMW: without a vowel there is nothing to read, so the letters are named.
    let spelt = letters.chars().all(|c| c.is_ascii_alphabetic()) && letters.len() <= 5;
    // … and three unknown capitals (USA, NYC) are an abbreviation too.
    if shouted && spelt && (letters.len() <= 3 || !letters.contains(['a', 'e', 'i', 'o', 'u', 'y'])) {
        return letters
            .chars()
            .map(|c| plain(c.to_ascii_uppercase().to_string()))
            .collect();
    }
    vec![plain(letters.to_owned())]
}

fn capitalised_if_name(lower: &str) -> String {
    if dictionary::knows_lower(lower) {
        return lower.to_owned();
    }
    let mut chars = lower.chars();
    chars
        .next()
        .map(|c| c.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// Letters that stand three or more times in a row (`looove`) stand `times` times; endings like
/// `yess` too.
fn collapse(word: &str, times: usize) -> String {
    let chars: Vec<char> = word.chars().collect();
    let mut out = String::new();
    let mut i = 0;
    while i < chars.len() {
        let mut j = i;
        while j < chars.len() && chars[j] == chars[i] {
            j += 1;
        }
        let run = j - i;
        let keep = if run >= 3 { times } else { run };
        out.extend(std::iter::repeat_n(chars[i], keep));
        i = j;
    }
    out
}

/// The phonemes of one unit, from the first source that has an answer.
fn pronounce(reading: &Reading, said: Option<String>, unknown: Option<&dyn UnknownWords>) -> String {
    if let Some(fixed) = reading.fixed {
        return fixed.to_owned();
    }
    let has_vowel = |ps: &String| ps.chars().any(phonemes::is_vowel);
    if reading.stutter {
        let consonant = rules::sound(&format!("{}a", reading.spelling));
        return consonant
            .chars()
            .filter(|c| !phonemes::is_vowel(*c) && *c != 'ˈ')
            .chain(['ə'])
            .collect();
    }
    if reading.spelling.chars().count() == 1
        && let Some(name) = reading
            .spelling
            .chars()
            .next()
            .filter(|c| c.is_uppercase() && *c != 'I')
            .and_then(rules::letter_name)
    {
        return name.to_owned();
    }
    let mut ps = said
        .map(|ps| phonemes::fit(&ps))
        .filter(has_vowel)
        .or_else(|| {
            unknown
                .and_then(|u| u.phonemes(&reading.spelling))
                .map(|ps| phonemes::fit(&ps))
                .filter(has_vowel)
        })
        .unwrap_or_else(|| rules::sound(&reading.spelling));
    if reading.drops_g && ps.ends_with("ɪŋ") {
        ps.truncate(ps.len() - 'ŋ'.len_utf8());
        ps.push('n');
    }
    ps
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(line: &str) -> String {
        read(line, None)
            .iter()
            .map(|w| {
                w.syllables
                    .iter()
                    .map(|s| s.phonemes.as_str())
                    .collect::<Vec<_>>()
                    .join(".")
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn context_decides_the_reading() {
        assert_eq!(said("the apple the moon"), "ði ˈæ.pᵊl ðə mˈun");
        assert_ne!(
            said("I live in a live house").split(' ').nth(1),
            said("I live in a live house").split(' ').nth(4)
        );
    }

    #[test]
    fn one_written_word_is_one_sung_word() {
        for (line, words) in [
            ("In 1999 we danced", 4),
            ("rock'n'roll y'all gonna ooh", 4),
            ("twenty-one la-la-la", 2),
            ("LOVE IS LOUD", 3),
            ("$5 at 7:30, 100% R&B", 5),
            ("b-b-baby looooove me sooooo", 4),
            ("The BMW drives 24/7", 5),
            ("Beyoncé's café", 2),
            ("xyzzy qwrtpsdfg", 2),
            ("the '90s and the USA", 5),
        ] {
            let got = read(line, None);
            assert_eq!(got.len(), words, "{line}: {}", said(line));
            assert!(got.iter().all(|w| !w.syllables.is_empty()), "{line}");
        }
        assert_eq!(said("LOVE looooove"), "lˈʌv lˈʌv");
        assert_eq!(said("runnin'"), "ɹˈʌ.nɪn");
        assert_eq!(read("1999", None)[0].syllables.len(), 5);
        assert_eq!(said("90s 1980s USA"), "nˈIn.diz nˌIn.tˈin.ˈA.Tiz jˈu.ˈɛs.ˈA");
    }

    #[test]
    fn an_unknown_word_asks_the_helper_first() {
        struct Helper;
        impl UnknownWords for Helper {
            fn phonemes(&self, word: &str) -> Option<String> {
                (word == "zorblax").then(|| "zˈɔɹblæks".to_owned())
            }
        }
        let with = read("my zorblax", Some(&Helper));
        assert_eq!(with[1].syllables[0].phonemes, "zˈɔɹ");
        assert!(!read("my zorblax", None)[1].syllables.is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn every_word_has_syllables_of_one_vowel(line in "([a-zA-Z0-9'’.,&$%é -]|\\PC){0,60}") {
            let words = read(&line, None);
            let texts: Vec<String> = words.iter().map(|w| w.text.clone()).collect();
            prop_assert_eq!(texts, spelling::written(&line).into_iter().map(|w| w.text).collect::<Vec<_>>());
            for word in &words {
                prop_assert!(!word.syllables.is_empty(), "{:?}", word);
                for s in &word.syllables {
                    prop_assert_eq!(s.phonemes.chars().filter(|c| phonemes::is_vowel(*c)).count(), 1, "{:?}", word);
                    prop_assert!(s.phonemes.chars().all(|c| phonemes::ALPHABET.contains(c) || c == 'ˈ' || c == 'ˌ'));
                }
            }
        }
    }
}
