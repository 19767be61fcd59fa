//! French as it is sung: the e that speech swallows is sung before consonants inside a line, as poets
//! count it, and is mute before vowels and at the end; the binding consonants are heard (*les amis*).

mod binding;
mod numbers;
mod rules;
mod vowels;

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{
    lexicon,
    tongue::{Spoken, Tongue},
};

/// The reader of French.
pub(crate) struct French;

/// Stands in this module before an e that may be mute.
const MUTE: &str = "~ə";

/// Words that the rules would get wrong.
static IRREGULAR: LazyLock<BTreeMap<&str, &str>> =
    LazyLock::new(|| lexicon::irregular(include_str!("../data/fr/irregular.tsv")));

/// The sound of a word, its last e written as [`MUTE`].
fn full(letters: &str) -> String {
    if let Some(said) = IRREGULAR.get(letters) {
        return (*said).to_owned();
    }
    // l'amour: what is elided begins the next part.
    if let Some((head, rest)) = letters.split_once('\'') {
        let elided = match head {
            "l" => "l",
            "d" => "d",
            "j" => "ʒ",
            "t" => "t",
            "s" | "c" | "ç" => "s",
            "m" => "m",
            "n" => "n",
            "qu" => "k",
            _ => return format!("{}{}", full(head).replace(MUTE, ""), full(rest)),
        };
        return format!("{elided}{}", full(rest));
    }
    rules::sound(letters)
}

impl Tongue for French {
    fn word(&self, letters: &str) -> String {
        full(letters).replace(MUTE, "")
    }

    fn cardinal(&self, n: u32) -> String {
        numbers::cardinal(n)
    }

    fn ordinal(&self, n: u32, ending: &str) -> Option<String> {
        numbers::ordinal(n, ending)
    }

    fn time(&self, hours: u32, minutes: u32) -> String {
        let unit = if hours < 2 { "heure" } else { "heures" };
        let hours = if hours == 1 {
            "une".to_owned()
        } else {
            numbers::cardinal(hours)
        };
        match minutes {
            0 => format!("{hours} {unit}"),
            m => format!("{hours} {unit} {}", numbers::cardinal(m)),
        }
    }

    fn point(&self) -> &'static str {
        "virgule"
    }

    fn sign(&self, sign: char) -> Option<&'static str> {
        Some(match sign {
            '&' => "et",
            '+' => "plus",
            '%' => "pour cent",
            '@' => "arobase",
            '=' => "égale",
            '$' => "dollars",
            '£' => "livres",
            '€' => "euros",
            '½' => "demi",
            _ => return None,
        })
    }

    fn letter(&self, letter: char) -> Option<&'static str> {
        lexicon::letter(
            letter,
            &[
                "a",
                "bé",
                "cé",
                "dé",
                "euh",
                "effe",
                "gé",
                "ache",
                "i",
                "ji",
                "ka",
                "elle",
                "emme",
                "enne",
                "o",
                "pé",
                "ku",
                "erre",
                "esse",
                "té",
                "u",
                "vé",
                "doublevé",
                "ixe",
                "igrec",
                "zède",
            ],
        )
    }

    fn abbreviation(&self, lower: &str) -> Option<&'static str> {
        Some(match lower {
            "m" | "mr" => "monsieur",
            "mme" => "madame",
            "mlle" => "mademoiselle",
            "mm" => "messieurs",
            "dr" => "docteur",
            "st" => "saint",
            "ste" => "sainte",
            "etc" => "et cétéra",
            "dj" => "didjé",
            "tv" => "té vé",
            "svp" => "s'il vous plaît",
            _ => return None,
        })
    }

    fn join(&self, line: &mut [Spoken]) {
        for spoken in line.iter_mut().filter(|s| !s.english) {
            spoken.sound = full(&spoken.spelling);
        }
        binding::bind(line);
    }
}
