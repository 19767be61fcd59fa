//! Sound that comes from a recording instead of from the notes.
//!
//! A score's notes are always the symbolic truth: written by us, or heard by the ear. A reel only says
//! where they are not played, because the recording itself sounds there.

use serde::{Deserialize, Serialize};

use crate::work::ClipId;

/// Which of a recording's tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    /// Everything, as it was recorded: neither voice nor band is played there, and nothing masters it.
    Whole,
    /// The singing: our voice does not sing there. It is mixed with what is played.
    Voice,
    /// All but the singing: our band does not play there. It is mixed with our voice.
    Band,
    /// Everything once more, beside what is played (a loop).
    Beside,
}

/// A span of a piece in which a track sounds from a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reel {
    /// Whose audio. Empty in the stored score of a recording itself: its own.
    pub clip: ClipId,
    /// Which track of it.
    pub track: Track,
    /// Where it begins, seconds of the piece's file.
    pub from: f64,
    /// Where it ends, seconds of the piece's file.
    pub to: f64,
    /// Pairs of (second of the piece, second of the recording), both rising, at least one. Between two
    /// pairs time runs evenly; before the first and after the last it runs 1:1. Where it runs 1:1 and
    /// `semitones` and `gain_db` are 0, the samples are those of the recording, bit for bit (apart from
    /// short fades inside the span where something else sounds next to it).
    pub anchors: Vec<[f64; 2]>,
    /// Semitones by which it is moved.
    pub semitones: f32,
    /// Its level against the recording's own, dB.
    pub gain_db: f32,
}

impl Reel {
    /// A span of a recording as it is: second `from` of the piece is second `offset` of the recording.
    pub fn plain(clip: impl Into<ClipId>, track: Track, from: f64, to: f64, offset: f64) -> Self {
        Self {
            clip: clip.into(),
            track,
            from,
            to,
            anchors: vec![[from, offset]],
            semitones: 0.0,
            gain_db: 0.0,
        }
    }

    /// The second of the recording that sounds at `second` of the piece.
    pub fn source(&self, second: f64) -> f64 {
        along(&self.anchors, second)
    }

    /// Whether it covers `second` of the piece.
    pub fn covers(&self, second: f64) -> bool {
        self.from <= second && second < self.to
    }
}

/// What belongs to `second` where time runs evenly between pairs that rise in both, and 1:1 before the
/// first and after the last.
pub fn along(anchors: &[[f64; 2]], second: f64) -> f64 {
    let after = anchors.partition_point(|a| a[0] <= second);
    match (after.checked_sub(1).map(|i| anchors[i]), anchors.get(after)) {
        (Some(a), Some(b)) => a[1] + (second - a[0]) * (b[1] - a[1]) / (b[0] - a[0]),
        (Some(a), None) => a[1] + second - a[0],
        (None, Some(b)) => b[1] + second - b[0],
        (None, None) => second,
    }
}

/// What the ear says of a recording besides the score. Confidences are 0 (a guess) – 1 (certain).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Heard {
    /// Integrated loudness, LUFS (ITU-R BS.1770); −70 for silence.
    pub lufs: f32,
    /// Highest true peak, dBTP.
    pub peak_dbtp: f32,
    /// Share of the energy that is singing, 0–1.
    pub voice: f32,
    /// Median pitch of the singing as a MIDI number; 0 where nobody sings.
    pub voice_pitch: f32,
    /// Share of the energy that is percussive, 0–1.
    pub percussive: f32,
    /// Where half of the energy lies below, Hz.
    pub brightness_hz: f32,
    /// Of the tempo map.
    pub tempo: f32,
    /// Of the metre and where bars begin.
    pub meter: f32,
    /// Of the key.
    pub key: f32,
    /// Of the chords, mean.
    pub chords: f32,
    /// Of the form.
    pub sections: f32,
    /// Of the lead melody, mean.
    pub melody: f32,
}

impl Heard {
    /// Somebody sings: more than a tenth of the energy is singing.
    pub fn sings(&self) -> bool {
        self.voice > 0.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_runs_along_the_anchors() {
        let reel = Reel {
            anchors: vec![[2.0, 10.0], [4.0, 14.0], [5.0, 15.0]],
            ..Reel::plain("a", Track::Voice, 1.0, 6.0, 0.0)
        };
        for (piece, recording) in [(1.0, 9.0), (2.0, 10.0), (3.0, 12.0), (4.5, 14.5), (6.0, 16.0)] {
            assert!((reel.source(piece) - recording).abs() < 1e-12);
        }
        assert!(reel.covers(1.0) && !reel.covers(6.0));
        assert!((along(&[], 7.0) - 7.0).abs() < 1e-12);
        assert!((Reel::plain("a", Track::Whole, 3.0, 9.0, 1.0).source(4.0) - 2.0).abs() < 1e-12);
    }
}
