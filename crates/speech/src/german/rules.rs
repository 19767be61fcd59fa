//! German letters to sounds, stem by stem: vowel length, ich and ach, hard consonants at the ends of
//! stems, the neutral vowel of endings.

use std::collections::BTreeMap;

use catbird_score::phoneme::{Class, PRIMARY, SECONDARY, class};

use super::morphemes::{self, Morpheme};

/// Endings from Latin and French that take the stress, and how they sound.
const FOREIGN: [(&str, &str); 18] = [
    ("tionen", "ʦjˈoːnən"),
    ("tion", "ʦjˈoːn"),
    ("sionen", "zjˈoːnən"),
    ("sion", "zjˈoːn"),
    ("ität", "iːtˈɛːt"),
    ("ieren", "ˈiːrən"),
    ("iert", "ˈiːɾt"),
    ("iere", "ˈiːrə"),
    ("ette", "ˈɛtə"),
    ("elle", "ˈɛlə"),
    ("asie", "azˈiː"),
    ("odie", "oːdˈiː"),
    ("onie", "oːnˈiː"),
    ("ant", "ˈant"),
    ("ist", "ˈɪst"),
    ("eur", "ˈøːɾ"),
    ("ell", "ˈɛl"),
    ("erei", "ərˈI"),
];

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'ä' | 'ö' | 'ü' | 'y')
}

/// The sound of one word. Stress stands on the first stem or strong prefix, a second one has less.
pub(super) fn sound(word: &str, known: &BTreeMap<&str, &str>) -> String {
    let parts = morphemes::cut(word, known);
    let mut out = String::new();
    let mut stressed = false;
    for (k, part) in parts.iter().enumerate() {
        let next_vowel = parts.get(k + 1).is_some_and(|p| text(p).starts_with(is_vowel));
        let (mut said, level) = match part {
            Morpheme::Weak(t) => (weak(t), 0),
            Morpheme::Strong(t) => (
                known.get(t).map_or_else(|| stem(t, true, false), |s| (*s).to_owned()),
                2,
            ),
            Morpheme::Stem(t) => {
                let last = !matches!(parts.get(k + 1), Some(Morpheme::Suffix(_)));
                (
                    known.get(t).map_or_else(|| stem(t, last, false), |s| (*s).to_owned()),
                    2,
                )
            }
            Morpheme::Suffix(t) => (
                ["los", "sam", "bar", "tum"]
                    .iter()
                    .zip(["loː", "zɑː", "bɑː", "tuː"])
                    .find_map(|(s, long)| {
                        t.strip_prefix(&s[..2])
                            .map(|rest| format!("{long}{}", letters(rest, true, true)))
                    })
                    .unwrap_or_else(|| stem(t, true, true)),
                0,
            ),
        };
        if level == 2 && !said.contains([PRIMARY, SECONDARY]) {
            // vor, mit, zu: without stress by themselves, but not as the head of a word.
            let vowel = said
                .char_indices()
                .find(|(_, c)| class(*c) == Class::Vowel)
                .map(|(i, _)| i);
            said.insert(vowel.unwrap_or_default(), PRIMARY);
        }
        if level == 0 {
            said.retain(|c| c != PRIMARY && c != SECONDARY);
        } else if stressed {
            said = said.replace(PRIMARY, "ˌ");
        }
        stressed |= said.contains(PRIMARY);
        // A seam of the word is a seam of its syllables, except before an ending with a vowel.
        let seam = k > 0
            && (said.chars().any(|c| class(c) == Class::Vowel))
            && !(matches!(part, Morpheme::Suffix(_)) && next_vowel && text(part).starts_with(is_vowel));
        if seam {
            out.push('.');
        }
        out.push_str(&said);
    }
    out
}

fn text<'a>(part: &Morpheme<'a>) -> &'a str {
    match part {
        Morpheme::Weak(t) | Morpheme::Strong(t) | Morpheme::Stem(t) | Morpheme::Suffix(t) => t,
    }
}

fn weak(prefix: &str) -> String {
    match prefix {
        "be" => "bə",
        "ge" => "ɡə",
        "er" => "ɛɾ",
        "ver" => "fɛɾ",
        "zer" => "ʦɛɾ",
        "ent" => "ɛnt",
        "emp" => "ɛmp",
        _ => "mɪs",
    }
    .to_owned()
}

/// A stem with its inflection. `last`: nothing but a boundary follows; `suffix`: it is one of -lich, -heit.
fn stem(text: &str, last: bool, suffix: bool) -> String {
    for (ending, said) in FOREIGN {
        if !suffix
            && let Some(head) = text.strip_suffix(ending)
            && head.chars().count() >= if said.starts_with('ʦ') { 2 } else { 3 }
            && head.chars().any(is_vowel)
        {
            let head = letters(head, true, false).replace([PRIMARY, SECONDARY], "");
            let head = head.strip_suffix("ɑː").map_or(head.clone(), |h| format!("{h}a"));
            return format!("{head}{said}");
        }
    }
    letters(text, last, suffix)
}

fn letters(text: &str, last: bool, suffix: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or(' ');
    let mut out = String::new();
    let mut stressed = false;
    let mut i = 0;
    while i < chars.len() {
        if is_vowel(chars[i]) && !(chars[i] == 'y' && is_vowel(at(i + 1))) {
            let (said, used) = vowel(&chars, i, stressed || suffix, last, &mut stressed);
            out.push_str(&said);
            i += used;
        } else {
            let (said, used) = consonant(&chars, i, &out, suffix);
            out.push_str(said);
            i += used;
        }
    }
    out
}

/// The vowel at `i`, its stress mark if it is the first full one, and how many letters it takes.
fn vowel(chars: &[char], i: usize, unstressed: bool, last: bool, stressed: &mut bool) -> (String, usize) {
    let at = |i: usize| chars.get(i).copied().unwrap_or(' ');
    let (c, next) = (chars[i], at(i + 1));
    let end = |k: usize| k >= chars.len();
    // -e, -en, -el, -em, -es, -et, -er, -ern, -end behind the stressed vowel.
    if c == 'e' && unstressed && !matches!(next, 'i' | 'u' | 'e' | 'h') {
        if next == 'r' && !is_vowel(at(i + 2)) && at(i + 2) != 'r' {
            return ("ɜ".to_owned(), 2);
        }
        let tail: String = chars[i..].iter().collect();
        let neutral = end(i + 1)
            || end(i + 2)
            || is_vowel(at(i + 2))
            || matches!(
                tail.as_str(),
                "els"
                    | "ens"
                    | "elt"
                    | "elst"
                    | "ent"
                    | "end"
                    | "ende"
                    | "enden"
                    | "ender"
                    | "est"
                    | "eln"
                    | "elte"
                    | "ente"
                    | "ets"
                    | "ene"
                    | "este"
                    | "esten"
                    | "ester"
                    | "estes"
            );
        if neutral || last && chars.len() - i <= 3 {
            return ("ə".to_owned(), 1);
        }
    }
    let mark = if unstressed {
        ""
    } else {
        *stressed = true;
        "ˈ"
    };
    let two: Option<&str> = match (c, next) {
        ('e' | 'a', 'i' | 'y') => Some("I"),
        ('a', 'u') => Some("W"),
        ('e' | 'ä', 'u') => Some("Y"),
        ('i', 'e') if !is_vowel(at(i + 2)) || end(i + 2) => Some("iː"),
        ('a', 'a') => Some("ɑː"),
        ('e', 'e') => Some("eː"),
        ('o', 'o') => Some("oː"),
        _ => None,
    };
    if let Some(said) = two {
        // ieh, eeh: the h is silent too.
        let h = usize::from(
            at(i + 2) == 'h' && !(is_vowel(at(i + 3)) && !matches!(at(i + 3), 'e')) && !matches!(said, "I" | "W" | "Y"),
        );
        return (format!("{mark}{said}"), 2 + h);
    }
    let h = next == 'h' && at(i + 2) != ' ' && !is_vowel(at(i + 2))
        || next == 'h' && (end(i + 2) || at(i + 2) == 'e' || at(i + 2) == 'i' && at(i + 3) == 'g');
    if h {
        return (format!("{mark}{}", long(c)), 2);
    }
    let full = if is_long(chars, i, unstressed) {
        long(c)
    } else {
        short(c)
    };
    (format!("{mark}{full}"), 1)
}

fn long(c: char) -> &'static str {
    match c {
        'a' => "ɑː",
        'e' => "eː",
        'i' => "iː",
        'o' => "oː",
        'u' => "uː",
        'ä' => "ɛː",
        'ö' => "øː",
        _ => "yː",
    }
}

fn short(c: char) -> &'static str {
    match c {
        'a' => "a",
        'e' | 'ä' => "ɛ",
        'i' => "ɪ",
        'o' => "ɔ",
        'u' => "ʊ",
        'ö' => "œ",
        _ => "y",
    }
}

/// Long before one consonant, short before several.
fn is_long(chars: &[char], i: usize, unstressed: bool) -> bool {
    let at = |k: usize| chars.get(k).copied().unwrap_or(' ');
    let (c, a, b, d) = (chars[i], at(i + 1), at(i + 2), at(i + 3));
    if a == ' ' {
        return true;
    }
    if unstressed && c == 'i' {
        return is_vowel(b) && !matches!((a, b), ('g' | 's', _));
    }
    if unstressed && c == 'u' && (a == 'n' && b == 'g' || a == 'm') {
        return false;
    }
    match (a, b) {
        ('ß', _) => true,
        ('c', 'h') => matches!(c, 'u' | 'ü') && d != 't' && d != 's',
        ('s', 'c') | ('c', 'k') | ('t', 'z') | ('p', 'f') | ('x', _) | ('n', 'g') => false,
        (a, _) if is_vowel(a) => true,
        (a, b) if a == b => false,
        (_, ' ') => !unstressed || c != 'a' && c != 'o',
        (_, b) if is_vowel(b) => true,
        // lebt, sagt, gibst: the ending stands behind a long stem.
        ('b' | 'g', 't') => true,
        ('b' | 'g', 's') => d == 't',
        ('r', 's' | 't') if c == 'ö' => true,
        ('b' | 'd' | 'g' | 't' | 'p' | 'k', 'l' | 'r') => is_vowel(d),
        _ => false,
    }
}

/// The consonant at `i` and how many letters it takes; `before` is what was said so far.
fn consonant(chars: &[char], i: usize, before: &str, suffix: bool) -> (&'static str, usize) {
    let at = |k: usize| chars.get(k).copied().unwrap_or(' ');
    let (c, next, after) = (chars[i], at(i + 1), at(i + 2));
    let double = usize::from(next == c);
    // b d g are hard where no vowel of the stem follows: Tag, liebt, Abschied; not in Adler, Vogel.
    let hard = {
        let k = i + 1 + double;
        let soft = is_vowel(at(k))
            || matches!(at(k), 'l' | 'r' | 'n') && is_vowel(at(k + 1))
            || matches!(at(k), 'r' | 'l') && i == 0;
        !soft
    };
    let back = before.ends_with(['a', 'ɔ', 'ʊ', 'W']) || ["ɑː", "oː", "uː"].iter().any(|v| before.ends_with(v));
    match c {
        'b' => (if hard { "p" } else { "b" }, 1 + double),
        'c' if next == 'h' && after == 's' && !matches!(at(i + 3), 't') => ("ks", 3),
        'c' if next == 'h' => (
            if i == 0 && !suffix && !matches!(after, 'i' | 'e') {
                "k"
            } else if back && !suffix {
                "x"
            } else {
                "ç"
            },
            2,
        ),
        'c' if next == 'k' => ("k", 2),
        'c' => (
            if matches!(next, 'e' | 'i' | 'y' | 'ä') {
                "ʦ"
            } else {
                "k"
            },
            1 + double,
        ),
        'ç' => ("s", 1),
        'd' if next == 't' => ("t", 2),
        'd' => (if hard { "t" } else { "d" }, 1 + double),
        'f' => ("f", 1 + double),
        'g' if before.ends_with('ɪ') && at(i + 1) == ' ' && i > 1 => ("ç", 1),
        'g' => (if hard { "k" } else { "ɡ" }, 1 + double),
        // Only at the beginning of a syllable; silent behind a vowel.
        'h' => (if i == 0 || is_vowel(next) { "h" } else { "" }, 1),
        'j' | 'y' => ("j", 1),
        'k' => ("k", 1 + double),
        'l' => ("l", 1 + double),
        'm' => ("m", 1 + double),
        'n' if next == 'g' && (!is_vowel(after) || matches!(after, 'e' | 'i' | 'u')) => ("ŋ", 2),
        'n' if next == 'k' => ("ŋ", 1),
        'n' => ("n", 1 + double),
        'p' if next == 'h' => ("f", 2),
        'p' => ("p", 1 + double),
        'q' if next == 'u' => ("kv", 2),
        'q' => ("k", 1),
        'r' => {
            let h = usize::from(next == 'h');
            let used = 1 + double + h;
            let onset = is_vowel(at(i + used));
            let stop = i > 0 && matches!(chars[i - 1], 'p' | 't' | 'k' | 'b' | 'd' | 'g' | 'c');
            (if onset && !stop { "r" } else { "ɾ" }, used)
        }
        's' if next == 'c' && after == 'h' => ("ʃ", 3),
        's' if next == 's' => ("s", 2),
        's' if i == 0 && matches!(next, 'p' | 't') && !suffix => ("ʃ", 1),
        's' if is_vowel(next) => {
            let voiced = i == 0
                || is_vowel(chars[i - 1])
                || matches!(chars[i - 1], 'l' | 'm' | 'n' | 'r' | 'h' | 'b' | 'd' | 'g');
            (if voiced { "z" } else { "s" }, 1)
        }
        's' => ("s", 1),
        'ß' => ("s", 1),
        't' if next == 's' && after == 'c' && at(i + 3) == 'h' => ("ʧ", 4),
        't' if next == 'z' => ("ʦ", 2),
        't' if next == 'h' => ("t", 2),
        't' if next == 's' && at(i + 2) == ' ' && i > 0 => ("ʦ", 2),
        't' => ("t", 1 + double),
        'v' => (
            if i > 0 && is_vowel(chars[i - 1]) && is_vowel(next) {
                "v"
            } else {
                "f"
            },
            1,
        ),
        'w' => ("v", 1),
        'x' => ("ks", 1),
        'z' => ("ʦ", 1 + double),
        _ => ("", 1),
    }
}
