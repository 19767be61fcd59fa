//! Where decoded sound is collected: stereo at 44.1 kHz, never longer than allowed.
//!
//! Other rates are converted while they come in, so that 8 minutes of 192 kHz need no more memory
//! than 8 minutes of 44.1 kHz.

use rubato::{Fft, FixedSync, Indexing, Resampler, audioadapter_buffers::direct::SequentialSliceOfVecs};

use super::RATE;

/// Frames of a block of the converter: long enough for a pass band up to 20 kHz at 44.1 kHz.
const BLOCK: usize = 2_048;

/// The sound so far.
pub(super) struct Reel {
    sides: [Vec<f32>; 2],
    /// The longest sound, frames at [`RATE`].
    limit: usize,
    converter: Option<Converter>,
}

/// More sound came than is allowed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overrun;

impl Reel {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            sides: [Vec::new(), Vec::new()],
            limit,
            converter: None,
        }
    }

    /// Appends stereo of `rate` Hz.
    pub(super) fn push(&mut self, rate: u32, sound: &[Vec<f32>; 2]) -> Result<(), Overrun> {
        if self.converter.as_ref().is_some_and(|c| c.rate != rate) || (rate == RATE && self.converter.is_some()) {
            self.splice();
        }
        if rate == RATE {
            for (side, more) in self.sides.iter_mut().zip(sound) {
                side.extend_from_slice(more);
            }
        } else {
            let base = self.sides[0].len();
            let converter = self.converter.get_or_insert_with(|| Converter::new(rate, base));
            converter.push(sound, &mut self.sides);
        }
        if self.sides[0].len() > self.limit {
            Err(Overrun)
        } else {
            Ok(())
        }
    }

    /// Everything.
    pub(super) fn finish(mut self) -> Result<[Vec<f32>; 2], Overrun> {
        self.splice();
        if self.sides[0].len() > self.limit {
            return Err(Overrun);
        }
        Ok(self.sides)
    }

    /// Ends what is being converted; what comes next has another rate.
    fn splice(&mut self) {
        if let Some(converter) = self.converter.take() {
            converter.finish(&mut self.sides);
        }
    }
}

struct Converter {
    rate: u32,
    fft: Fft<f32>,
    waiting: [Vec<f32>; 2],
    block: [Vec<f32>; 2],
    /// Frames that came in.
    taken: u64,
    /// Frames of delay that are still to be left out.
    delay: usize,
    /// Where this sound begins in the reel, frames.
    base: usize,
}

impl Converter {
    fn new(rate: u32, base: usize) -> Self {
        // The delay is half a block of output: an even number of the smallest blocks makes it whole.
        let smallest = (rate / gcd(rate, RATE)) as usize;
        let block = BLOCK.div_ceil(smallest).next_multiple_of(2) * smallest;
        let fft = Fft::new(rate as usize, RATE as usize, block, 2, FixedSync::Both)
            .expect("both rates and the block are above zero");
        let block = [(); 2].map(|()| vec![0.0; fft.output_frames_max()]);
        Self {
            rate,
            waiting: [Vec::new(), Vec::new()],
            block,
            taken: 0,
            delay: fft.output_delay(),
            base,
            fft,
        }
    }

    fn push(&mut self, sound: &[Vec<f32>; 2], out: &mut [Vec<f32>; 2]) {
        self.taken += sound[0].len() as u64;
        for (waiting, more) in self.waiting.iter_mut().zip(sound) {
            waiting.extend_from_slice(more);
        }
        let need = self.fft.input_frames_next();
        let mut at = 0;
        while self.waiting[0].len() - at >= need {
            self.convert(at, None, out);
            at += need;
        }
        for waiting in &mut self.waiting {
            waiting.drain(..at);
        }
    }

    fn finish(mut self, out: &mut [Vec<f32>; 2]) {
        let due = (u128::from(self.taken) * u128::from(RATE) * 2 + u128::from(self.rate)) / (2 * u128::from(self.rate));
        let end = self.base + due as usize;
        let mut left = self.waiting[0].len();
        while out[0].len() < end {
            self.convert(0, Some(left), out);
            left = 0;
        }
        for side in out {
            side.truncate(end);
        }
    }

    /// One block from `at` in what waits; `Some` says how much of it there is, the rest is silence.
    fn convert(&mut self, at: usize, partial: Option<usize>, out: &mut [Vec<f32>; 2]) {
        let frames = self.block[0].len();
        let input = SequentialSliceOfVecs::new(&self.waiting[..], 2, self.waiting[0].len()).expect("two equal vectors");
        let mut output = SequentialSliceOfVecs::new_mut(&mut self.block[..], 2, frames).expect("two equal vectors");
        let mut indexing = Indexing::new().input_offset(at);
        indexing.partial_len = partial;
        let (_, made) = self
            .fft
            .process_into_buffer(&input, &mut output, Some(&indexing))
            .expect("the buffers have the sizes the converter asked for");
        let skip = self.delay.min(made);
        self.delay -= skip;
        for (out, block) in out.iter_mut().zip(&self.block) {
            out.extend_from_slice(&block[skip..made]);
        }
    }
}

/// The greatest common divisor (Euclid).
fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: u32, hz: f64, frames: usize) -> Vec<f32> {
        (0..frames)
            .map(|i| (0.5 * (std::f64::consts::TAU * hz * i as f64 / f64::from(rate)).sin()) as f32)
            .collect()
    }

    #[test]
    fn a_tone_stays_where_it_is_at_every_rate() {
        for rate in [
            8_000, 11_025, 16_000, 22_050, 32_000, 44_101, 48_000, 88_200, 96_000, 192_000,
        ] {
            let source = tone(rate, 997.0, rate as usize * 2 + 13);
            let mut reel = Reel::new(1 << 20);
            for part in source.chunks(1_001) {
                reel.push(rate, &[part.to_vec(), part.to_vec()]).expect("short");
            }
            let [left, right] = reel.finish().expect("short");
            assert_eq!(left, right);
            let expected = (source.len() as f64 * 44_100.0 / f64::from(rate)).round() as usize;
            assert_eq!(left.len(), expected, "{rate} Hz");
            let reference = tone(RATE, 997.0, expected);
            let middle = 4_000..expected - 4_000;
            let worst = middle.map(|i| (left[i] - reference[i]).abs()).fold(0.0, f32::max);
            assert!(worst < 1e-3, "{rate} Hz: off by {worst}");
        }
    }

    #[test]
    fn rates_may_change_and_the_end_is_never_passed() {
        let mut reel = Reel::new(RATE as usize * 4);
        for rate in [48_000, 44_100, 22_050] {
            let second = tone(rate, 440.0, rate as usize);
            reel.push(rate, &[second.clone(), second]).expect("three seconds");
        }
        let [left, _] = reel.finish().expect("three seconds");
        assert_eq!(left.len(), RATE as usize * 3);
        let mut reel = Reel::new(100);
        let noise = vec![0.5; 101];
        assert_eq!(reel.push(RATE, &[noise.clone(), noise]), Err(Overrun));
    }
}
