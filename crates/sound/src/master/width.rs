//! The picture's width: the side's level, and a bass that stays in the middle.

use crate::mix::biquad::{Biquad, Memory};

/// Below this the ear hears no direction and records are mono.
const MONO_BELOW_HZ: f32 = 110.0;

/// State of the side's filter.
pub(super) struct Width {
    side: f32,
    cut: (Biquad, Memory),
}

impl Width {
    pub fn new(width: f32) -> Self {
        Self { side: width.clamp(0.0, 2.0), cut: (Biquad::high_pass(MONO_BELOW_HZ, 0.707), Memory::default()) }
    }

    pub fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (l, r) in left.iter_mut().zip(right) {
            let mid = 0.5 * (*l + *r);
            let side = self.side * self.cut.0.step(&mut self.cut.1, 0.5 * (*l - *r));
            (*l, *r) = (mid + side, mid - side);
        }
    }
}
