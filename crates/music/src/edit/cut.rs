//! Cutting and joining scores on the grid: windows that begin at tick 0, pieces set one after the
//! other, words and notes of a span.

use catbird_score::{
    Note, Part, PartRole, Reel, Score, Section, SungLine, SungWord, TempoMap, TempoMark, Tick, Touch, Vocal,
};

use super::{recorded, reels};
use crate::{
    choir,
    form::Form,
    harmony::{Harmony, voicing},
};

/// The bar line nearest to `tick` (never before tick 0).
pub fn nearest_bar(score: &Score, tick: f64) -> Tick {
    let bar = f64::from(score.meter.bar());
    ((tick.max(0.0) / bar).round() * bar) as Tick
}

/// Where the last chord is struck; it rings to the end of the file and nothing starts after it.
pub fn last_chord(score: &Score) -> Tick {
    score.chords.last().map_or(score.end(), |c| c.start)
}

/// The part of a score between two ticks as a piece of its own that begins at tick 0: tempi, keys,
/// form, chords, words and notes. What sounds over an edge is cut off there; a note belongs to the
/// window in which it starts. The file ends at `to` (no ring-out). Brief, band order and singer stay; what
/// sounds from recordings is cut along, with what is before the first beat if the window begins there.
pub fn window(score: &Score, from: Tick, to: Tick) -> Score {
    let seconds = score.tempo.at(to) - score.tempo.at(from) + score.tempo.lead_seconds;
    let mut sections = Vec::new();
    let mut renumbered = vec![0; score.sections.len()];
    for (i, section) in score.sections.iter().enumerate() {
        let (start, end) = (section.start.max(from), section.end().min(to));
        if start < end {
            renumbered[i] = sections.len();
            sections.push(Section {
                start: start - from,
                length: end - start,
                ..section.clone()
            });
        }
    }
    let chords = score
        .chords
        .iter()
        .filter(|c| c.start < to && c.start + c.length > from)
        .map(|c| {
            let (start, end) = (c.start.max(from), (c.start + c.length).min(to));
            let mut c = c.clone();
            (c.start, c.length) = (start - from, end - start);
            c
        })
        .collect();
    let vocal = score.vocal.as_ref().map(|v| Vocal {
        lines: v
            .lines
            .iter()
            .filter_map(|l| sung_between(l, from, to))
            .map(|mut l| {
                l.section = renumbered[l.section];
                shift_line(&mut l, -i64::from(from));
                l
            })
            .collect(),
        backing: choir::shifted(&choir::within(&v.backing, from, to), -i64::from(from), |s| {
            renumbered[s]
        }),
        ..v.clone()
    });
    let parts = score
        .parts
        .iter()
        .map(|p| Part {
            notes: shifted(&notes_between(&p.notes, from, to), -i64::from(from)),
            ..p.clone()
        })
        .collect();
    Score {
        tempo: tempo_between(&score.tempo, from, to),
        key: score.key_at(from),
        modulations: score
            .modulations
            .iter()
            .filter(|(t, _)| *t > from && *t < to)
            .map(|(t, k)| (t - from, *k))
            .collect(),
        seconds,
        sections,
        chords,
        vocal,
        parts,
        patch: None,
        joins: None,
        reels: sounding(score, from, to),
        heard: None,
        ..score.clone()
    }
}

/// The reels of a window, as it tells the time.
fn sounding(score: &Score, from: Tick, to: Tick) -> Vec<Reel> {
    let start = if from == 0 { 0.0 } else { score.tempo.at(from) };
    let by = score.tempo.lead_seconds - score.tempo.at(from);
    reels::shifted(&reels::cut(&score.reels, start, score.tempo.at(to)), by)
}

/// `head` up to the bar line `at`, then all of `tail`. Title, brief, singer, master and the silence at
/// the beginning are those of `head`; parts with the same id and sound are one part. `head` may be
/// longer than `at`; what it plays from there on is dropped.
pub fn append(head: &Score, at: Tick, tail: &Score) -> Score {
    let mut out = window(head, 0, at);
    let by = i64::from(at);
    let seconds = head.tempo.at(at) + tail.seconds - tail.tempo.lead_seconds;
    let before = out.sections.len();
    out.sections.extend(tail.sections.iter().map(|s| Section {
        start: s.start + at,
        ..s.clone()
    }));
    out.chords.extend(tail.chords.iter().cloned().map(|mut c| {
        c.start += at;
        c
    }));
    if out.key_at(at) != tail.key {
        out.modulations.push((at, tail.key));
    }
    out.modulations
        .extend(tail.modulations.iter().map(|(t, k)| (t + at, *k)));
    for mark in &tail.tempo.marks {
        if out.tempo.marks.last().is_none_or(|m| m.bpm != mark.bpm) {
            out.tempo.marks.push(TempoMark {
                tick: mark.tick + at,
                ..*mark
            });
        }
    }
    if let Some(vocal) = &tail.vocal {
        let lines = vocal.lines.iter().cloned().map(|mut l| {
            l.section += before;
            shift_line(&mut l, by);
            l
        });
        let backing = choir::shifted(&vocal.backing, by, |s| s + before);
        match &mut out.vocal {
            Some(first) => {
                first.lines.extend(lines);
                first.partner = first.partner.take().or_else(|| vocal.partner.clone());
                choir::merge(&mut first.backing, backing);
            }
            none => {
                *none = Some(Vocal {
                    lines: lines.collect(),
                    backing,
                    ..vocal.clone()
                });
            }
        }
    }
    for part in &tail.parts {
        admit(&mut out.parts, part, shifted(&part.notes, by));
    }
    let lead = tail.tempo.lead_seconds;
    let after = reels::cut(&tail.reels, lead, tail.seconds);
    out.reels.extend(reels::shifted(&after, head.tempo.at(at) - lead));
    out.seconds = seconds;
    out
}

/// `notes` for the part that is `part` (same id and sound), or for a new one like it. What was heard in a
/// recording and what is played are never one part.
pub fn admit(parts: &mut Vec<Part>, part: &Part, notes: Vec<Note>) {
    let heard = recorded::is_heard(part);
    let one = |p: &Part| p.sound == part.sound && recorded::is_heard(p) == heard;
    // Next to a heard bass ours is `bass_2`.
    let aside = |p: &Part| p.name == part.name && p.role == part.role && p.id.starts_with(&format!("{}_", part.id));
    let beside = parts.iter().any(recorded::is_heard) && !heard;
    let same = parts
        .iter()
        .position(|p| p.id == part.id && one(p))
        .or_else(|| parts.iter().position(|p| beside && one(p) && aside(p)));
    match same {
        Some(same) => parts[same].notes.extend(notes),
        None => parts.push(Part {
            id: free_id(parts, &part.id),
            notes,
            ..part.clone()
        }),
    }
}

/// `id`, or `id_2`, `id_3` … when a part has it already.
pub fn free_id(parts: &[Part], id: &str) -> String {
    let taken = |id: &str| parts.iter().any(|p| p.id == id);
    if !taken(id) {
        return id.to_owned();
    }
    let mut n = 2;
    while taken(&format!("{id}_{n}")) {
        n += 1;
    }
    format!("{id}_{n}")
}

/// The notes that start in the span, cut off at its end.
pub fn notes_between(notes: &[Note], from: Tick, to: Tick) -> Vec<Note> {
    notes
        .iter()
        .filter(|n| from <= n.start && n.start < to)
        .map(|n| Note {
            length: n.length.min(to - n.start),
            ..*n
        })
        .collect()
}

/// The same notes `by` ticks later (never before tick 0).
pub fn shifted(notes: &[Note], by: i64) -> Vec<Note> {
    notes
        .iter()
        .map(|n| Note {
            start: moved(n.start, by),
            ..*n
        })
        .collect()
}

/// The words of a line that begin in the span, with the syllables that start in it; `None` when there
/// are none. The text is the line's own when all of it remains.
pub fn sung_between(line: &SungLine, from: Tick, to: Tick) -> Option<SungLine> {
    let begins = |w: &SungWord| w.syllables.first().and_then(|s| s.notes.first()).map(|n| n.start);
    let mut words = Vec::new();
    for word in &line.words {
        let Some(start) = begins(word) else { continue };
        if !(from..to).contains(&start) {
            continue;
        }
        let mut word = word.clone();
        for syllable in &mut word.syllables {
            syllable.notes = notes_between(&syllable.notes, from, to);
        }
        word.syllables.retain(|s| !s.notes.is_empty());
        words.push(word);
    }
    if words.is_empty() {
        return None;
    }
    let text = if words.len() == line.words.len() {
        line.text.clone()
    } else {
        spoken(&words)
    };
    Some(SungLine {
        section: line.section,
        text,
        words,
        language: line.language,
        by: line.by,
        delivery: line.delivery,
    })
}

/// Words as a line of text.
pub fn spoken(words: &[SungWord]) -> String {
    let words: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
    words.join(" ")
}

/// Moves every note of a line.
pub fn shift_line(line: &mut SungLine, by: i64) {
    for note in line
        .words
        .iter_mut()
        .flat_map(|w| &mut w.syllables)
        .flat_map(|s| &mut s.notes)
    {
        note.start = moved(note.start, by);
    }
}

/// Where a line begins and ends.
pub fn extent(line: &SungLine) -> Option<(Tick, Tick)> {
    let first = line.notes().next()?;
    let last = line.notes().last()?;
    Some((first.start, last.start + last.length))
}

/// The first part that plays chords rings out on the last one.
pub(crate) fn ring(parts: &mut [Part], form: &Form, harmony: &Harmony) {
    let chordal = |p: &&mut Part| matches!(p.role, PartRole::Comp | PartRole::Pad) && !p.notes.is_empty();
    let Some(part) = parts.iter_mut().find(chordal) else {
        return;
    };
    let span = harmony.chord_at(form.last_chord).clone();
    let ring = (form.tempo.tick_at(form.seconds) - f64::from(form.last_chord)).max(120.0) * 0.85;
    let velocity = part.notes.iter().map(|n| u32::from(n.velocity)).sum::<u32>() / part.notes.len() as u32;
    let (low, high) = part
        .notes
        .iter()
        .fold((127, 0), |(low, high), n| (n.pitch.min(low), n.pitch.max(high)));
    let shape = voicing::lead(&[span], low.max(40), high.max(low + 14).min(100), 3).remove(0);
    part.notes.extend(shape.into_iter().map(|pitch| Note {
        start: form.last_chord,
        length: ring as Tick,
        pitch,
        velocity: velocity.clamp(1, 127) as u8,
        nudge: 0,
        touch: Touch::Plain,
    }));
}

/// The tempi in force between two ticks, counted from the first of them; the silence before tick 0 is
/// kept.
pub fn tempo_between(tempo: &TempoMap, from: Tick, to: Tick) -> TempoMap {
    let mut marks = vec![TempoMark {
        tick: 0,
        bpm: tempo.bpm_at(from),
    }];
    marks.extend(
        tempo
            .marks
            .iter()
            .filter(|m| m.tick > from && m.tick < to)
            .map(|m| TempoMark {
                tick: m.tick - from,
                bpm: m.bpm,
            }),
    );
    TempoMap {
        lead_seconds: tempo.lead_seconds,
        marks,
    }
}

fn moved(tick: Tick, by: i64) -> Tick {
    (i64::from(tick) + by).max(0) as Tick
}

#[cfg(test)]
mod tests {
    use catbird_score::Brief;

    use super::*;
    use crate::compose;

    fn song() -> Score {
        let brief = Brief {
            lyrics: Some("[verse]\nThe kettle hums at half past five\nA coin of light is on the floor\n[chorus]\nCarry the morning over the hill".into()),
            seconds: Some(50.0),
            seed: 5,
            ..Brief::default()
        };
        compose(&brief, None).unwrap()
    }

    #[test]
    fn cutting_and_joining_at_the_same_bar_gives_the_piece_back() {
        let song = song();
        for bar in [1, 5, 9, 14] {
            let at = bar * song.meter.bar();
            let (head, tail) = (window(&song, 0, at), window(&song, at, song.end()));
            let back = append(&song, at, &tail);
            assert_eq!(back.check(), Ok(()));
            assert_eq!(head.seconds, song.tempo.at(at));
            assert_eq!(back.tempo, song.tempo);
            for (part, was) in back.parts.iter().zip(&song.parts) {
                let starts = |p: &Part| p.notes.iter().map(|n| (n.start, n.pitch, n.nudge)).collect::<Vec<_>>();
                assert_eq!((&part.id, starts(part)), (&was.id, starts(was)));
            }
            assert_eq!(back.chords.iter().map(|c| c.length).sum::<Tick>(), song.end());
            let notes = |s: &Score| {
                let vocal = s.vocal.as_ref().unwrap();
                vocal
                    .lines
                    .iter()
                    .flat_map(SungLine::notes)
                    .map(|n| (n.start, n.pitch))
                    .collect::<Vec<_>>()
            };
            assert_eq!(notes(&back), notes(&song));
        }
    }

    #[test]
    fn ids_stay_unique() {
        let song = song();
        let id = song.parts[0].id.clone();
        assert_eq!(free_id(&song.parts, &id), format!("{id}_2"));
        assert_eq!(free_id(&song.parts, "kazoo"), "kazoo");
    }
}
