//! Predictions of a macroblock from the samples left of and above it (ITU-T H.264, 8.3.3 and 8.3.4).

use super::plane::Plane;

/// A square of predicted samples, `N` a side, in raster order.
pub type Square<const AREA: usize> = [u8; AREA];

/// How a macroblock's luma is predicted; the values are those of Table 8-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Luma {
    /// From above.
    Vertical = 0,
    /// From the left.
    Horizontal = 1,
    /// The mean.
    Mean = 2,
    /// A slope.
    Slope = 3,
}

/// How its chroma is predicted; the values are those of Table 8-5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chroma {
    /// The mean, by quarters.
    Mean = 0,
    /// From the left.
    Horizontal = 1,
    /// From above.
    Vertical = 2,
}

/// The samples around the square at (`x`, `y`): above, left, and the corner.
struct Edge<const SIDE: usize> {
    above: Option<[i32; SIDE]>,
    left: Option<[i32; SIDE]>,
    corner: i32,
}

impl<const SIDE: usize> Edge<SIDE> {
    fn of(plane: &Plane, x: usize, y: usize) -> Self {
        let above = (y > 0).then(|| std::array::from_fn(|i| i32::from(plane.at(x + i, y - 1))));
        let left = (x > 0).then(|| std::array::from_fn(|i| i32::from(plane.at(x - 1, y + i))));
        let corner = if x > 0 && y > 0 {
            i32::from(plane.at(x - 1, y - 1))
        } else {
            0
        };
        Self { above, left, corner }
    }
}

/// Every prediction that can be made at (`x`, `y`).
pub fn luma(plane: &Plane, x: usize, y: usize) -> Vec<(Luma, Square<256>)> {
    let edge = Edge::<16>::of(plane, x, y);
    let sums = [&edge.above, &edge.left].map(|side| side.as_ref().map(|s| s.iter().sum::<i32>()));
    let mean = match sums {
        [Some(a), Some(b)] => (a + b + 16) >> 5,
        [Some(a), None] | [None, Some(a)] => (a + 8) >> 4,
        [None, None] => 128,
    };
    let mut out = vec![(Luma::Mean, [mean as u8; 256])];
    if let Some(above) = edge.above {
        out.push((Luma::Vertical, std::array::from_fn(|i| above[i % 16] as u8)));
    }
    if let Some(left) = edge.left {
        out.push((Luma::Horizontal, std::array::from_fn(|i| left[i / 16] as u8)));
    }
    if let (Some(above), Some(left)) = (edge.above, edge.left) {
        let slope = |side: &[i32; 16]| {
            let at = |i: i32| if i < 0 { edge.corner } else { side[i as usize] };
            let sum: i32 = (0..8).map(|i| (i + 1) * (at(8 + i) - at(6 - i))).sum();
            (5 * sum + 32) >> 6
        };
        let (a, b, c) = (16 * (left[15] + above[15]), slope(&above), slope(&left));
        let square = std::array::from_fn(|i| {
            let (x, y) = ((i % 16) as i32, (i / 16) as i32);
            ((a + b * (x - 7) + c * (y - 7) + 16) >> 5).clamp(0, 255) as u8
        });
        out.push((Luma::Slope, square));
    }
    out
}

/// Every prediction of a chroma square that can be made at (`x`, `y`).
pub fn chroma(plane: &Plane, x: usize, y: usize) -> Vec<(Chroma, Square<64>)> {
    let edge = Edge::<8>::of(plane, x, y);
    let half = |side: &Option<[i32; 8]>, second: bool| {
        let from = if second { 4 } else { 0 };
        side.as_ref().map(|s| s[from..from + 4].iter().sum::<i32>())
    };
    // 8.3.4.1–3: corners on the diagonal take both sides, the others the nearer side first.
    let quarter = |right: bool, lower: bool| {
        let (above, left) = (half(&edge.above, right), half(&edge.left, lower));
        let mean = match (above, left) {
            (Some(a), Some(l)) if right == lower => (a + l + 4) >> 3,
            (Some(a), _) if right && !lower => (a + 2) >> 2,
            (_, Some(l)) if lower && !right => (l + 2) >> 2,
            (Some(a), _) | (None, Some(a)) => (a + 2) >> 2,
            (None, None) => 128,
        };
        mean as u8
    };
    let means = [
        quarter(false, false),
        quarter(true, false),
        quarter(false, true),
        quarter(true, true),
    ];
    let mean = std::array::from_fn(|i| means[i % 8 / 4 + 2 * (i / 32)]);
    let mut out = vec![(Chroma::Mean, mean)];
    if let Some(left) = edge.left {
        out.push((Chroma::Horizontal, std::array::from_fn(|i| left[i / 8] as u8)));
    }
    if let Some(above) = edge.above {
        out.push((Chroma::Vertical, std::array::from_fn(|i| above[i % 8] as u8)));
    }
    out
}

/// Sum of absolute differences, the measure by which the best prediction is chosen.
pub fn distance(a: &[u8], b: &[u8]) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
}
