//! The singer's phoneme alphabet: one character each, as used by the Kokoro family of voices
//! (misaki's IPA with A I O W Y for the diphthongs eɪ aɪ oʊ aʊ ɔɪ).

/// What kind of sound a phoneme is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A syllable's nucleus.
    Vowel,
    /// Nasals, liquids, glides.
    Sonorant,
    /// Voiced stops and fricatives.
    VoicedObstruent,
    /// Voiceless stops and fricatives.
    Unvoiced,
    /// Stress, length and other marks that belong to a neighbour.
    Mark,
    /// Space, punctuation, unknown.
    Other,
}

/// Primary stress mark.
pub const PRIMARY: char = 'ˈ';
/// Secondary stress mark.
pub const SECONDARY: char = 'ˌ';

/// The class of a phoneme.
pub fn class(c: char) -> Class {
    match c {
        'A' | 'I' | 'O' | 'W' | 'Y' | 'Q' | 'a' | 'e' | 'i' | 'o' | 'u' | 'æ' | 'ɑ' | 'ɒ' | 'ɐ' | 'ɔ' | 'ə' | 'ɚ'
        | 'ɛ' | 'ɜ' | 'ɝ' | 'ɨ' | 'ɪ' | 'ɯ' | 'ø' | 'œ' | 'ɵ' | 'ʊ' | 'ʌ' | 'ʉ' | 'y' | 'ɤ' | 'ᵊ' | 'ᵻ' => {
            Class::Vowel
        }
        'm' | 'n' | 'ŋ' | 'ɲ' | 'ɴ' | 'l' | 'ɹ' | 'r' | 'ɾ' | 'T' | 'j' | 'w' | 'ɻ' | 'ʎ' | 'ɥ' | 'ʋ' | 'ʁ' | 'ɽ'
        | 'ɳ' | 'ɰ' => Class::Sonorant,
        'b' | 'd' | 'ɡ' | 'v' | 'ð' | 'z' | 'ʒ' | 'ʤ' | 'ʝ' | 'ʣ' | 'ʥ' | 'β' | 'ɣ' | 'ɖ' | 'ɟ' => {
            Class::VoicedObstruent
        }
        'p' | 't' | 'k' | 'f' | 's' | 'θ' | 'ʃ' | 'ʧ' | 'h' | 'x' | 'ç' | 'ʦ' | 'ʨ' | 'ɕ' | 'ʂ' | 'q' | 'χ' | 'ɸ'
        | 'ʔ' | 'c' | 'S' | 'ʈ' | 'ꭧ' => Class::Unvoiced,
        'ˈ' | 'ˌ' | 'ː' | 'ʲ' | '̃' | 'ᵝ' | 'ˑ' | 'ʰ' => Class::Mark,
        _ => Class::Other,
    }
}

/// Whether a vowel glides from one quality to another.
pub fn is_diphthong(c: char) -> bool {
    matches!(c, 'A' | 'I' | 'O' | 'W' | 'Y' | 'Q')
}
