//! Text as outlines: a font file, its widths, kerning and curves.

use tiny_skia::{Path, PathBuilder};
use ttf_parser::{
    GlyphId, OutlineBuilder,
    gpos::{PairAdjustment, PositioningSubtable},
};

/// The font cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("font: {0}")]
pub struct FontError(#[from] ttf_parser::FaceParsingError);

/// A typeface.
pub struct Face<'a> {
    face: ttf_parser::Face<'a>,
    pairs: Vec<PairAdjustment<'a>>,
}

/// One line of text at a size.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The outline; the baseline begins at (0, 0). None when nothing of the text is visible.
    pub path: Option<Path>,
    /// How far the line goes, pixels.
    pub width: f32,
}

impl<'a> Face<'a> {
    /// A TrueType or OpenType font from its file's bytes.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, FontError> {
        let face = ttf_parser::Face::parse(bytes, 0)?;
        let mut pairs = Vec::new();
        if let Some(gpos) = face.tables().gpos {
            let kern = gpos.features.into_iter().find(|f| f.tag.to_bytes() == *b"kern");
            let lookups = kern.into_iter().flat_map(|f| f.lookup_indices);
            for lookup in lookups.filter_map(|i| gpos.lookups.get(i)) {
                pairs.extend(lookup.subtables.into_iter().filter_map(|table| match table {
                    PositioningSubtable::Pair(pair) => Some(pair),
                    _ => None,
                }));
            }
        }
        Ok(Self { face, pairs })
    }

    /// Whether the font can write this letter.
    pub fn has(&self, letter: char) -> bool {
        self.face.glyph_index(letter).is_some()
    }

    /// The text with what the font lacks replaced by something it has, or left out.
    pub fn writable(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                c if c.is_whitespace() => out.push(' '),
                c if c.is_control() => {}
                c if self.has(c) => out.push(c),
                c => out.push_str(plain(c).filter(|p| p.chars().all(|c| self.has(c))).unwrap_or_default()),
            }
        }
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Height of capital letters as a part of the size.
    pub fn cap_height(&self) -> f32 {
        let units = f32::from(self.face.units_per_em());
        self.face.capital_height().map_or(0.7, |h| f32::from(h) / units)
    }

    /// Sets `text` at `size` pixels an em, with `tracking` ems between letters.
    pub fn line(&self, text: &str, size: f32, tracking: f32) -> Line {
        let scale = size / f32::from(self.face.units_per_em());
        let mut outline = Outline {
            builder: PathBuilder::new(),
            scale,
            x: 0.0,
        };
        let mut last: Option<GlyphId> = None;
        for glyph in text.chars().filter_map(|c| self.face.glyph_index(c)) {
            if let Some(last) = last {
                outline.x += f32::from(self.kern(last, glyph)) * scale + tracking * size;
            }
            self.face.outline_glyph(glyph, &mut outline);
            outline.x += f32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
            last = Some(glyph);
        }
        Line {
            width: outline.x,
            path: outline.builder.finish(),
        }
    }

    /// Width of `text` alone, pixels.
    pub fn width(&self, text: &str, size: f32, tracking: f32) -> f32 {
        let (mut units, mut gaps, mut last) = (0i32, 0, None);
        for glyph in text.chars().filter_map(|c| self.face.glyph_index(c)) {
            if let Some(last) = last {
                units += i32::from(self.kern(last, glyph));
                gaps += 1;
            }
            units += i32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0));
            last = Some(glyph);
        }
        units as f32 * size / f32::from(self.face.units_per_em()) + gaps as f32 * tracking * size
    }

    /// What the pair moves together, font units (the first subtable that covers it decides).
    fn kern(&self, left: GlyphId, right: GlyphId) -> i16 {
        for pair in &self.pairs {
            match pair {
                PairAdjustment::Format1 { coverage, sets } => {
                    let set = coverage.get(left).and_then(|i| sets.get(i));
                    if let Some((value, _)) = set.and_then(|s| s.get(right)) {
                        return value.x_advance;
                    }
                }
                PairAdjustment::Format2 {
                    coverage,
                    classes,
                    matrix,
                } => {
                    if coverage.get(left).is_some() {
                        let (a, b) = (classes.0.get(left), classes.1.get(right));
                        return matrix.get((a, b)).map_or(0, |(value, _)| value.x_advance);
                    }
                }
            }
        }
        0
    }

    /// Breaks `text` into at most `lines` lines of the largest size (`most` at most, pixels an em)
    /// at which every line fits into `width`; a text that is too long at `least` ends in an ellipsis.
    pub fn fit(
        &self,
        text: &str,
        width: f32,
        lines: usize,
        most: f32,
        least: f32,
        tracking: f32,
    ) -> (Vec<String>, f32) {
        let mut size = most;
        loop {
            let set = self.wrap(text, width, size, tracking);
            let fits = set.len() <= lines && set.iter().all(|l| self.width(l, size, tracking) <= width);
            if fits {
                return (
                    self.balance(text, set.len(), width, size, tracking).unwrap_or(set),
                    size,
                );
            }
            if size <= least {
                let mut set: Vec<String> = set.into_iter().take(lines).collect();
                for line in &mut set {
                    self.shorten(line, width, size, tracking);
                }
                return (set, size);
            }
            size = (size * 0.95).max(least);
        }
    }

    /// Fills lines one after the other.
    pub fn wrap(&self, text: &str, width: f32, size: f32, tracking: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}"), size, tracking) <= width => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }

    /// The narrowest block with the same number of lines: no single word on a line of its own.
    fn balance(&self, text: &str, lines: usize, width: f32, size: f32, tracking: f32) -> Option<Vec<String>> {
        (8..=20)
            .map(|step| self.wrap(text, width * step as f32 / 20.0, size, tracking))
            .find(|set| set.len() <= lines && set.iter().all(|l| self.width(l, size, tracking) <= width))
    }

    fn shorten(&self, line: &mut String, width: f32, size: f32, tracking: f32) {
        if self.width(line, size, tracking) <= width {
            return;
        }
        while line.pop().is_some() {
            let cut = format!("{}…", line.trim_end());
            if self.width(&cut, size, tracking) <= width {
                *line = cut;
                return;
            }
        }
    }
}

/// Something plainer for a letter or mark that a font may lack.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' | '`' | '´' => "'",
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{2033}' | '«' | '»' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '…' => "...",
        '，' | '、' => ",",
        '。' => ".",
        '！' => "!",
        '？' => "?",
        'ß' | 'ẞ' => "ss",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        '№' => "No",
        _ => return None,
    })
}

struct Outline {
    builder: PathBuilder,
    scale: f32,
    x: f32,
}

impl Outline {
    /// Font units, upwards, to pixels, downwards.
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, -y * self.scale)
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.builder.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.builder.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (x1, y1) = self.place(x1, y1);
        let (x, y) = self.place(x, y);
        self.builder.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (x1, y1) = self.place(x1, y1);
        let (x2, y2) = self.place(x2, y2);
        let (x, y) = self.place(x, y);
        self.builder.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.builder.close();
    }
}

/// The font of the tests: the one of the product.
#[cfg(test)]
pub(crate) fn bytes() -> Vec<u8> {
    let assets = catbird_assets::Assets::open().expect("a cache folder");
    assets
        .ensure(catbird_assets::Parts::Song, &|_, _, _| ())
        .expect("assets");
    std::fs::read(assets.path("Commissioner_700Bold.ttf")).expect("the font")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_width_kerning_and_outline() {
        let bytes = bytes();
        let face = Face::parse(&bytes).unwrap();
        let line = face.line("Häuser, Москва, Αθήνα", 100.0, 0.0);
        assert!(line.path.is_some());
        assert!((line.width - face.width("Häuser, Москва, Αθήνα", 100.0, 0.0)).abs() < 0.1);
        let (apart, pair) = (
            face.width("A", 100.0, 0.0) + face.width("V", 100.0, 0.0),
            face.width("AV", 100.0, 0.0),
        );
        assert!(pair < apart - 1.0, "A and V move together: {pair} of {apart}");
        assert_eq!(face.line("", 50.0, 0.0).width, 0.0);
    }

    #[test]
    fn what_the_font_lacks_is_left_out() {
        let bytes = bytes();
        let face = Face::parse(&bytes).unwrap();
        assert_eq!(face.writable("Love ❤️ you\u{0}\n now"), "Love you now");
        assert_eq!(face.writable("春天 Spring！"), "Spring!");
        assert_eq!(face.writable("🔥🔥🔥"), "");
        assert!(Face::parse(b"no font").is_err());
    }

    #[test]
    fn a_title_fits_or_is_cut() {
        let bytes = bytes();
        let face = Face::parse(&bytes).unwrap();
        let (lines, size) = face.fit("Short", 800.0, 3, 120.0, 40.0, 0.0);
        assert_eq!((lines.as_slice(), size), (&["Short".to_owned()][..], 120.0));
        for title in ["word ".repeat(16), "x".repeat(80), "W".repeat(80)] {
            let (lines, size) = face.fit(title.trim(), 800.0, 3, 120.0, 40.0, 0.0);
            assert!(!lines.is_empty() && lines.len() <= 3);
            assert!(lines.iter().all(|l| face.width(l, size, 0.0) <= 800.0), "{title}");
        }
        assert!(face.fit(&"x".repeat(200), 300.0, 1, 60.0, 40.0, 0.0).0[0].ends_with('…'));
    }
}
