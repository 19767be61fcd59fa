//! German: words are cut into the stems they are compounded of, each stem is sounded by itself.

mod morphemes;
mod numbers;
mod rules;

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{lexicon, tongue::Tongue};

/// The reader of German.
pub(crate) struct German;

/// Words that the rules would get wrong.
static IRREGULAR: LazyLock<BTreeMap<&str, &str>> =
    LazyLock::new(|| lexicon::irregular(include_str!("../data/de/irregular.tsv")));

impl Tongue for German {
    fn word(&self, letters: &str) -> String {
        // hab', geht's, 's: the apostrophe stands for an e that is gone.
        let plain = letters.replace('\'', "");
        if let Some(said) = IRREGULAR.get(plain.as_str()) {
            return native(said);
        }
        if let Some(stem) = letters.strip_suffix("'s").filter(|s| !s.is_empty()) {
            return format!("{}s", self.word(stem));
        }
        native(&rules::sound(&plain, &IRREGULAR))
    }

    fn letters(&self, written: &str) -> String {
        if written == "Weg" {
            "weeg".to_owned()
        } else {
            written.to_lowercase()
        }
    }

    fn cardinal(&self, n: u32) -> String {
        numbers::cardinal(n)
    }

    fn year(&self, n: u32) -> String {
        numbers::year(n)
    }

    fn ordinal(&self, n: u32, ending: &str) -> Option<String> {
        // die 80er
        (ending == "er" && n > 9).then(|| format!("{}er", numbers::cardinal(n)))
    }

    fn time(&self, hours: u32, minutes: u32) -> String {
        let hours = if hours == 1 {
            "ein".to_owned()
        } else {
            numbers::cardinal(hours)
        };
        match minutes {
            0 => format!("{hours} uhr"),
            m => format!("{hours} uhr {}", numbers::cardinal(m)),
        }
    }

    fn point(&self) -> &'static str {
        "komma"
    }

    fn sign(&self, sign: char) -> Option<&'static str> {
        Some(match sign {
            '&' => "und",
            '+' => "plus",
            '%' => "prozent",
            '@' => "ät",
            '=' => "gleich",
            '$' => "dollar",
            '£' => "pfund",
            '€' => "euro",
            '½' => "halb",
            _ => return None,
        })
    }

    fn letter(&self, letter: char) -> Option<&'static str> {
        lexicon::letter(
            letter,
            &[
                "ah", "beh", "zeh", "deh", "eh", "eff", "geh", "hah", "ih", "jott", "kah", "ell", "emm", "enn", "oh",
                "peh", "kuh", "err", "ess", "teh", "uh", "fau", "weh", "ix", "üpsilon", "zett",
            ],
        )
    }

    fn abbreviation(&self, lower: &str) -> Option<&'static str> {
        Some(match lower {
            "dr" => "doktor",
            "hr" => "herr",
            "fr" => "frau",
            "nr" => "nummer",
            "st" => "sankt",
            "str" => "straße",
            "usw" => "und so weiter",
            "etc" => "et cetera",
            "bzw" => "beziehungsweise",
            "dj" => "diedschee",
            "tv" => "tefau",
            _ => return None,
        })
    }
}

/// The rules' broad sounds as Germans sing them: a front a, the r of the tongue's tip (that of the throat,
/// which they speak, is lost in a held tone: "grauen Regen" was heard as "Kauern hegen"), and -er as an
/// open vowel.
fn native(broad: &str) -> String {
    let sung = |c| match c {
        'ɑ' => 'a',
        'ɜ' => 'ɐ',
        'r' => 'ɾ',
        c => c,
    };
    broad.chars().map(sung).collect()
}
