//! The one source of chance in the engine: named, seeded streams. Two streams with different names
//! are independent, so that adding a die throw to the drums does not change the melody.

use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64;
use sha2::{Digest, Sha256};

/// A seeded stream (PCG XSL RR 128/64, O'Neill 2014).
#[derive(Clone, Debug)]
pub struct Dice(Pcg64);

impl Dice {
    /// The stream `name` of a song's `seed`.
    pub fn new(seed: u64, name: &str) -> Self {
        let digest = Sha256::new()
            .chain_update(seed.to_le_bytes())
            .chain_update(name)
            .finalize();
        let mut bytes = [0u8; 32];
        bytes.copy_from_slice(&digest);
        Self(Pcg64::from_seed(bytes))
    }

    /// A seed for streams of their own; fits the integers of every JSON reader (53 bits).
    pub fn seed(&mut self) -> u64 {
        self.0.next_u64() >> 11
    }

    /// Uniform in 0 … 1 (1 excluded).
    pub fn unit(&mut self) -> f64 {
        self.0.random::<f64>()
    }

    /// Uniform in `low` … `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform integer in 0 … `n` − 1; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 {
            0
        } else {
            (self.0.next_u64() % n as u64) as usize
        }
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Standard normal deviate (Box–Muller).
    pub fn normal(&mut self) -> f64 {
        let u = 1.0 - self.unit();
        let v = self.unit();
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    /// One of `items`; `None` when there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// An index drawn with the given non-negative weights (all zero: uniform).
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return self.below(weights.len());
        }
        let mut left = self.unit() * total;
        for (i, w) in weights.iter().enumerate() {
            left -= w;
            if left < 0.0 {
                return i;
            }
        }
        weights.len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ_by_name() {
        let draw = |seed, name| {
            let mut d = Dice::new(seed, name);
            [d.unit(), d.unit(), d.normal()]
        };
        assert_eq!(draw(7, "melody"), draw(7, "melody"));
        assert_ne!(draw(7, "melody"), draw(7, "drums"));
        assert_ne!(draw(7, "melody"), draw(8, "melody"));
    }
}
