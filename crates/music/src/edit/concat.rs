//! Pieces one after the other, whether they belong together or not.

use catbird_score::{ChordSpan, Role, Score, Section, TempoMark, Tick};

use super::{cut, join, moved, recorded};
use crate::compose::ComposeError;

/// Loudest and quietest a matched recording is made, dB.
const LEVEL: f32 = 12.0;

/// The pieces in order, each from its first to its last bar line; what a recording has before its first
/// beat comes along as bars of its own. With `matched` the later ones are brought to the tempo, the key
/// and the loudness of the first: recordings stretched and shifted, our own pieces played so. Title,
/// brief and master are those of the first; so is the singer, if it has one.
///
/// # Errors
/// [`ComposeError::Invalid`] for less than two pieces, and for pieces of different metre.
pub fn concat(pieces: &[Score], matched: bool) -> Result<Score, ComposeError> {
    let formed: Vec<Score> = pieces
        .iter()
        .map(|p| recorded::formed(p).unwrap_or_else(|| p.clone()))
        .collect();
    let [first, rest @ ..] = formed.as_slice() else {
        return Err(ComposeError::Invalid("There is nothing to put together.".into()));
    };
    if rest.is_empty() {
        return Err(ComposeError::Invalid("One piece alone is whole already.".into()));
    }
    if let Some(n) = rest.iter().position(|p| p.meter != first.meter) {
        return Err(ComposeError::Invalid(format!(
            "Piece {} is in another metre ({}/{}) than the first ({}/{}).",
            n + 2,
            rest[n].meter.beats,
            rest[n].meter.unit,
            first.meter.beats,
            first.meter.unit
        )));
    }
    let mut out = first.clone();
    out.joins = None;
    let bpm = recorded::pace(first, edge(first));
    for piece in rest {
        let at = edge(&out);
        let key = out.key_at(at.saturating_sub(1));
        let mut next = if matched {
            level(moved::matched(piece, bpm, key), &out)
        } else {
            piece.clone()
        };
        opened(&mut next);
        let plays = out.heard.is_some() && next.heard.is_none();
        out = cut::append(&out, at, &next);
        if plays {
            join::ours(&mut out, &next);
        }
    }
    out.patch = None;
    out.parts.retain(|p| !p.notes.is_empty());
    for part in &mut out.parts {
        part.notes.sort_by_key(|n| (n.start, n.pitch));
    }
    debug_assert_eq!(out.check(), Ok(()), "pieces in a row keep the score's rules");
    Ok(out)
}

/// The bar line at which a piece ends: of a recording the last one before most of a bar is missing.
fn edge(score: &Score) -> Tick {
    let bar = score.meter.bar();
    let end = score.end();
    if !recorded::is_recorded(score) {
        return end;
    }
    let bars = score.tempo.tick_at(score.seconds).max(0.0) / f64::from(bar);
    ((bars + 0.7).floor() as Tick * bar).clamp(bar, end.max(bar))
}

/// As loud as what it follows: its recordings by gain, what is played by the master they share.
fn level(mut next: Score, before: &Score) -> Score {
    let of = |s: &Score| s.heard.as_ref().map_or(s.master.lufs, |h| h.lufs);
    let by = (of(before) - of(&next)).clamp(-LEVEL, LEVEL);
    for reel in &mut next.reels {
        reel.gain_db += by;
    }
    next
}

/// Counts what sounds before the first beat as bars of its own, at the tempo in which they fit.
fn opened(piece: &mut Score) {
    let bar = piece.meter.bar();
    let lead = piece.tempo.lead_seconds;
    let bars = (lead / (piece.tempo.at(bar) - piece.tempo.at(0))).round() as Tick;
    let sounds = piece.reels.iter().any(|r| r.from < 0.5 * lead);
    if bars == 0 || !sounds {
        return;
    }
    let by = bars * bar;
    for section in &mut piece.sections {
        section.start += by;
    }
    piece.sections.insert(
        0,
        Section {
            name: "Intro".into(),
            role: Role::Intro,
            start: 0,
            length: by,
            energy: 0.3,
        },
    );
    for chord in &mut piece.chords {
        chord.start += by;
    }
    if let Some(first) = piece.chords.first().cloned() {
        let opening = ChordSpan {
            start: 0,
            length: by,
            ..first
        };
        piece.chords.insert(0, opening);
    }
    for (tick, _) in &mut piece.modulations {
        *tick += by;
    }
    for mark in &mut piece.tempo.marks {
        mark.tick += by;
    }
    let bpm = f64::from(by) / f64::from(catbird_score::PPQ) * 60.0 / lead;
    piece.tempo.marks.insert(0, TempoMark { tick: 0, bpm });
    piece.tempo.lead_seconds = 0.0;
    for part in &mut piece.parts {
        part.notes = cut::shifted(&part.notes, i64::from(by));
    }
    let lines = piece.vocal.iter_mut().flat_map(|v| {
        v.lines
            .iter_mut()
            .chain(v.backing.iter_mut().flat_map(|c| &mut c.lines))
    });
    for line in lines {
        line.section += 1;
        cut::shift_line(line, i64::from(by));
    }
}
