//! Errors by what the caller can do about them, typed by the contract's error body.

use std::time::Duration;

use reqwest::{Response, StatusCode, header::RETRY_AFTER};
use serde::{Deserialize, Serialize};

/// The contract's error body (section 1.4); every member but the text may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// HTTP status again, in some families.
    pub code: Option<u16>,
    /// The kind, such as `bad_request` or `rate_limited`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The sentence for people, in older families.
    pub error: String,
    /// The sentence for people.
    pub message: String,
    /// Whether the task's credits were given back.
    pub refund_processed: Option<bool>,
}

impl Problem {
    /// The sentence for people, wherever it stands.
    pub fn text(&self) -> &str {
        if self.message.is_empty() {
            &self.error
        } else {
            &self.message
        }
    }
}

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Not an address this client can call.
    #[error("“{0}” is not an address like http://127.0.0.1:8080")]
    Address(String),
    /// The key is missing, unknown or revoked.
    #[error("the key was not accepted: {}", .0.text())]
    Unauthorized(Problem),
    /// Not allowed; usually the credits are used up.
    #[error("{}", .0.text())]
    Forbidden(Problem),
    /// No such task, file or path (or it belongs to somebody else).
    #[error("{}", .0.text())]
    NotFound(Problem),
    /// Too many requests; try again after a while.
    #[error("too many requests; try again in {} s", after.as_secs())]
    Busy {
        /// How long to wait.
        after: Duration,
        /// What the server said.
        problem: Problem,
    },
    /// The request, or what it asked for, cannot be done as it stands.
    #[error("{}", .0.text())]
    Rejected(Problem),
    /// The server's fault; the same request may work later.
    #[error("the server failed ({status}): {}", problem.text())]
    Server {
        /// HTTP status.
        status: u16,
        /// What the server said.
        problem: Problem,
    },
    /// No answer came.
    #[error("no answer from the server: {}", deepest(.0))]
    Transport(#[from] reqwest::Error),
    /// An answer that is not of the contract.
    #[error("the server's answer could not be read: {0}")]
    Unexpected(String),
    /// The download could not be stored.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: std::path::PathBuf,
        /// The cause.
        source: std::io::Error,
    },
}

impl ClientError {
    /// What the server said, when it said anything.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Unauthorized(p) | Self::Forbidden(p) | Self::NotFound(p) | Self::Rejected(p) => Some(p),
            Self::Busy { problem, .. } | Self::Server { problem, .. } => Some(problem),
            _ => None,
        }
    }
}

/// The cause at the bottom says `Connection refused`; the ones above repeat the address.
fn deepest(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// Reads an answer that is not a success.
pub(crate) async fn refusal(answer: Response) -> ClientError {
    let status = answer.status();
    let seconds = answer
        .headers()
        .get(RETRY_AFTER)
        .and_then(|v| v.to_str().ok()?.parse().ok());
    let body = answer.bytes().await.unwrap_or_default();
    classify(status, seconds, &body)
}

fn classify(status: StatusCode, retry_after: Option<u64>, body: &[u8]) -> ClientError {
    let mut problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    if problem.text().is_empty() {
        problem.message = status.to_string();
    }
    match status {
        StatusCode::UNAUTHORIZED => ClientError::Unauthorized(problem),
        StatusCode::FORBIDDEN | StatusCode::PAYMENT_REQUIRED => ClientError::Forbidden(problem),
        StatusCode::NOT_FOUND | StatusCode::GONE => ClientError::NotFound(problem),
        StatusCode::TOO_MANY_REQUESTS => ClientError::Busy {
            after: Duration::from_secs(retry_after.unwrap_or(3)),
            problem,
        },
        s if s.is_server_error() => ClientError::Server {
            status: s.as_u16(),
            problem,
        },
        _ => ClientError::Rejected(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_become_what_the_caller_can_do() {
        let body = br#"{"type":"bad_request","message":"Input language not supported","refund_processed":true}"#;
        let error = classify(StatusCode::BAD_REQUEST, None, body);
        assert_eq!(error.to_string(), "Input language not supported");
        assert_eq!(error.problem().unwrap().refund_processed, Some(true));
        assert!(matches!(
            classify(StatusCode::UNAUTHORIZED, None, b""),
            ClientError::Unauthorized(_)
        ));
        let busy = classify(StatusCode::TOO_MANY_REQUESTS, Some(7), b"{}");
        assert!(matches!(busy, ClientError::Busy { after, .. } if after.as_secs() == 7));
        let broken = classify(StatusCode::BAD_GATEWAY, None, b"<html>");
        assert_eq!(broken.to_string(), "the server failed (502): 502 Bad Gateway");
    }
}
