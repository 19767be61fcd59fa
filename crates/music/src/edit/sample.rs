//! Sampling: a loop cut out of a piece, and a new piece over it.

mod recording;

use catbird_score::{
    Brief, Channel, ChordSpan, Dice, Note, Part, PartRole, Role, Score, Sound, SungLine, Tick, score::VERSION,
};

use super::{colour, cut, recorded, replace};
use crate::{
    arrange::{self, stage::Stage},
    choir::{self, duet},
    compose::{self, ComposeError},
    form::{self, Form},
    harmony::{self, Harmony},
    instruments,
    lyrics::Lyrics,
    melody,
    words::{self, UnknownWords},
};

/// General MIDI's "Voice Oohs": how a sung line of the loop is heard without its words.
const OOHS: u8 = 53;

/// Builds a new piece over a loop of `source` between two of its seconds (1, 2, 4 or 8 bars). Tempo, key
/// and chords are the loop's; drums, bass, lead and, with lyrics, the voice are of the asked style, or
/// of the source's when none is asked. The loop's chords and tunes play on in parts of their own
/// (`sample_…`), its drums and bass only where the new band has none.
///
/// Of a recording the sound itself is looped: from the heard bar lines nearest to the span, or exactly the
/// span where it is shorter than a bar; the piece has the loop's mean tempo, so that each round begins on a
/// bar. The loop is silent in one section, where the band's own chords take over.
///
/// # Errors
/// [`ComposeError::Invalid`] for a span that is empty, silent or outside the piece, and everything that
/// [`compose()`](crate::compose()) refuses.
pub fn sample(
    source: &Score,
    from: f64,
    to: f64,
    brief: &Brief,
    unknown: Option<&dyn UnknownWords>,
) -> Result<Score, ComposeError> {
    compose::validate(brief)?;
    let formed = recorded::formed(source);
    let source = formed.as_ref().unwrap_or(source);
    if recording::covers(source, from, to) {
        return recording::sample(source, from, to, brief, unknown);
    }
    let cut = Loop::cut(source, from, to)?;
    let words = brief.lyrics.as_deref().filter(|_| !brief.instrumental);
    let lyrics = words.map(Lyrics::parse).filter(|l| !l.is_empty());
    let mut prepared = lyrics.as_ref().map(|l| words::prepare(l, unknown)).transpose()?;
    let asked = asked(source, brief, prepared.is_some());
    let seed = brief.take_seed();
    let mut direction = compose::direct(&asked);
    direction.bpm = source.tempo.bpm_at(cut.start);
    direction.bpm_fixed = true;
    direction.meter = source.meter;
    direction.key = source.key_at(cut.start);
    direction.master.lofi = (direction.master.lofi + 0.1).min(1.0);
    if let Some(singer) = &brief.voice.singer {
        direction.singer = singer.clone();
    }
    if let Some(prepared) = &mut prepared {
        duet::share_out(prepared, &direction);
    }
    let form = form::plan(&direction, prepared.as_deref(), &asked, &mut Dice::new(seed, "form"))?;
    let mut harmony = Harmony {
        chords: cut.chords(&form),
        key: direction.key,
        modulations: Vec::new(),
    };
    harmony::close(&mut harmony, &form, &direction, &harmony::cadences(&direction));
    harmony::merge(&mut harmony.chords, &form);
    let vocal = prepared
        .as_ref()
        .map(|_| melody::sing(&direction, &form, &harmony.chords, &mut Dice::new(seed, "melody")));
    let lines: &[SungLine] = vocal.as_ref().map_or(&[], |v| &v.lines);

    let stage = Stage::new(&form, &direction, &harmony, lines, seed);
    let mut band = arrange::band::hire(&stage);
    let tuneful = cut.parts.iter().any(|p| p.role == PartRole::Lead);
    band.retain(|p| !matches!(p.plan.role, PartRole::Comp | PartRole::Pad) || direction.asked.contains(&p.key));
    for player in band.iter_mut().filter(|p| tuneful && p.plan.role == PartRole::Lead) {
        player.plan.roles = SOLO.to_vec();
    }
    let mut parts = arrange::play(&stage, &band);
    parts.retain(|p| !p.notes.is_empty());
    let taken = |role: PartRole| parts.iter().any(|p| p.role == role);
    let (drums, bass, lead) = (taken(PartRole::Drums), taken(PartRole::Bass), taken(PartRole::Lead));
    let sung_sections: Vec<usize> = lines.iter().map(|l| l.section).collect();
    let mut looped = cut.play(&form, |part, section| {
        let role = form.sections[section].role;
        match part.role {
            PartRole::Drums => !drums,
            PartRole::Bass => !bass,
            PartRole::Lead if lead && SOLO.contains(&role) => false,
            PartRole::Lead if part.id == "sample_voice" => !sung_sections.contains(&section),
            _ => true,
        }
    });
    cut::ring(&mut looped, &form, &harmony);
    for mut part in looped.into_iter().filter(|p| !p.notes.is_empty()) {
        part.id = cut::free_id(&parts, &part.id);
        parts.push(part);
    }
    let mut title = compose::title(&asked, lyrics.as_ref());
    if title == compose::UNTITLED || lyrics.is_none() && brief.title.is_none() && brief.description.trim().is_empty() {
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
        reels: Vec::new(),
        heard: None,
    };
    choir::join(&mut score, &direction, None);
    debug_assert_eq!(score.check(), Ok(()), "a sampled piece keeps the score's rules");
    Ok(score)
}

/// Sections in which the new lead takes the place of the loop's tune.
const SOLO: [Role; 2] = [Role::Inst, Role::Bridge];

/// The brief of the new piece: the source's style words where none are given; tempo and key are the
/// loop's whatever is asked.
fn asked(source: &Score, brief: &Brief, sung: bool) -> Brief {
    let mut asked = if colour::speaks(brief) {
        brief.clone()
    } else {
        Brief {
            tags: source.brief.tags.clone(),
            negative_tags: source.brief.negative_tags.clone(),
            description: source.brief.description.clone(),
            wishes: source.brief.wishes.clone(),
            ..brief.clone()
        }
    };
    asked.lyrics = asked.lyrics.filter(|_| sung);
    (asked.bpm, asked.key) = (None, None);
    asked
}

/// The loop: parts that begin at its first beat, already `sample_…`.
struct Loop<'a> {
    source: &'a Score,
    start: Tick,
    length: Tick,
    parts: Vec<Part>,
}

impl<'a> Loop<'a> {
    fn cut(source: &'a Score, from: f64, to: f64) -> Result<Self, ComposeError> {
        let bar = source.meter.bar();
        let (first, last) = replace::snap(source, from, to)?;
        let stop = (cut::last_chord(source) / bar * bar).max(bar);
        let room = ((last.min(stop).saturating_sub(first / bar * bar)) / bar).max(1);
        let bars = [8, 4, 2, 1].into_iter().find(|n| *n <= room).unwrap_or(1);
        let length = bars * bar;
        let start = (first / bar * bar).min(stop.saturating_sub(length));
        let mut parts: Vec<Part> = Vec::new();
        for part in &source.parts {
            let notes = cut::shifted(
                &cut::notes_between(&part.notes, start, start + length),
                -i64::from(start),
            );
            if notes.is_empty() || part.role == PartRole::Effect {
                continue;
            }
            let id = format!("sample_{}", part.id.trim_start_matches("sample_"));
            parts.push(Part {
                id: cut::free_id(&parts, &id),
                name: format!("{} (sample)", part.name.trim_end_matches(" (sample)")),
                channel: worn(part.channel, part.role),
                notes,
                ..part.clone()
            });
        }
        parts.extend(voice(source, start, length));
        if parts.is_empty() {
            return Err(ComposeError::Invalid(format!(
                "Nothing is played from {from} to {to} seconds; there is nothing to sample."
            )));
        }
        Ok(Self {
            source,
            start,
            length,
            parts,
        })
    }

    /// The loop's chords under a form; every section begins with the loop's beginning.
    fn chords(&self, form: &Form) -> Vec<ChordSpan> {
        let end = self.start + self.length;
        let mut out = Vec::new();
        for (at, until) in self.rounds(form, Tick::MAX).map(|(_, at, until)| (at, until)) {
            for span in self
                .source
                .chords
                .iter()
                .filter(|c| c.start < end && c.start + c.length > self.start)
            {
                let from = at + span.start.max(self.start) - self.start;
                let to = (at + (span.start + span.length).min(end) - self.start).min(until);
                if from < to {
                    let mut span = span.clone();
                    (span.start, span.length) = (from, to - from);
                    out.push(span);
                }
            }
        }
        out
    }

    /// Every round of the loop: its section, where it begins and where it is broken off.
    fn rounds<'f>(&self, form: &'f Form, stop: Tick) -> impl Iterator<Item = (usize, Tick, Tick)> + use<'f> {
        let length = self.length;
        form.sections.iter().enumerate().flat_map(move |(i, s)| {
            let end = s.end().min(stop);
            (0..)
                .map(move |n| s.start + n * length)
                .take_while(move |at| *at < end)
                .map(move |at| (i, at, (at + length).min(end)))
        })
    }

    /// The loop's parts through the form where `plays` says so, up to the last chord.
    fn play(&self, form: &Form, plays: impl Fn(&Part, usize) -> bool) -> Vec<Part> {
        let looped = |part: &Part| {
            let mut notes = Vec::new();
            for (section, at, until) in self.rounds(form, form.last_chord) {
                if plays(part, section) {
                    let round = cut::notes_between(&part.notes, 0, until - at);
                    notes.extend(cut::shifted(&round, i64::from(at)));
                }
            }
            if let Some(first) = notes.first_mut() {
                first.nudge = first.nudge.max(-(first.start.min(200) as i16));
            }
            Part { notes, ..part.clone() }
        };
        self.parts.iter().map(looped).collect()
    }
}

/// As if from a record: darker, narrower, without depth, pushed a little by the new kick.
fn worn(channel: Channel, role: PartRole) -> Channel {
    let low = matches!(role, PartRole::Bass | PartRole::Drums);
    Channel {
        gain_db: channel.gain_db - 0.5,
        width: channel.width * 0.7,
        tilt_db: (channel.tilt_db - 5.0).max(-12.0),
        low_cut_hz: if low {
            channel.low_cut_hz
        } else {
            channel.low_cut_hz.max(140.0)
        },
        duck_db: channel.duck_db.max(2.5),
        ..channel
    }
}

/// The sung line of the loop without its words.
fn voice(source: &Score, start: Tick, length: Tick) -> Option<Part> {
    let vocal = source.vocal.as_ref()?;
    let sung: Vec<Note> = vocal.lines.iter().flat_map(SungLine::notes).copied().collect();
    let notes = cut::shifted(&cut::notes_between(&sung, start, start + length), -i64::from(start));
    let gain_db = instruments::all()
        .values()
        .find(|i| i.sound == Sound::Sampled { bank: 0, program: OOHS })
        .map_or(0.0, |i| i.gain_db);
    (!notes.is_empty()).then(|| Part {
        id: "sample_voice".to_owned(),
        name: "Voice (sample)".to_owned(),
        role: PartRole::Lead,
        sound: Sound::Sampled { bank: 0, program: OOHS },
        channel: worn(
            Channel {
                gain_db: gain_db - 3.0,
                ..vocal.channel
            },
            PartRole::Lead,
        ),
        notes,
    })
}
