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
    pub fn from_rgba(rgba: &[u8], width: usize, height: usize) -> Self {
        // Kr = 0.2126, Kb = 0.0722, in 1/65536.
        let (kr, kg, kb) = (13_933, 46_871, 4_732);
        let mut picture = Self::black(width, height);
        for (row, line) in rgba.chunks_exact(width * 4).enumerate() {
            for (x, p) in line.chunks_exact(4).enumerate() {
                let luma = kr * i32::from(p[0]) + kg * i32::from(p[1]) + kb * i32::from(p[2]);
                // 219 / 255 of full range.
                picture.y.samples[row * width + x] = (16 + ((i64::from(luma) * 219 / 255 + 32_768) >> 16)) as u8;
            }
        }
        for row in 0..height / 2 {
            let lines = [0, 1].map(|i| &rgba[(2 * row + i) * width * 4..][..width * 4]);
            for x in 0..width / 2 {
                let mean = |c: usize| {
                    let four: i32 = lines
                        .iter()
                        .map(|l| i32::from(l[8 * x + c]) + i32::from(l[8 * x + 4 + c]))
                        .sum();
                    four as f32 / 4.0
                };
                let (r, g, b) = (mean(0), mean(1), mean(2));
                let luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
                let at = row * (width / 2) + x;
                let half_range = 112.0 / 127.5;
                picture.cb.samples[at] = (128.5 + (b - luma) / 1.8556 * half_range) as u8;
                picture.cr.samples[at] = (128.5 + (r - luma) / 1.5748 * half_range) as u8;
            }
        }
        picture
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
