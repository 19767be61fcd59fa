//! Mountain ranges in mist: a range for each part, as high as it is strong, its line the melody.

use tiny_skia::PathBuilder;

use super::{Cover, Palette};
use crate::canvas::{Canvas, Chance, Fill, hill};

pub fn draw(canvas: &mut Canvas, cover: &Cover, p: &Palette) {
    let mut chance = Chance::new(cover.seed, 11);
    let side = canvas.width();
    let (high, low) = if p.dark {
        (p.deep.lit(0.3), p.second.lit(0.7).muted(0.7))
    } else {
        (p.second.lit(0.78).muted(0.8), p.glow.lit(0.95).muted(0.6))
    };
    canvas.wash(&Fill::down(0.0, 620.0, high, low));
    let (sx, sy, sr) = (
        chance.between(250.0, 780.0),
        chance.between(190.0, 300.0),
        78.0 + 46.0 * cover.energy,
    );
    canvas.glow(sx, sy, sr * 4.5, p.glow, 0.7);
    canvas.disc(sx, sy, sr, &Fill::down(sy - sr, sy + sr, p.pale, p.glow));

    let form = cover.form();
    let count = form.len().clamp(5, 7);
    let melody = cover.melody(96);
    for i in 0..count {
        let part = form[i * form.len() / count];
        let near = i as f32 / (count - 1) as f32;
        let base = 420.0 + 300.0 * near;
        let height = (90.0 + 190.0 * part.energy) * (1.0 - 0.25 * near);
        let (shift, phase) = (chance.below(96), chance.between(0.0, 9.0));
        let (rough, points) = (7.0 + 10.0 * (1.0 - near), 60);
        let line: Vec<[f32; 2]> = (0..=points)
            .map(|k| {
                let t = k as f32 / points as f32;
                let at = (t * 40.0) as usize + shift;
                let slow = |at: usize| (0..14).map(|d| melody[(at + d) % 96]).sum::<f32>() / 14.0;
                let v = slow(at) + (slow(at + 1) - slow(at)) * (t * 40.0).fract();
                let wave = (t * 5.1 + phase).sin() * 0.22 + (t * 12.7 + phase * 2.0).sin() * 0.08;
                let peak = (v * 1.1 + wave + 0.1) * height;
                [t * side, base - peak + chance.between(-rough, rough) * 0.7]
            })
            .collect();
        let colour = low.mix(
            p.deep.lit(if p.dark { 0.24 } else { 0.32 }),
            0.25 + 0.75 * near.powf(0.8),
        );
        let top = line.iter().map(|q| q[1]).fold(side, f32::min);
        let foot = colour.mix(low, 0.55 * (1.0 - near));
        if let Some(range) = hill(&line, side) {
            canvas.fill(&range, &Fill::down(top, base + 120.0, colour, foot));
        }
        if i + 1 == count {
            wood(canvas, cover, p, &line, &mut chance);
        }
    }
    let ground = vec![(0.0, p.night, 0.0), (1.0, p.night, 0.9)];
    canvas.rect(
        0.0,
        700.0,
        side,
        side - 700.0,
        &Fill::Linear([0.0, 700.0], [0.0, side], ground),
    );
}

/// Firs along the nearest range, as tall as the song is loud there.
fn wood(canvas: &mut Canvas, cover: &Cover, p: &Palette, line: &[[f32; 2]], chance: &mut Chance) {
    let trees = 120;
    for (i, v) in cover.loudness(trees).into_iter().enumerate() {
        if chance.unit() < 0.22 {
            continue;
        }
        let x = 1024.0 * (i as f32 + chance.unit()) / trees as f32;
        let at = x / 1024.0 * (line.len() - 1) as f32;
        let (a, b) = (line[at as usize], line[(at as usize + 1).min(line.len() - 1)]);
        let ground = a[1] + (b[1] - a[1]) * at.fract() + 12.0;
        let tall = 22.0 + 62.0 * v * chance.between(0.6, 1.0);
        let mut tree = PathBuilder::new();
        for step in 0..3 {
            let (y, half) = (
                ground - tall * (1.0 - 0.27 * step as f32),
                tall * (0.13 + 0.055 * step as f32),
            );
            tree.move_to(x, y);
            tree.line_to(x + half, y + tall * 0.48);
            tree.line_to(x - half, y + tall * 0.48);
            tree.close();
        }
        if let Some(tree) = tree.finish() {
            canvas.fill(&tree, &Fill::Flat(p.night.mix(p.deep, 0.35), 1.0));
        }
    }
}
