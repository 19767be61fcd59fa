//! The built-in engine in one piece: a brief goes in, a finished song with all its views comes out.
//! Used by `catbird compose` and, through an adapter, by the server's workers.

pub mod maker;
pub mod pictures;
pub mod stems;
pub mod views;
pub mod works;

pub use maker::{LiveMp3, Made, MakeError, Maker, MakerFiles};
pub use views::{View, ViewError};
