//! The singer.
