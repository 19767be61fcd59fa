//! Edits: scores made from scores. An edit never listens to a file: it reads the stored score, keeps
//! what the edit must keep (notes, chords, band, singer, tempo map) exactly, and writes the rest with
//! the same means as [`crate::compose()`]. Every edit of the same source, brief and take gives the same
//! score; another `brief.take` gives another one under the same constraints.
//!
//! | edit | kept from the source | new |
//! |---|---|---|
//! | [`extend()`] | key, tempo, singer, band, master, motifs and progressions | what comes after the cut |
//! | [`join`] | every note of every piece up to the next one's beginning | nothing |
//! | [`replace()`] | every note outside the span; form, chords and band inside it | melody and figures of the span |
//! | [`fragment`] | the span of a [`replace()`] | nothing |
//! | [`sample()`] | the notes of a loop, tempo, key | the piece over it |

mod add_instrumental;
mod add_vocals;
mod colour;
mod cover;
pub mod cut;
mod extend;
mod frame;
mod join;
mod mashup;
pub mod origin;
mod phrasing;
mod placing;
mod replace;
mod remaster;
mod sample;
mod span;
mod underlay;

pub use add_instrumental::add_instrumental;
pub use add_vocals::add_vocals;
pub use cover::{cover, cover_instrumental};
pub use extend::extend;
pub use join::{fragment, join};
pub use replace::replace;
pub use mashup::mashup;
pub use remaster::remaster;
pub use sample::sample;
