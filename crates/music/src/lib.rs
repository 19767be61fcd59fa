//! From a brief to a score: words, form, harmony, melody, arrangement. Pure: no I/O, no clock, and
//! chance only from the brief's seed.
//!
//! ```text
//! brief ─► direction (vocabulary, styles) ─┐
//! lyrics ─► words (G2P, syllables) ────────┴─► form ─► harmony ─► melody ─► arrangement ─► score
//! ```

pub mod arrange;
mod choir;
pub mod compose;
pub mod direction;
pub mod edit;
pub mod form;
pub mod harmony;
pub mod instruments;
pub mod lyricist;
pub mod lyrics;
pub mod melody;
pub mod predict;
pub mod style;
pub mod tags;
pub mod vocabulary;
pub mod words;

pub use compose::{ComposeError, compose};
pub use direction::Direction;
pub use form::{Form, PlacedLine};
pub use lyrics::Lyrics;
pub use words::UnknownWords;
