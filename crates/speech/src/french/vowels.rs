//! French vowels and what is written with several letters: nasals, glides, `ill`.

use super::rules::{Word, is_vowel};

const AN: &str = "ɑ\u{303}";
const ON: &str = "ɔ\u{303}";
const IN: &str = "ɛ\u{303}";
const UN: &str = "œ\u{303}";

/// Appends the vowel that begins at `i` and says how many letters it takes; 0 where there is none.
/// `mute`: a mute e was cut off the end.
pub(super) fn sound(word: &Word, i: usize, mute: bool, out: &mut String) -> usize {
    let c = word.at(i);
    if !is_vowel(c) {
        return 0;
    }
    if let Some((said, used)) = nasal(word, i, mute).or_else(|| with_l(word, i)) {
        out.push_str(said);
        return used;
    }
    let next = word.at(i + 1);
    let (said, used): (&str, usize) = match c {
        'e' if next == 'a' && word.at(i + 2) == 'u' => ("o", 3),
        'a' if matches!(next, 'i' | 'î') => (
            if word.ends(i + 2) && !mute && future(word, i) {
                "e"
            } else {
                "ɛ"
            },
            2,
        ),
        'a' if next == 'y' && is_vowel(word.at(i + 2)) => ("ɛj", 2),
        'a' if next == 'y' => ("ɛ", 2),
        'a' if next == 'u' => ("o", 2),
        'e' if matches!(next, 'i' | 'î') => ("ɛ", 2),
        'e' if next == 'y' => ("ɛ", 2),
        'e' if matches!(next, 'u' | 'û') => (eu(word, i + 2, mute), 2),
        'œ' if next == 'u' => (eu(word, i + 2, mute), 2),
        'o' if next == 'e' && word.at(i + 2) == 'u' => (eu(word, i + 3, mute), 3),
        'o' if next == 'y' && is_vowel(word.at(i + 2)) => ("waj", 2),
        'o' if matches!(next, 'i' | 'î' | 'y') => ("wa", 2),
        'o' if next == 'ê' => ("wa", 2),
        'o' if matches!(next, 'u' | 'ù' | 'û') => (
            if is_vowel(word.at(i + 2)) && !cluster(word, i) {
                "w"
            } else {
                "u"
            },
            2,
        ),
        'œ' => ("œ", 1),
        'æ' => ("e", 1),
        'u' if next == 'y' && is_vowel(word.at(i + 2)) => ("ɥij", 2),
        'u' if matches!(next, 'i' | 'î') && !matches!(word.before(i), 'q' | 'g') => ("ɥi", 2),
        'i' if is_vowel(next) && !cluster(word, i) && !matches!(next, 'ï') => ("j", 1),
        'y' if is_vowel(next) => ("j", 1),
        'a' | 'à' | 'â' => ("a", 1),
        'é' => ("e", 1),
        'è' | 'ê' | 'ë' => ("ɛ", 1),
        'e' => e(word, i, mute),
        'i' | 'î' | 'ï' | 'y' => ("i", 1),
        'ô' => ("o", 1),
        'o' => (o(word, i, mute), 1),
        'u' | 'ù' | 'û' | 'ü' => ("y", 1),
        _ => ("a", 1),
    };
    out.push_str(said);
    used
}

/// A vowel before n or m that no vowel follows.
fn nasal(word: &Word, i: usize, mute: bool) -> Option<(&'static str, usize)> {
    let nasal_at = |k: usize| {
        let after = word.at(k + 1);
        matches!(word.at(k), 'n' | 'm')
            && !(word.ends(k + 1) && mute)
            && !is_vowel(after)
            && !matches!(after, 'n' | 'm' | 'h')
    };
    // ennui, emmener.
    if i == 0
        && (word.has(0, "emm") || word.has(0, "ennu") || word.has(0, "enn") && word.at(3) == 'o' || word.has(0, "eniv"))
    {
        return Some((
            AN,
            if word.has(0, "emm") {
                2
            } else if word.has(0, "eniv") {
                1
            } else {
                2
            },
        ));
    }
    let (c, next) = (word.at(i), word.at(i + 1));
    let three = (c, next);
    match three {
        ('a' | 'e', 'i') if nasal_at(i + 2) => return Some((IN, 3)),
        ('o', 'i') if nasal_at(i + 2) => return Some(("wɛ\u{303}", 3)),
        ('u', 'i') if nasal_at(i + 2) && word.before(i) != 'q' => return Some(("ɥɛ\u{303}", 3)),
        ('i' | 'y', 'e') if nasal_at(i + 2) => {
            // bien, tient; but patient, science.
            let stem = word.at(i + 3);
            let verb = matches!(word.before(i), 't' | 'v') && !word.has(i.saturating_sub(2), "at");
            let end = word.ends(i + 3) && (!word.closed || verb);
            let glide = if cluster(word, i) {
                ("iɛ\u{303}", "iɑ\u{303}")
            } else {
                ("jɛ\u{303}", "jɑ\u{303}")
            };
            let front =
                end || stem == 's' || word.has(i.saturating_sub(1), "vien") || word.has(i.saturating_sub(1), "tiend");
            return Some((if front { glide.0 } else { glide.1 }, 3));
        }
        ('é', 'e') if nasal_at(i + 2) => return Some(("eɛ\u{303}", 3)),
        _ => {}
    }
    if !nasal_at(i + 1) {
        return None;
    }
    // album, forum
    if c == 'u' && next == 'm' && word.ends(i + 2) && i > 1 && word.before(i) != 'f' {
        return Some(("ɔm", 2));
    }
    Some((
        match c {
            'a' | 'â' | 'e' => AN,
            'i' | 'y' | 'î' | 'ï' => IN,
            'o' => ON,
            'u' => UN,
            _ => return None,
        },
        2,
    ))
}

/// `ail`, `eil`, `euil`, `ouil`, `ill`.
fn with_l(word: &Word, i: usize) -> Option<(&'static str, usize)> {
    // How many letters of il or ill stand at `k`, if they are a glide.
    let l = |k: usize| match () {
        () if word.has(k, "ill") => Some(3),
        () if word.has(k, "il") && word.ends(k + 2) => Some(2),
        () => None,
    };
    match word.at(i) {
        'a' => l(i + 1).map(|n| ("aj", 1 + n)),
        'e' if word.at(i + 1) == 'u' => l(i + 2).map(|n| ("œj", 2 + n)),
        'u' if word.at(i + 1) == 'e' => l(i + 2).map(|n| ("œj", 2 + n)),
        'œ' => l(i + 1).map(|n| ("œj", 1 + n)),
        'e' => l(i + 1).map(|n| ("ɛj", 1 + n)),
        'o' if word.at(i + 1) == 'u' => l(i + 2).map(|n| ("uj", 2 + n)),
        'u' if word.before(i) != 'q' && word.before(i) != 'g' && word.has(i + 1, "ill") => Some(("ɥij", 4)),
        'i' if word.has(i, "ill") && i > 0 && !l_sounds(word, i) => Some(("ij", 3)),
        _ => None,
    }
}

/// ville, mille, tranquille and what is made of them.
fn l_sounds(word: &Word, i: usize) -> bool {
    let start = |text: &str| word.has(i.saturating_sub(text.chars().count()), text);
    i == 0
        || start("v") && i == 1
        || start("m") && i == 1
        || start("tranqu")
        || start("v") && word.has(0, "villa")
        || start("d") && word.has(0, "idill")
        || start("osc")
        || start("dist")
}

/// j'ai, je chanterai.
fn future(word: &Word, i: usize) -> bool {
    i == 0 || word.before(i) == 'r' && i > 2
}

/// Whether a consonant and l or r stand before `i`: *crier* has two syllables.
fn cluster(word: &Word, i: usize) -> bool {
    i >= 2
        && matches!(word.at(i - 1), 'l' | 'r')
        && !is_vowel(word.at(i - 2))
        && !matches!(word.at(i - 2), 'l' | 'r' | 's' | 'n')
}

/// eu: open in closed syllables, except before z.
fn eu(word: &Word, after: usize, mute: bool) -> &'static str {
    let c = word.at(after);
    if word.ends(after) || matches!(c, 's' | 'x' | 't') && (word.ends(after + 1) || c == 's') || is_vowel(c) {
        return "ø";
    }
    let closed = word.ends(after + 1) || !is_vowel(word.at(after + 1)) || mute && word.ends(after + 1);
    let opens = matches!(c, 'r' | 'l' | 'f' | 'v' | 'p' | 'n' | 'b' | 'g');
    if closed && opens || c == 'v' || c == 'l' {
        "œ"
    } else {
        "ø"
    }
}

/// e without an accent: closed, open, or the neutral vowel; and how many letters it takes.
fn e(word: &Word, i: usize, mute: bool) -> (&'static str, usize) {
    let (next, after) = (word.at(i + 1), word.at(i + 2));
    if word.ends(i + 1) {
        return (if i > 0 && is_vowel(word.before(i)) { "" } else { "ə" }, 1);
    }
    // At the end: er, ez, et, es.
    if word.ends(i + 2) && !mute {
        return match next {
            'r' if i > 1 && !word.closed => ("e", 2),
            'z' | 's' | 'd' => ("e", 2),
            't' => ("ɛ", 2),
            _ => ("ɛ", 1),
        };
    }
    if is_vowel(next) {
        return (if matches!(next, 'a' | 'o') { "" } else { "e" }, 1);
    }
    if next == after {
        // ressembler keeps a neutral e behind r.
        return (
            if next == 's' && i == 1 && word.before(i) == 'r' {
                "ə"
            } else if next == 's' {
                "e"
            } else {
                "ɛ"
            },
            1,
        );
    }
    if word.ends(i + 2) && mute || next == 'x' {
        return ("ɛ", 1);
    }
    let liquid = matches!(after, 'l' | 'r') && !matches!(next, 'l' | 'r' | 'n' | 'm' | 's');
    let digraph = matches!((next, after), ('c' | 'p' | 't', 'h') | ('g', 'n' | 'u') | ('q', 'u'));
    (
        if is_vowel(after) || liquid || digraph {
            "ə"
        } else {
            "ɛ"
        },
        1,
    )
}

/// o: open before two consonants and in a closed last syllable.
fn o(word: &Word, i: usize, mute: bool) -> &'static str {
    let (next, after) = (word.at(i + 1), word.at(i + 2));
    if word.ends(i + 1) {
        return "o";
    }
    if word.ends(i + 2) {
        // rose, homme, sort; mot and dos have lost their consonant already.
        return if mute || !matches!(next, 's' | 't' | 'p') {
            "ɔ"
        } else {
            "o"
        };
    }
    if is_vowel(next) || next == 'h' {
        return if matches!(next, 'é' | 'ï' | 'ë') { "ɔ" } else { "o" };
    }
    if !is_vowel(after) && !(matches!(after, 'l' | 'r' | 'h') && !matches!(next, 'l' | 'r')) || next == after {
        return "ɔ";
    }
    if mute && word.ends(i + 3) && !is_vowel(after) {
        return "ɔ";
    }
    "o"
}
