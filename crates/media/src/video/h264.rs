//! H.264 for pictures that stand still between changes (ITU-T H.264, Constrained Baseline).
//!
//! A macroblock that did not change is skipped, one that did is coded from its neighbours in the
//! same picture. There is no motion search and no rate control: the quantiser is fixed, so that a
//! word lights up equally sharp wherever it stands.

mod bits;
mod cavlc;
mod intra;
mod macroblock;
mod plane;
mod transform;

use bits::Bits;
use macroblock::Counts;
pub use plane::Picture;
pub use transform::Quantiser;

/// Level 4 (Table A-1): 245 760 macroblocks a second, 68 pictures of 1280 × 720.
const LEVEL: u32 = 40;
const PROFILE_BASELINE: u32 = 66;
/// `constraint_set0_flag` and `constraint_set1_flag`: Constrained Baseline.
const CONSTRAINTS: u32 = 0b1100_0000;
/// Bits of `frame_num`.
const FRAME_NUM_BITS: u32 = 8;

/// A coded picture.
pub struct Unit {
    /// One NAL unit, without start code.
    pub bytes: Vec<u8>,
    /// Whether decoding can begin here.
    pub key: bool,
}

/// Codes pictures of one size, one after the other.
pub struct Encoder {
    width: usize,
    height: usize,
    quantiser: Quantiser,
    /// The last picture as given, and as a decoder sees it.
    last: Option<(Picture, Picture)>,
    frame_num: u32,
    keys: u32,
}

impl Encoder {
    /// Both sides are multiples of 16.
    ///
    /// # Panics
    /// When they are not.
    pub fn new(width: usize, height: usize, quantiser: Quantiser) -> Self {
        assert!(
            width.is_multiple_of(16) && height.is_multiple_of(16),
            "whole macroblocks"
        );
        Self {
            width,
            height,
            quantiser,
            last: None,
            frame_num: 0,
            keys: 0,
        }
    }

    /// The sequence and the picture parameter set (7.3.2.1, 7.3.2.2).
    pub fn parameter_sets(&self) -> [Vec<u8>; 2] {
        let mut s = Bits::default();
        s.put(PROFILE_BASELINE, 8);
        s.put(CONSTRAINTS, 8);
        s.put(LEVEL, 8);
        s.ue(0); // seq_parameter_set_id
        s.ue(FRAME_NUM_BITS - 4);
        s.ue(2); // pic_order_cnt_type: shown in the order sent
        s.ue(1); // max_num_ref_frames
        s.put(0, 1); // no gaps in frame_num
        s.ue(self.width as u32 / 16 - 1);
        s.ue(self.height as u32 / 16 - 1);
        s.put(0b11, 2); // frame_mbs_only_flag, direct_8x8_inference_flag
        s.put(0, 1); // no cropping
        s.put(1, 1); // VUI, E.1.1
        s.put(1, 1);
        s.put(1, 8); // square samples
        s.put(0, 1); // no overscan
        s.put(1, 1); // video_signal_type
        s.put(5, 3); // video_format: unspecified
        s.put(0, 1); // limited range
        s.put(1, 1);
        for _ in 0..3 {
            s.put(1, 8); // BT.709: primaries, transfer, matrix
        }
        s.put(0, 1); // chroma_loc: left, the default
        s.put(0, 1); // no timing: the file has it
        s.put(0b000, 3); // no HRD (two kinds), no pic_struct
        s.put(1, 1); // bitstream_restriction
        s.put(1, 1);
        for value in [0, 0, 0, 0, 0, 1] {
            s.ue(value); // …, max_num_reorder_frames = 0, max_dec_frame_buffering = 1
        }

        let mut p = Bits::default();
        p.ue(0);
        p.ue(0);
        p.put(0b00, 2); // CAVLC, no field order
        p.ue(0); // one slice group
        p.ue(0);
        p.ue(0);
        p.put(0b000, 3); // no weighted prediction
        p.se(i32::from(self.quantiser.0) - 26);
        p.se(0);
        p.se(0); // chroma_qp_index_offset
        p.put(0b100, 3); // deblocking_filter_control_present, intra from inter, no redundant pictures
        [s.unit(0x67), p.unit(0x68)]
    }

    /// Codes the next picture; `key` asks for one that decoding can begin at (the first always is).
    pub fn encode(&mut self, picture: &Picture, key: bool) -> Unit {
        let (columns, rows) = (self.width / 16, self.height / 16);
        let (key, last, mut seen) = match self.last.take() {
            Some((last, seen)) if !key => (false, Some(last), seen),
            _ => (true, None, Picture::black(self.width, self.height)),
        };
        if key {
            self.frame_num = 0;
        }
        let mut bits = Bits::default();
        self.slice_header(&mut bits, key);
        let mut counts = Counts::new(columns, rows);
        let (mut skipped, offset) = (0, if key { 0 } else { 5 });
        for my in 0..rows {
            for mx in 0..columns {
                if let Some(last) = &last {
                    let unchanged = last.y.same(&picture.y, mx * 16, my * 16, 16)
                        && last.cb.same(&picture.cb, mx * 8, my * 8, 8)
                        && last.cr.same(&picture.cr, mx * 8, my * 8, 8);
                    if unchanged {
                        skipped += 1;
                        continue;
                    }
                    bits.ue(skipped);
                    skipped = 0;
                }
                let place = (mx, my);
                macroblock::code(
                    &mut bits,
                    picture,
                    &mut seen,
                    &mut counts,
                    place,
                    self.quantiser,
                    offset,
                );
            }
        }
        if skipped > 0 {
            bits.ue(skipped);
        }
        self.frame_num = (self.frame_num + 1) % (1 << FRAME_NUM_BITS);
        self.last = Some((picture.clone(), seen));
        Unit {
            bytes: bits.unit(if key { 0x65 } else { 0x41 }),
            key,
        }
    }

    /// 7.3.3.
    fn slice_header(&mut self, bits: &mut Bits, key: bool) {
        bits.ue(0); // first_mb_in_slice
        bits.ue(if key { 7 } else { 5 }); // I or P, all slices alike
        bits.ue(0);
        bits.put(self.frame_num, FRAME_NUM_BITS);
        if key {
            // Two key pictures in a row need different ids.
            bits.ue(self.keys % 2);
            self.keys += 1;
            bits.put(0b00, 2); // show earlier pictures, no long-term reference
        } else {
            bits.put(0, 1); // num_ref_idx_active_override_flag
            bits.put(0, 1); // ref_pic_list_modification_flag_l0
            bits.put(0, 1); // sliding window
        }
        bits.se(0); // slice_qp_delta
        bits.ue(1); // no deblocking: it would blur what is skipped
    }

    /// The last picture as a decoder sees it.
    #[cfg(test)]
    pub fn seen(&self) -> Option<&Picture> {
        self.last.as_ref().map(|(_, seen)| seen)
    }
}

#[cfg(test)]
mod tests {
    use super::{plane::Plane, *};

    fn picture(light: u8) -> Picture {
        let rgba: Vec<u8> = (0..96 * 64)
            .flat_map(|i| {
                let (x, y) = (i % 96, i / 96);
                let on = (32..60).contains(&x) && (20..40).contains(&y) && (x + y) % 5 < 2;
                let base = (x * 2) as u8;
                if on {
                    [light, 255 - light, 90, 255]
                } else {
                    [base, 40, y as u8, 255]
                }
            })
            .collect();
        Picture::from_rgba(&rgba, 96, 64)
    }

    fn worst(a: &Plane, b: &Plane) -> u8 {
        let pairs = a.samples.iter().zip(&b.samples);
        pairs.map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
    }

    #[test]
    fn what_a_decoder_sees_is_near_and_a_still_picture_costs_nothing() {
        let mut encoder = Encoder::new(96, 64, Quantiser(18));
        let first = encoder.encode(&picture(250), false);
        assert!(first.key && first.bytes[0] == 0x65);
        assert!(worst(&encoder.seen().unwrap().y, &picture(250).y) < 14);
        let still = encoder.encode(&picture(250), false);
        assert!(!still.key && still.bytes.len() < 8, "{} bytes", still.bytes.len());
        let changed = encoder.encode(&picture(10), false);
        assert!(changed.bytes.len() > 60);
        assert!(worst(&encoder.seen().unwrap().y, &picture(10).y) < 14);
        let again = encoder.encode(&picture(10), true);
        assert!(again.key && again.bytes.len() > changed.bytes.len());
    }
}
