//! The pages for people: the small studio at `/`, the API's description at `/docs`. Self-contained:
//! no script or style comes from elsewhere.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

const INDEX: &str = include_str!("../../page/index.html");
const DOCS: &str = include_str!("../../page/docs.html");

/// What the pages may load: only what comes from here.
const POLICY: &str = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; media-src 'self' blob:; frame-ancestors 'none'";

/// `/`
pub async fn index() -> Response {
    page(INDEX)
}

/// `/docs`
pub async fn docs() -> Response {
    page(DOCS)
}

fn page(html: &'static str) -> Response {
    (headers(), Html(html)).into_response()
}

/// What every page is sent with.
pub fn headers() -> [(HeaderName, HeaderValue); 2] {
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ]
}
