//! Replacing a section: another melody and other figures in a span, every note around it untouched.

mod fresh;
mod recording;

use catbird_score::{
    Brief, Chorister, Dice, Note, Part, PartRole, Patch, Score, Section, SungLine, SungWord, Tick, Vocal,
};

use super::{
    colour::{self, Colour},
    cut,
    origin::Origin,
    recorded,
};
use crate::{
    arrange::stage::Stage,
    choir,
    compose::{self, ComposeError},
    form::{self, PlacedLine},
    lyrics::Lyrics,
    melody::{self, Given},
    words::{self, UnknownWords},
};

/// A bar line this near to a given second is meant by it.
const SLACK: f64 = 0.03;

/// Writes a span of `source` (seconds of its file, snapped inward to bars, or to beats where no bar
/// fits) anew: the brief's lyrics, or else the same words, on a new melody (no words where it asks for none); the band's figures by the
/// brief's style words. The whole edited piece, as long as before, with its [`Patch`].
///
/// Where recordings sound in the piece, its reels end at the span and go on after it, and nothing is
/// patched: inside the span a band of ours plays, on the chords that were there.
///
/// # Errors
/// [`ComposeError::Invalid`] for a span that is empty or outside the piece, [`ComposeError::TooLong`] for
/// more words than fit into it, [`ComposeError::Language`].
pub fn replace(
    source: &Score,
    from: f64,
    to: f64,
    brief: &Brief,
    unknown: Option<&dyn UnknownWords>,
) -> Result<Score, ComposeError> {
    compose::validate(brief)?;
    let formed = recorded::formed(source);
    let source = formed.as_ref().unwrap_or(source);
    let (start, end) = snap(source, from, to)?;
    if recorded::is_recorded(source) {
        return recording::replace(source, (start, end), brief, unknown);
    }
    let words = brief.lyrics.as_deref().filter(|_| !brief.instrumental);
    let lyrics = words.map(Lyrics::parse).filter(|l| !l.is_empty());
    let prepared = lyrics.as_ref().map(|l| words::prepare(l, unknown)).transpose()?;
    let seed = Dice::new(brief.take_seed(), "replace").seed();
    let mut origin = Origin::read(source);
    origin.direction.bpm = source.tempo.bpm_at(start);
    origin.direction.key = source.key_at(start);
    if source.vocal.is_none() && prepared.is_some() {
        colour::voice(&mut origin.direction, source, brief);
    }
    let colour = Colour::of(&origin, brief);

    let mut lines = Lines::split(&origin, start, end);
    let was_sung = lines.list.iter().any(|l| l.kept.is_none());
    if let Some(prepared) = &prepared {
        let (start, end) = lines.free;
        let new = form::infill(&colour.direction, prepared, start, end)?;
        lines.list.retain(|l| l.kept.is_some());
        lines.list.extend(new.into_iter().map(|mut placed| {
            placed.section = section_at(&source.sections, placed.start);
            Line { placed, kept: None }
        }));
        lines.list.sort_by_key(|l| l.placed.start);
    }
    if brief.instrumental {
        lines.list.retain(|l| l.kept.is_some());
    }
    let is_sung = lines.list.iter().any(|l| l.kept.is_none());
    let old = source.vocal.as_ref().map_or(&[][..], |v| &v.lines);
    let sung = fresh::voice(brief, old, (start, end), |seed| {
        sing(&colour, &origin, &lines.list, seed)
    });
    // Who wants other words only keeps the band, apart from those who answer the voice.
    let all = colour.spoken || !was_sung || !is_sung;
    let parts = band(&colour, &origin, (start, end), &sung.lines, all, seed);
    let mut labels = source.labels.clone();
    let vocal = match &source.vocal {
        Some(vocal) => Some(Vocal {
            backing: around(&vocal.backing, (start, end), sung.backing),
            partner: sung.partner,
            lines: sung.lines,
            ..vocal.clone()
        }),
        None if is_sung => {
            labels.clone_from(&colour.direction.labels);
            Some(sung)
        }
        None => None,
    };
    let title = brief.title.as_deref().map(str::trim).filter(|t| !t.is_empty());
    let mut score = Score {
        title: title.map_or_else(|| source.title.clone(), str::to_owned),
        labels,
        vocal,
        parts,
        patch: Some(Box::new(Patch {
            base: source.clone(),
            from: if start == 0 { 0.0 } else { source.tempo.at(start) },
            to: if end == source.end() {
                source.seconds
            } else {
                source.tempo.at(end)
            },
        })),
        ..source.clone()
    };
    choir::join(&mut score, &colour.direction, Some((start, end)));
    debug_assert_eq!(score.check(), Ok(()), "a replaced section keeps the score's rules");
    Ok(score)
}

/// The span on the grid.
pub(super) fn snap(source: &Score, from: f64, to: f64) -> Result<(Tick, Tick), ComposeError> {
    let invalid = |text: String| Err(ComposeError::Invalid(text));
    if !(from.is_finite() && to.is_finite()) || from < 0.0 || from >= to {
        return invalid(format!("A section from {from} to {to} seconds has no length."));
    }
    if to > source.seconds + SLACK {
        return invalid(format!(
            "The section ends at {to} seconds, after the end of the piece, which lasts {:.2} seconds.",
            source.seconds
        ));
    }
    let first = source
        .tempo
        .tick_at(from + if from > 0.0 { -SLACK } else { 0.0 })
        .max(0.0);
    let last = source.tempo.tick_at((to + SLACK).min(source.seconds)).max(0.0);
    let stop = if recorded::is_recorded(source) {
        recorded::stop(source)
    } else {
        cut::last_chord(source)
    };
    for grid in [source.meter.bar(), source.meter.beat()] {
        let start = (first / f64::from(grid)).ceil() as Tick * grid;
        let mut end = (last / f64::from(grid)).floor() as Tick * grid;
        // The last chord rings to the end: it is replaced as a whole or not at all.
        if end > stop || to >= source.seconds - SLACK {
            end = source.end();
        }
        if start < end && start <= stop {
            return Ok((start, end));
        }
    }
    invalid(format!(
        "There is no whole beat from {from} to {to} seconds; a beat lasts {:.2} seconds here.",
        source.tempo.at(source.meter.beat()) - source.tempo.at(0)
    ))
}

/// A line on its way into the new vocal.
struct Line {
    placed: PlacedLine,
    /// As it is sung already.
    kept: Option<SungLine>,
}

struct Lines {
    /// In order; without notes where the melody is to be new.
    list: Vec<Line>,
    /// Where no kept word sounds.
    free: (Tick, Tick),
}

impl Lines {
    /// Words that begin and end inside the span lose their notes; all others stay, the rest of their
    /// line with them.
    fn split(origin: &Origin, start: Tick, end: Tick) -> Self {
        let mut list = Vec::new();
        let mut free = (start, end);
        for (placed, sung) in origin.form.lines.iter().zip(origin.lines()) {
            let extent = |w: &SungWord| {
                let mut notes = w.syllables.iter().flat_map(|s| &s.notes);
                let first = notes.next().copied();
                let last = notes.last().copied().or(first);
                first.zip(last).map_or((0, 0), |(a, b)| (a.start, b.start + b.length))
            };
            let side = |w: &SungWord| match extent(w) {
                (from, _) if from < start => 0,
                (_, to) if to > end => 2,
                _ => 1,
            };
            for words in sung.words.chunk_by(|a, b| side(a) == side(b)) {
                let side = side(&words[0]);
                let whole = words.len() == sung.words.len();
                let text = if whole { sung.text.clone() } else { cut::spoken(words) };
                let edges = (extent(&words[0]).0, extent(&words[words.len() - 1]).1);
                match side {
                    0 => free.0 = free.0.max(edges.1),
                    2 => free.1 = free.1.min(edges.0.max(start)),
                    _ => {}
                }
                let (low, high) = match side {
                    1 => (start, end),
                    _ => (0, Tick::MAX),
                };
                let from = if whole { placed.start } else { edges.0 }.max(low).min(edges.0);
                let to = (placed.start + placed.length).min(high).max(edges.1);
                list.push(Line {
                    placed: PlacedLine {
                        section: placed.section,
                        text: text.clone(),
                        words: silent(words),
                        start: from,
                        length: to - from,
                        // New lines at the same place of same-named sections share their new melody.
                        pattern: if side == 1 && whole {
                            30_000
                        } else {
                            40_000 + list.len() as u32 * 1_000
                        } + placed.pattern,
                        language: placed.language,
                        sings: placed.sings,
                    },
                    kept: (side != 1).then(|| SungLine {
                        section: sung.section,
                        text,
                        words: words.to_vec(),
                        ..sung.clone()
                    }),
                });
            }
        }
        // No slot reaches into the next line or into a kept word.
        for i in 1..list.len() {
            let next = list[i].placed.start;
            let line = &mut list[i - 1].placed;
            line.length = line.length.min(next.saturating_sub(line.start)).max(1);
        }
        Self { list, free }
    }
}

fn silent(words: &[SungWord]) -> Vec<SungWord> {
    let mut words = words.to_vec();
    for syllable in words.iter_mut().flat_map(|w| &mut w.syllables) {
        syllable.notes.clear();
    }
    words
}

fn section_at(sections: &[Section], tick: Tick) -> usize {
    sections
        .partition_point(|s| s.end() <= tick)
        .min(sections.len().saturating_sub(1))
}

/// Who sings along: as before outside the span, inside it those who are new.
fn around(kept: &[Chorister], (start, end): (Tick, Tick), new: Vec<Chorister>) -> Vec<Chorister> {
    let mut out = choir::outside(kept, start, end);
    choir::merge(&mut out, new);
    out
}

/// All lines, the new ones set to notes.
fn sing(colour: &Colour, origin: &Origin, lines: &[Line], seed: u64) -> Vocal {
    let mut form = origin.form.clone();
    form.lines = lines.iter().map(|l| l.placed.clone()).collect();
    let given: Vec<Given> = lines
        .iter()
        .map(|l| l.kept.as_ref().map_or(Given::Open, Given::Sung))
        .collect();
    let mut dice = Dice::new(seed, "melody");
    melody::sing_among(&colour.direction, &form, &origin.harmony.chords, &given, &mut dice)
}

/// The band with new notes in the span: of everybody, or of those only who answer the voice.
fn band(
    colour: &Colour,
    origin: &Origin,
    (start, end): (Tick, Tick),
    sung: &[SungLine],
    all: bool,
    seed: u64,
) -> Vec<Part> {
    let source = origin.score;
    let mut dice = Dice::new(seed, "intensity");
    // Without a word about it the new figures are a little busier or a little calmer.
    let lift = match colour.lift {
        0.0 if all => [-0.14, 0.12][dice.below(2)],
        lift => lift,
    };
    let mut form = origin.form.clone();
    form.sections.clear();
    for section in &source.sections {
        let edges = [
            section.start,
            start.clamp(section.start, section.end()),
            end.clamp(section.start, section.end()),
            section.end(),
        ];
        for (i, edge) in edges.windows(2).enumerate().filter(|(_, e)| e[0] < e[1]) {
            form.sections.push(Section {
                start: edge[0],
                length: edge[1] - edge[0],
                energy: (section.energy + if i == 1 { lift } else { 0.0 }).clamp(0.08, 1.0),
                ..section.clone()
            });
        }
    }
    let stage = Stage::new(&form, &colour.direction, &origin.harmony, sung, seed);
    let mut parts = colour.play(&stage);
    for (i, part) in parts.iter_mut().enumerate() {
        let Some(old) = source.parts.get(i) else {
            part.notes = cut::notes_between(&part.notes, start, end);
            continue;
        };
        let answers = matches!(part.role, PartRole::Lead | PartRole::Counter);
        let swap = colour.has_player(i) && part.role != PartRole::Effect && (all || answers);
        part.notes = if swap {
            spliced(old, &part.notes, start, end)
        } else {
            old.notes.clone()
        };
    }
    parts.retain(|p| !p.notes.is_empty());
    parts
}

/// `old` with the notes of `new` that start in the span instead of its own. A note that rings out of
/// the span sounds outside of it, so it stays, and what would collide with it does not come in.
fn spliced(old: &Part, new: &[Note], start: Tick, end: Tick) -> Vec<Note> {
    let drums = old.sound.is_drums();
    let crosses = |n: &Note| !drums && n.start >= start && n.start < end && n.start + n.length > end + 30;
    let one_voice = matches!(old.role, PartRole::Bass | PartRole::Lead | PartRole::Counter);
    let mut notes: Vec<Note> = old
        .notes
        .iter()
        .filter(|n| n.start < start || n.start >= end || crosses(n))
        .copied()
        .collect();
    let kept: Vec<Note> = old.notes.iter().filter(|n| crosses(n)).copied().collect();
    for mut note in cut::notes_between(new, start, end) {
        for k in kept.iter().filter(|k| one_voice || k.pitch == note.pitch) {
            note.length = note.length.min(k.start.saturating_sub(note.start));
        }
        if note.length > 0 {
            notes.push(note);
        }
    }
    notes.sort_by_key(|n| (n.start, n.pitch));
    notes
}
