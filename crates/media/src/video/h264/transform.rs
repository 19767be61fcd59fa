//! The 4×4 integer transform and its quantiser, forward and back (ITU-T H.264, 8.5; the forward half
//! and the multipliers after H. Malvar et al., *Low-complexity transform and quantization in
//! H.264/AVC*, IEEE TCSVT 2003). Blocks are in raster order.

/// A block of samples' differences or coefficients.
pub type Block = [i32; 16];

/// Raster index of each position of the zigzag scan (6.4.3, frame).
pub const ZIGZAG: [usize; 16] = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];

/// Dequantiser steps by QP mod 6: positions (even, even), (odd, odd), others.
const STEP: [[i32; 3]; 6] = [
    [10, 16, 13],
    [11, 18, 14],
    [13, 20, 16],
    [14, 23, 18],
    [16, 25, 20],
    [18, 29, 23],
];
/// Quantiser multipliers, 2^15 ÷ step with the transform's norms in it.
const MULTIPLIER: [[i32; 3]; 6] = [
    [13_107, 5_243, 8_066],
    [11_916, 4_660, 7_490],
    [10_082, 4_194, 6_554],
    [9_362, 3_647, 5_825],
    [8_192, 3_355, 5_243],
    [7_282, 2_893, 4_559],
];

fn class(i: usize) -> usize {
    match (i % 4 % 2, i / 4 % 2) {
        (0, 0) => 0,
        (1, 1) => 1,
        _ => 2,
    }
}

/// A quantiser step, 0–51; 6 more double it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantiser(pub u8);

impl Quantiser {
    /// The step of chroma that goes with this step of luma (Table 8-15, offset 0).
    pub fn chroma(self) -> Self {
        const ABOVE_29: [u8; 22] = [
            29, 30, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 37, 37, 37, 38, 38, 38, 39, 39, 39, 39,
        ];
        match self.0 {
            qp @ ..30 => Self(qp),
            qp => Self(ABOVE_29[usize::from(qp - 30).min(21)]),
        }
    }

    fn split(self) -> (usize, u32) {
        (usize::from(self.0 % 6), u32::from(self.0 / 6))
    }

    fn scale(level: i32, multiplier: i32, shift: u32) -> i32 {
        // A third of a step is the usual rounding for intra blocks.
        let rounding = (1i64 << shift) / 3;
        let magnitude = (i64::from(level.abs()) * i64::from(multiplier) + rounding) >> shift;
        magnitude as i32 * level.signum()
    }

    /// Coefficients → levels, all but the first.
    pub fn quantise_ac(self, block: &mut Block) {
        let (r, q) = self.split();
        for (i, c) in block.iter_mut().enumerate().skip(1) {
            *c = Self::scale(*c, MULTIPLIER[r][class(i)], 15 + q);
        }
    }

    /// Levels → coefficients, all but the first.
    pub fn restore_ac(self, block: &mut Block) {
        let (r, q) = self.split();
        for (i, c) in block.iter_mut().enumerate().skip(1) {
            *c = (*c * STEP[r][class(i)]) << q;
        }
    }

    /// The 16 DC coefficients of a macroblock's luma → levels.
    pub fn quantise_luma_dc(self, dc: &Block) -> Block {
        let (r, q) = self.split();
        hadamard(dc).map(|c| Self::scale((c + 1) >> 1, MULTIPLIER[r][0], 16 + q))
    }

    /// 8.5.10.
    pub fn restore_luma_dc(self, levels: &Block) -> Block {
        let (r, q) = self.split();
        hadamard(levels).map(|c| {
            let c = (c * STEP[r][0]) << q;
            (c + 2) >> 2
        })
    }

    /// The 4 DC coefficients of a chroma plane → levels.
    pub fn quantise_chroma_dc(self, dc: [i32; 4]) -> [i32; 4] {
        let (r, q) = self.split();
        hadamard2(dc).map(|c| Self::scale(c, MULTIPLIER[r][0], 16 + q))
    }

    /// 8.5.11.
    pub fn restore_chroma_dc(self, levels: [i32; 4]) -> [i32; 4] {
        let (r, q) = self.split();
        hadamard2(levels).map(|c| ((c * STEP[r][0]) << q) >> 1)
    }
}

fn hadamard2([a, b, c, d]: [i32; 4]) -> [i32; 4] {
    [a + b + c + d, a - b + c - d, a + b - c - d, a - b - c + d]
}

/// Rows, then columns, each by `f`.
fn both_ways(block: &Block, f: impl Fn([i32; 4]) -> [i32; 4]) -> Block {
    let mut out = *block;
    for y in 0..4 {
        let row = f([out[4 * y], out[4 * y + 1], out[4 * y + 2], out[4 * y + 3]]);
        out[4 * y..4 * y + 4].copy_from_slice(&row);
    }
    for x in 0..4 {
        let column = f([out[x], out[4 + x], out[8 + x], out[12 + x]]);
        for (y, c) in column.into_iter().enumerate() {
            out[4 * y + x] = c;
        }
    }
    out
}

fn hadamard(block: &Block) -> Block {
    both_ways(block, |[a, b, c, d]| {
        [a + b + c + d, a + b - c - d, a - b - c + d, a - b + c - d]
    })
}

/// Samples' differences → coefficients.
pub fn forward(block: &Block) -> Block {
    both_ways(block, |[a, b, c, d]| {
        let (s, t, u, v) = (a + d, b + c, b - c, a - d);
        [s + t, 2 * v + u, s - t, v - 2 * u]
    })
}

/// Coefficients → samples' differences (8.5.12).
pub fn inverse(block: &Block) -> Block {
    both_ways(block, |[a, b, c, d]| {
        let (s, t, u, v) = (a + c, a - c, (b >> 1) - d, b + (d >> 1));
        [s + v, t + u, t - u, s - v]
    })
    .map(|x| (x + 32) >> 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_survives_within_its_step() {
        let block: Block = std::array::from_fn(|i| (i as i32 * 37 % 91) - 45);
        for qp in [8u8, 20, 24, 28] {
            let q = Quantiser(qp);
            let mut c = forward(&block);
            let mut dc: Block = [0; 16];
            dc[0] = c[0];
            q.quantise_ac(&mut c);
            q.restore_ac(&mut c);
            c[0] = q.restore_luma_dc(&q.quantise_luma_dc(&dc))[0];
            let step = 0.625 * 2f64.powf(f64::from(qp) / 6.0);
            for (a, b) in inverse(&c).iter().zip(&block) {
                assert!(f64::from((a - b).abs()) <= 1.5 * step + 2.0, "QP {qp}: {a} for {b}");
            }
        }
    }
}
