//! Where a melody breathes: a shortest path over its notes that likes rests, long notes and beginnings of
//! sections between breaths, and breaths of about two bars.

use catbird_score::{Meter, Note, Section, Tick};

use crate::edit::underlay::Strain;

/// What another breath costs before anything speaks for it.
const BREATH: f64 = 0.9;
/// Beats of rest that no breath contains.
const BREAK: f64 = 2.0;
/// Most notes of one breath.
const MOST: usize = 28;

/// Cuts a tidy tune into breaths. Each belongs to the section in which most of it sounds, so a pickup
/// belongs to what it leads to.
pub(super) fn breaths(notes: &[Note], sections: &[Section], meter: Meter) -> Vec<Strain> {
    let n = notes.len();
    let beat = f64::from(meter.beat());
    let rest = |i: usize| f64::from(notes[i].start.saturating_sub(notes[i - 1].start + notes[i - 1].length)) / beat;
    let usual = usual(notes);
    // What speaks for a breath before note i.
    let reward = |i: usize| {
        if i == 0 {
            return 0.0;
        }
        let apart = f64::from(notes[i].start - notes[i - 1].start) / usual;
        let pickup = notes[i].start + meter.beat() * 3 / 2;
        let opens = sections
            .iter()
            .any(|s| notes[i - 1].start < s.start && s.start <= pickup && s.start > 0);
        1.6 * rest(i).min(1.5) + 0.3 * (apart - 1.0).clamp(0.0, 2.0) + if opens { 1.0 } else { 0.0 }
    };
    // What speaks against the notes from i to k as one breath.
    let shape = |i: usize, k: usize| {
        let last = notes[k - 1];
        let beats = (f64::from(last.start + last.length - notes[i].start) / beat).max(0.5);
        let count = ((k - i) as f64 / 8.0).ln();
        let length = (beats / f64::from(2 * meter.beats)).ln();
        let long = if length > 0.0 { 0.8 } else { 0.15 };
        0.3 * count * count + long * length * length
    };
    let mut best = vec![f64::INFINITY; n + 1];
    let mut from = vec![0; n + 1];
    best[0] = 0.0;
    for k in 1..=n {
        for i in (k.saturating_sub(MOST)..k).rev() {
            if i + 1 < k && rest(i + 1) > BREAK {
                break;
            }
            let cost = best[i] + BREATH - reward(i) + shape(i, k);
            if cost < best[k] {
                best[k] = cost;
                from[k] = i;
            }
        }
    }
    let mut cuts = Vec::new();
    let mut k = n;
    while k > 0 {
        cuts.push((from[k], k));
        k = from[k];
    }
    cuts.reverse();
    cuts.into_iter()
        .filter_map(|(i, k)| {
            Some(Strain {
                section: home(&notes[i..k], sections)?,
                units: notes[i..k].iter().map(|n| vec![*n]).collect(),
            })
        })
        .collect()
}

/// The median distance between onsets, ticks.
fn usual(notes: &[Note]) -> f64 {
    let mut apart: Vec<Tick> = notes.windows(2).map(|w| w[1].start - w[0].start).collect();
    apart.sort_unstable();
    f64::from(apart.get(apart.len() / 2).copied().unwrap_or(480).max(60))
}

/// The section in which most of some notes sounds.
fn home(notes: &[Note], sections: &[Section]) -> Option<usize> {
    let inside = |s: &Section| -> Tick {
        let share = |n: &Note| (n.start + n.length).min(s.end()).saturating_sub(n.start.max(s.start));
        notes.iter().map(share).sum()
    };
    (0..sections.len())
        .filter(|i| inside(&sections[*i]) > 0)
        .max_by_key(|i| (inside(&sections[*i]), std::cmp::Reverse(*i)))
}

#[cfg(test)]
mod tests {
    use catbird_score::{Role, Touch};

    use super::*;

    #[test]
    fn breaths_are_taken_at_rests_and_a_pickup_belongs_to_what_follows() {
        let mut notes = Vec::new();
        for bar in [0u32, 2, 4, 6] {
            // A pickup of an eighth, then seven eighths and a long note.
            for (at, length) in [
                (-240i64, 240),
                (0, 240),
                (240, 240),
                (480, 480),
                (960, 240),
                (1200, 720),
            ] {
                let start = i64::from(bar) * 1920 + at + 1920;
                notes.push(Note {
                    start: start as Tick,
                    length,
                    pitch: 60,
                    velocity: 80,
                    nudge: 0,
                    touch: Touch::Plain,
                });
            }
        }
        let section = |start, length| Section {
            name: String::new(),
            role: Role::Verse,
            start,
            length,
            energy: 0.5,
        };
        let sections = [section(0, 5 * 1920), section(5 * 1920, 5 * 1920)];
        let got = breaths(&notes, &sections, Meter::COMMON);
        assert_eq!(got.iter().map(|s| s.units.len()).collect::<Vec<_>>(), [6; 4]);
        assert_eq!(got.iter().map(|s| s.section).collect::<Vec<_>>(), [0, 0, 1, 1]);
    }
}
