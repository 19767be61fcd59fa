//! Warmth: a soft clipper at four times the rate, unity for small signals.

use crate::{
    band::amp::tanh,
    oversample::{Downsampler, Upsampler},
};

/// Both channels' saturation.
pub(super) struct Saturate {
    drive: f32,
    channels: [(Upsampler, Downsampler); 2],
}

impl Saturate {
    /// `amount` 0 none – 1 strong.
    pub fn new(amount: f32) -> Self {
        Self { drive: amount.clamp(0.0, 1.0) * 4.0, channels: Default::default() }
    }

    pub fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        if self.drive < 0.04 {
            return;
        }
        let g = self.drive;
        for (block, (up, down)) in [left, right].into_iter().zip(&mut self.channels) {
            for x in block {
                *x = down.step(up.step(*x).map(|y| tanh(y * g) / g));
            }
        }
    }
}
