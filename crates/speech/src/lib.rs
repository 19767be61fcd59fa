//! Text to words, syllables and phonemes, in the languages that are sung. Pure: no I/O, no clock, no
//! chance.
//!
//! ```text
//! line ─► language (script, common words) ─► its reader ─► words of syllables of phonemes
//! ```
#![expect(
    clippy::match_same_arms,
    clippy::nonminimal_bool,
    reason = "rules are read letter by letter, each with its conditions as grammars put them"
)]

pub mod aids;
pub mod english;
pub mod error;
mod french;
mod german;
mod italian;
mod japanese;
pub mod language;
mod lexicon;
mod mandarin;
mod mixture;
mod piece;
mod portuguese;
pub mod pronunciations;
pub mod script;
mod sounds;
mod spanish;
pub mod spelling;
mod tongue;

use catbird_score::{Language, SungWord};

pub use aids::{Aids, UnknownWords};
pub use error::SpeechError;
pub use language::{language_of, language_of_song};
pub use pronunciations::Pronunciations;

/// The words of `line` read as `language`, one [`SungWord`] for each written word, the notes empty. No
/// word is without a syllable, every syllable has one nucleus.
pub fn read(line: &str, language: Language, aids: &Aids) -> Result<Vec<SungWord>, SpeechError> {
    match language {
        Language::English => {
            let mut words = english::read(line, aids.unknown);
            aids.pronunciations.apply(&mut words, language);
            Ok(words)
        }
        Language::Mandarin => mandarin::read(line, aids),
        Language::Japanese => japanese::read(line, aids),
        _ => match tongue::of(language) {
            Some(tongue) => tongue::read(line, language, tongue, aids),
            None => Ok(english::read(line, aids.unknown)),
        },
    }
}
