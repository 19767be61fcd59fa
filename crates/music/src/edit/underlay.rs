//! Text underlay: other words on a melody that is there already. Lines of words meet lines of melody
//! by a shortest path (same section, about as many syllables); inside a line each syllable gets the
//! notes of one old syllable where the counts agree, several slurred ones or half of a long one where
//! they do not.

use catbird_score::{Note, PPQ, Role, Section, SungLine, SungWord, Syllable, TempoMap, Tick, Vocal};

use crate::{
    choir::duet,
    compose::ComposeError,
    words::{PreparedLine, PreparedSection},
};

/// Shortest syllable that is made by splitting a note, seconds.
const SHORTEST: f64 = 0.1;
/// Silence kept before the next line, seconds.
const BREATH: f64 = 0.08;

/// A line of melody without its words: for each syllable it had, the notes it was sung on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Strain {
    /// Index into the piece's sections.
    pub section: usize,
    /// Never empty, and none of them is.
    pub units: Vec<Vec<Note>>,
}

impl Strain {
    /// Where it begins.
    pub(super) fn start(&self) -> Tick {
        self.units[0][0].start
    }

    /// Its notes in order.
    pub(super) fn notes(&self) -> impl Iterator<Item = &Note> {
        self.units.iter().flatten()
    }
}

/// What became of words and melody.
#[derive(Clone, Debug, Default)]
pub(super) struct Laid {
    /// The words on their notes.
    pub lines: Vec<SungLine>,
    /// Melody for which there were no words.
    pub left: Vec<Strain>,
}

/// The melody of a sung part, line by line, in the octave of the lead.
pub(super) fn strains(vocal: &Vocal) -> Vec<Strain> {
    duet::united(vocal)
        .iter()
        .map(|line| Strain {
            section: line.section,
            units: line
                .syllables()
                .map(|s| s.notes.clone())
                .filter(|n| !n.is_empty())
                .collect(),
        })
        .filter(|s| !s.units.is_empty())
        .collect()
}

/// A played tune in breaths: new ones begin with a section, after a rest of a beat, and about every two
/// bars.
pub(super) fn phrases(tune: &[Note], sections: &[Section], bar: Tick) -> Vec<Strain> {
    let mut out: Vec<Strain> = Vec::new();
    let mut until = 0;
    for note in tune {
        let Some(section) = sections
            .iter()
            .position(|s| s.start <= note.start && note.start < s.end())
        else {
            continue;
        };
        let unit = vec![*note];
        match out.last_mut() {
            Some(last)
                if last.section == section
                    && note.start < until + PPQ
                    && note.start < (last.start() + bar / 4) / bar * bar + 2 * bar =>
            {
                last.units.push(unit);
            }
            _ => out.push(Strain {
                section,
                units: vec![unit],
            }),
        }
        until = note.start + note.length;
    }
    out
}

/// Where a tune is played, in the shape in which the stage asks for the voice's spans: the band leaves
/// room for it as for a voice.
pub(super) fn stand_ins(tune: &[Note], sections: &[Section], bar: Tick) -> Vec<SungLine> {
    let line = |strain: Strain| SungLine {
        section: strain.section,
        text: String::new(),
        words: vec![SungWord {
            text: String::new(),
            syllables: vec![Syllable {
                phonemes: String::new(),
                stress: 0,
                notes: strain.notes().copied().collect(),
            }],
        }],
        ..SungLine::default()
    };
    phrases(tune, sections, bar).into_iter().map(line).collect()
}

/// A line of the new lyrics with the section it belongs to.
struct Line<'a> {
    words: &'a PreparedLine,
    role: Role,
    /// The first of its section.
    opens: bool,
}

/// Sets `lyrics` on the strains of a piece.
///
/// # Errors
/// [`ComposeError::TooLong`] when the melody has no room for the words.
pub(super) fn underlay(
    strains: &[Strain],
    sections: &[Section],
    lyrics: &[PreparedSection],
    tempo: &TempoMap,
) -> Result<Laid, ComposeError> {
    let lines: Vec<Line> = lyrics
        .iter()
        .flat_map(|s| {
            s.lines.iter().enumerate().map(|(i, words)| Line {
                words,
                role: s.role,
                opens: i == 0,
            })
        })
        .filter(|l| l.words.syllables() > 0)
        .collect();
    let rooms: Vec<usize> = (0..strains.len()).map(|k| room(strains, k, tempo)).collect();
    let too_long = || {
        let syllables = lines.iter().map(|l| l.words.syllables()).sum();
        let (from, to) = (strains.first().map_or(0, Strain::start), strains.last().map_or(0, end));
        let seconds = tempo.at(to) - tempo.at(from);
        let room = rooms.iter().sum::<usize>().max(1) as f64;
        ComposeError::TooLong {
            syllables,
            seconds: seconds.round() as u32,
            needed: (seconds * (syllables as f64 / room).max(1.0)).ceil() as u32 + 1,
        }
    };
    let path = match_lines(&lines, strains, sections, &rooms).ok_or_else(too_long)?;
    let mut laid = Laid::default();
    let (mut i, mut k) = (0, 0);
    for (taken, held) in path {
        let group = &strains[k..k + held];
        if taken == 0 {
            laid.left.extend(group.iter().cloned());
        } else {
            let limit = limit(strains, k + held - 1, tempo);
            let units: Vec<Vec<Note>> = group.iter().flat_map(|s| s.units.iter().cloned()).collect();
            let words: Vec<&PreparedLine> = lines[i..i + taken].iter().map(|l| l.words).collect();
            let stresses: Vec<u8> = words
                .iter()
                .flat_map(|l| &l.words)
                .flat_map(|w| &w.syllables)
                .map(|s| s.stress)
                .collect();
            let notes = fit(&units, &stresses, tempo, limit).ok_or_else(too_long)?;
            let mut notes = notes.into_iter();
            for line in words {
                let mut words = line.words.clone();
                for syllable in words.iter_mut().flat_map(|w| &mut w.syllables) {
                    syllable.notes = notes.next().unwrap_or_default();
                }
                laid.lines.push(SungLine {
                    section: group[0].section,
                    text: line.text.clone(),
                    words,
                    language: line.language,
                    ..SungLine::default()
                });
            }
        }
        i += taken;
        k += held;
    }
    Ok(laid)
}

fn end(strain: &Strain) -> Tick {
    strain.notes().last().map_or(0, |n| n.start + n.length)
}

/// Until when a strain may sound.
fn limit(strains: &[Strain], k: usize, tempo: &TempoMap) -> Tick {
    let own = end(&strains[k]);
    strains.get(k + 1).map_or(own, |next| {
        let free = tempo.tick_at(tempo.at(next.start()) - BREATH).max(0.0) as Tick;
        // A little of the breath after the line may be used, not a whole interlude.
        free.clamp(own.min(next.start()), own + PPQ)
    })
}

/// Most syllables that fit on a strain.
fn room(strains: &[Strain], k: usize, tempo: &TempoMap) -> usize {
    let seconds = tempo.at(limit(strains, k, tempo)) - tempo.at(strains[k].start());
    (seconds / (SHORTEST * 1.2)) as usize
}

/// How many lines go on how many strains, in order: (1, n), (n, 1), or (0, 1) for a strain that stays
/// without words. `None` when they do not fit.
fn match_lines(
    lines: &[Line],
    strains: &[Strain],
    sections: &[Section],
    rooms: &[usize],
) -> Option<Vec<(usize, usize)>> {
    let (n, m) = (lines.len(), strains.len());
    let first_of_section = |k: usize| k == 0 || strains[k - 1].section != strains[k].section;
    let mut best = vec![vec![f64::INFINITY; m + 1]; n + 1];
    let mut from = vec![vec![(0, 0); m + 1]; n + 1];
    best[0][0] = 0.0;
    for i in 0..=n {
        for k in 0..m {
            if !best[i][k].is_finite() {
                continue;
            }
            let goes_on_silent = k > 0 && from[i][k] == (0, 1);
            let mut offer = |taken: usize, held: usize, cost: f64, best: &mut Vec<Vec<f64>>| {
                let total = best[i][k] + cost;
                if total < best[i + taken][k + held] {
                    best[i + taken][k + held] = total;
                    from[i + taken][k + held] = (taken, held);
                }
            };
            // Whole sections stay silent rather than single lines.
            let silent = if first_of_section(k) || goes_on_silent {
                0.45
            } else {
                0.8
            };
            let trailing = if i == n { 0.05 } else { silent };
            offer(0, 1, trailing, &mut best);
            if i == n {
                continue;
            }
            let section = &sections[strains[k].section];
            let seam = if lines[i].opens == first_of_section(k) {
                0.0
            } else {
                0.5
            };
            let role = if lines[i].role == section.role { 0.0 } else { 0.5 };
            for held in 1..=3.min(m - k) {
                if strains[k + held - 1].section != strains[k].section {
                    break;
                }
                let units: usize = strains[k..k + held].iter().map(|s| s.units.len()).sum();
                let room: usize = rooms[k..k + held].iter().sum();
                let syllables = lines[i].words.syllables();
                if syllables <= room {
                    let cost = misfit(syllables, units) + 0.3 * (held - 1) as f64;
                    offer(1, held, cost + seam + role, &mut best);
                }
            }
            let mut syllables = lines[i].words.syllables();
            for taken in 2..=8.min(n - i) {
                syllables += lines[i + taken - 1].words.syllables();
                if syllables > rooms[k] {
                    break;
                }
                let cost = misfit(syllables, strains[k].units.len()) + 0.35 * (taken - 1) as f64;
                offer(taken, 1, cost + seam + role, &mut best);
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
        path
    })
}

/// How badly so many syllables sit on so many units; splitting is worse than slurring.
fn misfit(syllables: usize, units: usize) -> f64 {
    let x = (syllables as f64 / units.max(1) as f64).ln();
    if x > 0.0 {
        2.2 * x * x + 0.4 * x
    } else {
        1.4 * x * x - 0.25 * x
    }
}

/// The notes of each syllable: `units` as they are, split where there are too few, slurred where there
/// are too many. Nothing sounds after `limit`. `None` when the syllables would be too fast.
pub(super) fn fit(units: &[Vec<Note>], stresses: &[u8], tempo: &TempoMap, limit: Tick) -> Option<Vec<Vec<Note>>> {
    let n = stresses.len();
    if n == 0 || units.is_empty() {
        return (n == 0).then(Vec::new);
    }
    if n == units.len() {
        return Some(units.to_vec());
    }
    if n < units.len() {
        return Some(slur(units, stresses));
    }
    let least = |at: Tick| {
        let here = tempo.at(at);
        (tempo.tick_at(here + SHORTEST) - f64::from(at)).ceil().max(1.0) as Tick
    };
    let mut out = units.to_vec();
    while out.len() < n {
        let length = |u: &Vec<Note>| u.iter().map(|n| n.length).sum::<Tick>();
        let splits =
            |u: &Vec<Note>| u.len() > 1 || halves(u[0].length).is_some_and(|(a, b)| a.min(b) >= least(u[0].start));
        // The last syllable keeps its length as long as others can give.
        let worth = |i: usize, u: &Vec<Note>| length(u) / if i + 1 == out.len() { 2 } else { 1 };
        let longest = (0..out.len())
            .filter(|&i| splits(&out[i]))
            .max_by_key(|&i| (worth(i, &out[i]), std::cmp::Reverse(i)));
        let Some(i) = longest else {
            return even(units, n, tempo, limit);
        };
        let unit = out[i].clone();
        let (first, second) = if unit.len() > 1 {
            let (a, b) = unit.split_at(unit.len().div_ceil(2));
            (a.to_vec(), b.to_vec())
        } else {
            let (a, b) = halves(unit[0].length)?;
            let later = Note {
                start: unit[0].start + a,
                length: b,
                ..unit[0]
            };
            (vec![Note { length: a, ..unit[0] }], vec![later])
        };
        out[i] = second;
        out.insert(i, first);
    }
    Some(out)
}

/// A length in two parts, on the grid where it is on it; the first is not shorter.
fn halves(length: Tick) -> Option<(Tick, Tick)> {
    let grid = [240, 120, 60, 40, 1].into_iter().find(|g| length >= 2 * g)?;
    let first = (length / 2).next_multiple_of(grid);
    (first < length).then_some((first, length - first))
}

/// Evenly spread syllables on the pitches that sound at their time.
fn even(units: &[Vec<Note>], n: usize, tempo: &TempoMap, limit: Tick) -> Option<Vec<Vec<Note>>> {
    let notes: Vec<&Note> = units.iter().flatten().collect();
    let start = notes.first()?.start;
    let to = limit.max(notes.last().map_or(start, |n| n.start + n.length));
    let each = (tempo.at(to) - tempo.at(start)) / n as f64;
    if each < SHORTEST * 0.9 {
        return None;
    }
    let at = |i: usize| start + (u64::from(to - start) * i as u64 / n as u64) as Tick;
    Some(
        (0..n)
            .map(|i| {
                let sounding = notes
                    .iter()
                    .rev()
                    .find(|n| n.start <= at(i))
                    .copied()
                    .unwrap_or(notes[0]);
                vec![Note {
                    start: at(i),
                    length: (at(i + 1) - at(i)).max(1),
                    ..*sounding
                }]
            })
            .collect(),
    )
}

/// Fewer syllables than units: neighbours are slurred, or the line ends early.
fn slur(units: &[Vec<Note>], stresses: &[u8]) -> Vec<Vec<Note>> {
    let (n, m) = (stresses.len(), units.len());
    let pitch = |j: usize, last: bool| {
        let unit = &units[j];
        (if last { unit.last() } else { unit.first() }).map_or(0, |n| n.pitch)
    };
    let ends = |j: usize| units[j].last().map_or(0, |n| n.start + n.length);
    let starts = |j: usize| units[j][0].start;
    // What it costs that unit j continues the syllable of unit j - 1.
    let tie = |j: usize| {
        let gap = f64::from(starts(j).saturating_sub(ends(j - 1))) / f64::from(PPQ);
        let step = if pitch(j, false) == pitch(j - 1, true) {
            0.15
        } else {
            0.55
        };
        step + if gap > 0.2 { 1.0 + gap } else { 0.0 }
    };
    let place = |i: usize, j: usize| {
        let strength = match starts(j) % (2 * PPQ) {
            0 => 1.0,
            t if t % PPQ == 0 => 0.7,
            t if t % (PPQ / 2) == 0 => 0.3,
            _ => 0.0,
        };
        match stresses[i] {
            2 => 0.7 * (1.0 - strength),
            1 => 0.35 * (1.0 - strength),
            _ => 0.4 * strength,
        }
    };
    let mut best = vec![vec![f64::INFINITY; m + 1]; n + 1];
    let mut from = vec![vec![0; m + 1]; n + 1];
    best[0][0] = 0.0;
    for i in 0..n {
        for j in i..m {
            if !best[i][j].is_finite() {
                continue;
            }
            let mut cost = best[i][j] + place(i, j);
            for next in j + 1..=m - (n - 1 - i) {
                if next > j + 1 {
                    cost += tie(next - 1) + if stresses[i] == 0 { 0.4 } else { 0.0 };
                }
                if cost < best[i + 1][next] {
                    best[i + 1][next] = cost;
                    from[i + 1][next] = j;
                }
            }
        }
    }
    // Units after the last word may stay silent.
    let mut j = (n..=m)
        .min_by(|a, b| {
            let total = |j: usize| best[n][j] + 0.5 * (m - j) as f64;
            total(*a).total_cmp(&total(*b))
        })
        .unwrap_or(m);
    let mut out = Vec::with_capacity(n);
    for i in (1..=n).rev() {
        let first = from[i][j];
        out.push(joined(&units[first..j]));
        j = first;
    }
    out.reverse();
    out
}

/// Slurred notes: each reaches to the next, equal pitches become one.
fn joined(units: &[Vec<Note>]) -> Vec<Note> {
    let mut out: Vec<Note> = Vec::new();
    for note in units.iter().flatten() {
        if let Some(last) = out.last_mut() {
            last.length = note.start - last.start;
            if last.pitch == note.pitch {
                last.length += note.length;
                continue;
            }
        }
        out.push(*note);
    }
    out
}

#[cfg(test)]
mod tests {
    use catbird_score::Touch;

    use super::*;

    fn unit(start: Tick, length: Tick, pitch: u8) -> Vec<Note> {
        vec![Note {
            start,
            length,
            pitch,
            velocity: 90,
            nudge: 0,
            touch: Touch::Plain,
        }]
    }

    fn tempo() -> TempoMap {
        TempoMap::steady(100.0, 0.1)
    }

    #[test]
    fn equal_counts_keep_every_note() {
        let units = vec![unit(0, 240, 60), unit(240, 480, 62), unit(720, 480, 64)];
        assert_eq!(fit(&units, &[2, 0, 1], &tempo(), 1920), Some(units));
    }

    #[test]
    fn too_many_syllables_split_the_longest_notes_in_place() {
        let units = vec![unit(0, 240, 60), unit(240, 960, 62), unit(1200, 240, 64)];
        let got = fit(&units, &[2, 0, 1, 0, 2], &tempo(), 1920).unwrap();
        assert_eq!(got.len(), 5);
        assert_eq!(got[0], units[0]);
        let notes: Vec<Note> = got.concat();
        assert!(notes.windows(2).all(|w| w[0].start + w[0].length <= w[1].start));
        // Every note sounds the pitch that sounded there.
        assert!(notes.iter().all(|n| n.pitch
            == match n.start {
                0..240 => 60,
                240..1200 => 62,
                _ => 64,
            }));
        assert_eq!(notes.iter().map(|n| n.length).sum::<Tick>(), 1440);
    }

    #[test]
    fn too_few_syllables_slur_neighbours_of_one_pitch_first() {
        let units = vec![
            unit(0, 480, 60),
            unit(480, 240, 64),
            unit(720, 240, 64),
            unit(960, 480, 67),
        ];
        let got = fit(&units, &[2, 2, 2], &tempo(), 1920).unwrap();
        assert_eq!(got[1].len(), 1);
        assert_eq!((got[1][0].start, got[1][0].length), (480, 480));
        assert_eq!((got[0].len(), got[2].len()), (1, 1));
    }

    #[test]
    fn what_cannot_be_sung_is_refused() {
        let units = vec![unit(0, 480, 60), unit(480, 480, 62)];
        assert_eq!(fit(&units, &[1; 40], &tempo(), 1200), None);
    }
}
