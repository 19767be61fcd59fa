//! A mash-up: sections of two pieces in turn, in one key, at one tempo, over one band that has players of
//! both; each side keeps its melodies and words and one part it is known by.

mod over;
mod piece;
mod places;
mod side;

use std::collections::BTreeSet;

use catbird_score::{Brief, Key, Note, Role, Score, Singer, Tick, Vocal, VoiceWish, score::VERSION};

use super::{cut, frame, phrasing, recorded, underlay};
use crate::{
    choir::{self, duet},
    compose::ComposeError,
    direction::Direction,
    lyrics::Lyrics,
    words::{self, UnknownWords},
};
use piece::assemble;
use side::Side;

/// How far the common tempo goes from the first piece's to the second's (in octaves of speed).
const TOWARDS: f64 = 0.35;
/// Most syllables a second, as in the form.
const SYLLABLES: f64 = 7.0;
/// Longest section that is taken over, bars.
const LONGEST: Tick = 24;

/// A section of the mash-up.
struct Block {
    /// 0 the first piece, 1 the second.
    side: usize,
    /// Section of that piece.
    from: usize,
    role: Role,
    energy: f32,
    /// Without its melody: intro and outro.
    bare: bool,
    bars: Tick,
}

/// Both pieces as one: the first leads (key, style), the second is moved to it. `brief` may ask for a
/// style, a tempo, a key, a voice, and other words, which are then sung on the melodies of both. The
/// singer is the first piece's, if it has one.
///
/// Where a recording is one of them, the singing of one sounds over the band of the other, which keeps its
/// form, tempo and key: a recorded voice is laid on its beats and shifted, ours sings the melody there. The
/// piece in which somebody sings gives the voice; where both or none do, the first, in odd takes the second.
///
/// # Errors
/// [`ComposeError`] for pieces of different metre, and for lyrics that cannot be read or sung.
pub fn mashup(a: &Score, b: &Score, brief: &Brief, unknown: Option<&dyn UnknownWords>) -> Result<Score, ComposeError> {
    if a.meter != b.meter {
        return Err(ComposeError::Invalid(format!(
            "The two pieces are in different metres ({}/{} and {}/{}); they cannot be played as one.",
            a.meter.beats, a.meter.unit, b.meter.beats, b.meter.unit
        )));
    }
    let (a, b) = (&alone(a), &alone(b));
    if recorded::is_recorded(a) || recorded::is_recorded(b) {
        return over::mashup(a, b, brief, unknown);
    }
    let text = brief.lyrics.as_deref().filter(|t| !Lyrics::parse(t).is_empty());
    let sings = text.is_some() || a.vocal.is_some() || b.vocal.is_some();
    let mut wish = both(a, b, brief);
    wish.lyrics =
        sings.then(|| text.map_or_else(|| format!("{}\n{}", frame::words(a), frame::words(b)), str::to_owned));
    let own = [a, b].into_iter().find(|s| s.vocal.is_some()).unwrap_or(a);
    let named = brief.voice != VoiceWish::default();
    if !named {
        wish.voice.singer = own.vocal.as_ref().map(|v| v.singer.clone());
        wish.voice.gender = own.vocal.as_ref().map(|v| v.singer.gender);
    }
    let mut direction = frame::direct(&wish);
    if silent(brief) {
        direction.style.clone_from(&a.style);
    }
    direction.lender = [&b.style, &a.style]
        .into_iter()
        .find(|s| **s != direction.style)
        .cloned();
    direction.meter = a.meter;
    direction.instrumental = !sings;

    let mut sides = [Side::new(a), Side::new(b)];
    let blocks = plan(&sides, brief.take);
    tune_up(&mut sides, &blocks, &mut direction, brief);
    direction.bpm = tempo(&mut sides, &direction);
    let mut piece = assemble(&sides, &blocks, &direction);

    let mut lines = std::mem::take(&mut piece.lines);
    let mut left: Vec<Note> = Vec::new();
    if let Some(text) = text {
        let prepared = words::prepare(&Lyrics::parse(text), unknown)?;
        let strains = piece.strains(&lines, &direction.singer);
        let laid = underlay::underlay(&strains, &piece.form.sections, &prepared, &piece.form.tempo)?;
        lines = laid.lines;
        let sung = |n: &Note| {
            lines
                .iter()
                .any(|l| cut::extent(l).is_some_and(|(f, t)| f <= n.start && n.start < t))
        };
        for tune in &mut piece.tunes {
            tune.retain(|n| !sung(n));
        }
        let played = |n: &Note| piece.tunes.iter().flatten().any(|t| t.start == n.start);
        left = laid
            .left
            .iter()
            .flat_map(underlay::Strain::notes)
            .filter(|n| !played(n))
            .copied()
            .collect();
    }
    phrasing::rephrase(&mut lines, &direction, &mut frame::dice(brief, "mashup phrasing"));
    let seed = brief.take_seed();
    let mut score = Score {
        version: VERSION,
        seed,
        title: title(a, b, brief),
        style: direction.style.clone(),
        labels: direction.labels.clone(),
        meter: a.meter,
        tempo: piece.form.tempo.clone(),
        key: piece.harmony.key,
        modulations: Vec::new(),
        seconds: piece.form.seconds,
        sections: piece.form.sections.clone(),
        chords: piece.harmony.chords.clone(),
        vocal: None,
        parts: piece.band(&sides, &blocks, &direction, &lines, &left, seed),
        master: direction.master,
        brief: Brief::default(),
        patch: None,
        joins: None,
        reels: Vec::new(),
        heard: None,
    };
    if !lines.is_empty() {
        let mut vocal = Vocal {
            partner: None,
            backing: Vec::new(),
            singer: direction.singer.clone(),
            channel: direction.vocal_channel,
            lines,
        };
        duet::divide(&mut vocal, &BTreeSet::new(), &direction.partner);
        score.vocal = Some(vocal);
        choir::join(&mut score, &direction, None);
    }
    score.brief = frame::remember(&wish, &score);
    debug_assert_eq!(score.check(), Ok(()), "a mash-up keeps the score's rules");
    Ok(score)
}

/// A piece as its lead alone would sing it; who sings along is written anew for the whole. A duet keeps its
/// partner's lines marked.
fn alone(score: &Score) -> Score {
    let mut score = score.clone();
    if let Some(vocal) = &mut score.vocal {
        vocal.lines = duet::united(vocal);
        vocal.backing.clear();
        vocal.partner = None;
    }
    score
}

fn silent(brief: &Brief) -> bool {
    brief.tags.trim().is_empty() && brief.wishes.is_empty() && brief.description.trim().is_empty()
}

/// The brief with the styles of both pieces where it names none.
fn both(a: &Score, b: &Score, brief: &Brief) -> Brief {
    let mut wish = brief.clone();
    if silent(brief) {
        wish = frame::inherit(brief, a);
        let other = frame::inherit(brief, b);
        let joined = |x: &str, y: &str, gap: &str| match (x.trim(), y.trim()) {
            ("", y) => y.to_owned(),
            (x, "") => x.to_owned(),
            (x, y) => format!("{x}{gap}{y}"),
        };
        wish.tags = joined(&wish.tags, &other.tags, ", ");
        wish.description = joined(&wish.description, &other.description, " ");
        wish.wishes.extend(other.wishes);
    }
    wish
}

fn title(a: &Score, b: &Score, brief: &Brief) -> String {
    let own = brief.title.as_deref().map(str::trim).filter(|t| !t.is_empty());
    own.map_or_else(
        || match (a.title.trim(), b.title.trim()) {
            ("", "") => crate::compose::UNTITLED.to_owned(),
            ("", one) | (one, "") => one.to_owned(),
            (first, second) => format!("{first} / {second}").chars().take(80).collect(),
        },
        str::to_owned,
    )
}

/// Which sections, in which order: the sides alternate and end with both choruses. Odd takes begin with
/// the second piece.
fn plan(sides: &[Side; 2], take: u32) -> Vec<Block> {
    let first = (take % 2) as usize;
    let other = 1 - first;
    let verse = |side: usize, nth| {
        let s = &sides[side];
        s.known(Role::Verse, nth)
            .or_else(|| s.known(Role::PreChorus, 0))
            .unwrap_or_else(|| s.best())
    };
    let chorus = |side: usize, nth| {
        let s = &sides[side];
        s.known(Role::Chorus, nth)
            .or_else(|| s.known(Role::Inst, 0))
            .unwrap_or_else(|| s.best())
    };
    let bridge = [first, other].into_iter().find_map(|side| {
        let s = &sides[side];
        Some((side, s.known(Role::Bridge, 0).or_else(|| s.known(Role::Inst, 0))?))
    });
    let block = |side, from, role, energy| Block {
        side,
        from,
        role,
        energy,
        bare: false,
        bars: LONGEST,
    };
    let bare = |side: usize, from, role, energy, bars| Block {
        bare: true,
        bars,
        ..block(side, from, role, energy)
    };
    let mut out = vec![
        bare(first, chorus(first, 0), Role::Intro, 0.36, 4),
        block(first, verse(first, 0), Role::Verse, 0.5),
        block(other, chorus(other, 0), Role::Chorus, 0.78),
        block(other, verse(other, 1), Role::Verse, 0.55),
        block(first, chorus(first, 0), Role::Chorus, 0.82),
    ];
    if let Some((side, from)) = bridge {
        out.push(block(side, from, Role::Bridge, 0.5));
    }
    out.push(block(other, chorus(other, 1), Role::Chorus, 0.88));
    out.push(block(first, chorus(first, 1), Role::Chorus, 0.95));
    out.push(bare(first, chorus(first, 0), Role::Outro, 0.4, 4));
    out
}

/// The common key, and the octave in which each side is sung.
fn tune_up(sides: &mut [Side; 2], blocks: &[Block], direction: &mut Direction, brief: &Brief) {
    let used = |side: usize| -> Vec<usize> {
        blocks
            .iter()
            .filter(|b| b.side == side && !b.bare)
            .map(|b| b.from)
            .collect()
    };
    let used = [used(0), used(1)];
    let lead = sides[0].score.key;
    // Relative keys share their notes: a minor piece joins a major one on its sixth degree.
    let offset = |side: &Side| match (lead.mode.is_minor(), side.score.key.mode.is_minor()) {
        (true, false) => 3,
        (false, true) => -3,
        _ => 0,
    };
    let offsets = [0, offset(&sides[1])];
    let asked = brief
        .key
        .as_deref()
        .and_then(crate::vocabulary::key)
        .map(|(tonic, _)| tonic);
    let singer = direction.singer.clone();
    let mut best = (f64::INFINITY, 0, [0, 0]);
    for by in -6..6 {
        let tonic = (i32::from(lead.tonic) + by).rem_euclid(12);
        if asked.is_some_and(|a| i32::from(a) != tonic) {
            continue;
        }
        let mut cost = 0.35 * f64::from(by.abs());
        let mut octaves = [0, 0];
        for s in 0..2 {
            sides[s].tonic = (tonic + offsets[s]).rem_euclid(12) as u8;
            if let Some((low, high)) = sides[s].range(&used[s]) {
                let (c, k) = octave(low, high, &singer);
                cost += c;
                octaves[s] = k;
            }
        }
        if cost < best.0 {
            best = (cost, by, octaves);
        }
    }
    let tonic = i32::from(lead.tonic) + best.1;
    for s in 0..2 {
        sides[s].tonic = (tonic + offsets[s]).rem_euclid(12) as u8;
        sides[s].octaves = best.2[s];
    }
    direction.key = Key {
        tonic: sides[0].tonic,
        mode: lead.mode,
    };
}

/// The octave shift that suits a singer best, and what it costs.
fn octave(low: i32, high: i32, singer: &Singer) -> (f64, i32) {
    let cost = |k: i32| {
        let over = (high + 12 * k - i32::from(singer.high)).max(0);
        let under = (i32::from(singer.low) - low - 12 * k).max(0);
        f64::from(over) + 0.8 * f64::from(under)
    };
    let k = (-2..=2).min_by(|a, b| cost(*a).total_cmp(&cost(*b))).unwrap_or(0);
    (cost(k), k)
}

/// The common tempo; the second piece is written in half or double values where that is nearer.
fn tempo(sides: &mut [Side; 2], direction: &Direction) -> f64 {
    let (a, b) = (sides[0].bpm(), sides[1].bpm());
    let far = |stretch: Tick| (b * f64::from(stretch) / 2.0 / a).ln().abs();
    let stretch = [1, 4].into_iter().find(|s| far(*s) + 0.1 < far(2)).unwrap_or(2);
    sides[1].stretch = stretch;
    let as_one = b * f64::from(stretch) / 2.0;
    let mut bpm = a * (as_one / a).powf(TOWARDS);
    if direction.bpm_fixed {
        bpm = direction.bpm.clamp(bpm * 0.7, bpm * 1.4);
    }
    // Neither side is sung faster than a tongue can.
    for (side, own) in [(&sides[0], a), (&sides[1], as_one)] {
        let haste = side.haste();
        if haste > 0.0 {
            bpm = bpm.min(own * (SYLLABLES / haste).max(1.0));
        }
    }
    bpm
}
