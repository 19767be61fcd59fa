//! Which line of lyrics meets which breath of melody.

use catbird_score::{Note, Role, Section, SungLine, Tick};

use super::{
    Clock, FASTEST, Setting,
    fit::{self, Bounds, Sound},
};
use crate::{
    compose::ComposeError,
    edit::underlay::Strain,
    words::{PreparedLine, PreparedSection},
};

/// Most breaths of one line, and most lines in one breath.
const HELD: usize = 3;
const TAKEN: usize = 4;
/// A meeting that costs more than this a syllable is not an easy one.
const EASY: f64 = 0.75;

/// A line of the lyrics.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    words: &'a PreparedLine,
    role: Role,
    /// The first of its section.
    opens: bool,
    sounds: Vec<Sound>,
}

/// All lines that have something to sing.
pub(super) fn lines(lyrics: &[PreparedSection]) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    for section in lyrics {
        let mut opens = true;
        for words in section.lines.iter().filter(|l| l.syllables() > 0) {
            let last = words.syllables() - 1;
            let stresses = words.words.iter().flat_map(|w| &w.syllables).map(|s| s.stress);
            let sound = |(i, stress): (usize, u8)| Sound {
                stress,
                opens: i == 0,
                closes: i == last,
            };
            out.push(Line {
                words,
                role: section.role,
                opens,
                sounds: stresses.enumerate().map(sound).collect(),
            });
            opens = false;
        }
    }
    out
}

/// A melody in breaths, some of which are only there if they are needed.
pub(super) struct Melody<'a> {
    strains: Vec<Strain>,
    /// Whether each is spare.
    spare: Vec<bool>,
    sections: &'a [Section],
    clock: Clock<'a>,
    /// How much the roles of sections are to be trusted, 0–1.
    sure: f64,
}

/// Who meets whom, in order: so many lines on so many breaths.
#[derive(Clone, Debug)]
pub(super) struct Meeting {
    path: Vec<(usize, usize)>,
    pub cost: f64,
    syllables: usize,
}

impl Meeting {
    /// Whether nothing had to be forced.
    pub(super) fn is_easy(&self) -> bool {
        self.cost <= EASY * self.syllables as f64
    }
}

impl<'a> Melody<'a> {
    pub(super) fn new(
        own: Vec<Strain>,
        spare: Vec<Strain>,
        sections: &'a [Section],
        clock: Clock<'a>,
        sure: f64,
    ) -> Self {
        let mut all: Vec<(Strain, bool)> = own.into_iter().map(|s| (s, false)).collect();
        all.extend(spare.into_iter().map(|s| (s, true)));
        all.sort_by_key(|(s, _)| s.start());
        let (strains, spare) = all.into_iter().unzip();
        Self {
            strains,
            spare,
            sections,
            clock,
            sure,
        }
    }

    /// Where breaths k to k + held may sound: rests between breaths are shared.
    fn bounds(&self, k: usize, held: usize) -> Bounds {
        let start = self.strains[k].start();
        let last = end(&self.strains[k + held - 1]);
        let from = match k.checked_sub(1).map(|p| end(&self.strains[p])) {
            Some(before) => before + start.saturating_sub(before) / 2,
            None => start.saturating_sub(self.clock.meter.bar()),
        };
        let to = match self.strains.get(k + held) {
            // The later half belongs to the next one's pickup.
            Some(next) => last + (next.start().saturating_sub(last)) * 2 / 5,
            None => last + self.clock.meter.beat(),
        };
        Bounds {
            from: from.min(start),
            to: to.max(last).min(self.clock.end.max(last)),
        }
    }

    /// The cheapest meeting; `None` when the words do not fit.
    pub(super) fn meet(&self, lines: &[Line]) -> Option<Meeting> {
        let (n, m) = (lines.len(), self.strains.len());
        let syllables: usize = lines.iter().map(|l| l.sounds.len()).sum();
        let seconds: f64 = (0..m).map(|k| self.room(k, 1)).sum();
        // Nobody sings at full speed all the time, but for a melody that is as fast itself.
        let notes: usize = self.strains.iter().map(|s| s.units.len()).sum();
        if n == 0 || syllables as f64 > (0.6 * FASTEST * seconds).max(1.2 * notes as f64) {
            return None;
        }
        let mut best = vec![vec![f64::INFINITY; m + 1]; n + 1];
        let mut from = vec![vec![(0, 0); m + 1]; n + 1];
        best[0][0] = 0.0;
        for k in 0..m {
            for i in 0..=n {
                if !best[i][k].is_finite() {
                    continue;
                }
                let here = best[i][k];
                let silent_before = k > 0 && from[i][k] == (0, 1);
                let mut offer = |taken: usize, held: usize, cost: f64| {
                    if here + cost < best[i + taken][k + held] {
                        best[i + taken][k + held] = here + cost;
                        from[i + taken][k + held] = (taken, held);
                    }
                };
                offer(0, 1, self.silent(k, i == n, silent_before));
                if i == n {
                    continue;
                }
                let context = self.context(&lines[i], k);
                for held in 1..=HELD.min(m - k) {
                    if held > 1 && !self.joins(k + held - 1) {
                        break;
                    }
                    for taken in 1..=TAKEN.min(n - i) {
                        if taken > 1 && held > 2 {
                            break;
                        }
                        if let Some((cost, _)) = self.fit(&lines[i..i + taken], k, held) {
                            let forced = 0.6 * (held - 1) as f64 + 0.9 * (taken - 1) as f64;
                            let seam = (1..taken).filter(|t| lines[i + t].opens).count() as f64;
                            offer(taken, held, cost + context + forced + seam);
                        }
                    }
                }
            }
        }
        best[n][m].is_finite().then(|| {
            let (mut i, mut k) = (n, m);
            let mut path = Vec::new();
            while (i, k) != (0, 0) {
                let step = from[i][k];
                path.push(step);
                i -= step.0;
                k -= step.1;
            }
            path.reverse();
            Meeting {
                path,
                cost: best[n][m],
                syllables,
            }
        })
    }

    /// Seconds in which breaths can be sung.
    fn room(&self, k: usize, held: usize) -> f64 {
        let bounds = self.bounds(k, held);
        self.clock.seconds(self.strains[k].start(), bounds.to)
    }

    /// Whether breath k may continue the line of the one before it.
    fn joins(&self, k: usize) -> bool {
        let (before, this) = (&self.strains[k - 1], &self.strains[k]);
        let near = this.start() < end(before) + 2 * self.clock.meter.bar();
        near && before.section == this.section && self.spare[k - 1] == self.spare[k]
    }

    fn opens(&self, k: usize) -> bool {
        k == 0 || self.strains[k - 1].section != self.strains[k].section
    }

    /// What it costs that nobody sings a breath.
    fn silent(&self, k: usize, over: bool, goes_on: bool) -> f64 {
        // Whole sections stay silent rather than single lines.
        match (self.spare[k], over) {
            (true, _) => 0.0,
            (_, true) => 0.1,
            _ if self.opens(k) || goes_on => 1.2,
            _ => 2.4,
        }
    }

    /// What it costs to begin this line here, whatever its syllables.
    fn context(&self, line: &Line, k: usize) -> f64 {
        let section = &self.sections[self.strains[k].section];
        let role = match (line.role, section.role) {
            (a, b) if a == b => 0.0,
            (Role::PreChorus | Role::Bridge | Role::Verse, Role::PreChorus | Role::Bridge | Role::Verse) => 0.4,
            _ => 1.5,
        };
        let seam = if line.opens == self.opens(k) { 0.0 } else { 1.2 };
        let spare = if self.spare[k] { 1.0 } else { 0.0 };
        self.sure * (role + seam) + spare
    }

    fn fit(&self, lines: &[Line], k: usize, held: usize) -> Option<(f64, Vec<Vec<Note>>)> {
        let sounds: Vec<Sound> = lines.iter().flat_map(|l| l.sounds.iter().copied()).collect();
        let notes: Vec<Note> = self.strains[k..k + held]
            .iter()
            .flat_map(Strain::notes)
            .copied()
            .collect();
        let (n, m) = (sounds.len(), notes.len());
        // Far off: not worth a table.
        if n > 3 * m + 4 || m > 4 * n + 6 {
            return None;
        }
        fit::fit(&notes, &sounds, self.clock, self.bounds(k, held))
    }

    /// Writes the lines of a meeting.
    pub(super) fn lay(&self, lines: &[Line], meeting: &Meeting) -> Setting {
        let mut out = Setting::default();
        let (mut i, mut k) = (0, 0);
        for &(taken, held) in &meeting.path {
            let group = &self.strains[k..k + held];
            if taken == 0 {
                if !self.spare[k] {
                    out.left.extend(group.iter().flat_map(Strain::notes));
                }
            } else if let Some((_, notes)) = self.fit(&lines[i..i + taken], k, held) {
                let mut notes = notes.into_iter();
                out.crowded += if taken > 1 { taken } else { 0 };
                for line in &lines[i..i + taken] {
                    let mut words = line.words.words.clone();
                    for syllable in words.iter_mut().flat_map(|w| &mut w.syllables) {
                        syllable.notes = notes.next().unwrap_or_default();
                    }
                    out.lines.push(SungLine {
                        section: group[0].section,
                        text: line.words.text.clone(),
                        words,
                        language: line.words.language,
                        ..SungLine::default()
                    });
                }
            }
            i += taken;
            k += held;
        }
        out
    }

    /// The refusal of more words than the melody has room for.
    pub(super) fn too_long(&self, lines: &[Line]) -> ComposeError {
        let syllables: usize = lines.iter().map(|l| l.sounds.len()).sum();
        let room: f64 = (0..self.strains.len()).map(|k| self.room(k, 1)).sum();
        let (from, to) = (
            self.strains.first().map_or(0, Strain::start),
            self.strains.last().map_or(0, end),
        );
        let seconds = self.clock.seconds(from, to);
        let more = (syllables as f64 / (0.6 * FASTEST * room).max(1.0)).max(1.0);
        ComposeError::TooLong {
            syllables,
            seconds: seconds.round() as u32,
            needed: (seconds * more).ceil() as u32 + 1,
        }
    }
}

fn end(strain: &Strain) -> Tick {
    strain.notes().last().map_or(0, |n| n.start + n.length)
}
