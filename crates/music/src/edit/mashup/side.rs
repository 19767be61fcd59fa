//! One of the two pieces of a mash-up: which of its sections are known by their tune, and what of them is
//! taken over, moved to the common key, grid and place.

use catbird_score::{ChordSpan, Note, Part, PartRole, Role, Score, SungLine, Tick};

use super::super::{cut, frame, origin, phrasing};

/// A piece with what it is known by.
pub(super) struct Side<'a> {
    pub score: &'a Score,
    /// Its lead melody, if nobody sings.
    tune: Vec<Note>,
    /// Where its last chord is struck.
    stop: Tick,
    /// Its ticks are stretched by this, in halves: 1 half, 2 as they are, 4 double.
    pub stretch: Tick,
    /// Pitch class that its keys are moved to.
    pub tonic: u8,
    /// Octaves its sung melody is moved by.
    pub octaves: i32,
}

/// A section taken over.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken {
    pub length: Tick,
    pub chords: Vec<ChordSpan>,
    pub lines: Vec<SungLine>,
    pub tune: Vec<Note>,
}

impl<'a> Side<'a> {
    pub(super) fn new(score: &'a Score) -> Self {
        Self {
            score,
            tune: if score.vocal.is_some() {
                Vec::new()
            } else {
                frame::tune(score)
            },
            stop: origin::form(score).last_chord,
            stretch: 2,
            tonic: score.key.tonic,
            octaves: 0,
        }
    }

    pub(super) fn bpm(&self) -> f64 {
        frame::main_tempo(&self.score.tempo, self.score.end())
    }

    /// Most syllables a second in any line, at its own tempo.
    pub(super) fn haste(&self) -> f64 {
        let lines = self.score.vocal.iter().flat_map(|v| &v.lines);
        lines
            .filter_map(|l| {
                let (from, to) = cut::extent(l)?;
                let seconds = self.score.tempo.at(to) - self.score.tempo.at(from);
                Some(l.syllables().count() as f64 / seconds.max(0.3))
            })
            .fold(0.0, f64::max)
    }

    /// Where a section ends for our purposes: before the last chord, on a bar line.
    fn until(&self, section: usize) -> Tick {
        let s = &self.score.sections[section];
        let bar = self.score.meter.bar();
        let end = s.end().min(self.stop.max(s.start));
        let bars = ((end - s.start) / bar).max(1);
        s.start + bars * bar
    }

    /// How much melody a section has, in notes.
    fn melody(&self, section: usize) -> usize {
        let (from, to) = (self.score.sections[section].start, self.until(section));
        let sung: usize = self
            .score
            .vocal
            .iter()
            .flat_map(|v| &v.lines)
            .filter(|l| l.section == section)
            .map(|l| l.notes().count())
            .sum();
        sung + self.tune.iter().filter(|n| from <= n.start && n.start < to).count()
    }

    /// The `nth` section of a role that has a melody; the last one there is, if there are fewer.
    pub(super) fn known(&self, role: Role, nth: usize) -> Option<usize> {
        let of: Vec<usize> = (0..self.score.sections.len())
            .filter(|&i| self.score.sections[i].role == role && self.melody(i) >= 4)
            .collect();
        of.get(nth.min(of.len().checked_sub(1)?)).copied()
    }

    /// The section with the most melody for its length, whatever its role.
    pub(super) fn best(&self) -> usize {
        (0..self.score.sections.len())
            .max_by_key(|&i| (self.melody(i).min(24), std::cmp::Reverse(i)))
            .unwrap_or(0)
    }

    /// Semitones by which a section's harmony is moved.
    pub(super) fn interval(&self, section: usize) -> i32 {
        let key = self.score.key_at(self.score.sections[section].start);
        let by = (i32::from(self.tonic) - i32::from(key.tonic)).rem_euclid(12);
        if by > 6 { by - 12 } else { by }
    }

    /// Lowest and highest pitch sung in sections, as they will be without an octave shift.
    pub(super) fn range(&self, sections: &[usize]) -> Option<(i32, i32)> {
        let mut range: Option<(i32, i32)> = None;
        for &section in sections {
            let lines = self
                .score
                .vocal
                .iter()
                .flat_map(|v| &v.lines)
                .filter(|l| l.section == section);
            if let Some((low, high)) = phrasing::range(lines.flat_map(SungLine::notes)) {
                let by = self.interval(section);
                let (low, high) = (i32::from(low) + by, i32::from(high) + by);
                range = Some(range.map_or((low, high), |(l, h)| (l.min(low), h.max(high))));
            }
        }
        range
    }

    /// Ticks of the mash-up for ticks of this piece.
    fn scaled(&self, ticks: Tick) -> Tick {
        ticks * self.stretch / 2
    }

    /// A section from `at` on. `bars` limits its length (in bars of the mash-up).
    pub(super) fn take(&self, section: usize, at: Tick, bars: Tick) -> Taken {
        let bar = self.score.meter.bar();
        let from = self.score.sections[section].start;
        let length = self
            .scaled(self.until(section) - from)
            .next_multiple_of(bar)
            .min(bars * bar);
        let to = (from + length * 2 / self.stretch).min(self.until(section));
        let by = self.interval(section);
        let sung = by + 12 * self.octaves;
        let turn = |pc: u8| (i32::from(pc) + by).rem_euclid(12) as u8;
        let mut chords: Vec<ChordSpan> = Vec::new();
        for span in self
            .score
            .chords
            .iter()
            .filter(|c| c.start < to && c.start + c.length > from)
        {
            let start = span.start.max(from);
            let mut span = span.clone();
            let end = (span.start + span.length).min(to);
            span.chord.root = turn(span.chord.root);
            span.chord.bass = turn(span.chord.bass);
            span.start = at + self.scaled(start - from);
            span.length = at + self.scaled(end - from) - span.start;
            chords.push(span);
        }
        // A section of an odd number of half bars holds its last chord until the bar line.
        if let Some(last) = chords.last_mut() {
            last.length = at + length - last.start;
        }
        let lines = self
            .score
            .vocal
            .iter()
            .flat_map(|v| &v.lines)
            .filter(|l| l.section == section);
        let lines = lines.filter_map(|l| cut::sung_between(l, from, to)).map(|mut line| {
            for note in phrasing::notes_mut(std::slice::from_mut(&mut line)) {
                *note = self.moved(note, from, at, sung);
            }
            line
        });
        let lines = lines.collect();
        let tune = self.notes(&self.tune, from, to, at, by);
        Taken {
            length,
            chords,
            lines,
            tune,
        }
    }

    fn moved(&self, note: &Note, from: Tick, at: Tick, by: i32) -> Note {
        Note {
            start: at + self.scaled(note.start - from),
            length: self.scaled(note.length).max(1),
            pitch: (i32::from(note.pitch) + by).clamp(0, 127) as u8,
            ..*note
        }
    }

    fn notes(&self, notes: &[Note], from: Tick, to: Tick, at: Tick, by: i32) -> Vec<Note> {
        cut::notes_between(notes, from, to)
            .iter()
            .map(|n| self.moved(n, from, at, by))
            .collect()
    }

    /// The part a listener knows the piece by besides its melody: who plays most in the sections that
    /// are taken, pitched, and not the bass.
    pub(super) fn riff(&self, sections: &[usize]) -> Option<&'a Part> {
        let count = |p: &Part| {
            let inside = |n: &&Note| {
                sections
                    .iter()
                    .any(|&i| self.score.sections[i].start <= n.start && n.start < self.until(i))
            };
            p.notes.iter().filter(inside).count()
        };
        let worth = |p: &Part| match p.role {
            PartRole::Comp => 4 * count(p).min(60),
            PartRole::Counter => 3 * count(p).min(60),
            PartRole::Lead if self.score.vocal.is_some() => 3 * count(p).min(60),
            PartRole::Pad => count(p).min(60),
            _ => 0,
        };
        self.score
            .parts
            .iter()
            .filter(|p| !p.sound.is_drums())
            .max_by_key(|p| worth(p))
            .filter(|p| worth(p) > 0)
    }

    /// What the riff plays in a section.
    pub(super) fn riff_notes(&self, riff: &Part, section: usize, at: Tick, length: Tick) -> Vec<Note> {
        let from = self.score.sections[section].start;
        let to = (from + length * 2 / self.stretch).min(self.until(section));
        self.notes(&riff.notes, from, to, at, self.interval(section))
    }

    /// Its lead's part without notes: who plays its tune.
    pub(super) fn leader(&self) -> Option<Part> {
        let by = |role: PartRole| {
            self.score
                .parts
                .iter()
                .find(move |p| p.role == role && !p.sound.is_drums())
        };
        let part = by(PartRole::Lead)
            .or_else(|| by(PartRole::Counter))
            .or_else(|| by(PartRole::Comp))?;
        Some(Part {
            role: PartRole::Lead,
            notes: Vec::new(),
            ..part.clone()
        })
    }
}
