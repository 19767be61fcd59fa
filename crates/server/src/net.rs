//! Calls to the world outside: whom they may reach, and one small client that keeps to it.

pub mod client;
pub mod download;
pub mod public;
