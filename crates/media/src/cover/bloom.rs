//! A flower: a petal for each part of the form, as wide as it is long and as far as it is strong;
//! the melody is the ring of stamens.

use std::f32::consts::TAU;

use tiny_skia::{Path, PathBuilder};

use super::{Cover, Kind, Palette};
use crate::canvas::{Canvas, Chance, Fill};

/// A petal from the middle out, `wide` radians at its widest.
fn petal([cx, cy]: [f32; 2], angle: f32, length: f32, wide: f32) -> Option<Path> {
    let at = |r: f32, a: f32| (cx + r * length * (angle + a).cos(), cy + r * length * (angle + a).sin());
    let mut p = PathBuilder::new();
    p.move_to(cx, cy);
    let ((ax, ay), (bx, by), (tx, ty)) = (at(0.42, -wide), at(0.98, -wide * 0.72), at(1.0, 0.0));
    p.cubic_to(ax, ay, bx, by, tx, ty);
    let ((ax, ay), (bx, by)) = (at(0.98, wide * 0.72), at(0.42, wide));
    p.cubic_to(ax, ay, bx, by, cx, cy);
    p.close();
    p.finish()
}

pub fn draw(canvas: &mut Canvas, cover: &Cover, p: &Palette) {
    let mut chance = Chance::new(cover.seed, 15);
    let side = canvas.width();
    let c = [512.0 + chance.between(-70.0, 70.0), 395.0];
    let ground = if p.dark {
        vec![(0.0, p.body.lit(0.42), 1.0), (0.5, p.deep, 1.0), (1.0, p.night, 1.0)]
    } else {
        vec![
            (0.0, p.pale, 1.0),
            (0.55, p.glow.lit(0.9).muted(0.6), 1.0),
            (1.0, p.second.lit(0.74).muted(0.8), 1.0),
        ]
    };
    canvas.wash(&Fill::Radial(c, 860.0, ground));
    for _ in 0..60 {
        let (x, y, r) = (
            chance.between(0.0, side),
            chance.between(0.0, side),
            3.0 + 34.0 * chance.unit().powi(3),
        );
        canvas.disc(x, y, r, &Fill::Flat(p.glow, chance.between(0.05, 0.16)));
    }
    let form = cover.form();
    let start = chance.between(0.0, TAU);
    for layer in 0..3 {
        let (far, tint) = ([1.0, 0.78, 0.54][layer], [p.body, p.second, p.flame][layer]);
        let mut at = start + 0.33 * layer as f32;
        // A short song still makes a flower: the form goes round until there are seven petals.
        let rounds = 7usize.div_ceil(form.len());
        for _ in 0..rounds {
            for part in &form {
                let turn = TAU * part.share / rounds as f32;
                let angle = at + turn / 2.0;
                at += turn;
                let length = (190.0 + 225.0 * part.energy) * far;
                let wide = (turn * 0.95).clamp(0.34, 0.8);
                let colour = match part.kind {
                    Kind::Chorus => tint.mix(p.flame, 0.55),
                    Kind::Bridge => tint.mix(p.glow, 0.5),
                    _ => tint,
                };
                let (root, tip) = (
                    colour.lit(colour.light * 0.62),
                    colour.lit((colour.light * 1.2).min(0.9)),
                );
                if let Some(shape) = petal([c[0] + 5.0, c[1] + 12.0], angle, length * 1.02, wide) {
                    canvas.fill(&shape, &Fill::Flat(p.night, 0.16));
                }
                if let Some(shape) = petal(c, angle, length, wide) {
                    let fill = Fill::Radial(
                        c,
                        length,
                        vec![(0.0, root, 0.95), (0.55, colour, 0.9), (1.0, tip, 0.86)],
                    );
                    canvas.fill(&shape, &fill);
                    // Veins.
                    for side in [-0.45, 0.0, 0.45] {
                        let mut vein = PathBuilder::new();
                        let (sx, sy) = (c[0] + 40.0 * angle.cos(), c[1] + 40.0 * angle.sin());
                        let bend = angle + wide * side;
                        vein.move_to(sx, sy);
                        vein.quad_to(
                            c[0] + length * 0.5 * bend.cos(),
                            c[1] + length * 0.5 * bend.sin(),
                            c[0] + length * 0.86 * (angle + wide * side * 0.5).cos(),
                            c[1] + length * 0.86 * (angle + wide * side * 0.5).sin(),
                        );
                        if let Some(vein) = vein.finish() {
                            canvas.stroke(&vein, 1.3, &Fill::Flat(tip, 0.35));
                        }
                    }
                }
            }
        }
    }
    canvas.glow(c[0], c[1], 150.0, p.glow, 0.6);
    canvas.disc(
        c[0],
        c[1],
        44.0,
        &Fill::Radial(c, 44.0, vec![(0.0, p.deep, 1.0), (1.0, p.night, 1.0)]),
    );
    let stamens = 72;
    for (i, v) in cover.melody(stamens).into_iter().enumerate() {
        let angle = start + TAU * i as f32 / stamens as f32;
        let r = 54.0 + 62.0 * v;
        let (x, y) = (c[0] + r * angle.cos(), c[1] + r * angle.sin());
        let mut line = PathBuilder::new();
        line.move_to(c[0] + 30.0 * angle.cos(), c[1] + 30.0 * angle.sin());
        line.line_to(x, y);
        if let Some(line) = line.finish() {
            canvas.stroke(&line, 1.2, &Fill::Flat(p.glow, 0.55));
        }
        canvas.disc(x, y, 3.4, &Fill::Flat(p.pale, 0.95));
    }
}
