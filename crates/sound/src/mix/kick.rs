//! The side-chain: how hard the kick has just hit. Kicks are known before they sound, so the curve
//! is drawn from the score instead of being detected.

use catbird_score::Score;

use super::{
    curve::{Curve, STRIDE},
    seconds,
};
use crate::band::performance;

/// General MIDI: acoustic and electric bass drum.
const KICKS: [u8; 2] = [35, 36];

/// The others step aside just before the hit, wait for its body, and swell back.
const BEFORE: f32 = 0.006;
const HOLD: f32 = 0.045;

/// 1 right at a kick, 0 well after it.
pub(super) fn curve(score: &Score, frames: usize) -> Curve {
    let mut curve = Curve::constant(frames, 0.0);
    // Half a beat, so that the pumping breathes with the tempo.
    let release = (30.0 / score.tempo.bpm_at(0) as f32).clamp(0.09, 0.24);
    let stride = seconds(STRIDE);
    for part in score.parts.iter().filter(|p| p.sound.is_drums()) {
        for hit in performance::events(&score.tempo, part, frames)
            .iter()
            .filter(|e| KICKS.contains(&e.pitch))
        {
            let strength = (f32::from(hit.velocity) / 100.0).min(1.0);
            let at = seconds(hit.frame);
            let first = ((at - BEFORE) / stride).ceil().max(0.0) as usize;
            let last = ((at + HOLD + release) / stride) as usize;
            for (i, value) in curve.values.iter_mut().enumerate().take(last + 1).skip(first) {
                let t = i as f32 * stride - at;
                let shape = if t < 0.0 {
                    1.0 + t / BEFORE
                } else if t < HOLD {
                    1.0
                } else {
                    0.5 + 0.5 * (std::f32::consts::PI * (t - HOLD) / release).cos()
                };
                *value = value.max(strength * shape);
            }
        }
    }
    curve
}
