//! What Mandarin and Japanese lines have in common: characters of several widths, and Latin words
//! between the others.

use crate::script::{Letters, letters};

/// Half-width katakana from U+FF66 on.
const HALF_WIDTH: &str =
    "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

/// The characters of a line: full-width letters, digits and signs narrow, half-width katakana wide,
/// voicing marks joined to their kana.
pub fn characters(line: &str) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(line.len() / 3);
    for c in line.chars() {
        match u32::from(c) {
            code @ 0xff01..=0xff5e => out.extend(char::from_u32(code - 0xfee0)),
            0x3000 => out.push(' '),
            code @ 0xff66..=0xff9d => out.extend(HALF_WIDTH.chars().nth((code - 0xff66) as usize)),
            0x3099 | 0x309b | 0xff9e => voice(&mut out, 1),
            0x309a | 0x309c | 0xff9f => voice(&mut out, 2),
            _ => out.push(c),
        }
    }
    out
}

/// か to が (1), は to ぱ (2).
fn voice(out: &mut [char], steps: u32) {
    let Some(last) = out.last_mut() else { return };
    let code = u32::from(*last);
    let row = if code < 0x30a0 { code } else { code.wrapping_sub(0x60) };
    let plain = match char::from_u32(row) {
        Some(c) if steps == 1 => "かきくけこさしすせそたちつてとはひふへほ".contains(c),
        Some(c) => "はひふへほ".contains(c),
        None => false,
    };
    if plain {
        *last = char::from_u32(code + steps).unwrap_or(*last);
    } else if *last == 'ウ' && steps == 1 {
        *last = 'ヴ';
    }
}

/// Where the Latin words that begin at `at` end, if there are any: `KTV`, `3D`, `I love you`. A number
/// behind a blank belongs to the language around.
pub fn latin(line: &[char], at: usize) -> Option<usize> {
    let is_latin = |c: char| letters(c) == Letters::Latin;
    let begins = |mut i: usize| {
        // 90s: digits that letters follow at once.
        while line.get(i).is_some_and(char::is_ascii_digit) {
            i += 1;
        }
        line.get(i).is_some_and(|&c| is_latin(c))
    };
    if !begins(at) {
        return None;
    }
    let mut end = at;
    while let Some(&c) = line.get(end) {
        let joint = matches!(c, '\'' | '’' | '-' | '&') && line.get(end + 1).is_some_and(|&n| is_latin(n));
        if !(is_latin(c) || c.is_ascii_digit() || joint || c == ' ' && begins(end + 1)) {
            break;
        }
        end += 1;
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_and_voicing_marks_are_made_alike() {
        let text: String = characters("ＡＢ１２％　ｶﾞﾗｽ ﾊﾟﾝ か\u{3099}ウ\u{3099}！")
            .into_iter()
            .collect();
        assert_eq!(text, "AB12% ガラス パン がヴ!");
    }

    #[test]
    fn latin_words_end_where_the_other_script_goes_on() {
        let end = |line: &str| latin(&line.chars().collect::<Vec<_>>(), 0);
        assert_eq!(end("I love you 我爱你"), Some(10));
        assert_eq!(end("K歌"), Some(1));
        assert_eq!(end("MP3里"), Some(3));
        assert_eq!(end("3D眼镜"), Some(2));
        assert_eq!(end("don't stop 2024年"), Some(10));
        assert_eq!(end("2024年"), None);
        assert_eq!(end("愛"), None);
    }
}
