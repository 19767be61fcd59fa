//! The recordings that a piece sounds from, and their tracks: opened and taken apart when the studio
//! first asks for them.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{Arc, Mutex, PoisonError},
};

use catbird_ear::Ear;
use catbird_score::{ClipId, Score, Track};
use catbird_sound::{Recordings, SoundError, Stereo};

/// Opens the audio of a clip: whole, 44.1 kHz stereo.
pub type Open<'a> = dyn Fn(&str) -> Result<Stereo, String> + Sync + 'a;

/// For pieces without recordings.
///
/// # Errors
/// Always.
pub fn none(_: &str) -> Result<Stereo, String> {
    Err("no recordings are at hand".to_owned())
}

/// Below this share of the energy what the separation calls a voice is none (as in
/// [`catbird_score::Heard::sings`]): then all of the recording is band, untouched by the separation.
const VOICE: f32 = 0.1;

/// Recordings on a shelf.
pub struct Shelf<'a> {
    ear: &'a Ear,
    open: &'a Open<'a>,
    tracks: Mutex<BTreeMap<(ClipId, Track), Arc<Stereo>>>,
}

impl<'a> Shelf<'a> {
    /// A shelf whose recordings `open` brings.
    pub fn new(ear: &'a Ear, open: &'a Open<'a>) -> Self {
        Self {
            ear,
            open,
            tracks: Mutex::default(),
        }
    }

    fn whole(&self, clip: &str) -> Result<Arc<Stereo>, SoundError> {
        let key = (clip.to_owned(), Track::Whole);
        let mut tracks = self.tracks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = tracks.get(&key) {
            return Ok(Arc::clone(found));
        }
        let opened = (self.open)(clip).map_err(|reason| SoundError::Recording {
            clip: clip.to_owned(),
            reason,
        })?;
        let opened = Arc::new(opened);
        tracks.insert(key, Arc::clone(&opened));
        Ok(opened)
    }
}

impl Recordings for Shelf<'_> {
    fn track(&self, clip: &str, track: Track) -> Result<Arc<Stereo>, SoundError> {
        let whole = self.whole(clip)?;
        if matches!(track, Track::Whole | Track::Beside) {
            return Ok(whole);
        }
        // Held while it is taken apart: two who want it wait for one separation.
        let mut tracks = self.tracks.lock().unwrap_or_else(PoisonError::into_inner);
        let key = |track| (clip.to_owned(), track);
        if let Some(found) = tracks.get(&key(track)) {
            return Ok(Arc::clone(found));
        }
        let separated = self
            .ear
            .separate(&whole.left, &whole.right, &|_, _| ControlFlow::Continue(()))
            .map_err(|error| SoundError::Recording {
                clip: clip.to_owned(),
                reason: error.to_string(),
            })?;
        let sings = separated.share() > VOICE;
        let [left, right] = separated.voice;
        let voice = Stereo { left, right };
        let [left, right] = separated.band;
        let band = Stereo { left, right };
        tracks.insert(key(Track::Voice), Arc::new(voice));
        let band = if sings { Arc::new(band) } else { whole };
        tracks.insert(key(Track::Band), band);
        Ok(Arc::clone(&tracks[&key(track)]))
    }
}

/// The clips whose audio a piece sounds from, in all its layers; each once, in order of their ids.
pub fn clips(score: &Score) -> Vec<&str> {
    let mut clips: Vec<&str> = score.reels.iter().map(|reel| reel.clip.as_str()).collect();
    if let Some(patch) = &score.patch {
        clips.extend(self::clips(&patch.base));
    }
    clips.sort_unstable();
    clips.dedup();
    clips
}

/// Gives a stored score of a recording the id of the clip it belongs to: as stored, its reels speak of
/// "this clip", so that the same recording brought in twice is stored once.
pub fn claim(score: &mut Score, clip: &str) {
    for reel in score.reels.iter_mut().filter(|reel| reel.clip.is_empty()) {
        clip.clone_into(&mut reel.clip);
    }
}
