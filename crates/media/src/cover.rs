//! The picture of a song, drawn from the song: its key gives the colours, its style the kind of
//! picture, its form, its melody and its loudness the shapes.

mod bloom;
mod city;
mod cutout;
mod horizon;
mod palette;
mod pulse;
mod record;
mod ridges;
mod silk;
mod title;

use crate::{
    canvas::{Canvas, Chance},
    font::Face,
    jpeg,
};
pub use palette::Palette;

/// Pixels a side.
pub const SIDE: u32 = 1024;
const QUALITY: u32 = 90;

/// What a stretch of the form does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Before or after the song proper, or without voice.
    Instrumental,
    /// Tells.
    Verse,
    /// Rises.
    Rise,
    /// The hook.
    Chorus,
    /// Contrast.
    Bridge,
}

/// A stretch of the form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// Its share of the song, 0–1.
    pub share: f32,
    /// Its intensity, 0–1.
    pub energy: f32,
    /// What it does.
    pub kind: Kind,
}

/// What a cover is drawn from.
#[derive(Clone, Debug, PartialEq)]
pub struct Cover {
    /// Chance in the picture.
    pub seed: u64,
    /// Set in large letters; what the font lacks is left out.
    pub title: String,
    /// Set in small letters above it.
    pub subtitle: String,
    /// Pitch class of the tonic, 0 = C … 11 = B: the main hue.
    pub tonic: u8,
    /// Whether the third is minor: a darker picture.
    pub minor: bool,
    /// Mean intensity, 0–1: how strong the colours are.
    pub energy: f32,
    /// The form.
    pub parts: Vec<Part>,
    /// The melody from beginning to end, 0 lowest – 1 highest note.
    pub contour: Vec<f32>,
    /// Peaks of the sound from beginning to end, 0–1.
    pub waveform: Vec<f32>,
    /// Style and mood in small letters (`synthwave`, `dark`): they choose the family of the picture.
    pub words: Vec<String>,
}

/// Kinds of picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A sun in bands over a shore.
    Horizon,
    /// Mountain ranges in mist.
    Ridges,
    /// A record whose groove is the waveform.
    Record,
    /// Paper shapes on a grid.
    Cutout,
    /// Curves of the melody, one beside the other like cloth.
    Silk,
    /// A flower with a petal for each part.
    Bloom,
    /// A town at night.
    City,
    /// Lines of the waveform, one above the other.
    Pulse,
}

/// Words and the families that suit them; all matches of a song vote.
const TASTES: [(Family, &[&str]); 8] = [
    (
        Family::Horizon,
        &[
            "synthwave",
            "synth pop",
            "retro",
            "80s",
            "disco",
            "reggae",
            "tropical",
            "summer",
            "beach",
            "sunny",
            "electro",
            "happy",
            "dance",
            "dancehall",
        ],
    ),
    (
        Family::Ridges,
        &[
            "folk",
            "ambient",
            "country",
            "acoustic",
            "cinematic",
            "epic",
            "celtic",
            "calm",
            "peaceful",
            "world",
            "chinese",
            "gufeng",
            "nature",
            "orchestral",
            "bluegrass",
        ],
    ),
    (
        Family::Record,
        &[
            "soul", "r&b", "rnb", "blues", "motown", "gospel", "vintage", "groovy", "house", "techno", "lofi", "lo-fi",
        ],
    ),
    (
        Family::Cutout,
        &[
            "jazz",
            "funk",
            "bossa",
            "latin",
            "swing",
            "ska",
            "playful",
            "children",
            "quirky",
            "indie",
            "experimental",
        ],
    ),
    (
        Family::Silk,
        &[
            "pop",
            "edm",
            "trance",
            "dream",
            "chill",
            "electronic",
            "future bass",
            "sensual",
            "k-pop",
        ],
    ),
    (
        Family::Bloom,
        &[
            "ballad",
            "romantic",
            "love",
            "piano",
            "classical",
            "tender",
            "sweet",
            "warm",
            "sentimental",
            "waltz",
            "sad",
        ],
    ),
    (
        Family::City,
        &[
            "hip hop", "hip-hop", "rap", "trap", "drill", "night", "urban", "phonk", "city", "dark",
        ],
    ),
    (
        Family::Pulse,
        &[
            "rock",
            "metal",
            "punk",
            "grunge",
            "industrial",
            "hardcore",
            "drum and bass",
            "aggressive",
            "angry",
            "powerful",
            "alternative",
        ],
    ),
];

impl Cover {
    /// The kind of picture that suits the song's words; by chance where they say nothing.
    pub fn family(&self) -> Family {
        let mut chance = Chance::new(self.seed, 1);
        let votes = TASTES.map(|(family, taste)| {
            let matches = |word: &&String| taste.iter().any(|t| word.contains(t));
            // The first word is the style itself. Pop is a style of many faces.
            let count: f32 = (self.words.iter().zip(0..))
                .filter(|(word, _)| matches(word))
                .map(|(word, i)| match i {
                    0 if word != "pop" => 3.0,
                    _ => 1.0,
                })
                .sum();
            (family, count.min(4.0) + chance.between(0.0, 1.5))
        });
        let best = votes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
        best.map_or(Family::Silk, |(family, _)| family)
    }

    /// `n` values of a curve, evenly over the song; flat in the middle where the song has none.
    fn sampled(values: &[f32], n: usize) -> Vec<f32> {
        (0..n)
            .map(|i| match values.len() {
                0 => 0.5,
                len => {
                    let at = i as f32 / (n.max(2) - 1) as f32 * (len - 1) as f32;
                    let (a, b) = (values[at as usize], values[(at as usize + 1).min(len - 1)]);
                    (a + (b - a) * at.fract()).clamp(0.0, 1.0)
                }
            })
            .collect()
    }

    /// The melody in `n` points.
    fn melody(&self, n: usize) -> Vec<f32> {
        Self::sampled(&self.contour, n)
    }

    /// The loudness in `n` points, as means of what lies between.
    fn loudness(&self, n: usize) -> Vec<f32> {
        let wave = &self.waveform;
        if wave.len() < 2 * n {
            return Self::sampled(wave, n);
        }
        (0..n)
            .map(|i| {
                let part = &wave[i * wave.len() / n..((i + 1) * wave.len() / n)];
                (part.iter().sum::<f32>() / part.len() as f32).clamp(0.0, 1.0)
            })
            .collect()
    }

    /// The parts, at least one.
    fn form(&self) -> Vec<Part> {
        let total: f32 = self.parts.iter().map(|p| p.share.max(0.0)).sum();
        if total <= 0.0 {
            let only = Part {
                share: 1.0,
                energy: self.energy,
                kind: Kind::Verse,
            };
            return vec![only];
        }
        let scaled = |p: &Part| Part {
            share: p.share.max(0.0) / total,
            energy: p.energy.clamp(0.0, 1.0),
            ..*p
        };
        self.parts.iter().map(scaled).collect()
    }
}

/// The picture without letters.
pub fn picture(cover: &Cover) -> Canvas {
    let mut canvas = Canvas::new(SIDE, SIDE);
    let palette = Palette::of(cover);
    match cover.family() {
        Family::Horizon => horizon::draw(&mut canvas, cover, &palette),
        Family::Ridges => ridges::draw(&mut canvas, cover, &palette),
        Family::Record => record::draw(&mut canvas, cover, &palette),
        Family::Cutout => cutout::draw(&mut canvas, cover, &palette),
        Family::Silk => silk::draw(&mut canvas, cover, &palette),
        Family::Bloom => bloom::draw(&mut canvas, cover, &palette),
        Family::City => city::draw(&mut canvas, cover, &palette),
        Family::Pulse => pulse::draw(&mut canvas, cover, &palette),
    }
    canvas
}

/// The cover as a JPEG of [`SIDE`] pixels a side. The same song gives the same bytes.
pub fn draw(cover: &Cover, font: &Face<'_>) -> Vec<u8> {
    let mut canvas = picture(cover);
    title::set(&mut canvas, cover, &Palette::of(cover), font);
    canvas.grain(&mut Chance::new(cover.seed, 2), 5.0);
    jpeg::encode(canvas.bytes(), SIDE as usize, SIDE as usize, QUALITY)
}

#[cfg(test)]
mod tests;
