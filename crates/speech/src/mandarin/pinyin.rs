//! Pinyin syllables to phonemes. The melody has taken the place of the tones, so they are not read.
//! Glides before the vowel are consonants (j w ɥ), what falls after it stays in the syllable.

/// Initials and their sounds; the retroflex and the aspirated ones first, so that `zh` is not z.
const INITIALS: [(&str, &str); 21] = [
    ("zh", "ꭧ"),
    ("ch", "ꭧʰ"),
    ("sh", "ʂ"),
    ("b", "p"),
    ("p", "pʰ"),
    ("m", "m"),
    ("f", "f"),
    ("d", "t"),
    ("t", "tʰ"),
    ("n", "n"),
    ("l", "l"),
    ("g", "k"),
    ("k", "kʰ"),
    ("h", "x"),
    ("j", "ʨ"),
    ("q", "ʨʰ"),
    ("x", "ɕ"),
    ("z", "ʦ"),
    ("c", "ʦʰ"),
    ("s", "s"),
    ("r", "ɻ"),
];

/// Finals as they are spelt out in full (ü as v) and their sounds.
const FINALS: [(&str, &str); 38] = [
    ("a", "a"),
    ("ai", "ai"),
    ("an", "an"),
    ("ang", "aŋ"),
    ("ao", "au"),
    ("e", "ɤ"),
    ("ei", "ei"),
    ("en", "ən"),
    ("eng", "əŋ"),
    ("er", "ɚ"),
    ("i", "i"),
    ("ia", "ja"),
    ("ian", "jɛn"),
    ("iang", "jaŋ"),
    ("iao", "jau"),
    ("ie", "je"),
    ("in", "in"),
    ("ing", "iŋ"),
    ("io", "jɔ"),
    ("iong", "jʊŋ"),
    ("iou", "jou"),
    ("ong", "ʊŋ"),
    ("ou", "ou"),
    ("u", "u"),
    ("ua", "wa"),
    ("uai", "wai"),
    ("uan", "wan"),
    ("uang", "waŋ"),
    ("uei", "wei"),
    ("uen", "wən"),
    ("ueng", "wəŋ"),
    ("uo", "wo"),
    ("v", "y"),
    ("van", "ɥɛn"),
    ("ve", "ɥe"),
    ("vn", "yn"),
    ("o", "wo"),
    ("-i", "ɨ"),
];

/// The phonemes of a toneless pinyin syllable (`lv` or `lü`), onset to coda; `None` if it is none.
pub fn phonemes(syllable: &str) -> Option<String> {
    let plain = syllable.replace('ü', "v");
    match plain.as_str() {
        // Interjections: nothing but a hummed consonant, or a vowel without the glide.
        "o" => return Some("ɔ".into()),
        "m" => return Some("m".into()),
        "n" => return Some("n".into()),
        "ng" => return Some("ŋ".into()),
        "hm" => return Some("hm".into()),
        "hng" => return Some("hŋ".into()),
        _ => {}
    }
    let (initial, onset) = INITIALS
        .into_iter()
        .find(|(spelling, _)| plain.starts_with(spelling))
        .unwrap_or(("", ""));
    let written = &plain[initial.len()..];
    let full = match (initial, written) {
        ("zh" | "ch" | "sh" | "r" | "z" | "c" | "s", "i") => "-i".to_owned(),
        ("", _) => unrounded(written)?,
        ("j" | "q" | "x", _) if written.starts_with('u') => format!("v{}", &written[1..]),
        (_, "iu") => "iou".to_owned(),
        (_, "ui") => "uei".to_owned(),
        (_, "un") => "uen".to_owned(),
        _ => written.to_owned(),
    };
    let (_, rhyme) = FINALS.into_iter().find(|(spelling, _)| *spelling == full)?;
    Some(format!("{onset}{rhyme}"))
}

/// A syllable without an initial, y and w turned back into the vowels they stand for.
fn unrounded(written: &str) -> Option<String> {
    Some(match written {
        "yi" | "yin" | "ying" => written[1..].to_owned(),
        "wu" => "u".to_owned(),
        "you" => "iou".to_owned(),
        "yu" => "v".to_owned(),
        "yue" | "yuan" | "yun" => format!("v{}", &written[2..]),
        "wei" => "uei".to_owned(),
        "wen" => "uen".to_owned(),
        _ if written.starts_with('y') => format!("i{}", &written[1..]),
        _ if written.starts_with('w') => format!("u{}", &written[1..]),
        _ if written.starts_with(['a', 'e']) || written == "ou" => written.to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::phonemes;

    #[test]
    fn the_spelling_rules_of_pinyin_are_undone() {
        for (pinyin, want) in [
            ("ma", "ma"),
            ("zhi", "ꭧɨ"),
            ("ci", "ʦʰɨ"),
            ("ri", "ɻɨ"),
            ("er", "ɚ"),
            ("yi", "i"),
            ("you", "jou"),
            ("liu", "ljou"),
            ("gui", "kwei"),
            ("dun", "twən"),
            ("xue", "ɕɥe"),
            ("xun", "ɕyn"),
            ("yuan", "ɥɛn"),
            ("lv", "ly"),
            ("nüe", "nɥe"),
            ("weng", "wəŋ"),
            ("qiong", "ʨʰjʊŋ"),
            ("bo", "pwo"),
            ("o", "ɔ"),
            ("yo", "jɔ"),
            ("shuang", "ʂwaŋ"),
            ("yong", "jʊŋ"),
        ] {
            assert_eq!(phonemes(pinyin).as_deref(), Some(want), "{pinyin}");
        }
        for wrong in ["", "b", "xyz", "zhx", "vu", "ong", "hello"] {
            assert_eq!(phonemes(wrong), None, "{wrong}");
        }
    }
}
