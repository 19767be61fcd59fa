//! A town at night: houses as high as the song is loud, windows lit where the melody is high, the
//! street of light in front as wide as the form.

use super::{Cover, Palette};
use crate::{
    canvas::{Canvas, Chance, Fill},
    colour::Colour,
};

const STREET: f32 = 735.0;

pub fn draw(canvas: &mut Canvas, cover: &Cover, p: &Palette) {
    let mut chance = Chance::new(cover.seed, 16);
    let side = canvas.width();
    let sky = vec![
        (0.0, p.night, 1.0),
        (0.5, p.deep, 1.0),
        (0.85, p.body.lit(0.46), 1.0),
        (1.0, p.flame.lit(0.62), 1.0),
    ];
    canvas.wash(&Fill::Linear([0.0, 0.0], [0.0, STREET], sky));
    for _ in 0..120 {
        let (x, y) = (chance.between(0.0, side), 460.0 * chance.unit().powf(1.4));
        canvas.disc(
            x,
            y,
            chance.between(0.6, 1.9),
            &Fill::Flat(p.pale, chance.between(0.15, 0.8)),
        );
    }
    let (mx, my, mr) = (
        chance.between(200.0, 820.0),
        chance.between(150.0, 240.0),
        74.0 + 40.0 * cover.energy,
    );
    canvas.glow(mx, my, mr * 4.0, p.glow, 0.5);
    canvas.disc(mx, my, mr, &Fill::down(my - mr, my + mr, p.pale, p.glow));

    let loud = cover.loudness(200);
    let melody = cover.melody(200);
    let top = loud.iter().copied().fold(0.1, f32::max);
    for layer in 0..3 {
        let near = layer as f32 / 2.0;
        let wall = p.body.lit(0.4).mix(p.night, 0.35 + 0.65 * near);
        let mut x = -chance.between(0.0, 40.0);
        while x < side {
            let width = chance.between(34.0, 62.0) + 34.0 * near;
            let at = (((x + width / 2.0) / side).clamp(0.0, 0.999) * 200.0) as usize;
            let level = (loud[at] / top).powf(1.4) * chance.between(0.62, 1.0);
            let height = 70.0 + level * (430.0 - 130.0 * near) * if layer == 0 { 1.0 } else { 0.85 };
            house(
                canvas,
                [x, STREET - height],
                [width, height],
                wall,
                melody[at],
                near,
                p,
                &mut chance,
            );
            x += width
                + if chance.unit() < 0.2 {
                    chance.between(4.0, 16.0)
                } else {
                    0.0
                };
        }
        let mist = vec![(0.0, p.flame, 0.0), (1.0, p.flame, 0.16 - 0.05 * near)];
        canvas.rect(
            0.0,
            STREET - 260.0,
            side,
            260.0,
            &Fill::Linear([0.0, STREET - 260.0], [0.0, STREET], mist),
        );
    }
    canvas.rect(
        0.0,
        STREET,
        side,
        side - STREET,
        &Fill::down(STREET, side, p.deep.lit(0.2), p.night),
    );
    // Lights on the wet street, one stripe for each part.
    let mut at = 0.0;
    for part in cover.form() {
        let (x, w) = (side * at + 6.0, (side * part.share - 12.0).max(4.0));
        at += part.share;
        let long = 60.0 + 190.0 * part.energy;
        let stops = vec![(0.0, p.flame.mix(p.glow, part.energy), 0.65), (1.0, p.flame, 0.0)];
        canvas.rect(
            x,
            STREET + 4.0,
            w,
            long,
            &Fill::Linear([0.0, STREET], [0.0, STREET + long], stops),
        );
    }
    canvas.rect(0.0, STREET - 1.0, side, 3.0, &Fill::Flat(p.glow, 0.75));
}

#[expect(clippy::too_many_arguments, reason = "a house is drawn in one place only")]
fn house(
    canvas: &mut Canvas,
    [x, y]: [f32; 2],
    [width, height]: [f32; 2],
    wall: Colour,
    melody: f32,
    near: f32,
    p: &Palette,
    chance: &mut Chance,
) {
    canvas.rect(
        x,
        y,
        width,
        height,
        &Fill::down(y, y + height, wall.lit(wall.light + 0.035), wall),
    );
    if chance.unit() < 0.22 {
        canvas.rect(x + width * 0.46, y - 34.0, 3.0, 34.0, &Fill::Flat(wall, 1.0));
        if near > 0.4 {
            canvas.glow(x + width * 0.46 + 1.5, y - 34.0, 16.0, p.flame, 0.9);
        }
    }
    let (w, h) = (6.0 + 3.0 * near, 8.0 + 4.0 * near);
    let (columns, rows) = ((width / (w * 2.0)) as usize, (height / (h * 1.9)) as usize);
    let margin = (width - (columns as f32 * 2.0 - 1.0) * w) / 2.0;
    for row in 0..rows {
        for column in 0..columns {
            let lit = chance.unit() < 0.1 + 0.42 * melody * (0.5 + near);
            let (wx, wy) = (x + margin + column as f32 * w * 2.0, y + 12.0 + row as f32 * h * 1.9);
            if lit && wy + h < STREET - 6.0 {
                let c = if chance.unit() < 0.75 { p.glow } else { p.flame };
                canvas.rect(
                    wx,
                    wy,
                    w,
                    h,
                    &Fill::Flat(c, (0.4 + 0.5 * near) * chance.between(0.55, 1.0)),
                );
            }
        }
    }
}
