//! suno = sonic: songs with words, two takes a call, and everything that can be made of a finished
//! clip. One family under two path prefixes.

use std::sync::Arc;

use axum::routing;
use utoipa::openapi::path::Paths;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use super::poll;
use crate::app::Core;

pub mod aligned_lyrics;
pub mod bpm;
pub mod create;
pub mod get_music;
pub mod get_song;
pub mod lyrics;
pub mod mashup;
pub mod midi;
pub mod models;
pub mod of_clip;
pub mod persona;
pub mod replace_section;
pub mod sample;
pub mod song;
pub mod stems;
pub mod uploads;
pub mod upsample_tags;
pub mod view;
pub mod vox;
pub mod wav;

type Router = OpenApiRouter<Arc<Core>>;

/// All routes of the family.
pub fn routes(router: Router) -> Router {
    let mut router = router;
    for each in [
        routes!(create::create),
        routes!(get_music::get),
        routes!(get_music::clip),
        routes!(get_music::get_music),
        routes!(mashup::mashup),
        routes!(replace_section::replace_section),
        routes!(sample::sample),
        routes!(stems::basic),
        routes!(stems::full),
        routes!(persona::persona),
        routes!(lyrics::lyrics),
        routes!(lyrics::make),
        routes!(lyrics::get),
        routes!(upsample_tags::upsample_tags),
        routes!(aligned_lyrics::aligned_lyrics),
        routes!(bpm::bpm),
        routes!(wav::wav),
        routes!(midi::midi),
        routes!(vox::vox),
        routes!(get_song::get_song),
        routes!(uploads::upload),
        routes!(uploads::upload_cover),
        routes!(uploads::upload_extend),
        routes!(uploads::create_voice),
    ] {
        router = both(router, each);
    }
    // A poll without an id is a mistake that has its own sentence.
    for prefix in ["suno", "sonic"] {
        for verb in ["task", "clip", "get_music"] {
            for end in ["", "/"] {
                let path = format!("/api/v1/{prefix}/{verb}{end}");
                router = router.route(&path, routing::get(poll::missing));
            }
        }
    }
    router
}

/// A route under its own path and under the twin's: `sonic` and `suno` differ in nothing else.
fn both(router: Router, (schemas, sonic, handler): UtoipaMethodRouter<Arc<Core>>) -> Router {
    let mut suno = Paths::new();
    for (path, item) in &sonic.paths {
        let mut item = item.clone();
        for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
            operation.tags = Some(vec!["suno".to_owned()]);
            operation.operation_id = operation
                .operation_id
                .take()
                .map(|id| id.replacen("sonic_", "suno_", 1));
        }
        suno.paths.insert(path.replacen("/sonic/", "/suno/", 1), item);
    }
    router
        .routes((schemas.clone(), sonic, handler.clone()))
        .routes((schemas, suno, handler))
}
