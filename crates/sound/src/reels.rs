//! Recordings in a piece: what of the notes is left to play, what enters the mix beside it, and what
//! is laid over the finished master.
//!
//! ```text
//! score ── played ──► voice, band ─┐
//! Voice, Band, Beside ── guests ───┴► mix ─► master ─► seams ─┐
//! Whole ──────────────────────────────────────────────────────┴─► the file
//! ```

pub(crate) mod assembly;
pub(crate) mod guests;
pub(crate) mod played;
pub(crate) mod reader;
mod seam;
pub(crate) mod whole;

use catbird_score::{Reel, Track};

use crate::audio::RATE;

/// The frame of a second.
pub(crate) fn frame(seconds: f64) -> usize {
    (seconds * f64::from(RATE)).round().max(0.0) as usize
}

/// Raised cosine from 0 to 1 over `length` frames; two of them, one reversed, add up to 1.
pub(crate) fn rise(done: usize, length: usize) -> f32 {
    let x = (done as f32 + 0.5) / length as f32;
    0.5 - 0.5 * (std::f32::consts::PI * x).cos()
}

/// Whether `b` goes on where `a` ends, as if they were one reel.
fn continues(a: &Reel, b: &Reel) -> bool {
    let straight = |r: &Reel| (r.source(r.from) - r.from, r.anchors.len());
    let ((first, many), (second, more)) = (straight(a), straight(b));
    let same = (a.source(a.to) - b.source(a.to)).abs() * f64::from(RATE) < 0.5;
    let one_to_one = (many, more) == (1, 1) && (first - second).abs() * f64::from(RATE) < 0.5;
    a.clip == b.clip
        && a.track == b.track
        && a.semitones == b.semitones
        && a.gain_db == b.gain_db
        && same
        && (one_to_one || a.anchors == b.anchors)
}

/// The reels of one kind.
fn of_kind(reels: &[Reel], track: Track) -> impl Iterator<Item = &Reel> {
    reels.iter().filter(move |r| r.track == track)
}
