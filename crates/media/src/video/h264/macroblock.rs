//! One macroblock of 16 × 16 samples, coded from its neighbours (`I_16x16`; 7.3.5 and 8.3.3).

use super::{
    bits::Bits,
    cavlc::{self, Context},
    intra,
    plane::{Picture, Plane},
    transform::{Block, Quantiser, ZIGZAG, forward, inverse},
};

/// Raster place of each of the 16 luma blocks in coding order (6.4.3).
const BLOCKS: [usize; 16] = [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15];

/// How many coefficients each 4×4 block of the picture has, by which the codes of its neighbours
/// are chosen. Zero where nothing was coded.
pub struct Counts {
    /// Luma, four blocks a macroblock and row.
    luma: Plane,
    /// Cb and Cr, two blocks a macroblock and row.
    chroma: [Plane; 2],
}

impl Counts {
    /// For a picture of so many macroblocks, nothing coded.
    pub fn new(columns: usize, rows: usize) -> Self {
        Self {
            luma: Plane::new(columns * 4, rows * 4, 0),
            chroma: [0, 1].map(|_| Plane::new(columns * 2, rows * 2, 0)),
        }
    }
}

/// nC, 9.2.1: the mean over the blocks left and above, as far as they are in the picture.
fn context(counts: &Plane, x: usize, y: usize) -> Context {
    let left = (x > 0).then(|| counts.at(x - 1, y));
    let above = (y > 0).then(|| counts.at(x, y - 1));
    Context::Neighbours(match (left, above) {
        (Some(a), Some(b)) => (a + b + 1) >> 1,
        (Some(a), None) | (None, Some(a)) => a,
        (None, None) => 0,
    })
}

/// A plane's residual, as levels and as what a decoder will see.
struct Coded {
    dc: Vec<i32>,
    /// One per 4×4 block in raster order; the first entry is not used.
    ac: Vec<Block>,
    restored: Vec<u8>,
}

impl Coded {
    fn has_ac(&self) -> bool {
        self.ac.iter().any(|b| b[1..].iter().any(|&c| c != 0))
    }

    /// Transforms and quantises what `prediction` misses of `source`, and decodes it again.
    fn new(source: &[u8], prediction: &[u8], side: usize, q: Quantiser) -> Self {
        let across = side / 4;
        let place = |block: usize, i: usize| (block / across * 4 + i / 4) * side + block % across * 4 + i % 4;
        let mut ac: Vec<Block> = (0..across * across)
            .map(|block| {
                let residual = std::array::from_fn(|i| {
                    let at = place(block, i);
                    i32::from(source[at]) - i32::from(prediction[at])
                });
                forward(&residual)
            })
            .collect();
        let (dc, dc_restored) = if side == 16 {
            let levels = q.quantise_luma_dc(&std::array::from_fn(|i| ac[i][0]));
            (levels.to_vec(), q.restore_luma_dc(&levels).to_vec())
        } else {
            let levels = q.quantise_chroma_dc(std::array::from_fn(|i| ac[i][0]));
            (levels.to_vec(), q.restore_chroma_dc(levels).to_vec())
        };
        let mut restored = vec![0; side * side];
        for (block, levels) in ac.iter_mut().enumerate() {
            q.quantise_ac(levels);
            let mut coefficients = *levels;
            q.restore_ac(&mut coefficients);
            coefficients[0] = dc_restored[block];
            for (i, difference) in inverse(&coefficients).into_iter().enumerate() {
                let at = place(block, i);
                restored[at] = (i32::from(prediction[at]) + difference).clamp(0, 255) as u8;
            }
        }
        Self { dc, ac, restored }
    }
}

fn samples(plane: &Plane, x: usize, y: usize, side: usize) -> Vec<u8> {
    plane.square(x, y, side).flatten().copied().collect()
}

/// Codes the macroblock at column `mx`, row `my` of `source` into `bits`, and puts what a decoder
/// will see into `seen`. `mb_type_offset` is 0 in an I slice and 5 in a P slice (Table 7-13).
pub fn code(
    bits: &mut Bits,
    source: &Picture,
    seen: &mut Picture,
    counts: &mut Counts,
    (mx, my): (usize, usize),
    q: Quantiser,
    mb_type_offset: u32,
) {
    let (x, y) = (mx * 16, my * 16);
    let wanted = samples(&source.y, x, y, 16);
    let (luma_mode, prediction) = intra::luma(&seen.y, x, y)
        .into_iter()
        .min_by_key(|(_, p)| intra::distance(p, &wanted))
        .expect("the mean can always be predicted");
    let luma = Coded::new(&wanted, &prediction, 16, q);

    let (cx, cy) = (mx * 8, my * 8);
    let wanted = [&source.cb, &source.cr].map(|p| samples(p, cx, cy, 8));
    let (chroma_mode, [cb, cr]) = intra::chroma(&seen.cb, cx, cy)
        .into_iter()
        .zip(intra::chroma(&seen.cr, cx, cy))
        .map(|((mode, cb), (_, cr))| (mode, [cb, cr]))
        .min_by_key(|(_, p)| intra::distance(&p[0], &wanted[0]) + intra::distance(&p[1], &wanted[1]))
        .expect("the mean can always be predicted");
    let qc = q.chroma();
    let chroma = [Coded::new(&wanted[0], &cb, 8, qc), Coded::new(&wanted[1], &cr, 8, qc)];

    let luma_ac = luma.has_ac();
    let chroma_pattern = if chroma.iter().any(Coded::has_ac) {
        2
    } else {
        u32::from(chroma.iter().any(|c| c.dc.iter().any(|&l| l != 0)))
    };
    // Table 7-11.
    bits.ue(mb_type_offset + 1 + luma_mode as u32 + 4 * chroma_pattern + 12 * u32::from(luma_ac));
    bits.ue(chroma_mode as u32);
    bits.se(0); // mb_qp_delta

    let dc: Block = std::array::from_fn(|i| luma.dc[ZIGZAG[i]]);
    cavlc::write(bits, &dc, context(&counts.luma, mx * 4, my * 4));
    let ac = |block: &Block| -> [i32; 15] { std::array::from_fn(|i| block[ZIGZAG[i + 1]]) };
    for block in BLOCKS {
        let (bx, by) = (mx * 4 + block % 4, my * 4 + block / 4);
        let count = if luma_ac {
            let context = context(&counts.luma, bx, by);
            cavlc::write(bits, &ac(&luma.ac[block]), context)
        } else {
            0
        };
        counts.luma.put(bx, by, 1, &[count]);
    }
    if chroma_pattern > 0 {
        for plane in &chroma {
            cavlc::write(bits, &plane.dc, Context::ChromaDc);
        }
    }
    for (plane, counts) in chroma.iter().zip(&mut counts.chroma) {
        for block in 0..4 {
            let (bx, by) = (mx * 2 + block % 2, my * 2 + block / 2);
            let count = if chroma_pattern == 2 {
                let context = context(counts, bx, by);
                cavlc::write(bits, &ac(&plane.ac[block]), context)
            } else {
                0
            };
            counts.put(bx, by, 1, &[count]);
        }
    }
    seen.y.put(x, y, 16, &luma.restored);
    seen.cb.put(cx, cy, 8, &chroma[0].restored);
    seen.cr.put(cx, cy, 8, &chroma[1].restored);
}
