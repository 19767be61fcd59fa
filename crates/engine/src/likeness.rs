//! A singer of ours that comes near to a recorded voice: the preset of its range, its formants and slope
//! moved to where the recording's spectral envelope lies against our own.

use std::ops::ControlFlow;

use catbird_ear::{EarError, timbre::Envelope};
use catbird_score::{Brief, Gender, Score, Singer, VoiceWish};
use catbird_sound::Stereo;

use crate::{MakeError, Maker};

/// What our own voice sings to be compared: all vowels, in a plain style.
const WORDS: &str = "[Verse]\nOpen the window and let the morning in\nBlue over the hill where the roads begin\n\
    Far away a choir of birds is near\nCome and hear us, all of us are here";
/// The farthest that formants and slope are moved: what the voice can do without strain.
const WARP: (f32, f32) = (0.76, 1.2);
const TILT_DB: f32 = 4.0;
/// Semitones below and above the median of what is heard that a voice is trusted with.
const BELOW: f32 = 8.0;
const ABOVE: f32 = 9.0;

impl Maker {
    /// The singer nearest to the voice in a recording whose score is `heard`.
    ///
    /// # Errors
    /// [`EarError::Nothing`] where nobody sings or speaks.
    pub fn singer(&self, heard: &Score, recording: &Stereo) -> Result<Singer, MakeError> {
        let nobody = || EarError::Nothing("Nobody sings or speaks in this recording.".to_owned());
        let facts = heard.heard.as_ref().filter(|facts| facts.sings()).ok_or_else(nobody)?;
        let silent = |_: &str, _: f32| ControlFlow::Continue(());
        let separated = self.ear().separate(&recording.left, &recording.right, &silent)?;
        let theirs = Envelope::of(&separated.mono_voice()).ok_or_else(nobody)?;

        let gender = if heard.labels.gender == "Male" {
            Gender::Male
        } else {
            Gender::Female
        };
        let own = self.compose(&Brief {
            lyrics: Some(WORDS.to_owned()),
            tags: "folk".to_owned(),
            voice: VoiceWish {
                gender: Some(gender),
                preset: Some(preset(gender, facts.voice_pitch).to_owned()),
                singer: None,
            },
            seed: 1,
            ..Brief::default()
        })?;
        let Some(base) = own.vocal.as_ref().map(|vocal| vocal.singer.clone()) else {
            return Err(nobody().into());
        };
        let Some(ours) = Envelope::of(&self.vocals(&own, None)?) else {
            return Err(nobody().into());
        };
        let apart = theirs.against(&ours);
        let mut singer = base;
        singer.name = format!("{} after a recording", singer.name);
        singer.warp = (singer.warp * apart.warp as f32).clamp(WARP.0, WARP.1);
        singer.tilt_db = (singer.tilt_db + apart.tilt_db as f32).clamp(-TILT_DB, TILT_DB);
        // Who speaks is heard lower than he would sing: the preset's own range is the least.
        let (low, high) = (facts.voice_pitch - BELOW, facts.voice_pitch + ABOVE);
        singer.low = singer.low.min(low.clamp(36.0, 64.0) as u8);
        singer.high = singer.high.max(high.clamp(55.0, 77.0) as u8).min(77);
        Ok(singer)
    }
}

/// The preset whose middle lies nearest to a median pitch.
fn preset(gender: Gender, median: f32) -> &'static str {
    match gender {
        Gender::Male if median < 50.0 => "baritone",
        Gender::Male if median > 57.0 => "tenor",
        Gender::Male => "male",
        Gender::Female if median < 60.0 => "alto",
        Gender::Female if median > 69.0 => "soprano",
        Gender::Female => "female",
    }
}
