//! A record: its groove is the waveform around the clock, its ring the form, its label the key.

use std::f32::consts::TAU;

use tiny_skia::PathBuilder;

use super::{Cover, Kind, Palette};
use crate::{
    canvas::{Canvas, Chance, Fill, curve},
    colour::Colour,
};

const BARS: usize = 220;

fn point(c: [f32; 2], r: f32, turn: f32) -> [f32; 2] {
    let angle = (turn - 0.25) * TAU;
    [c[0] + r * angle.cos(), c[1] + r * angle.sin()]
}

fn arc(c: [f32; 2], r: f32, from: f32, to: f32) -> Option<tiny_skia::Path> {
    let n = ((to - from).abs() * 90.0).ceil().max(2.0) as usize;
    let points: Vec<_> = (0..=n)
        .map(|i| point(c, r, from + (to - from) * i as f32 / n as f32))
        .collect();
    curve(&points).finish()
}

fn of(kind: Kind, p: &Palette) -> Colour {
    match kind {
        Kind::Chorus => p.flame,
        Kind::Verse => p.second,
        Kind::Rise => p.second.mix(p.flame, 0.5),
        Kind::Bridge => p.glow,
        Kind::Instrumental => p.body.lit(0.6).muted(0.6),
    }
}

pub fn draw(canvas: &mut Canvas, cover: &Cover, p: &Palette) {
    let mut chance = Chance::new(cover.seed, 12);
    let side = canvas.width();
    let ground = if p.dark { (p.deep, p.night) } else { (p.body, p.deep) };
    canvas.wash(&Fill::Linear(
        [0.0, 0.0],
        [side, side],
        vec![(0.0, ground.0, 1.0), (1.0, ground.1, 1.0)],
    ));
    let c = [if chance.unit() < 0.5 { 610.0 } else { 440.0 }, 400.0];
    canvas.glow(c[0], c[1], 760.0, p.second, 0.35);
    canvas.disc(
        c[0] + 10.0,
        c[1] + 22.0,
        366.0,
        &Fill::Radial(
            c,
            400.0,
            vec![(0.0, p.night, 0.9), (0.9, p.night, 0.5), (1.0, p.night, 0.0)],
        ),
    );
    canvas.disc(
        c[0],
        c[1],
        352.0,
        &Fill::Radial(
            c,
            352.0,
            vec![
                (0.0, p.night.lit(0.24), 1.0),
                (0.7, p.night.lit(0.17), 1.0),
                (1.0, p.night.lit(0.12), 1.0),
            ],
        ),
    );
    for i in 0..34 {
        if let Some(groove) = PathBuilder::from_circle(c[0], c[1], 182.0 + 5.0 * i as f32) {
            canvas.stroke(&groove, 1.0, &Fill::Flat(p.pale, 0.035 + 0.03 * chance.unit()));
        }
    }
    form(canvas, cover, p, c);
    label(canvas, cover, p, c);
    // Light on the vinyl, two wedges.
    for turn in [0.09, 0.59] {
        let mut wedge = PathBuilder::new();
        wedge.move_to(c[0], c[1]);
        for step in 0..=6 {
            let q = point(c, 352.0, turn + 0.012 * step as f32);
            wedge.line_to(q[0], q[1]);
        }
        wedge.close();
        if let Some(wedge) = wedge.finish() {
            canvas.fill(
                &wedge,
                &Fill::Radial(
                    c,
                    352.0,
                    vec![
                        (0.0, p.pale, 0.0),
                        (0.36, p.pale, 0.0),
                        (0.6, p.pale, 0.1),
                        (1.0, p.pale, 0.03),
                    ],
                ),
            );
        }
    }
}

/// The waveform around the clock, and inside it the ring of the parts.
fn form(canvas: &mut Canvas, cover: &Cover, p: &Palette, c: [f32; 2]) {
    let form = cover.form();
    let loud = cover.loudness(BARS);
    let top = loud.iter().copied().fold(0.05, f32::max);
    let mut ends = Vec::new();
    let mut at = 0.0;
    for part in &form {
        at += part.share;
        ends.push(at);
    }
    for (i, v) in loud.iter().enumerate() {
        let turn = (i as f32 + 0.5) / BARS as f32;
        let part = ends.iter().position(|e| turn <= *e).unwrap_or(form.len() - 1);
        let level = (v / top).powf(1.6);
        let (inner, outer) = (264.0 - 52.0 * level, 268.0 + 118.0 * level);
        let (a, b) = (point(c, inner, turn), point(c, outer, turn));
        let mut bar = PathBuilder::new();
        bar.move_to(a[0], a[1]);
        bar.line_to(b[0], b[1]);
        if let Some(bar) = bar.finish() {
            canvas.stroke(&bar, 4.4, &Fill::Flat(of(form[part].kind, p), 0.95));
        }
    }
    let mut from = 0.0;
    for part in &form {
        let to = from + part.share;
        if let Some(arc) = arc(c, 164.0, from + 0.004, (to - 0.004).max(from + 0.005)) {
            canvas.stroke(&arc, 7.0 + 15.0 * part.energy, &Fill::Flat(of(part.kind, p), 1.0));
        }
        from = to;
    }
}

/// The label: the melody as a closed line.
fn label(canvas: &mut Canvas, cover: &Cover, p: &Palette, c: [f32; 2]) {
    canvas.disc(
        c[0],
        c[1],
        128.0,
        &Fill::down(c[1] - 128.0, c[1] + 128.0, p.glow, p.flame),
    );
    let melody = cover.melody(64);
    let line: Vec<_> = melody
        .iter()
        .enumerate()
        .map(|(i, v)| point(c, 62.0 + 46.0 * v, i as f32 / 64.0))
        .collect();
    let mut closed = curve(&line);
    closed.close();
    if let Some(path) = closed.finish() {
        canvas.stroke(&path, 3.5, &Fill::Flat(p.night, 0.75));
    }
    canvas.disc(c[0], c[1], 15.0, &Fill::Flat(p.night, 1.0));
}
