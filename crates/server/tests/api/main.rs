//! The service as its callers see it: real HTTP, a fresh store for each test, an engine that writes
//! small real files and can be told to misbehave. When a test ends, ledger and states are audited.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod app;
mod audit;
mod engine;
mod recording;
mod score;

mod admin;
mod auth;
mod bad_days;
mod bgm;
mod errors;
mod events;
mod families;
mod files;
mod idempotency;
mod live;
mod lyricist;
mod openapi;
mod plain;
mod recovery;
mod suno;
mod uploads;
mod vocal;
mod webhooks;
