//! A feed-forward compressor in the log domain with a soft knee (Giannoulis, Massberg & Reiss,
//! *Digital Dynamic Range Compressor Design*, JAES 2012: eq. 4 for the curve, eq. 17 for the
//! smooth branching detector).

use super::biquad::FLOOR;
use crate::audio::{amplitude, one_pole};

/// What it does to which level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub threshold_db: f32,
    pub ratio: f32,
    pub knee_db: f32,
    pub attack_seconds: f32,
    pub release_seconds: f32,
}

/// State.
#[derive(Clone, Debug)]
pub(crate) struct Compressor {
    settings: Settings,
    attack: f32,
    release: f32,
    /// Current reduction, dB, positive.
    reduction_db: f32,
}

impl Compressor {
    pub fn new(settings: Settings) -> Self {
        let (attack, release) = (one_pole(settings.attack_seconds), one_pole(settings.release_seconds));
        Self {
            settings,
            attack,
            release,
            reduction_db: 0.0,
        }
    }

    /// What a steady level is reduced by, dB.
    pub fn curve_db(&self, level_db: f32) -> f32 {
        let Settings {
            threshold_db,
            ratio,
            knee_db,
            ..
        } = self.settings;
        let over = level_db - threshold_db;
        let slope = 1.0 - 1.0 / ratio;
        if 2.0 * over <= -knee_db {
            0.0
        } else if 2.0 * over < knee_db {
            slope * (over + knee_db / 2.0).powi(2) / (2.0 * knee_db)
        } else {
            slope * over
        }
    }

    /// The gain for a frame with this peak (or other level, as a factor).
    #[inline]
    pub fn gain(&mut self, level: f32) -> f32 {
        let wanted = self.curve_db(6.020_6 * level.max(1e-6).log2());
        let c = if wanted > self.reduction_db {
            self.attack
        } else {
            self.release
        };
        self.reduction_db = wanted + c * (self.reduction_db - wanted) + FLOOR;
        if self.reduction_db < 1e-3 {
            1.0
        } else {
            amplitude(-self.reduction_db)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::decibels;

    #[test]
    fn a_steady_level_is_reduced_by_the_ratio() {
        let settings = Settings {
            threshold_db: -20.0,
            ratio: 4.0,
            knee_db: 6.0,
            attack_seconds: 0.01,
            release_seconds: 0.1,
        };
        let mut compressor = Compressor::new(settings);
        let gain = (0..44_100)
            .map(|_| compressor.gain(amplitude(-8.0)))
            .last()
            .expect("frames");
        assert!((decibels(gain) + 9.0).abs() < 0.05, "{}", decibels(gain));
        let gain = (0..44_100 * 2)
            .map(|_| compressor.gain(amplitude(-40.0)))
            .last()
            .expect("frames");
        assert_eq!(gain, 1.0);
    }
}
