//! The leading line of a recording: what somebody sings, or else the instrument one would whistle.

pub mod attack;
pub mod held;
pub mod lead;
pub mod partials;
pub mod sung;

use partials::Partials;

use crate::{notes::HeardNote, pitch::PitchCurve};

/// A voice sings when its share of the energy is above this …
const VOICE_SHARE: f32 = 0.1;
/// … and this share of the stem's frames has a pitch (speech and leakage have less) …
const VOICE_PITCHED: f32 = 0.15;
/// … that glides: within notes it moves by so much from frame to frame in the mean, semitones. Measured
/// where the net separates a flute, an ocarina, a saxophone or an oboe as a voice: 0.016–0.023; four sung
/// songs: 0.09–0.11.
const VOICE_GLIDE: f32 = 0.035;

/// The singing of a recording, separated from the rest.
pub struct Voice<'a> {
    /// The stem, mono.
    pub sound: &'a [f32],
    /// Its pitch.
    pub curve: &'a PitchCurve,
}

/// Whether a separated voice is somebody who sings: loud enough (`share` of the energy, 0–1), pitched,
/// and alive as no wind instrument is.
pub fn sings(share: f32, curve: &PitchCurve) -> bool {
    share > VOICE_SHARE && curve.voiced() > VOICE_PITCHED && curve.glide() > VOICE_GLIDE
}

/// The leading line of what somebody sings, one note at a time, by rising onset.
pub fn sung(voice: &Voice) -> Vec<HeardNote> {
    sung::line(voice)
}

/// The leading line where nobody sings, one note at a time, by rising onset: picked from the notes of the
/// mix with the help of its sound (mono) and its pitch curve.
pub fn played(mono: &[f32], notes: &[HeardNote], curve: &PitchCurve) -> Vec<HeardNote> {
    let partials = Partials::of(mono);
    lead::line(&held::whole(notes, &partials), Some(&partials), Some(curve))
}
