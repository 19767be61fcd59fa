//! The engine ready to play: assets fetched and verified, nothing loaded yet.

use catbird_assets::Assets;
use catbird_engine::{Maker, MakerFiles};

use super::progress::Line;

/// Fetches what is missing, verifies all, and answers with a maker on those files.
pub fn ready() -> anyhow::Result<Maker> {
    let assets = Assets::open()?;
    if assets.missing().is_empty() {
        assets.verify()?;
    } else {
        let line = Line::bytes();
        assets.fetch(&|step, done, total| line.show(step, done, total))?;
    }
    Ok(Maker::new(MakerFiles {
        soundfont: assets.path("MuseScore_General_Lite.sf3"),
        hibari: assets.path("hibari.onnx"),
        pronouncer: (assets.path("oov.onnx"), assets.path("oov.json")),
        font: assets.path("Commissioner_700Bold.ttf"),
    }))
}
