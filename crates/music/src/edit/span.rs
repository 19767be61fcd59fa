//! A span of a file as bars of its score.

use catbird_score::{Joins, Patch, Score, Span, Tick};

use super::cut;
use crate::compose::ComposeError;

/// Whole bars of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bars {
    pub from: Tick,
    pub to: Tick,
    /// All of the piece.
    pub whole: bool,
}

impl Bars {
    /// The bars nearest to a span; open ends are those of the piece.
    pub(super) fn of(source: &Score, span: Span) -> Result<Self, ComposeError> {
        let invalid = |text: String| Err(ComposeError::Invalid(text));
        let (from, to) = (span.from.unwrap_or(0.0), span.to.unwrap_or(source.seconds));
        if !(from.is_finite() && to.is_finite() && from >= 0.0) {
            return invalid("A span begins and ends at a number of seconds.".into());
        }
        if from >= source.seconds {
            return invalid(format!(
                "The span begins at {from:.1} s, but the piece is only {:.1} s long.",
                source.seconds
            ));
        }
        if to > source.seconds + 0.5 {
            return invalid(format!(
                "The span ends at {to:.1} s, but the piece is only {:.1} s long.",
                source.seconds
            ));
        }
        if from >= to {
            return invalid(format!("The span from {from:.1} s to {to:.1} s has no length."));
        }
        let bar = source.meter.bar();
        let end = source.end();
        let least = source.tempo.at(bar) - source.tempo.at(0);
        let first = cut::nearest_bar(source, source.tempo.tick_at(from)).min(end.saturating_sub(bar));
        let last = if span.to.is_none() || to >= source.seconds - 0.5 {
            end
        } else {
            cut::nearest_bar(source, source.tempo.tick_at(to)).min(end)
        };
        if last <= first {
            return invalid(format!(
                "The span from {from:.1} s to {to:.1} s is shorter than a bar of the piece ({least:.1} s)."
            ));
        }
        Ok(Self {
            from: first,
            to: last,
            whole: first == 0 && last == end,
        })
    }

    /// Whether a tick lies in it.
    pub(super) fn contains(self, tick: Tick) -> bool {
        self.from <= tick && tick < self.to
    }

    /// Marks `edited` as changed in these bars only, if they are not all of it.
    pub(super) fn patch(self, edited: &mut Score, source: &Score) {
        // Form and tempo are as they were: what continued another piece still does.
        edited.joins = edited.joins.take().filter(|j| matches!(j, Joins::After { .. }));
        edited.patch = (!self.whole).then(|| {
            let to = if self.to >= source.end() {
                source.seconds
            } else {
                source.tempo.at(self.to)
            };
            let from = if self.from == 0 {
                0.0
            } else {
                source.tempo.at(self.from)
            };
            Box::new(Patch {
                base: Score {
                    joins: None,
                    reels: Vec::new(),
                    heard: None,
                    ..source.clone()
                },
                from,
                to,
            })
        });
    }
}
