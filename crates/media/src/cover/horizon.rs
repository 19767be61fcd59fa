//! A sun in bands over a shore: one band for each part of the form, the melody as the far coast, the
//! loudness as the light on the water.

use tiny_skia::PathBuilder;

use super::{Cover, Palette};
use crate::canvas::{Canvas, Chance, Fill, hill};

const HORIZON: f32 = 640.0;

pub fn draw(canvas: &mut Canvas, cover: &Cover, p: &Palette) {
    let mut chance = Chance::new(cover.seed, 10);
    let side = canvas.width();
    let sky = vec![
        (0.0, if p.dark { p.night } else { p.deep }, 1.0),
        (0.45, p.body.lit(if p.dark { 0.36 } else { 0.5 }), 1.0),
        (0.8, p.second, 1.0),
        (1.0, p.glow, 1.0),
    ];
    canvas.wash(&Fill::Linear([0.0, 0.0], [0.0, HORIZON + 10.0], sky));
    if p.dark {
        for _ in 0..170 {
            let (x, y) = (chance.between(0.0, side), HORIZON * 0.75 * chance.unit().powf(1.5));
            canvas.disc(
                x,
                y,
                chance.between(0.6, 2.1),
                &Fill::Flat(p.pale, chance.between(0.2, 0.9)),
            );
        }
    }
    let (cx, cy, r) = (
        512.0 + chance.between(-150.0, 150.0),
        HORIZON - 175.0,
        205.0 + 70.0 * cover.energy,
    );
    canvas.glow(cx, cy, r * 2.3, p.flame, 0.75);
    if let Some(sun) = PathBuilder::from_circle(cx, cy, r) {
        canvas.inside(&sun, |canvas| {
            // Bars of sun, each as high as its part is long, with gaps that grow downwards.
            let (top, bottom) = (cy - r, cy + r);
            let light = Fill::down(top, bottom, p.pale.mix(p.glow, 0.5), p.flame);
            let form = cover.form();
            canvas.rect(cx - r, top, 2.0 * r, r * 0.8, &light);
            let (mut y, length, gaps) = (top + r * 0.8, 1.2 * r, form.len() as f32);
            for (i, part) in form.iter().enumerate() {
                let gap = (6.0 + 20.0 * (i as f32 + 1.0) / gaps) * 6.0 / gaps.max(6.0);
                let height = (length * part.share - gap).max(3.0);
                canvas.rect(cx - r, y + gap, 2.0 * r, height, &light);
                y += gap + height;
            }
        });
    }
    let coast: Vec<[f32; 2]> = cover
        .melody(26)
        .into_iter()
        .enumerate()
        .map(|(i, v)| [side * i as f32 / 25.0, HORIZON - 14.0 - 105.0 * v * v])
        .collect();
    if let Some(hill) = hill(&coast, HORIZON + 4.0) {
        canvas.fill(&hill, &Fill::down(HORIZON - 120.0, HORIZON, p.deep, p.night));
    }
    let water = vec![(0.0, p.second.lit(0.5), 1.0), (0.3, p.deep, 1.0), (1.0, p.night, 1.0)];
    canvas.rect(
        0.0,
        HORIZON,
        side,
        side - HORIZON,
        &Fill::Linear([0.0, HORIZON], [0.0, side], water),
    );
    let rows = 44;
    for (i, v) in cover.loudness(rows).into_iter().enumerate() {
        let depth = i as f32 / rows as f32;
        let y = HORIZON + 5.0 + 380.0 * depth.powf(1.25);
        let width = (40.0 + 2.0 * r * v) * (0.75 + 0.6 * depth) * chance.between(0.75, 1.1);
        let shift = chance.between(-26.0, 26.0) * (0.3 + depth);
        let (x, h) = (cx - width / 2.0 + shift, 2.0 + 5.0 * depth);
        canvas.rect(
            x,
            y,
            width,
            h,
            &Fill::Linear(
                [x, 0.0],
                [x + width, 0.0],
                vec![
                    (0.0, p.flame, 0.0),
                    (0.5, p.glow, 0.9 - 0.5 * depth),
                    (1.0, p.flame, 0.0),
                ],
            ),
        );
    }
}
