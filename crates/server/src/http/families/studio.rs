//! studio: one song a call, in a shape of its own.

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Core;

pub mod create;
pub mod get_music;
pub mod shown;

/// The name of the family in tasks.
pub const FAMILY: &str = "studio";

/// All routes of the family.
pub fn routes(router: OpenApiRouter<Arc<Core>>) -> OpenApiRouter<Arc<Core>> {
    router.routes(routes!(create::create)).routes(routes!(get_music::get))
}
