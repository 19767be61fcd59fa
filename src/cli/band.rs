//! The engine ready to play: assets fetched and verified, nothing loaded yet.

use catbird_assets::{Assets, Parts};
use catbird_engine::{Maker, MakerFiles};

use super::progress::Line;

/// Fetches what is missing of these parts, verifies them, and answers with a maker on those files.
pub fn ready(parts: Parts) -> anyhow::Result<Maker> {
    let assets = Assets::open()?;
    if assets.missing(parts).is_empty() {
        assets.verify(parts)?;
    } else {
        let line = Line::bytes();
        assets.fetch(parts, &|step, done, total| line.show(step, done, total))?;
    }
    Ok(Maker::new(MakerFiles::named(|name| assets.path(name))))
}

/// A maker that may lack its files: enough to sing, not to play.
pub fn unready() -> anyhow::Result<Maker> {
    let assets = Assets::open()?;
    Ok(Maker::new(MakerFiles::named(|name| assets.path(name))))
}

/// Fetches what the first song did without, and says nothing of it.
pub fn rest() -> anyhow::Result<()> {
    Ok(Assets::open()?.ensure(Parts::All, &|_, _, _| {})?)
}
