//! The base of the links we hand out: the setting, or the host the request named.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{header, uri::Authority};

use crate::app::Core;

/// Makes links.
#[derive(Clone, Debug)]
pub struct Links(String);

impl Links {
    /// With this base.
    pub fn at(base: &str) -> Self {
        Self(base.trim_end_matches('/').to_owned())
    }

    /// The base.
    pub fn base(&self) -> &str {
        &self.0
    }

    /// Where a file is.
    pub fn file(&self, name: &str) -> String {
        format!("{}/files/{name}", self.0)
    }
}

impl FromRequestParts<Arc<Core>> for Links {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, core: &Arc<Core>) -> Result<Self, Infallible> {
        let public = core.config.public_url.trim_end_matches('/');
        if !public.is_empty() {
            return Ok(Self(public.to_owned()));
        }
        let named = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = named.filter(|host| host.parse::<Authority>().is_ok());
        let https = parts
            .headers
            .get("x-forwarded-proto")
            .is_some_and(|proto| proto == "https");
        let scheme = if https { "https" } else { "http" };
        Ok(Self(host.map_or_else(
            || format!("{scheme}://{}", core.addr),
            |host| format!("{scheme}://{host}"),
        )))
    }
}
