//! The one place that reads the clock, and the one that draws random bytes. Times are UTC
//! milliseconds everywhere else.

use rand::TryRng;
use rand::rngs::SysRng;

/// Now, in milliseconds since 1970 UTC.
#[expect(clippy::disallowed_methods, reason = "this file owns the clock")]
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A new id, sortable by time.
#[expect(clippy::disallowed_methods, reason = "this file owns the clock")]
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// RFC 3339 in UTC.
pub fn rfc3339(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |t| t.to_string())
}

/// The same with three digits of milliseconds, always: some clients read a fixed form.
pub fn rfc3339_ms(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |t| format!("{t:.3}"))
}

/// Bytes nobody can guess, from the operating system.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SysRng
        .try_fill_bytes(&mut bytes)
        .expect("the operating system gives random bytes");
    bytes
}

/// A seed that survives JSON numbers of every language (53 bits).
pub fn random_seed() -> u64 {
    u64::from_le_bytes(random_bytes()) >> 11
}
