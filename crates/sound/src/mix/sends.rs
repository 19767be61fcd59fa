//! The shared effects: a room and an echo in time with the song, and a block's way there and back.

use catbird_score::Score;

use super::{delay::Delay, reverb::Reverb};

/// Echoes also go into the room, as they would.
const ECHO_INTO_ROOM: f32 = 0.15;

/// A room and an echo; band and voice have their own, alike, so that each can be heard alone.
pub(crate) struct Effects {
    reverb: Reverb,
    delay: Delay,
}

impl Effects {
    /// As the score's mix asks.
    pub fn of(score: &Score) -> Self {
        let echo_seconds = (score.master.delay_beats * 60.0 / score.tempo.bpm_at(0) as f32).max(0.02);
        Self {
            reverb: Reverb::new(score.master.reverb_seconds, score.master.reverb_db),
            delay: Delay::new(echo_seconds, 0.0),
        }
    }

    /// What they answer to a block.
    pub fn answer(&mut self, mut sends: Sends) -> [Vec<f32>; 2] {
        let n = sends.delay[0].len();
        let [mut left, mut right] = [vec![0.0; n], vec![0.0; n]];
        self.delay
            .run([&sends.delay[0], &sends.delay[1]], [&mut left, &mut right]);
        for (bus, echo) in sends.reverb.iter_mut().zip([&left, &right]) {
            for (b, e) in bus.iter_mut().zip(echo) {
                *b += ECHO_INTO_ROOM * e;
            }
        }
        self.reverb
            .run([&sends.reverb[0], &sends.reverb[1]], [&mut left, &mut right]);
        [left, right]
    }
}

/// What a block sends to the effects.
#[derive(Clone)]
pub(crate) struct Sends {
    reverb: [Vec<f32>; 2],
    delay: [Vec<f32>; 2],
}

impl Sends {
    /// Nothing yet, for a block of `n` frames.
    pub fn new(n: usize) -> Self {
        let pair = || [vec![0.0; n], vec![0.0; n]];
        Self {
            reverb: pair(),
            delay: pair(),
        }
    }

    /// Adds a track's share.
    pub fn feed(&mut self, left: &[f32], right: &[f32], reverb: f32, delay: f32) {
        for (sends, amount) in [(&mut self.reverb, reverb), (&mut self.delay, delay)] {
            if amount > 0.0 {
                for (bus, source) in sends.iter_mut().zip([left, right]) {
                    for (b, s) in bus.iter_mut().zip(source) {
                        *b += amount * s;
                    }
                }
            }
        }
    }
}
