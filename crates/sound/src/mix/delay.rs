//! Echoes in time with the song, from side to side, each duller than the last.

use super::biquad::{Biquad, Memory};
use crate::audio::{RATE_F, amplitude};

/// How much of an echo comes back as the next.
const FEEDBACK: f32 = 0.36;

/// A ping-pong delay.
pub(super) struct Delay {
    lines: [Vec<f32>; 2],
    at: usize,
    filters: [[(Biquad, Memory); 2]; 2],
    gain: f32,
}

impl Delay {
    /// Echoes every `seconds`.
    pub fn new(seconds: f32, return_db: f32) -> Self {
        let frames = (seconds.clamp(0.02, 3.0) * RATE_F).round() as usize;
        let filters = || {
            [
                (Biquad::high_pass(280.0, 0.707), Memory::default()),
                (Biquad::low_pass(4_500.0, 0.707), Memory::default()),
            ]
        };
        Self {
            lines: [vec![0.0; frames], vec![0.0; frames]],
            at: 0,
            filters: [filters(), filters()],
            gain: amplitude(return_db),
        }
    }

    /// Adds the echoes of `input` to `out`.
    pub fn run(&mut self, input: [&[f32]; 2], out: [&mut [f32]; 2]) {
        let [out_left, out_right] = out;
        for i in 0..out_left.len() {
            let echo = [self.lines[0][self.at], self.lines[1][self.at]];
            let mut heard = [0.0; 2];
            for side in 0..2 {
                heard[side] = self.filters[side].iter_mut().fold(echo[side], |x, (f, m)| f.step(m, x)) + 1e-18;
            }
            // In on the left, then across.
            self.lines[0][self.at] = 0.5 * (input[0][i] + input[1][i]) + FEEDBACK * heard[1];
            self.lines[1][self.at] = heard[0];
            self.at += 1;
            if self.at == self.lines[0].len() {
                self.at = 0;
            }
            out_left[i] += self.gain * heard[0];
            out_right[i] += self.gain * heard[1];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echoes_come_in_time_and_change_sides() {
        let mut input = vec![0.0; 44_100];
        input[..40].fill(1.0);
        let (mut l, mut r) = (vec![0.0; 44_100], vec![0.0; 44_100]);
        Delay::new(0.25, 0.0).run([&input, &input], [&mut l, &mut r]);
        let energy = |x: &[f32], seconds: f32| {
            let at = (seconds * RATE_F) as usize;
            x[at..at + 2_000].iter().map(|v| v * v).sum::<f32>()
        };
        assert!(energy(&l, 0.25) > 100.0 * energy(&r, 0.25).max(1e-9));
        assert!(energy(&r, 0.5) > 100.0 * energy(&l, 0.5).max(1e-9));
        assert!(energy(&l, 0.75) < 0.3 * energy(&l, 0.25) && energy(&l, 0.75) > 0.001);
        assert!(energy(&l, 0.1) < 1e-9);
    }
}
