//! Around every request: its id (`x-request-id`, the caller's or a new one), a line in the log, a
//! count in the metrics, and an answer even when a handler panics.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::codes::Code;
use super::problem::Problem;
use crate::app::Core;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The outermost layer.
pub async fn observe(State(core): State<Arc<Core>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = request
        .headers()
        .get(&REQUEST_ID)
        .filter(|id| is_plain(id))
        .cloned()
        .unwrap_or_else(new_id);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = method_name(request.method());
    let mut response = next.run(request).await;
    let route = route.as_ref().map_or("(none)", MatchedPath::as_str);
    let status = response.status().as_u16();
    let seconds = begun.elapsed().as_secs_f64();
    core.metrics.request(route, method, status, seconds);
    let request_id = id.to_str().unwrap_or_default();
    if status >= 500 {
        tracing::error!(request_id, method, route, status, seconds, "request failed");
    } else if method == "GET" {
        tracing::debug!(request_id, method, route, status, seconds, "request answered");
    } else {
        tracing::info!(request_id, method, route, status, seconds, "request answered");
    }
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// The answer when a handler panicked.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message");
    tracing::error!(panic = text, "a request handler panicked");
    Problem::from(Code::Api).into_response()
}

fn is_plain(id: &HeaderValue) -> bool {
    (1..=128).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
}

fn new_id() -> HeaderValue {
    HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()).expect("a UUID is plain ASCII")
}

/// A closed list, so that made-up methods make no new counters.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
