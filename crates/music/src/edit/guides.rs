//! Which sections of a piece guide new ones: their progressions, the slots and the melodies of their
//! lines.

use std::collections::BTreeMap;

use catbird_score::{By, ChordSpan, Dice, Role, Section, SungLine, TempoMark, Tick, Vocal};

use super::{
    cut,
    origin::{self, Origin},
};
use crate::{
    choir,
    direction::Direction,
    form::{Form, Model, Models, PlacedLine},
    harmony::{self, Harmony},
    melody::{self, Given},
};

/// The source's sections that new ones take after: one for each role.
pub struct Guides<'a> {
    /// The piece.
    pub origin: &'a Origin<'a>,
    /// Where the source is cut; its key there is the new part's.
    tick: Tick,
    /// By the role's number: the section and its lines (numbers of the source's lines).
    sections: BTreeMap<u8, (usize, Vec<usize>)>,
}

impl<'a> Guides<'a> {
    /// The guides of a piece that is cut at `tick`.
    pub fn of(origin: &'a Origin<'a>, tick: Tick) -> Self {
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
    pub fn models(&self) -> Models {
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
    pub fn bars(&self, form: &Form) -> Vec<(Tick, Tick)> {
        let bar = form.meter.bar();
        form.sections
            .iter()
            .flat_map(|s| (0..s.length / bar).map(move |n| (s.start + n * bar, self.bar(s.role, n))))
            .collect()
    }

    /// Semitones from the key of a source's bar to that of the new part, −5 … 6.
    pub fn interval(&self, from: Tick) -> i8 {
        let score = self.origin.score;
        let (old, new) = (score.key_at(from).tonic, score.key_at(self.tick).tonic);
        let up = (new + 12 - old % 12) % 12;
        if up > 6 { up as i8 - 12 } else { up as i8 }
    }

    /// The chords of the new form: those of its guides in the new key, with an ending.
    pub fn harmony(&self, form: &Form, direction: &Direction) -> Harmony {
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
    pub fn sing(&self, direction: &Direction, form: &Form, harmony: &Harmony, loose: bool, seed: u64) -> Vocal {
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
        let mut sung = melody::sing_among(direction, &whole, &chords, &given, &mut dice);
        sung.lines.drain(..old.len());
        for line in &mut sung.lines {
            cut::shift_line(line, -i64::from(end));
            line.section -= score.sections.len();
        }
        sung.backing = choir::shifted(&sung.backing, -i64::from(end), |s| s - score.sections.len());
        let two = !sung.backing.is_empty() || sung.lines.iter().any(|l| l.by == By::Partner);
        sung.partner = sung.partner.filter(|_| two);
        sung
    }
}

/// Sections of one form behind those of another that ends at `at`.
pub fn joined(first: &[Section], second: &[Section], at: Tick) -> Vec<Section> {
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
