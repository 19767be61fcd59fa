//! From a score to sound: the voice, the band, the mix, the master.
//!
//! ```text
//! score ─┬─► voice ──────────────► vocal chain ─┐ (presence: the band makes room)
//!        └─► band: one player a part ─► strip ──┴─► mix ─► master ─► 44.1 kHz stereo
//!            (sampler, amp, synth, drum machine)     │
//!                                    reverb, delay ──┘
//! ```
//! Where a score has reels, recordings sound instead of notes ([`Recordings`]): some enter the mix, whole
//! ones are laid over the finished master.
//!
//! Everything runs in blocks, so a song needs memory for its result only, and every part has its
//! own state, so the bytes do not depend on how many threads share the work.

pub mod audio;
mod band;
pub mod calibrate;
mod error;
mod live;
pub mod loudness;
mod master;
mod mix;
mod oversample;
pub mod parts;
mod progress;
mod recordings;
mod reels;
pub mod stems;
pub mod stretch;
mod studio;
mod synth;
mod tape;
mod track;
pub mod voice;

pub use audio::{RATE, Stereo};
pub use error::SoundError;
pub use loudness::Loudness;
pub use mix::Stem;
pub use progress::{Progress, Step};
pub use recordings::Recordings;
pub use studio::{Live, Rendering, Stems, Studio, Want};
pub use track::{STEP, Track};
