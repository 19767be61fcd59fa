//! Portuguese letters to sounds. Stress follows the spelling; what it does not tell (open or closed e
//! and o, the sounds of x) is in lists.

use std::{collections::BTreeSet, sync::LazyLock};

use catbird_score::phoneme::{Class, PRIMARY, class};

use crate::{sounds::GLIDE, tongue::Spoken};

/// Words whose stressed e or o is open although no accent says so.
static OPEN: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    include_str!("../../data/pt/open.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

/// Words without a stress of their own.
const CLITICS: [&str; 40] = [
    "o", "a", "os", "as", "um", "uns", "de", "do", "da", "dos", "das", "em", "no", "na", "nos", "nas", "e", "ou",
    "que", "se", "me", "te", "lhe", "por", "pra", "pro", "com", "sem", "ao", "aos", "à", "às", "mas", "é", "eu", "meu",
    "teu", "seu", "vai", "vou",
];

fn base(c: char) -> char {
    crate::piece::base(c)
}

fn is_vowel(c: char) -> bool {
    matches!(base(c), 'a' | 'e' | 'i' | 'o' | 'u')
}

fn is_weak(c: char) -> bool {
    matches!(c, 'i' | 'u' | 'y' | 'ü')
}

/// A syllable's vowel in the making.
struct Nucleus {
    /// Where it stands in the sounds.
    at: usize,
    letter: char,
    /// Its letter's place in the word.
    place: usize,
    nasal: bool,
    /// Whether a glide stands behind it.
    falling: bool,
}

/// The sound of one word.
pub(super) fn sound(word: &str) -> String {
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
    let at = |i: usize| letters.get(i).copied().unwrap_or(' ');
    let marked = letters
        .iter()
        .any(|c| matches!(c, 'á' | 'é' | 'í' | 'ó' | 'ú' | 'â' | 'ê' | 'ô'));
    let mut out: Vec<String> = Vec::new();
    let mut nuclei: Vec<Nucleus> = Vec::new();
    let mut i = 0;
    while i < letters.len() {
        let c = letters[i];
        let before = if i == 0 { ' ' } else { letters[i - 1] };
        let next = at(i + 1);
        if is_vowel(c) {
            i += vowel(&letters, i, marked, &mut out, &mut nuclei);
            continue;
        }
        let coda_nasal = matches!(c, 'n' | 'm') && is_vowel(before) && !is_vowel(next) && !(c == 'n' && next == 'h');
        if coda_nasal {
            if let Some(n) = nuclei.last_mut() {
                n.nasal = true;
            }
            // mãe, põem keep their glide.
            let labial = matches!(next, 'p' | 'b');
            out.push(if labial { "m" } else { "ŋ" }.to_owned());
            i += 1;
            continue;
        }
        let (said, used) = consonant(&letters, i);
        out.push(said);
        i += used;
    }
    let word: String = letters.iter().collect();
    finish(&word, &letters, &mut out, &nuclei);
    out.concat()
}

/// The vowel at `i`, with the glides around it; how many letters it takes.
fn vowel(letters: &[char], i: usize, marked: bool, out: &mut Vec<String>, nuclei: &mut Vec<Nucleus>) -> usize {
    let at = |k: usize| letters.get(k).copied().unwrap_or(' ');
    let (c, next) = (letters[i], at(i + 1));
    let before = if i == 0 { ' ' } else { letters[i - 1] };
    let last = |k: usize| k + 1 >= letters.len() || k + 2 == letters.len() && at(k + 1) == 's';
    // An accent before this vowel: the ending is not stressed, so its i or u is a glide.
    let unstressed_end = marked && last(i + 1) && nuclei.iter().any(|n| base(n.letter) != n.letter);
    let mut nucleus = |out: &mut Vec<String>, said: &str, nasal: bool, falling: bool| {
        nuclei.push(Nucleus {
            at: out.len(),
            letter: c,
            place: i,
            nasal,
            falling,
        });
        out.push(said.to_owned());
    };
    match (c, next) {
        ('ã', 'o') => {
            nucleus(out, &format!("ɐ\u{303}ʊ{GLIDE}\u{303}"), false, true);
            return 2;
        }
        ('ã', 'e' | 'i') => {
            nucleus(out, &format!("ɐ\u{303}y{GLIDE}"), false, true);
            return 2;
        }
        ('õ', 'e') => {
            nucleus(out, "o\u{303}j", false, true);
            return 2 + usize::from(at(i + 2) == 'm');
        }
        ('ã', _) => {
            nucleus(out, "ɐ\u{303}", false, false);
            return 1;
        }
        ('õ', _) => {
            nucleus(out, "o\u{303}", false, false);
            return 1;
        }
        _ => {}
    }
    // Glides before: água, quando, história.
    if matches!(c, 'u') && matches!(before, 'q' | 'g') && is_vowel(next) {
        out.push("w".to_owned());
        return 1;
    }
    if c == 'i' && is_vowel(next) && (unstressed_end || matches!(next, 'ê' | 'â')) {
        out.push("j".to_owned());
        return 1;
    }
    if c == 'u' && is_vowel(next) && unstressed_end {
        out.push("w".to_owned());
        return 1;
    }
    // Falling diphthongs, unless n, m, nh, r or l closes the second vowel: rainha, ruim, sair.
    let closed = matches!(at(i + 2), 'n' | 'm' | 'r' | 'l' | 'z')
        && !is_vowel(at(i + 3))
        && !(at(i + 2) == 'r' && at(i + 3) == 'r')
        || at(i + 2) == 'n' && at(i + 3) == 'h';
    if is_weak(next) && !closed && !(is_weak(c) && c == next) && !(matches!(c, 'í' | 'ú')) && !(c == 'i' && next == 'i')
    {
        let said = match (base(c), next) {
            ('a', 'i' | 'y') => "I".to_owned(),
            ('a', _) => "W".to_owned(),
            ('e', 'i' | 'y') if c != 'é' => "A".to_owned(),
            ('e', 'i' | 'y') => format!("ɛɪ{GLIDE}"),
            ('e', _) => format!("{}ʊ{GLIDE}", if c == 'é' { 'ɛ' } else { 'e' }),
            ('o', 'i' | 'y') => format!("{}ɪ{GLIDE}", if c == 'ó' { 'ɔ' } else { 'o' }),
            ('o', _) => "ow".to_owned(),
            ('i', _) => format!("iʊ{GLIDE}"),
            _ => "uj".to_owned(),
        };
        nucleus(out, &said, false, true);
        return 2;
    }
    // l after a vowel is a glide.
    if next == 'l' && !is_vowel(at(i + 2)) && at(i + 2) != 'h' && at(i + 2) != 'l' {
        let end = i + 2 >= letters.len();
        let said = match c {
            'a' | 'á' | 'â' => "W".to_owned(),
            'e' if end => format!("ɛʊ{GLIDE}"),
            'é' => format!("ɛʊ{GLIDE}"),
            'e' | 'ê' => format!("eʊ{GLIDE}"),
            'i' | 'í' => format!("iʊ{GLIDE}"),
            'o' if end => "ɔl".to_owned(),
            'ó' => "ɔw".to_owned(),
            'u' | 'ú' if end => "uw".to_owned(),
            'u' | 'ú' => "ul".to_owned(),
            _ => "ow".to_owned(),
        };
        nucleus(out, &said, false, true);
        return 2;
    }
    nucleus(out, &base(c).to_string(), false, false);
    1
}

/// Stress, then the quality that it leaves or gives.
fn finish(word: &str, letters: &[char], out: &mut [String], nuclei: &[Nucleus]) {
    let Some(last) = nuclei.len().checked_sub(1) else {
        return;
    };
    let at = |k: usize| letters.get(k).copied().unwrap_or(' ');
    let accent = nuclei
        .iter()
        .position(|n| matches!(n.letter, 'á' | 'é' | 'í' | 'ó' | 'ú' | 'â' | 'ê' | 'ô'))
        .or_else(|| nuclei.iter().rposition(|n| matches!(n.letter, 'ã' | 'õ')));
    let open_end = ["a", "e", "o", "as", "es", "os", "am", "em", "ens"]
        .iter()
        .any(|e| word.ends_with(e))
        && !nuclei[last].falling;
    let main = accent.unwrap_or(if open_end { last.saturating_sub(1) } else { last });
    let clitic = CLITICS.contains(&word);
    for (k, n) in nuclei.iter().enumerate() {
        let stressed = k == main && !clitic;
        let ends = n.place + 1 == letters.len() || n.place + 2 == letters.len() && at(n.place + 1) == 's';
        let before_nasal = matches!(at(n.place + 1), 'm' | 'n') && is_vowel(at(n.place + 2))
            || at(n.place + 1) == 'n' && at(n.place + 2) == 'h';
        let said: &str = if n.falling || matches!(n.letter, 'ã' | 'õ') {
            ""
        } else if n.nasal {
            match base(n.letter) {
                'a' => "ɐ\u{303}",
                'e' => "A",
                'u' => "u\u{303}",
                _ => "",
            }
        } else {
            match n.letter {
                'é' => "ɛ",
                'ó' => "ɔ",
                'a' | 'á' | 'â' if stressed && before_nasal => "ɐ\u{303}",
                'u' | 'ú' if stressed && before_nasal => "u\u{303}",
                'a' if !stressed && at(n.place + 1) == 'n' && at(n.place + 2) == 'h' => "ɐ\u{303}",
                'a' if !stressed && (k > main && !clitic || before_nasal) => "æ",
                'e' if !stressed && ends && k >= main => {
                    if word == "e" {
                        "i"
                    } else {
                        "y"
                    }
                }
                'o' if !stressed && ends && k >= main => "ʊ",
                'e' | 'o' if stressed && (OPEN.contains(word) || opens(word, n, letters)) => {
                    if n.letter == 'e' {
                        "ɛ"
                    } else {
                        "ɔ"
                    }
                }
                _ => "",
            }
        };
        if !said.is_empty() {
            said.clone_into(&mut out[n.at]);
        }
        if n.nasal && base(n.letter) == 'a' && k == last && n.place + 2 == letters.len() && at(n.place + 1) == 'm' {
            // falam, cantam: the ending is that of mão.
            format!("ɐ\u{303}ʊ{GLIDE}\u{303}").clone_into(&mut out[n.at]);
            out[n.at + 1].clear();
        }
        if stressed {
            out[n.at].insert(0, PRIMARY);
        }
    }
    soften(out);
}

/// Endings whose e or o is open: certo, festa, hora, formosa, janela.
const OPEN_ENDINGS: [&str; 26] = [
    "erta", "erto", "erra", "erva", "erte", "esta", "ela", "ora", "osa", "orta", "orte", "orde", "oda", "ova", "ol",
    "elo", "ede", "ega", "era", "oite", "ota", "oca", "ota", "ofe", "olta", "ete",
];
/// Words with such an ending that are closed.
const CLOSED: [&str; 20] = [
    "esta", "este", "estrela", "boca", "toda", "rede", "sede", "parede", "pela", "cera", "louca", "cabelo", "gelo",
    "pelo", "selo", "camelo", "doutora", "boda", "gota", "garota",
];

/// Whether the stressed e or o is open, by the word's ending.
fn opens(word: &str, n: &Nucleus, letters: &[char]) -> bool {
    let tail: String = letters[n.place..].iter().collect();
    let tail = tail.trim_end_matches('s');
    OPEN_ENDINGS.contains(&tail) && !CLOSED.contains(&word.trim_end_matches('s'))
}

/// t and d before i are ʧ and ʤ.
fn soften(out: &mut [String]) {
    for i in 0..out.len().saturating_sub(1) {
        let vowel = out[i + 1].trim_start_matches(PRIMARY);
        let front = vowel.starts_with(['i', 'y']) || vowel == "j" && out.len() > i + 2;
        if front && out[i] == "t" {
            "ʧ".clone_into(&mut out[i]);
        } else if front && out[i] == "d" {
            "ʤ".clone_into(&mut out[i]);
        }
    }
}

/// The consonant at `i` and how many letters it takes.
fn consonant(letters: &[char], i: usize) -> (String, usize) {
    let at = |k: usize| letters.get(k).copied().unwrap_or(' ');
    let before = if i == 0 { ' ' } else { letters[i - 1] };
    let (c, next) = (letters[i], at(i + 1));
    let front = |c: char| matches!(base(c), 'e' | 'i' | 'y');
    let double = usize::from(next == c);
    let (said, used) = match c {
        'ç' => ("s", 1),
        'c' if next == 'h' => ("ʃ", 2),
        'c' if front(next) => ("s", 1),
        'c' => ("k", 1 + double),
        'g' if next == 'u' && front(at(i + 2)) => ("ɡ", 2),
        'g' if front(next) => ("ʒ", 1),
        'g' => ("ɡ", 1),
        'h' => ("", 1),
        'j' => ("ʒ", 1),
        'l' if next == 'h' => ("lj", 2),
        'l' => ("l", 1 + double),
        'n' if next == 'h' => ("ɲ", 2),
        'p' if next == 'h' => ("f", 2),
        'q' if next == 'u' && front(at(i + 2)) => ("k", 2),
        'q' => ("k", 1),
        'r' if next == 'r' => ("x", 2),
        'r' if i == 0 || matches!(before, 'n' | 'l' | 's') => ("x", 1),
        'r' if i + 1 == letters.len() => ("r", 1),
        'r' if !is_vowel(before) => ("r", 1),
        'r' => ("ɾ", 1),
        's' if next == 's' => ("s", 2),
        's' if next == 'h' => ("ʃ", 2),
        's' if next == 'c' && front(at(i + 2)) => ("s", 2),
        's' if is_vowel(before) && is_vowel(next) => ("z", 1),
        's' if matches!(next, 'b' | 'd' | 'g' | 'l' | 'm' | 'n' | 'r' | 'v') => ("z", 1),
        's' => ("s", 1),
        't' if next == 'h' => ("t", 2),
        'x' if i == 0 => ("ʃ", 1),
        'x' if before == 'e' && i == 1 && is_vowel(next) => ("z", 1),
        'x' if next == 'c' && front(at(i + 2)) => ("s", 2),
        'x' if !is_vowel(next) && i + 1 < letters.len() => ("s", 1),
        'x' if i + 1 == letters.len() => ("ks", 1),
        'x' => ("ʃ", 1),
        'z' if i + 1 == letters.len() => ("s", 1),
        'w' => ("w", 1),
        'y' => ("j", 1),
        'b' => ("b", 1 + double),
        'd' => ("d", 1 + double),
        'f' => ("f", 1 + double),
        'k' => ("k", 1 + double),
        'm' => ("m", 1 + double),
        'n' => ("n", 1 + double),
        'p' => ("p", 1 + double),
        't' => ("t", 1 + double),
        'v' => ("v", 1),
        'z' => ("z", 1 + double),
        _ => ("", 1),
    };
    (said.to_owned(), used)
}

/// A final s or z is z before a vowel or a voiced consonant of the next word.
pub(super) fn join(line: &mut [Spoken]) {
    for i in 1..line.len() {
        let first = line[i]
            .sound
            .chars()
            .find(|c| !matches!(class(*c), Class::Mark | Class::Other));
        let voiced = first.is_some_and(|c| !matches!(class(c), Class::Unvoiced) && c != 'x');
        if voiced && !line[i].pause && line[i - 1].sound.ends_with('s') {
            line[i - 1].sound.pop();
            line[i - 1].sound.push('z');
        }
    }
}
