//! Slow control signals, one value every [`STRIDE`] frames, read with linear interpolation.

/// Frames between two values: 1.5 ms.
pub(crate) const STRIDE: usize = 64;

/// A control signal over the whole song.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Curve {
    pub values: Vec<f32>,
}

impl Curve {
    /// `value` for a song of `frames`.
    pub fn constant(frames: usize, value: f32) -> Self {
        Self {
            values: vec![value; frames / STRIDE + 2],
        }
    }

    /// Calls `f(offset, value)` for each of `count` frames from `frame` on.
    #[inline]
    pub fn over(&self, frame: usize, count: usize, mut f: impl FnMut(usize, f32)) {
        let value = |i: usize| self.values.get(i).or(self.values.last()).copied().unwrap_or(0.0);
        let mut i = 0;
        while i < count {
            let at = (frame + i) / STRIDE;
            let within = (frame + i) % STRIDE;
            let (a, b) = (value(at), value(at + 1));
            let slope = (b - a) / STRIDE as f32;
            let run = (STRIDE - within).min(count - i);
            for j in 0..run {
                f(i + j, a + slope * (within + j) as f32);
            }
            i += run;
        }
    }

    /// Rises within `attack` and falls within `release` (time constants in seconds).
    pub fn follow(&mut self, attack: f32, release: f32) {
        let coefficient = |seconds: f32| (-(STRIDE as f32) / (seconds * crate::audio::RATE_F)).exp();
        let (up, down) = (coefficient(attack), coefficient(release));
        let mut y = self.values.first().copied().unwrap_or(0.0);
        for x in &mut self.values {
            let c = if *x > y { up } else { down };
            y = *x + c * (y - *x);
            *x = y;
        }
    }

    /// A centred moving average over `seconds`, so that changes begin before their cause.
    pub fn smooth(&mut self, seconds: f32) {
        let half = (seconds * crate::audio::RATE_F / STRIDE as f32 / 2.0) as usize;
        let mut sums = Vec::with_capacity(self.values.len() + 1);
        let mut sum = 0.0f64;
        sums.push(0.0);
        for v in &self.values {
            sum += f64::from(*v);
            sums.push(sum);
        }
        let n = self.values.len();
        for (i, v) in self.values.iter_mut().enumerate() {
            let (from, to) = (i.saturating_sub(half), (i + half + 1).min(n));
            *v = ((sums[to] - sums[from]) / (to - from) as f64) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_in_pieces_is_reading_at_once() {
        let curve = Curve {
            values: (0..40).map(|i| ((i * 7) % 11) as f32).collect(),
        };
        let mut whole = vec![0.0; 2_000];
        curve.over(0, 2_000, |i, v| whole[i] = v);
        let mut pieces = vec![0.0; 2_000];
        for from in (0..2_000).step_by(77) {
            curve.over(from, 77.min(2_000 - from), |i, v| pieces[from + i] = v);
        }
        assert_eq!(whole, pieces);
        assert_eq!(whole[STRIDE], curve.values[1]);
    }

    #[test]
    fn a_smoothed_step_is_centred() {
        let mut curve = Curve {
            values: (0..400).map(|i| if i < 200 { 0.0 } else { 1.0 }).collect(),
        };
        curve.smooth(0.1);
        assert!((curve.values[200] - 0.5).abs() < 0.02);
        assert!(curve.values[150] == 0.0 && curve.values[250] == 1.0);
    }
}
