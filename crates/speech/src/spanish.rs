//! Spanish, as spoken in the Americas: c before e and i, and z, are s; ll is y.

mod numbers;
mod rules;

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{
    lexicon,
    tongue::{Spoken, Tongue},
};

/// The reader of Spanish.
pub(crate) struct Spanish;

/// Words that the rules would get wrong.
static IRREGULAR: LazyLock<BTreeMap<&str, &str>> =
    LazyLock::new(|| lexicon::irregular(include_str!("../data/es/irregular.tsv")));

impl Tongue for Spanish {
    fn word(&self, letters: &str) -> String {
        IRREGULAR
            .get(letters)
            .map_or_else(|| rules::sound(letters), |said| (*said).to_owned())
    }

    fn cardinal(&self, n: u32) -> String {
        numbers::cardinal(n)
    }

    fn ordinal(&self, n: u32, ending: &str) -> Option<String> {
        numbers::ordinal(n, ending)
    }

    fn time(&self, hours: u32, minutes: u32) -> String {
        match minutes {
            0 => format!("{} en punto", hour(hours)),
            15 => format!("{} y cuarto", hour(hours)),
            30 => format!("{} y media", hour(hours)),
            m => format!("{} y {}", hour(hours), numbers::cardinal(m)),
        }
    }

    fn point(&self) -> &'static str {
        "coma"
    }

    fn sign(&self, sign: char) -> Option<&'static str> {
        Some(match sign {
            '&' => "y",
            '+' => "más",
            '%' => "por ciento",
            '@' => "arroba",
            '=' => "igual a",
            '$' => "dólares",
            '£' => "libras",
            '€' => "euros",
            '½' => "medio",
            _ => return None,
        })
    }

    fn letter(&self, letter: char) -> Option<&'static str> {
        lexicon::letter(
            letter,
            &[
                "a", "be", "ce", "de", "e", "efe", "ge", "hache", "i", "jota", "ka", "ele", "eme", "ene", "o", "pe",
                "cu", "erre", "ese", "te", "u", "uve", "doble u", "equis", "ye", "zeta",
            ],
        )
    }

    fn abbreviation(&self, lower: &str) -> Option<&'static str> {
        Some(match lower {
            "sr" => "señor",
            "sra" => "señora",
            "srta" => "señorita",
            "dr" => "doctor",
            "dra" => "doctora",
            "ud" => "usted",
            "uds" => "ustedes",
            "etc" => "etcétera",
            "avda" => "avenida",
            "pág" => "página",
            "núm" => "número",
            "dj" => "diyei",
            "tv" => "tevé",
            _ => return None,
        })
    }

    fn join(&self, line: &mut [Spoken]) {
        rules::join(line);
    }
}

fn hour(hours: u32) -> String {
    if hours == 1 {
        "una".to_owned()
    } else {
        numbers::cardinal(hours)
    }
}
