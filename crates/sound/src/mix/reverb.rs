//! A room: feedback delay network of eight lines with a Householder matrix (Jot & Chaigne, *Digital
//! delay networks for designing artificial reverberators*, AES 1991). Each line's gain is what makes
//! it decay by 60 dB in the asked time; a shelf in each line lets the highs decay faster.

use super::{
    biquad::{Biquad, Memory},
    widen::AllPass,
};
use crate::audio::RATE_F;

/// Line lengths in frames: primes spread over 26–76 ms.
const LINES: [usize; 8] = [1_153, 1_399, 1_663, 1_951, 2_239, 2_593, 2_909, 3_347];

/// The gap before the room answers: 18 ms keeps words clear.
const PREDELAY: usize = 794;

/// Highs die this much faster than lows.
const HIGH_RATIO: f32 = 0.45;
const HIGH_HZ: f32 = 4_500.0;

/// The room and what is in the air.
pub(super) struct Reverb {
    predelay: Vec<[f32; 2]>,
    predelay_at: usize,
    diffusers: [[AllPass; 2]; 2],
    cut: [(Biquad, Memory); 2],
    lines: [Line; 8],
    gain: f32,
}

struct Line {
    buffer: Vec<f32>,
    at: usize,
    gain: f32,
    /// One-pole damping.
    pole: f32,
    state: f32,
}

impl Reverb {
    /// A room with this RT60; its return is as loud as a steady input at 0 dB.
    pub fn new(rt60_seconds: f32, return_db: f32) -> Self {
        let rt60 = rt60_seconds.clamp(0.15, 12.0);
        let decay = |frames: usize, seconds: f32| 10f32.powf(-3.0 * frames as f32 / (seconds * RATE_F));
        let lines = LINES.map(|frames| {
            let low = decay(frames, rt60);
            let high = decay(frames, rt60 * HIGH_RATIO);
            // A one-pole low-pass (1 − p)/(1 − p·z⁻¹) whose gain at HIGH_HZ is high/low.
            let ratio = (high / low).clamp(0.05, 0.999);
            let c = (std::f32::consts::TAU * HIGH_HZ / RATE_F).cos();
            let r2 = ratio * ratio;
            // r²(1 − 2pc + p²) = (1 − p)², solved for the p inside the unit circle.
            let b = (1.0 - r2 * c) / (1.0 - r2);
            let pole = b - (b * b - 1.0).max(0.0).sqrt();
            Line {
                buffer: vec![0.0; frames],
                at: 0,
                gain: low,
                pole,
                state: 0.0,
            }
        });
        // Steady power of a lossless mixer fed through lossy lines: the sum of g²ⁿ for each line.
        let mean: f32 = LINES.iter().map(|&n| decay(n, rt60 * 0.75).powi(2)).sum::<f32>() / 8.0;
        let on = || (Biquad::high_pass(160.0, 0.707), Memory::default());
        Self {
            predelay: vec![[0.0; 2]; PREDELAY],
            predelay_at: 0,
            diffusers: [
                [AllPass::new(142, 0.65), AllPass::new(379, 0.6)],
                [AllPass::new(107, 0.65), AllPass::new(277, 0.6)],
            ],
            cut: [on(), on()],
            lines,
            gain: crate::audio::amplitude(return_db) * (1.0 - mean).sqrt() * 0.7,
        }
    }

    /// Adds the room's answer to `input` to `out`.
    pub fn run(&mut self, input: [&[f32]; 2], out: [&mut [f32]; 2]) {
        let [out_left, out_right] = out;
        for i in 0..out_left.len() {
            let delayed = std::mem::replace(&mut self.predelay[self.predelay_at], [input[0][i], input[1][i]]);
            self.predelay_at = (self.predelay_at + 1) % PREDELAY;
            let mut x = delayed;
            for (x, ((filter, memory), diffusers)) in x.iter_mut().zip(self.cut.iter_mut().zip(&mut self.diffusers)) {
                *x = diffusers.iter_mut().fold(filter.step(memory, *x), |x, d| d.step(x));
            }
            let mut y = [0.0f32; 8];
            for (y, line) in y.iter_mut().zip(&mut self.lines) {
                let read = line.buffer[line.at];
                // The offset keeps the recursion out of the denormal range.
                line.state = read + line.pole * (line.state - read) + 1e-18;
                *y = line.state * line.gain;
            }
            // Householder: y − (2/N)·Σy.
            let sum = y.iter().sum::<f32>() * 0.25;
            for (k, line) in self.lines.iter_mut().enumerate() {
                line.buffer[line.at] = y[k] - sum + x[k % 2];
                line.at += 1;
                if line.at == line.buffer.len() {
                    line.at = 0;
                }
            }
            out_left[i] += self.gain * (y[0] - y[2] + y[4] - y[6]);
            out_right[i] += self.gain * (y[1] - y[3] + y[5] - y[7]);
        }
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;

    #[test]
    fn sound_decays_by_sixty_decibels_in_the_asked_time() {
        for rt60 in [0.6f32, 1.6, 3.0] {
            let frames = (rt60 * 1.5 * RATE_F) as usize;
            let mut input = vec![0.0; frames];
            let mut dice = Dice::new(3, "impulse");
            // A burst below the damping: 500 Hz.
            for (i, x) in input.iter_mut().enumerate().take(2_000) {
                *x = (i as f32 * std::f32::consts::TAU * 500.0 / RATE_F).sin() * dice.unit() as f32;
            }
            let (mut l, mut r) = (vec![0.0; frames], vec![0.0; frames]);
            Reverb::new(rt60, 0.0).run([&input, &input], [&mut l, &mut r]);
            let level = |seconds: f32| {
                let at = (seconds * RATE_F) as usize;
                10.0 * l[at..at + 4_410].iter().map(|x| x * x).sum::<f32>().log10()
            };
            let (from, to) = (0.2 * rt60 + 0.1, 0.9 * rt60 + 0.1);
            let slope = (level(from) - level(to)) / (to - from);
            let heard = 60.0 / slope;
            // White-ish input decays a little faster than its lows.
            assert!((0.7..1.15).contains(&(heard / rt60)), "{rt60} s: heard {heard:.2} s");
        }
    }

    #[test]
    fn the_sides_differ_and_the_level_is_near_the_input() {
        let mut dice = Dice::new(4, "noise");
        let input: Vec<f32> = (0..44_100 * 4).map(|_| dice.unit() as f32 - 0.5).collect();
        let (mut l, mut r) = (vec![0.0; input.len()], vec![0.0; input.len()]);
        Reverb::new(1.6, 0.0).run([&input, &input], [&mut l, &mut r]);
        let tail = 44_100 * 3;
        let dot = |a: &[f32], b: &[f32]| a[tail..].iter().zip(&b[tail..]).map(|(x, y)| x * y).sum::<f32>();
        let correlation = dot(&l, &r) / (dot(&l, &l) * dot(&r, &r)).sqrt();
        assert!(correlation.abs() < 0.3, "{correlation}");
        let db = 10.0 * (dot(&l, &l) / dot(&input, &input)).log10();
        assert!((-8.0..4.0).contains(&db), "{db:.1} dB");
    }
}
