//! Writing systems: which of them can be sung, and what the others are called.

/// A writing system that no voice sings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// Russian, Ukrainian, Bulgarian, Serbian …
    Cyrillic,
    /// Korean.
    Hangul,
    /// Arabic, Persian, Urdu.
    Arabic,
    /// Hebrew, Yiddish.
    Hebrew,
    /// Greek.
    Greek,
    /// Hindi, Marathi, Nepali.
    Devanagari,
    /// Another script of India: Bengali, Tamil, Telugu …
    Indic,
    /// Thai.
    Thai,
    /// Georgian.
    Georgian,
    /// Armenian.
    Armenian,
    /// Anything else.
    Unknown,
}

/// Who sings a character of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    /// Latin letters.
    Latin,
    /// Hiragana and katakana.
    Kana,
    /// Hanzi, kanji.
    Han,
    /// Letters nobody here can sing.
    Foreign(Script),
    /// No letter.
    None,
}

/// The script of one character.
pub fn letters(c: char) -> Letters {
    if !c.is_alphabetic() {
        return Letters::None;
    }
    Letters::Foreign(match u32::from(c) {
        // Enclosed letters are drawings.
        0x2460..=0x24ff | 0x1f100..=0x1f1ff => return Letters::None,
        0x41..=0x24f | 0x250..=0x2bf | 0x1e00..=0x1eff | 0xff21..=0xff5a | 0xfb00..=0xfb06 | 0x2c60..=0x2c7f => {
            return Letters::Latin;
        }
        0x3041..=0x30ff | 0x31f0..=0x31ff | 0xff66..=0xff9f => return Letters::Kana,
        0x3005..=0x3007 | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3134f => {
            return Letters::Han;
        }
        // Modifier letters decorate others.
        0x2b0..=0x2ff => return Letters::None,
        0x370..=0x3ff | 0x1f00..=0x1fff => Script::Greek,
        0x400..=0x52f | 0x1c80..=0x1c8f | 0x2de0..=0x2dff | 0xa640..=0xa69f => Script::Cyrillic,
        0x530..=0x58f => Script::Armenian,
        0x590..=0x5ff | 0xfb1d..=0xfb4f => Script::Hebrew,
        0x600..=0x6ff | 0x750..=0x77f | 0x8a0..=0x8ff | 0xfb50..=0xfdff | 0xfe70..=0xfeff => Script::Arabic,
        0x900..=0x97f => Script::Devanagari,
        0x980..=0xdff => Script::Indic,
        0xe00..=0xe7f => Script::Thai,
        0x10a0..=0x10ff | 0x1c90..=0x1cbf => Script::Georgian,
        0x1100..=0x11ff | 0x3130..=0x318f | 0xa960..=0xa97f | 0xac00..=0xd7ff => Script::Hangul,
        _ => Script::Unknown,
    })
}

impl Script {
    /// What a writer would call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cyrillic => "text in the Cyrillic script (Russian, Ukrainian …)",
            Self::Hangul => "Korean (Hangul)",
            Self::Arabic => "text in the Arabic script",
            Self::Hebrew => "Hebrew",
            Self::Greek => "Greek",
            Self::Devanagari => "text in the Devanagari script (Hindi, Marathi …)",
            Self::Indic => "text in a script of India other than Latin",
            Self::Thai => "Thai",
            Self::Georgian => "Georgian",
            Self::Armenian => "Armenian",
            Self::Unknown => "text in this script",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_know_their_script() {
        for (c, want) in [
            ('é', Letters::Latin),
            ('ß', Letters::Latin),
            ('き', Letters::Kana),
            ('ー', Letters::Kana),
            ('爱', Letters::Han),
            ('々', Letters::Han),
            ('ж', Letters::Foreign(Script::Cyrillic)),
            ('사', Letters::Foreign(Script::Hangul)),
            ('ح', Letters::Foreign(Script::Arabic)),
            ('λ', Letters::Foreign(Script::Greek)),
            ('1', Letters::None),
            ('♥', Letters::None),
        ] {
            assert_eq!(letters(c), want, "{c}");
        }
    }
}
