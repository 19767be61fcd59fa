//! The error body. Several clients read several shapes, so it holds all their members:
//! `{"code", "type", "error", "message"}`, and `refund_processed` where a task had been charged.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::codes::Code;
use crate::tasks::submit::Refusal;

/// An error on its way to the caller.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    message: String,
    refund_processed: Option<bool>,
    retry_after_seconds: Option<u64>,
}

/// The error body.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// The HTTP status again.
    #[schema(example = 400)]
    pub code: u16,
    /// What kind of error it is.
    #[serde(rename = "type")]
    #[schema(example = "bad_request")]
    pub kind: &'static str,
    /// A sentence.
    #[schema(example = "The 'lyrics' field is required.")]
    pub error: String,
    /// The same sentence.
    #[schema(example = "The 'lyrics' field is required.")]
    pub message: String,
    /// Whether the task's credits were given back; only where a task failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_processed: Option<bool>,
}

impl Problem {
    /// An error with its own sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            refund_processed: None,
            retry_after_seconds: None,
        }
    }

    /// An error of the caller's.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(Code::BadRequest, message)
    }

    /// The sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// A task that failed; its credits are back.
    pub fn refunded(mut self) -> Self {
        self.refund_processed = Some(true);
        self
    }

    /// When to try again.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code, code.message())
    }
}

/// The cause is logged, never sent.
impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "the database failed");
        Code::Unavailable.into()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Credits => Code::Forbidden.into(),
            Refusal::OtherRequest => Code::Conflict.into(),
            Refusal::QueueFull => Self::new(Code::Forbidden, "Queue is full"),
            Refusal::Store(error) => error.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ErrorBody {
            code: self.code.status(),
            kind: self.code.kind(),
            error: self.message.clone(),
            message: self.message,
            refund_processed: self.refund_processed,
        };
        let status = StatusCode::from_u16(self.code.status()).expect("the table holds HTTP statuses");
        let mut response = (status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code == Code::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
