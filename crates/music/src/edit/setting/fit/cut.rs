//! A note in parts, each for a syllable of its own.

use catbird_score::{Note, Tick};

/// Most parts of one note.
pub(super) const MOST: usize = 6;

/// How a note is cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    /// Ticks there are.
    pub length: Tick,
    pub shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    /// Equal parts on a grid of so many ticks.
    Even(Tick),
    /// The later parts last so long, the first one the rest.
    Tail(Tick),
    /// The earlier parts last so long, the last one the rest.
    Head(Tick),
}

/// Lengths of at most [`MOST`] parts.
pub(super) type Parts = [Tick; MOST];

impl Cut {
    /// The lengths of so many parts; `None` when they do not fit.
    pub(super) fn parts(self, count: usize) -> Option<Parts> {
        let n = count as Tick;
        let mut parts = [0; MOST];
        match self.shape {
            Shape::Even(grid) => {
                let mut last = 0;
                for k in 1..=n {
                    let even = f64::from(self.length * k) / f64::from(n) / f64::from(grid);
                    let edge = if k == n {
                        self.length
                    } else {
                        even.round() as Tick * grid
                    };
                    parts[k as usize - 1] = edge.checked_sub(last).filter(|p| *p > 0)?;
                    last = edge;
                }
            }
            Shape::Tail(each) | Shape::Head(each) => {
                let rest = self.length.checked_sub((n - 1) * each).filter(|r| *r >= each)?;
                parts[..count].fill(each);
                let long = if matches!(self.shape, Shape::Tail(_)) {
                    0
                } else {
                    count - 1
                };
                parts[long] = rest;
            }
        }
        Some(parts)
    }
}

/// A note for each part of one.
pub(super) fn cut_up(note: Note, parts: &[Tick]) -> Vec<Vec<Note>> {
    let mut start = note.start;
    let part = |&length: &Tick| {
        let part = Note { start, length, ..note };
        start += length;
        vec![part]
    };
    parts.iter().map(part).collect()
}
