//! Sound in memory: planar stereo floats at 44.1 kHz, and the decibel.

/// Frames a second, everywhere in this crate.
pub const RATE: u32 = 44_100;

/// [`RATE`] as a factor.
pub(crate) const RATE_F: f32 = RATE as f32;

/// Two channels of equal length; 1.0 is full scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stereo {
    /// Left channel.
    pub left: Vec<f32>,
    /// Right channel.
    pub right: Vec<f32>,
}

impl Stereo {
    /// `frames` of silence.
    pub fn silence(frames: usize) -> Self {
        Self {
            left: vec![0.0; frames],
            right: vec![0.0; frames],
        }
    }

    /// The same sound on both sides.
    pub fn from_mono(samples: Vec<f32>) -> Self {
        Self {
            left: samples.clone(),
            right: samples,
        }
    }

    /// Length in frames.
    pub fn frames(&self) -> usize {
        self.left.len()
    }

    /// Adds `other` from frame `at` on; what stands past the end is dropped. Silence is not even written:
    /// memory that nobody has touched is not there yet, and most tracks rest half of the time.
    pub fn add(&mut self, at: usize, left: &[f32], right: &[f32]) {
        for (side, other) in [(&mut self.left, left), (&mut self.right, right)] {
            if other.iter().any(|x| *x != 0.0) {
                add(&mut side[at..], other);
            }
        }
    }

    /// Multiplies everything by `gain`.
    pub fn scale(&mut self, gain: f32) {
        for x in self.left.iter_mut().chain(&mut self.right) {
            *x *= gain;
        }
    }

    /// The largest absolute sample.
    pub fn peak(&self) -> f32 {
        self.left
            .iter()
            .chain(&self.right)
            .fold(0.0, |peak, x| peak.max(x.abs()))
    }
}

/// Adds `source` to the beginning of `target`.
pub(crate) fn add(target: &mut [f32], source: &[f32]) {
    for (t, s) in target.iter_mut().zip(source) {
        *t += s;
    }
}

/// The nearest whole number of |x| < 2³¹, halves to even, without a call or a branch: added to 1.5 · 2⁵², a double has
/// it in its lowest bits. 0 for what is no number.
pub(crate) fn nearest(x: f64) -> i32 {
    (x + 6_755_399_441_055_744.0).to_bits() as i32
}

/// The factor of a level in dB.
pub fn amplitude(db: f32) -> f32 {
    10.0f32.powf(db / 20.0)
}

/// The level of a factor in dB; −200 for nothing.
pub fn decibels(amplitude: f32) -> f32 {
    20.0 * amplitude.abs().max(1e-10).log10()
}

/// The smoothing coefficient of a one-pole follower that reaches 1 − 1/e after `seconds`.
pub(crate) fn one_pole(seconds: f32) -> f32 {
    (-1.0 / (seconds.max(1e-6) * RATE_F)).exp()
}
