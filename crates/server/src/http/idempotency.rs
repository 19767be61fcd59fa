//! `Idempotency-Key`: the same key and request are the same task. The guard itself is in the
//! transaction that makes the task (`tasks/submit.rs`).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::problem::Problem;
use crate::tasks::submit::Idempotency;

/// The header, if it was sent.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// Together with what it stands for.
    pub fn of(self, request_hash: &str) -> Option<Idempotency> {
        self.0.map(|key| Idempotency {
            key,
            request_hash: request_hash.to_owned(),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Self(None));
        };
        match value.to_str().map(str::trim) {
            Ok(key) if (1..=255).contains(&key.len()) => Ok(Self(Some(key.to_owned()))),
            _ => Err(Problem::bad_request(
                "The Idempotency-Key should be 1 to 255 printable characters.",
            )),
        }
    }
}
