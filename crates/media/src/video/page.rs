//! What stands on the right half of the picture, and where each word of it stands.

use super::{LyricLine, LyricVideo, Word};
use crate::font::{Face, Line};

/// Left edge of the text, pixels.
pub const LEFT: f32 = 572.0;
/// Width of the text, pixels.
pub const WIDTH: f32 = 628.0;
/// The middle of the text, pixels from above.
pub const MIDDLE: f32 = 322.0;
/// Sizes of the letters, pixels an em: the largest at which nearly every line stands in one row.
const SIZES: [f32; 4] = [46.0, 42.0, 38.0, 35.0];
/// Distance of two rows, as a part of the size.
const LEADING: f32 = 1.36;
/// Room between two lines of the lyrics, beyond the leading.
const PARAGRAPH: f32 = 14.0;
const ROWS: usize = 6;
const LINES: usize = 4;
/// A page ends where nothing is sung for so long, seconds.
const PAUSE: f64 = 5.0;

/// A word at its place.
pub struct Placed {
    /// Its outline.
    pub line: Line,
    /// Left end of the baseline.
    pub x: f32,
    /// Height of the baseline.
    pub y: f32,
    /// When it lights up, seconds.
    pub start: f64,
    /// When it is past: at its end, or at the next word's beginning when that follows at once.
    pub end: f64,
}

/// A line of the lyrics on a page, in one or more rows.
pub struct Row {
    /// Its words.
    pub words: Vec<Placed>,
}

/// Lines that are seen at once.
pub struct Page {
    /// Index of its part.
    pub part: usize,
    /// The lines.
    pub rows: Vec<Row>,
    /// When the first word begins.
    pub start: f64,
    /// When the last word ends.
    pub end: f64,
    /// The upper end of the first line, pixels.
    pub top: f32,
}

/// The letters of a film: one size for all pages.
struct Type<'a> {
    font: &'a Face<'a>,
    size: f32,
    space: f32,
}

impl<'a> Type<'a> {
    fn new(lines: &[&LyricLine], font: &'a Face<'a>) -> Self {
        let of = |size: f32| Self {
            font,
            size,
            space: font.width(" ", size, 0.0).max(size * 0.22),
        };
        let fits = |t: &Self| {
            let whole = lines.iter().filter(|l| t.width(&t.words(l)) <= WIDTH).count();
            whole * 10 >= lines.len() * 9
        };
        SIZES.into_iter().map(of).find(fits).unwrap_or_else(|| of(38.0))
    }

    /// The words as the font can write them.
    fn words<'l>(&self, line: &'l LyricLine) -> Vec<(&'l Word, String)> {
        line.words.iter().map(|w| (w, self.font.writable(&w.text))).collect()
    }

    fn width(&self, words: &[(&Word, String)]) -> f32 {
        let letters: f32 = words
            .iter()
            .map(|(_, text)| self.font.width(text, self.size, 0.0))
            .sum();
        letters + self.space * words.len().saturating_sub(1) as f32
    }

    /// The words in as few rows as the width needs, of nearly equal length.
    fn rows<'l>(&self, line: &'l LyricLine) -> Vec<Vec<(&'l Word, String)>> {
        let words = self.words(line);
        let broken = |width: f32| {
            let mut rows: Vec<Vec<(&Word, String)>> = vec![Vec::new()];
            for word in &words {
                if let Some(row) = rows.last_mut() {
                    row.push(word.clone());
                    if row.len() > 1 && self.width(row) > width {
                        let over = row.pop();
                        rows.push(over.into_iter().collect());
                    }
                }
            }
            rows
        };
        let least = broken(WIDTH).len();
        let steps = (8..20).map(|step| broken(WIDTH * step as f32 / 20.0));
        steps
            .filter(|rows| rows.iter().all(|r| self.width(r) <= WIDTH))
            .find(|rows| rows.len() == least)
            .unwrap_or_else(|| broken(WIDTH))
    }
}

/// The pages of a song's lyrics: at most four lines of one part, and no long pause inside.
pub fn pages(video: &LyricVideo, font: &Face<'_>) -> Vec<Page> {
    let mut groups: Vec<Vec<&LyricLine>> = Vec::new();
    let mut rows = 0;
    let lines: Vec<&LyricLine> = video.lines.iter().filter(|l| !l.words.is_empty()).collect();
    let letters = Type::new(&lines, font);
    let leading = letters.size * LEADING;
    for (i, line) in lines.iter().enumerate() {
        let more = letters.rows(line).len();
        let before = i.checked_sub(1).map(|i| lines[i]);
        let joins =
            before.is_some_and(|b| b.part == line.part && line.words[0].start - b.words[b.words.len() - 1].end < PAUSE);
        match groups.last_mut() {
            Some(group) if joins && rows + more <= ROWS && group.len() < LINES => {
                group.push(line);
                rows += more;
            }
            _ => {
                groups.push(vec![line]);
                rows = more;
            }
        }
    }
    groups
        .iter()
        .map(|group| {
            let sets: Vec<_> = group.iter().map(|l| letters.rows(l)).collect();
            let count: usize = sets.iter().map(Vec::len).sum();
            let height = count as f32 * leading + (group.len() - 1) as f32 * PARAGRAPH;
            let top = MIDDLE - height / 2.0;
            let mut y = top + leading * 0.75;
            let rows = sets
                .into_iter()
                .map(|set| {
                    let mut words = Vec::new();
                    for row in set {
                        let mut x = LEFT;
                        for (word, text) in row {
                            let line = font.line(&text, letters.size, 0.0);
                            let width = line.width;
                            words.push(Placed {
                                line,
                                x,
                                y,
                                start: word.start,
                                end: word.end,
                            });
                            x += width + letters.space;
                        }
                        y += leading;
                    }
                    y += PARAGRAPH;
                    for i in 1..words.len() {
                        let next = words[i].start;
                        if next - words[i - 1].end < 0.3 {
                            words[i - 1].end = next;
                        }
                    }
                    Row { words }
                })
                .collect();
            let (first, last) = (&group[0].words[0], &group[group.len() - 1].words);
            Page {
                part: group[0].part,
                rows,
                start: first.start,
                end: last[last.len() - 1].end,
                top,
            }
        })
        .collect()
}
