//! Portuguese as sung in Brazil: t and d before i are ʧ and ʤ, l after a vowel is a glide, nasal vowels
//! end in ŋ or in a nasal glide.

mod numbers;
mod rules;

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{
    lexicon,
    tongue::{Spoken, Tongue},
};

/// The reader of Portuguese.
pub(crate) struct Portuguese;

/// Words that the rules would get wrong.
static IRREGULAR: LazyLock<BTreeMap<&str, &str>> =
    LazyLock::new(|| lexicon::irregular(include_str!("../data/pt/irregular.tsv")));

impl Tongue for Portuguese {
    fn word(&self, letters: &str) -> String {
        let plain = letters.replace('\'', "");
        IRREGULAR
            .get(plain.as_str())
            .map_or_else(|| rules::sound(&plain), |said| (*said).to_owned())
    }

    fn cardinal(&self, n: u32) -> String {
        numbers::cardinal(n)
    }

    fn ordinal(&self, n: u32, ending: &str) -> Option<String> {
        numbers::ordinal(n, ending)
    }

    fn time(&self, hours: u32, minutes: u32) -> String {
        let hours = match hours {
            1 => "uma".to_owned(),
            2 => "duas".to_owned(),
            h => numbers::cardinal(h),
        };
        match minutes {
            0 => format!("{hours} horas"),
            30 => format!("{hours} e meia"),
            m => format!("{hours} e {}", numbers::cardinal(m)),
        }
    }

    fn point(&self) -> &'static str {
        "vírgula"
    }

    fn sign(&self, sign: char) -> Option<&'static str> {
        Some(match sign {
            '&' => "e",
            '+' => "mais",
            '%' => "por cento",
            '@' => "arroba",
            '=' => "igual a",
            '$' => "dólares",
            '£' => "libras",
            '€' => "euros",
            '½' => "meio",
            _ => return None,
        })
    }

    fn letter(&self, letter: char) -> Option<&'static str> {
        lexicon::letter(
            letter,
            &[
                "a", "bê", "cê", "dê", "é", "éfe", "gê", "agá", "i", "jota", "cá", "éle", "ême", "êne", "ó", "pê",
                "quê", "érre", "ésse", "tê", "u", "vê", "dábliu", "xis", "ípsilon", "zê",
            ],
        )
    }

    fn abbreviation(&self, lower: &str) -> Option<&'static str> {
        Some(match lower {
            "sr" => "senhor",
            "sra" => "senhora",
            "dr" => "doutor",
            "dra" => "doutora",
            "vc" => "você",
            "etc" => "etcétera",
            "dj" => "dijei",
            "tv" => "tevê",
            _ => return None,
        })
    }

    fn join(&self, line: &mut [Spoken]) {
        rules::join(line);
    }
}
