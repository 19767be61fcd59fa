//! Syllables on the notes of one stretch of melody, by a shortest path: a syllable takes a note, slurs
//! several, or shares one with its neighbours; a note may stay silent, and a few syllables may come before
//! the first one as a pickup.

mod cut;

use catbird_score::{Note, PPQ, Tick};

use super::{Clock, FASTEST};
use cut::{Cut, MOST, Shape, cut_up};

/// Shortest part of a note that was split, seconds.
const SHORTEST: f64 = 0.105;
/// Parts shorter than this are hurried, seconds.
const HURRIED: f64 = 0.16;
/// Most syllables before the first note.
const PICKUP: usize = 3;
/// Silence kept at a breath, seconds.
const BREATH: f64 = 0.08;

/// A syllable that looks for its notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sound {
    /// 0 unstressed, 1 secondary, 2 primary.
    pub stress: u8,
    /// The first of its line.
    pub opens: bool,
    /// The last of its line.
    pub closes: bool,
}

/// Where the syllables may sound: from the end of the breath before to the beginning of the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub from: Tick,
    pub to: Tick,
}

/// What comes to a state from where: syllables and notes before, and the way.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    syllables: usize,
    notes: usize,
    way: Way,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Way {
    #[default]
    None,
    /// So many syllables before the first note, of so many ticks each.
    Pickup(Tick),
    /// The note is not sung.
    Drop,
    /// One syllable on all the notes.
    Slur,
    /// All the syllables on the note, cut like this.
    Split(Cut),
}

/// The notes of each syllable and what the fit costs; `None` when the syllables would be too fast.
pub(super) fn fit(notes: &[Note], sounds: &[Sound], clock: Clock, bounds: Bounds) -> Option<(f64, Vec<Vec<Note>>)> {
    let (n, m) = (sounds.len(), notes.len());
    if n == 0 || m == 0 {
        return None;
    }
    let (from, to) = (notes[0].start, notes[m - 1].start + notes[m - 1].length);
    let table = Table {
        notes,
        sounds,
        clock,
        bounds,
        pace: clock.seconds(from, to) / f64::from(to - from),
    };
    // Far more splits or slurs than the counts ask for lead nowhere.
    let most_split = (n + 3).saturating_sub(m).clamp(1, MOST);
    let most_slurred = (m + 3).saturating_sub(n).clamp(1, MOST);
    let mut best = vec![vec![f64::INFINITY; m + 1]; n + 1];
    let mut from = vec![vec![Step::default(); m + 1]; n + 1];
    best[0][0] = 0.0;
    for count in 1..=PICKUP.min(n.saturating_sub(1)) {
        if let Some((cost, each)) = table.pickup(count) {
            best[count][0] = cost;
            from[count][0].way = Way::Pickup(each);
        }
    }
    for j in 0..m {
        for i in 0..=n {
            if !best[i][j].is_finite() {
                continue;
            }
            let here = best[i][j];
            let mut offer = |di: usize, dj: usize, cost: f64, way: Way| {
                if here + cost < best[i + di][j + dj] {
                    best[i + di][j + dj] = here + cost;
                    from[i + di][j + dj] = Step {
                        syllables: i,
                        notes: j,
                        way,
                    };
                }
            };
            offer(0, 1, table.silent(j, i == 0 || i == n), Way::Drop);
            if i == n {
                continue;
            }
            let mut cost = table.place(i, notes[j].start, table.reach(j)) + table.breath(i, j);
            offer(1, 1, cost, Way::Slur);
            for dj in 2..=most_slurred.min(m - j) {
                cost += table.tie(i, j + dj - 1);
                offer(1, dj, cost, Way::Slur);
            }
            for di in 2..=most_split.min(n - i) {
                if let Some((cost, cut)) = table.split(i, di, j) {
                    offer(di, 1, cost + table.breath(i, j), Way::Split(cut));
                }
            }
        }
    }
    if !best[n][m].is_finite() {
        return None;
    }
    let laid = table.lay(&from);
    let split = laid.iter().flatten().count() > m;
    let (first, last) = (laid.first()?.first()?, laid.last()?.last()?);
    let seconds = clock.seconds(first.start, last.start + last.length);
    (!split || n as f64 <= FASTEST * seconds).then_some((best[n][m], laid))
}

struct Table<'a> {
    notes: &'a [Note],
    sounds: &'a [Sound],
    clock: Clock<'a>,
    bounds: Bounds,
    /// Seconds a tick here.
    pace: f64,
}

impl Table<'_> {
    /// Until where note j may sound.
    fn until(&self, j: usize) -> Tick {
        let end = self.notes[j].start + self.notes[j].length;
        match self.notes.get(j + 1) {
            Some(next) => next.start.max(end.min(next.start)),
            // A little of the breath after the line may be used, not a whole interlude.
            None => self.bounds.to.min(end + PPQ).max(end.min(self.bounds.to)),
        }
    }

    /// Seconds note j sounds.
    fn reach(&self, j: usize) -> f64 {
        self.pace * f64::from(self.notes[j].length)
    }

    /// How syllable i sits at a place for some seconds.
    fn place(&self, i: usize, at: Tick, seconds: f64) -> f64 {
        let strength = self.clock.strength(at);
        let sound = self.sounds[i];
        let metre = match sound.stress {
            2 => 0.8 * (1.0 - strength),
            1 => 0.35 * (1.0 - strength),
            _ => 0.4 * strength,
        };
        let short = match sound.stress {
            2 => 1.2 * (0.25 - seconds).max(0.0),
            _ => 0.0,
        };
        let long = if sound.stress == 0 && !sound.closes {
            0.3 * (seconds - 0.9).clamp(0.0, 1.0)
        } else {
            0.0
        };
        metre + short + long
    }

    /// What it costs that a line begins in the middle of a breath, or that a breath falls into a line.
    fn breath(&self, i: usize, j: usize) -> f64 {
        let Some(before) = j.checked_sub(1).map(|k| self.notes[k]) else {
            return 0.0;
        };
        let end = before.start + before.length;
        let rest = f64::from(self.notes[j].start.saturating_sub(end)) / f64::from(PPQ);
        if self.sounds[i].opens {
            let length = f64::from(before.length) / f64::from(PPQ);
            0.7 - 0.7 * (rest + 0.35 * length).min(1.5)
        } else {
            0.25 * (rest - 0.5).clamp(0.0, 2.0)
        }
    }

    /// What it costs that nobody sings note j.
    fn silent(&self, j: usize, edge: bool) -> f64 {
        let beats = f64::from(self.notes[j].length) / f64::from(PPQ);
        let strength = self.clock.strength(self.notes[j].start);
        (if edge { 0.45 } else { 0.7 }) + 0.25 * beats.min(2.0) + 0.2 * strength
    }

    /// What it costs that note j continues syllable i from the note before.
    fn tie(&self, i: usize, j: usize) -> f64 {
        let (before, note) = (self.notes[j - 1], self.notes[j]);
        let gap = f64::from(note.start.saturating_sub(before.start + before.length)) / f64::from(PPQ);
        let step = match before.pitch.abs_diff(note.pitch) {
            0 => 0.1,
            1 | 2 => 0.45,
            3 | 4 => 0.65,
            _ => 0.9,
        };
        let weak = if self.sounds[i].stress == 0 && !self.sounds[i].closes && before.pitch != note.pitch {
            0.4
        } else {
            0.0
        };
        let hole = if gap > 0.2 { 1.0 + gap } else { 0.0 };
        // A stroke of the melody passes without a syllable of its own.
        step + weak + hole + 0.2 * self.clock.strength(note.start)
    }

    /// The best way to sing `count` syllables from i on note j.
    fn split(&self, i: usize, count: usize, j: usize) -> Option<(f64, Cut)> {
        let note = self.notes[j];
        let all = self.until(j).saturating_sub(note.start);
        let mut best: Option<(f64, Cut)> = None;
        for (length, more) in [(note.length.min(all), 0.0), (all, 0.2)] {
            if more > 0.0 && all <= note.length {
                continue;
            }
            for shape in [
                Shape::Even(240),
                Shape::Even(160),
                Shape::Even(120),
                Shape::Even(60),
                Shape::Even(20),
                Shape::Tail(240),
                Shape::Tail(120),
                Shape::Head(240),
                Shape::Head(120),
            ] {
                let cut = Cut { length, shape };
                let Some(parts) = cut.parts(count) else { continue };
                let grid = match shape {
                    Shape::Even(160) => 0.4,
                    Shape::Even(60) => 0.2,
                    Shape::Even(20) => 0.5,
                    _ => 0.0,
                };
                let Some(cost) = self.parts(i, note.start, &parts[..count]) else {
                    continue;
                };
                let cost = cost + grid + more + 0.4 * (count - 1) as f64;
                if best.is_none_or(|(b, _)| cost < b) {
                    best = Some((cost, cut));
                }
            }
        }
        best
    }

    /// What parts of a note cost; `None` when one is too short.
    fn parts(&self, i: usize, start: Tick, parts: &[Tick]) -> Option<f64> {
        let mut at = start;
        let mut cost = 0.0;
        for (k, length) in parts.iter().enumerate() {
            let seconds = self.pace * f64::from(*length);
            if seconds < SHORTEST {
                return None;
            }
            cost += self.place(i + k, at, seconds) + 12.0 * (HURRIED - seconds).max(0.0);
            at += length;
        }
        Some(cost)
    }

    /// So many syllables before the first note: what they cost, and the ticks of each.
    fn pickup(&self, count: usize) -> Option<(f64, Tick)> {
        let first = self.notes[0].start;
        let room = first.saturating_sub(self.bounds.from);
        [240, 120]
            .into_iter()
            .filter(|each| each * count as Tick <= room && f64::from(*each) * count as f64 <= f64::from(PPQ) * 1.5)
            .filter_map(|each| {
                let parts = vec![each; count];
                let cost = self.parts(0, first - each * count as Tick, &parts)?;
                Some((0.3 + 0.5 * count as f64 + cost, each))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// Walks back and writes the notes of each syllable.
    fn lay(&self, from: &[Vec<Step>]) -> Vec<Vec<Note>> {
        let (mut i, mut j) = (self.sounds.len(), self.notes.len());
        let mut out: Vec<Vec<Note>> = Vec::with_capacity(i);
        while (i, j) != (0, 0) {
            let step = from[i][j];
            match step.way {
                Way::None => break,
                Way::Drop => {}
                Way::Slur => out.push(self.slurred(&self.notes[step.notes..j], i)),
                Way::Split(cut) => {
                    let count = i - step.syllables;
                    let parts = cut.parts(count).unwrap_or_default();
                    let mut split = cut_up(self.notes[step.notes], &parts[..count]);
                    split.reverse();
                    out.extend(split);
                }
                Way::Pickup(each) => {
                    let first = self.notes[0];
                    let start = first.start - each * i as Tick;
                    let mut split = cut_up(Note { start, ..first }, &vec![each; i]);
                    split.reverse();
                    out.extend(split);
                }
            }
            (i, j) = (step.syllables, step.notes);
        }
        out.reverse();
        out
    }

    /// Slurred notes: each reaches to the next, equal pitches become one. A line ends with a breath.
    fn slurred(&self, notes: &[Note], sung: usize) -> Vec<Note> {
        let mut out: Vec<Note> = Vec::new();
        for note in notes {
            if let Some(last) = out.last_mut() {
                last.length = note.start - last.start;
                if last.pitch == note.pitch {
                    last.length += note.length;
                    continue;
                }
            }
            out.push(*note);
        }
        // Where the next syllable opens a line without a rest before it.
        let next = notes.last().map_or(0, |n| n.start + n.length);
        let joined = self.notes.iter().any(|n| n.start == next);
        if joined
            && self.sounds.get(sung).is_some_and(|s| s.opens)
            && let Some(last) = out.last_mut()
        {
            let early = self.clock.tempo.tick_at(self.clock.tempo.at(next) - BREATH).max(0.0) as Tick;
            let least = last.length / 2;
            last.length = early.saturating_sub(last.start).clamp(least.max(1), last.length);
        }
        out
    }
}

#[cfg(test)]
mod tests;
