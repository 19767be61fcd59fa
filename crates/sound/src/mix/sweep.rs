//! Filters that open: how far a low-pass stands open at each moment, drawn from the score's form. Quiet sections
//! are closed, each opens towards a louder one behind it, and loud ones are open.

use catbird_score::Score;

use super::{
    curve::{Curve, STRIDE},
    seconds,
};
use crate::audio::RATE_F;

/// A section opens towards one that is this much more energetic.
const RISE: f32 = 0.07;

/// How open a section of energy 0 stands, and of which energy on it is open.
const CLOSED: f32 = 0.15;
const OPEN_FROM: f32 = 0.75;

/// 1 open, 0 closed.
pub(super) fn curve(score: &Score, frames: usize) -> Curve {
    let mut curve = Curve::constant(frames, 1.0);
    let open = |energy: f32| (CLOSED + (1.0 - CLOSED) * energy / OPEN_FROM).min(1.0);
    for (i, section) in score.sections.iter().enumerate() {
        let [from, to] = [section.start, section.end()].map(|t| score.tempo.at(t) as f32);
        let here = open(section.energy);
        let rises = score
            .sections
            .get(i + 1)
            .is_some_and(|next| next.energy > section.energy + RISE);
        let first = (from.max(0.0) * RATE_F) as usize / STRIDE;
        for (at, value) in curve.values.iter_mut().enumerate().skip(first) {
            let x = (seconds(at * STRIDE) - from) / (to - from).max(0.1);
            if x >= 1.0 {
                break;
            }
            // Most of the way is made near the end, as a hand on the knob does it.
            *value = if rises {
                here + (1.0 - here) * x.max(0.0).powi(2)
            } else {
                here
            };
        }
    }
    // A hand needs a moment.
    curve.follow(0.02, 0.06);
    curve
}

/// The corner for an openness, Hz: `depth` 1 closes it to [`LOWEST_HZ`].
pub(super) fn corner_hz(open: f32, depth: f32) -> f32 {
    HIGHEST_HZ * (LOWEST_HZ / HIGHEST_HZ).powf(depth * (1.0 - open))
}

const HIGHEST_HZ: f32 = 18_000.0;
const LOWEST_HZ: f32 = 220.0;

#[cfg(test)]
mod tests {
    use catbird_score::{Role, Section};

    use super::*;

    #[test]
    fn a_quiet_section_opens_towards_a_loud_one() {
        let mut score = crate::calibrate::bare_score();
        let bar = 1_920;
        let section = |start: u32, energy: f32| Section {
            name: String::new(),
            role: Role::Verse,
            start: start * bar,
            length: 4 * bar,
            energy,
        };
        score.sections = vec![section(0, 0.3), section(4, 0.9), section(8, 0.3)];
        let frames = 12 * 2 * 44_100;
        let curve = curve(&score, frames);
        let at = |seconds: f32| curve.values[(seconds * RATE_F) as usize / STRIDE];
        assert!(
            at(0.5) < 0.55 && at(4.0) < at(7.5) && at(9.0) > 0.98,
            "{} {} {}",
            at(0.5),
            at(7.5),
            at(9.0)
        );
        assert!((at(17.0) - at(20.0)).abs() < 0.01 && at(20.0) < 0.55);
        assert!((corner_hz(1.0, 1.0) - 18_000.0).abs() < 1.0 && (corner_hz(0.0, 1.0) - 220.0).abs() < 1.0);
        assert!((corner_hz(0.3, 0.0) - 18_000.0).abs() < 1.0);
    }
}
