//! Lines of the waveform one above the other, the beginning at the back; choruses burn.

use tiny_skia::PathBuilder;

use super::{Cover, Kind, Palette};
use crate::canvas::{Canvas, Chance, Fill, curve_on};

const LINES: usize = 30;
const POINTS: usize = 72;

pub fn draw(canvas: &mut Canvas, cover: &Cover, p: &Palette) {
    let mut chance = Chance::new(cover.seed, 17);
    let side = canvas.width();
    canvas.wash(&Fill::down(0.0, side, p.night.lit(0.1), p.night.lit(0.17)));
    let (cx, cy, r) = (chance.between(340.0, 690.0), 300.0, 170.0 + 90.0 * cover.energy);
    canvas.glow(cx, cy, r * 2.4, p.flame, 0.55);
    canvas.disc(cx, cy, r, &Fill::down(cy - r, cy + r, p.flame, p.body.lit(0.4)));

    let form = cover.form();
    let wave = cover.loudness(LINES * POINTS);
    let top = wave.iter().copied().fold(0.05, f32::max);
    for line in 0..LINES {
        let near = line as f32 / (LINES - 1) as f32;
        let y = 215.0 + 500.0 * near;
        let t = (line as f32 + 0.5) / LINES as f32;
        let mut end = 0.0;
        let part = form.iter().find(|q| {
            end += q.share;
            t <= end
        });
        let (energy, kind) = part.map_or((0.5, Kind::Verse), |q| (q.energy, q.kind));
        let points: Vec<[f32; 2]> = (0..POINTS)
            .map(|i| {
                let u = i as f32 / (POINTS - 1) as f32;
                // Loud in the middle, at rest at the edges.
                let d = (u * side - cx) / 205.0;
                let window = (-d * d).exp() + 0.05;
                let v = (wave[line * POINTS + i] / top).powf(1.3);
                let jag = v * chance.between(0.35, 1.0);
                [
                    side * u,
                    y - (150.0 * (0.45 + 0.75 * energy)) * jag * window - 2.0 * chance.unit(),
                ]
            })
            .collect();
        let mut area = PathBuilder::new();
        area.move_to(-20.0, side);
        area.line_to(-20.0, points[0][1]);
        area.line_to(points[0][0], points[0][1]);
        curve_on(&mut area, &points);
        area.line_to(side + 20.0, side);
        area.close();
        if let Some(area) = area.finish() {
            canvas.fill(&area, &Fill::Flat(p.night.lit(0.11 + 0.03 * near), 0.93));
        }
        let colour = match kind {
            Kind::Chorus => p.flame.mix(p.glow, 0.4),
            Kind::Bridge => p.second.lit(0.8),
            Kind::Instrumental => p.pale.mix(p.body, 0.45),
            _ => p.pale,
        };
        let mut seam = PathBuilder::new();
        seam.move_to(points[0][0], points[0][1]);
        curve_on(&mut seam, &points);
        if let Some(seam) = seam.finish() {
            canvas.stroke(&seam, 1.8 + 1.5 * near, &Fill::Flat(colour, 0.55 + 0.45 * near));
        }
    }
}
