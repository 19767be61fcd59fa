//! The database. Tables and statements suit `SQLite` and `PostgreSQL` alike; a statement stands beside
//! the rule it serves (`tasks`, `credits`, `assets`), and here is what they all need.

pub mod accounts;
pub mod db;
pub mod personas;

pub use db::{Db, Tx};
