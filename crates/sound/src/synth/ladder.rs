//! The transistor ladder: four one-pole low-passes in a row with feedback round all of them, the
//! filter of the classic subtractive synthesisers (Stilson & Smith, *Analyzing the Moog VCF with
//! Considerations for Digital Implementation*, ICMC 1996). The stages are trapezoidal and the
//! feedback has no delay (Zavalishin, *The Art of VA Filter Design*, 2018, ch. 5), so the resonance
//! stays on the corner at any setting. The sum at the input saturates softly.

use crate::audio::RATE_F;

/// Feedback at full resonance. The loop gain of four poles at the corner is 1/4, so it oscillates
/// from 4 on; a little more makes it certain.
const FEEDBACK: f32 = 4.1;

/// How much of the pass band's loss by feedback (1 + k) the input makes up for. The circuit itself
/// has 0 and gets thin; 1 would make the peak far too loud.
const MAKE_UP: f32 = 0.5;

/// Where the input saturates; signals are around 1.
const CEILING: f32 = 2.0;

/// Added to every input (−360 dBFS), so that the memories do not end in denormal numbers.
const FLOOR: f32 = 1e-18;

/// Coefficients and state of one channel.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ladder {
    /// Share of a stage's input in its output now.
    pass: f32,
    /// Share of a stage's memory in its output now; both add up to 1.
    keep: f32,
    /// What the saturating stage puts into the output of each stage at once.
    direct: [f32; 4],
    /// Weights of the memories in the feedback.
    back: [f32; 4],
    /// Gain of the input with its make-up.
    input: f32,
    memories: [f32; 4],
}

/// Soft saturation to ±1 by a cubic: flat from ±1.5 on. It has no division, and it stands in a loop
/// where every cycle counts.
#[inline]
fn saturate(x: f32) -> f32 {
    let x = x.clamp(-1.5, 1.5);
    x * (1.0 - 4.0 / 27.0 * (x * x))
}

impl Ladder {
    pub fn new(hz: f32, resonance: f32) -> Self {
        let mut ladder = Self::default();
        ladder.tune(hz, resonance);
        ladder
    }

    /// Moves the corner (Hz) and the resonance (0–1, 1 oscillates by itself); the state stays.
    pub fn tune(&mut self, hz: f32, resonance: f32) {
        let g = (std::f32::consts::PI * hz.clamp(5.0, 0.45 * RATE_F) / RATE_F).tan();
        let k = FEEDBACK * resonance.clamp(0.0, 1.0);
        let (pass, keep) = (g / (1.0 + g), 1.0 / (1.0 + g));
        let (two, three) = (pass * pass, pass * pass * pass);
        // Over the ceiling: the saturation works on ±1.
        let into = 1.0 / (CEILING * (1.0 + k * two * two));
        self.pass = pass;
        self.keep = keep;
        self.direct = [pass, two, three, two * two].map(|d| CEILING * d);
        self.back = [three, two, pass, 1.0].map(|w| k * keep * into * w);
        self.input = (1.0 + MAKE_UP * k) * into;
    }

    /// Takes the corner and the resonance of another one; the state stays.
    pub fn follow(&mut self, other: &Self) {
        *self = Self {
            memories: self.memories,
            ..*other
        };
    }

    /// Low-pass, 24 dB an octave.
    #[inline]
    pub fn low(&mut self, x: f32) -> f32 {
        let [a, b, c, d] = self.memories;
        let [wa, wb, wc, wd] = self.back;
        let u = saturate(self.input * (x + FLOOR) - ((wa * a + wb * b) + (wc * c + wd * d)));
        // The stages' outputs are linear in u: all but one product each can be done before it is known.
        let mut rest = 0.0;
        for (memory, direct) in self.memories.iter_mut().zip(self.direct) {
            rest = self.pass * rest + self.keep * *memory;
            *memory = 2.0 * direct * u + (2.0 * rest - *memory);
        }
        self.direct[3] * u + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gain at `hz` in dB for an input so small that nothing saturates.
    fn gain(corner: f32, resonance: f32, hz: f32) -> f32 {
        let mut ladder = Ladder::new(corner, resonance);
        let (mut a, mut b) = (0.0f64, 0.0f64);
        for i in 0..44_100u32 {
            let turns = f64::from(i) * f64::from(hz) / f64::from(RATE_F);
            let x = 0.01 * (std::f64::consts::TAU * turns).sin();
            let y = f64::from(ladder.low(x as f32));
            if i > 22_050 {
                a += x * x;
                b += y * y;
            }
        }
        (10.0 * (b / a).log10()) as f32
    }

    #[test]
    fn four_poles_meet_at_the_corner() {
        for corner in [100.0, 1_000.0, 5_000.0] {
            // Each pole has −3 dB at the corner, and −0.75 dB at √(√(√2) − 1) = 0.435 of it.
            assert!((gain(corner, 0.0, corner) + 12.04).abs() < 0.1, "{corner}");
        }
        assert!((gain(1_000.0, 0.0, 435.0) + 3.0).abs() < 0.1);
        assert!(gain(1_000.0, 0.0, 20.0).abs() < 0.05);
    }

    #[test]
    fn it_falls_by_24_db_an_octave() {
        for resonance in [0.0, 0.5, 0.9] {
            let slope = gain(200.0, resonance, 3_200.0) - gain(200.0, resonance, 1_600.0);
            assert!((slope + 24.1).abs() < 1.0, "{slope} at {resonance}");
        }
    }

    #[test]
    fn resonance_peaks_at_the_corner_and_keeps_the_lows() {
        let peak = gain(1_000.0, 0.9, 1_000.0);
        for beside in [800.0, 900.0, 1_110.0, 1_250.0] {
            assert!(gain(1_000.0, 0.9, beside) < peak, "{beside}");
        }
        assert!(peak > 12.0, "{peak}");
        let lows = gain(1_000.0, 0.9, 50.0);
        assert!((-6.0..0.5).contains(&lows), "{lows}");
    }

    #[test]
    fn at_full_resonance_it_oscillates_at_the_corner_and_stays_bounded() {
        for corner in [200.0, 1_000.0, 4_000.0] {
            let mut ladder = Ladder::new(corner, 1.0);
            let y: Vec<f32> = (0..132_300).map(|i| ladder.low(f32::from(i == 0))).collect();
            let end = &y[88_200..];
            let cycles = end.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count() as f32;
            let peak = end.iter().fold(0.0f32, |p, v| p.max(v.abs()));
            assert!((cycles / corner - 1.0).abs() < 0.015, "{cycles} at {corner}");
            assert!((0.05..2.0).contains(&peak), "{peak} at {corner}");
        }
        let mut ladder = Ladder::new(300.0, 1.0);
        for i in 0..88_200 {
            let corner = if i / 500 % 2 == 0 { 60.0 } else { 18_000.0 };
            ladder.tune(corner, 1.0);
            let y = ladder.low(if i / 37 % 2 == 0 { 30.0 } else { -30.0 });
            assert!(y.abs() <= 2.0 * CEILING, "{y}");
        }
    }

    #[test]
    fn silence_does_not_end_in_denormals() {
        let mut ladder = Ladder::new(5_000.0, 0.3);
        ladder.low(1.0);
        let last = (0..100_000).map(|_| ladder.low(0.0)).last();
        assert!(last.is_some_and(f32::is_normal));
    }
}
