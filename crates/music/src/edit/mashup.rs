//! A mash-up: sections of two pieces in turn, in one key, at one tempo, over one band that has players of
//! both; each side keeps its melodies and words and one part it is known by.

mod side;

use catbird_score::{
    Brief, Channel, ChordSpan, Key, Mode, Note, Part, PartRole, Role, Score, Section, Singer, SungLine, TempoMap, Tick,
    Vocal, VoiceWish, score::VERSION,
};

use super::{cut, frame, phrasing, underlay};
use crate::{
    arrange::{self, performance, stage::Stage},
    compose::ComposeError,
    direction::Direction,
    form::Form,
    harmony::{Harmony, roman},
    lyrics::Lyrics,
    words::{self, UnknownWords},
};
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
/// # Errors
/// [`ComposeError`] for pieces of different metre, and for lyrics that cannot be read or sung.
pub fn mashup(a: &Score, b: &Score, brief: &Brief, unknown: Option<&dyn UnknownWords>) -> Result<Score, ComposeError> {
    if a.meter != b.meter {
        return Err(ComposeError::Invalid(format!(
            "The two pieces are in different metres ({}/{} and {}/{}); they cannot be played as one.",
            a.meter.beats, a.meter.unit, b.meter.beats, b.meter.unit
        )));
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
        score.vocal = Some(Vocal {
            singer: direction.singer.clone(),
            channel: direction.vocal_channel,
            lines,
        });
    }
    score.brief = frame::remember(&wish, &score);
    debug_assert_eq!(score.check(), Ok(()), "a mash-up keeps the score's rules");
    Ok(score)
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
        || format!("{} / {}", a.title, b.title).chars().take(80).collect(),
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

/// The two pieces on one grid.
struct Piece {
    form: Form,
    harmony: Harmony,
    lines: Vec<SungLine>,
    /// What the leads of each side play.
    tunes: [Vec<Note>; 2],
}

/// Puts the blocks one after the other.
fn assemble(sides: &[Side; 2], blocks: &[Block], direction: &Direction) -> Piece {
    let bar = direction.meter.bar();
    let key = direction.key;
    let (mut sections, mut chords, mut lines) = (Vec::new(), Vec::<ChordSpan>::new(), Vec::new());
    let mut tunes = [Vec::new(), Vec::new()];
    let mut at = 0;
    let mut verses = 0;
    for (index, block) in blocks.iter().enumerate() {
        let mut taken = sides[block.side].take(block.from, at, block.bars);
        if block.role == Role::Verse {
            verses += 1;
        }
        if !block.bare {
            for line in &mut taken.lines {
                line.section = index;
            }
            lines.append(&mut taken.lines);
            tunes[block.side].append(&mut taken.tune);
        }
        // The dominant leads back where a block begins on the tonic.
        let home = taken.chords.first().is_some_and(|c| c.chord.root == key.tonic);
        if let Some(last) = chords
            .last_mut()
            .filter(|c| home && c.length > bar / 2 && c.chord.root == key.tonic)
        {
            let sung = lines
                .iter()
                .any(|l: &SungLine| cut::extent(l).is_some_and(|(from, to)| from < at && to > at - bar / 2));
            if !sung {
                last.length -= bar / 2;
                let chord = roman::chord(
                    "V",
                    Key {
                        mode: Mode::Major,
                        ..key
                    },
                );
                let turn = ChordSpan {
                    start: at - bar / 2,
                    length: bar / 2,
                    roman: "V".to_owned(),
                    chord,
                };
                chords.push(turn);
            }
        }
        chords.append(&mut taken.chords);
        let name = match block.role {
            Role::Intro => "Intro".to_owned(),
            Role::Verse => format!("Verse {verses}"),
            Role::Bridge => "Bridge".to_owned(),
            Role::Outro => "Outro".to_owned(),
            _ => "Chorus".to_owned(),
        };
        let length = taken.length + if block.role == Role::Outro { bar } else { 0 };
        sections.push(Section {
            name,
            role: block.role,
            start: at,
            length,
            energy: (block.energy + (direction.energy - 0.5) * 0.5).clamp(0.08, 1.0),
        });
        at += length;
    }
    let last_chord = at - bar;
    let numeral = if key.mode.is_minor() { "i" } else { "I" };
    chords.push(ChordSpan {
        start: last_chord,
        length: bar,
        roman: numeral.to_owned(),
        chord: roman::chord(numeral, key),
    });
    let tempo = TempoMap::steady(direction.bpm, 0.1);
    let ring = (f64::from(direction.meter.beats) * 60.0 / direction.bpm).clamp(2.2, 3.4);
    Piece {
        form: Form {
            meter: direction.meter,
            seconds: tempo.at(last_chord) + ring,
            tempo,
            sections,
            lines: Vec::new(),
            last_chord,
        },
        harmony: Harmony {
            chords,
            key,
            modulations: Vec::new(),
        },
        lines,
        tunes,
    }
}

impl Piece {
    /// All melody as strains for other words: sung lines, and tunes where nobody sang, in the singer's
    /// octave.
    fn strains(&self, lines: &[SungLine], singer: &Singer) -> Vec<underlay::Strain> {
        let sung = Vocal {
            singer: singer.clone(),
            channel: Channel::default(),
            lines: lines.to_vec(),
        };
        let mut strains = underlay::strains(&sung);
        for tune in &self.tunes {
            let mut tune = frame::single(tune.clone());
            frame::into_range(&mut tune, [singer.low, singer.high]);
            strains.extend(underlay::phrases(&tune, &self.form.sections, self.form.meter.bar()));
        }
        strains.sort_by_key(underlay::Strain::start);
        strains
    }

    /// The band: players of both styles, the riff of each side in its sections, the leads of sides that
    /// nobody sings.
    fn band(
        &self,
        sides: &[Side; 2],
        blocks: &[Block],
        direction: &Direction,
        lines: &[SungLine],
        left: &[Note],
        seed: u64,
    ) -> Vec<Part> {
        let mut heard = lines.to_vec();
        for tune in self.tunes.iter().map(Vec::as_slice).chain([left]) {
            heard.extend(underlay::stand_ins(tune, &self.form.sections, self.form.meter.bar()));
        }
        heard.sort_by_key(|l| l.notes().next().map_or(0, |n| n.start));
        let mut parts = arrange::arrange(&Stage::new(&self.form, direction, &self.harmony, &heard, seed));
        for (s, side) in sides.iter().enumerate() {
            let used: Vec<usize> = blocks.iter().filter(|b| b.side == s).map(|b| b.from).collect();
            let Some(riff) = side.riff(&used) else { continue };
            let mut notes = Vec::new();
            for (block, section) in blocks.iter().zip(&self.form.sections).filter(|(b, _)| b.side == s) {
                let end = section.end().min(self.form.last_chord);
                let mut played = side.riff_notes(riff, block.from, section.start, end - section.start);
                if played.is_empty() {
                    continue;
                }
                // Whoever does the same in the new band rests meanwhile.
                if let Some(same) = parts.iter_mut().find(|p| p.role == riff.role) {
                    same.notes.retain(|n| !(section.start <= n.start && n.start < end));
                }
                notes.append(&mut played);
            }
            self.add(&mut parts, riff, notes, direction);
        }
        for (side, tune) in sides.iter().zip(&self.tunes) {
            if let Some(part) = side.leader().filter(|_| !tune.is_empty()) {
                self.add(&mut parts, &part, tune.clone(), direction);
            }
        }
        if !left.is_empty() {
            let part = parts.iter().find(|p| p.role == PartRole::Lead).cloned();
            let part = part.unwrap_or_else(|| arrange::band::soloist("piano"));
            self.add(&mut parts, &part, left.to_vec(), direction);
        }
        parts.retain(|p| !p.notes.is_empty());
        parts
    }

    /// A part taken over, in the swing of the new band.
    fn add(&self, parts: &mut Vec<Part>, like: &Part, mut notes: Vec<Note>, direction: &Direction) {
        for n in &mut notes {
            let swung = performance::swing(n.start, direction.swing, direction.swing_unit);
            n.nudge = swung.round() as i16;
            n.length = n.length.min(self.form.last_chord.saturating_sub(n.start)).max(1);
        }
        notes.retain(|n| n.start < self.form.last_chord);
        notes.sort_by_key(|n| (n.start, n.pitch));
        if let Some(same) = parts.iter_mut().find(|p| p.sound == like.sound && p.role == like.role) {
            same.notes.extend(notes);
            same.notes.sort_by_key(|n| (n.start, n.pitch));
            same.notes.dedup_by_key(|n| (n.start, n.pitch));
            return;
        }
        let id = cut::free_id(parts, &like.id);
        parts.push(Part {
            id,
            notes,
            ..like.clone()
        });
    }
}
