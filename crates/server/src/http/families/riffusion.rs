//! riffusion: songs of the FUZZ models, two a call, and all that was made of a song there: the vendor
//! has retired the family, its clients live on.

use std::sync::Arc;

use axum::routing;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::poll;
use crate::app::Core;

pub mod create;
pub mod get_music;
pub mod request;
pub mod upload;
pub mod view;

/// The name of the family in tasks.
pub const FAMILY: &str = "riffusion";

/// All routes of the family.
pub fn routes(router: OpenApiRouter<Arc<Core>>) -> OpenApiRouter<Arc<Core>> {
    router
        .routes(routes!(create::create))
        .routes(routes!(upload::upload))
        .routes(routes!(get_music::get))
        .route("/api/v1/riffusion/task", routing::get(poll::missing))
        .route("/api/v1/riffusion/task/", routing::get(poll::missing))
}
