//! The rate limit of POSTs, one bucket a key.

use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::RateLimit;

/// How many keys may have a bucket before full ones are thrown away.
const ROOM: usize = 10_000;

/// One bucket a key.
pub struct Limiter {
    buckets: DefaultKeyedRateLimiter<String>,
    clock: DefaultClock,
}

impl Limiter {
    /// None when the setting is off.
    pub fn new(setting: RateLimit) -> Option<Self> {
        let (count, window) = setting.0?;
        let burst = NonZeroU32::new(count)?;
        let quota = Quota::with_period(window / count)?.allow_burst(burst);
        Some(Self {
            buckets: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
        })
    }

    /// Lets a request through, or tells after how many whole seconds it would be.
    pub fn admit(&self, key_id: &str) -> Result<(), u64> {
        if self.buckets.len() > ROOM {
            self.buckets.retain_recent();
        }
        self.buckets.check_key(&key_id.to_owned()).map_err(|refused| {
            let wait = refused.wait_time_from(self.clock.now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_key_has_its_own_bucket() {
        let limiter = Limiter::new(RateLimit(Some((2, Duration::from_mins(1))))).unwrap();
        assert_eq!(limiter.admit("a"), Ok(()));
        assert_eq!(limiter.admit("a"), Ok(()));
        assert_eq!(limiter.admit("a"), Err(30));
        assert_eq!(limiter.admit("b"), Ok(()));
        assert!(Limiter::new(RateLimit(None)).is_none());
    }
}
