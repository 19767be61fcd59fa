//! Musical time. A [`Tick`] is 1/480 of a quarter note; seconds come from the tempo map alone, so
//! audio, MIDI and lyrics cannot disagree.

use serde::{Deserialize, Serialize};

/// Ticks per quarter note, the usual MIDI resolution.
pub const PPQ: u32 = 480;

/// A point or a span on the score's grid, in 1/480 quarter notes.
pub type Tick = u32;

/// A tempo that holds from `tick` to the next mark.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TempoMark {
    /// Where it begins.
    pub tick: Tick,
    /// Quarter notes a minute.
    pub bpm: f64,
}

/// Ticks ↔ seconds. Marks are in rising order and the first stands at tick 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TempoMap {
    /// Seconds of the file before tick 0 (room for a consonant sung before the first beat).
    pub lead_seconds: f64,
    /// The tempi.
    pub marks: Vec<TempoMark>,
}

impl TempoMap {
    /// One tempo throughout.
    pub fn steady(bpm: f64, lead_seconds: f64) -> Self {
        Self {
            lead_seconds,
            marks: vec![TempoMark { tick: 0, bpm }],
        }
    }

    /// Seconds from the beginning of the file to `tick` (fractional ticks allowed).
    pub fn seconds(&self, tick: f64) -> f64 {
        let mut seconds = self.lead_seconds;
        for (i, mark) in self.marks.iter().enumerate() {
            let end = self.marks.get(i + 1).map_or(f64::INFINITY, |next| f64::from(next.tick));
            let from = f64::from(mark.tick);
            // Before tick 0 the first tempo holds, so a nudged first note may sound early.
            let span = if i == 0 {
                tick.min(end) - from
            } else {
                (tick.min(end) - from).max(0.0)
            };
            seconds += span * 60.0 / (mark.bpm * f64::from(PPQ));
            if tick <= end {
                break;
            }
        }
        seconds
    }

    /// Seconds at a whole tick.
    pub fn at(&self, tick: Tick) -> f64 {
        self.seconds(f64::from(tick))
    }

    /// The tick (fractional) that sounds `seconds` into the file; the inverse of [`Self::seconds`].
    pub fn tick_at(&self, seconds: f64) -> f64 {
        let mut at = self.lead_seconds;
        for (i, mark) in self.marks.iter().enumerate() {
            let per_tick = 60.0 / (mark.bpm * f64::from(PPQ));
            let next = self.marks.get(i + 1);
            let span = next.map_or(f64::INFINITY, |n| f64::from(n.tick - mark.tick) * per_tick);
            if seconds < at + span || next.is_none() {
                return f64::from(mark.tick) + (seconds - at) / per_tick;
            }
            at += span;
        }
        0.0
    }

    /// The tempo in force at `tick`.
    pub fn bpm_at(&self, tick: Tick) -> f64 {
        self.marks
            .iter()
            .rev()
            .find(|m| m.tick <= tick)
            .map_or(120.0, |m| m.bpm)
    }
}

/// Beats in a bar, and the note value that is one beat (4 = quarter, 8 = eighth).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    /// Beats a bar.
    pub beats: u8,
    /// The beat's note value.
    pub unit: u8,
}

impl Meter {
    /// Four quarter notes a bar.
    pub const COMMON: Self = Self { beats: 4, unit: 4 };

    /// Ticks of one beat.
    pub fn beat(self) -> Tick {
        PPQ * 4 / u32::from(self.unit)
    }

    /// Ticks of one bar.
    pub fn bar(self) -> Tick {
        self.beat() * u32::from(self.beats)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_ticks_are_inverse_over_tempo_changes() {
        let map = TempoMap {
            lead_seconds: 0.25,
            marks: vec![TempoMark { tick: 0, bpm: 120.0 }, TempoMark { tick: 960, bpm: 60.0 }],
        };
        assert!((map.at(960) - 1.25).abs() < 1e-12);
        assert!((map.at(1440) - 2.25).abs() < 1e-12);
        for tick in [0.0, 1.0, 480.0, 959.0, 960.0, 961.0, 5000.0] {
            assert!((map.tick_at(map.seconds(tick)) - tick).abs() < 1e-6);
        }
    }
}
