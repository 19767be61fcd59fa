//! CAVLC: how the coefficients of a block become bits (ITU-T H.264, 9.2, read backwards).
//!
//! The code words stand here as the standard prints them, so that they can be compared with a finger.

use std::sync::LazyLock;

use super::bits::Bits;

/// Table 9-5, nC 0–1, 2–3 and 4–7. Row: coefficients in the block; column: trailing ones.
const COEFF_TOKEN: [[&str; 17]; 3] = [
    [
        "1 - - -",
        "000101 01 - -",
        "00000111 000100 001 -",
        "000000111 00000110 0000101 00011",
        "0000000111 000000110 00000101 000011",
        "00000000111 0000000110 000000101 0000100",
        "0000000001111 00000000110 0000000101 00000100",
        "0000000001011 0000000001110 00000000101 000000100",
        "0000000001000 0000000001010 0000000001101 0000000100",
        "00000000001111 00000000001110 0000000001001 00000000100",
        "00000000001011 00000000001010 00000000001101 0000000001100",
        "000000000001111 000000000001110 00000000001001 00000000001100",
        "000000000001011 000000000001010 000000000001101 00000000001000",
        "0000000000001111 000000000000001 000000000001001 000000000001100",
        "0000000000001011 0000000000001110 0000000000001101 000000000001000",
        "0000000000000111 0000000000001010 0000000000001001 0000000000001100",
        "0000000000000100 0000000000000110 0000000000000101 0000000000001000",
    ],
    [
        "11 - - -",
        "001011 10 - -",
        "000111 00111 011 -",
        "0000111 001010 001001 0101",
        "00000111 000110 000101 0100",
        "00000100 0000110 0000101 00110",
        "000000111 00000110 00000101 001000",
        "00000001111 000000110 000000101 000100",
        "00000001011 00000001110 00000001101 0000100",
        "000000001111 00000001010 00000001001 000000100",
        "000000001011 000000001110 000000001101 00000001100",
        "000000001000 000000001010 000000001001 00000001000",
        "0000000001111 0000000001110 0000000001101 000000001100",
        "0000000001011 0000000001010 0000000001001 0000000001100",
        "0000000000111 00000000001011 0000000000110 0000000001000",
        "00000000001001 00000000001000 00000000001010 0000000000001",
        "00000000000111 00000000000110 00000000000101 00000000000100",
    ],
    [
        "1111 - - -",
        "001111 1110 - -",
        "001011 01111 1101 -",
        "001000 01100 01110 1100",
        "0001111 01010 01011 1011",
        "0001011 01000 01001 1010",
        "0001001 001110 001101 1001",
        "0001000 001010 001001 1000",
        "00001111 0001110 0001101 01101",
        "00001011 00001110 0001010 001100",
        "000001111 00001010 00001101 0001100",
        "000001011 000001110 00001001 00001100",
        "000001000 000001010 000001101 00001000",
        "0000001101 000000111 000001001 000001100",
        "0000001001 0000001100 0000001011 0000001010",
        "0000000101 0000001000 0000000111 0000000110",
        "0000000001 0000000100 0000000011 0000000010",
    ],
];

/// Table 9-5, nC = −1: the four chroma DC coefficients.
const COEFF_TOKEN_CHROMA_DC: [&str; 5] = [
    "01 - - -",
    "000111 1 - -",
    "000100 000110 001 -",
    "000011 0000011 0000010 000101",
    "000010 00000011 00000010 0000000",
];

/// Tables 9-7 and 9-8. Row: coefficients − 1; column: zeros before the last of them.
const TOTAL_ZEROS: [&str; 15] = [
    "1 011 010 0011 0010 00011 00010 000011 000010 0000011 0000010 00000011 00000010 000000011 000000010 000000001",
    "111 110 101 100 011 0101 0100 0011 0010 00011 00010 000011 000010 000001 000000",
    "0101 111 110 101 0100 0011 100 011 0010 00011 00010 000001 00001 000000",
    "00011 111 0101 0100 110 101 100 0011 011 0010 00010 00001 00000",
    "0101 0100 0011 111 110 101 100 011 0010 00001 0001 00000",
    "000001 00001 111 110 101 100 011 010 0001 001 000000",
    "000001 00001 101 100 011 11 010 0001 001 000000",
    "000001 0001 00001 011 11 10 010 001 000000",
    "000001 000000 0001 11 10 001 01 00001",
    "00001 00000 001 11 10 01 0001",
    "0000 0001 001 010 1 011",
    "0000 0001 01 1 001",
    "000 001 1 01",
    "00 01 1",
    "0 1",
];

/// Table 9-9 (a), chroma DC.
const TOTAL_ZEROS_CHROMA_DC: [&str; 3] = ["1 01 001 000", "1 01 00", "1 0"];

/// Table 9-10. Row: zeros left − 1, the last row for more than 6; column: zeros before this one.
const RUN_BEFORE: [&str; 7] = [
    "1 0",
    "1 01 00",
    "11 10 01 00",
    "11 10 01 001 000",
    "11 10 011 010 001 000",
    "11 000 001 011 010 101 100",
    "111 110 101 100 011 010 001 0001 00001 000001 0000001 00000001 000000001 0000000001 00000000001",
];

/// A code word: its bits and their number.
type Code = (u32, u32);

struct Tables {
    coeff_token: Vec<Vec<Vec<Code>>>,
    coeff_token_chroma_dc: Vec<Vec<Code>>,
    total_zeros: Vec<Vec<Code>>,
    total_zeros_chroma_dc: Vec<Vec<Code>>,
    run_before: Vec<Vec<Code>>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    coeff_token: COEFF_TOKEN.iter().map(|t| codes(t)).collect(),
    coeff_token_chroma_dc: codes(&COEFF_TOKEN_CHROMA_DC),
    total_zeros: codes(&TOTAL_ZEROS),
    total_zeros_chroma_dc: codes(&TOTAL_ZEROS_CHROMA_DC),
    run_before: codes(&RUN_BEFORE),
});

/// The words of each row; `-` marks what cannot occur.
fn codes(rows: &[&str]) -> Vec<Vec<Code>> {
    let word = |w: &str| (u32::from_str_radix(w, 2).unwrap_or(0), w.len() as u32);
    rows.iter().map(|row| row.split(' ').map(word).collect()).collect()
}

/// What a block is, as far as its codes differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// Luma or chroma AC, or luma DC: the mean number of coefficients of the blocks left and above.
    Neighbours(u8),
    /// The DC coefficients of one chroma plane.
    ChromaDc,
}

/// Writes a block's coefficients in scan order (at most 16); answers how many are not zero.
pub fn write(bits: &mut Bits, coefficients: &[i32], context: Context) -> u8 {
    let tables = &*TABLES;
    // From the highest frequency down, as the standard sends them.
    let mut levels = [0i32; 16];
    let mut runs = [0usize; 16];
    let (mut total, mut zeros_before, mut run) = (0, 0, 0);
    for &level in coefficients {
        if level == 0 {
            run += 1;
        } else {
            levels[total] = level;
            runs[total] = run;
            zeros_before += run;
            run = 0;
            total += 1;
        }
    }
    levels[..total].reverse();
    runs[..total].reverse();
    let ones = levels[..total].iter().take(3).take_while(|l| l.abs() == 1).count();
    let (code, length) = match context {
        Context::ChromaDc => tables.coeff_token_chroma_dc[total][ones],
        Context::Neighbours(n @ 0..8) => tables.coeff_token[[0, 0, 1, 1, 2, 2, 2, 2][usize::from(n)]][total][ones],
        Context::Neighbours(_) if total == 0 => (3, 6),
        Context::Neighbours(_) => (((total - 1) << 2 | ones) as u32, 6),
    };
    bits.put(code, length);
    if total == 0 {
        return 0;
    }
    for level in &levels[..ones] {
        bits.put(u32::from(*level < 0), 1);
    }
    write_levels(bits, &levels[..total], ones);
    if total < coefficients.len() {
        let table = if context == Context::ChromaDc {
            &tables.total_zeros_chroma_dc
        } else {
            &tables.total_zeros
        };
        let (code, length) = table[total - 1][zeros_before];
        bits.put(code, length);
    }
    let mut left = zeros_before;
    for &run in &runs[..total - 1] {
        if left == 0 {
            break;
        }
        let (code, length) = tables.run_before[left.min(7) - 1][run];
        bits.put(code, length);
        left -= run;
    }
    total as u8
}

/// 9.2.2.1, the levels that are not trailing ones.
fn write_levels(bits: &mut Bits, levels: &[i32], ones: usize) {
    let mut suffix_length = u32::from(levels.len() > 10 && ones < 3);
    for (i, &level) in levels.iter().enumerate().skip(ones) {
        let mut code = if level > 0 { 2 * level - 2 } else { -2 * level - 1 } as u32;
        if i == ones && ones < 3 {
            // It is more than 1, or it would be a trailing one itself.
            code -= 2;
        }
        let escape = if suffix_length == 0 { 30 } else { 15 << suffix_length };
        if code >= escape {
            // Larger ones do not occur at the quantiser steps used here.
            bits.put(1, 16);
            bits.put((code - escape).min(0xFFF), 12);
        } else if suffix_length == 0 && code >= 14 {
            bits.put(1, 15);
            bits.put(code - 14, 4);
        } else {
            bits.put(1, (code >> suffix_length) + 1);
            bits.put(code & ((1 << suffix_length) - 1), suffix_length);
        }
        suffix_length = suffix_length.max(1);
        if level.unsigned_abs() > 3 << (suffix_length - 1) && suffix_length < 6 {
            suffix_length += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A complete prefix code fills the space of words: the sum of 2^−length is 1 (Kraft), or a
    /// little less where the standard leaves words unused.
    #[test]
    fn the_tables_are_prefix_codes() {
        let tables = &*TABLES;
        let flat = |t: &Vec<Vec<Code>>| -> Vec<Code> { t.iter().flatten().copied().filter(|c| *c != (0, 1)).collect() };
        let mut sets: Vec<Vec<Code>> = tables.coeff_token.iter().map(flat).collect();
        sets.push(flat(&tables.coeff_token_chroma_dc));
        for rows in [&tables.total_zeros, &tables.total_zeros_chroma_dc, &tables.run_before] {
            sets.extend(rows.iter().cloned());
        }
        for set in sets {
            let mut sum = 0.0;
            for (i, &(code, length)) in set.iter().enumerate() {
                sum += 0.5f64.powi(length as i32);
                for &(other, longer) in set.iter().skip(i + 1) {
                    let short = length.min(longer);
                    assert_ne!(code >> (length - short), other >> (longer - short));
                }
            }
            assert!(sum <= 1.0 && sum > 0.95, "{sum}");
        }
    }

    /// The worked example in I. Richardson, *H.264 and MPEG-4 Video Compression*, 6.4.12.
    #[test]
    fn the_textbook_block() {
        let mut bits = Bits::default();
        let block = [0, 3, 0, 1, -1, -1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(write(&mut bits, &block, Context::Neighbours(0)), 5);
        // 0000100 0 1 1 1 0010 111 10 1 101, and a stop bit with its zeros.
        assert_eq!(bits.finish(), [0b0000_1000, 0b1110_0101, 0b1110_1101, 0b1000_0000]);
    }
}
