//! How much a syllable weighs: what may stand on a beat, what may be held, what is passed over.

use catbird_score::{
    Language, SungWord,
    phoneme::{Class, class},
};

/// The weight of a word's syllable: 0 passed over – 2 carries the accent. Function words carry none; in
/// languages without stress every syllable carries some, apart from particles.
pub(super) fn stress(word: &SungWord, index: usize, language: Language) -> u8 {
    let own = word.syllables[index].stress;
    match language {
        Language::Mandarin => u8::from(!PARTICLES.contains(&word.text.as_str())).max(own.min(2)),
        Language::Japanese => own.max(1),
        _ if word.syllables.len() == 1 && is_function(&word.text, language) => 0,
        _ => own,
    }
}

/// Whether the vowel of a syllable is a schwa or its like.
pub(super) fn is_murmured(phonemes: &str) -> bool {
    phonemes
        .chars()
        .find(|c| class(*c) == Class::Vowel)
        .is_none_or(|c| matches!(c, 'ə' | 'ɚ' | 'ᵊ' | 'ᵻ' | 'ɐ' | 'ɨ'))
}

/// Whether a syllable ends on its vowel.
pub(super) fn is_open(phonemes: &str) -> bool {
    let sounds = phonemes.chars().rev().find(|c| class(*c) != Class::Mark);
    sounds.is_some_and(|c| class(c) == Class::Vowel)
}

/// Particles of Mandarin, sung lightly.
const PARTICLES: &[&str] = &["的", "了", "吗", "吧", "呢", "着", "过", "地", "得", "们"];

/// Words of one syllable that are never held.
fn is_function(word: &str, language: Language) -> bool {
    let words: &[&str] = match language {
        Language::English => ENGLISH,
        Language::Spanish => &[
            "el", "la", "los", "las", "de", "del", "que", "y", "o", "en", "un", "a", "al", "por", "con", "me", "te",
            "se", "lo", "le", "su", "mi", "tu", "es", "si",
        ],
        Language::French => &[
            "le", "la", "les", "de", "des", "du", "et", "ou", "je", "tu", "il", "on", "un", "une", "que", "qui", "ne",
            "se", "me", "te", "ce", "en", "au", "à", "mon", "ma", "ton", "ta", "son", "sa", "est",
        ],
        Language::German => &[
            "der", "die", "das", "dem", "den", "des", "und", "ein", "ich", "du", "er", "sie", "es", "wir", "ihr", "zu",
            "in", "im", "am", "an", "auf", "mit", "von", "für", "ist", "so", "dass", "mein", "dein", "sein",
        ],
        Language::Italian => &[
            "il", "lo", "la", "i", "gli", "le", "di", "del", "che", "e", "o", "a", "al", "in", "un", "con", "per",
            "mi", "ti", "si", "ci", "mio", "è", "da", "ma",
        ],
        Language::Portuguese => &[
            "o", "a", "os", "as", "de", "do", "da", "que", "e", "em", "no", "na", "um", "por", "com", "me", "te", "se",
            "meu", "seu", "é", "eu", "ao",
        ],
        Language::Japanese | Language::Mandarin => &[],
    };
    let word = word.to_lowercase().replace('’', "'");
    words.contains(&word.as_str())
}

const ENGLISH: &[&str] = &[
    "the", "a", "an", "of", "to", "in", "on", "at", "and", "or", "but", "for", "with", "from", "by", "as", "is", "are",
    "was", "were", "be", "am", "it", "its", "it's", "that", "than", "if", "my", "your", "his", "her", "our", "their",
    "we", "you", "he", "she", "they", "i", "i'm", "i'll", "me", "him", "them", "us", "do", "does", "did", "can",
    "will", "would", "could", "should", "have", "has", "had", "so", "there", "this", "just", "when", "till",
];

#[cfg(test)]
mod tests {
    use catbird_score::Syllable;

    use super::*;

    fn word(text: &str, phonemes: &[(&str, u8)]) -> SungWord {
        SungWord {
            text: text.to_owned(),
            syllables: phonemes
                .iter()
                .map(|(p, stress)| Syllable {
                    phonemes: (*p).to_owned(),
                    stress: *stress,
                    notes: Vec::new(),
                })
                .collect(),
        }
    }

    #[test]
    fn function_words_weigh_nothing_in_their_own_language() {
        let die = word("die", &[("dˈI", 2)]);
        assert_eq!(stress(&die, 0, Language::English), 2);
        assert_eq!(stress(&die, 0, Language::German), 0);
        assert_eq!(stress(&word("The", &[("ðə", 2)]), 0, Language::English), 0);
        let river = word("river", &[("ɹˈɪ", 2), ("vəɹ", 0)]);
        assert_eq!([0, 1].map(|i| stress(&river, i, Language::English)), [2, 0]);
        assert_eq!(stress(&word("月", &[("ɥe", 0)]), 0, Language::Mandarin), 1);
        assert_eq!(stress(&word("的", &[("tɤ", 0)]), 0, Language::Mandarin), 0);
    }

    #[test]
    fn murmurs_and_open_syllables_are_told_by_their_sounds() {
        assert!(is_murmured("ðə") && is_murmured("vəɹ") && !is_murmured("sˈi"));
        assert!(is_open("sˈi") && !is_open("lˈIt") && is_open("lˈɑː"));
    }
}
