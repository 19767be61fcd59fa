//! A new band under a voice that stays: every syllable on its note, time and place, and in the span
//! everything else written anew in the style asked for.

use catbird_score::{Brief, ChordSpan, Note, Score, Span, SungLine};

use super::{
    cut,
    frame::{self, Frame},
    origin::Origin,
    pickup, pulse, recorded, setting,
    span::Bars,
    tracks, underlay,
};
use crate::{choir, compose::ComposeError, direction::Direction, harmony::fitting};

/// How close the chords stay to those of the piece when the brief does not say.
const CHORDS: f32 = 0.8;

/// `source` with another band in `span`, in the style of `brief`. The voice is kept note for note; outside
/// the span the samples before the master stay. Of a recording the singing itself is kept, and the recording
/// as it was outside the span.
///
/// # Errors
/// [`ComposeError::Invalid`] for a piece without a voice or a span that is none.
pub fn add_instrumental(source: &Score, span: Span, brief: &Brief) -> Result<Score, ComposeError> {
    if recorded::is_recorded(source) {
        return accompany(source, span, brief);
    }
    let Some(vocal) = source.vocal.as_ref().filter(|v| !v.lines.is_empty()) else {
        return Err(ComposeError::Invalid(
            "This piece has no vocals to accompany; choose one that is sung.".into(),
        ));
    };
    let bars = Bars::of(source, span)?;
    let mut wish = frame::inherit(brief, source);
    wish.lyrics = Some(source.brief.lyrics.clone().unwrap_or_else(|| frame::words(source)));
    wish.voice.singer = Some(vocal.singer.clone());
    wish.voice.gender = Some(vocal.singer.gender);
    let mut direction = frame::direct(&wish);
    direction.key = source.key;
    direction.meter = source.meter;
    direction.bpm = frame::main_tempo(&source.tempo, source.end());
    // The voice swings as it does; who accompanies it joins in.
    let was = Origin::read(source).direction;
    (direction.swing, direction.swing_unit) = (was.swing, was.swing_unit);

    let ground = Frame::of(source);
    let melody: Vec<Note> = vocal.lines.iter().flat_map(SungLine::notes).copied().collect();
    let mut out = banded(source, ground, bars, &direction, &melody, &vocal.lines, &wish);
    if let Some(title) = brief.title.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        title.clone_into(&mut out.title);
    }
    // Harmonies follow the new chords, in the style of the new band.
    if let Some(partner) = vocal.partner.clone() {
        direction.partner = partner;
    }
    choir::join(&mut out, &direction, Some((bars.from, bars.to)));
    bars.patch(&mut out, source);
    let mut stored = if bars.whole { wish } else { source.brief.clone() };
    stored.title = Some(out.title.clone());
    out.brief = frame::remember(&stored, &out);
    debug_assert_eq!(out.check(), Ok(()), "a new band keeps the score's rules");
    Ok(out)
}

/// The same under the singing of a recording: the band follows its beats and leaves room for what was heard
/// of its melody as for a voice of ours.
fn accompany(source: &Score, span: Span, brief: &Brief) -> Result<Score, ComposeError> {
    if !tracks::sings(source) {
        return Err(ComposeError::Invalid(
            "Nobody sings in this recording, so there are no vocals to accompany; choose one that is sung.".into(),
        ));
    }
    let bars = Bars::of(source, span)?;
    let mut wish = frame::inherit(brief, source);
    wish.lyrics = source.vocal.as_ref().map(|_| frame::words(source));
    if let Some(vocal) = &source.vocal {
        wish.voice.singer = Some(vocal.singer.clone());
        wish.voice.gender = Some(vocal.singer.gender);
    }
    let mut direction = frame::direct(&wish);
    direction.instrumental = false;
    direction.key = source.key;
    direction.meter = source.meter;
    direction.bpm = frame::main_tempo(&source.tempo, source.end());
    direction.bpm_fixed = true;
    direction.labels.gender.clone_from(&source.labels.gender);
    if let Some(swing) = pulse::swing(source) {
        // Who swings, swings alike; who is straight does not bend the band.
        direction.swing = swing;
    }
    let mut ground = Frame::of(source);
    ground.form.last_chord = recorded::stop(source).min(source.end().saturating_sub(1));
    let melody = setting::tidy_tune(source);
    let sung = underlay::stand_ins(&melody, &source.sections, source.meter.bar());
    let mut out = banded(source, ground, bars, &direction, &melody, &sung, &wish);
    // What is sung in the recording is no part of the band.
    for part in out
        .parts
        .iter_mut()
        .filter(|p| recorded::is_heard(p) && p.id == "melody")
    {
        part.notes.retain(|n| !bars.contains(n.start));
    }
    out.parts.retain(|p| !p.notes.is_empty());
    if bars.whole {
        pickup::play(&mut out);
    } else {
        out.master = tracks::master(source);
    }
    if let Some(title) = brief.title.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        title.clone_into(&mut out.title);
    }
    out.reels = tracks::in_bars(source, bars, tracks::voice);
    (out.patch, out.joins, out.heard) = (None, None, None);
    let mut stored = if bars.whole { wish } else { source.brief.clone() };
    stored.title = Some(out.title.clone());
    out.brief = frame::remember(&stored, &out);
    debug_assert_eq!(out.check(), Ok(()), "a band under a recording keeps the score's rules");
    Ok(out)
}

/// `source` with the band of `direction` in some bars, where `sung` tells it when to hold back.
fn banded(
    source: &Score,
    mut ground: Frame,
    bars: Bars,
    direction: &Direction,
    melody: &[Note],
    sung: &[SungLine],
    wish: &Brief,
) -> Score {
    let closeness = f64::from(wish.audio_weight.unwrap_or(CHORDS));
    let seed = wish.take_seed();
    let fresh = fitting::refit(&ground.form, direction, &ground.harmony, melody, closeness, seed);
    ground.harmony.chords = spliced(&ground.harmony.chords, &fresh.chords, bars);
    let mut parts = ground.parts(direction, sung, seed);

    let mut out = source.clone();
    if bars.whole {
        out.seed = seed;
        out.style.clone_from(&direction.style);
        out.labels.clone_from(&direction.labels);
        out.master = direction.master;
        out.parts = parts;
        if let Some(vocal) = &mut out.vocal {
            vocal.channel = direction.vocal_channel;
        }
    } else {
        for part in &mut out.parts {
            part.notes.retain(|n| !bars.contains(n.start));
            // What rings into the span ends with a short tail.
            for n in part.notes.iter_mut().filter(|n| n.start < bars.from) {
                n.length = n.length.min(bars.from - n.start);
            }
        }
        out.parts.retain(|p| !p.notes.is_empty());
        for part in &mut parts {
            part.notes = cut::notes_between(&part.notes, bars.from, bars.to);
            if part.notes.is_empty() {
                continue;
            }
            part.id = cut::free_id(&out.parts, &part.id);
            out.parts.push(part.clone());
        }
    }
    ground.into_score(&mut out);
    out
}

/// The old chords, and the new ones inside the bars.
fn spliced(old: &[ChordSpan], new: &[ChordSpan], bars: Bars) -> Vec<ChordSpan> {
    let clip = |spans: &[ChordSpan], from: u32, to: u32| -> Vec<ChordSpan> {
        spans
            .iter()
            .filter(|c| c.start < to && c.start + c.length > from)
            .map(|c| {
                let start = c.start.max(from);
                ChordSpan {
                    start,
                    length: (c.start + c.length).min(to) - start,
                    ..c.clone()
                }
            })
            .collect()
    };
    let mut out = clip(old, 0, bars.from);
    out.extend(clip(new, bars.from, bars.to));
    out.extend(clip(old, bars.to, u32::MAX));
    out
}
