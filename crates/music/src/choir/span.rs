//! Backing on the grid: what is sung in a span, moved, and put together.

use catbird_score::{Chorister, Note, SungLine, Tick};

use crate::edit::cut;

/// When a line begins.
pub(super) fn begins(line: &SungLine) -> Option<Tick> {
    line.notes().next().map(|n| n.start)
}

/// The notes of a line, to change.
pub(super) fn notes_mut(line: &mut SungLine) -> impl Iterator<Item = &mut Note> {
    line.words
        .iter_mut()
        .flat_map(|w| &mut w.syllables)
        .flat_map(|s| &mut s.notes)
}

/// What choristers sing from tick to tick, words that begin before it left out; those who sing nothing go.
pub(crate) fn within(choir: &[Chorister], from: Tick, to: Tick) -> Vec<Chorister> {
    let lines =
        |c: &Chorister| -> Vec<SungLine> { c.lines.iter().filter_map(|l| cut::sung_between(l, from, to)).collect() };
    choir
        .iter()
        .map(|c| Chorister {
            lines: lines(c),
            ..c.clone()
        })
        .filter(|c| !c.lines.is_empty())
        .collect()
}

/// What they sing around a span.
pub(crate) fn outside(choir: &[Chorister], from: Tick, to: Tick) -> Vec<Chorister> {
    let mut out = within(choir, 0, from);
    merge(&mut out, within(choir, to, Tick::MAX));
    out
}

/// The same later or earlier, in sections counted from `sections` on.
pub(crate) fn shifted(choir: &[Chorister], by: i64, section: impl Fn(usize) -> usize) -> Vec<Chorister> {
    let mut out = choir.to_vec();
    for line in out.iter_mut().flat_map(|c| &mut c.lines) {
        line.section = section(line.section);
        cut::shift_line(line, by);
    }
    out
}

/// Puts what others sing behind what is sung: those of the same name are one person, as the lead is.
pub(crate) fn merge(choir: &mut Vec<Chorister>, others: Vec<Chorister>) {
    for other in others {
        match choir.iter_mut().find(|c| c.name == other.name) {
            Some(same) => same.lines.extend(other.lines),
            None => choir.push(other),
        }
    }
}
