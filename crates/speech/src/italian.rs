//! Italian: the spelling tells the consonants and most stresses; open and closed e and o, and stress
//! three syllables from the end, are learnt by heart as Italians do.

mod numbers;
mod rules;

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{lexicon, tongue::Tongue};

/// The reader of Italian.
pub(crate) struct Italian;

/// Words that the rules would get wrong.
static IRREGULAR: LazyLock<BTreeMap<&str, &str>> =
    LazyLock::new(|| lexicon::irregular(include_str!("../data/it/irregular.tsv")));

impl Tongue for Italian {
    fn word(&self, letters: &str) -> String {
        if let Some(said) = IRREGULAR.get(letters) {
            return (*said).to_owned();
        }
        // l'anima, dell'acqua, c'è: the head has lost its vowel.
        if let Some((head, rest)) = letters.split_once('\'')
            && !rest.is_empty()
        {
            return format!("{}{}", rules::elided(head), self.word(rest));
        }
        rules::sound(letters)
    }

    fn cardinal(&self, n: u32) -> String {
        numbers::cardinal(n)
    }

    fn ordinal(&self, n: u32, ending: &str) -> Option<String> {
        numbers::ordinal(n, ending)
    }

    fn time(&self, hours: u32, minutes: u32) -> String {
        let hours = if hours == 1 {
            "una".to_owned()
        } else {
            numbers::cardinal(hours)
        };
        match minutes {
            0 => format!("{hours} in punto"),
            30 => format!("{hours} e mezza"),
            m => format!("{hours} e {}", numbers::cardinal(m)),
        }
    }

    fn point(&self) -> &'static str {
        "virgola"
    }

    fn sign(&self, sign: char) -> Option<&'static str> {
        Some(match sign {
            '&' => "e",
            '+' => "più",
            '%' => "per cento",
            '@' => "chiocciola",
            '=' => "uguale",
            '$' => "dollari",
            '£' => "sterline",
            '€' => "euro",
            '½' => "mezzo",
            _ => return None,
        })
    }

    fn letter(&self, letter: char) -> Option<&'static str> {
        lexicon::letter(
            letter,
            &[
                "a",
                "bi",
                "ci",
                "di",
                "e",
                "effe",
                "gi",
                "acca",
                "i",
                "i lunga",
                "cappa",
                "elle",
                "emme",
                "enne",
                "o",
                "pi",
                "cu",
                "erre",
                "esse",
                "ti",
                "u",
                "vi",
                "doppia vu",
                "ics",
                "ipsilon",
                "zeta",
            ],
        )
    }

    fn abbreviation(&self, lower: &str) -> Option<&'static str> {
        Some(match lower {
            "sig" => "signor",
            "sigra" => "signora",
            "dott" | "dr" => "dottor",
            "ecc" => "eccetera",
            "prof" => "professor",
            "dj" => "digei",
            "tv" => "tivù",
            "cd" => "cidì",
            _ => return None,
        })
    }
}
