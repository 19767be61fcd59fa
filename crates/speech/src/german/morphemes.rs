//! Where a German word is put together: prefixes, stems of a compound, suffixes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

/// A part of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Morpheme<'a> {
    /// be-, ge-, ver-: never stressed.
    Weak(&'a str),
    /// auf-, aus-, un-: stressed before their stem.
    Strong(&'a str),
    /// A stem with its inflection.
    Stem(&'a str),
    /// -lich, -heit, -chen: a syllable of its own behind the stem.
    Suffix(&'a str),
}

/// Stems that compounds are made of.
static STEMS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    include_str!("../../data/de/stems.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

const WEAK: [&str; 8] = ["ver", "zer", "ent", "emp", "be", "ge", "er", "miss"];
const STRONG: [&str; 25] = [
    "zurück", "zusammen", "wieder", "hinaus", "hinauf", "herein", "heraus", "vorbei", "nieder", "unter", "über", "ein",
    "aus", "auf", "ab", "an", "mit", "vor", "nach", "weg", "los", "fort", "un", "ur", "her",
];
const SUFFIXES: [&str; 17] = [
    "schaft",
    "lichkeit",
    "losigkeit",
    "heit",
    "keit",
    "chen",
    "lein",
    "lich",
    "los",
    "haft",
    "sam",
    "bar",
    "ling",
    "nis",
    "tum",
    "reich",
    "voll",
];
const ENDINGS: [&str; 14] = [
    "es", "en", "er", "em", "ern", "est", "e", "s", "n", "t", "st", "ten", "te", "ung",
];

/// Begin with ge and are no prefixed stems.
const NO_PREFIX: [&str; 9] = ["geh", "geld", "gelb", "geist", "geig", "geb", "gegen", "gern", "geiz"];

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'ä' | 'ö' | 'ü' | 'y')
}

/// Whether `text` is a stem, perhaps inflected.
fn stem(text: &str) -> bool {
    STEMS.contains(text)
        || ENDINGS.iter().any(|e| {
            text.strip_suffix(e)
                .is_some_and(|s| s.chars().count() >= 3 && STEMS.contains(s))
        })
}

/// The parts of `word`; `known` are words that need no cutting.
pub(super) fn cut<'a>(word: &'a str, known: &BTreeMap<&str, &str>) -> Vec<Morpheme<'a>> {
    let mut out = Vec::new();
    cut_into(word, known, true, &mut out);
    out
}

fn cut_into<'a>(word: &'a str, known: &BTreeMap<&str, &str>, prefixes: bool, out: &mut Vec<Morpheme<'a>>) {
    if stem(word) || known.contains_key(word) {
        // gefühl, geschichte: stems to compounds, and yet with a prefix.
        let ge = word.len() > 4
            && word.starts_with("ge")
            && !NO_PREFIX
                .iter()
                .any(|n| word.starts_with(n) && !matches!(word, "gebet" | "geburt"));
        if ge && !known.contains_key(word) {
            out.push(Morpheme::Weak("ge"));
            out.push(Morpheme::Stem(&word[2..]));
        } else {
            out.push(Morpheme::Stem(word));
        }
        return;
    }
    if let Some((left, right)) = compound(word, known) {
        cut_into(left, known, prefixes, out);
        cut_into(right, known, true, out);
        return;
    }
    for suffix in SUFFIXES {
        for ending in [
            "", "e", "en", "er", "es", "em", "s", "ere", "sten", "ste", "se", "sse", "ssen",
        ] {
            let tail = format!("{suffix}{ending}");
            if let Some(head) = word.strip_suffix(tail.as_str())
                && head.chars().count() >= 2
                && head.chars().any(is_vowel)
                && !(suffix == "chen" && head.ends_with(['a', 'o', 'u', 's', 'e', 'i', 'ü', 'ö', 'ä']))
            {
                cut_into(head, known, prefixes, out);
                out.push(Morpheme::Suffix(&word[head.len()..]));
                return;
            }
        }
    }
    if prefixes {
        for (list, strong) in [(&STRONG[..], true), (&WEAK[..], false)] {
            for prefix in list {
                if let Some(rest) = word.strip_prefix(prefix).filter(|r| can_stand(r, prefix)) {
                    out.push(if strong {
                        Morpheme::Strong(&word[..prefix.len()])
                    } else {
                        Morpheme::Weak(&word[..prefix.len()])
                    });
                    cut_into(rest, known, true, out);
                    return;
                }
            }
        }
    }
    out.push(Morpheme::Stem(word));
}

/// Whether what follows a prefix looks like a stem: gern, erst, beten and Unter have none.
fn can_stand(rest: &str, prefix: &str) -> bool {
    let n = rest.chars().count();
    let vowels = rest.chars().filter(|c| is_vowel(*c)).count();
    let first = rest.chars().next().unwrap_or(' ');
    let syllables = rest
        .chars()
        .zip(std::iter::once(' ').chain(rest.chars()))
        .filter(|(c, before)| is_vowel(*c) && !is_vowel(*before))
        .count();
    if n < 3 || vowels == 0 {
        return false;
    }
    if stem(rest) {
        return true;
    }
    // A weak prefix before a vowel, or before one bare syllable, needs a stem that is known.
    let short = syllables < 2 && !rest.ends_with(['t', 'g', 'r', 'k']);
    match prefix {
        "be" | "ge" => {
            !is_vowel(first)
                && !matches!(first, 'r')
                && syllables >= 1
                && n >= 4
                && !rest.starts_with(['n'])
                && !rest.starts_with("ss")
                && !rest.starts_with("tt")
                && !rest.starts_with("ll")
                && !rest.starts_with("gn")
        }
        "er" => !short && !is_vowel(first) && !matches!(first, 'd' | 'n' | 's' | 'r'),
        "ver" | "zer" | "ent" | "emp" | "miss" => n >= 4 && !rest.starts_with("sch") || (n >= 6),
        "un" | "ur" | "an" | "ab" | "her" | "los" | "ein" => false,
        "über" | "unter" | "wieder" | "nieder" => n >= 4 && syllables >= 1,
        _ => n >= 4 && syllables >= 2,
    }
}

/// The best cut of a compound: both sides are stems, perhaps with s, n or en between them.
fn compound<'a>(word: &'a str, known: &BTreeMap<&str, &str>) -> Option<(&'a str, &'a str)> {
    let mut best: Option<(usize, (&str, &str))> = None;
    for (at, _) in word.char_indices().filter(|(i, _)| *i >= 3) {
        let (left, right) = word.split_at(at);
        if right.len() < 3 {
            continue;
        }
        let bare = ["es", "en", "er", "s", "n", "e", ""]
            .iter()
            .filter_map(|link| left.strip_suffix(link))
            .any(|l| l.len() >= 3 && (STEMS.contains(l) || l.len() >= 4 && known.contains_key(l)));
        if !bare {
            continue;
        }
        let right_is = stem(right) || right.len() >= 4 && known.contains_key(right);
        let deeper = right.len() > 5 && compound(right, known).is_some();
        if !right_is && !deeper {
            continue;
        }
        let whole = STEMS.contains(left) || known.contains_key(left);
        let score = usize::from(right_is) * 100 + usize::from(whole) * 50 + left.len();
        if best.is_none_or(|(s, _)| score > s) {
            best = Some((score, (left, right)));
        }
    }
    best.map(|(_, cut)| cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(word: &str) -> String {
        let parts: Vec<&str> = cut(word, &BTreeMap::new())
            .into_iter()
            .map(|m| match m {
                Morpheme::Weak(t) | Morpheme::Strong(t) | Morpheme::Stem(t) | Morpheme::Suffix(t) => t,
            })
            .collect();
        parts.join("|")
    }

    #[test]
    fn compounds_fall_apart_at_their_seams() {
        for (word, want) in [
            ("haustür", "haus|tür"),
            ("lebensgefühl", "lebens|ge|fühl"),
            ("sternenhimmel", "sternen|himmel"),
            ("straßenbahn", "straßen|bahn"),
            ("augenblick", "augen|blick"),
            ("sommernachtstraum", "sommer|nachts|traum"),
            ("freundschaft", "freund|schaft"),
            ("verstehen", "ver|stehen"),
            ("gesehen", "ge|sehen"),
            ("kätzchen", "kätz|chen"),
            ("gern", "gern"),
            ("erst", "erst"),
            ("lachen", "lachen"),
        ] {
            assert_eq!(parts(word), want);
        }
    }
}
