//! Lines of lyrics into sections that stand already: a shortest path that gives each section the lines
//! it has room for, verses to verses and choruses to choruses where the form allows it, and slots of
//! bars for the lines inside a section.

use std::collections::BTreeMap;

use catbird_score::{Meter, PPQ, Role, TempoMap, Tick};

use crate::{
    compose::ComposeError,
    direction::Direction,
    form::PlacedLine,
    words::{PreparedLine, PreparedSection},
};

/// More syllables a second than this cannot be sung intelligibly (as in the form).
const FASTEST: f64 = 7.0;
/// The least time between two lines, seconds.
const BREATH: f64 = 0.15;
/// Nobody sings slower than this many syllables a second on average.
const SLOWEST: f64 = 1.25;

/// A section, or what of it may be sung in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// Index into the piece's sections.
    pub section: usize,
    pub role: Role,
    pub from: Tick,
    pub to: Tick,
}

struct Line<'a> {
    words: &'a PreparedLine,
    role: Role,
    /// Counted over the lyrics' sections.
    of: usize,
    opens: bool,
}

struct Hall<'a> {
    tempo: &'a TempoMap,
    meter: Meter,
    /// Syllables a second that feel natural.
    rate: f64,
}

impl Hall<'_> {
    fn seconds(&self, from: Tick, to: Tick) -> f64 {
        self.tempo.at(to) - self.tempo.at(from)
    }

    /// Fewest beats in which a line can be sung from `at` on.
    fn beats(&self, line: &PreparedLine, at: Tick) -> Tick {
        let need = line.syllables() as f64 / FASTEST + BREATH;
        let beat = self.meter.beat();
        (need / self.seconds(at, at + beat)).ceil().max(1.0) as Tick
    }

    /// Seconds a line takes when nothing presses.
    fn natural(&self, line: &PreparedLine) -> f64 {
        line.syllables().max(1) as f64 / self.rate
    }
}

/// Places every line of `lyrics` in `rooms`, in order.
///
/// # Errors
/// [`ComposeError::TooLong`] when they have no room for the words.
pub(super) fn place(
    direction: &Direction,
    tempo: &TempoMap,
    meter: Meter,
    rooms: &[Room],
    lyrics: &[PreparedSection],
) -> Result<Vec<PlacedLine>, ComposeError> {
    let lines: Vec<Line> = lyrics
        .iter()
        .enumerate()
        .flat_map(|(of, s)| {
            s.lines.iter().enumerate().map(move |(i, words)| Line {
                words,
                role: s.role,
                of,
                opens: i == 0,
            })
        })
        .filter(|l| l.words.syllables() > 0)
        .collect();
    let bpm = direction.bpm;
    let fill = if direction.rap { 0.75 } else { 0.55 };
    let hall = Hall {
        tempo,
        meter,
        rate: (f64::from(direction.syllables_per_beat) * fill * bpm / 60.0).max(SLOWEST),
    };
    let runs = share(&lines, rooms, &hall).ok_or_else(|| {
        let syllables: usize = lines.iter().map(|l| l.words.syllables()).sum();
        let seconds: f64 = rooms.iter().map(|r| hall.seconds(r.from, r.to)).sum();
        let needed: f64 = lines
            .iter()
            .map(|l| l.words.syllables() as f64 / FASTEST + BREATH + 30.0 / bpm)
            .sum();
        ComposeError::TooLong {
            syllables,
            seconds: seconds.round() as u32,
            needed: needed.max(seconds).ceil() as u32 + 1,
        }
    })?;
    let mut out = Vec::with_capacity(lines.len());
    let mut patterns: BTreeMap<(u8, usize, Tick), (usize, u32)> = BTreeMap::new();
    let mut unique = 10_000;
    let mut i = 0;
    for (room, n) in rooms.iter().zip(runs) {
        let run = &lines[i..i + n];
        for (place, (line, (start, length))) in run.iter().zip(slots(run, *room, &hall)).enumerate() {
            let syllables = line.words.syllables();
            // Lines about as long at the same place of alike sections share their melody.
            let known = patterns
                .entry((line.role as u8, place, length))
                .or_insert((syllables, line.role as u32 * 100 + place as u32));
            let near = syllables.max(known.0) <= syllables.min(known.0) * 3 / 2 + 1;
            let pattern = if near {
                known.1
            } else {
                unique += 1;
                unique
            };
            out.push(PlacedLine {
                section: room.section,
                text: line.words.text.clone(),
                words: line.words.words.clone(),
                start,
                length,
                pattern,
                language: line.words.language,
                sings: line.words.sings,
            });
        }
        i += n;
    }
    Ok(out)
}

/// How many lines each room gets.
fn share(lines: &[Line], rooms: &[Room], hall: &Hall) -> Option<Vec<usize>> {
    let n = lines.len();
    let mut best = vec![vec![f64::INFINITY; n + 1]; rooms.len() + 1];
    let mut from = vec![vec![0; n + 1]; rooms.len() + 1];
    best[0][0] = 0.0;
    for (r, room) in rooms.iter().enumerate() {
        let sung = !matches!(room.role, Role::Intro | Role::Inst | Role::Outro);
        let length = hall.seconds(room.from, room.to);
        let beats = (room.to - room.from) / hall.meter.beat();
        for i in 0..=n {
            if !best[r][i].is_finite() {
                continue;
            }
            let mut offer = |j: usize, cost: f64| {
                if best[r][i] + cost < best[r + 1][j] {
                    best[r + 1][j] = best[r][i] + cost;
                    from[r + 1][j] = i;
                }
            };
            offer(i, if sung { 0.55 } else { 0.0 });
            let (mut needed, mut natural) = (0, 0.0);
            let mut cost = if sung { 0.0 } else { 1.1 };
            for j in i..n {
                let line = &lines[j];
                needed += hall.beats(line.words, room.from);
                if needed > beats {
                    break;
                }
                natural += hall.natural(line.words);
                if j == i {
                    cost += if line.role == room.role { 0.0 } else { 0.5 };
                    cost += if line.opens { 0.0 } else { 0.4 };
                } else if line.opens {
                    cost += 0.6;
                }
                // Torn off from the rest of its section.
                let torn = lines.get(j + 1).is_some_and(|next| next.of == line.of);
                let x = (natural / length).ln();
                let load = if x > 0.0 { 1.6 * x * x } else { 0.35 * x * x };
                offer(j + 1, cost + load + if torn { 0.1 } else { 0.0 });
            }
        }
    }
    best[rooms.len()][n].is_finite().then(|| {
        let mut runs = vec![0; rooms.len()];
        let mut j = n;
        for r in (0..rooms.len()).rev() {
            let i = from[r + 1][j];
            runs[r] = j - i;
            j = i;
        }
        runs
    })
}

/// Start and length of each line's slot in a room.
fn slots(run: &[Line], room: Room, hall: &Hall) -> Vec<(Tick, Tick)> {
    let n = run.len() as Tick;
    if n == 0 {
        return Vec::new();
    }
    let (bar, beat) = (hall.meter.bar(), hall.meter.beat());
    let length = room.to - room.from;
    let least = run
        .iter()
        .map(|l| hall.beats(l.words, room.from) * beat)
        .max()
        .unwrap_or(beat);
    let natural = run.iter().map(|l| hall.natural(l.words)).sum::<f64>() / f64::from(n);
    let half = if hall.meter.beats.is_multiple_of(2) {
        bar / 2
    } else {
        bar
    };
    let equal = [half, bar, 2 * bar, 3 * bar, 4 * bar]
        .into_iter()
        .filter(|s| *s >= least && s * n <= length)
        .min_by(|a, b| {
            let off = |s: Tick| (natural / hall.seconds(room.from, room.from + s)).ln().abs();
            off(*a).total_cmp(&off(*b))
        });
    if let Some(slot) = equal {
        // Room to spare is rest between the lines, at most as long as the line itself.
        let step = (length / n / slot).clamp(1, 2) * slot;
        return (0..n).map(|k| (room.from + k * step, slot)).collect();
    }
    // Too crowded for equal slots: the beats each needs, spare ones to who is most in a hurry.
    let mut beats: Vec<Tick> = run.iter().map(|l| hall.beats(l.words, room.from)).collect();
    let mut spare = (length / beat).saturating_sub(beats.iter().sum());
    while spare > 0 {
        let hurry = |k: usize| run[k].words.syllables() as f64 / f64::from(beats[k]);
        let Some(k) = (0..run.len()).max_by(|a, b| hurry(*a).total_cmp(&hurry(*b))) else {
            break;
        };
        if hurry(k) * f64::from(PPQ) / f64::from(beat) < 0.8 {
            break;
        }
        beats[k] += 1;
        spare -= 1;
    }
    let mut at = room.from;
    beats
        .into_iter()
        .map(|b| {
            let start = at;
            at += b * beat;
            (start, b * beat)
        })
        .collect()
}
