//! A bit writer with the variable-length codes of H.264, and the wrapping of its units.

/// Bits of one syntax structure, most significant first.
#[derive(Clone, Debug, Default)]
pub struct Bits {
    bytes: Vec<u8>,
    /// Bits that do not fill a byte yet, in the low end.
    held: u64,
    count: u32,
}

impl Bits {
    /// u(n): the low `length` bits of `value`, 32 at most.
    pub fn put(&mut self, value: u32, length: u32) {
        self.held = self.held << length | u64::from(value) & ((1u64 << length) - 1);
        self.count += length;
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.held >> self.count) as u8);
        }
    }

    /// ue(v), 9.1.
    pub fn ue(&mut self, value: u32) {
        let code = value + 1;
        let length = 32 - code.leading_zeros();
        self.put(0, length - 1);
        self.put(code, length);
    }

    /// se(v), 9.1.1.
    pub fn se(&mut self, value: i32) {
        self.ue(if value > 0 {
            2 * value as u32 - 1
        } else {
            2 * value.unsigned_abs()
        });
    }

    /// The bytes, closed by a one and zeros (`rbsp_trailing_bits`, 7.3.2.11).
    pub fn finish(mut self) -> Vec<u8> {
        self.put(1, 1);
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
        self.bytes
    }

    /// As a NAL unit (7.3.1): its header byte, and emulation prevention so that no three bytes
    /// inside look like a start code.
    pub fn unit(self, header: u8) -> Vec<u8> {
        let payload = self.finish();
        let mut out = Vec::with_capacity(payload.len() + 8);
        out.push(header);
        let mut zeros = 0;
        for byte in payload {
            if zeros == 2 && byte <= 3 {
                out.push(3);
                zeros = 0;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            out.push(byte);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golomb_codes() {
        let mut bits = Bits::default();
        for value in [0, 1, 2, 3] {
            bits.ue(value);
        }
        for value in [0, 1, -1, 2] {
            bits.se(value);
        }
        // 1 010 011 00100 | 1 010 011 00100 | stop
        assert_eq!(bits.finish(), [0b1010_0110, 0b0100_1010, 0b0110_0100, 0b1000_0000]);
    }

    #[test]
    fn no_start_code_inside() {
        let mut bits = Bits::default();
        for _ in 0..3 {
            bits.put(0, 32);
        }
        let unit = bits.unit(0x65);
        assert!(!unit.windows(3).any(|w| w[0] == 0 && w[1] == 0 && w[2] < 3));
        assert_eq!(unit[..8], [0x65, 0, 0, 3, 0, 0, 3, 0]);
    }
}
