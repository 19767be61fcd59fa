//! Telling callers what became of their tasks. A delivery is a row, inserted in the transaction of
//! the change it tells of, and sent by [`deliver`] until the receiver has said 2xx or the retries
//! are used up. The receiver may get one event twice (a crash between sending and noting it), always
//! with the same id and the same bytes.

pub mod deliver;
pub mod payload;
pub mod queue;
pub mod secret;
pub mod sign;
