//! Colours by lightness, chroma and hue as the eye orders them.

/// A colour in `OKLCh` (B. Ottosson, *A perceptual color space for image processing*, 2020).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colour {
    /// Lightness, 0 black – 1 white.
    pub light: f32,
    /// Chroma, 0 grey – about 0.3; brought into what a screen can show by [`Colour::rgb`].
    pub chroma: f32,
    /// Hue in degrees: 30 red, 110 yellow, 145 green, 260 blue, 330 magenta.
    pub hue: f32,
}

impl Colour {
    /// A colour from its three parts.
    pub const fn new(light: f32, chroma: f32, hue: f32) -> Self {
        Self { light, chroma, hue }
    }

    /// The same hue at another lightness.
    #[must_use]
    pub fn lit(self, light: f32) -> Self {
        Self { light, ..self }
    }

    /// The same colour with its chroma multiplied.
    #[must_use]
    pub fn muted(self, factor: f32) -> Self {
        Self {
            chroma: self.chroma * factor,
            ..self
        }
    }

    fn lab(self) -> [f32; 3] {
        let (sin, cos) = self.hue.to_radians().sin_cos();
        [self.light, self.chroma * cos, self.chroma * sin]
    }

    /// What lies between `self` (0) and `other` (1), along the straight line in `OKLab`.
    #[must_use]
    pub fn mix(self, other: Self, t: f32) -> Self {
        let (a, b) = (self.lab(), other.lab());
        let [light, x, y] = std::array::from_fn(|i| a[i] + (b[i] - a[i]) * t);
        Self {
            light,
            chroma: x.hypot(y),
            hue: y.atan2(x).to_degrees(),
        }
    }

    /// sRGB, 0–1, with as much chroma as fits.
    pub fn rgb(self) -> [f32; 3] {
        let mut chroma = self.chroma;
        loop {
            let linear = linear(Self { chroma, ..self }.lab());
            let fits = linear.iter().all(|v| (-0.001..=1.001).contains(v));
            if fits || chroma < 0.002 {
                return linear.map(|v| {
                    let v = v.clamp(0.0, 1.0);
                    if v <= 0.003_130_8 {
                        12.92 * v
                    } else {
                        1.055 * v.powf(1.0 / 2.4) - 0.055
                    }
                });
            }
            chroma *= 0.96;
        }
    }
}

/// `OKLab` → linear sRGB.
fn linear([l, a, b]: [f32; 3]) -> [f32; 3] {
    let cone = |ca: f32, cb: f32| (l + ca * a + cb * b).powi(3);
    let (l, m, s) = (
        cone(0.396_337_78, 0.215_803_76),
        cone(-0.105_561_346, -0.063_854_17),
        cone(-0.089_484_18, -1.291_485_5),
    );
    [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_93 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
        -0.004_196_086 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours() {
        let near = |c: Colour, rgb: [f32; 3]| c.rgb().iter().zip(rgb).all(|(a, b)| (a - b).abs() < 0.01);
        assert!(near(Colour::new(1.0, 0.0, 0.0), [1.0; 3]));
        assert!(near(Colour::new(0.627_96, 0.257_68, 29.23), [1.0, 0.0, 0.0]));
        assert!(near(Colour::new(0.0, 0.0, 0.0), [0.0; 3]));
        // Out of the gamut: the lightness stays, the chroma gives way.
        let vivid = Colour::new(0.9, 0.4, 260.0).rgb();
        assert!(vivid.iter().all(|v| (0.0..=1.0).contains(v)) && vivid[2] > vivid[0]);
    }
}
