//! The words every part of Catbird shares: what is asked (the [`brief`]) and what is made of it
//! (the [`score`]). Audio, stems, MIDI, timed lyrics are all *views* of one [`Score`].
//! No I/O, no clock, no global randomness: a score is a pure value.

pub mod blend;
pub mod brief;
pub mod chord;
pub mod instrument;
pub mod key;
pub mod language;
pub mod lrc;
pub mod midi;
pub mod phoneme;
pub mod random;
pub mod reel;
pub mod score;
pub mod section;
pub mod time;
pub mod timings;
pub mod vocal;
pub mod work;

pub use blend::{Blend, HOUSE, HouseVoice, Share};
pub use brief::{Brief, Gender, Segment, VoiceWish, Wish, WishKind};
pub use chord::{Chord, ChordSpan, Quality};
pub use instrument::{Channel, DrumKit, Guitar, Note, Part, PartRole, Registration, Sound, SynthPatch, Touch};
pub use key::{Key, Mode, PitchClass};
pub use language::Language;
pub use random::Dice;
pub use reel::{Heard, Reel, Track};
pub use score::{Coverage, Joins, Labels, Master, Patch, Score, ScoreError};
pub use section::{Role, Section};
pub use time::{Meter, PPQ, TempoMap, TempoMark, Tick};
pub use vocal::{By, Chorister, Delivery, Singer, SungLine, SungWord, Syllable, Vocal};
pub use work::{ClipId, Consent, Span, Strength, Work};
