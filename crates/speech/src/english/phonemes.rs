//! The phonemes the English voice was trained on, and how to get every string into that set.

use catbird_score::phoneme::{Class, PRIMARY, SECONDARY, class};

/// Every symbol that may leave this crate, stress marks apart. A subset of the voice's vocabulary.
///
/// Vowels: `A` face, `I` price, `O` goat, `W` mouth, `Y` choice; `i` fleece, `u` goose, `ɑ` palm, `ɔ` thought,
/// `æ` trap, `ɛ` dress, `ɪ` kit, `ʊ` foot, `ʌ` strut, `ɜ` nurse (with `ɹ`), `ə` comma, `ᵊ` the vowel of a
/// syllabic consonant, `ᵻ` between `ɪ` and `ə`. `T` is the flap of *water*.
pub const ALPHABET: &str = "AIOWYiuɑɔæɛɪʊʌɜəᵊᵻbdfhjklmnpstvwzðŋɡɹʃʒʤʧθT";

/// Maps what dictionaries and other grapheme-to-phoneme models write into [`ALPHABET`]; stress marks
/// and spaces pass, anything else is dropped.
pub fn fit(raw: &str) -> String {
    // A glottal stop before n stands for a syllabic n: *button*, *certain*.
    let raw = raw.replace("ʔn", "tᵊn");
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            c if ALPHABET.contains(c) || matches!(c, PRIMARY | SECONDARY | ' ') => out.push(c),
            'ɾ' => out.push('T'),
            'ʔ' => out.push('t'),
            'g' => out.push('ɡ'),
            'r' => out.push('ɹ'),
            'e' => out.push('A'),
            'o' | 'Q' => out.push('O'),
            'a' | 'ɒ' => out.push('ɑ'),
            'ɐ' | 'ɨ' => out.push('ə'),
            'ɚ' => out.push_str("əɹ"),
            'ɝ' => out.push_str("ɜɹ"),
            'y' => out.push('i'),
            'x' => out.push('k'),
            'ç' => out.push('h'),
            'ʦ' => out.push_str("ts"),
            'ʣ' => out.push_str("dz"),
            'ɲ' => out.push('n'),
            'ʎ' => out.push('l'),
            _ => {}
        }
    }
    out
}

/// Whether `c` is a vowel.
pub fn is_vowel(c: char) -> bool {
    class(c) == Class::Vowel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_alphabet_comes_out() {
        assert_eq!(fit("wˈɔɾɚ ❓ɡo"), "wˈɔTəɹ ɡO");
        assert_eq!(fit("sˈɜɹʔn"), "sˈɜɹtᵊn");
        assert!(ALPHABET.chars().all(|c| class(c) != Class::Other));
    }
}
