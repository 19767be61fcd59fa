//! nuro: one song or one piece of background music a call; polled as one flat object.

pub mod bgm;
pub mod create;
pub mod get_music;
pub mod labels;
pub mod lyrics;
pub mod shown;
pub mod vocal;
