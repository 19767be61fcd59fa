//! The service: HTTP in front, a queue of tasks behind it, a ledger beside it, and an [`engine`]
//! that makes the music. [`start`] runs all of it in this process.

pub mod admin;
mod app;
mod assets;
mod clock;
pub mod config;
mod credits;
mod data;
pub mod engine;
mod http;
mod lyricist;
mod net;
mod store;
mod tasks;
mod uploads;
mod webhooks;

pub use app::{Running, start};
pub use config::Config;
