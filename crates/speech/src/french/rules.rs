//! French letters to sounds: what is silent at the end first, then the longest grapheme.

use catbird_score::phoneme::{Class, PRIMARY, class};

use super::{MUTE, vowels};

/// Words without a stress of their own.
const CLITICS: [&str; 44] = [
    "le", "la", "les", "un", "une", "des", "du", "de", "au", "aux", "et", "ou", "que", "qui", "je", "tu", "il", "elle",
    "on", "nous", "vous", "ils", "elles", "me", "te", "se", "ce", "ne", "mon", "ma", "mes", "ton", "ta", "tes", "son",
    "sa", "ses", "en", "y", "dans", "sur", "par", "pour", "est",
];

/// Words in -ent whose ending sounds; in other words it is the mute ending of verbs.
const SOUNDING_ENT: [&str; 44] = [
    "vent",
    "cent",
    "dent",
    "lent",
    "argent",
    "content",
    "souvent",
    "parent",
    "absent",
    "présent",
    "talent",
    "accent",
    "serpent",
    "couvent",
    "évident",
    "récent",
    "innocent",
    "différent",
    "violent",
    "torrent",
    "orient",
    "client",
    "patient",
    "impatient",
    "agent",
    "urgent",
    "excellent",
    "accident",
    "président",
    "incident",
    "occident",
    "prudent",
    "ardent",
    "transparent",
    "adolescent",
    "décent",
    "insolent",
    "mécontent",
    "auvent",
    "tourment",
    "ciment",
    "froment",
    "régent",
    "indifférent",
];
/// Verbs in -ment: *ils aiment*.
const MUTE_MENT: [&str; 14] = [
    "aiment",
    "dorment",
    "forment",
    "nomment",
    "calment",
    "animent",
    "consument",
    "allument",
    "rament",
    "fument",
    "enflamment",
    "affirment",
    "s'aiment",
    "ferment",
];

/// What one letter of a word is to the rules.
pub(super) struct Word {
    letters: Vec<char>,
    /// A silent t, d or p was cut off the end: the vowel before it stands in front of a consonant.
    pub closed: bool,
}

impl Word {
    /// The letter at `i`, a space beyond the ends.
    pub fn at(&self, i: usize) -> char {
        self.letters.get(i).copied().unwrap_or(' ')
    }

    /// The letter before `i`.
    pub fn before(&self, i: usize) -> char {
        if i == 0 { ' ' } else { self.at(i - 1) }
    }

    /// Whether `text` stands at `i`.
    pub fn has(&self, i: usize, text: &str) -> bool {
        text.chars().enumerate().all(|(k, c)| self.at(i + k) == c)
    }

    /// Whether nothing stands at `i`.
    pub fn ends(&self, i: usize) -> bool {
        i >= self.letters.len()
    }
}

/// Whether a letter writes a vowel.
pub(super) fn is_vowel(c: char) -> bool {
    matches!(crate::piece::base(c), 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'œ' | 'æ')
}

/// The sound of one word, its last e written as [`MUTE`].
pub(super) fn sound(word: &str) -> String {
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
    let whole: String = letters.iter().collect();
    let (kept, mute) = ending(&whole);
    let silent = letters.get(kept.len()).is_some_and(|c| matches!(c, 't' | 'd' | 'p'));
    let word = Word {
        letters: kept,
        closed: silent && !mute,
    };
    let mut out = String::new();
    let mut i = 0;
    while !word.ends(i) {
        let used = vowels::sound(&word, i, mute, &mut out);
        if used > 0 {
            i += used;
            continue;
        }
        let (said, used) = consonant(&word, i, mute);
        // Two of the same, as in *grammaire*, are one.
        if !out.ends_with(said) || said.is_empty() || word.before(i) != word.at(i) {
            out.push_str(said);
        }
        i += used;
    }
    if mute
        && out
            .chars()
            .next_back()
            .is_some_and(|c| class(c) != Class::Vowel && class(c) != Class::Mark)
    {
        out = soft_gn(&out);
        out = stressed(&out, &whole);
        out.push_str(MUTE);
        return out;
    }
    stressed(&soft_gn(&out), &whole)
}

/// ɲ before a vowel is nj: *agneau*.
fn soft_gn(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    for (i, &c) in chars.iter().enumerate() {
        if c == 'ɲ' && chars.get(i + 1).is_some_and(|n| class(*n) == Class::Vowel) {
            out.push_str("nj");
        } else {
            out.push(c);
        }
    }
    out
}

/// Cuts the letters that are silent at the end; says whether a mute e was among them.
fn ending(word: &str) -> (Vec<char>, bool) {
    let chars = |s: &str| s.chars().collect::<Vec<_>>();
    let n = word.chars().count();
    if n <= 2 {
        return (chars(word), false);
    }
    if let Some(stem) = word.strip_suffix("ent") {
        let sounding = SOUNDING_ENT.contains(&word)
            || word.ends_with("ment") && !MUTE_MENT.contains(&word)
            || word.ends_with("vient")
            || word.ends_with("tient");
        if !sounding {
            return (chars(stem), true);
        }
    }
    for mute in ["es", "e"] {
        if let Some(stem) = word.strip_suffix(mute)
            && stem.chars().any(is_vowel)
            && !(mute == "es" && n <= 3)
        {
            // que, ligue, age: u and e that only tell the consonant go along in the consonant's rule.
            return (chars(stem), true);
        }
    }
    let mut letters = chars(word);
    // gars, temps, grands: several silent letters.
    while let Some(&last) = letters.last() {
        let before = letters[letters.len().saturating_sub(2)];
        let silent = match last {
            's' | 'x' | 'z' | 't' | 'd' | 'p' => {
                letters.len() > 1
                    && !(last == 't' && before == 'c')
                    && !(last == 'z' && before == 'e' && letters.len() == 2)
            }
            'g' => before == 'n' || before == 'r',
            'c' => before == 'n',
            'b' => before == 'm',
            _ => false,
        };
        if !silent || letters.len() < 3 && last != 's' && !(is_vowel(before)) {
            break;
        }
        // nez, les: the silent consonant still tells the vowel.
        if before == 'e' {
            break;
        }
        letters.pop();
        if is_vowel(before) {
            break;
        }
    }
    (letters, false)
}

/// The consonant at `i` and how many letters it takes.
fn consonant(word: &Word, i: usize, mute: bool) -> (&'static str, usize) {
    let (c, next, before) = (word.at(i), word.at(i + 1), word.before(i));
    let front = |k: usize| matches!(crate::piece::base(word.at(k)), 'e' | 'i' | 'y' | 'œ') || word.ends(k) && mute;
    let double = usize::from(next == c);
    match c {
        'b' => ("b", 1 + double),
        'ç' => ("s", 1),
        'c' if next == 'h' => (
            if matches!(word.at(i + 2), 'r' | 'l' | 'n') {
                "k"
            } else {
                "ʃ"
            },
            2,
        ),
        'c' if next == 'c' && front(i + 2) => ("ks", 2),
        'c' if next == 'q' => ("k", if word.at(i + 2) == 'u' { 3 } else { 2 }),
        'c' if front(i + 1) => ("s", 1),
        'c' => ("k", 1 + double),
        'd' => ("d", 1 + double),
        'f' => ("f", 1 + double),
        'g' if next == 'n' && i == 0 => ("ɡ", 1),
        'g' if next == 'n' => ("ɲ", 2),
        'g' if next == 'u' && (front(i + 2)) => ("ɡ", 2),
        'g' if next == 'e' && matches!(word.at(i + 2), 'a' | 'o' | 'â' | 'ô') => ("ʒ", 2),
        'g' if next == 'g' && front(i + 2) => ("ɡʒ", 2),
        'g' if front(i + 1) => ("ʒ", 1),
        'g' => ("ɡ", 1 + double),
        'h' => ("", 1),
        'j' => ("ʒ", 1),
        'k' => ("k", 1 + double),
        'l' => ("l", 1 + double),
        'm' if next == 'n' && i > 0 && word.before(i) != 'i' => ("", 1),
        'm' => ("m", 1 + double),
        'n' => ("n", 1 + double),
        'p' if next == 'h' => ("f", 2),
        'p' if next == 't' && before == 'm' => ("", 1),
        'p' => ("p", 1 + double),
        'q' => ("k", if next == 'u' { 2 } else { 1 }),
        'r' => ("ʁ", 1 + double),
        's' if next == 'c' && front(i + 2) => ("s", 2),
        's' if next == 'c' && word.at(i + 2) == 'h' => ("ʃ", 3),
        's' if next == 's' => ("s", 2),
        's' if next == 'h' => ("ʃ", 2),
        's' if is_vowel(before) && (is_vowel(next) || word.ends(i + 1) && mute) => ("z", 1),
        's' => ("s", 1),
        't' if next == 'h' => ("t", 2),
        't' if next == 'i' && !matches!(before, 's' | 'x') && soft_t(word, i) => ("s", 1),
        't' => ("t", 1 + double),
        'v' => ("v", 1),
        'w' => ("w", 1),
        'x' if before == 'e' && i == 1 && (is_vowel(next) || next == 'h') => ("ɡz", 1),
        'x' if next == 'i' && word.at(i + 2) == 'è' => ("z", 1),
        'x' if next == 'c' && front(i + 2) => ("ks", 2),
        'x' => ("ks", 1),
        'z' => ("z", 1 + double),
        _ => ("", 1),
    }
}

/// nation, essentiel, patience, démocratie.
fn soft_t(word: &Word, i: usize) -> bool {
    i > 0
        && (word.has(i, "tion")
            || word.has(i, "tiel")
            || word.has(i, "tieux")
            || word.has(i, "tial")
            || word.has(i, "tienc")
            || word.has(i, "tien") && word.closed && word.before(i) == 'a'
            || word.before(i) == 'a' && word.has(i, "ti") && word.ends(i + 2) && word.letters.len() > 6)
}

/// Stress on the last vowel; small words have none.
fn stressed(text: &str, word: &str) -> String {
    if CLITICS.contains(&word) {
        return text.to_owned();
    }
    let last = text
        .char_indices()
        .filter(|(_, c)| class(*c) == Class::Vowel)
        .map(|(i, _)| i)
        .next_back();
    match last {
        Some(at) => format!("{}{PRIMARY}{}", &text[..at], &text[at..]),
        None => text.to_owned(),
    }
}
