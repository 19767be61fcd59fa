//! Reads what a reel sounds like.

use std::sync::Arc;

use catbird_score::{Reel, Track};

use crate::{
    audio::{RATE, Stereo},
    error::SoundError,
    recordings::Recordings,
    stretch::stretch,
};

/// Reads recordings, if anybody has them.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(pub Option<&'a dyn Recordings>);

impl Reader<'_> {
    /// What `reel` sounds like in its `track` between two frames of the piece, its gain left aside.
    /// Frames before and after the reel's own edges are those of the recording; there is silence
    /// where the recording has not begun or is over.
    pub fn read(&self, reel: &Reel, track: Track, from: i64, to: i64) -> Result<Stereo, SoundError> {
        let recording = self.track(&reel.clip, track)?;
        let second = |frame: i64| frame as f64 / f64::from(RATE);
        Ok(stretch(
            &recording,
            &reel.anchors,
            second(from),
            second(to),
            reel.semitones,
        )?)
    }

    fn track(&self, clip: &str, track: Track) -> Result<Arc<Stereo>, SoundError> {
        let missing = || SoundError::Recording {
            clip: clip.into(),
            reason: "it is not here".into(),
        };
        self.0.ok_or_else(missing)?.track(clip, track)
    }
}
