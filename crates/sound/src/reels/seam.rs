//! Brings what is played to the loudness of the recordings beside it, so that nobody hears a step.

use std::ops::Range;

use catbird_score::Master;

use super::whole::{AROUND, Wholes};
use crate::{
    audio::{RATE, Stereo, amplitude},
    loudness,
    master::loudness_match::limit,
};

/// As much may be made up for at a seam, dB.
const MOST_DB: f64 = 4.0;

/// A recording that goes on this much quieter or louder behind a seam is fading out or has another
/// business there: then what is before the seam counts, LU.
const OWN_STEP: f64 = 6.0;

/// Over this time the correction eases away from a seam, frames.
const EASE: usize = 8 * RATE as usize;

/// A correction that changes less than this is done, dB.
const DONE_DB: f64 = 0.1;

/// A stretch of what is played, and what it should be as loud as at its two ends.
struct Stretch {
    frames: Range<usize>,
    targets: [Option<f64>; 2],
    gains_db: [f64; 2],
}

/// Moves the level of the played stretches between the recordings, in place. `sound` is what the
/// recordings are, with [`AROUND`] of what they are beyond.
pub(super) fn even(played: &mut Stereo, wholes: &Wholes, sound: &[Stereo], settings: &Master) {
    let frames = played.frames();
    let mut stretches: Vec<Stretch> = wholes
        .gaps(frames)
        .into_iter()
        .map(|gap| {
            let before = wholes.spans.iter().position(|s| s.frames.end == gap.start);
            let after = wholes.spans.iter().position(|s| s.frames.start == gap.end);
            let left = before.and_then(|i| target(&sound[i], wholes.spans[i].frames.len(), window(&gap), true));
            let right = after.and_then(|i| target(&sound[i], wholes.spans[i].frames.len(), window(&gap), false));
            Stretch {
                frames: gap,
                targets: [left, right],
                gains_db: [0.0; 2],
            }
        })
        .collect();
    let original = played.clone();
    // The limiter behind the gain takes a little of it away again: a second look makes up for that.
    for _ in 0..3 {
        let mut moved = 0.0f64;
        for stretch in &mut stretches {
            moved = moved.max(stretch.listen(played));
        }
        if moved < DONE_DB {
            break;
        }
        played.clone_from(&original);
        for stretch in &stretches {
            stretch.apply(played);
        }
        limit(played, settings);
    }
}

/// Frames that are compared on each side of a seam.
fn window(gap: &Range<usize>) -> usize {
    AROUND.min(gap.len() * 2 / 5)
}

/// How loud it should be beside a recording: as the recording itself goes on there, if it does.
fn target(sound: &Stereo, length: usize, window: usize, at_its_end: bool) -> Option<f64> {
    let edge = if at_its_end { AROUND + length } else { AROUND };
    let hear = |from: usize, to: usize| lufs(sound, from..to);
    let inside = window.min(length);
    let (own, beyond) = if at_its_end {
        (hear(edge - inside, edge), hear(edge, edge + window))
    } else {
        (hear(edge, edge + inside), hear(edge - window, edge))
    };
    let own = own?;
    Some(beyond.filter(|b| (b - own).abs() <= OWN_STEP).unwrap_or(own))
}

fn lufs(audio: &Stereo, range: Range<usize>) -> Option<f64> {
    // What is this quiet has no level to compare.
    loudness::lufs(&audio.left[range.clone()], &audio.right[range]).filter(|l| *l > -60.0)
}

impl Stretch {
    /// Compares with the targets; by how much the gains had to move, dB.
    fn listen(&mut self, played: &Stereo) -> f64 {
        let Range { start, end } = self.frames;
        let window = window(&self.frames);
        let ends = [start..start + window, end - window..end];
        let mut moved = 0.0f64;
        for ((range, target), gain_db) in ends.into_iter().zip(self.targets).zip(&mut self.gains_db) {
            if let (Some(target), Some(now)) = (target, lufs(played, range)) {
                let wanted = (*gain_db + target - now).clamp(-MOST_DB, MOST_DB);
                moved = moved.max((wanted - *gain_db).abs());
                *gain_db = wanted;
            }
        }
        moved
    }

    fn apply(&self, played: &mut Stereo) {
        for i in self.frames.clone() {
            let gain = amplitude(self.gain_db(i - self.frames.start) as f32);
            played.left[i] *= gain;
            played.right[i] *= gain;
        }
    }

    /// Constant beside a seam, then eased over to the other one's, or to none if that is far.
    fn gain_db(&self, at: usize) -> f64 {
        let length = self.frames.len();
        let window = window(&self.frames);
        let [first, last] = self.gains_db;
        let ease = |from: f64, to: f64, at: usize, over: usize| {
            let x = (at as f64 / over.max(1) as f64).min(1.0);
            from + (to - from) * (0.5 - 0.5 * (std::f64::consts::PI * x).cos())
        };
        match (self.targets[0].is_some(), self.targets[1].is_some()) {
            (true, true) if length > 2 * (window + EASE) => {
                if at < length / 2 {
                    ease(first, 0.0, at.saturating_sub(window), EASE)
                } else {
                    ease(last, 0.0, (length - 1 - at).saturating_sub(window), EASE)
                }
            }
            (true, true) => ease(first, last, at.saturating_sub(window), length - 2 * window),
            (true, false) => ease(first, 0.0, at.saturating_sub(window), EASE),
            (false, true) => ease(last, 0.0, (length - 1 - at).saturating_sub(window), EASE),
            (false, false) => 0.0,
        }
    }
}
