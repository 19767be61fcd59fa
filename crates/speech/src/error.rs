//! Why a text cannot be sung.

use catbird_score::Language;

use crate::script::Script;

/// A text that cannot be sung, or a pronunciation that cannot be understood. The words are for the
/// caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpeechError {
    /// A script that no voice sings.
    #[error("Input language not supported: {} cannot be sung; {CAN}", .0.name())]
    Script(Script),
    /// A language in Latin letters that no voice sings.
    #[error("Input language not supported: {0} cannot be sung; {CAN}")]
    Language(&'static str),
    /// A character that no reading is known for.
    #[error("The character “{character}” cannot be sung: its reading in {} is not known; write how it is said instead.", .language.name())]
    Character {
        /// The character.
        character: char,
        /// The language of its line.
        language: Language,
    },
    /// A bad entry of the user's dictionary.
    #[error("The pronunciation of “{word}” cannot be read: {why}.")]
    Pronunciation {
        /// The word as written.
        word: String,
        /// What is wrong with its entry.
        why: String,
    },
}

/// What can be sung: [`catbird_score::Language::ALL`] in words (checked by a test).
const CAN: &str = "write the lyrics in English, Spanish, French, German, Italian, Portuguese, Japanese (kana and kanji) or Mandarin (hanzi).";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_one_sentence_that_names_every_language() {
        let text = SpeechError::Script(Script::Cyrillic).to_string();
        assert!(text.contains("Cyrillic"), "{text}");
        assert!(Language::ALL.iter().all(|l| text.contains(l.name())), "{text}");
        assert_eq!(text.matches('.').count(), 1);
    }
}
