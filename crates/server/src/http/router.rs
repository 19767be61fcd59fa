//! Every route of the API, and what lies around them.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, Uri, header};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{Any, CorsLayer};
use utoipa::OpenApi as _;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::codes::Code;
use super::families::{nuro, producer, riffusion, studio, suno};
use super::observe;
use super::problem::Problem;
use super::{credits, deliveries, events, files, health, metrics, pages, song_page, tasks, uploads};
use crate::app::Core;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Catbird",
        description = "A self-hosted AI Music API. Every call but the plain ones needs `Authorization: Bearer <key>`. \
            Every POST takes an `Idempotency-Key`: the same key and body are the same task. Errors have one body: \
            `{code, type, error, message}`, and `refund_processed` where a task had been charged."
    ),
    tags(
        (name = "nuro", description = "Songs with vocals, and background music"),
        (name = "sonic", description = "Songs, two a call, and everything that can be made of a clip"),
        (name = "suno", description = "The same under its older name"),
        (name = "riffusion", description = "Songs of the retired FUZZ family, two a call"),
        (name = "producer", description = "riffusion's successor, one song a call"),
        (name = "studio", description = "One song a call, in a shape of its own"),
        (name = "credits", description = "What is left"),
        (name = "tasks", description = "Our own view of any task"),
        (name = "uploads", description = "Recordings brought in as files"),
        (name = "files", description = "Finished files"),
        (name = "plain", description = "For operators"),
    )
)]
struct Description;

/// Full literal paths, merged: nested routers lose paths in the description.
fn routes() -> OpenApiRouter<Arc<Core>> {
    let router = suno::routes(OpenApiRouter::with_openapi(Description::openapi()));
    studio::routes(producer::routes(riffusion::routes(router)))
        // The vendor's wire contract, further families.
        .routes(routes!(nuro::create::create))
        .routes(routes!(nuro::get_music::get))
        .routes(routes!(credits::get))
        // Our own.
        .routes(routes!(tasks::get))
        .routes(routes!(events::get))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::resend))
        .routes(routes!(uploads::create))
        .routes(routes!(files::get))
        // For operators.
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::get))
}

/// The API's description as pretty JSON.
pub fn openapi() -> String {
    let mut description = routes().into_openapi();
    let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let components = description.components.get_or_insert_with(Default::default);
    components.add_security_scheme("key", scheme);
    description.to_pretty_json().expect("the description is plain data") + "\n"
}

/// The whole application.
pub fn router(core: Arc<Core>) -> Router {
    let (router, _) = routes().split_for_parts();
    let description: Arc<str> = openapi().into();
    router
        .route("/", routing::get(pages::index))
        .route("/docs", routing::get(pages::docs))
        .route("/song/{clip_id}", routing::get(song_page::get))
        .route("/openapi.json", routing::get(async move || json(&description)))
        .fallback(unknown_path)
        .method_not_allowed_fallback(async || Problem::from(Code::MethodNotAllowed))
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(cors())
        .layer(middleware::from_fn_with_state(Arc::clone(&core), observe::observe))
        .with_state(core)
}

fn json(text: &str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text.to_owned()).into_response()
}

async fn unknown_path(uri: Uri) -> Problem {
    Problem::new(Code::NotFound, format!("There is nothing at {}.", uri.path()))
}

/// Pages of other hosts may call the API: a key is needed anyway, and cookies are not used.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::RANGE,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("x-request-id"),
        ])
        .expose_headers([
            header::CONTENT_RANGE,
            header::ETAG,
            header::RETRY_AFTER,
            HeaderName::from_static("x-request-id"),
        ])
}
