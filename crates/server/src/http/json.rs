//! Our own JSON body: its refusals speak the contract's error language, its size is limited, and it
//! knows the hash that an idempotency key is compared by.

use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::codes::Code;
use super::problem::Problem;
use crate::app::Core;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// A JSON object of the request's body.
#[derive(Debug)]
pub struct Object {
    /// Its members.
    pub members: Map<String, Value>,
    /// SHA-256 of path and members.
    pub hash: String,
}

impl FromRequest<Arc<Core>> for Object {
    type Rejection = Problem;

    async fn from_request(request: Request, core: &Arc<Core>) -> Result<Self, Problem> {
        let content_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or("");
        if !is_json(content_type) {
            return Err(Problem::bad_request("The Content-Type should be application/json."));
        }
        let path = request.uri().path().to_owned();
        let limit = core.config.body_limit;
        let announced = request
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|v| v.to_str().ok());
        if announced
            .and_then(|v| v.parse().ok())
            .is_some_and(|length: usize| length > limit)
        {
            return Err(Code::TooLarge.into());
        }
        let read = tokio::time::timeout(PATIENCE, to_bytes(request.into_body(), limit)).await;
        let read = read.map_err(|_| Problem::bad_request("The request body took too long."))?;
        let bytes = read.map_err(|error| {
            let too_large = std::error::Error::source(&error).is_some_and(|e| e.to_string().contains("length limit"));
            if too_large {
                Code::TooLarge.into()
            } else {
                Problem::bad_request("The request body could not be read.")
            }
        })?;
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|error| Problem::bad_request(format!("The request body is not valid JSON: {error}.")))?;
        let Value::Object(members) = value else {
            return Err(Problem::bad_request("The request body should be a JSON object."));
        };
        let text = serde_json::to_string(&members).expect("JSON was read from JSON");
        let hash = Sha256::new()
            .chain_update(path)
            .chain_update([0])
            .chain_update(text)
            .finalize();
        Ok(Self {
            members,
            hash: hex::encode(hash),
        })
    }
}

/// `application/json`, also with parameters, and its relatives such as `application/x+json`.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types() {
        for good in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/problem+json",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "text/json+x",
            "application/jsonp",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
    }
}
