//! German: words are cut into the stems they are compounded of, each stem is sounded by itself.

mod morphemes;
mod numbers;
mod rules;

use std::{collections::BTreeMap, sync::LazyLock};

use catbird_score::phoneme::{Class, class};

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

/// The rules' broad sounds as Germans sing them: a front a, an r at the back of the tongue that becomes a
/// vowel's tail where no vowel follows (ɰ stands for it: no other language of ours has that sign), and -er
/// as an open vowel.
fn native(broad: &str) -> String {
    let mut out = String::new();
    let mut rest = broad.chars();
    while let Some(c) = rest.next() {
        match c {
            'ɑ' => out.push('a'),
            'ɜ' => out.push('ɐ'),
            'r' | 'ɾ' => {
                let next = rest.clone().find(|c| class(*c) != Class::Mark);
                let vowel = next.is_some_and(|c| class(c) == Class::Vowel);
                out.push(if vowel { 'ʁ' } else { 'ɰ' });
            }
            c => out.push(c),
        }
    }
    out
}
