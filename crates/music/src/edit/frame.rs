//! A finished piece taken back to its form and harmony, so that a band can be set on it anew, and the
//! decisions that its brief leads to.

use catbird_score::{Brief, Dice, Gender, Key, Labels, Note, Part, PartRole, Score, SungLine, TempoMap, Tick};

use crate::{
    arrange::{self, stage::Stage},
    direction::{self, Direction},
    form::Form,
    harmony::Harmony,
    predict,
};

/// Form and harmony of a piece.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub form: Form,
    pub harmony: Harmony,
}

impl Frame {
    /// Those of `score`; the form's lines are empty, since words and notes stand in the score.
    pub(super) fn of(score: &Score) -> Self {
        Self {
            form: Form {
                meter: score.meter,
                tempo: score.tempo.clone(),
                seconds: score.seconds,
                sections: score.sections.clone(),
                lines: Vec::new(),
                last_chord: last_chord(score),
            },
            harmony: Harmony {
                chords: score.chords.clone(),
                key: score.key,
                modulations: score.modulations.clone(),
            },
        }
    }

    /// Everything by `by` semitones.
    pub(super) fn transpose(&mut self, by: i32) {
        let turn = |pc: u8| (i32::from(pc) + by).rem_euclid(12) as u8;
        for span in &mut self.harmony.chords {
            span.chord.root = turn(span.chord.root);
            span.chord.bass = turn(span.chord.bass);
        }
        self.harmony.key.tonic = turn(self.harmony.key.tonic);
        for (_, key) in &mut self.harmony.modulations {
            key.tonic = turn(key.tonic);
        }
    }

    /// Plays it `factor` times as fast; the last chord rings as long as a listener expects.
    pub(super) fn hasten(&mut self, factor: f64) {
        if (factor - 1.0).abs() < 1e-9 {
            return;
        }
        let ring = self.form.seconds - self.form.tempo.at(self.form.last_chord);
        for mark in &mut self.form.tempo.marks {
            mark.bpm *= factor;
        }
        let ring = (ring / factor).clamp(ring.min(1.5), ring.max(3.5));
        self.form.seconds = self.form.tempo.at(self.form.last_chord) + ring;
    }

    /// A band on it: what everybody plays.
    pub(super) fn parts(&self, direction: &Direction, sung: &[SungLine], seed: u64) -> Vec<Part> {
        arrange::arrange(&Stage::new(&self.form, direction, &self.harmony, sung, seed))
    }

    /// Puts form and harmony into a score.
    pub(super) fn into_score(self, score: &mut Score) {
        score.meter = self.form.meter;
        score.tempo = self.form.tempo;
        score.seconds = self.form.seconds;
        score.sections = self.form.sections;
        score.key = self.harmony.key;
        score.modulations = self.harmony.modulations;
        score.chords = self.harmony.chords;
    }
}

/// Where the last stroke falls: at the last chord if nobody starts a note after it (a piece that
/// ends), else in the last bar (a piece that was cut).
fn last_chord(score: &Score) -> Tick {
    let end = score.end();
    let bar = score.meter.bar();
    let last = score.chords.last().map_or(0, |c| c.start);
    let latest = score
        .parts
        .iter()
        .flat_map(|p| p.notes.last())
        .map(|n| n.start)
        .max()
        .unwrap_or(last);
    if latest <= last && end.saturating_sub(last) <= 4 * bar {
        last
    } else {
        latest.max(end.saturating_sub(bar)).min(end.saturating_sub(1))
    }
}

/// The direction a brief leads to; what nobody says is told from the words, and after that from
/// `like`, the labels of the piece that is edited.
pub(super) fn direct(brief: &Brief, like: Option<&Labels>) -> Direction {
    let seed = brief.take_seed();
    let mut predicted = brief.lyrics.as_deref().map_or_else(Labels::default, |text| {
        let p = predict::predict(text, &brief.description, seed);
        Labels {
            genre: p.genre.to_owned(),
            mood: p.mood.to_owned(),
            gender: gender(p.gender).to_owned(),
            timbre: p.timbre.to_owned(),
        }
    });
    if let Some(like) = like.filter(|_| brief.lyrics.is_some()) {
        let take = |own: &mut String, other: &String| {
            if !other.is_empty() {
                own.clone_from(other);
            }
        };
        take(&mut predicted.gender, &like.gender);
        take(&mut predicted.timbre, &like.timbre);
        take(&mut predicted.mood, &like.mood);
        take(&mut predicted.genre, &like.genre);
    }
    let mut direction = direction::resolve(brief, &predicted);
    if let Some(singer) = &brief.voice.singer {
        direction.singer = singer.clone();
        if !direction.instrumental {
            gender(singer.gender).clone_into(&mut direction.labels.gender);
        }
    }
    direction
}

fn gender(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "Female",
        Gender::Male => "Male",
    }
}

/// The tempo a listener would name: the one that holds for the longest time.
pub(super) fn main_tempo(tempo: &TempoMap, end: Tick) -> f64 {
    let mut best = (0.0, 120.0);
    for (i, mark) in tempo.marks.iter().enumerate() {
        let until = tempo.marks.get(i + 1).map_or(end.max(mark.tick + 1), |m| m.tick);
        let length = f64::from(until - mark.tick) / mark.bpm;
        if length > best.0 {
            best = (length, mark.bpm);
        }
    }
    best.1
}

/// The brief stored with an edit: asked for again, it leads to the same key, tempo and voice.
pub(super) fn remember(brief: &Brief, score: &Score) -> Brief {
    let mut brief = brief.clone();
    let bpm = main_tempo(&score.tempo, score.end());
    brief.bpm = (30.0..=300.0).contains(&bpm).then_some(bpm);
    let name = score.key.name();
    brief.key = crate::vocabulary::key(&name).map(|_| name);
    brief.seconds = None;
    brief.segments = Vec::new();
    brief.write_lyrics = None;
    if let Some(vocal) = &score.vocal {
        brief.lyrics = Some(words(score));
        brief.voice.singer = Some(vocal.singer.clone());
        brief.voice.gender = Some(vocal.singer.gender);
    } else {
        brief.lyrics = None;
    }
    brief
}

/// The sung words as lyrics with section tags.
pub(super) fn words(score: &Score) -> String {
    let mut out = String::new();
    let mut last = None;
    for line in score.vocal.iter().flat_map(|v| &v.lines) {
        if last != Some(line.section) {
            if last.is_some() {
                out.push('\n');
            }
            let role = score.sections[line.section].role;
            let tag = match crate::style::role_key(role) {
                // Words under these tags would be moved elsewhere.
                "intro" | "inst" | "outro" => "verse",
                "pre_chorus" => "pre-chorus",
                tag => tag,
            };
            out.push_str(&format!("[{tag}]\n"));
            last = Some(line.section);
        }
        out.push_str(&line.text);
        out.push('\n');
    }
    out
}

/// Style, mood and description of the piece stand in where the brief names none.
pub(super) fn inherit(brief: &Brief, source: &Score) -> Brief {
    let mut brief = brief.clone();
    let silent = brief.tags.trim().is_empty() && brief.wishes.is_empty() && brief.description.trim().is_empty();
    if silent {
        brief.tags.clone_from(&source.brief.tags);
        brief.wishes.clone_from(&source.brief.wishes);
        brief.description.clone_from(&source.brief.description);
        if brief.negative_tags.trim().is_empty() {
            brief.negative_tags.clone_from(&source.brief.negative_tags);
        }
    }
    if brief.title.as_deref().is_none_or(|t| t.trim().is_empty()) {
        brief.title = Some(source.title.clone());
    }
    brief
}

/// How close an edit stays to its source, 0–1.
pub(super) fn closeness(brief: &Brief) -> f64 {
    f64::from(brief.audio_weight.unwrap_or(0.5)).clamp(0.0, 1.0)
}

/// The melody an instrumental is known by: the notes of its leads, of its counter lines where nobody
/// leads, one at a time.
pub(super) fn tune(score: &Score) -> Vec<Note> {
    let of = |role: PartRole| -> Vec<Note> {
        let parts = score.parts.iter().filter(|p| p.role == role && !p.sound.is_drums());
        parts.flat_map(|p| p.notes.iter().copied()).collect()
    };
    let mut notes = of(PartRole::Lead);
    if notes.is_empty() {
        notes = of(PartRole::Counter);
    }
    if notes.is_empty() {
        notes = of(PartRole::Comp);
    }
    single(notes)
}

/// One note at a time: of notes struck together the highest, each ending where the next begins.
pub(super) fn single(mut notes: Vec<Note>) -> Vec<Note> {
    notes.sort_by_key(|n| (n.start, std::cmp::Reverse(n.pitch)));
    notes.dedup_by_key(|n| n.start);
    for i in 1..notes.len() {
        let next = notes[i].start;
        notes[i - 1].length = notes[i - 1].length.min(next - notes[i - 1].start);
    }
    notes
}

/// Moves a line by whole octaves to where `range` lies comfortably around it.
pub(super) fn into_range(notes: &mut [Note], range: [u8; 2]) {
    if notes.is_empty() {
        return;
    }
    let [low, high] = range.map(i32::from);
    let mean = notes.iter().map(|n| i32::from(n.pitch)).sum::<i32>() / notes.len() as i32;
    let aim = mean.clamp((low + high) / 2 - 6, (low + high) / 2 + 9);
    let octaves = ((aim - mean) as f32 / 12.0).round() as i32 * 12;
    for n in notes {
        let mut p = i32::from(n.pitch) + octaves;
        while p > high && p - 12 >= low {
            p -= 12;
        }
        while p < low && p + 12 <= high {
            p += 12;
        }
        n.pitch = p.clamp(0, 127) as u8;
    }
}

/// A number of a request that only chance shall decide.
pub(super) fn dice(brief: &Brief, name: &str) -> Dice {
    Dice::new(brief.take_seed(), name)
}

/// A key moved by semitones.
pub(super) fn moved(key: Key, by: i32) -> Key {
    Key {
        tonic: (i32::from(key.tonic) + by).rem_euclid(12) as u8,
        ..key
    }
}
