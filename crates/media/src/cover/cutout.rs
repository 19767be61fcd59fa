//! Paper shapes on a grid, read like a page from the upper left: each cell is a moment of the song,
//! its shape and turn the melody, its colours the part it belongs to.

use tiny_skia::{Path, PathBuilder};

use super::{Cover, Kind, Palette};
use crate::{
    canvas::{Canvas, Chance, Fill, rect},
    colour::Colour,
};

const COLUMNS: usize = 6;
const ROWS: usize = 4;
const CELL: f32 = 1024.0 / COLUMNS as f32;

/// A quarter of a disc whose corner is `corner` (0 upper left, clockwise) of the square.
fn quarter(x: f32, y: f32, s: f32, corner: usize) -> Option<Path> {
    let k = s * 0.552_284_8;
    let [o, a, b] = match corner % 4 {
        0 => [[x, y], [x + s, y], [x, y + s]],
        1 => [[x + s, y], [x + s, y + s], [x, y]],
        2 => [[x + s, y + s], [x, y + s], [x + s, y]],
        _ => [[x, y + s], [x, y], [x + s, y + s]],
    };
    let toward = |from: [f32; 2], to: [f32; 2]| [from[0] + (to[0] - o[0]) / s * k, from[1] + (to[1] - o[1]) / s * k];
    let (c, d) = (toward(a, b), toward(b, a));
    let mut p = PathBuilder::new();
    p.move_to(o[0], o[1]);
    p.line_to(a[0], a[1]);
    p.cubic_to(c[0], c[1], d[0], d[1], b[0], b[1]);
    p.close();
    p.finish()
}

fn triangle(x: f32, y: f32, s: f32, corner: usize) -> Option<Path> {
    let corners = [[x, y], [x + s, y], [x + s, y + s], [x, y + s]];
    let mut p = PathBuilder::new();
    for i in [3, 0, 1] {
        let q = corners[(corner + i) % 4];
        if i == 3 {
            p.move_to(q[0], q[1]);
        } else {
            p.line_to(q[0], q[1]);
        }
    }
    p.close();
    p.finish()
}

/// One cell: ground, then its shape.
fn cell(canvas: &mut Canvas, [x, y]: [f32; 2], s: f32, shape: usize, turn: usize, [ground, a, b]: [Colour; 3]) {
    canvas.rect(x, y, s + 0.6, s + 0.6, &Fill::Flat(ground, 1.0));
    let mut put = |path: Option<Path>, c: Colour| {
        if let Some(path) = path {
            canvas.fill(&path, &Fill::Flat(c, 1.0));
        }
    };
    let (mx, my) = (x + s / 2.0, y + s / 2.0);
    match shape {
        0 => put(quarter(x, y, s, turn), a),
        1 => {
            put(quarter(x, y, s, turn), a);
            put(quarter_at_corner(x, y, s, turn, 0.55), b);
        }
        2 => {
            put(PathBuilder::from_circle(mx, my, s * 0.5), a);
            put(PathBuilder::from_circle(mx, my, s * 0.25), b);
        }
        3 => {
            // A leaf: where two quarters meet.
            let (one, two) = (quarter(x, y, s, turn), quarter(x, y, s, turn + 2));
            if let (Some(one), Some(two)) = (one, two) {
                canvas.inside(&one, |canvas| canvas.fill(&two, &Fill::Flat(a, 1.0)));
            }
        }
        4 => {
            put(triangle(x, y, s, turn), a);
            put(PathBuilder::from_circle(mx, my, s * 0.2), b);
        }
        5 => {
            for i in 0..4 {
                let step = s / 4.0;
                let stripe = if turn.is_multiple_of(2) {
                    rect(x, y + step * i as f32, s, step / 2.0)
                } else {
                    rect(x + step * i as f32, y, step / 2.0, s)
                };
                put(stripe, a);
            }
        }
        _ => {
            let half = s / 2.0;
            let upper = if turn.is_multiple_of(2) { [0, 1] } else { [3, 0] };
            for (i, corner) in upper.into_iter().enumerate() {
                // Two quarters make a half disc that stands or lies.
                let (qx, qy) = if turn.is_multiple_of(2) {
                    (x + half * i as f32, y + half)
                } else {
                    (x + half, y + half * (1 - i) as f32)
                };
                put(quarter(qx, qy, half, corner + 2), a);
            }
            put(PathBuilder::from_circle(x + half * 0.5, y + half * 0.5, s * 0.12), b);
        }
    }
}

fn quarter_at_corner(x: f32, y: f32, s: f32, corner: usize, part: f32) -> Option<Path> {
    let t = s * part;
    let (dx, dy) = match corner % 4 {
        0 => (0.0, 0.0),
        1 => (s - t, 0.0),
        2 => (s - t, s - t),
        _ => (0.0, s - t),
    };
    quarter(x + dx, y + dy, t, corner)
}

pub fn draw(canvas: &mut Canvas, cover: &Cover, p: &Palette) {
    let mut chance = Chance::new(cover.seed, 13);
    let paper = p.pale.lit(0.945);
    canvas.wash(&Fill::Flat(if p.dark { p.night } else { paper }, 1.0));
    let form = cover.form();
    let count = COLUMNS * ROWS;
    let (melody, loud) = (cover.melody(count), cover.loudness(count));
    let shapes = p.shapes();
    // A large one takes four cells; it shows the loudest moment.
    let loudest = (0..count)
        .filter(|i| i % COLUMNS + 1 < COLUMNS && i / COLUMNS + 2 < ROWS)
        .max_by(|&a, &b| loud[a].total_cmp(&loud[b]))
        .unwrap_or(0);
    let mut before = [usize::MAX; COLUMNS];
    for i in 0..count {
        let (column, row) = (i % COLUMNS, i / COLUMNS);
        let t = (i as f32 + 0.5) / count as f32;
        let mut end = 0.0;
        let part = form.iter().find(|q| {
            end += q.share;
            t <= end
        });
        let kind = part.map_or(Kind::Verse, |q| q.kind);
        let base = match kind {
            Kind::Instrumental => 3,
            Kind::Verse => 0,
            Kind::Rise => 2,
            Kind::Chorus => 1,
            Kind::Bridge => 4,
        };
        // No two neighbours on the same ground.
        let mut ground = base;
        while ground == before[column] || column > 0 && ground == before[column - 1] {
            ground = (ground + 1 + chance.below(3)) % 5;
        }
        before[column] = ground;
        let light = if p.dark { p.pale } else { paper };
        let mut pick = |not: &[usize]| loop {
            let k = chance.below(6);
            if !not.contains(&k) {
                break k;
            }
        };
        let a = pick(&[ground]);
        let b = pick(&[ground, a]);
        let colour = |k: usize| shapes.get(k).copied().unwrap_or(light);
        let colours = [colour(ground), colour(a), colour(b)];
        let shape = (melody[i] * 6.99) as usize;
        let rising = melody[(i + 1).min(count - 1)] >= melody[i];
        let turn = usize::from(rising) + 2 * usize::from(chance.unit() < 0.5);
        let place = [column as f32 * CELL, row as f32 * CELL];
        if i == loudest {
            cell(
                canvas,
                place,
                2.0 * CELL,
                if shape == 5 { 1 } else { shape },
                turn,
                colours,
            );
            continue;
        }
        let covered = [1, COLUMNS, COLUMNS + 1].iter().any(|d| loudest + d == i);
        if !covered {
            cell(canvas, place, CELL, shape, turn, colours);
        }
    }
}
