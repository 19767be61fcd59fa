//! Tasks: every slow thing is a row with state, attempt, lease, progress and price. The row is the
//! truth; rings and caches may be lost or doubled without harm.

pub mod brought;
pub mod download;
#[cfg(test)]
mod history;
pub mod look;
pub mod state;
pub mod submit;
pub mod sweep;
pub mod words;
pub mod worker;
