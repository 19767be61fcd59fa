//! Toms, congas, bongos: the first modes of a circular membrane (1 : 1.59 : 2.14, the zeros of the
//! Bessel functions) with a pitch that settles.

use catbird_score::Dice;

use super::super::{filter::Svf, noise::Noise};
use crate::audio::RATE_F;

const MODES: [(f32, f32, f32); 3] = [(1.0, 1.0, 1.0), (1.593, 0.28, 0.55), (2.136, 0.14, 0.4)];

/// A drum at `hz` with `bend` (share of the pitch at the stroke), a `decay` (−60 dB, seconds) and a
/// `slap` of the hand or stick.
pub(super) fn drum(hz: f32, bend: f32, decay: f32, slap: f32, dice: &mut Dice) -> Vec<f32> {
    let mut noise = Noise::new(dice);
    let mut stick = Svf::new((hz * 9.0).min(3_500.0), 0.8);
    let mut turns = [0.0f32; 3];
    let frames = (decay * 1.05 * RATE_F) as usize;
    (0..frames)
        .map(|i| {
            let t = i as f32 / RATE_F;
            let now = hz * (1.0 + bend * (-t / 0.045).exp());
            let mut y = 0.0;
            for (turn, (ratio, level, life)) in turns.iter_mut().zip(MODES) {
                *turn += now * ratio / RATE_F;
                y += level * (std::f32::consts::TAU * *turn).sin() * (-6.9 * t / (decay * life)).exp();
            }
            let end = ((frames - i) as f32 / 500.0).min(1.0);
            end * (t / 0.0008).min(1.0) * (0.75 * y + slap * stick.band(noise.step()) * (-t / 0.008).exp())
        })
        .collect()
}
