//! How fast.

use catbird_score::Dice;

use super::pull::{mean, pull};
use crate::{
    style::Style,
    vocabulary::{Said, Source},
};

/// From a neutral value towards the one asked for: 0.4 of the way loosely, all of it from the middle on.
pub(super) fn towards(neutral: f64, asked: Option<f64>, strict: f64, tagged: bool) -> f64 {
    let share = if tagged { (0.4 + 1.2 * strict).min(1.0) } else { 1.0 };
    asked.map_or(neutral, |a| neutral + (a - neutral) * share)
}

/// A fifth slower or faster is all that a style has.
const ALL_OF_IT: f64 = 5.0;

/// What words make of the tempo by themselves, or as far as the style's own range goes if that is further:
/// calm jazz is a ballad, not slower swing. `range` is that of the style, as factors.
fn reach(factor: f64, range: [f64; 2]) -> f64 {
    let share = ((factor - 1.0).abs() * ALL_OF_IT).min(1.0);
    let [low, high] = range.map(|edge| 1.0 + (edge - 1.0) * share);
    if factor < 1.0 {
        factor.min(low)
    } else {
        factor.max(high)
    }
}

/// The tempo, quarter notes a minute. Where tags are followed to the letter it is exactly theirs, loosely
/// it stays nearer to the tempo of a piece without them; an odd piece strays from both.
pub(super) fn tempo(style: &Style, said: &[Said], strict: f64, oddity: f32, seed: u64) -> f64 {
    let mut dice = Dice::new(seed, "tempo");
    let [low, usual, high] = style.tempo;
    let tagged = said.iter().any(|s| s.source == Source::Tags && s.touch.bpm.is_some());
    let others: Vec<Said> = said.iter().filter(|s| s.source != Source::Tags).cloned().collect();
    let base = if tagged {
        // Without the tags: an ordinary song's tempo, or what the rest of the brief asks for.
        let neutral = mean(&others, |t| t.bpm).unwrap_or(108.0);
        towards(neutral, mean(said, |t| t.bpm), strict, true)
    } else {
        mean(said, |t| t.bpm).unwrap_or(usual)
    };
    let factor = f64::from(1.0 + pull(said, |t| t.tempo.map_or(0.0, |f| f as f32 - 1.0)));
    let factor = reach(factor, [(low / base).min(1.0), (high / base).max(1.0)]);
    let exact = if said.iter().any(|s| s.source == Source::Tags) {
        1.0 - (2.0 * strict - 1.0).max(0.0)
    } else {
        1.0
    };
    let normal = dice.normal().clamp(-2.0, 2.0);
    let stray = 0.035 * normal * exact * f64::from(1.0 + oddity.min(0.0));
    let odd = 0.13 * f64::from(oddity.max(0.0)) * normal.signum();
    let drawn = base * (1.0 + stray + odd);
    // A tempo that tags stand for is no stranger to its style: ska is fast reggae.
    let (low, high) = if tagged {
        (low.min(base * 1.1), high.max(base))
    } else {
        (low, high)
    };
    (drawn * factor).clamp(low * 0.72, high * 1.25).round()
}
