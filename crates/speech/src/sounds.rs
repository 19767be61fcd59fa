//! From a written sound to syllables. The readers write phonemes in a *notation*: the voice's symbols,
//! stress marks right before the vowel, [`GLIDE`] behind a vowel that is no nucleus, a full stop where
//! a syllable must begin. Here it becomes syllables, with the longest onset the language allows.

use catbird_score::{
    Language, Syllable,
    phoneme::{Class, PRIMARY, SECONDARY, class},
};

use crate::{english, japanese, mandarin, tongue};

/// Makes the vowel before it part of the syllable of the vowel before that (IPA's own mark).
pub(crate) const GLIDE: char = '\u{32f}';

/// Where a syllable must begin.
const CUT: char = '.';

/// One phoneme with its marks.
struct Sound {
    text: String,
    /// `Some(stress)` for a nucleus.
    nucleus: Option<u8>,
    /// Begins a syllable whatever the rules say.
    first: bool,
}

/// The syllables of one word in notation. A word without a vowel gets a neutral one.
pub(crate) fn syllables(notation: &str, language: Language) -> Vec<Syllable> {
    let mut out = Vec::new();
    for part in notation.split(' ').filter(|p| !p.is_empty()) {
        word(part, language, &mut out);
    }
    out
}

/// A part of a respelling (`KAT`), read by the rules of the language alone.
pub(crate) fn respelt(part: &str, language: Language) -> Vec<Syllable> {
    match language {
        Language::Mandarin => mandarin::pinyin(part).unwrap_or_else(|| english::by_rules(part)),
        Language::Japanese => japanese::kana(part).unwrap_or_else(|| english::by_rules(part)),
        _ => match tongue::of(language) {
            Some(tongue) => syllables(&tongue.word(part), language),
            None => english::by_rules(part),
        },
    }
}

fn sounds(part: &str) -> Vec<Sound> {
    let mut out: Vec<Sound> = Vec::new();
    let mut stress = 0;
    let mut first = false;
    let mut chars = part.chars().peekable();
    while let Some(c) = chars.next() {
        match class(c) {
            _ if c == PRIMARY => stress = 2,
            _ if c == SECONDARY => stress = 1,
            _ if c == CUT => first = true,
            Class::Mark => {
                if let Some(last) = out.last_mut() {
                    last.text.push(c);
                }
            }
            Class::Vowel => {
                let mut text = String::from(c);
                while let Some(mark) = chars.next_if(|m| class(*m) == Class::Mark && *m != PRIMARY && *m != SECONDARY) {
                    text.push(mark);
                }
                let glide = chars.next_if_eq(&GLIDE).is_some();
                match out.last_mut().filter(|l| glide && l.nucleus.is_some() && !first) {
                    Some(last) => last.text.push_str(&text),
                    None => out.push(Sound {
                        text,
                        nucleus: Some(std::mem::take(&mut stress)),
                        first: std::mem::take(&mut first),
                    }),
                }
            }
            Class::Sonorant | Class::VoicedObstruent | Class::Unvoiced => out.push(Sound {
                text: String::from(c),
                nucleus: None,
                first: std::mem::take(&mut first),
            }),
            Class::Other => {}
        }
    }
    out
}

fn word(part: &str, language: Language, out: &mut Vec<Syllable>) {
    let mut sounds = sounds(part);
    if sounds.is_empty() {
        return;
    }
    if sounds.iter().all(|s| s.nucleus.is_none()) {
        // "hm", "pst": a neutral vowel behind the first consonant.
        sounds.insert(
            1,
            Sound {
                text: "ə".to_owned(),
                nucleus: Some(0),
                first: false,
            },
        );
    }
    let vowels: Vec<usize> = (0..sounds.len()).filter(|i| sounds[*i].nucleus.is_some()).collect();
    let mut begin = 0;
    for (k, &v) in vowels.iter().enumerate() {
        let end = vowels
            .get(k + 1)
            .map_or(sounds.len(), |&next| onset(&sounds, v, next, language));
        let level = sounds[v].nucleus.unwrap_or_default();
        let mut phonemes = String::new();
        for sound in &sounds[begin..end] {
            match sound.nucleus {
                Some(2) => phonemes.push(PRIMARY),
                Some(1) => phonemes.push(SECONDARY),
                _ => {}
            }
            phonemes.push_str(&sound.text);
        }
        out.push(Syllable {
            phonemes,
            stress: level,
            notes: Vec::new(),
        });
        begin = end;
    }
}

/// Where the onset of the nucleus at `next` begins, behind the nucleus at `vowel`.
fn onset(sounds: &[Sound], vowel: usize, next: usize, language: Language) -> usize {
    if let Some(cut) = (vowel + 1..=next).rev().find(|i| sounds[*i].first) {
        return cut;
    }
    let mut begin = next;
    while begin > vowel + 1 {
        let cluster: Vec<char> = sounds[begin - 1..next]
            .iter()
            .filter_map(|s| s.text.chars().next())
            .collect();
        if !may_begin(&cluster, language) {
            break;
        }
        begin -= 1;
    }
    begin
}

/// Whether a syllable inside a word may begin with these consonants.
fn may_begin(cluster: &[char], language: Language) -> bool {
    let glide = |c: char| matches!(c, 'j' | 'w' | 'ɥ');
    let liquid = |c: char| matches!(c, 'l' | 'ɾ' | 'ʁ' | 'ɹ') || c == 'r' && language != Language::Spanish;
    let stop = |c: char| matches!(c, 'p' | 't' | 'k' | 'b' | 'd' | 'ɡ' | 'f' | 'v' | 'β' | 'ð' | 'ɣ');
    let pair = |a: char, b: char| {
        stop(a) && liquid(b) && !(matches!(a, 't' | 'd' | 'ð') && b == 'l')
            || match language {
                Language::German => {
                    a == 'ʃ' && matches!(b, 'p' | 't' | 'l' | 'm' | 'n' | 'v' | 'ɾ' | 'r' | 'ʁ')
                        || matches!(
                            (a, b),
                            ('k', 'n' | 'v') | ('ɡ', 'n') | ('ʦ', 'v') | ('p', 'f') | ('t', 's')
                        )
                }
                Language::Italian => {
                    a == 's' && !glide(b) && b != 's'
                        || a == 'z' && matches!(b, 'b' | 'd' | 'ɡ' | 'v' | 'm' | 'n' | 'l' | 'r')
                }
                _ => false,
            }
    };
    match cluster {
        [one] => *one != 'ŋ',
        [a, b] if glide(*b) => !glide(*a) && *a != 'ŋ' || a == b,
        [a, b] => pair(*a, *b),
        [a, b, c] if glide(*c) => pair(*a, *b),
        [a, b, c] => match language {
            Language::German => {
                *a == 'ʃ' && matches!(b, 'p' | 't') && liquid(*c) || *a == 'p' && *b == 'f' && liquid(*c)
            }
            Language::Italian => *a == 's' && pair(*b, *c),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(notation: &str, language: Language) -> String {
        let parts: Vec<String> = syllables(notation, language).into_iter().map(|s| s.phonemes).collect();
        parts.join(".")
    }

    #[test]
    fn onsets_are_as_long_as_the_language_allows() {
        assert_eq!(split("konstɾuˈiɾ", Language::Spanish), "kons.tɾu.ˈiɾ");
        assert_eq!(split("aβlˈaɾ", Language::Spanish), "a.βlˈaɾ");
        assert_eq!(split("pasta", Language::Italian), "pa.sta");
        assert_eq!(split("nˈɔtːe", Language::Italian), "nˈɔ.tːe");
        assert_eq!(split("fɛnstɜ", Language::German), "fɛns.tɜ");
        assert_eq!(split("bəʃtˈeːən", Language::German), "bə.ʃtˈeː.ən");
        assert_eq!(split("hAmvˈeː", Language::German), "hAm.vˈeː");
        assert_eq!(split("haʊs.tˈyːɾ", Language::German), "ha.ʊs.tˈyːɾ");
    }

    #[test]
    fn a_glide_opens_no_syllable() {
        assert_eq!(
            split("koɾasˈɐ\u{303}ʊ\u{303}\u{32f}", Language::Portuguese),
            "ko.ɾa.sˈɐ\u{303}ʊ\u{303}"
        );
        assert_eq!(split("ˈoɪ\u{32f}ɣo", Language::Spanish), "ˈoɪ.ɣo");
        assert_eq!(split("hm", Language::Spanish), "həm");
    }
}
