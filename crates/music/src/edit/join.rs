//! Joining: a chain of parts as one piece, and a section cut out of its piece.

use catbird_score::{Joins, Patch, Score};

use super::cut;
use crate::compose::ComposeError;

/// How far a part's idea of where it begins may be from the piece's own clock, seconds.
const SLACK: f64 = 1e-3;

/// The pieces as one: each is cut at the bar line where the next one begins, without ring-out, and the
/// next follows on the beat. Title, labels, brief, singer and master are those of the first. A single
/// section cut out of a piece ([`fragment`]) gives that piece.
///
/// # Errors
/// [`ComposeError::Invalid`] when a piece does not continue the one before it.
pub fn join(pieces: &[Score]) -> Result<Score, ComposeError> {
    let invalid = |text: String| Err(ComposeError::Invalid(text));
    let Some((first, rest)) = pieces.split_first() else {
        return invalid("There is nothing to join.".into());
    };
    if rest.is_empty() {
        return match &first.joins {
            Some(Joins::Inside { whole }) => Ok((**whole).clone()),
            Some(Joins::After { .. }) => {
                invalid("This piece continues another one; give the piece it continues as well.".into())
            }
            None => invalid("This piece is whole already; there is nothing to join it to.".into()),
        };
    }
    let mut joined = match &first.joins {
        Some(Joins::Inside { .. }) => {
            return invalid("Piece 1 is a section cut out of a piece; nothing continues it.".into());
        }
        _ => first.clone(),
    };
    // Where the piece before stands in the joined one.
    let mut origin = 0;
    for (n, (before, piece)) in pieces.iter().zip(rest).enumerate() {
        let Some(Joins::After { tick, seconds }) = piece.joins else {
            return invalid(format!("Piece {} does not continue piece {}.", n + 2, n + 1));
        };
        let on_bar = tick > 0 && tick.is_multiple_of(before.meter.bar());
        let here = tick <= before.end() && (before.tempo.at(tick) - seconds).abs() <= SLACK;
        if piece.meter != before.meter || !on_bar || !here {
            return invalid(format!("Piece {} does not continue piece {}.", n + 2, n + 1));
        }
        origin += tick;
        joined = cut::append(&joined, origin, piece);
    }
    joined.parts.retain(|p| !p.notes.is_empty());
    joined.patch = None;
    joined.joins.clone_from(&first.joins);
    Ok(joined)
}

/// The replaced section of an edited piece as a piece of its own, from bar line to bar line; it knows
/// its whole.
///
/// # Errors
/// [`ComposeError::Invalid`] when nothing of the piece was replaced.
pub fn fragment(edited: &Score) -> Result<Score, ComposeError> {
    let Some(Patch { from, to, .. }) = edited.patch.as_deref() else {
        return Err(ComposeError::Invalid("No section of this piece was replaced.".into()));
    };
    let tick = |seconds: f64| edited.tempo.tick_at(seconds).round().max(0.0) as u32;
    let mut out = cut::window(edited, tick(*from), tick(*to));
    out.parts.retain(|p| !p.notes.is_empty());
    out.joins = Some(Joins::Inside {
        whole: Box::new(edited.clone()),
    });
    Ok(out)
}
