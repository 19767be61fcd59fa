//! White noise: a xorshift generator (Marsaglia, *Xorshift RNGs*, 2003) started by a named die, a
//! nanosecond a sample.

use catbird_score::Dice;

#[derive(Clone, Copy, Debug)]
pub(super) struct Noise(u32);

impl Noise {
    pub fn new(dice: &mut Dice) -> Self {
        // Zero is the one state it never leaves.
        Self((dice.unit() * f64::from(u32::MAX)) as u32 | 1)
    }

    /// Uniform in ±1.
    #[inline]
    pub fn step(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (self.0 as i32) as f32 / 2_147_483_648.0
    }
}
