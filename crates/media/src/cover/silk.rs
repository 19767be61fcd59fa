//! Cloth in light: its upper seam is the melody, its lower one the loudness, and every thread lies
//! between them.

use std::f32::consts::TAU;

use tiny_skia::BlendMode;

use super::{Cover, Palette};
use crate::canvas::{Canvas, Chance, Fill, curve};

const THREADS: usize = 84;
const POINTS: usize = 15;

pub fn draw(canvas: &mut Canvas, cover: &Cover, p: &Palette) {
    let mut chance = Chance::new(cover.seed, 14);
    let side = canvas.width();
    let ground = vec![
        (0.0, p.deep.lit(if p.dark { 0.22 } else { 0.36 }), 1.0),
        (1.0, p.night, 1.0),
    ];
    canvas.wash(&Fill::Linear([0.0, 0.0], [side * 0.4, side], ground));
    let x = chance.between(220.0, 800.0);
    canvas.glow(x, 300.0, 620.0, p.body, 0.55);
    canvas.glow(side - x, 480.0, 460.0, p.flame, 0.3);

    let form = cover.form();
    let (melody, loud) = (cover.melody(POINTS), cover.loudness(POINTS));
    let (twist, phase) = (chance.between(0.7, 1.4), chance.between(0.0, TAU));
    let swell = 110.0 + 150.0 * cover.energy;
    for pass in 0..2 {
        let tint = if pass == 0 {
            [p.body, p.second, p.flame]
        } else {
            [p.flame, p.glow, p.second]
        };
        for k in 0..THREADS {
            let t = k as f32 / (THREADS - 1) as f32;
            let points: Vec<[f32; 2]> = (0..POINTS)
                .map(|i| {
                    let u = i as f32 / (POINTS - 1) as f32;
                    let upper = 420.0 - 330.0 * (melody[i] - 0.35);
                    let lower = 470.0 + 210.0 * loud[i] - 60.0;
                    let fold = (u * TAU * twist + phase + t * (1.7 + pass as f32)).sin() * swell * (0.3 + 0.7 * t);
                    let across = if pass == 0 { t } else { 1.0 - t };
                    [
                        -60.0 + (side + 120.0) * u,
                        upper + (lower - upper) * across + fold * if pass == 0 { 0.7 } else { -0.55 },
                    ]
                })
                .collect();
            // Folds: threads are bright where they lie close.
            let sheen = 0.5 + 0.5 * (t * TAU * (2.0 + form.len() as f32 / 4.0) + phase).sin();
            let alpha = (0.1 + 0.34 * sheen) * if pass == 0 { 1.0 } else { 0.62 };
            let light = Fill::Linear(
                [0.0, 200.0],
                [side, 560.0],
                vec![
                    (0.0, tint[0], alpha * 0.8),
                    (0.5, tint[1], alpha),
                    (1.0, tint[2], alpha * 0.9),
                ],
            );
            if let Some(thread) = curve(&points).finish() {
                canvas.blended(BlendMode::Screen, |canvas| {
                    canvas.stroke(&thread, 1.4 + 4.2 * (1.0 - sheen), &light);
                });
            }
        }
    }
    // A spark on the first thread where each part begins.
    let mut at = 0.0;
    for part in &form {
        let i = (at * (POINTS - 1) as f32).min((POINTS - 1) as f32);
        let (a, b) = (melody[i as usize], melody[(i as usize + 1).min(POINTS - 1)]);
        let fold = (at * TAU * twist + phase).sin() * swell * 0.3 * 0.7;
        let y = 420.0 - 330.0 * (a + (b - a) * i.fract() - 0.35) + fold;
        canvas.glow(
            -60.0 + (side + 120.0) * at,
            y,
            16.0 + 60.0 * part.energy,
            p.pale,
            0.6 * part.energy,
        );
        at += part.share;
    }
}
