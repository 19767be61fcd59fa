//! Tape and record character: wow and flutter, and a bandwidth that shrinks.

use catbird_score::Dice;

use crate::{
    audio::RATE_F,
    mix::biquad::{Biquad, Memory},
};

/// Longest delay of the wobble, frames.
const LINE: usize = 1_024;

/// A worn tape machine.
pub(super) struct Lofi {
    amount: f32,
    line: [Vec<f32>; 2],
    at: usize,
    /// Phases of wow (slow) and flutter (fast), turns, and their steps.
    wow: (f32, f32),
    flutter: (f32, f32),
    filters: [[(Biquad, Memory); 3]; 2],
}

impl Lofi {
    /// `amount` 0 untouched – 1 worn out.
    pub fn new(amount: f32, seed: u64) -> Self {
        let amount = amount.clamp(0.0, 1.0);
        let mut dice = Dice::new(seed, "tape");
        let top = 17_000.0 * (1.0 - amount) + 4_200.0 * amount;
        let filters = || {
            [
                Biquad::low_pass(top, 0.65),
                Biquad::high_pass(30.0 + 50.0 * amount, 0.7),
                Biquad::bell(1_400.0, 0.6, 1.5 * amount),
            ]
            .map(|b| (b, Memory::default()))
        };
        Self {
            amount,
            line: [vec![0.0; LINE], vec![0.0; LINE]],
            at: 0,
            wow: (dice.unit() as f32, dice.between(0.45, 0.7) as f32 / RATE_F),
            flutter: (dice.unit() as f32, dice.between(5.5, 7.5) as f32 / RATE_F),
            filters: [filters(), filters()],
        }
    }

    pub fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        if self.amount < 0.01 {
            return;
        }
        for (l, r) in left.iter_mut().zip(right) {
            // A sway of d frames at f Hz bends the pitch by 2πfd/rate: about 8 cents at most.
            let turn = |t: f32| (std::f32::consts::TAU * t).sin();
            let sway = 60.0 * self.amount * turn(self.wow.0) + 1.6 * self.amount * turn(self.flutter.0);
            for (phase, step) in [&mut self.wow, &mut self.flutter] {
                *phase = (*phase + *step).fract();
            }
            let back = 70.0 * self.amount + 4.0 + sway;
            let (whole, part) = (back as usize, back.fract());
            for (x, (line, filters)) in [l, r].into_iter().zip(self.line.iter_mut().zip(&mut self.filters)) {
                line[self.at] = *x;
                let a = line[(self.at + LINE - whole) % LINE];
                let b = line[(self.at + LINE - whole - 1) % LINE];
                *x = filters.iter_mut().fold(a + (b - a) * part, |x, (f, m)| f.step(m, x));
            }
            self.at = (self.at + 1) % LINE;
        }
    }
}
