//! Credits: what calls cost, and the ledger.

pub mod ledger;
