//! How loud a key's own partials are around an instant: what tells an attack of that key from the strokes
//! of others beside it.

use std::f32::consts::TAU;

use crate::RATE;

/// Partials that tell of a key.
const PARTIALS: usize = 3;
/// Samples of a look at them (46 ms).
const LOOK: usize = 2_048;
/// From one look to the next, seconds.
pub const STEP: f64 = 0.01;

/// Looks at keys in a sound.
pub struct Partials<'a> {
    mono: &'a [f32],
    window: Vec<f32>,
}

impl<'a> Partials<'a> {
    /// Of a recording (mono, 44.1 kHz).
    pub fn of(mono: &'a [f32]) -> Self {
        let window = (0..LOOK)
            .map(|i| 0.5 - 0.5 * (TAU * i as f32 / LOOK as f32).cos())
            .collect();
        Self { mono, window }
    }

    /// Levels (dB) of a key in looks centred at `seconds − before · STEP` and on, `before + after` of them;
    /// `None` when some lie outside the recording.
    pub fn levels(&self, key: u8, seconds: f64, before: usize, after: usize) -> Option<Vec<f32>> {
        let hertz = 440.0 * 2f32.powf((f32::from(key) - 69.0) / 12.0);
        let rate = f64::from(RATE);
        let first = (seconds - before as f64 * STEP) * rate - (LOOK / 2) as f64;
        if first < 0.0 {
            return None;
        }
        (0..before + after)
            .map(|i| {
                let at = (first + i as f64 * STEP * rate) as usize;
                let look = self.mono.get(at..at + LOOK)?;
                Some(10.0 * (self.power(look, hertz) + 1e-9).log10())
            })
            .collect()
    }

    /// Power of a sound at the partials of `hertz` (Goertzel's recursion).
    fn power(&self, look: &[f32], hertz: f32) -> f32 {
        let turns: [f32; PARTIALS] = std::array::from_fn(|n| 2.0 * (TAU * hertz * (n + 1) as f32 / RATE as f32).cos());
        let (mut a, mut b) = ([0.0f32; PARTIALS], [0.0f32; PARTIALS]);
        for (x, w) in look.iter().zip(&self.window) {
            let x = x * w;
            for n in 0..PARTIALS {
                let next = x + turns[n] * a[n] - b[n];
                b[n] = a[n];
                a[n] = next;
            }
        }
        (0..PARTIALS)
            .map(|n| (a[n] * a[n] + b[n] * b[n] - turns[n] * a[n] * b[n]).max(0.0))
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_loud_at_its_key_only_and_while_it_sounds() {
        let rate = RATE as usize;
        let tone: Vec<f32> = (0..rate)
            .map(|i| {
                if i < rate / 2 {
                    0.0
                } else {
                    (i as f32 * 440.0 * TAU / RATE as f32).sin()
                }
            })
            .collect();
        let partials = Partials::of(&tone);
        let own = partials.levels(69, 0.5, 10, 10).expect("inside");
        let other = partials.levels(66, 0.5, 10, 10).expect("inside");
        assert!(own[19] - own[5] > 60.0 && own[19] - other[19] > 20.0);
        assert!(partials.levels(69, 0.05, 10, 10).is_none());
        assert!(partials.levels(69, 0.95, 10, 10).is_none());
    }
}
