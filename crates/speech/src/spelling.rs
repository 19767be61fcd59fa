//! What is a word in written lyrics. One place decides it, so that the words split into lines, the
//! words judged for their language and the words sung are the same words.

/// What one character is to a reader of lyrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// A Latin letter.
    Letter(char),
    /// A decimal digit, as ASCII.
    Digit(char),
    /// Any of the apostrophes people type.
    Apostrophe,
    /// Joins the parts of one word.
    Hyphen,
    /// A sign that is read as a word.
    Sign(&'static str),
    /// Belongs to the character before it, or to nothing: combining accents, selectors, `*`.
    Ignored,
    /// A letter or digit of another script.
    Foreign,
    /// White space, punctuation, emoji, control characters.
    Break,
}

/// Reads one character.
pub fn glyph(c: char) -> Glyph {
    match c {
        // Full-width forms (U+FF01 …) are ASCII with an offset.
        '\u{ff01}'..='\u{ff5e}' => glyph(char::from_u32(c as u32 - 0xfee0).unwrap_or(' ')),
        'a'..='z' | 'A'..='Z' => Glyph::Letter(c),
        '0'..='9' => Glyph::Digit(c),
        '\'' | '’' | '‘' | 'ʼ' | 'ʻ' | '`' | '´' | '′' | '‛' => Glyph::Apostrophe,
        '-' | '\u{2010}' | '\u{2011}' | '_' => Glyph::Hyphen,
        '&' => Glyph::Sign("and"),
        '+' => Glyph::Sign("plus"),
        '%' => Glyph::Sign("percent"),
        '@' => Glyph::Sign("at"),
        '=' => Glyph::Sign("equals"),
        '$' => Glyph::Sign("dollars"),
        '£' => Glyph::Sign("pounds"),
        '€' => Glyph::Sign("euros"),
        '½' => Glyph::Sign("half"),
        '⁰' => Glyph::Digit('0'),
        '¹' | '①' => Glyph::Digit('1'),
        '²' | '②' => Glyph::Digit('2'),
        '³' | '③' => Glyph::Digit('3'),
        '⁴'..='⁹' => Glyph::Digit(char::from(b'4' + (c as u32 - 0x2074) as u8)),
        '④'..='⑨' => Glyph::Digit(char::from(b'4' + (c as u32 - 0x2463) as u8)),
        '*'
        | '\u{ad}'
        | '\u{300}'..='\u{36f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2060}'
        | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{20d0}'..='\u{20ff}' => Glyph::Ignored,
        'ª' | 'º' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
            Glyph::Letter(c)
        }
        // Enclosed letters and digits are drawings, regional indicators are flags.
        '\u{2460}'..='\u{24ff}' | '\u{2776}'..='\u{2793}' | '\u{1f100}'..='\u{1f1ff}' => Glyph::Break,
        c if c.is_alphabetic() || c.is_numeric() => Glyph::Foreign,
        _ => Glyph::Break,
    }
}

/// A word as it stands in the lyrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// As written, without the punctuation around it.
    pub text: String,
    /// What a reader says for it, piece by piece: `twenty-one` → `twenty`, `one`; `$5` → `5`, `dollars`.
    pub units: Vec<String>,
}

/// Longest run of letters read as one piece; longer ones (keyboard noise) are cut.
const LONGEST_UNIT: usize = 24;
/// More digits than this are read one by one.
const LONGEST_NUMBER: usize = 6;

/// The words of `line`, in order.
pub fn written(line: &str) -> Vec<Written> {
    let mut words = Vec::new();
    let mut word = Builder::default();
    let chars: Vec<char> = line.chars().collect();
    for (i, &c) in chars.iter().enumerate() {
        let next = || chars[i + 1..].iter().map(|&c| glyph(c)).find(|g| *g != Glyph::Ignored);
        match glyph(c) {
            Glyph::Break => {
                let in_number =
                    matches!(c, '.' | ',' | ':') && word.ends_in_digit() && matches!(next(), Some(Glyph::Digit(_)));
                if !in_number {
                    word.finish(&mut words);
                } else if c == ':' {
                    word.text.push(c);
                    word.close_unit();
                } else {
                    word.push(c, c);
                }
            }
            Glyph::Ignored => word.text.push(c),
            Glyph::Foreign => word.push(c, c),
            Glyph::Letter(l) => word.push(c, l),
            Glyph::Digit(d) => word.push(c, d),
            Glyph::Apostrophe => word.push(c, '\''),
            Glyph::Hyphen => {
                word.text.push(c);
                word.close_unit();
            }
            Glyph::Sign(said) => {
                word.text.push(c);
                word.close_unit();
                if matches!(said, "dollars" | "pounds" | "euros") {
                    word.currency = Some(said);
                } else {
                    word.units.push(said.to_owned());
                }
            }
        }
    }
    word.finish(&mut words);
    words
}

#[derive(Default)]
struct Builder {
    text: String,
    unit: String,
    units: Vec<String>,
    currency: Option<&'static str>,
}

impl Builder {
    fn push(&mut self, written: char, read: char) {
        self.text.push(written);
        self.unit.push(read);
    }

    fn ends_in_digit(&self) -> bool {
        self.unit.ends_with(|c: char| c.is_ascii_digit())
    }

    fn close_unit(&mut self) {
        let unit = std::mem::take(&mut self.unit);
        if unit.chars().any(|c| c != '\'') {
            pieces(&unit, &mut self.units);
        }
    }

    fn finish(&mut self, words: &mut Vec<Written>) {
        self.close_unit();
        self.units.extend(self.currency.take().map(str::to_owned));
        let text = std::mem::take(&mut self.text);
        let units = std::mem::take(&mut self.units);
        if !units.is_empty() {
            let text = text
                .trim_matches(|c| matches!(glyph(c), Glyph::Hyphen | Glyph::Ignored))
                .to_owned();
            words.push(Written { text, units });
        }
    }
}

/// Cuts one unit where letters and digits meet (`B4` → `B`, `4`; but `1st`, `90s` are numbers), long
/// numbers into digits and noise into pieces of bearable length.
fn pieces(unit: &str, out: &mut Vec<String>) {
    let chars: Vec<char> = unit.chars().collect();
    let mut i = 0;
    while i < chars.len() {
        let number = chars[i].is_ascii_digit();
        let mut j = i + 1;
        while j < chars.len() && (chars[j].is_ascii_digit() || (number && matches!(chars[j], '.' | ','))) == number {
            j += 1;
        }
        if !number {
            for part in chars[i..j].chunks(LONGEST_UNIT) {
                if part.iter().any(|c| *c != '\'') {
                    out.push(part.iter().collect());
                }
            }
            i = j;
            continue;
        }
        let suffix: String = chars[j..].iter().collect::<String>().to_lowercase();
        let digits = chars[i..j].iter().filter(|c| c.is_ascii_digit()).count();
        let zero_first = chars[i] == '0' && digits > 1 && chars.get(i + 1) != Some(&'.');
        if digits > LONGEST_NUMBER || zero_first {
            out.extend(chars[i..j].iter().filter(|c| c.is_ascii_digit()).map(char::to_string));
        } else if let Some(decade) = decade(&chars[i..j]).filter(|_| matches!(suffix.as_str(), "s" | "'s")) {
            // `1980s`: the century is read as a number of its own.
            if digits == 4 {
                out.push(chars[i..i + 2].iter().collect());
            }
            out.push(decade.to_owned());
            return;
        } else if matches!(suffix.as_str(), "st" | "nd" | "rd" | "th" | "s" | "'s") {
            out.push(chars[i..].iter().collect());
            return;
        } else {
            let number: String = chars[i..j].iter().collect();
            out.push(number.trim_end_matches(['.', ',']).to_owned());
        }
        i = j;
    }
}

/// The decade that digits such as `90` or `1990` name.
fn decade(digits: &[char]) -> Option<&'static str> {
    if !matches!(digits.len(), 2 | 4) || digits.last() != Some(&'0') {
        return None;
    }
    Some(match digits[digits.len() - 2] {
        '2' => "twenties",
        '3' => "thirties",
        '4' => "forties",
        '5' => "fifties",
        '6' => "sixties",
        '7' => "seventies",
        '8' => "eighties",
        '9' => "nineties",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Vec<(String, String)> {
        written(line).into_iter().map(|w| (w.text, w.units.join("|"))).collect()
    }

    #[test]
    fn words_are_what_a_reader_would_call_words() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            split("Don’t stop—now, “rock'n'roll”!"),
            [
                pair("Don’t", "Don't"),
                pair("stop", "stop"),
                pair("now", "now"),
                pair("rock'n'roll", "rock'n'roll")
            ]
        );
        assert_eq!(
            split("la-la-la $5 100% 7:30 3.14 R&B"),
            [
                pair("la-la-la", "la|la|la"),
                pair("$5", "5|dollars"),
                pair("100%", "100|percent"),
                pair("7:30", "7|30"),
                pair("3.14", "3.14"),
                pair("R&B", "R|and|B")
            ]
        );
        assert_eq!(
            split("1st 90s 007 MP3 ❤️ ♪ … - love🔥me"),
            [
                pair("1st", "1st"),
                pair("90s", "nineties"),
                pair("007", "0|0|7"),
                pair("MP3", "MP|3"),
                pair("love", "love"),
                pair("me", "me")
            ]
        );
        assert_eq!(split("🅰 ① ＨＩ"), [pair("①", "1"), pair("ＨＩ", "HI")]);
    }
}
