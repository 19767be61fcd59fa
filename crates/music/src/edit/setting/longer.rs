//! A piece with its last verse and chorus once more.

use catbird_score::{Role, Score, Tick};

use crate::edit::cut;

/// The piece made longer before its outro; `None` where it has nothing to repeat.
pub(super) fn longer(piece: &Score) -> Option<Score> {
    let (from, to) = again(piece)?;
    let end = piece.end();
    let block = cut::window(piece, from, to);
    let mut out = cut::append(piece, to, &block);
    if to < end {
        out = cut::append(&out, to + (to - from), &cut::window(piece, to, end));
    }
    // Windows end at a bar line; the ring after the last one is the piece's own.
    out.seconds += (piece.seconds - piece.tempo.at(end)).max(0.0);
    out.heard.clone_from(&piece.heard);
    Some(out)
}

/// From where to where it is repeated: the last chorus and the verse before it, else everything between intro
/// and outro.
fn again(piece: &Score) -> Option<(Tick, Tick)> {
    let sections = &piece.sections;
    let chorus = sections.iter().rposition(|s| s.role == Role::Chorus);
    let verse = chorus.and_then(|c| sections[..c].iter().rposition(|s| s.role == Role::Verse));
    let frame = |r: Role| matches!(r, Role::Intro | Role::Outro);
    let (first, last) = match (verse, chorus) {
        (Some(verse), Some(chorus)) => (verse, chorus),
        _ => (
            sections.iter().position(|s| !frame(s.role))?,
            sections.iter().rposition(|s| !frame(s.role))?,
        ),
    };
    let (from, to) = (sections[first].start, sections[last].end());
    (to > from).then_some((from, to))
}
