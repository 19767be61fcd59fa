//! What stands on the right half of the picture, and where each word of it stands.

use super::{LyricLine, LyricVideo};
use crate::font::{Face, Line};

/// Left edge of the text, pixels.
pub const LEFT: f32 = 572.0;
/// Width of the text, pixels.
pub const WIDTH: f32 = 628.0;
/// The middle of the text, pixels from above.
pub const MIDDLE: f32 = 322.0;
const SIZE: f32 = 44.0;
const LEADING: f32 = 60.0;
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

/// The words of a line, broken into rows of the page's width.
fn broken<'a>(line: &'a LyricLine, font: &Face<'_>) -> Vec<Vec<(&'a super::Word, String)>> {
    let mut rows: Vec<Vec<(&super::Word, String)>> = vec![Vec::new()];
    let space = font.width(" ", SIZE, 0.0).max(SIZE * 0.22);
    let mut x = 0.0;
    for word in &line.words {
        let text = font.writable(&word.text);
        let width = font.width(&text, SIZE, 0.0);
        if x > 0.0 && x + width > WIDTH {
            rows.push(Vec::new());
            x = 0.0;
        }
        x += width + space;
        if let Some(row) = rows.last_mut() {
            row.push((word, text));
        }
    }
    rows
}

/// The pages of a song's lyrics: at most four lines of one part, and no long pause inside.
pub fn pages(video: &LyricVideo, font: &Face<'_>) -> Vec<Page> {
    let space = font.width(" ", SIZE, 0.0).max(SIZE * 0.22);
    let mut groups: Vec<Vec<&LyricLine>> = Vec::new();
    let mut rows = 0;
    let lines: Vec<&LyricLine> = video.lines.iter().filter(|l| !l.words.is_empty()).collect();
    for (i, line) in lines.iter().enumerate() {
        let more = broken(line, font).len();
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
            let sets: Vec<_> = group.iter().map(|l| broken(l, font)).collect();
            let count: usize = sets.iter().map(Vec::len).sum();
            let height = count as f32 * LEADING + (group.len() - 1) as f32 * PARAGRAPH;
            let top = MIDDLE - height / 2.0;
            let mut y = top + LEADING * 0.75;
            let rows = sets
                .into_iter()
                .map(|set| {
                    let mut words = Vec::new();
                    for row in set {
                        let mut x = LEFT;
                        for (word, text) in row {
                            let line = font.line(&text, SIZE, 0.0);
                            let width = line.width;
                            words.push(Placed {
                                line,
                                x,
                                y,
                                start: word.start,
                                end: word.end,
                            });
                            x += width + space;
                        }
                        y += LEADING;
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
