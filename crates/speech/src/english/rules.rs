//! Letter-to-sound rules for words no dictionary knows: the longest grapheme first, then a guess at
//! the stress. Written for names, slang and invented words; it always says something.

use catbird_score::phoneme::{PRIMARY, SECONDARY};

use super::phonemes::is_vowel;

/// Graphemes by falling length. `^` = only at the word's beginning, `$` = only at its end.
const GRAPHEMES: [(&str, &str); 112] = [
    ("^kn", "n"),
    ("^gn", "n"),
    ("^wr", "ɹ"),
    ("^ps", "s"),
    ("^x", "z"),
    ("^wh", "w"),
    ("^mc", "mək"),
    ("^sch", "ʃ"),
    ("tious$", "ʃəs"),
    ("cious$", "ʃəs"),
    ("ough", "O"),
    ("augh", "ɔ"),
    ("eigh", "A"),
    ("tion", "ʃən"),
    ("sion", "ʒən"),
    ("ture$", "ʧəɹ"),
    ("sure$", "ʒəɹ"),
    ("ssion", "ʃən"),
    ("cian$", "ʃən"),
    ("igh", "I"),
    ("tch", "ʧ"),
    ("dge", "ʤ"),
    ("sch", "sk"),
    ("eau", "O"),
    ("ious", "iəs"),
    ("ous$", "əs"),
    ("ful$", "fəl"),
    ("ness$", "nəs"),
    ("less$", "ləs"),
    ("ment$", "mənt"),
    ("ing$", "ɪŋ"),
    ("in'$", "ɪn"),
    ("ism$", "ɪzəm"),
    ("able$", "əbᵊl"),
    ("ible$", "əbᵊl"),
    ("ally$", "əli"),
    ("ble$", "bᵊl"),
    ("ple$", "pᵊl"),
    ("tle$", "tᵊl"),
    ("dle$", "dᵊl"),
    ("gle$", "ɡᵊl"),
    ("kle$", "kᵊl"),
    ("fle$", "fᵊl"),
    ("zle$", "zᵊl"),
    ("cle$", "kᵊl"),
    ("que$", "k"),
    ("gue$", "ɡ"),
    ("eer", "ɪɹ"),
    ("ear", "ɪɹ"),
    ("air", "ɛɹ"),
    ("are$", "ɛɹ"),
    ("ire$", "Iəɹ"),
    ("ore$", "ɔɹ"),
    ("ure$", "jʊɹ"),
    ("our", "ɔɹ"),
    ("oor", "ɔɹ"),
    ("oar", "ɔɹ"),
    ("ch", "ʧ"),
    ("sh", "ʃ"),
    ("th", "θ"),
    ("ph", "f"),
    ("gh", "ɡ"),
    ("ck", "k"),
    ("ng$", "ŋ"),
    ("ng", "ŋɡ"),
    ("nk", "ŋk"),
    ("qu", "kw"),
    ("wh", "w"),
    ("ar", "ɑɹ"),
    ("er", "əɹ"),
    ("ir", "ɜɹ"),
    ("ur", "ɜɹ"),
    ("or", "ɔɹ"),
    ("ai", "A"),
    ("ay", "A"),
    ("au", "ɔ"),
    ("aw", "ɔ"),
    ("ee", "i"),
    ("ea", "i"),
    ("ei", "A"),
    ("ey$", "i"),
    ("ey", "A"),
    ("eu", "u"),
    ("ew", "u"),
    ("ie$", "i"),
    ("ie", "i"),
    ("oa", "O"),
    ("oe$", "O"),
    ("oi", "Y"),
    ("oy", "Y"),
    ("oo", "u"),
    ("ou", "W"),
    ("ow$", "O"),
    ("ow", "W"),
    ("ue$", "u"),
    ("ui", "u"),
    ("uy", "I"),
    ("aa", "ɑ"),
    ("ah", "ɑ"),
    ("oh", "O"),
    ("uh", "ʌ"),
    ("eh", "A"),
    ("ya$", "jə"),
    ("ia$", "iə"),
    ("io$", "iO"),
    ("a$", "ə"),
    ("o$", "O"),
    ("u$", "u"),
    ("i$", "i"),
    ("y$", "i"),
    ("es$", "z"),
    ("cc", "k"),
];

/// The phonemes of `word`; letters other than Latin are passed over, a word with none is hummed.
pub fn sound(word: &str) -> String {
    let word: Vec<char> = word.to_lowercase().chars().flat_map(plain).collect();
    if word.iter().filter(|c| c.is_ascii_alphabetic()).count() == 0 {
        return format!("{PRIMARY}ə");
    }
    if word.len() <= 4 && !word.iter().any(|c| "aeiouy".contains(*c)) {
        return word
            .iter()
            .filter_map(|c| letter_name(*c))
            .collect::<Vec<_>>()
            .join(" ");
    }
    stressed(&graphemes(&word))
}

/// An accented letter's plain form; ß, æ, ø and their like as they are said.
fn plain(c: char) -> Vec<char> {
    let base = match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'æ' => "ay",
        'ç' | 'ć' | 'ĉ' | 'ċ' => "s",
        'č' => "ch",
        'è'..='ë' | 'ē'..='ě' => "e",
        'ì'..='ï' | 'ĩ'..='ı' => "i",
        'ð' | 'ď' | 'đ' => "d",
        'ñ' => "ny",
        'ń'..='ň' => "n",
        'ò'..='õ' | 'ō'..='ő' => "o",

        'ö' | 'ø' | 'œ' | 'ù'..='ü' | 'ũ'..='ų' => "u",
        'ý' | 'ÿ' => "y",
        'þ' => "th",
        'ß' => "ss",
        'ś' | 'ş' | 'š' | 'ș' => "sh",
        'ź'..='ž' => "z",
        'ł' => "w",
        'ğ' => "",
        c => return vec![c],
    };
    base.chars().collect()
}

fn graphemes(word: &[char]) -> String {
    let mut out = String::new();
    let mut i = 0;
    while i < word.len() {
        let best = GRAPHEMES
            .iter()
            .filter_map(|(g, said)| {
                let (first, g) = g.strip_prefix('^').map_or((false, *g), |g| (true, g));
                let (last, g) = g.strip_suffix('$').map_or((false, g), |g| (true, g));
                let n = g.chars().count();
                let fits = word[i..].iter().take(n).copied().eq(g.chars())
                    && (!first || i == 0)
                    && (!last || i + n == word.len());
                // A word's only vowel is never a silent ending.
                let alone = last && i == 0 && n < word.len();
                (fits && !alone).then_some((n, *said))
            })
            .max_by_key(|(n, _)| *n);
        if let Some((n, said)) = best {
            out.push_str(said);
            i += n;
            continue;
        }
        let next = word.get(i + 1).copied();
        // Double consonants are said once.
        if next == Some(word[i]) && !"aeiou".contains(word[i]) {
            i += 1;
            continue;
        }
        out.push_str(single(word, i));
        i += 1;
    }
    out
}

#[expect(clippy::match_same_arms, reason = "a table by letter")]
fn single(word: &[char], i: usize) -> &'static str {
    let next = word.get(i + 1).copied().unwrap_or(' ');
    let soft = matches!(next, 'e' | 'i' | 'y');
    // A vowel, one consonant, a final e: the vowel says its name.
    let magic = word.len() == i + 3 && word[i + 2] == 'e' && !"aeiouywxr".contains(next);
    match word[i] {
        'a' if magic => "A",
        'a' => "æ",
        'b' => "b",
        'c' if soft => "s",
        'd' => "d",
        // Silent at the end when another vowel was there.
        'e' if i + 1 == word.len() && word[..i].iter().any(|c| "aeiouy".contains(*c)) => "",
        'e' if magic || i + 1 == word.len() => "i",
        'e' => "ɛ",
        'f' => "f",
        'g' if soft && i > 0 => "ʤ",
        'g' => "ɡ",
        'h' => "h",
        'i' if magic => "I",
        'i' => "ɪ",
        'j' => "ʤ",
        'c' | 'k' => "k",
        'l' => "l",
        'm' => "m",
        'n' => "n",
        'o' if magic => "O",
        'o' => "ɑ",
        'p' => "p",
        'q' => "k",
        'r' => "ɹ",
        's' => "s",
        't' => "t",
        'u' if magic => "u",
        'u' => "ʌ",
        'v' => "v",
        'w' => "w",
        'x' => "ks",
        'y' if i == 0 => "j",
        'y' if magic || word.len() <= 3 => "I",
        'y' => "ɪ",
        'z' => "z",
        '0' => " zˈɪɹO ",
        '1' => " wˈʌn ",
        '2' => " tˈu ",
        '3' => " θɹˈi ",
        '4' => " fˈɔɹ ",
        '5' => " fˈIv ",
        '6' => " sˈɪks ",
        '7' => " sˈɛvən ",
        '8' => " ˈAt ",
        '9' => " nˈIn ",
        _ => "",
    }
}

/// Marks the main stress: the first syllable of two, the last but one of more (the commonest
/// pattern of English nouns and of foreign names), never on a reduced vowel if another is there.
fn stressed(phonemes: &str) -> String {
    if phonemes.contains(PRIMARY) {
        return phonemes.trim().to_owned();
    }
    let vowels: Vec<(usize, char)> = phonemes.char_indices().filter(|(_, c)| is_vowel(*c)).collect();
    let wish = if vowels.len() <= 2 { 0 } else { vowels.len() - 2 };
    let full = |k: &usize| vowels.get(*k).is_some_and(|(_, c)| !"əᵊ".contains(*c));
    let main = [wish, wish.saturating_sub(1), wish + 1]
        .into_iter()
        .find(full)
        .unwrap_or(wish);
    let mut out = String::new();
    for (at, c) in phonemes.char_indices() {
        if vowels.get(main).is_some_and(|(v, _)| *v == at) {
            out.push(PRIMARY);
        } else if main >= 2 && vowels.first().is_some_and(|(v, _)| *v == at) {
            out.push(SECONDARY);
        }
        out.push(c);
    }
    out
}

/// What a letter is called.
pub fn letter_name(c: char) -> Option<&'static str> {
    Some(match c.to_ascii_lowercase() {
        'a' => "ˈA",
        'b' => "bˈi",
        'c' => "sˈi",
        'd' => "dˈi",
        'e' => "ˈi",
        'f' => "ˈɛf",
        'g' => "ʤˈi",
        'h' => "ˈAʧ",
        'i' => "ˈI",
        'j' => "ʤˈA",
        'k' => "kˈA",
        'l' => "ˈɛl",
        'm' => "ˈɛm",
        'n' => "ˈɛn",
        'o' => "ˈO",
        'p' => "pˈi",
        'q' => "kjˈu",
        'r' => "ˈɑɹ",
        's' => "ˈɛs",
        't' => "tˈi",
        'u' => "jˈu",
        'v' => "vˈi",
        'w' => "dˈʌbəljˌu",
        'x' => "ˈɛks",
        'y' => "wˈI",
        'z' => "zˈi",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_words_sound_like_english() {
        for (word, said) in [
            ("blorping", "blˈɔɹpɪŋ"),
            ("zade", "zˈAd"),
            ("kazoola", "kæzˈulə"),
            ("bmw", "bˈi ˈɛm dˈʌbəljˌu"),
            ("grizzle", "ɡɹˈɪzᵊl"),
        ] {
            assert_eq!(sound(word), said, "{word}");
        }
        for word in ["naïve", "ß", "łódź", "zzz", "日", "", "'", "q8"] {
            assert!(sound(word).chars().any(is_vowel), "{word} → {}", sound(word));
        }
    }
}
