//! Joining: a chain of parts as one piece, and a section cut out of its piece.

use catbird_score::{Joins, Patch, Score};

use super::{cut, recorded};
use crate::compose::ComposeError;

/// How far a part's idea of where it begins may be from the piece's own clock, seconds.
const SLACK: f64 = 1e-3;

/// The pieces as one: each is cut at the bar line where the next one begins, without ring-out, and the
/// next follows on the beat. Title, labels, brief, singer and master are those of the first. A single
/// section cut out of a piece ([`fragment`]) gives that piece.
///
/// A recording sounds up to its cut as it is, reel for reel; brief, style, singer and master are then those
/// of the piece that continues it, since nothing of ours plays before.
///
/// # Errors
/// [`ComposeError::Invalid`] when a piece does not continue the one before it.
pub fn join(pieces: &[Score]) -> Result<Score, ComposeError> {
    let invalid = |text: String| Err(ComposeError::Invalid(text));
    let formed: Vec<Score> = pieces
        .iter()
        .map(|p| recorded::formed(p).unwrap_or_else(|| p.clone()))
        .collect();
    let pieces = formed.as_slice();
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
    if first.heard.is_some() {
        ours(&mut joined, &rest[0]);
    }
    joined.patch = None;
    joined.joins.clone_from(&first.joins);
    Ok(joined)
}

/// What belongs to the band that plays after a recording.
pub(super) fn ours(joined: &mut Score, next: &Score) {
    joined.seed = next.seed;
    joined.style.clone_from(&next.style);
    joined.brief.clone_from(&next.brief);
    joined.master = next.master;
    let (labels, new) = (&mut joined.labels, &next.labels);
    for (label, new) in [
        (&mut labels.genre, &new.genre),
        (&mut labels.mood, &new.mood),
        (&mut labels.gender, &new.gender),
        (&mut labels.timbre, &new.timbre),
    ] {
        if label.is_empty() {
            label.clone_from(new);
        }
    }
    if let (Some(vocal), Some(new)) = (&mut joined.vocal, &next.vocal) {
        vocal.singer = new.singer.clone();
        vocal.channel = new.channel;
        vocal.partner = vocal.partner.take().or_else(|| new.partner.clone());
    }
}

/// The replaced section of an edited piece as a piece of its own, from bar line to bar line; it knows
/// its whole. In pieces with recordings nothing is patched: give the span to [`section`] there.
///
/// # Errors
/// [`ComposeError::Invalid`] when nothing of the piece was replaced.
pub fn fragment(edited: &Score) -> Result<Score, ComposeError> {
    let Some(Patch { from, to, .. }) = edited.patch.as_deref() else {
        return Err(ComposeError::Invalid("No section of this piece was replaced.".into()));
    };
    Ok(out_of(edited, *from, *to))
}

/// The section that [`replace`](super::replace()) wrote into `source` for a span (seconds, as they were
/// given to it): [`fragment`], for pieces with recordings too. Nothing of the recording is in it.
///
/// # Errors
/// [`ComposeError::Invalid`] for a span that is empty or outside the piece.
pub fn section(source: &Score, edited: &Score, from: f64, to: f64) -> Result<Score, ComposeError> {
    if !recorded::is_recorded(source) {
        return fragment(edited);
    }
    let formed = recorded::formed(source);
    let (from, to) = super::replace::snap(formed.as_ref().unwrap_or(source), from, to)?;
    let mut out = out_of(edited, edited.tempo.at(from), edited.tempo.at(to));
    // Silence where the recording had an upbeat or an introduction before its first beat.
    let silence = (out.tempo.lead_seconds - recorded::LEAD).max(0.0);
    out.tempo.lead_seconds -= silence;
    out.seconds -= silence;
    out.reels.clear();
    Ok(out)
}

fn out_of(edited: &Score, from: f64, to: f64) -> Score {
    let tick = |seconds: f64| edited.tempo.tick_at(seconds).round().max(0.0) as u32;
    let mut out = cut::window(edited, tick(from), tick(to));
    out.parts.retain(|p| !p.notes.is_empty());
    out.joins = Some(Joins::Inside {
        whole: Box::new(edited.clone()),
    });
    out
}
