//! How a piece begins and ends.

use catbird_score::Score;

use crate::audio::RATE;

/// The end: silence is reached exactly with the last frame. The beginning: 1 ms, against clicks.
pub(crate) struct Fade {
    from: usize,
    frames: usize,
}

/// Longest and shortest fade, seconds.
const FADE_SECONDS: (f64, f64) = (5.0, 0.25);
const FADE_IN: usize = 44;

impl Fade {
    /// Over the ring-out, which begins where the form ends.
    pub fn of(score: &Score, frames: usize) -> Self {
        let from = score
            .tempo
            .at(score.end())
            .max(score.seconds - FADE_SECONDS.0)
            .min(score.seconds - FADE_SECONDS.1);
        Self {
            from: (from.max(0.0) * f64::from(RATE)) as usize,
            frames,
        }
    }

    pub fn apply(&self, at: usize, left: &mut [f32], right: &mut [f32]) {
        let length = self.frames.saturating_sub(self.from).max(2) as f32;
        for (i, (l, r)) in left.iter_mut().zip(right).enumerate() {
            let frame = at + i;
            if frame < FADE_IN {
                let gain = frame as f32 / FADE_IN as f32;
                *l *= gain;
                *r *= gain;
            }
            if frame >= self.from {
                let done = ((frame - self.from) as f32 / (length - 1.0)).min(1.0);
                // A raised cosine squared falls evenly to the ear and has no corner at either end.
                let gain = (0.5 + 0.5 * (std::f32::consts::PI * done).cos()).powf(1.5);
                *l *= gain;
                *r *= gain;
            }
        }
    }
}
