//! Kana to morae, morae to phonemes. A mora is a syllable with a note of its own: ん too, and the
//! second half of a long vowel, which repeats the first. Only っ has none: it closes the mora before it.

/// Kana without a vowel of their own to lean on: base, onset, vowel.
const ROWS: [(&str, &str); 16] = [
    ("アイウエオ", ""),
    ("カキクケコ", "k"),
    ("ガギグゲゴ", "ɡ"),
    ("サシスセソ", "s"),
    ("ザジズゼゾ", "ʣ"),
    ("タチツテト", "t"),
    ("ダヂヅデド", "d"),
    ("ナニヌネノ", "n"),
    ("ハヒフヘホ", "h"),
    ("バビブベボ", "b"),
    ("パピプペポ", "p"),
    ("マミムメモ", "m"),
    ("ラリルレロ", "ɾ"),
    ("ワヰ\u{0}ヱヲ", "β"),
    ("ヤ\u{0}ユ\u{0}ヨ", "j"),
    ("ヷヸヴヹヺ", "v"),
];

const VOWELS: [char; 5] = ['a', 'i', 'ɯ', 'e', 'o'];

/// The phonemes of each mora of a word in kana (either script); other characters are passed over. A
/// first っ has nothing to close and is left out.
pub fn morae(kana: &str) -> Vec<String> {
    let kana: Vec<char> = kana.chars().map(katakana).collect();
    let mut out: Vec<String> = Vec::new();
    let mut i = 0;
    while i < kana.len() {
        let next = kana.get(i + 1).copied();
        match kana[i] {
            'ー' => {
                if let Some(held) = out.last().and_then(|m| held(m)) {
                    out.push(held.to_string());
                }
            }
            'ッ' => {
                if let Some(last) = out.last_mut().filter(|m| !m.ends_with('ʔ')) {
                    last.push('ʔ');
                }
            }
            'ン' => out.push(nasal(next).to_string()),
            c => {
                if let Some(small) = next.filter(|s| "ァィゥェォャュョヮ".contains(*s))
                    && let Some(mora) = combined(c, small)
                {
                    out.push(mora);
                    i += 1;
                } else if let Some(mora) = single(full(c)) {
                    out.push(mora);
                }
            }
        }
        i += 1;
    }
    out
}

/// Hiragana as katakana; everything else as it is.
pub fn katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        _ => c,
    }
}

/// The vowel of a kana (0 to 4: a i u e o).
pub fn vowel(c: char) -> Option<usize> {
    let c = full(katakana(c));
    ROWS.into_iter()
        .find_map(|(row, _)| row.chars().position(|k| k == c && k != '\u{0}'))
}

/// What a lengthened mora goes on with: its vowel, or its nasal.
fn held(mora: &str) -> Option<char> {
    mora.chars().rev().find(|c| "aiɯɨeoɴnmŋɲ".contains(*c))
}

/// Small kana that stand alone are sung like the others.
fn full(c: char) -> char {
    match c {
        'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' => {
            char::from_u32(u32::from(c) + 1).unwrap_or(c)
        }
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        _ => c,
    }
}

/// One kana.
fn single(c: char) -> Option<String> {
    let (row, v) = ROWS.into_iter().find_map(|(row, onset)| {
        let v = row.chars().position(|k| k == c && k != '\u{0}')?;
        Some((onset, v))
    })?;
    Some(match c {
        'シ' => "ɕi".into(),
        'ジ' | 'ヂ' => "ʥi".into(),
        'チ' => "ʨi".into(),
        'ツ' => "ʦɨ".into(),
        'ス' => "sɨ".into(),
        'ズ' | 'ヅ' => "zɨ".into(),
        'フ' => "ɸɯ".into(),
        'ヒ' => "çi".into(),
        'ニ' => "ɲi".into(),
        'ヰ' => "i".into(),
        'ヱ' => "e".into(),
        'ヲ' => "o".into(),
        // i makes the consonant before it palatal.
        _ if v == 1 && !row.is_empty() => format!("{row}ʲi"),
        _ => format!("{row}{}", VOWELS[v]),
    })
}

/// A kana with a small one behind it; `None` if both are sung for themselves (ねぇ).
fn combined(c: char, small: char) -> Option<String> {
    let v = vowel(small)?;
    let own = vowel(c)?;
    let alone = single(c)?;
    let onset: String = alone.chars().filter(|p| !VOWELS.contains(p) && *p != 'ɨ').collect();
    let plain = onset.trim_end_matches('ʲ');
    let glide = "ャュョ".contains(small);
    if glide {
        // きゃ, しゃ; テュ, フュ: palatal whatever the kana. u comes forward.
        let palatal = match plain {
            "" => return None,
            "ɕ" | "ʥ" | "ʨ" | "ɲ" | "ç" | "j" => plain.to_owned(),
            "v" => "bʲ".to_owned(),
            other => format!("{other}ʲ"),
        };
        let vowel = ["a", "", "ɨ", "", "o"][v];
        return Some(format!("{palatal}{vowel}"));
    }
    if own == v && !(c == 'ウ' || c == 'イ') || c == small {
        return None;
    }
    Some(match (c, v) {
        ('イ', 3) => "je".into(),
        ('ウ', 1 | 3 | 4) => format!("β{}", VOWELS[v]),
        ('ア' | 'イ' | 'ウ' | 'エ' | 'オ', _) => return None,
        ('ク' | 'グ', 0 | 1 | 3 | 4) => format!("{plain}ᵝ{}", VOWELS[v]),
        ('テ' | 'デ' | 'ツ' | 'フ' | 'ヴ', 1) => format!("{plain}ʲi"),
        ('ス' | 'ズ', 1) => format!("{plain}i"),
        ('キ' | 'ギ' | 'ビ' | 'ピ' | 'ミ' | 'リ', 3) => format!("{plain}ʲe"),
        ('ト' | 'ド' | 'シ' | 'ジ' | 'ヂ' | 'チ' | 'ニ' | 'ヒ' | 'ツ' | 'フ' | 'ヴ', _) => {
            format!("{plain}{}", VOWELS[v])
        }
        // なぁ, もぉ: a vowel drawn out.
        _ => return None,
    })
}

/// ん takes the place of the consonant after it.
fn nasal(next: Option<char>) -> char {
    let sound = next.and_then(|c| single(full(c))).unwrap_or_default();
    match sound.chars().next() {
        Some('m' | 'p' | 'b') => 'm',
        Some('k' | 'ɡ') => 'ŋ',
        Some('ɲ' | 'ʨ' | 'ʥ') => 'ɲ',
        Some('n' | 't' | 'd' | 'ɾ' | 'z') => 'n',
        _ => 'ɴ',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mora_has_a_syllable() {
        for (kana, want) in [
            ("きょう", "kʲo ɯ"),
            ("キョー", "kʲo o"),
            ("がっこう", "ɡaʔ ko ɯ"),
            ("さんぽ", "sa m po"),
            ("さんか", "sa ŋ ka"),
            ("こんにちは", "ko ɲ ɲi ʨi ha"),
            ("ほん", "ho ɴ"),
            ("しんや", "ɕi ɴ ja"),
            ("ファミリー", "ɸa mʲi ɾʲi i"),
            ("ティッシュ", "tʲiʔ ɕɨ"),
            ("スーツ", "sɨ ɨ ʦɨ"),
            ("ウィンク", "βi ŋ kɯ"),
            ("ヴァイオリン", "va i o ɾʲi ɴ"),
            ("ねぇ", "ne e"),
            ("シェフ", "ɕe ɸɯ"),
            ("づくし", "zɨ kɯ ɕi"),
            ("ッあ", "a"),
            ("あっっ", "aʔ"),
            ("クォーツ", "kᵝo o ʦɨ"),
            ("ギャ", "ɡʲa"),
            ("りゅう", "ɾʲɨ ɯ"),
            ("a漢", ""),
        ] {
            assert_eq!(morae(kana).join(" "), want, "{kana}");
        }
    }
}
