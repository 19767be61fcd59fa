//! The colours of a song: the tonic's place in the circle of fifths gives the hue, so that related keys
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

/// Hues along the circle of fifths from C: a way round the colours without the olive tones, which no
/// dark ground bears.
const HUES: [f32; 12] = [
    22.0, 46.0, 70.0, 160.0, 174.0, 190.0, 208.0, 232.0, 258.0, 286.0, 318.0, 350.0,
];

/// Yellow is only yellow when it is light.
fn lightness(light: f32, hue: f32) -> f32 {
    let away = (hue.rem_euclid(360.0) - 103.0).abs();
    light + (0.88 - light) * (1.0 - away / 38.0).clamp(0.0, 1.0) * 0.85
}

impl Palette {
    /// The palette of a song.
    pub fn of(cover: &Cover) -> Self {
        let mut chance = Chance::new(cover.seed, 3);
        let has = |list: &[&str]| cover.words.iter().any(|w| list.iter().any(|l| w.contains(l)));
        let strength = 0.7 + 0.5 * cover.energy.clamp(0.0, 1.0) + if has(&LOUD) { 0.2 } else { 0.0 }
            - if has(&QUIET) { 0.2 } else { 0.0 };
        let hue = HUES[usize::from(cover.tonic % 12) * 7 % 12] + chance.between(-9.0, 9.0);
        let coin = if chance.unit() < 0.5 { 1.0 } else { -1.0 };
        let (near, far) = [(42.0, 180.0), (34.0, 150.0), (52.0, 205.0), (28.0, 125.0)][chance.below(4)];
        // Warm hues lean towards rose, greens towards blue: away from yellow-green.
        let turn = match hue.rem_euclid(360.0) {
            ..100.0 => -1.0,
            ..200.0 => 1.0,
            _ => coin,
        };
        let second = hue + turn * near;
        let flame = match (hue + turn * far).rem_euclid(360.0) {
            h @ 102.0..126.0 => h.min(92.0),
            h @ 126.0..152.0 => h.max(168.0),
            h => h,
        };
        // A dark orange is a brown: warm grounds are plum.
        let ground = if (30.0..110.0).contains(&hue) { hue - 48.0 } else { hue };
        let dark = cover.minor || has(&["dark", "night"]) || cover.energy > 0.75;
        let c = |light, chroma: f32, hue| Colour::new(light, chroma * strength, hue);
        Self {
            night: c(0.15, 0.035, ground),
            deep: c(if dark { 0.27 } else { 0.34 }, 0.085, ground),
            body: c(0.52, 0.15, hue),
            second: c(lightness(0.66, second), 0.15, second),
            flame: c(lightness(0.7, flame), 0.18, flame),
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
