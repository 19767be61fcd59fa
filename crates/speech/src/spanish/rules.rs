//! Spanish letters to sounds. The spelling tells nearly everything; b d g soften between sounds.

use catbird_score::phoneme::{Class, PRIMARY, SECONDARY, class};

use crate::{sounds::GLIDE, tongue::Spoken};

/// Words without a stress of their own.
const CLITICS: [&str; 33] = [
    "el", "la", "los", "las", "lo", "al", "del", "de", "en", "con", "por", "sin", "que", "y", "e", "o", "u", "ni",
    "mi", "tu", "su", "mis", "tus", "sus", "me", "te", "se", "nos", "os", "le", "les", "si", "a",
];
/// Words of two syllables that lean on the next one.
const WEAK: [&str; 10] = [
    "como", "cuando", "donde", "aunque", "hacia", "hasta", "para", "pero", "entre", "sobre",
];

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'á' | 'é' | 'í' | 'ó' | 'ú' | 'ü')
}

/// i and u without an accent lean on the vowel beside them.
fn is_weak(c: char) -> bool {
    matches!(c, 'i' | 'u' | 'ü' | 'y')
}

/// The sound of one word, b d g still hard.
pub(super) fn sound(word: &str) -> String {
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
    // rápidamente: the adjective keeps its stress beside that of -mente.
    if let Some(stem) = word.strip_suffix("mente").filter(|s| s.chars().count() > 3) {
        return format!("{}mˈɛnte", sound(stem).replace(PRIMARY, "ˌ"));
    }
    let mut out: Vec<String> = Vec::new();
    // Where the nuclei stand in `out`, and the one with a written accent.
    let mut nuclei: Vec<usize> = Vec::new();
    let mut accented = None;
    let at = |i: usize| letters.get(i).copied().unwrap_or(' ');
    let mut i = 0;
    while i < letters.len() {
        let c = letters[i];
        let before = if i == 0 { ' ' } else { letters[i - 1] };
        let next = at(i + 1);
        let vowel_y = c == 'y' && !is_vowel(next);
        if is_vowel(c) || vowel_y {
            let strong_next = is_vowel(next) && !(is_weak(next) && next == c);
            let after_vowel = is_vowel(before)
                && out
                    .last()
                    .is_some_and(|l| l.chars().next().is_some_and(|c| class(c) == Class::Vowel));
            let glide_before = is_weak(c) && !vowel_y && strong_next && !(after_vowel && is_weak(before));
            if is_weak(c)
                && after_vowel
                && !is_weak(before)
                && !matches!(before, 'í' | 'ú')
                && !(glide_before && next != ' ')
            {
                // aire, causa, rey: the end of a falling diphthong.
                let merged = match (out.last().map(|l| l.chars().next().unwrap_or(' ')), c) {
                    (Some('a'), 'i' | 'y') => Some("I"),
                    (Some('a'), _) => Some("W"),
                    (Some('e'), 'i' | 'y') => Some("A"),
                    _ => None,
                };
                match (merged, out.last_mut()) {
                    (Some(merged), Some(last)) => merged.clone_into(last),
                    _ => out.push(format!("{}{GLIDE}", if c == 'u' || c == 'ü' { 'ʊ' } else { 'ɪ' })),
                }
            } else if glide_before {
                out.push(if matches!(c, 'u' | 'ü') {
                    "w".into()
                } else {
                    "j".into()
                });
            } else if vowel_y && before == 'u' {
                // muy
                out.push("j".into());
            } else {
                nuclei.push(out.len());
                if matches!(c, 'á' | 'é' | 'í' | 'ó' | 'ú') {
                    accented = Some(nuclei.len() - 1);
                }
                let plain = match c {
                    'á' => 'a',
                    'é' => 'e',
                    'í' | 'y' => 'i',
                    'ó' => 'o',
                    'ú' | 'ü' => 'u',
                    c => c,
                };
                out.push(plain.to_string());
            }
            i += 1;
            continue;
        }
        let (said, used) = consonant(&letters, i);
        out.push(said);
        i += used;
    }
    stress(word, &mut out, &nuclei, accented);
    let text = out.concat();
    open_before_n(&text)
}

/// The consonant at `i` and how many letters it takes.
fn consonant(letters: &[char], i: usize) -> (String, usize) {
    let at = |i: usize| letters.get(i).copied().unwrap_or(' ');
    let before = if i == 0 { ' ' } else { letters[i - 1] };
    let (c, next) = (letters[i], at(i + 1));
    let front = |c: char| matches!(c, 'e' | 'i' | 'é' | 'í' | 'y');
    let (said, used) = match c {
        'b' | 'v' => ("b", 1 + usize::from(next == c)),
        'c' if next == 'h' => ("ʧ", 2),
        'c' if next == 'c' && front(at(i + 2)) => ("ks", 2),
        'c' if front(next) => ("s", 1),
        'c' | 'k' => ("k", 1 + usize::from(next == c || next == 'k')),
        'ç' => ("s", 1),
        'd' => ("d", 1),
        'f' => ("f", 1 + usize::from(next == 'f')),
        'g' if next == 'u' && front(at(i + 2)) => ("ɡ", 2),
        'g' if next == 'n' && i == 0 => ("", 1),
        'g' if front(next) => ("x", 1),
        'g' => ("ɡ", 1),
        // hie, hue: the glide is a consonant by itself; anyway the h is not heard.
        'h' => ("", 1),
        'j' => ("x", 1),
        'l' if next == 'l' && i == 0 => ("ʝ", 2),
        'l' if next == 'l' => (if is_vowel(before) { "jj" } else { "ʝ" }, 2),
        'l' => ("l", 1),
        'm' => ("m", 1 + usize::from(next == 'm' && i == 0)),
        'n' => (
            if matches!(next, 'p' | 'b' | 'v' | 'f') {
                "m"
            } else if matches!(next, 'g' | 'j') {
                "ŋ"
            } else {
                "n"
            },
            1,
        ),
        'ñ' => ("ɲ", 1),
        'p' if i == 0 && matches!(next, 's' | 't' | 'n') => ("", 1),
        'p' if next == 'h' => ("f", 2),
        'p' if next == 't' => ("pː", 1),
        'p' => ("p", 1 + usize::from(next == 'p')),
        'q' if next == 'u' => ("k", 2),
        'q' => ("k", 1),
        'r' if next == 'r' => ("r", 2),
        'r' if i == 0 || matches!(before, 'n' | 'l' | 's') => ("r", 1),
        'r' => ("ɾ", 1),
        's' if next == 'h' => ("ʃ", 2),
        's' => ("s", 1 + usize::from(next == 's' || next == 'c' && front(at(i + 2)))),
        't' if next == 'h' => ("t", 2),
        't' if next == 'z' || next == 'l' && i + 2 == letters.len() => ("t", 2),
        't' => ("t", 1 + usize::from(next == 't')),
        'w' => ("w", 1),
        'x' if i == 0 => ("s", 1),
        'x' if next == 'c' && front(at(i + 2)) => ("ks", 2),
        'x' => ("ks", 1),
        'y' => ("ʝ", 1),
        'z' => ("s", 1 + usize::from(next == 'z')),
        _ => ("", 1),
    };
    (said.to_owned(), used)
}

/// Puts the marks: the written accent, else the rule of vowel, n and s.
fn stress(word: &str, out: &mut [String], nuclei: &[usize], accented: Option<usize>) {
    if nuclei.is_empty() || CLITICS.contains(&word) {
        return;
    }
    let last = nuclei.len() - 1;
    let open = word.ends_with(['a', 'e', 'i', 'o', 'u', 'n', 's', 'á', 'é', 'í', 'ó', 'ú']);
    let main = accented.unwrap_or(if open { last.saturating_sub(1) } else { last });
    let mark = if WEAK.contains(&word) { SECONDARY } else { PRIMARY };
    out[nuclei[main]].insert(0, mark);
    if main >= 2 {
        out[nuclei[main - 2]].insert(0, SECONDARY);
    }
}

/// A stressed e before n and another consonant is open: *viento*, *tengo*.
fn open_before_n(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (i, &c) in chars.iter().enumerate() {
        let stressed = i > 0 && chars[i - 1] == PRIMARY;
        let closed = matches!(chars.get(i + 1), Some('n' | 'ŋ'))
            && chars
                .get(i + 2)
                .is_some_and(|c| class(*c) != Class::Vowel && *c != PRIMARY && *c != SECONDARY);
        out.push(if c == 'e' && stressed && closed { 'ɛ' } else { c });
    }
    out
}

/// b d g are stops after a pause or a nasal (d after l, too), else they soften; n takes the place of
/// the consonant behind it.
pub(super) fn join(line: &mut [Spoken]) {
    let text: Vec<(usize, char)> = line
        .iter()
        .enumerate()
        .flat_map(|(w, s)| s.sound.chars().map(move |c| (w, c)))
        .collect();
    let mut out = vec![String::new(); line.len()];
    let mut before: Option<char> = None;
    for (i, &(w, c)) in text.iter().enumerate() {
        let opens = i == 0 || text[i - 1].0 != w;
        if opens && line[w].pause {
            before = None;
        }
        let is_sound = |c: char| !matches!(class(c), Class::Mark | Class::Other);
        let after = text[i + 1..]
            .iter()
            .find(|(v, c)| is_sound(*c) && (*v == w || !line[*v].pause))
            .map(|(_, c)| *c);
        let within = text[i + 1..]
            .iter()
            .take_while(|(v, _)| *v == w)
            .any(|(_, c)| is_sound(*c));
        let nasal = matches!(before, None | Some('m' | 'n' | 'ŋ' | 'ɲ'));
        let vowel_after = after.is_some_and(|c| class(c) == Class::Vowel || matches!(c, 'ɾ' | 'j' | 'w'));
        let said = match c {
            'b' if !nasal && (within || vowel_after) && after != Some('b') => 'β',
            'd' if !nasal && before != Some('l') && vowel_after => 'ð',
            'd' if before == Some('l') && vowel_after => 'ð',
            'ɡ' if !nasal && (within || vowel_after) => 'ɣ',
            'ʝ' if before == Some('n') => 'ʤ',
            'n' if !within => match after {
                Some('p' | 'b' | 'f') => 'm',
                Some('ɡ') => 'ŋ',
                _ => 'n',
            },
            c => c,
        };
        out[w].push(said);
        if is_sound(c) {
            before = Some(said);
        }
    }
    for (spoken, sound) in line.iter_mut().zip(out) {
        spoken.sound = sound;
    }
}
