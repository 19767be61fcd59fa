//! Extending: what comes after a piece, in its key, tempo, voice and band, with its motifs.

use std::collections::BTreeMap;

use catbird_score::{
    Brief, ChordSpan, Dice, Joins, Part, PartRole, Role, Score, Section, SungLine, TempoMark, Tick, Vocal,
};

use super::{
    colour::{self, Colour},
    cut,
    origin::{self, Origin},
};
use crate::{
    arrange::stage::Stage,
    compose::{self, ComposeError},
    direction::Direction,
    form::{Form, Model, Models, PlacedLine, continuation},
    harmony::{self, Harmony},
    lyrics::Lyrics,
    melody::{self, Given},
    words::{self, UnknownWords},
};

/// Writes what comes after `source`, from the bar line nearest to `at` seconds (its last chord when
/// absent), as a piece of its own: [`Joins::After`]. Sections take over chords and melodies of the
/// source's sections of the same role. Without lyrics it goes on without words and comes to an end.
///
/// # Errors
/// [`ComposeError::Invalid`] for a place outside the source, [`ComposeError::TooLong`] for too many words
/// in `brief.seconds`, [`ComposeError::Language`].
pub fn extend(
    source: &Score,
    at: Option<f64>,
    brief: &Brief,
    unknown: Option<&dyn UnknownWords>,
) -> Result<Score, ComposeError> {
    compose::validate(brief)?;
    let tick = place(source, at)?;
    let words = brief.lyrics.as_deref().filter(|_| !brief.instrumental);
    let lyrics = words.map(Lyrics::parse).filter(|l| !l.is_empty());
    let prepared = lyrics.as_ref().map(|l| words::prepare(l, unknown)).transpose()?;
    let seed = Dice::new(brief.take_seed(), "extend").seed();
    let mut origin = Origin::read(source);
    origin.direction.bpm = source.tempo.bpm_at(tick - 1);
    origin.direction.key = source.key_at(tick);
    if source.vocal.is_none() && prepared.is_some() {
        colour::voice(&mut origin.direction, source, brief);
    }
    let colour = Colour::of(&origin, brief);
    let direction = &colour.direction;
    let guides = Guides::of(&origin, tick);
    let mut form = continuation::plan(
        direction,
        prepared.as_deref(),
        &guides.models(),
        brief.seconds,
        source.tempo.lead_seconds,
    )?;
    energies(&mut form.sections, &source.sections, colour.lift);
    let harmony = guides.harmony(&form, direction);
    // First takes keep to the source's melodies, unless the brief gives them away.
    let loose = brief.take > 0 || brief.audio_weight.is_some_and(|w| w < 0.3);
    let vocal = prepared.is_some().then(|| Vocal {
        singer: direction.singer.clone(),
        channel: direction.vocal_channel,
        lines: guides.sing(direction, &form, &harmony, loose, seed),
    });
    let lines: &[SungLine] = vocal.as_ref().map_or(&[], |v| &v.lines);
    let fresh = |role: Role| role == Role::Inst || loose && role != Role::Chorus;
    let parts = band(&colour, &guides, tick, &form, &harmony, lines, seed, fresh);
    let title = brief.title.as_deref().map(str::trim).filter(|t| !t.is_empty());
    let mut labels = source.labels.clone();
    if vocal.is_some() && source.vocal.is_none() {
        labels.clone_from(&direction.labels);
    }
    let score = Score {
        title: title.map_or_else(|| source.title.clone(), str::to_owned),
        labels,
        tempo: form.tempo,
        key: harmony.key,
        modulations: Vec::new(),
        seconds: form.seconds,
        sections: form.sections,
        chords: harmony.chords,
        vocal,
        parts,
        patch: None,
        joins: Some(Joins::After {
            tick,
            seconds: source.tempo.at(tick),
        }),
        ..source.clone()
    };
    debug_assert_eq!(score.check(), Ok(()), "an extension keeps the score's rules");
    Ok(score)
}

/// The bar line at which the source goes on: near `at`, better not inside a sung line.
fn place(source: &Score, at: Option<f64>) -> Result<Tick, ComposeError> {
    let bar = source.meter.bar();
    let last = (cut::last_chord(source) / bar * bar).max(bar);
    let Some(at) = at else { return Ok(last) };
    if !(at.is_finite() && at > 0.0 && at <= source.seconds + 1e-6) {
        return Err(ComposeError::Invalid(format!(
            "The piece cannot be continued at {at} seconds: it lasts {:.2} seconds.",
            source.seconds
        )));
    }
    let wish = source.tempo.tick_at(at);
    let near = cut::nearest_bar(source, wish).clamp(bar, last);
    let cost = |tick: Tick| {
        let lines = source.vocal.iter().flat_map(|v| &v.lines);
        let inside = |(from, to): (Tick, Tick)| from < tick && tick < to;
        let sung = lines.clone().filter_map(cut::extent).any(inside);
        let word = lines
            .flat_map(SungLine::notes)
            .any(|n| inside((n.start, n.start + n.length)));
        (f64::from(tick) - wish).abs() / f64::from(bar) + f64::from(u8::from(sung)) + 0.5 * f64::from(u8::from(word))
    };
    Ok([near, near.saturating_sub(bar).max(bar), (near + bar).min(last)]
        .into_iter()
        .min_by(|a, b| cost(*a).total_cmp(&cost(*b)))
        .unwrap_or(near))
}

/// New sections are as intense as the source's of the same role, the last chorus a little more.
fn energies(new: &mut [Section], old: &[Section], lift: f32) {
    let last_chorus = new.iter().rposition(|s| s.role == Role::Chorus);
    for (i, section) in new.iter_mut().enumerate() {
        if let Some(same) = old.iter().rev().find(|s| s.role == section.role) {
            section.energy = same.energy;
        }
        if Some(i) == last_chorus {
            section.energy += 0.05;
        }
        section.energy = (section.energy + lift).clamp(0.08, 1.0);
    }
}

/// The source's sections that new ones take after: one for each role.
struct Guides<'a> {
    origin: &'a Origin<'a>,
    /// Where the source is cut; its key there is the new part's.
    tick: Tick,
    /// By the role's number: the section and its lines (numbers of the source's lines).
    sections: BTreeMap<u8, (usize, Vec<usize>)>,
}

impl<'a> Guides<'a> {
    fn of(origin: &'a Origin<'a>, tick: Tick) -> Self {
        let score = origin.score;
        let stop = cut::last_chord(score);
        let mut sections: BTreeMap<u8, (usize, Vec<usize>)> = BTreeMap::new();
        for (i, section) in score.sections.iter().enumerate() {
            if section.start + score.meter.bar() > stop && i > 0 {
                continue;
            }
            let lines: Vec<usize> = (0..origin.form.lines.len())
                .filter(|l| origin.form.lines[*l].section == i)
                .collect();
            // The fullest one; of equals the first, which stands in the song's own key.
            let better = sections.get(&(section.role as u8)).is_none_or(|(old, known)| {
                lines.len() > known.len()
                    || lines.is_empty() && known.is_empty() && section.length > score.sections[*old].length
            });
            if better {
                sections.insert(section.role as u8, (i, lines));
            }
        }
        Self { origin, tick, sections }
    }

    /// Slots and syllables of the lines that may be taken after.
    fn models(&self) -> Models {
        let model = |role: u8, place: usize, line: &PlacedLine| Model {
            length: line.length,
            syllables: line.syllables(),
            pattern: u32::from(role) * 100 + place as u32,
        };
        self.sections
            .iter()
            .map(|(role, (_, lines))| {
                let lines = lines.iter().enumerate();
                let models = lines.map(|(p, l)| model(*role, p, &self.origin.form.lines[*l]));
                (*role, models.collect())
            })
            .collect()
    }

    /// The section whose chords a new section takes over.
    fn chart(&self, role: Role) -> Option<&'a Section> {
        use Role::{Bridge, Chorus, Inst, Intro, Outro, PreChorus, Verse};
        let order: &[Role] = match role {
            Chorus | Intro | Outro => &[Chorus, Verse, Inst],
            Verse => &[Verse, Chorus, Inst],
            PreChorus => &[PreChorus, Bridge, Verse, Chorus],
            Bridge => &[Bridge, PreChorus, Inst, Verse, Chorus],
            Inst => &[Inst, Chorus, Verse],
        };
        let known = |r: &Role| {
            self.sections
                .get(&(*r as u8))
                .map(|(i, _)| &self.origin.score.sections[*i])
        };
        order
            .iter()
            .find_map(known)
            .or_else(|| self.origin.score.sections.first())
    }

    /// The source's bar that bar number `n` of a new section takes after.
    fn bar(&self, role: Role, n: u32) -> Tick {
        let bar = self.origin.score.meter.bar();
        let Some(section) = self.chart(role) else { return 0 };
        let stop = cut::last_chord(self.origin.score).max(section.start + bar);
        let bars = ((section.end().min(stop) - section.start) / bar).max(1);
        section.start + n % bars * bar
    }

    /// New bars and the source's bars that they take after.
    fn bars(&self, form: &Form) -> Vec<(Tick, Tick)> {
        let bar = form.meter.bar();
        form.sections
            .iter()
            .flat_map(|s| (0..s.length / bar).map(move |n| (s.start + n * bar, self.bar(s.role, n))))
            .collect()
    }

    /// Semitones from the key of a source's bar to that of the new part, −5 … 6.
    fn interval(&self, from: Tick) -> i8 {
        let score = self.origin.score;
        let (old, new) = (score.key_at(from).tonic, score.key_at(self.tick).tonic);
        let up = (new + 12 - old % 12) % 12;
        if up > 6 { up as i8 - 12 } else { up as i8 }
    }

    fn harmony(&self, form: &Form, direction: &Direction) -> Harmony {
        let bar = form.meter.bar();
        let mut chords: Vec<ChordSpan> = Vec::new();
        for (new, old) in self.bars(form) {
            let by = self.interval(old).rem_euclid(12) as u8;
            let spans = &self.origin.score.chords;
            for span in spans.iter().filter(|c| c.start < old + bar && c.start + c.length > old) {
                let (start, end) = (span.start.max(old), (span.start + span.length).min(old + bar));
                let mut span = span.clone();
                span.start = new + start - old;
                span.length = end - start;
                span.chord.root = (span.chord.root + by) % 12;
                span.chord.bass = (span.chord.bass + by) % 12;
                chords.push(span);
            }
        }
        let mut harmony = Harmony {
            chords,
            key: direction.key,
            modulations: Vec::new(),
        };
        harmony::close(&mut harmony, form, direction, &harmony::cadences(direction));
        harmony::merge(&mut harmony.chords, form);
        harmony
    }

    /// The sung lines of the new form. The chorus keeps to its model; so do the other lines, unless they
    /// are `loose`: then they vary it.
    fn sing(&self, direction: &Direction, form: &Form, harmony: &Harmony, loose: bool, seed: u64) -> Vec<SungLine> {
        let score = self.origin.score;
        let end = score.end();
        // The guiding lines first, as they stand in the source, then the new ones behind its end.
        let mut old: Vec<(PlacedLine, SungLine)> = Vec::new();
        for (role, (_, lines)) in &self.sections {
            for (place, line) in lines.iter().enumerate() {
                let mut placed = self.origin.form.lines[*line].clone();
                placed.pattern = u32::from(*role) * 100 + place as u32;
                let mut sung = self.origin.lines()[*line].clone();
                transpose(&mut sung, self.interval(placed.start));
                old.push((placed, sung));
            }
        }
        old.sort_by_key(|(p, _)| p.start);
        let mut whole = form.clone();
        whole.tempo = origin::form(score).tempo;
        whole.tempo.marks.push(TempoMark {
            tick: end,
            bpm: direction.bpm,
        });
        whole.sections = joined(&score.sections, &form.sections, end);
        whole.lines = old.iter().map(|(p, _)| p.clone()).collect();
        whole.lines.extend(form.lines.iter().cloned().map(|mut l| {
            l.start += end;
            l.section += score.sections.len();
            l
        }));
        let mut chords = score.chords.clone();
        chords.extend(harmony.chords.iter().cloned().map(|mut c| {
            c.start += end;
            c
        }));
        let given: Vec<Given> = old
            .iter()
            .map(|(_, sung)| Given::Sung(sung))
            .chain(form.lines.iter().map(|l| match form.sections[l.section].role {
                Role::Chorus => Given::Open,
                _ if !loose => Given::Open,
                _ => Given::Vary,
            }))
            .collect();
        let mut dice = Dice::new(seed, "melody");
        let sung = melody::sing_among(direction, &whole, &chords, &given, &mut dice);
        let mut lines: Vec<SungLine> = sung.lines.into_iter().skip(old.len()).collect();
        for line in &mut lines {
            cut::shift_line(line, -i64::from(end));
            line.section -= score.sections.len();
        }
        lines
    }
}

/// Sections of one form behind those of another that ends at `at`.
fn joined(first: &[Section], second: &[Section], at: Tick) -> Vec<Section> {
    let behind = second.iter().map(|s| Section {
        start: s.start + at,
        ..s.clone()
    });
    first.iter().cloned().chain(behind).collect()
}

fn transpose(line: &mut SungLine, by: i8) {
    for note in line
        .words
        .iter_mut()
        .flat_map(|w| &mut w.syllables)
        .flat_map(|s| &mut s.notes)
    {
        note.pitch = note.pitch.saturating_add_signed(by).min(127);
    }
}

/// What the band plays: the whole is arranged, the source up to the cut and the new part, so that fills,
/// voicings and layers come out of what was before; then the new part is taken. Leads and counter lines
/// are new where `fresh` says so, elsewhere they come back as in the source.
#[expect(clippy::too_many_arguments, reason = "everything the stage is set with, once")]
fn band(
    colour: &Colour,
    guides: &Guides,
    tick: Tick,
    form: &Form,
    harmony: &Harmony,
    lines: &[SungLine],
    seed: u64,
    fresh: impl Fn(Role) -> bool,
) -> Vec<Part> {
    let score = guides.origin.score;
    let head = cut::window(score, 0, tick);
    let mut whole = form.clone();
    whole.tempo = head.tempo.clone();
    whole.tempo.marks.push(TempoMark {
        tick,
        bpm: colour.direction.bpm,
    });
    whole.seconds = head.tempo.at(tick) + form.seconds - form.tempo.lead_seconds;
    whole.sections = joined(&head.sections, &form.sections, tick);
    whole.lines = Vec::new();
    whole.last_chord = form.last_chord + tick;
    let mut chords = Harmony {
        chords: head.chords.clone(),
        key: head.key,
        modulations: head.modulations.clone(),
    };
    if chords.key_at(tick) != harmony.key {
        chords.modulations.push((tick, harmony.key));
    }
    chords.chords.extend(harmony.chords.iter().cloned().map(|mut c| {
        c.start += tick;
        c
    }));
    let mut sung: Vec<SungLine> = head.vocal.map_or_else(Vec::new, |v| v.lines);
    sung.extend(lines.iter().cloned().map(|mut l| {
        cut::shift_line(&mut l, i64::from(tick));
        l
    }));
    let play = |seed: u64| colour.play(&Stage::new(&whole, &colour.direction, &chords, &sung, seed));
    let mut parts = play(score.seed);
    let other = play(seed);
    for (i, (part, other)) in parts.iter_mut().zip(other).enumerate() {
        if !colour.has_player(i) {
            part.notes = repeat(
                &score.parts[i],
                &guides.bars(form),
                |bar| guides.interval(bar),
                form.meter.bar(),
            );
            part.notes.retain(|n| n.start < form.last_chord);
            continue;
        }
        if matches!(part.role, PartRole::Lead | PartRole::Counter) {
            let is_fresh = |start: Tick| {
                let section = whole.sections.iter().find(|s| s.start <= start && start < s.end());
                start < whole.last_chord && section.is_some_and(|s| fresh(s.role))
            };
            part.notes.retain(|n| !is_fresh(n.start));
            part.notes.extend(other.notes.into_iter().filter(|n| is_fresh(n.start)));
            part.notes.sort_by_key(|n| n.start);
        }
        let new = cut::notes_between(&part.notes, tick, Tick::MAX);
        part.notes = cut::shifted(&new, -i64::from(tick));
    }
    parts.retain(|p| !p.notes.is_empty());
    // A band of repeating parts alone would just stop.
    if !parts.iter().any(|p| p.notes.iter().any(|n| n.start >= form.last_chord)) {
        cut::ring(&mut parts, form, harmony);
    }
    parts
}

/// Bars of a part once more: `bars` are pairs of the new bar and the one it repeats.
fn repeat(part: &Part, bars: &[(Tick, Tick)], interval: impl Fn(Tick) -> i8, bar: Tick) -> Vec<catbird_score::Note> {
    let mut out = Vec::new();
    for (new, old) in bars {
        let notes = cut::notes_between(&part.notes, *old, old + bar);
        for mut note in cut::shifted(&notes, i64::from(*new) - i64::from(*old)) {
            if !part.sound.is_drums() {
                note.pitch = note.pitch.saturating_add_signed(interval(*old)).min(127);
            }
            out.push(note);
        }
    }
    out.sort_by_key(|n| n.start);
    out
}
