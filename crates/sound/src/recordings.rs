//! Where recordings come from: whoever keeps them hands them to the studio.

use std::sync::Arc;

use catbird_score::Track;

use crate::{audio::Stereo, error::SoundError};

/// Knows the audio of clips that a score's reels name.
pub trait Recordings: Sync {
    /// A track of `clip`, as long as the whole recording, 44.1 kHz: the recording itself for
    /// [`Track::Whole`] and [`Track::Beside`], what was separated from it for [`Track::Voice`] and
    /// [`Track::Band`]. May be asked more than once for the same track; separating it twice is the
    /// answerer's to avoid.
    ///
    /// # Errors
    /// [`SoundError::Recording`] when there is no such clip or it cannot be read.
    fn track(&self, clip: &str, track: Track) -> Result<Arc<Stereo>, SoundError>;
}
