//! What makes a singer this one in every song: the numbers of the score, and habits that come with the
//! voice. Each house voice has habits of its own; a mixture of voices has a mixture of them, so that a
//! persona moved a little in voice space changes its habits a little.

use catbird_score::{Dice, HOUSE, Singer};

/// Habits that the score does not name, each −1 … 1.
const HABITS: usize = 9;

/// A singer's constants.
#[derive(Clone, Debug, PartialEq)]
pub struct Character {
    /// Vibrato, cycles a second.
    pub vibrato_hz: f64,
    /// Its depth, cents to either side.
    pub vibrato_cents: f64,
    /// How long a note stands still before it, seconds.
    pub vibrato_delay: f64,
    /// How long it takes to grow, seconds.
    pub vibrato_rise: f64,
    /// How much loudness goes with it, dB to either side.
    pub tremble_db: f64,
    /// Where loudness is in the cycle, turns after the pitch.
    pub tremble_turn: f64,
    /// Slow wander of the pitch, cents (spread).
    pub drift_cents: f64,
    /// How far under the note a phrase begins, cents.
    pub scoop_cents: f64,
    /// How far a phrase's last note sinks as it ends, cents.
    pub fall_cents: f64,
    /// How far the formants wander, a share (spread).
    pub formant_drift: f32,
    /// How far the bands wander, dB (spread).
    pub band_drift_db: f32,
    /// Irregularity of the pulses' intervals and of their amplitudes, shares (spread).
    pub jitter: f64,
    /// See there.
    pub shimmer: f64,
    /// 1 for a human being, 0 for an electrified voice.
    pub human: f64,
}

impl Character {
    /// The constants of a singer.
    pub fn of(singer: &Singer) -> Self {
        let habits = habits(singer);
        let habit = |i: usize| habits[i];
        // An electrified voice has none of the things that make it human.
        let human = 1.0 - f64::from(singer.electric).clamp(0.0, 1.0);
        let rough = f64::from(singer.drive).clamp(0.0, 1.0);
        Self {
            vibrato_hz: f64::from(singer.vibrato_hz) * (1.0 + 0.05 * habit(0)),
            vibrato_cents: f64::from(singer.vibrato_cents) * (1.0 + 0.12 * habit(1)) * human,
            vibrato_delay: 0.28 + 0.08 * habit(2),
            vibrato_rise: 0.32 + 0.1 * habit(3),
            tremble_db: (0.7 + 0.3 * habit(4)) * human,
            tremble_turn: 0.12 * habit(5),
            drift_cents: (5.0 + 1.5 * habit(6)) * human,
            scoop_cents: (55.0 + 25.0 * habit(7)) * human,
            fall_cents: (35.0 + 15.0 * habit(8)) * human,
            formant_drift: (0.011 * (1.0 + 0.25 * habit(6)) * human) as f32,
            band_drift_db: (1.6 * human) as f32,
            jitter: (0.0025 + 0.02 * rough) * human,
            shimmer: (0.03 + 0.1 * rough) * human,
            human,
        }
    }
}

/// The mixture of the house voices' habits.
fn habits(singer: &Singer) -> [f64; HABITS] {
    let mut out = [0.0; HABITS];
    let weights = singer.blend.weights(singer.gender);
    for (voice, weight) in HOUSE.iter().zip(weights) {
        let mut dice = Dice::new(0, &format!("habits of {}", voice.name));
        for habit in &mut out {
            *habit += f64::from(weight) * dice.between(-1.0, 1.0);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use catbird_score::{Blend, Share};

    use super::*;
    use crate::voice::tests::singer;

    fn of(blend: Blend) -> Character {
        Character::of(&Singer { blend, ..singer() })
    }

    #[test]
    fn voices_have_habits_of_their_own_and_mixtures_lie_between() {
        let all: Vec<Character> = HOUSE.iter().map(|h| of(Blend::of(h.name))).collect();
        for (i, a) in all.iter().enumerate() {
            assert!(all[..i].iter().all(|b| (a.vibrato_hz - b.vibrato_hz).abs() > 1e-6));
            assert!((5.3..5.9).contains(&a.vibrato_hz), "{}", a.vibrato_hz);
        }
        let share = |voice: &str, share| Share {
            voice: voice.into(),
            share,
        };
        let half = of(Blend(vec![share("lark", 1.0), share("raven", 1.0)]));
        let middle = 0.5 * (all[0].vibrato_delay + all[9].vibrato_delay);
        assert!((half.vibrato_delay - middle).abs() < 1e-9);
        assert_eq!(of(Blend::default()), of(Blend::of("linnet")));
    }
}
