//! Baseline JPEG without chroma subsampling (ITU-T T.81, with the tables of its annex K), since a
//! cover's edges are coloured and its title must stay sharp.

/// Zigzag order: raster index of each coefficient.
const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];
/// Table K.1, raster order.
const LUMA: [u16; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
];
/// Table K.2: its upper left corner, 99 elsewhere.
const CHROMA_CORNER: [[u16; 4]; 4] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]];
/// Tables K.3–K.6: how many codes of each length, then the symbols.
const DC_COUNTS: [[u8; 16]; 2] = [
    [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
    [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
];
const AC_COUNTS: [[u8; 16]; 2] = [
    [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D],
    [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77],
];
/// The symbols that do not follow the rule in [`ac_symbols`], in hex.
const AC_BEGIN: [&str; 2] = [
    "01 02 03 00 04 11 05 12 21 31 41 06 13 51 61 07 22 71 14 32 81 91 A1 08 23 42 B1 C1 15 52 D1 F0 \
     24 33 62 72 82 09 0A 16 17 18 19 1A 25 26 27 28 29 2A",
    "00 01 02 03 11 04 05 21 31 06 12 41 51 07 61 71 13 22 32 81 08 14 42 91 A1 B1 C1 09 23 33 52 F0 \
     15 62 72 D1 0A 16 24 34 E1 25 F1 17 18 19 1A 26 27 28 29 2A",
];

/// Quantiser tables for a quality of 1–100 (the usual scaling of the Independent JPEG Group).
fn tables(quality: u32) -> [[u16; 64]; 2] {
    let quality = quality.clamp(1, 100);
    let scale = if quality < 50 {
        5000 / quality
    } else {
        200 - 2 * quality
    };
    let chroma = std::array::from_fn(|i| *CHROMA_CORNER.get(i / 8).and_then(|r| r.get(i % 8)).unwrap_or(&99));
    [LUMA, chroma].map(|t| t.map(|v| ((u32::from(v) * scale + 50) / 100).clamp(1, 255) as u16))
}

/// The AC symbols: a beginning by frequency of use, then all others in rising order.
fn ac_symbols(which: usize) -> Vec<u8> {
    let hex = |s: &str| u8::from_str_radix(s, 16).expect("the table is hexadecimal");
    let mut symbols: Vec<u8> = AC_BEGIN[which].split(' ').map(hex).collect();
    let all = (0..16u8).flat_map(|run| (1..=10u8).map(move |size| run << 4 | size));
    let rest: Vec<u8> = all.filter(|s| !symbols.contains(s)).collect();
    symbols.extend(rest);
    symbols
}

/// Code and length by symbol (annex C).
fn codes(counts: &[u8; 16], symbols: &[u8]) -> [(u16, u8); 256] {
    let mut out = [(0, 0); 256];
    let (mut code, mut next) = (0u16, symbols.iter());
    for (length, &count) in counts.iter().enumerate() {
        for symbol in next.by_ref().take(usize::from(count)) {
            out[usize::from(*symbol)] = (code, length as u8 + 1);
            code += 1;
        }
        code <<= 1;
    }
    out
}

struct Writer {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Writer {
    fn put(&mut self, value: u16, length: u8) {
        self.held = self.held << length | u32::from(value);
        self.count += u32::from(length);
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.held >> self.count) as u8;
            self.bytes.push(byte);
            if byte == 0xFF {
                self.bytes.push(0);
            }
        }
        self.held &= (1 << self.count) - 1;
    }

    /// A value's size code, then its bits (F.1.2.1).
    fn value(&mut self, codes: &[(u16, u8); 256], run: u8, value: i16) {
        let size = 16 - value.unsigned_abs().leading_zeros() as u8;
        let (code, length) = codes[usize::from(run << 4 | size)];
        self.put(code, length);
        let bits = if value < 0 { value - 1 } else { value } as u16;
        self.put(bits & ((1u32 << size) - 1) as u16, size);
    }

    /// A marker segment.
    fn segment(&mut self, marker: u8, body: &[u8]) {
        self.bytes.extend([0xFF, marker]);
        self.bytes.extend((body.len() as u16 + 2).to_be_bytes());
        self.bytes.extend(body);
    }
}

/// Cosines of the DCT with their norms (A.3.3): row `u`, column `x`.
fn basis() -> [[f32; 8]; 8] {
    std::array::from_fn(|u| {
        let norm = if u == 0 { 0.125f32.sqrt() } else { 0.5 };
        std::array::from_fn(|x| norm * ((2 * x + 1) as f32 * u as f32 * std::f32::consts::PI / 16.0).cos())
    })
}

/// A JPEG of opaque RGBA pixels at a quality of 1–100 (90 hides its traces).
///
/// # Panics
/// When the number of bytes is not `4 × width × height`, or a side is 0 or above 65 535.
pub fn encode(rgba: &[u8], width: usize, height: usize, quality: u32) -> Vec<u8> {
    assert_eq!(rgba.len(), 4 * width * height, "four bytes a pixel");
    assert!(
        (1..65_536).contains(&width) && (1..65_536).contains(&height),
        "JPEG counts in 16 bits"
    );
    let quantisers = tables(quality);
    let symbols: [Vec<u8>; 2] = [ac_symbols(0), ac_symbols(1)];
    let sizes: Vec<u8> = (0..12).collect();
    let mut out = Writer {
        bytes: vec![0xFF, 0xD8],
        held: 0,
        count: 0,
    };
    out.segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    for (i, table) in quantisers.iter().enumerate() {
        let body: Vec<u8> = [i as u8].into_iter().chain(ZIGZAG.map(|z| table[z] as u8)).collect();
        out.segment(0xDB, &body);
    }
    let [h, w] = [height, width].map(|v| (v as u16).to_be_bytes());
    out.segment(
        0xC0,
        &[8, h[0], h[1], w[0], w[1], 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1],
    );
    for i in 0..2 {
        for (class, counts, symbols) in [(0, &DC_COUNTS[i], &sizes), (0x10, &AC_COUNTS[i], &symbols[i])] {
            let body: Vec<u8> = [class | i as u8].iter().chain(counts).chain(symbols).copied().collect();
            out.segment(0xC4, &body);
        }
    }
    out.segment(0xDA, &[3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]);
    let codes: [_; 2] = std::array::from_fn(|i| [codes(&DC_COUNTS[i], &sizes), codes(&AC_COUNTS[i], &symbols[i])]);
    let (basis, mut last) = (basis(), [0i16; 3]);
    for by in (0..height).step_by(8) {
        for bx in (0..width).step_by(8) {
            let block = ycc(rgba, width, height, bx, by);
            for (c, samples) in block.iter().enumerate() {
                let table = usize::from(c > 0);
                let levels = transform(samples, &basis, &quantisers[table]);
                let [dc, ac] = &codes[table];
                out.value(dc, 0, levels[0] - last[c]);
                last[c] = levels[0];
                let mut run = 0;
                for &level in &levels[1..] {
                    if level == 0 {
                        run += 1;
                        continue;
                    }
                    while run > 15 {
                        out.put(ac[0xF0].0, ac[0xF0].1);
                        run -= 16;
                    }
                    out.value(ac, run, level);
                    run = 0;
                }
                if run > 0 {
                    out.put(ac[0].0, ac[0].1);
                }
            }
        }
    }
    out.put(0x7F, 7);
    out.bytes.extend([0xFF, 0xD9]);
    out.bytes
}

/// A block's Y, Cb, Cr around zero (JFIF: BT.601, full range); the last row and column repeat at the edge.
fn ycc(rgba: &[u8], width: usize, height: usize, bx: usize, by: usize) -> [[f32; 64]; 3] {
    let mut out = [[0.0; 64]; 3];
    let [luma, blue, red] = &mut out;
    for (i, ((luma, blue), red)) in luma.iter_mut().zip(blue).zip(red).enumerate() {
        let at = 4 * ((by + i / 8).min(height - 1) * width + (bx + i % 8).min(width - 1));
        let [r, g, b] = [0, 1, 2].map(|c| f32::from(rgba[at + c]));
        let y = 0.299 * r + 0.587 * g + 0.114 * b;
        *luma = y - 128.0;
        *blue = (b - y) / 1.772;
        *red = (r - y) / 1.402;
    }
    out
}

/// Samples → quantised coefficients in zigzag order.
fn transform(samples: &[f32; 64], basis: &[[f32; 8]; 8], quantiser: &[u16; 64]) -> [i16; 64] {
    let mut rows = [0.0f32; 64];
    for y in 0..8 {
        for u in 0..8 {
            rows[8 * y + u] = (0..8).map(|x| samples[8 * y + x] * basis[u][x]).sum();
        }
    }
    ZIGZAG.map(|z| {
        let (u, v) = (z % 8, z / 8);
        let c: f32 = (0..8).map(|y| rows[8 * y + u] * basis[v][y]).sum();
        (c / f32::from(quantiser[z])).round() as i16
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(jpeg: &[u8]) -> (usize, usize, Vec<u8>) {
        let mut decoder = zune_jpeg::JpegDecoder::new(std::io::Cursor::new(jpeg));
        let rgb = decoder.decode().unwrap();
        let (w, h) = decoder.dimensions().unwrap();
        (w, h, rgb)
    }

    #[test]
    fn a_foreign_decoder_sees_the_picture() {
        let (w, h) = (61, 43);
        let rgba: Vec<u8> = (0..w * h)
            .flat_map(|i| {
                let (x, y) = ((i % w) as u8, (i / w) as u8);
                let dot = if (x / 7 + y / 9) % 2 == 0 { 200 } else { 30 };
                [x * 4, dot, 255 - y * 5, 255]
            })
            .collect();
        let jpeg = encode(&rgba, w, h, 92);
        let (width, height, rgb) = decode(&jpeg);
        assert_eq!((width, height), (w, h));
        let error: f64 = rgb
            .chunks(3)
            .zip(rgba.chunks(4))
            .flat_map(|(a, b)| [0, 1, 2].map(|c| (f64::from(a[c]) - f64::from(b[c])).powi(2)))
            .sum();
        let psnr = 10.0 * (255.0f64.powi(2) * rgb.len() as f64 / error).log10();
        assert!(psnr > 32.0, "{psnr} dB");
        assert!(encode(&rgba, w, h, 40).len() < jpeg.len() * 2 / 3);
        assert_eq!(jpeg, encode(&rgba, w, h, 92));
    }

    #[test]
    fn the_symbols_fill_their_tables() {
        for (i, counts) in AC_COUNTS.iter().enumerate() {
            let count: usize = counts.iter().map(|&c| usize::from(c)).sum();
            assert_eq!((count, ac_symbols(i).len()), (162, 162));
        }
    }
}
