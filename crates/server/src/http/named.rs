//! The one name in a path. A path that is not UTF-8 names nothing.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::codes::Code;
use super::problem::Problem;

/// The path's `{…}`.
#[derive(Debug)]
pub struct Named(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(name)| Self(name)).map_err(|_| Code::NotFound.into())
    }
}
