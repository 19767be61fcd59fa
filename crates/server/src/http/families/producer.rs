//! producer: riffusion's successor, one song a call, with a body of its own.

use std::sync::Arc;

use axum::routing;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::poll;
use crate::app::Core;

pub mod create;
pub mod download;
pub mod get_music;
pub mod request;
pub mod upload;
pub mod view;

/// The name of the family in tasks.
pub const FAMILY: &str = "producer";

/// All routes of the family.
pub fn routes(router: OpenApiRouter<Arc<Core>>) -> OpenApiRouter<Arc<Core>> {
    router
        .routes(routes!(create::create))
        .routes(routes!(download::download))
        .routes(routes!(upload::upload))
        .routes(routes!(get_music::get))
        .route("/api/v1/producer/task", routing::get(poll::missing))
        .route("/api/v1/producer/task/", routing::get(poll::missing))
}
