//! A written word in pieces that are said differently: letters, numbers, times, signs.

use crate::spelling::{Glyph, glyph};

/// A piece of a written word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Letters and the apostrophes between them, accents composed.
    Letters(String),
    /// A number below 10⁹.
    Number {
        /// Before the decimal point.
        whole: u32,
        /// The digits behind it.
        decimals: Option<String>,
        /// Four digits between 1100 and 2099.
        year: bool,
    },
    /// `7:30`.
    Time(u32, u32),
    /// `&`, `%`, `$` …; a currency stands behind its number.
    Sign(char),
}

/// The letter without its accent, as far as that tells a vowel.
pub(crate) fn base(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ÿ' | 'ý' => 'y',
        c => c,
    }
}

/// Letters followed by combining accents, as one letter each; everything else as it is.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let composed = out.chars().next_back().and_then(|last| compose(last, c));
        if let Some(composed) = composed {
            out.pop();
            out.push(composed);
        } else {
            match glyph(c) {
                Glyph::Letter(l) => out.push(l),
                Glyph::Digit(d) => out.push(d),
                Glyph::Apostrophe => out.push('\''),
                Glyph::Ignored => {}
                _ => out.push(c),
            }
        }
    }
    out
}

/// A letter and the combining accent behind it.
fn compose(letter: char, accent: char) -> Option<char> {
    let row = match accent {
        '\u{300}' => "aàeèiìoòuùAÀEÈIÌOÒUÙ",
        '\u{301}' => "aáeéiíoóuúyýAÁEÉIÍOÓUÚ",
        '\u{302}' => "aâeêiîoôuûAÂEÊIÎOÔUÛ",
        '\u{303}' => "aãoõnñAÃOÕNÑ",
        '\u{308}' => "aäeëiïoöuüyÿAÄEËIÏOÖUÜ",
        '\u{327}' => "cçCÇ",
        _ => return None,
    };
    let pairs: Vec<char> = row.chars().collect();
    pairs.chunks(2).find(|p| p[0] == letter).map(|p| p[1])
}

/// The pieces of one written word, in the order in which they are said.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let chars: Vec<char> = plain(text).chars().collect();
    let mut out = Vec::new();
    let mut currency = None;
    let mut i = 0;
    while i < chars.len() {
        let run = |test: &dyn Fn(usize) -> bool| (i..chars.len()).take_while(|j| test(*j)).count();
        match glyph(chars[i]) {
            Glyph::Letter(_) => {
                let n = run(&|j| matches!(glyph(chars[j]), Glyph::Letter(_) | Glyph::Apostrophe));
                let letters: String = chars[i..i + n].iter().take(LONGEST).collect();
                // `l'amour` keeps its apostrophe, quotation marks go; 'cause keeps nothing a rule needs.
                out.push(Piece::Letters(letters.trim_end_matches('\'').to_owned()));
                i += n;
            }
            Glyph::Digit(_) => {
                let digit = |j: usize| chars.get(j).is_some_and(char::is_ascii_digit);
                let n = run(&|j| digit(j) || matches!(chars[j], '.' | ',') && digit(j + 1));
                let clock = |from: usize| {
                    let digits: String = chars[from..].iter().take_while(|c| c.is_ascii_digit()).collect();
                    digits
                        .parse::<u32>()
                        .ok()
                        .filter(|_| digits.len() <= 2)
                        .map(|v| (v, digits.len()))
                };
                if chars.get(i + n) == Some(&':')
                    && let (Some((hours, _)), Some((minutes, m))) = (clock(i), clock(i + n + 1))
                {
                    out.push(Piece::Time(hours, minutes));
                    i += n + 1 + m;
                    continue;
                }
                let digits: String = chars[i..i + n].iter().collect();
                numbers(&digits, &mut out);
                i += n;
            }
            Glyph::Sign("dollars" | "pounds" | "euros") => {
                currency = Some(chars[i]);
                i += 1;
            }
            Glyph::Sign(_) => {
                out.push(Piece::Sign(chars[i]));
                i += 1;
            }
            _ => i += 1,
        }
        if let Some(sign) = currency
            && matches!(out.last(), Some(Piece::Number { .. }))
        {
            out.push(Piece::Sign(sign));
            currency = None;
        }
    }
    out.extend(currency.map(Piece::Sign));
    out
}

/// Longest run of letters that is read; the rest is keyboard noise.
const LONGEST: usize = 40;

/// A run of digits with points and commas: thousands, decimals, or a string of digits.
fn numbers(text: &str, out: &mut Vec<Piece>) {
    let groups: Vec<&str> = text.split(['.', ',']).collect();
    let thousands = |groups: &[&str]| {
        groups.len() > 1 && (1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|g| g.len() == 3)
    };
    let (whole, decimals) = if groups.len() == 1 || thousands(&groups) && !groups[0].starts_with('0') {
        (groups.concat(), None)
    } else {
        let (last, rest) = groups.split_last().map_or(("", &groups[..]), |(l, r)| (*l, r));
        if rest.len() == 1 || thousands(rest) {
            (rest.concat(), Some(last.to_owned()))
        } else {
            // 12.05.98: no number, but three.
            for group in groups {
                numbers(group, out);
            }
            return;
        }
    };
    let by_digits =
        whole.len() > 1 && whole.starts_with('0') || whole.len() > 9 || whole.len() > 6 && groups.len() == 1;
    match whole.parse::<u32>().ok().filter(|_| !by_digits) {
        Some(n) => out.push(Piece::Number {
            whole: n,
            year: groups.len() == 1 && (1100..2100).contains(&n),
            decimals,
        }),
        None => out.extend(whole.chars().filter_map(|c| c.to_digit(10)).map(|whole| Piece::Number {
            whole,
            decimals: None,
            year: false,
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(whole: u32) -> Piece {
        Piece::Number {
            whole,
            decimals: None,
            year: (1100..2100).contains(&whole),
        }
    }

    #[test]
    fn a_word_is_cut_where_it_is_read_differently() {
        assert_eq!(pieces("l’amour"), [Piece::Letters("l'amour".into())]);
        assert_eq!(pieces("cancio\u{301}n"), [Piece::Letters("canción".into())]);
        assert_eq!(pieces("$5"), [number(5), Piece::Sign('$')]);
        assert_eq!(pieces("100%"), [number(100), Piece::Sign('%')]);
        assert_eq!(pieces("7:30"), [Piece::Time(7, 30)]);
        assert_eq!(pieces("1.000.000"), [number(1_000_000)]);
        assert_eq!(pieces("007"), [number(0), number(0), number(7)]);
        assert_eq!(pieces("1999"), [number(1999)]);
        assert_eq!(
            pieces("3,14"),
            [Piece::Number {
                whole: 3,
                decimals: Some("14".into()),
                year: false
            }]
        );
        assert_eq!(pieces("MP3"), [Piece::Letters("MP".into()), number(3)]);
    }
}
