//! The direction: everything decided before the first note — style, tempo, key, energy, who sings,
//! what plays, how it is mixed.

use catbird_score::{Channel, Key, Labels, Master, Meter, Singer};

/// The musical decisions a brief leads to.
#[derive(Clone, Debug)]
pub struct Direction {
    /// Id of the style.
    pub style: String,
    /// What a listener would call it; requested labels verbatim, the others predicted.
    pub labels: Labels,
    /// Quarter notes a minute wished for; the form may bend it by a few percent to hit a length.
    pub bpm: f64,
    /// Whether the caller fixed the tempo (then lengths are met by bars and ring-out alone).
    pub bpm_fixed: bool,
    /// Metre.
    pub meter: Meter,
    /// Share of a beat the first of two swung eighths takes: 0.5 straight – 0.67 triplet.
    pub swing: f32,
    /// Key and mode.
    pub key: Key,
    /// Overall energy 0–1.
    pub energy: f32,
    /// Notes a beat the sung line is written in: 1 ballad – 2 pop – 4 rap.
    pub syllables_per_beat: f32,
    /// Whether words are rapped: narrow range, sixteenth grid.
    pub rap: bool,
    /// Who sings.
    pub singer: Singer,
    /// The voice's place in the mix.
    pub vocal_channel: Channel,
    /// Master settings.
    pub master: Master,
}
