//! Pictures as the coder sees them: three planes, chroma at half the size both ways (4:2:0).

/// Samples of one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plane {
    /// Samples a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The samples, row by row.
    pub samples: Vec<u8>,
}

impl Plane {
    /// A plane of one value.
    pub fn new(width: usize, height: usize, value: u8) -> Self {
        Self {
            width,
            height,
            samples: vec![value; width * height],
        }
    }

    /// One sample.
    pub fn at(&self, x: usize, y: usize) -> u8 {
        self.samples[y * self.width + x]
    }

    /// The square of `side` samples at (`x`, `y`), in raster order.
    pub fn square(&self, x: usize, y: usize, side: usize) -> impl Iterator<Item = &[u8]> {
        (y..y + side).map(move |row| &self.samples[row * self.width + x..][..side])
    }

    /// Replaces such a square.
    pub fn put(&mut self, x: usize, y: usize, side: usize, square: &[u8]) {
        for (row, samples) in square.chunks(side).enumerate() {
            self.samples[(y + row) * self.width + x..][..side].copy_from_slice(samples);
        }
    }

    /// Whether such squares are equal.
    pub fn same(&self, other: &Self, x: usize, y: usize, side: usize) -> bool {
        self.square(x, y, side).eq(other.square(x, y, side))
    }
}

/// A picture: Y, Cb, Cr.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Luma, 16–235.
    pub y: Plane,
    /// Blue difference, 16–240.
    pub cb: Plane,
    /// Red difference, 16–240.
    pub cr: Plane,
}

impl Picture {
    /// A black picture; both sides are multiples of 16.
    pub fn black(width: usize, height: usize) -> Self {
        Self {
            y: Plane::new(width, height, 16),
            cb: Plane::new(width / 2, height / 2, 128),
            cr: Plane::new(width / 2, height / 2, 128),
        }
    }

    /// From RGBA bytes, opaque: ITU-R BT.709, limited range; chroma is the mean of four.
    #[cfg(test)]
    pub fn from_rgba(rgba: &[u8], width: usize, height: usize) -> Self {
        let mut picture = Self::black(width, height);
        picture.update(rgba, &[]);
        picture
    }

    /// Takes over those macroblocks of `rgba` that are not the same in `last` (which may be empty).
    pub fn update(&mut self, rgba: &[u8], last: &[u8]) {
        let width = self.y.width;
        for y in (0..self.y.height).step_by(16) {
            for x in (0..width).step_by(16) {
                let same = last.len() == rgba.len()
                    && (y..y + 16).all(|row| {
                        let at = 4 * (row * width + x);
                        rgba[at..at + 64] == last[at..at + 64]
                    });
                if !same {
                    self.convert(rgba, x, y);
                }
            }
        }
    }

    /// One macroblock.
    fn convert(&mut self, rgba: &[u8], x0: usize, y0: usize) {
        let width = self.y.width;
        let pixel = |x: usize, y: usize| {
            let at = 4 * (y * width + x);
            [0, 1, 2].map(|c| f32::from(rgba[at + c]))
        };
        let luma = |[r, g, b]: [f32; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
        for y in (y0..y0 + 16).step_by(2) {
            for x in (x0..x0 + 16).step_by(2) {
                let mut sum = [0.0; 3];
                for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    let p = pixel(x + dx, y + dy);
                    for (s, v) in sum.iter_mut().zip(p) {
                        *s += v / 4.0;
                    }
                    self.y.samples[(y + dy) * width + x + dx] = (16.5 + luma(p) * 219.0 / 255.0) as u8;
                }
                let (l, at) = (luma(sum), y / 2 * (width / 2) + x / 2);
                // 224 steps for the whole range of each difference.
                self.cb.samples[at] = (128.5 + (sum[2] - l) / 1.8556 * 224.0 / 255.0) as u8;
                self.cr.samples[at] = (128.5 + (sum[0] - l) / 1.5748 * 224.0 / 255.0) as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corners_of_the_colour_cube() {
        let ycc = |rgb: [u8; 3]| {
            let rgba: Vec<u8> = (0..256).flat_map(|_| [rgb[0], rgb[1], rgb[2], 255]).collect();
            let p = Picture::from_rgba(&rgba, 16, 16);
            [p.y.at(3, 3), p.cb.at(2, 2), p.cr.at(2, 2)]
        };
        assert_eq!(ycc([0, 0, 0]), [16, 128, 128]);
        assert_eq!(ycc([255, 255, 255]), [235, 128, 128]);
        assert_eq!(ycc([255, 0, 0]), [63, 102, 240]);
        assert_eq!(ycc([0, 0, 255]), [32, 240, 118]);
    }
}
