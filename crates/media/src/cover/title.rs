//! The letters of a cover: a small line, a bar, the title as large as it fits.

use super::{Cover, Palette, SIDE};
use crate::{
    canvas::{Canvas, Fill, round_rect},
    colour::Colour,
    font::Face,
};

const MARGIN: f32 = 76.0;
const WIDTH: f32 = SIDE as f32 - 2.0 * MARGIN;
/// Lines, and the largest and smallest size for so many: a long title must leave the picture room.
const SIZES: [(usize, f32, f32); 3] = [(1, 138.0, 90.0), (2, 104.0, 66.0), (3, 78.0, 42.0)];
const SMALL: f32 = 27.0;

/// Lightness as the eye weighs it, 0–1, of the pixels below `top`.
fn light_below(canvas: &Canvas, top: f32) -> f32 {
    let width = canvas.width() as usize;
    let pixels = &canvas.bytes()[4 * width * top.max(0.0) as usize..];
    let count = pixels.len() as f32 / 4.0;
    let sum: f32 = pixels
        .chunks_exact(4)
        .map(|p| 0.2126 * f32::from(p[0]) + 0.7152 * f32::from(p[1]) + 0.0722 * f32::from(p[2]))
        .sum();
    sum / count.max(1.0) / 255.0
}

/// The title in as few lines as it fits in.
fn largest(title: &str, font: &Face<'_>) -> (Vec<String>, f32) {
    let mut tried = SIZES.map(|(lines, most, least)| font.fit(title, WIDTH, lines, most, least, -0.018));
    let whole = tried.iter().position(|(lines, _)| lines.join(" ") == title);
    std::mem::take(&mut tried[whole.unwrap_or(SIZES.len() - 1)])
}

/// Sets the title and what stands above it, at the bottom left.
pub fn set(canvas: &mut Canvas, cover: &Cover, palette: &Palette, font: &Face<'_>) {
    let (title, small) = (font.writable(&cover.title), font.writable(&cover.subtitle));
    if title.is_empty() && small.is_empty() {
        return;
    }
    let (lines, size) = largest(&title, font);
    let leading = size * 1.04;
    let side = SIDE as f32;
    let baseline = side - MARGIN;
    let cap = size * font.cap_height();
    let first = baseline - leading * (lines.len().max(1) - 1) as f32;
    let top = if lines.is_empty() { baseline } else { first - cap };

    let on_paper = light_below(canvas, top - 40.0) > 0.62;
    let (ink, ground, accent): (Colour, Colour, Colour) = if on_paper {
        (palette.night, palette.pale, palette.body)
    } else {
        (palette.pale, palette.night, palette.glow)
    };
    // The ground rises behind the letters, so that they are read on any picture.
    let from = top - 230.0;
    let strength = if on_paper { 0.55 } else { 0.86 };
    let veil = Fill::Linear(
        [0.0, from],
        [0.0, side],
        vec![
            (0.0, ground, 0.0),
            (0.42, ground, strength * 0.5),
            (0.75, ground, strength * 0.88),
            (1.0, ground, strength),
        ],
    );
    canvas.rect(0.0, from, side, side - from, &veil);

    for (i, line) in lines.iter().enumerate() {
        let line = font.line(line, size, -0.018);
        canvas.text(&line, MARGIN - size * 0.03, first + leading * i as f32, ink, 1.0);
    }
    let above = top - 40.0;
    if let Some(bar) = round_rect(MARGIN, above - 13.0, 46.0, 6.0, 3.0) {
        canvas.fill(&bar, &Fill::Flat(accent, 1.0));
    }
    let small = small.to_uppercase();
    let (set, size) = font.fit(&small, WIDTH - 70.0, 1, SMALL, 17.0, 0.14);
    if let Some(text) = set.first() {
        canvas.text(&font.line(text, size, 0.14), MARGIN + 66.0, above, ink, 0.88);
    }
}
