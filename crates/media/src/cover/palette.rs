//! The colours of a song: the tonic's place in the circle of fifths is the hue, so that related keys
//! look related; mode, intensity and mood give light and strength.

use super::Cover;
use crate::{canvas::Chance, colour::Colour};

/// Colours that go together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// Nearly black.
    pub night: Colour,
    /// Dark ground.
    pub deep: Colour,
    /// The main colour.
    pub body: Colour,
    /// Its neighbour, lighter.
    pub second: Colour,
    /// Its contrast, strong.
    pub flame: Colour,
    /// Light of the contrast.
    pub glow: Colour,
    /// Nearly white.
    pub pale: Colour,
    /// Whether the picture is one of the night.
    pub dark: bool,
}

/// Moods that take strength out of the colours, and moods that add it.
const QUIET: [&str; 9] = [
    "sad",
    "calm",
    "melanchol",
    "chill",
    "lo-fi",
    "lofi",
    "peaceful",
    "ambient",
    "dreamy",
];
const LOUD: [&str; 7] = ["happy", "energetic", "party", "dance", "euphoric", "tropical", "punk"];

impl Palette {
    /// The palette of a song.
    pub fn of(cover: &Cover) -> Self {
        let mut chance = Chance::new(cover.seed, 3);
        let has = |list: &[&str]| cover.words.iter().any(|w| list.iter().any(|l| w.contains(l)));
        let strength = 0.7 + 0.5 * cover.energy.clamp(0.0, 1.0) + if has(&LOUD) { 0.2 } else { 0.0 }
            - if has(&QUIET) { 0.2 } else { 0.0 };
        let hue = f32::from(cover.tonic % 12 * 7 % 12) * 30.0 + chance.between(-11.0, 11.0);
        let turn = if chance.unit() < 0.5 { 1.0 } else { -1.0 };
        let (near, far) = [(42.0, 180.0), (34.0, 150.0), (52.0, 205.0), (28.0, 125.0)][chance.below(4)];
        let (second, flame) = (hue + turn * near, hue + turn * far);
        let dark = cover.minor || has(&["dark", "night"]) || cover.energy > 0.75;
        let c = |light, chroma: f32, hue| Colour::new(light, chroma * strength, hue);
        Self {
            night: c(0.15, 0.035, hue),
            deep: c(if dark { 0.27 } else { 0.34 }, 0.085, hue),
            body: c(0.52, 0.15, hue),
            second: c(0.66, 0.15, second),
            flame: c(0.7, 0.18, flame),
            glow: c(0.86, 0.1, flame + turn * 18.0),
            pale: c(0.965, 0.018, flame),
            dark,
        }
    }

    /// Five strong colours for shapes side by side.
    pub fn shapes(&self) -> [Colour; 5] {
        [self.body, self.flame, self.second, self.deep, self.glow]
    }
}
