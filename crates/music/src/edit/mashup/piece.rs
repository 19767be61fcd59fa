//! The sections of both pieces of a mash-up on one grid, and the band that plays them.

use catbird_score::{
    Channel, ChordSpan, Key, Mode, Note, Part, PartRole, Role, Section, Singer, SungLine, TempoMap, Vocal,
};

use super::{
    super::{cut, frame, underlay},
    Block,
    side::Side,
};
use crate::{
    arrange::{self, performance, stage::Stage},
    direction::Direction,
    form::Form,
    harmony::{Harmony, roman},
};

/// The two pieces on one grid.
pub(super) struct Piece {
    pub form: Form,
    pub harmony: Harmony,
    pub lines: Vec<SungLine>,
    /// What the leads of each side play.
    pub tunes: [Vec<Note>; 2],
}

/// Puts the blocks one after the other.
pub(super) fn assemble(sides: &[Side; 2], blocks: &[Block], direction: &Direction) -> Piece {
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
    pub(super) fn strains(&self, lines: &[SungLine], singer: &Singer) -> Vec<underlay::Strain> {
        let sung = Vocal {
            partner: None,
            backing: Vec::new(),
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
    pub(super) fn band(
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
