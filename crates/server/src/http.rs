//! The HTTP side: extractors that carry the rules, one error table, families of endpoints.

pub mod accepted;
pub mod caller;
pub mod codes;
pub mod credits;
pub mod deliveries;
pub mod events;
pub mod families;
pub mod fields;
pub mod files;
pub mod growing;
pub mod health;
pub mod idempotency;
pub mod json;
pub mod limits;
pub mod links;
pub mod metrics;
pub mod named;
pub mod observe;
pub mod pages;
pub mod problem;
pub mod range;
pub mod router;
pub mod song_page;
pub mod tasks;
pub mod uploads;
pub mod webhook;
