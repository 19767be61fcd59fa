//! x
mod h264;
pub use h264::*;
