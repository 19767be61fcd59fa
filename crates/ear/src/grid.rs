//! Heard seconds put on the beat grid: sixteenths or triplets, as the players of each beat chose. What a
//! note is off the grid becomes its nudge, so the seconds stay those that were heard.

use catbird_score::{Note, TempoMap, Tick, Touch};

use crate::notes::HeardNote;

/// Triplets must fit this much better than sixteenths before a beat is read as triplets, ticks a note.
const BIAS: f64 = 9.0;
/// The shortest written note, ticks (a 64th).
const SHORTEST: Tick = 30;
/// A note may sound this much before tick 0, ticks: the bound of every reader of scores.
const PICKUP: f64 = -480.0;

/// Which grid each beat of a piece has.
pub struct Grid<'a> {
    tempo: &'a TempoMap,
    beat: Tick,
    /// Per beat: three to the beat instead of four.
    triplets: Vec<bool>,
    /// The end of the piece.
    end: Tick,
}

impl<'a> Grid<'a> {
    /// The grid that fits the onsets of `notes` best.
    pub fn fit(tempo: &'a TempoMap, beat: Tick, end: Tick, notes: &[HeardNote]) -> Self {
        let beats = (end / beat.max(1)) as usize + 1;
        // Per beat: weight, misfit of sixteenths, misfit of triplets.
        let mut fits = vec![[0.0f64; 3]; beats];
        for note in notes {
            let at = tempo.tick_at(note.from);
            let Some(fit) = fits
                .get_mut((at / f64::from(beat)).floor().max(0.0) as usize)
                .filter(|_| at >= 0.0)
            else {
                continue;
            };
            let weight = f64::from(note.velocity) * f64::from(note.confidence.max(0.05));
            fit[0] += weight;
            fit[1] += weight * off(at, f64::from(beat) / 4.0);
            fit[2] += weight * off(at, f64::from(beat) / 3.0);
        }
        let triplets = fits.iter().map(|f| f[0] > 0.0 && f[2] + BIAS * f[0] < f[1]).collect();
        Self {
            tempo,
            beat,
            triplets,
            end,
        }
    }

    /// The grid point nearest to a tick, never before 0.
    fn nearest(&self, tick: f64) -> Tick {
        let beat = f64::from(self.beat);
        let index = (tick / beat).floor().max(0.0);
        let parts = if self.triplets.get(index as usize).copied().unwrap_or(false) {
            3.0
        } else {
            4.0
        };
        let step = beat / parts;
        (index * beat + ((tick - index * beat) / step).round() * step)
            .round()
            .max(0.0) as Tick
    }

    /// The notes on the grid, by rising start. `alone` for a line: one note at a time, each on a place of
    /// its own.
    pub fn place(&self, heard: &[HeardNote], alone: bool) -> Vec<Note> {
        let mut notes: Vec<Note> = heard.iter().filter_map(|n| self.note(n)).collect();
        notes.sort_by_key(|n| (n.start, n.pitch));
        if !alone {
            // The same key twice at one place is one note.
            notes.dedup_by(|b, a| {
                let twin = a.start == b.start && a.pitch == b.pitch;
                if twin {
                    a.length = a.length.max(b.length);
                    a.velocity = a.velocity.max(b.velocity);
                }
                twin
            });
            return notes;
        }
        let mut line: Vec<Note> = Vec::with_capacity(notes.len());
        let mut by_onset = notes;
        by_onset.sort_by(|a, b| a.onset().total_cmp(&b.onset()));
        for mut note in by_onset {
            if let Some(last) = line.last_mut() {
                if note.start <= last.start {
                    // A quick note has the place between two places of the grid, if it has one.
                    let onset = note.onset();
                    note.start = (onset / f64::from(SHORTEST)).round().max(0.0) as Tick * SHORTEST;
                    note.nudge = (onset - f64::from(note.start)).round() as i16;
                    if note.start < last.start + SHORTEST {
                        continue;
                    }
                }
                last.length = last.length.min(note.start - last.start);
            }
            line.push(note);
        }
        line
    }

    /// One note; `None` where it lies outside the piece.
    fn note(&self, heard: &HeardNote) -> Option<Note> {
        let (from, to) = (self.tempo.tick_at(heard.from), self.tempo.tick_at(heard.to));
        if from < PICKUP || from >= f64::from(self.end) {
            return None;
        }
        let start = self.nearest(from).min(self.end.saturating_sub(1));
        let end = self.nearest(to).min(self.end).max(start + SHORTEST);
        Some(Note {
            start,
            length: end - start,
            pitch: heard.key(),
            velocity: heard.velocity.clamp(1, 127),
            nudge: (from - f64::from(start)).round().clamp(PICKUP, -PICKUP) as i16,
            touch: Touch::Plain,
        })
    }
}

/// Distance to the nearest multiple of `step`.
fn off(x: f64, step: f64) -> f64 {
    (x - (x / step).round() * step).abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(from: f64, to: f64, pitch: f32) -> HeardNote {
        HeardNote {
            from,
            to,
            pitch,
            velocity: 90,
            confidence: 0.9,
        }
    }

    #[test]
    fn each_beat_has_its_own_division_and_seconds_stay() {
        let tempo = TempoMap::steady(120.0, 0.2);
        // Beat 0: sixteenths; beat 1: triplets; all played 8 ms late.
        let seconds = [0.0, 0.125, 0.25, 0.375, 0.5, 0.5 + 1.0 / 6.0, 0.5 + 2.0 / 6.0];
        let notes: Vec<HeardNote> = seconds.iter().map(|s| heard(s + 0.208, s + 0.3, 60.0)).collect();
        let placed = Grid::fit(&tempo, 480, 1_920, &notes).place(&notes, true);
        let starts: Vec<Tick> = placed.iter().map(|n| n.start).collect();
        assert_eq!(starts, [0, 120, 240, 360, 480, 640, 800]);
        for (note, s) in placed.iter().zip(&notes) {
            assert!((tempo.seconds(note.onset()) - s.from).abs() < 0.001);
        }
    }

    #[test]
    fn a_line_has_one_note_at_a_time() {
        let tempo = TempoMap::steady(120.0, 0.0);
        let notes = [
            heard(0.0, 1.0, 60.0),
            heard(0.02, 0.5, 62.0),
            heard(0.06, 0.5, 64.0),
            heard(0.5, 3.0, 65.0),
        ];
        let grid = Grid::fit(&tempo, 480, 960, &notes);
        let line = grid.place(&notes, true);
        assert!(
            line.windows(2).all(|w| w[0].start + w[0].length <= w[1].start),
            "{line:?}"
        );
        assert!(line.iter().all(|n| n.start + n.length <= 960));
        assert_eq!(grid.place(&notes, false).len(), 4);
    }

    #[test]
    fn what_lies_before_the_first_bar_or_after_the_end_is_left_out() {
        let tempo = TempoMap::steady(120.0, 2.0);
        let notes = [heard(0.5, 0.9, 60.0), heard(1.9, 2.1, 60.0), heard(9.0, 9.5, 60.0)];
        let placed = Grid::fit(&tempo, 480, 1_920, &notes).place(&notes, false);
        assert_eq!(placed.len(), 1);
        assert_eq!((placed[0].start, placed[0].nudge), (0, -96));
    }
}
