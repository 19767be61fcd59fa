//! Italian letters to sounds. Long consonants are long (`tː`), long l m n f are written twice and a long
//! s is `S`, as the voice learned them.

use std::{collections::BTreeSet, sync::LazyLock};

use catbird_score::phoneme::{PRIMARY, SECONDARY};

use crate::sounds::GLIDE;

/// Words with the stress three syllables from the end.
static EARLY: LazyLock<BTreeSet<&str>> = LazyLock::new(|| list(include_str!("../../data/it/early.txt")));
/// Words whose stressed e or o is open although the rules say closed.
static OPEN: LazyLock<BTreeSet<&str>> = LazyLock::new(|| list(include_str!("../../data/it/open.txt")));
/// Words whose stressed e or o is closed although the rules say open.
static CLOSED: LazyLock<BTreeSet<&str>> = LazyLock::new(|| list(include_str!("../../data/it/closed.txt")));

fn list(text: &'static str) -> BTreeSet<&'static str> {
    text.lines()
        .filter(|l| !l.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
}

/// Words without a stress of their own.
const CLITICS: [&str; 52] = [
    "il", "lo", "la", "i", "gli", "le", "un", "uno", "di", "a", "da", "in", "con", "su", "per", "tra", "fra", "e",
    "ed", "o", "od", "ma", "se", "che", "chi", "mi", "ti", "si", "ci", "vi", "ne", "del", "al", "dal", "nel", "sul",
    "dei", "ai", "dai", "nei", "sui", "col", "me", "non", "ho", "ha", "hai", "è", "ad", "sia", "io", "bel",
];

/// Words of two syllables that lean on the next one.
const WEAK: [&str; 22] = [
    "della", "dello", "delle", "degli", "nella", "nello", "nelle", "negli", "alla", "allo", "alle", "agli", "dalla",
    "dalle", "sulla", "sulle", "sugli", "una", "come", "ogni", "questa", "questo",
];

fn is_vowel(c: char) -> bool {
    matches!(crate::piece::base(c), 'a' | 'e' | 'i' | 'o' | 'u')
}

fn accented(c: char) -> bool {
    is_vowel(c) && crate::piece::base(c) != c
}

/// A vowel of the word in the making.
struct Nucleus {
    /// Where it stands in the sounds.
    at: usize,
    letter: char,
    /// The letters between it and the next vowel.
    behind: String,
}

/// What an elided word sounds like before a vowel: l', dell', un', c'.
pub(super) fn elided(head: &str) -> String {
    match head {
        "c" => "ʧ".to_owned(),
        "gl" => "ʎ".to_owned(),
        _ => {
            let said = sound(&format!("{head}o"));
            said.trim_end_matches(['o', 'ɔ', 'ˈ']).replace(PRIMARY, "")
        }
    }
}

/// The sound of one word.
pub(super) fn sound(word: &str) -> String {
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
    let at = |i: usize| letters.get(i).copied().unwrap_or(' ');
    let mut out: Vec<String> = Vec::new();
    let mut nuclei: Vec<Nucleus> = Vec::new();
    // mio, via, zio: the i of a word whose other vowel is its ending.
    let vowels = letters.iter().filter(|c| is_vowel(**c)).count();
    let mut i = 0;
    while i < letters.len() {
        let c = letters[i];
        let (before, next) = (if i == 0 { ' ' } else { letters[i - 1] }, at(i + 1));
        if is_vowel(c) {
            let base = crate::piece::base(c);
            let weak = matches!(base, 'i' | 'u') && !accented(c);
            let last = i + 1 == letters.len();
            let falling = weak
                && is_vowel(before)
                && !(matches!(before, 'i' | 'u') && !accented(before))
                && (last || !is_vowel(next));
            if falling && !out.is_empty() && nuclei.last().is_some_and(|n| n.at + 1 == out.len()) {
                out.push(match (base, before, last) {
                    ('i', 'a', true) => "j".to_owned(),
                    ('i', 'a', false) => format!("ɪ{GLIDE}"),
                    ('i', _, _) => format!("i{GLIDE}"),
                    _ => format!("ʊ{GLIDE}"),
                });
            } else if weak
                && is_vowel(next)
                && !(base == 'i' && (vowels == 2 && !accented(next) && i + 2 == letters.len() && !glided(before)))
                && !(base == 'u' && vowels == 2 && i + 2 == letters.len() && !matches!(before, 'q' | 'g'))
            {
                out.push(if base == 'i' { "j" } else { "w" }.to_owned());
            } else {
                nuclei.push(Nucleus {
                    at: out.len(),
                    letter: c,
                    behind: String::new(),
                });
                out.push(base.to_string());
            }
            i += 1;
            continue;
        }
        let (said, used) = consonant(&letters, i);
        if let Some(n) = nuclei.last_mut() {
            n.behind.extend(&letters[i..(i + used).min(letters.len())]);
        }
        out.push(said);
        i += used;
    }
    let text: String = letters.iter().collect();
    stress(&text, &mut out, &nuclei);
    out.concat()
}

/// c g before i: the i of *ciao*, *giorno* is no vowel and is gone already.
fn glided(before: char) -> bool {
    matches!(before, 'q')
}

fn stress(word: &str, out: &mut [String], nuclei: &[Nucleus]) {
    let Some(last) = nuclei.len().checked_sub(1) else {
        return;
    };
    let written = nuclei.iter().position(|n| accented(n.letter));
    let early = EARLY.contains(word) || last >= 2 && early_ending(word);
    // vedrai, vorrei, colui, eroi: a diphthong at the end bears the stress.
    let falling_end = last > 0
        && out.len() > nuclei[last].at + 1
        && word.ends_with(['i'])
        && nuclei[last].behind.is_empty()
        && nuclei[last].letter != 'i';
    let main = written.unwrap_or_else(|| {
        if falling_end {
            last
        } else {
            last.saturating_sub(if early { 2 } else { 1 })
        }
    });
    let clitic = CLITICS.contains(&word);
    for (k, n) in nuclei.iter().enumerate() {
        let stressed = k == main && !clitic;
        let said = match n.letter {
            'è' => "ɛ",
            'ò' => "ɔ",
            'é' => "e",
            'ó' => "o",
            'e' | 'o'
                if stressed && !CLOSED.contains(word) && (OPEN.contains(word) || is_open(word, n, last - k, out)) =>
            {
                if n.letter == 'e' {
                    "ɛ"
                } else {
                    "ɔ"
                }
            }
            'i' if !stressed && k == last && n.behind.is_empty() => "ɪ",
            'u' if !stressed => "ʊ",
            _ => continue,
        };
        said.clone_into(&mut out[n.at]);
    }
    if !clitic {
        out[nuclei[main].at].insert(0, if WEAK.contains(&word) { SECONDARY } else { PRIMARY });
        if main >= 3 {
            out[nuclei[main - 2].at].insert(0, 'ˌ');
        }
    }
}

/// Endings that push the stress back: parlano, possibile, bellissimo, magnifico.
fn early_ending(word: &str) -> bool {
    const ENDINGS: [&str; 26] = [
        "abile", "ibile", "abili", "ibili", "issimo", "issima", "issimi", "issime", "evole", "evoli", "tico", "tica",
        "tici", "tiche", "fico", "fica", "nico", "nica", "logo", "grafo", "metro", "avano", "evano", "ivano", "ebbero",
        "essero",
    ];
    let verb = (word.ends_with("ano") || word.ends_with("ono"))
        && ![
            "ano", "iano", "mano", "tano", "lano", "vano", "pano", "rano", "dono", "bono", "tono", "sono", "uono",
            "gono", "cono",
        ]
        .iter()
        .any(|e| word.ends_with(e) && word.len() <= 6);
    ENDINGS.iter().any(|e| word.ends_with(e))
        && word.chars().count() > 5
        && !matches!(word, "nemico" | "antico" | "antica" | "antichi" | "mendico")
        || verb
            && [
                "tano", "lano", "rano", "dano", "cano", "gano", "vano", "mano", "nano", "sano", "pano", "zano", "iono",
                "dono", "tono", "rono", "vono", "gono", "cono", "sono", "mono",
            ]
            .iter()
            .any(|e| word.ends_with(e))
            && !matches!(
                word,
                "lontano"
                    | "italiano"
                    | "romano"
                    | "umano"
                    | "persona"
                    | "sovrano"
                    | "invano"
                    | "perdono"
                    | "abbandono"
                    | "frastuono"
                    | "divano"
                    | "villano"
                    | "strano"
                    | "profano"
                    | "gitano"
            )
}

/// Whether a stressed e or o is open by rule; `from_end` counts syllables.
fn is_open(word: &str, n: &Nucleus, from_end: usize, out: &[String]) -> bool {
    let b = n.behind.as_str();
    let glide = n.at > 0 && matches!(out[n.at - 1].as_str(), "j" | "w");
    if n.letter == 'e' {
        if n.at > 0 && out[n.at - 1] == "j" {
            return true;
        }
        if word.ends_with("mente")
            || word.ends_with("mento")
            || word.ends_with("menti")
            || word.ends_with("etto")
            || word.ends_with("etta")
            || word.ends_with("etti")
            || word.ends_with("ette")
            || word.ends_with("ezza")
            || word.ends_with("evole")
            || word.starts_with("quest")
            || word.starts_with("quell")
            || word.ends_with("esce")
            || word.ends_with("egno")
        {
            return false;
        }
        return from_end == 2 && b.len() < 3
            || b.len() >= 2
                && !matches!(
                    b,
                    "gl" | "gn"
                        | "sc"
                        | "ch"
                        | "gh"
                        | "tr"
                        | "dr"
                        | "pr"
                        | "br"
                        | "cr"
                        | "tt"
                        | "cch"
                        | "cc"
                        | "mm"
                        | "sch"
                        | "gi"
                        | "ci"
                )
            || b.is_empty() && from_end > 0;
    }
    if glide && out[n.at - 1] == "w" && !matches!(b, "") {
        return true;
    }
    if b.is_empty() {
        return from_end > 0 || word.ends_with("oi");
    }
    if b.starts_with('n') && b.len() > 1
        || b.starts_with('m') && b.len() > 1
        || matches!(
            b,
            "rn" | "rs" | "lp" | "lc" | "lt" | "rm" | "lm" | "rd" | "gn" | "sc" | "tt"
        ) && b != "lt"
            && b != "tt"
    {
        return false;
    }
    from_end == 2 && b.len() < 3 || b.len() >= 2 && !matches!(b, "ci" | "gi" | "gl" | "gli" | "cc" | "ll")
}

/// The consonant at `i` and how many letters it takes.
fn consonant(letters: &[char], i: usize) -> (String, usize) {
    let at = |k: usize| letters.get(k).copied().unwrap_or(' ');
    let before = if i == 0 { ' ' } else { letters[i - 1] };
    let (c, next) = (letters[i], at(i + 1));
    let front = |c: char| matches!(c, 'e' | 'i' | 'è' | 'é' | 'ì');
    let double = next == c;
    let after = at(i + 1 + usize::from(double));
    let long = |said: &str| if double { format!("{said}ː") } else { said.to_owned() };
    let n = 1 + usize::from(double);
    // The i of cia, gio, sciu only tells the consonant.
    let silent_i = |k: usize| {
        usize::from(
            at(k) == 'i'
                && is_vowel(at(k + 1))
                && !(at(k + 1) == 'a'
                    && k + 2 == letters.len()
                    && matches!(
                        letters.iter().collect::<String>().as_str(),
                        "bugia" | "magia" | "nostalgia" | "energia" | "farmacia" | "scia" | "allegia"
                    )),
        )
    };
    match c {
        'c' if after == 'h' => (long("k"), n + 1),
        'c' if front(after) => (long("ʧ"), n + silent_i(i + n)),
        'c' if next == 'q' => ("kː".into(), 2),
        'c' => (long("k"), n),
        'g' if next == 'l' && at(i + 2) == 'i' && i + 3 <= letters.len() => {
            ("ʎ".into(), 2 + usize::from(is_vowel(at(i + 3))))
        }
        'g' if next == 'n' => (
            if i == 0 {
                "ɲ"
            } else if i + 3 >= letters.len() || i < 3 {
                "ɲɲ"
            } else {
                "ɲ"
            }
            .into(),
            2,
        ),
        'g' if after == 'h' => (long("ɡ"), n + 1),
        'g' if front(after) => (long("ʤ"), n + silent_i(i + n)),
        'g' => (long("ɡ"), n),
        'h' => (String::new(), 1),
        's' if next == 'c' && front(at(i + 2)) => ("ʃ".into(), 2 + silent_i(i + 2)),
        's' if double => ("S".into(), 2),
        's' if is_vowel(before) && is_vowel(next) || matches!(next, 'b' | 'd' | 'g' | 'l' | 'm' | 'n' | 'r' | 'v') => {
            ("z".into(), 1)
        }
        's' => ("s".into(), 1),
        'z' => {
            let voiced = i == 0 && !matches!(letters.iter().collect::<String>().as_str(), "zitto" | "zitta" | "zoppo");
            (long(if voiced { "ʣ" } else { "ʦ" }), n)
        }
        'q' if next == 'q' => ("kk".into(), 2),
        'q' => ("k".into(), 1),
        'r' => (if double { "rɾ" } else { "r" }.into(), n),
        'l' | 'm' | 'n' | 'f' | 'v' if double => (format!("{c}{c}"), 2),
        'n' if next == 'g' && !front(at(i + 2)) => ("ŋ".into(), 1),
        'n' if matches!(next, 'p' | 'b' | 'm') => ("m".into(), 1),
        'p' if next == 'h' => ("f".into(), 2),
        'b' | 'd' | 'p' | 't' => (long(&c.to_string()), n),
        'j' | 'y' => ("j".into(), 1),
        'k' => ("k".into(), n),
        'w' => ("v".into(), 1),
        'x' => ("ks".into(), 1),
        'l' | 'm' | 'n' | 'f' | 'v' => (c.to_string(), 1),
        _ => (String::new(), 1),
    }
}
