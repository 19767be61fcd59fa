//! A voice over a band that plays already: words placed in the sections of the piece, sung over its
//! chords; leads that would talk over the voice are silent there.

use catbird_score::{Brief, PartRole, Score, Span, SungLine, Tick, Vocal, VoiceWish};

use super::{
    cut,
    frame::{self, Frame},
    origin::Origin,
    phrasing,
    placing::{self, Room},
    pulse, recorded,
    span::Bars,
    tracks,
};
use crate::{
    choir,
    compose::ComposeError,
    lyrics::Lyrics,
    melody,
    words::{self, UnknownWords},
};

/// `source` with the lyrics of `brief` sung in `span`. Form, tempo, chords and the band's notes stay; a
/// voice that is there already is silent in the span, and outside it the samples before the master stay.
/// The band of a recording is the recording itself, without the singing that may be in it.
///
/// # Errors
/// [`ComposeError::Invalid`] without lyrics or for a span that is none; [`ComposeError::TooLong`] when the
/// span is too short for the words; [`ComposeError::Language`].
pub fn add_vocals(
    source: &Score,
    span: Span,
    brief: &Brief,
    unknown: Option<&dyn UnknownWords>,
) -> Result<Score, ComposeError> {
    let text = brief.lyrics.as_deref().unwrap_or_default();
    let lyrics = Lyrics::parse(text);
    if lyrics.is_empty() {
        return Err(ComposeError::Invalid(
            "There are no lyrics to sing: give the words that shall be added.".into(),
        ));
    }
    let bars = Bars::of(source, span)?;
    let prepared = words::prepare(&lyrics, unknown)?;
    let (before, after) = kept(source, bars);
    let mut wish = voice_brief(source, brief);
    if let Some(vocal) = source
        .vocal
        .as_ref()
        .filter(|_| source.heard.is_none() && !(before.is_empty() && after.is_empty()))
    {
        // One piece has one singer.
        wish.voice.singer = Some(vocal.singer.clone());
        wish.voice.gender = Some(vocal.singer.gender);
    }
    frame::same_gender(&mut wish, source);

    let origin = Origin::read(source);
    let mut direction = frame::direct(&wish);
    direction.style.clone_from(&origin.direction.style);
    direction.lender.clone_from(&origin.direction.lender);
    direction.key = source.key;
    direction.meter = source.meter;
    direction.bpm = frame::main_tempo(&source.tempo, source.end());
    direction.bpm_fixed = true;
    direction.swing = origin.direction.swing;
    direction.instrumental = false;
    let recorded = recorded::is_recorded(source);

    let mut ground = Frame::of(source);
    if recorded {
        direction.swing = pulse::swing(source).unwrap_or(direction.swing);
        ground.form.last_chord = recorded::stop(source).min(source.end().saturating_sub(1));
    }
    let stop = ground.form.last_chord;
    let rooms = rooms(source, bars, stop);
    if rooms.is_empty() {
        return Err(ComposeError::Invalid(
            "Only the last chord sounds in the span; nothing can be sung there.".into(),
        ));
    }
    ground.form.lines = placing::place(&direction, &source.tempo, source.meter, &rooms, &prepared)?;
    let mut dice = frame::dice(brief, "added voice");
    let chords = ground.in_first_key();
    let mut sung = melody::sing(&direction, &ground.form, &chords, &mut dice);
    for line in &mut sung.lines {
        let by = ground.lift_at(line.notes().next().map_or(0, |n| n.start));
        phrasing::transpose(std::slice::from_mut(line), by);
    }
    for line in sung.backing.iter_mut().flat_map(|c| &mut c.lines) {
        let by = ground.lift_at(line.notes().next().map_or(0, |n| n.start));
        phrasing::transpose(std::slice::from_mut(line), by);
    }

    let mut out = source.clone();
    for part in &mut out.parts {
        if recorded::is_heard(part) {
            // The new voice stands in for the one that was heard; an instrument plays on in the recording.
            if part.id == "melody" && tracks::sings(source) {
                part.notes.retain(|n| !bars.contains(n.start));
            }
        } else if matches!(part.role, PartRole::Lead) {
            let lines = &sung.lines;
            part.notes
                .retain(|n| !bars.contains(n.start) || n.start >= stop || clear(n.start, n.length, lines));
        } else if part.role == PartRole::Counter {
            // A second line may stay under the voice, softer.
            for n in part.notes.iter_mut().filter(|n| bars.contains(n.start)) {
                if !clear(n.start, n.length, &sung.lines) {
                    n.velocity = (f32::from(n.velocity) * 0.8).round().max(1.0) as u8;
                }
            }
        }
    }
    out.parts.retain(|p| !p.notes.is_empty());
    let channel = match &source.vocal {
        Some(vocal) if !bars.whole => vocal.channel,
        _ => sung.channel,
    };
    let lines: Vec<SungLine> = before.into_iter().chain(sung.lines).chain(after).collect();
    let old = source.vocal.as_ref().filter(|_| !bars.whole);
    let mut backing = old.map_or_else(Vec::new, |v| choir::outside(&v.backing, bars.from, bars.to));
    choir::merge(&mut backing, sung.backing);
    out.vocal = Some(Vocal {
        partner: sung.partner.or_else(|| old.and_then(|v| v.partner.clone())),
        backing,
        singer: sung.singer,
        channel,
        lines,
    });
    out.labels.gender.clone_from(&direction.labels.gender);
    out.labels.timbre.clone_from(&direction.labels.timbre);
    if let Some(title) = brief.title.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        title.clone_into(&mut out.title);
    }
    if recorded {
        out.reels = if tracks::sings(source) {
            tracks::in_bars(source, bars, tracks::band)
        } else {
            tracks::band(&source.reels)
        };
        out.master = tracks::master(source);
        (out.patch, out.joins, out.heard) = (None, None, None);
    } else {
        bars.patch(&mut out, source);
    }
    choir::join(&mut out, &direction, Some((bars.from, bars.to)));
    // The band is still the one that the source's brief and seed hired.
    let mut stored = source.brief.clone();
    stored.title = Some(out.title.clone());
    stored.voice = VoiceWish::default();
    out.brief = frame::remember(&stored, &out);
    debug_assert_eq!(out.check(), Ok(()), "an added voice keeps the score's rules");
    Ok(out)
}

/// The brief that decides on the voice: words and voice of the request, style of the piece.
fn voice_brief(source: &Score, brief: &Brief) -> Brief {
    let mut wish = source.brief.clone();
    wish.lyrics.clone_from(&brief.lyrics);
    wish.voice = brief.voice.clone();
    wish.tags = format!("{}, {}", brief.tags, wish.tags);
    wish.wishes.splice(0..0, brief.wishes.iter().cloned());
    wish.description = format!("{} {}", brief.description, wish.description);
    wish.seed = brief.seed;
    wish.take = brief.take;
    wish
}

/// What is sung before and after the span.
fn kept(source: &Score, bars: Bars) -> (Vec<SungLine>, Vec<SungLine>) {
    let lines = || source.vocal.iter().flat_map(|v| &v.lines);
    (
        lines().filter_map(|l| cut::sung_between(l, 0, bars.from)).collect(),
        lines()
            .filter_map(|l| cut::sung_between(l, bars.to, Tick::MAX))
            .collect(),
    )
}

/// The sections in the span, as far as something can be sung in them.
fn rooms(source: &Score, bars: Bars, stop: Tick) -> Vec<Room> {
    source
        .sections
        .iter()
        .enumerate()
        .map(|(section, s)| Room {
            section,
            role: s.role,
            from: s.start.max(bars.from),
            to: s.end().min(bars.to).min(stop),
        })
        .filter(|r| r.from < r.to)
        .collect()
}

/// Whether nothing is sung around a note.
fn clear(start: Tick, length: Tick, lines: &[SungLine]) -> bool {
    lines
        .iter()
        .all(|line| cut::extent(line).is_none_or(|(from, to)| start >= to || start + length.min(480) <= from))
}
