//! Who calls: `Authorization: Bearer <key>` becomes an account. POSTs count against the rate limit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, header};

use super::codes::Code;
use super::problem::Problem;
use crate::app::Core;
use crate::store::accounts::Owner;
use crate::store::{Db, accounts};

/// The account that calls.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Its id.
    pub account_id: String,
}

impl FromRequestParts<Arc<Core>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, core: &Arc<Core>) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::AUTHORIZATION) else {
            return Err(Problem::new(Code::Unauthorized, "Authorization header is missing."));
        };
        let key = value.to_str().ok().and_then(bearer);
        let key = key.ok_or_else(|| Problem::new(Code::Unauthorized, "Invalid authorization format."))?;
        let owner = core.known_keys.owner(&core.db, key).await?.ok_or(Code::Unauthorized)?;
        if parts.method == Method::POST
            && let Some(limiter) = &core.limiter
            && let Err(seconds) = limiter.admit(&owner.key_id)
        {
            return Err(Problem::from(Code::RateLimited).retry_after(seconds));
        }
        Ok(Self {
            account_id: owner.account_id.clone(),
        })
    }
}

/// The key of a `Bearer` header; the scheme's case does not matter (RFC 9110, 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, key) = value.trim().split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty() && !key.contains(' ')).then_some(key)
}

/// Keys seen lately. A revoked key works at most [`KEEP`] longer.
#[derive(Debug, Default)]
pub struct KnownKeys(Mutex<HashMap<String, (Instant, Arc<Owner>)>>);

const KEEP: Duration = Duration::from_secs(1);
const ROOM: usize = 4096;

impl KnownKeys {
    async fn owner(&self, db: &Db, key: &str) -> sqlx::Result<Option<Arc<Owner>>> {
        let hash = accounts::hash(key);
        if let Some((since, owner)) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&hash)
            && since.elapsed() < KEEP
        {
            return Ok(Some(Arc::clone(owner)));
        }
        let since = Instant::now();
        let Some(owner) = accounts::owner(db, &hash).await?.map(Arc::new) else {
            return Ok(None);
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ROOM {
            known.retain(|_, (since, _)| since.elapsed() < KEEP);
        }
        if known.len() < ROOM {
            known.insert(hash, (since, Arc::clone(&owner)));
        }
        Ok(Some(owner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearer_headers() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer   abc "), Some("abc"));
        for bad in ["", "abc", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearerabc"] {
            assert_eq!(bearer(bad), None, "{bad:?}");
        }
    }
}
