//! The leading line of a recording: what somebody sings, or else the instrument one would whistle.

pub mod lead;
pub mod sung;

use crate::{notes::HeardNote, pitch::PitchCurve};

/// A voice sings when its share of the energy is above this …
const VOICE_SHARE: f32 = 0.1;
/// … and this share of the stem's sounding frames has a pitch (speech and leakage have less).
const VOICE_PITCHED: f32 = 0.15;

/// The singing of a recording, separated from the rest.
pub struct Voice<'a> {
    /// The stem, mono.
    pub sound: &'a [f32],
    /// Its pitch.
    pub curve: &'a PitchCurve,
}

/// Whether a separated voice is somebody who sings: loud enough (`share` of the energy, 0–1) and pitched.
pub fn sings(share: f32, curve: &PitchCurve) -> bool {
    share > VOICE_SHARE && curve.voiced() > VOICE_PITCHED
}

/// The leading line, one note at a time, by rising onset: of the voice when there is one, else picked from
/// the notes of the mix with the help of its pitch curve.
pub fn hear(voice: Option<&Voice>, mix: &[HeardNote], mix_curve: Option<&PitchCurve>) -> Vec<HeardNote> {
    match voice {
        Some(voice) => sung::line(voice),
        None => lead::line(mix, mix_curve),
    }
}
