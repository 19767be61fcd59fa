//! A loop cut out of a recording, and a new piece around it: the loop itself sounds, again and again, on
//! the new piece's bars.

use catbird_score::{
    Brief, ChordSpan, Dice, PPQ, Part, PartRole, Reel, Role, Score, SungLine, Tick, Track, score::VERSION,
};

use super::{
    super::{colour, cut, recorded, reels, tracks},
    SOLO, asked,
};
use crate::{
    arrange::{self, band::Player, stage::Stage},
    choir::{self, duet},
    compose::{self, ComposeError},
    direction::Direction,
    form::{self, Form},
    harmony::{self, Harmony},
    lyrics::Lyrics,
    melody,
    words::{self, UnknownWords},
};

/// Beats that are off an even grid by less than this are played as they are, seconds.
const LOOSE: f64 = 0.015;
/// Shorter spans are not brought to a bar.
const MOST_OF_A_BAR: f64 = 0.75;
/// How loud the loop comes to the mix, LUFS: just under the band (−16).
const LEVEL: f32 = -17.5;
/// The same under our singer.
const UNDER_VOICE: f32 = -22.0;

/// The loop: where it is in the recording, and its place on the new grid.
struct Loop<'a> {
    source: &'a Score,
    /// Ticks it takes in the new piece.
    length: Tick,
    /// Quarter notes a minute in the new piece.
    bpm: f64,
    /// Ticks of the new piece from the loop's beginning, and the seconds of the source there.
    clock: Vec<(Tick, f64)>,
    /// Its harmony from its first tick.
    chords: Vec<ChordSpan>,
    /// What sounds in it, on the source's time line.
    reels: Vec<Reel>,
}

/// Whether recordings sound for most of a span.
pub(super) fn covers(source: &Score, from: f64, to: f64) -> bool {
    let inside = reels::cut(&looped(source), from, to);
    let sounding: f64 = inside.iter().map(|r| r.to - r.from).sum();
    sounding > 0.5 * (to - from)
}

/// What can be looped of a piece's recordings, as loops sound: beside what plays.
fn looped(source: &Score) -> Vec<Reel> {
    tracks::band(&source.reels)
        .into_iter()
        .chain(source.reels.iter().filter(|r| r.track == Track::Whole).cloned())
        .filter(|r| r.track != Track::Band || !source.reels.iter().any(|w| w.track == Track::Whole && w.from == r.from))
        .map(|r| Reel {
            track: Track::Beside,
            ..r
        })
        .collect()
}

/// A new piece around a loop of the recordings in `source`.
pub(super) fn sample(
    source: &Score,
    from: f64,
    to: f64,
    brief: &Brief,
    unknown: Option<&dyn UnknownWords>,
) -> Result<Score, ComposeError> {
    let cut = Loop::cut(source, from, to)?;
    let words = brief.lyrics.as_deref().filter(|_| !brief.instrumental);
    let lyrics = words.map(Lyrics::parse).filter(|l| !l.is_empty());
    let mut prepared = lyrics.as_ref().map(|l| words::prepare(l, unknown)).transpose()?;
    let asked = asked(source, brief, prepared.is_some());
    let seed = brief.take_seed();
    let mut direction = compose::direct(&asked);
    if !colour::speaks(brief) && crate::style::find(&source.style).is_some() {
        direction.style.clone_from(&source.style);
    }
    direction.bpm = cut.bpm;
    direction.bpm_fixed = true;
    direction.meter = source.meter;
    direction.key = source.key_at(source.tempo.tick_at(from).max(0.0) as Tick);
    if let Some(singer) = &brief.voice.singer {
        direction.singer = singer.clone();
    }
    if let Some(prepared) = &mut prepared {
        duet::share_out(prepared, &direction);
    }
    let form = form::plan(&direction, prepared.as_deref(), &asked, &mut Dice::new(seed, "form"))?;
    let mut harmony = Harmony {
        chords: cut.harmony(&form),
        key: direction.key,
        modulations: Vec::new(),
    };
    harmony::merge(&mut harmony.chords, &form);
    let vocal = prepared
        .as_ref()
        .map(|_| melody::sing(&direction, &form, &harmony.chords, &mut Dice::new(seed, "melody")));
    let lines: &[SungLine] = vocal.as_ref().map_or(&[], |v| &v.lines);
    let rests = rests(&form, brief.take);
    let stage = Stage::new(&form, &direction, &harmony, lines, seed);
    let parts = band(&stage, &direction, &rests, cut.tuneful());
    let sung: Vec<usize> = lines.iter().map(|l| l.section).collect();
    let mut title = compose::title(&asked, lyrics.as_ref());
    let unnamed =
        title == compose::UNTITLED || lyrics.is_none() && brief.title.is_none() && brief.description.trim().is_empty();
    if unnamed && !source.title.trim().is_empty() {
        title.clone_from(&source.title);
    }
    let mut score = Score {
        version: VERSION,
        seed,
        title,
        style: direction.style.clone(),
        labels: direction.labels.clone(),
        meter: form.meter,
        tempo: form.tempo.clone(),
        key: harmony.key,
        modulations: Vec::new(),
        seconds: form.seconds,
        sections: form.sections.clone(),
        chords: harmony.chords,
        vocal,
        parts,
        master: direction.master,
        brief: asked,
        patch: None,
        joins: None,
        reels: cut.reels(&form, &rests, &sung),
        heard: None,
    };
    choir::join(&mut score, &direction, None);
    debug_assert_eq!(score.check(), Ok(()), "a sampled piece keeps the score's rules");
    Ok(score)
}

/// Sections in which the loop is silent, for contrast: the bridge, else a later verse or interlude; another
/// one in another take. Never the first section, nor two thirds of the piece.
fn rests(form: &Form, take: u32) -> Vec<usize> {
    let of = |roles: &[Role], skip: usize| -> Vec<usize> {
        let mut found: Vec<usize> = (0..form.sections.len())
            .filter(|i| *i > 0 && roles.contains(&form.sections[*i].role))
            .collect();
        found.drain(..skip.min(found.len()));
        found
    };
    let candidates = [
        of(&[Role::Bridge], 0),
        of(&[Role::Verse], 1),
        of(&[Role::Inst, Role::PreChorus], 0),
    ];
    let all: Vec<usize> = candidates.into_iter().flatten().collect();
    let third = form.end() / 3;
    all.get(take as usize % all.len().max(1))
        .copied()
        .filter(|i| form.sections[*i].length <= third)
        .into_iter()
        .collect()
}

/// The band around the loop. Chords are the loop's, so nobody else plays any unless asked for by name, or
/// while the loop is silent.
fn band(stage: &Stage, direction: &Direction, rests: &[usize], tuneful: bool) -> Vec<Part> {
    let mut players: Vec<Player> = arrange::band::hire(stage);
    for player in players.iter_mut().filter(|p| tuneful && p.plan.role == PartRole::Lead) {
        player.plan.roles = SOLO.to_vec();
    }
    let mut parts = arrange::play(stage, &players);
    let form = stage.form;
    let silent = |tick: Tick| {
        let resting = rests.iter().map(|i| &form.sections[*i]);
        tick >= form.last_chord || resting.into_iter().any(|s| s.start <= tick && tick < s.end())
    };
    for (part, player) in parts.iter_mut().zip(&players) {
        let chords = matches!(part.role, PartRole::Comp | PartRole::Pad);
        if chords && !direction.asked.contains(&player.key) {
            part.notes.retain(|n| silent(n.start));
        }
    }
    if !parts.iter().any(|p| p.notes.iter().any(|n| n.start >= form.last_chord)) {
        cut::ring(&mut parts, form, stage.harmony);
    }
    parts.retain(|p| !p.notes.is_empty());
    parts
}

impl<'a> Loop<'a> {
    fn cut(source: &'a Score, from: f64, to: f64) -> Result<Self, ComposeError> {
        let invalid = |text: String| Err(ComposeError::Invalid(text));
        if !(from.is_finite() && to.is_finite()) || from < 0.0 || from >= to {
            return invalid(format!("A loop from {from} to {to} seconds has no length."));
        }
        if to > source.seconds + 0.03 {
            return invalid(format!(
                "The loop ends at {to} seconds, after the end of the piece, which lasts {:.2} seconds.",
                source.seconds
            ));
        }
        let (bar, beat) = (source.meter.bar(), source.meter.beat());
        let first = cut::nearest_bar(source, source.tempo.tick_at(from));
        let mut last = cut::nearest_bar(source, source.tempo.tick_at(to)).min(source.end() / bar * bar);
        if last > first && source.tempo.at(last) > source.seconds + 0.02 {
            last -= bar;
        }
        let here = source.tempo.tick_at(from).max(0.0);
        let bar_seconds = source.tempo.seconds(here + f64::from(bar)) - source.tempo.seconds(here);
        if last > first && to - from > MOST_OF_A_BAR * bar_seconds {
            // A loop of three bars would limp.
            let room = (last - first) / bar;
            let bars = [8, 4, 2, 1].into_iter().find(|n| *n <= room).unwrap_or(1);
            return Ok(Self::on_bars(source, first, bars * bar));
        }
        // Less than a bar: exactly what was asked, counted as whole beats.
        let per_beat = source.tempo.seconds(here + f64::from(beat)) - source.tempo.seconds(here);
        if to - from < 0.9 * per_beat {
            return invalid(format!(
                "There is no whole beat from {from} to {to} seconds; a beat lasts {per_beat:.2} seconds here."
            ));
        }
        let beats = u32::from(source.meter.beats);
        let far = |n: u32| ((to - from) / (f64::from(n) * per_beat)).ln().abs();
        let count = (1..=beats)
            .filter(|n| beats.is_multiple_of(*n))
            .min_by(|a, b| far(*a).total_cmp(&far(*b)))
            .unwrap_or(1);
        let length = count * beat;
        let mut chords: Vec<ChordSpan> = source
            .chord_at(here as Tick)
            .or(source.chords.last())
            .cloned()
            .into_iter()
            .collect();
        for chord in &mut chords {
            (chord.start, chord.length) = (0, length);
        }
        Ok(Self {
            source,
            length,
            bpm: f64::from(length) / f64::from(PPQ) * 60.0 / (to - from),
            clock: vec![(0, from), (length, to)],
            chords,
            reels: looped(source),
        })
    }

    /// Whole bars from a bar line on.
    fn on_bars(source: &'a Score, start: Tick, length: Tick) -> Self {
        let at = |tick: Tick| source.tempo.at(tick);
        let (end, beat) = (start + length, source.meter.beat());
        let seconds = at(end) - at(start);
        let even = (start..end).step_by(beat as usize).all(|tick| {
            let straight = at(start) + seconds * f64::from(tick - start) / f64::from(length);
            (at(tick) - straight).abs() < LOOSE
        });
        let step = if even { length } else { beat };
        let mut clock: Vec<(Tick, f64)> = (0..length).step_by(step as usize).map(|t| (t, at(start + t))).collect();
        clock.push((length, at(end)));
        let chords = source
            .chords
            .iter()
            .filter(|c| c.start < end && c.start + c.length > start)
            .map(|c| {
                let (from, to) = (c.start.max(start), (c.start + c.length).min(end));
                ChordSpan {
                    start: from - start,
                    length: to - from,
                    ..c.clone()
                }
            })
            .collect();
        Self {
            source,
            length,
            bpm: recorded::pace_between(source, start, end),
            clock,
            chords,
            reels: looped(source),
        }
    }

    /// Whether a melody is heard in it.
    fn tuneful(&self) -> bool {
        let (from, to) = (self.clock[0].1, self.clock[self.clock.len() - 1].1);
        let heard = recorded::melody(self.source);
        let inside = |t: f64| from <= t && t < to;
        heard.iter().filter(|n| inside(self.source.tempo.at(n.start))).count() >= 4
    }

    /// Every round of the loop: its section, where it begins and where it is broken off.
    fn rounds(&self, form: &Form, stop: Tick) -> Vec<(usize, Tick, Tick)> {
        let mut out = Vec::new();
        for (i, section) in form.sections.iter().enumerate() {
            let end = section.end().min(stop);
            let mut at = section.start;
            while at < end {
                out.push((i, at, (at + self.length).min(end)));
                at += self.length;
            }
        }
        out
    }

    fn harmony(&self, form: &Form) -> Vec<ChordSpan> {
        let mut out = Vec::new();
        for (_, at, until) in self.rounds(form, Tick::MAX) {
            for chord in &self.chords {
                let (from, to) = (at + chord.start, (at + chord.start + chord.length).min(until));
                if from < to {
                    out.push(ChordSpan {
                        start: from,
                        length: to - from,
                        ..chord.clone()
                    });
                }
            }
        }
        out
    }

    /// The loop's sound through the form: each round begins with its bar, up to the last chord.
    fn reels(&self, form: &Form, rests: &[usize], sung: &[usize]) -> Vec<Reel> {
        let lufs = self.source.heard.as_ref().map_or(self.source.master.lufs, |h| h.lufs);
        let voice = tracks::sings(self.source) && self.tuneful();
        let mut out = Vec::new();
        for (section, at, until) in self.rounds(form, form.last_chord) {
            if rests.contains(&section) {
                continue;
            }
            let under = voice && sung.contains(&section);
            let gain = (if under { UNDER_VOICE } else { LEVEL } - lufs).clamp(-18.0, 18.0);
            let mut clock: Vec<[f64; 2]> = self
                .clock
                .iter()
                .filter(|(tick, _)| at + tick <= until)
                .map(|(tick, second)| [form.tempo.at(at + tick), *second])
                .collect();
            if at + self.length > until {
                let seconds: Vec<[f64; 2]> = self.clock.iter().map(|(t, s)| [f64::from(*t), *s]).collect();
                let pair = [form.tempo.at(until), reels::read(&seconds, f64::from(until - at))];
                if clock.last().is_some_and(|c| c[0] < pair[0] - 1e-6) {
                    clock.push(pair);
                }
            }
            out.extend(reels::along(&self.reels, &straight(clock)).into_iter().map(|r| Reel {
                gain_db: r.gain_db + gain,
                ..r
            }));
        }
        out
    }
}

/// A clock that differs from 1:1 by rounding only runs 1:1.
fn straight(mut clock: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    if let ([first, .., last], 2) = (clock.as_slice(), clock.len()) {
        let off = (last[0] - first[0]) - (last[1] - first[1]);
        if off.abs() < 1e-6 {
            let old = first[1] + last[0] - first[0];
            clock[1][1] = old;
        }
    }
    clock
}
