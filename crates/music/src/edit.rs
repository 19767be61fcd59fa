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
//! | [`fragment`], [`section`] | the span of a [`replace()`] | nothing |
//! | [`concat()`] | pieces as they are, or at one tempo and in one key | nothing |
//! | [`sample()`] | the notes of a loop, tempo, key | the piece over it |
//! | [`cover()`] | melody, words and form (one interval, one tempo factor) | style, band, chords as free as wished |
//! | [`remaster()`] | words, pitches, form, harmony | master; mix and hands; sounds and fills |
//! | [`add_vocals()`] | form, tempo, chords, the band's notes | the voice in the span |
//! | [`add_instrumental()`] | every sung note | the band in the span |
//! | [`swap_sound()`] | every sung note, tempo, form | the band, all of it |
//! | [`swap_vocals()`] | every note of the band, the melody | the singer; words if given |
//! | [`with_words()`] | a heard score | its words |
//! | [`mashup()`] | sections of both with their melodies, words and a riff each | key, tempo, order, band |
//!
//! Sources may be recordings (heard scores) or contain them: then [`recorded`] sets a band of ours on what
//! was heard, and [`reels`] are cut and moved with the bars they sound in.

mod add_instrumental;
mod add_vocals;
mod casting;
mod colour;
mod concat;
mod cover;
pub mod cut;
mod extend;
mod frame;
mod guides;
mod join;
mod mashup;
mod moved;
pub mod origin;
mod phrasing;
mod pickup;
mod placing;
mod pulse;
pub mod recorded;
pub mod reels;
mod remaster;
mod replace;
mod sample;
mod setting;
mod span;
mod swap_sound;
mod swap_vocals;
mod tracks;
mod underlay;
mod with_words;

pub use add_instrumental::add_instrumental;
pub use add_vocals::add_vocals;
pub use concat::concat;
pub use cover::{cover, cover_instrumental};
pub use extend::extend;
pub use join::{fragment, join, section};
pub use mashup::mashup;
pub use remaster::remaster;
pub use replace::replace;
pub use sample::sample;
pub use swap_sound::swap_sound;
pub use swap_vocals::swap_vocals;
pub use with_words::with_words;
