//! Endpoint families: each speaks the vendor's wire format on one side and briefs on the other.

pub mod nuro;
