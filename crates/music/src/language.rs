//! Which language lyrics are in: good enough to refuse what an English voice cannot sing. Any letter
//! of another script counts, since nothing may be dropped silently; among Latin scripts the function
//! words decide, and the share of words an English dictionary knows.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::words::{
    dictionary,
    spelling::{self, Glyph, glyph},
};

/// What the English voice can do with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// English, vocables, numbers or nothing at all.
    Singable,
    /// Another language or script.
    Foreign,
}

/// Words that betray a language and are no English words.
static FOREIGN: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    include_str!("../data/words/foreign.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

/// The commonest words of English.
static ENGLISH: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    include_str!("../data/words/english.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

/// Judges `text` (section tags already taken out).
pub fn judge(text: &str) -> Verdict {
    if text.chars().any(|c| glyph(c) == Glyph::Foreign) {
        return Verdict::Foreign;
    }
    let mut words: Vec<String> = Vec::new();
    for word in spelling::written(text) {
        for unit in word.units {
            let unit = unit.to_lowercase();
            if unit.chars().any(char::is_alphabetic) && !is_vocable(&unit) {
                words.push(unit);
            }
        }
    }
    if words.is_empty() {
        return Verdict::Singable;
    }
    let count = |test: &dyn Fn(&str) -> bool| words.iter().filter(|w| test(w)).count() as f64;
    let english = count(&|w| ENGLISH.contains(w));
    // d'amore, l'été, qu'il: the elided article betrays the language as much as a whole word.
    let foreign = count(&|w| {
        FOREIGN.contains(w)
            || w.split_once('\'').is_some_and(|(a, b)| {
                b.len() > 2
                    && matches!(
                        a,
                        "d" | "l" | "j" | "qu" | "c" | "n" | "s" | "t" | "m" | "dell" | "nell" | "un"
                    )
            })
    });
    let total = words.len() as f64;
    if foreign > english && (foreign >= 2.0 || total <= 3.0) {
        return Verdict::Foreign;
    }
    // Languages without a list of their own: hardly any function word, most words in no dictionary.
    if total >= 5.0 && english / total < 0.12 {
        let unknown = count(&|w| !dictionary::knows(w)) / total;
        if unknown > 0.5 {
            return Verdict::Foreign;
        }
    }
    Verdict::Singable
}

/// Sounds sung in every language: la, na, oh, hey, sha-la, doo, mmm.
fn is_vocable(word: &str) -> bool {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    let short: String = letters.into_iter().collect();
    matches!(
        short.as_str(),
        "la" | "na"
            | "da"
            | "ba"
            | "pa"
            | "ya"
            | "ha"
            | "ah"
            | "oh"
            | "o"
            | "uh"
            | "hey"
            | "ey"
            | "ay"
            | "yo"
            | "wo"
            | "woh"
            | "woah"
            | "whoa"
            | "m"
            | "hm"
            | "do"
            | "dum"
            | "sha"
            | "shalala"
            | "lalala"
            | "nanana"
            | "ra"
            | "ti"
            | "ta"
            | "tra"
            | "tralala"
            | "bop"
            | "shop"
            | "wop"
            | "yeah"
            | "yea"
            | "ye"
            | "ai"
            | "aiya"
            | "ahaha"
            | "haha"
            | "hahaha"
            | "uhoh"
            | "lo"
            | "le"
            | "lu"
            | "du"
            | "di"
            | "dida"
            | "bam"
            | "bom"
            | "bum"
            | "dam"
            | "hu"
            | "ho"
            | "hi"
            | "he"
            | "bada"
            | "dada"
            | "sh"
            | "a"
            | "u"
            | "i"
            | "e"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_names_vocables_and_numbers_pass() {
        for text in [
            "Hold the light until the morning comes",
            "la la la, sha-na-na, oh oh oh, mmm",
            "1999",
            "",
            "C'est la vie, my darling, we said goodbye in Paris",
            "Señorita, I love it when you dance with me, mi amor",
            "I'm gonna ride my Cadillac to Albuquerque with José and Chloë",
            "Neon skyline burning, chrome heart turning",
            "Yo yo skrrt skrrt, drippin in designer, brr brr",
            "Jolene",
        ] {
            assert_eq!(judge(text), Verdict::Singable, "{text}");
        }
    }

    #[test]
    fn other_scripts_and_languages_are_refused() {
        for text in [
            "我爱你",
            "きみがすき",
            "사랑해",
            "Я тебя люблю",
            "أحبك",
            "I love you so 我爱你 every single day",
            "Te quiero mucho, mi corazón, no puedo vivir sin ti",
            "Bésame mucho",
            "Je ne sais pas pourquoi je t'aime encore",
            "Ich liebe dich und du liebst mich nicht",
            "Volare nel blu dipinto, felice di stare con te che sei la mia vita",
            "Você não sabe o quanto eu quero o teu amor",
            "Ik hou van jou en jij houdt niet van mij",
            "watashi wa anata ga suki desu kono sora no shita de",
            "Seni seviyorum gözlerin bana bakarken kalbim duruyor",
            "Sous le ciel de Paris s'envole une chanson",
        ] {
            assert_eq!(judge(text), Verdict::Foreign, "{text}");
        }
    }
}
