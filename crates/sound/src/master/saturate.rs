//! Warmth: a soft clipper at four times the rate, unity for small signals.

use crate::{
    band::amp::tanh,
    mix::biquad::{Biquad, Memory},
    oversample::{Downsampler, Upsampler},
};

/// Both channels' saturation.
pub(super) struct Saturate {
    drive: f32,
    channels: [(Upsampler, Downsampler, Memory); 2],
    /// Bending an asymmetric wave gives it an offset.
    cut: Biquad,
}

impl Saturate {
    /// `amount` 0 none – 1 strong.
    pub fn new(amount: f32) -> Self {
        Self {
            drive: amount.clamp(0.0, 1.0) * 4.0,
            channels: Default::default(),
            cut: Biquad::high_pass(20.0, 0.707),
        }
    }

    pub fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        if self.drive < 0.04 {
            return;
        }
        let (g, cut) = (self.drive, self.cut);
        let bend = |block: &mut [f32], (up, down, memory): &mut (Upsampler, Downsampler, Memory)| {
            for x in block.iter_mut() {
                *x = down.step(up.step(*x).map(|y| tanh(y * g) / g));
            }
            cut.run(memory, block);
        };
        let [one, two] = &mut self.channels;
        rayon::join(|| bend(left, one), || bend(right, two));
    }
}
