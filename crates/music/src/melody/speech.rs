//! The melody of speech, for words that are rapped: a pitch that sinks through the line, accents that rise
//! from it, one of them most, and an end that falls where a thought closes and hangs or rises where it goes
//! on. (Declination, pitch accents and boundary tones as in Pierrehumbert, "The Phonology and Phonetics of
//! English Intonation", 1980.)

use catbird_score::Dice;

use super::{Tone, plan::LinePlan, rhythm::Beat};
use crate::{direction::Direction, form::PlacedLine};

/// Where in a singer's range the speaking pitch lies: 0 its lowest note, 1 its highest.
const SPEAKING: f64 = 0.2;
/// Semitones by which a line sinks from its first to its last syllable.
const SINKS: f64 = 2.5;
/// Farthest from the speaking pitch, semitones below and above.
const BELOW: f64 = 4.0;
const ABOVE: f64 = 5.0;

/// The tones of a rapped line; one that comes back is spoken as it was.
pub(super) fn set(
    direction: &Direction,
    line: &PlacedLine,
    beats: &[Beat],
    plan: &LinePlan,
    model: Option<&[Tone]>,
    energy: f32,
    dice: &mut Dice,
) -> Vec<Tone> {
    let n = beats.len();
    if n == 0 {
        return Vec::new();
    }
    let (low, high) = (f64::from(direction.singer.low), f64::from(direction.singer.high));
    let floor = (low + SPEAKING * (high - low)).max(low + BELOW);
    // Louder speech is higher.
    let base = floor + 1.5 * f64::from(energy - 0.5);
    let spoken = model.filter(|m| plan.faithful && m.len() == n);
    let accents: Vec<usize> = (0..n).filter(|i| beats[*i].stress == 2).collect();
    let peak = if accents.len() > 1 {
        // Not the last accent: that one carries the ending.
        accents.get(dice.below(accents.len() - 1)).copied()
    } else {
        None
    };
    let ending = accents.last().copied().unwrap_or(n - 1);
    let asks = line.text.trim_end().ends_with('?');
    let goes_on = !plan.closes && (line.text.trim_end().ends_with(',') || dice.chance(0.45));
    let close = match (asks, goes_on) {
        (true, _) => 3.0,
        (false, true) => [0.5, 1.5][dice.below(2)],
        (false, false) => -2.5,
    };
    let mut drift = 0.0;
    (0..n)
        .map(|i| {
            drift = 0.5 * drift + 0.45 * dice.normal();
            let x = i as f64 / (n - 1).max(1) as f64;
            let accent = match beats[i].stress {
                2 => 1.8,
                1 => 0.7,
                _ => -0.6,
            };
            let mut pitch = base + SINKS * (0.6 - x) + accent + drift;
            if Some(i) == peak {
                pitch += 1.4;
            }
            if i >= ending {
                // The nuclear accent turns towards the end of the line.
                let way = (i - ending + 1) as f64 / (n - ending) as f64;
                pitch += close * way;
            }
            let pitch = pitch.clamp(floor - BELOW, floor + ABOVE).round().clamp(low, high);
            Tone {
                start: beats[i].start,
                length: beats[i].length,
                pitch: spoken.map_or(pitch as u8, |m| m[i].pitch),
            }
        })
        .collect()
}
