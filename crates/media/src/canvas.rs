//! A picture to draw on: fills, strokes, light, text, grain.

use tiny_skia::{
    BlendMode, Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Mask, Paint, Path, PathBuilder,
    Pixmap, Point, RadialGradient, Shader, SpreadMode, Stroke, Transform,
};

use crate::{colour::Colour, font::Line};

/// A seeded stream of numbers (splitmix64, Steele, Lea & Flood 2014).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The stream of a song for one purpose.
    pub fn new(seed: u64, purpose: u64) -> Self {
        Self(seed ^ purpose.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in 0 … 1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Uniform in `low` … `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Uniform in 0 … `n` − 1.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// What a shape is filled with. Points are pixels, stops go from 0 to 1.
#[derive(Clone, Debug)]
pub enum Fill {
    /// One colour.
    Flat(Colour, f32),
    /// Colours and opacities from the first point to the second.
    Linear([f32; 2], [f32; 2], Vec<(f32, Colour, f32)>),
    /// From the middle out to a radius.
    Radial([f32; 2], f32, Vec<(f32, Colour, f32)>),
}

impl Fill {
    /// From `a` above to `b` below.
    pub fn down(top: f32, bottom: f32, a: Colour, b: Colour) -> Self {
        Self::Linear([0.0, top], [0.0, bottom], vec![(0.0, a, 1.0), (1.0, b, 1.0)])
    }
}

fn colour(c: Colour, alpha: f32) -> Color {
    let [r, g, b] = c.rgb();
    Color::from_rgba(r, g, b, alpha.clamp(0.0, 1.0)).expect("rgb() and the clamp keep everything in 0–1")
}

/// Stops with more in between, so that the way from colour to colour is even to the eye.
fn stops(given: &[(f32, Colour, f32)]) -> Vec<GradientStop> {
    const BETWEEN: usize = 6;
    let mut out = Vec::new();
    for pair in given.windows(2) {
        let ((at, a, alpha), (to, b, beta)) = (pair[0], pair[1]);
        for i in 0..=BETWEEN {
            let t = i as f32 / BETWEEN as f32;
            out.push(GradientStop::new(
                at + (to - at) * t,
                colour(a.mix(b, t), alpha + (beta - alpha) * t),
            ));
        }
    }
    out
}

fn shader(fill: &Fill) -> Option<Shader<'static>> {
    let point = |p: &[f32; 2]| Point::from_xy(p[0], p[1]);
    match fill {
        Fill::Flat(c, alpha) => Some(Shader::SolidColor(colour(*c, *alpha))),
        Fill::Linear(a, b, s) => {
            LinearGradient::new(point(a), point(b), stops(s), SpreadMode::Pad, Transform::identity())
        }
        Fill::Radial(c, r, s) => RadialGradient::new(
            point(c),
            0.0,
            point(c),
            *r,
            stops(s),
            SpreadMode::Pad,
            Transform::identity(),
        ),
    }
}

/// A picture under work.
#[derive(Clone)]
pub struct Canvas {
    map: Pixmap,
    mask: Option<Mask>,
    blend: BlendMode,
}

impl Canvas {
    /// An opaque black picture.
    ///
    /// # Panics
    /// When a side is 0.
    pub fn new(width: u32, height: u32) -> Self {
        let mut map = Pixmap::new(width, height).expect("both sides are above 0");
        map.fill(Color::BLACK);
        Self {
            map,
            mask: None,
            blend: BlendMode::SourceOver,
        }
    }

    /// Pixels from left to right.
    pub fn width(&self) -> f32 {
        self.map.width() as f32
    }

    /// Pixels from top to bottom.
    pub fn height(&self) -> f32 {
        self.map.height() as f32
    }

    /// RGBA bytes; the picture is opaque.
    pub fn bytes(&self) -> &[u8] {
        self.map.data()
    }

    fn paint(&self, fill: &Fill) -> Option<Paint<'static>> {
        Some(Paint {
            shader: shader(fill)?,
            blend_mode: self.blend,
            anti_alias: true,
            ..Paint::default()
        })
    }

    /// Fills a shape.
    pub fn fill(&mut self, path: &Path, fill: &Fill) {
        self.fill_at(path, fill, 0.0, 0.0);
    }

    /// Fills a shape moved by (`x`, `y`); the fill's points move along.
    pub fn fill_at(&mut self, path: &Path, fill: &Fill, x: f32, y: f32) {
        if let Some(paint) = self.paint(fill) {
            let place = Transform::from_translate(x, y);
            self.map
                .fill_path(path, &paint, FillRule::Winding, place, self.mask.as_ref());
        }
    }

    /// Draws along a path with round ends.
    pub fn stroke(&mut self, path: &Path, width: f32, fill: &Fill) {
        if let Some(paint) = self.paint(fill) {
            let stroke = Stroke {
                width,
                line_cap: LineCap::Round,
                line_join: LineJoin::Round,
                ..Stroke::default()
            };
            self.map
                .stroke_path(path, &paint, &stroke, Transform::identity(), self.mask.as_ref());
        }
    }

    /// Fills everything.
    pub fn wash(&mut self, fill: &Fill) {
        let (w, h) = (self.width(), self.height());
        self.rect(0.0, 0.0, w, h, fill);
    }

    /// Fills a rectangle.
    pub fn rect(&mut self, x: f32, y: f32, w: f32, h: f32, fill: &Fill) {
        if let Some(path) = rect(x, y, w, h) {
            self.fill(&path, fill);
        }
    }

    /// Fills a circle.
    pub fn disc(&mut self, x: f32, y: f32, r: f32, fill: &Fill) {
        if let Some(path) = PathBuilder::from_circle(x, y, r) {
            self.fill(&path, fill);
        }
    }

    /// Adds light around a point.
    pub fn glow(&mut self, x: f32, y: f32, r: f32, c: Colour, strength: f32) {
        let before = std::mem::replace(&mut self.blend, BlendMode::Screen);
        let fill = Fill::Radial(
            [x, y],
            r,
            vec![(0.0, c, strength), (0.35, c, strength * 0.42), (1.0, c, 0.0)],
        );
        self.disc(x, y, r, &fill);
        self.blend = before;
    }

    /// Draws what `work` draws with another way of mixing.
    pub fn blended(&mut self, blend: BlendMode, work: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.blend, blend);
        work(self);
        self.blend = before;
    }

    /// Draws what `work` draws inside `path` only.
    ///
    /// # Panics
    /// Never: a picture always has a size.
    pub fn inside(&mut self, path: &Path, work: impl FnOnce(&mut Self)) {
        let mut mask = Mask::new(self.map.width(), self.map.height()).expect("the picture has a size");
        mask.fill_path(path, FillRule::Winding, true, Transform::identity());
        let before = self.mask.replace(mask);
        work(self);
        self.mask = before;
    }

    /// Writes a line with its baseline at (`x`, `y`).
    pub fn text(&mut self, line: &Line, x: f32, y: f32, c: Colour, alpha: f32) {
        if let Some(path) = &line.path {
            self.fill_at(path, &Fill::Flat(c, alpha), x, y);
        }
    }

    /// Puts another picture on this one, its corner at (`x`, `y`), scaled.
    pub fn place(&mut self, other: &Self, x: f32, y: f32, scale: f32) {
        let paint = tiny_skia::PixmapPaint {
            quality: tiny_skia::FilterQuality::Bilinear,
            ..tiny_skia::PixmapPaint::default()
        };
        let place = Transform::from_scale(scale, scale).post_translate(x, y);
        self.map
            .draw_pixmap(0, 0, other.map.as_ref(), &paint, place, self.mask.as_ref());
    }

    /// The middle of this picture in another size, smoothed over the pixels that fall together.
    #[must_use]
    pub fn resized(&self, width: u32, height: u32) -> Self {
        let scale = (width as f32 / self.width()).max(height as f32 / self.height());
        let (left, top) = (
            (self.width() - width as f32 / scale) / 2.0,
            (self.height() - height as f32 / scale) / 2.0,
        );
        let mut out = Self::new(width, height);
        let (from, to) = (self.map.data(), out.map.data_mut());
        let (w, h) = (self.map.width() as usize, self.map.height() as usize);
        // At least 2 × 2 samples a pixel.
        let step = (1.0 / scale / 2.0).min(0.5);
        let taps = ((1.0 / scale / step).round() as usize).max(1);
        for (i, pixel) in to.chunks_exact_mut(4).enumerate() {
            let (x, y) = ((i % width as usize) as f32, (i / width as usize) as f32);
            let mut sum = [0.0; 3];
            for k in 0..taps * taps {
                let sx = left + x / scale + (k % taps) as f32 * step;
                let sy = top + y / scale + (k / taps) as f32 * step;
                let (x0, y0) = ((sx as usize).min(w - 1), (sy as usize).min(h - 1));
                let (x1, y1) = ((x0 + 1).min(w - 1), (y0 + 1).min(h - 1));
                let (fx, fy) = ((sx - x0 as f32).clamp(0.0, 1.0), (sy - y0 as f32).clamp(0.0, 1.0));
                for (c, s) in sum.iter_mut().enumerate() {
                    let at = |x: usize, y: usize| f32::from(from[4 * (y * w + x) + c]);
                    let upper = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * fx;
                    let lower = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * fx;
                    *s += upper + (lower - upper) * fy;
                }
            }
            for (p, s) in pixel.iter_mut().zip(sum) {
                *p = (s / (taps * taps) as f32).round() as u8;
            }
        }
        out
    }

    /// From RGB bytes.
    ///
    /// # Panics
    /// When there are not `3 × width × height` of them.
    pub fn from_rgb(rgb: &[u8], width: u32, height: u32) -> Self {
        assert_eq!(rgb.len(), 3 * (width * height) as usize, "three bytes a pixel");
        let mut out = Self::new(width, height);
        for (to, from) in out.map.data_mut().chunks_exact_mut(4).zip(rgb.chunks_exact(3)) {
            to[..3].copy_from_slice(from);
        }
        out
    }

    /// Blurs by three passes of a box of `radius` pixels each way, nearly a Gaussian.
    pub fn blur(&mut self, radius: usize) {
        let (w, h) = (self.map.width() as usize, self.map.height() as usize);
        let data = self.map.data_mut();
        for _ in 0..3 {
            for (lines, length, step, next) in [(h, w, 4, 4 * w), (w, h, 4 * w, 4)] {
                let mut line = vec![[0u32; 3]; length];
                for l in 0..lines {
                    let at = |i: usize| l * next + i * step;
                    for (i, v) in line.iter_mut().enumerate() {
                        *v = [0, 1, 2].map(|c| u32::from(data[at(i) + c]));
                    }
                    let clamp = |i: isize| i.clamp(0, length as isize - 1) as usize;
                    let r = radius as isize;
                    let mut sum = [0u32; 3];
                    for i in -r..=r {
                        sum = [0, 1, 2].map(|c| sum[c] + line[clamp(i)][c]);
                    }
                    let area = 2 * radius as u32 + 1;
                    for i in 0..length {
                        for c in 0..3 {
                            data[at(i) + c] = ((sum[c] + area / 2) / area) as u8;
                        }
                        let (out, into) = (line[clamp(i as isize - r)], line[clamp(i as isize + r + 1)]);
                        sum = [0, 1, 2].map(|c| sum[c] + into[c] - out[c]);
                    }
                }
            }
        }
    }

    /// Film grain of `amount` steps of 255 each way; it also hides the steps of gradients.
    pub fn grain(&mut self, chance: &mut Chance, amount: f32) {
        for pixel in self.map.data_mut().chunks_exact_mut(4) {
            let noise = (chance.unit() + chance.unit() - 1.0) * amount;
            for c in &mut pixel[..3] {
                *c = (f32::from(*c) + noise).round().clamp(0.0, 255.0) as u8;
            }
        }
    }
}

/// A rectangle; none when it has no area.
pub fn rect(x: f32, y: f32, w: f32, h: f32) -> Option<Path> {
    tiny_skia::Rect::from_xywh(x, y, w, h).map(PathBuilder::from_rect)
}

/// A rectangle with round corners; none when it has no area.
pub fn round_rect(x: f32, y: f32, w: f32, h: f32, r: f32) -> Option<Path> {
    // The arc of a quarter by one cubic: 4/3 (√2 − 1).
    let k = r * (1.0 - 0.552_284_8);
    let (right, bottom) = (x + w, y + h);
    let mut p = PathBuilder::new();
    p.move_to(x + r, y);
    p.line_to(right - r, y);
    p.cubic_to(right - k, y, right, y + k, right, y + r);
    p.line_to(right, bottom - r);
    p.cubic_to(right, bottom - k, right - k, bottom, right - r, bottom);
    p.line_to(x + r, bottom);
    p.cubic_to(x + k, bottom, x, bottom - k, x, bottom - r);
    p.line_to(x, y + r);
    p.cubic_to(x, y + k, x + k, y, x + r, y);
    p.close();
    p.finish()
}

/// A smooth curve through the points (Catmull–Rom).
pub fn curve(points: &[[f32; 2]]) -> PathBuilder {
    let mut p = PathBuilder::new();
    let Some(first) = points.first() else {
        return p;
    };
    p.move_to(first[0], first[1]);
    curve_on(&mut p, points);
    p
}

/// Goes on along the points, from the first, where the path is already.
pub fn curve_on(p: &mut PathBuilder, points: &[[f32; 2]]) {
    let n = points.len();
    for i in 1..n {
        let (a, b, c, d) = (
            points[i.saturating_sub(2)],
            points[i - 1],
            points[i],
            points[(i + 1).min(n - 1)],
        );
        p.cubic_to(
            b[0] + (c[0] - a[0]) / 6.0,
            b[1] + (c[1] - a[1]) / 6.0,
            c[0] - (d[0] - b[0]) / 6.0,
            c[1] - (d[1] - b[1]) / 6.0,
            c[0],
            c[1],
        );
    }
}

/// The area between the points' curve and the bottom.
pub fn hill(points: &[[f32; 2]], bottom: f32) -> Option<Path> {
    let (first, last) = (points.first()?, points.last()?);
    let mut p = curve(points);
    p.line_to(last[0], bottom);
    p.line_to(first[0], bottom);
    p.close();
    p.finish()
}
