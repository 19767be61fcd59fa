//! A section of a piece in which recordings sound: they are cut at its bar lines, and a band of ours plays
//! between them.

use catbird_score::{Brief, Dice, Labels, Score, SungLine, Tick, Vocal};

use super::{
    super::{colour::Colour, cut, origin::Origin, recorded, reels},
    Line, band, section_at, silent, sing,
};
use crate::{
    choir,
    compose::ComposeError,
    form,
    lyrics::Lyrics,
    words::{self, UnknownWords},
};

/// Less of a recording than this before the first beat is not worth hearing alone, in beats.
const COUNT_IN: f64 = 0.5;

/// Writes the bars anew; their end is the piece's where it is replaced to the end.
pub(super) fn replace(
    source: &Score,
    (start, end): (Tick, Tick),
    brief: &Brief,
    unknown: Option<&dyn UnknownWords>,
) -> Result<Score, ComposeError> {
    let text = brief.lyrics.as_deref().filter(|_| !brief.instrumental);
    let lyrics = text.map(Lyrics::parse).filter(|l| !l.is_empty());
    let prepared = lyrics.as_ref().map(|l| words::prepare(l, unknown)).transpose()?;
    let seed = Dice::new(brief.take_seed(), "replace").seed();
    let sings = prepared.is_some() || source.vocal.is_some() && !brief.instrumental;
    let ours = recorded::ours(source, brief, sings);
    let mut origin = Origin::read(&ours);
    origin.direction.bpm = recorded::pace_between(source, start, end);
    origin.direction.key = source.key_at(start);
    if ours.vocal.is_none() && prepared.is_some() {
        super::colour::voice(&mut origin.direction, &ours, brief);
    }
    let colour = Colour::of(&origin, brief);
    let mut lines = around(&origin, start, end, prepared.is_none() && !brief.instrumental);
    if let Some(prepared) = &prepared {
        let new = form::infill(&colour.direction, prepared, start, end)?;
        lines.extend(new.into_iter().map(|mut placed| {
            placed.section = section_at(&source.sections, placed.start);
            Line { placed, kept: None }
        }));
        lines.sort_by_key(|l| l.placed.start);
    }
    let is_sung = lines.iter().any(|l| l.kept.is_none());
    let sung = sing(&colour, &origin, &lines, seed);
    let mut played = band(&colour, &origin, (start, end), &sung.lines, true, seed);

    let mut parts = source.parts.clone();
    for part in &mut parts {
        let mut notes = cut::notes_between(&part.notes, 0, start);
        notes.extend(cut::notes_between(&part.notes, end, Tick::MAX));
        part.notes = notes;
    }
    for part in &mut played {
        let mut notes = cut::notes_between(&part.notes, start, end);
        // The recording sounds up to the bar line: nobody plays into it.
        for note in notes.iter_mut().filter(|n| n.start == start) {
            note.nudge = note.nudge.max(0);
        }
        if !notes.is_empty() {
            cut::admit(&mut parts, part, notes);
        }
    }
    parts.retain(|p| !p.notes.is_empty());
    for part in &mut parts {
        part.notes.sort_by_key(|n| (n.start, n.pitch));
    }
    let lines: Vec<SungLine> = sung.lines.into_iter().filter(|l| !recorded::is_hummed(l)).collect();
    let vocal = (!lines.is_empty()).then(|| Vocal {
        partner: sung.partner,
        backing: super::around(
            ours.vocal.as_ref().map_or(&[], |v| &v.backing),
            (start, end),
            sung.backing,
        ),
        singer: colour.direction.singer.clone(),
        channel: colour.direction.vocal_channel,
        lines,
    });
    let title = brief.title.as_deref().map(str::trim).filter(|t| !t.is_empty());
    let (from, to) = seconds(source, start, end);
    let mut score = Score {
        title: title.map_or_else(|| ours.title.clone(), str::to_owned),
        seed: ours.seed,
        style: ours.style.clone(),
        labels: labels(source, &ours, is_sung),
        vocal,
        parts,
        master: ours.master,
        brief: ours.brief.clone(),
        patch: None,
        reels: reels::without(&source.reels, from, to),
        heard: None,
        ..source.clone()
    };
    choir::join(&mut score, &colour.direction, Some((start, end)));
    debug_assert_eq!(score.check(), Ok(()), "a replaced section keeps the score's rules");
    Ok(score)
}

/// The span in seconds of the file: to its end where the last bar is replaced, and from its beginning
/// where the first one is, unless the recording counts in.
fn seconds(source: &Score, start: Tick, end: Tick) -> (f64, f64) {
    let beat = source.tempo.at(source.meter.beat()) - source.tempo.at(0);
    let from = match source.tempo.at(start) {
        lead if start == 0 && lead < COUNT_IN * beat => 0.0,
        from => from,
    };
    let to = if end >= source.end() {
        source.seconds
    } else {
        source.tempo.at(end)
    };
    (from, to)
}

/// The lines outside the span as they are, cut off at its edges; those inside without their notes, where
/// `again` says that their words are sung again.
fn around(origin: &Origin, start: Tick, end: Tick, again: bool) -> Vec<Line> {
    let mut out = Vec::new();
    for (placed, sung) in origin.form.lines.iter().zip(origin.lines()) {
        for (low, high) in [(0, start), (start, end), (end, Tick::MAX)] {
            let Some(line) = sung_between(sung, low, high) else {
                continue;
            };
            let Some((from, to)) = cut::extent(&line) else { continue };
            let inside = low == start && high == end;
            if inside && (!again || recorded::is_hummed(&line)) {
                continue;
            }
            let mut placed = placed.clone();
            placed.start = placed.start.max(low).min(from);
            placed.length = to.max(high.min(sung_end(origin, placed.start, to))) - placed.start;
            placed.text.clone_from(&line.text);
            placed.words = silent(&line.words);
            placed.pattern += if inside { 30_000 } else { 0 };
            out.push(Line {
                placed,
                kept: (!inside).then_some(line),
            });
        }
    }
    out.sort_by_key(|l| l.placed.start);
    for i in 1..out.len() {
        let next = out[i].placed.start;
        let line = &mut out[i - 1].placed;
        line.length = line.length.min(next.saturating_sub(line.start)).max(1);
    }
    out
}

/// Where the slot of a line that is sung from `from` to `to` ends: at the next bar line.
fn sung_end(origin: &Origin, from: Tick, to: Tick) -> Tick {
    let bar = origin.form.meter.bar();
    to.next_multiple_of(bar).max(from + 1)
}

fn sung_between(line: &SungLine, from: Tick, to: Tick) -> Option<SungLine> {
    if from >= to {
        return None;
    }
    cut::sung_between(line, from, to)
}

/// What a listener would call the piece now.
fn labels(source: &Score, ours: &Score, is_sung: bool) -> Labels {
    let or = |old: &String, new: &String| if old.is_empty() { new.clone() } else { old.clone() };
    let (old, new) = (&source.labels, &ours.labels);
    Labels {
        genre: or(&old.genre, &new.genre),
        mood: or(&old.mood, &new.mood),
        gender: if is_sung {
            or(&old.gender, &new.gender)
        } else {
            old.gender.clone()
        },
        timbre: if is_sung {
            or(&old.timbre, &new.timbre)
        } else {
            old.timbre.clone()
        },
    }
}
