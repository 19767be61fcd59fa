//! Audio files: planar 32-bit float in, bytes of a file out, and back ([`decode`]). Nothing here
//! changes the sound beyond what the format itself does (quantisation with dither, psychoacoustic
//! coding).

pub mod canvas;
pub mod colour;
pub mod cover;
pub mod decode;
pub mod font;
pub mod jpeg;
pub mod mp3;
pub mod tags;
pub mod video;
pub mod wav;
