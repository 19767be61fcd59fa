//! A finished piece taken back to its form and harmony, so that a band can be set on it anew, and the
//! decisions that its brief leads to.

use catbird_score::{
    Brief, By, ChordSpan, Dice, Gender, Labels, Note, Part, PartRole, Score, SungLine, TempoMap, Tick, VoiceWish, Wish,
    WishKind,
};

use crate::{
    arrange::{self, stage::Stage},
    choir::duet,
    compose,
    direction::{self, Direction},
    form::Form,
    harmony::Harmony,
    vocabulary,
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

    /// By how many semitones the key at `tick` is higher than the first one.
    pub(super) fn lift_at(&self, tick: Tick) -> i32 {
        let by = (i32::from(self.harmony.key_at(tick).tonic) - i32::from(self.harmony.key.tonic)).rem_euclid(12);
        if by > 6 { by - 12 } else { by }
    }

    /// The chords as if the piece never left its first key.
    pub(super) fn in_first_key(&self) -> Vec<ChordSpan> {
        let mut chords = self.harmony.chords.clone();
        for span in &mut chords {
            let by = self.lift_at(span.start);
            let turn = |pc: u8| (i32::from(pc) - by).rem_euclid(12) as u8;
            span.chord.root = turn(span.chord.root);
            span.chord.bass = turn(span.chord.bass);
        }
        chords
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
        .filter_map(|p| p.notes.last())
        .map(|n| n.start)
        .max()
        .unwrap_or(last);
    if latest <= last && end.saturating_sub(last) <= 4 * bar {
        last
    } else {
        latest.max(end.saturating_sub(bar)).min(end.saturating_sub(1))
    }
}

/// The direction a brief leads to, with the singer it names.
pub(super) fn direct(brief: &Brief) -> Direction {
    let mut direction = compose::direct(brief);
    if let Some(singer) = &brief.voice.singer {
        direction.singer = singer.clone();
        if !direction.instrumental {
            let name = match singer.gender {
                Gender::Female => "Female",
                Gender::Male => "Male",
            };
            name.clone_into(&mut direction.labels.gender);
        }
    }
    direction
}

/// Whether voice or style words say if a woman or a man sings.
pub(super) fn says_gender(brief: &Brief) -> bool {
    let told = |gender: &str| {
        let labels = Labels {
            gender: gender.to_owned(),
            ..Labels::default()
        };
        direction::resolve(brief, &labels).singer.gender
    };
    told("Male") == told("Female")
}

/// Who sings is like the piece's own singer where neither brief nor style words say it.
pub(super) fn same_gender(brief: &mut Brief, source: &Score) {
    let said = brief.voice != VoiceWish::default() || says_gender(brief);
    let gender = source
        .vocal
        .as_ref()
        .map(|v| v.singer.gender)
        .or_else(|| heard_gender(source));
    if !said && gender.is_some() {
        brief.voice.gender = gender;
    }
}

/// Whose voice is heard in a recording.
pub(super) fn heard_gender(source: &Score) -> Option<Gender> {
    match source.labels.gender.as_str() {
        "Female" => Some(Gender::Female),
        "Male" => Some(Gender::Male),
        _ => None,
    }
}

/// More marks than this are not changes of tempo but a pulse that breathes.
pub(super) const MARKS: usize = 8;

/// The tempo a listener would name: the one that holds for the longest time, the mean of a pulse that
/// breathes.
pub(super) fn main_tempo(tempo: &TempoMap, end: Tick) -> f64 {
    if tempo.marks.len() > MARKS && end > 0 {
        let quarters = f64::from(end) / f64::from(catbird_score::PPQ);
        return 60.0 * quarters / (tempo.at(end) - tempo.at(0));
    }
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
    brief.key = vocabulary::key(&name).map(|_| name);
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
    let mut singing = None;
    let shared = score.vocal.as_ref().map(duet::shared).unwrap_or_default();
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
            out.push('[');
            out.push_str(tag);
            out.push_str("]\n");
            last = Some(line.section);
            singing = None;
        }
        // Of a duet, who sings it.
        if let Some(vocal) = score.vocal.as_ref().filter(|v| v.partner.is_some()) {
            let both = line.notes().next().is_some_and(|n| shared.contains(&n.start));
            let who = match (both, line.by, vocal.singer.gender) {
                (true, _, _) => "both",
                (_, By::Lead, Gender::Female) | (_, By::Partner, Gender::Male) => "female",
                _ => "male",
            };
            if singing != Some(who) {
                out.extend(["[", who, "]\n"]);
                singing = Some(who);
            }
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
        let genre = &source.labels.genre;
        if source.heard.is_some() && brief.tags.trim().is_empty() {
            style_word(&source.style).clone_into(&mut brief.tags);
        } else if !genre.is_empty() && brief.words(WishKind::Genre).next().is_none() {
            // Told from the words once; words and seed may be others now.
            brief.wishes.push(Wish::new(WishKind::Genre, genre.as_str()));
        }
        if brief.negative_tags.trim().is_empty() {
            brief.negative_tags.clone_from(&source.brief.negative_tags);
        }
    }
    if brief.title.as_deref().is_none_or(|t| t.trim().is_empty()) {
        brief.title = Some(source.title.clone());
    }
    brief
}

/// The tag by which a style is asked for.
pub(super) fn style_word(style: &str) -> &str {
    match style {
        "hip_hop" => "hip-hop",
        "bossa" => "bossa nova",
        "future_bass" => "future bass",
        "rnb" => "r&b",
        "gufeng" => "chinese",
        other => other,
    }
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
    let middle = i32::midpoint(low, high);
    let aim = mean.clamp(middle - 6, middle + 9);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_style_is_found_by_its_word() {
        for style in crate::style::all() {
            let brief = Brief {
                tags: style_word(&style.id).to_owned(),
                ..Brief::default()
            };
            assert_eq!(direct(&brief).style, style.id);
        }
    }
}
