//! The built-in engine in one piece: a brief or a recording goes in, a finished song with all its views
//! comes out.
//! Used by `catbird compose` and, through an adapter, by the server's workers.

pub mod alignment;
pub mod likeness;
pub mod maker;
pub mod pictures;
pub mod recordings;
pub mod shelf;
pub mod stems;
pub mod views;
pub mod works;

pub use catbird_ear::EarError;
pub use maker::{LiveMp3, Made, MakeError, Maker, MakerFiles};
pub use recordings::{AdmitError, Admitted};
pub use views::{View, ViewError};
