//! Extending: what comes after a piece, in its key, tempo, voice and band, with its motifs.

use catbird_score::{Brief, Dice, Joins, Part, PartRole, Role, Score, Section, SungLine, TempoMark, Tick};

use super::{
    colour::{self, Colour},
    cut,
    guides::{Guides, joined},
    origin::Origin,
    recorded,
};
use crate::{
    arrange::stage::Stage,
    choir::{self, duet},
    compose::{self, ComposeError},
    form::{Form, continuation},
    harmony::Harmony,
    lyrics::Lyrics,
    words::{self, UnknownWords},
};

/// Writes what comes after `source`, from the bar line nearest to `at` seconds (its last chord when
/// absent), as a piece of its own: [`Joins::After`]. Sections take over chords and melodies of the
/// source's sections of the same role. Without lyrics it goes on without words and comes to an end.
///
/// A recording is continued by a band of ours in the style of the brief, else of the recording: at the
/// steady tempo that is the mean of its last bars before the cut, in the key there, on the heard chords
/// and as loud; what is sung takes after the heard melody. It is cut at the heard bar line nearest to
/// `at`, never before the end of the first bar: 0.1, which clients send for recordings, means to go on
/// right after the first bar, which then is all that a [`join`](super::join()) keeps of the recording.
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
    let formed = recorded::formed(source);
    let source = formed.as_ref().unwrap_or(source);
    let is_recorded = recorded::is_recorded(source);
    let tick = place(source, at)?;
    let words = brief.lyrics.as_deref().filter(|_| !brief.instrumental);
    let lyrics = words.map(Lyrics::parse).filter(|l| !l.is_empty());
    let mut prepared = lyrics.as_ref().map(|l| words::prepare(l, unknown)).transpose()?;
    let seed = Dice::new(brief.take_seed(), "extend").seed();
    let pace = recorded::pace(source, tick);
    let ours = is_recorded.then(|| recorded::ours(source, brief, prepared.is_some()));
    let source = ours.as_ref().unwrap_or(source);
    let mut origin = Origin::read(source);
    origin.direction.bpm = if is_recorded {
        pace
    } else {
        source.tempo.bpm_at(tick - 1)
    };
    origin.direction.key = source.key_at(tick);
    if source.vocal.is_none() && prepared.is_some() {
        colour::voice(&mut origin.direction, source, brief);
    }
    let colour = Colour::of(&origin, brief);
    let direction = &colour.direction;
    if let Some(prepared) = &mut prepared {
        duet::share_out(prepared, direction);
    }
    let guides = Guides::of(&origin, tick);
    let mut form = continuation::plan(
        direction,
        prepared.as_deref(),
        &guides.models(),
        brief.seconds,
        if is_recorded {
            recorded::LEAD
        } else {
            source.tempo.lead_seconds
        },
    )?;
    energies(&mut form.sections, &source.sections, colour.lift);
    let harmony = guides.harmony(&form, direction);
    // First takes keep to the source's melodies, unless the brief gives them away.
    let loose = brief.take > 0 || brief.audio_weight.is_some_and(|w| w < 0.3);
    let vocal = prepared
        .is_some()
        .then(|| guides.sing(direction, &form, &harmony, loose, seed));
    let lines: &[SungLine] = vocal.as_ref().map_or(&[], |v| &v.lines);
    let fresh = |role: Role| role == Role::Inst || loose && role != Role::Chorus;
    let parts = band(&colour, &guides, tick, &form, &harmony, lines, seed, loose, fresh);
    let title = brief.title.as_deref().map(str::trim).filter(|t| !t.is_empty());
    let mut labels = source.labels.clone();
    if vocal.is_some() && source.vocal.is_none() {
        labels.clone_from(&direction.labels);
    }
    let mut score = Score {
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
        reels: Vec::new(),
        heard: None,
        ..source.clone()
    };
    choir::join(&mut score, &colour.direction, None);
    debug_assert_eq!(score.check(), Ok(()), "an extension keeps the score's rules");
    Ok(score)
}

/// The bar line at which the source goes on: near `at`, better not inside a sung line.
fn place(source: &Score, at: Option<f64>) -> Result<Tick, ComposeError> {
    let bar = source.meter.bar();
    let is_recorded = recorded::is_recorded(source);
    let last = if is_recorded {
        recorded::stop(source)
    } else {
        (cut::last_chord(source) / bar * bar).max(bar)
    };
    let Some(at) = at else { return Ok(last) };
    if !(at.is_finite() && at > 0.0 && at <= source.seconds + 1e-6) {
        return Err(ComposeError::Invalid(format!(
            "The piece cannot be continued at {at} seconds: it lasts {:.2} seconds.",
            source.seconds
        )));
    }
    let wish = source.tempo.tick_at(at);
    let near = cut::nearest_bar(source, wish).clamp(bar, last);
    if is_recorded {
        return Ok(near);
    }
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

/// What the band plays: the whole is arranged, the source up to the cut and the new part, so that fills,
/// voicings and layers come out of what was before; then the new part is taken. Leads and counter lines
/// are new where `fresh` says so, elsewhere they come back as in the source; `loose` lets who accompanies play
/// anew there too: a section may have nobody else.
#[expect(clippy::too_many_arguments, reason = "everything the stage is set with, once")]
fn band(
    colour: &Colour,
    guides: &Guides,
    tick: Tick,
    form: &Form,
    harmony: &Harmony,
    lines: &[SungLine],
    seed: u64,
    loose: bool,
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
        let tunes = matches!(part.role, PartRole::Lead | PartRole::Counter);
        if tunes || loose && matches!(part.role, PartRole::Comp | PartRole::Pad) {
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
