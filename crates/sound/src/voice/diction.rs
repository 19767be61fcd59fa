//! How clearly a line is pronounced: how long its consonants are, and what its vowels keep.

use catbird_score::{Delivery, phoneme::Class};

use super::{
    phrase::BRIDGE,
    plan::RATE,
    unit::{Kind, Unit},
};

/// How much longer than spoken a doubled consonant is.
const DOUBLE: f64 = 1.3;

/// How long a glottal stop is, frames.
const GLOTTAL_STOP: f64 = 4.0;
/// Bounds of a stop that only its shortness tells from another, frames.
const SHORT: (f64, f64) = (2.0, 5.0);

/// The manner of a delivery. Times are frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diction {
    /// Speed of the natural reading beside that of the lessons (0.89 of speech on average).
    pub speed: f32,
    /// Syllables closer than this run together.
    pub bridge: f64,
    /// How much longer than read a consonant is.
    longer: f64,
    /// The least that an unvoiced and another consonant want.
    least: [f64; 2],
    /// The least share of a syllable that is its vowel's.
    vowel: f64,
}

/// A singer's consonants are longer than a speaker's: held vowels and a band cover short ones (docs/voices.md). With a
/// smaller share for the vowel, short notes were no longer tracked and vowels came early.
const SUNG: Diction = Diction {
    speed: 0.76,
    bridge: BRIDGE * RATE,
    longer: 1.1,
    least: [8.0, 5.0],
    vowel: 0.45,
};

/// Close to speech: syllables are short, and a late vowel is heard as a slip from the beat.
const RAPPED: Diction = Diction {
    speed: 0.95,
    bridge: 4.5,
    longer: 1.0,
    least: [2.0, 2.0],
    vowel: 0.35,
};

impl Diction {
    /// What a delivery asks for.
    pub fn of(delivery: Delivery) -> Self {
        match delivery {
            Delivery::Rapped => RAPPED,
            Delivery::Sung => SUNG,
        }
    }

    /// The length a unit other than a nucleus wants, at most 150 ms for unvoiced consonants and 112 ms for
    /// the others; a word gap is one frame, an unvoiced one a glottal stop. A doubled consonant is told from a
    /// single one by its length alone, and a singer makes more of it than a speaker.
    pub fn wanted(&self, unit: &Unit) -> f64 {
        let unvoiced = unit.class == Class::Unvoiced;
        if unit.kind == Kind::Gap {
            return if unvoiced { GLOTTAL_STOP } else { 1.0 };
        }
        if unit.double {
            let least = if unvoiced { 11.0 } else { 6.0 };
            return (DOUBLE * unit.length()).clamp(least, 2.0 * least);
        }
        let (least, most) = if unit.short {
            SHORT
        } else if unvoiced {
            (self.least[0], 12.0)
        } else {
            (self.least[1], 9.0)
        };
        (self.longer * unit.length()).clamp(least, most)
    }

    /// What the units want together.
    pub fn total(&self, units: &[Unit]) -> f64 {
        units.iter().map(|u| self.wanted(u)).sum()
    }

    /// What is left for consonants in a syllable of `length`, however many they are.
    pub fn room(&self, length: f64) -> f64 {
        length - (self.vowel * length).max(4.0).min(0.6 * length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consonant(class: Class, length: f64, double: bool) -> Unit {
        Unit {
            kind: Kind::Onset,
            syllable: 0,
            class,
            diphthong: false,
            double,
            short: false,
            a: 10.0,
            b: 10.0 + length,
        }
    }

    #[test]
    fn sung_consonants_are_longer_than_rapped_ones_and_doubled_ones_longest() {
        let (sung, rapped) = (Diction::of(Delivery::Sung), Diction::of(Delivery::Rapped));
        for class in [Class::Unvoiced, Class::Sonorant] {
            for length in [2.0, 4.0] {
                let single = consonant(class, length, false);
                assert_eq!(rapped.wanted(&single), length);
                assert!(sung.wanted(&single) > length);
                assert!(sung.wanted(&consonant(class, length, true)) > sung.wanted(&single));
            }
            assert!(sung.wanted(&consonant(class, 40.0, false)) < 13.0, "a long one is cut");
        }
        let short = Unit {
            short: true,
            ..consonant(Class::Unvoiced, 40.0, false)
        };
        assert_eq!(sung.wanted(&short), 5.0);
    }

    #[test]
    fn a_vowel_keeps_its_share_of_its_syllable() {
        let sung = Diction::of(Delivery::Sung);
        assert!((sung.room(20.0) - 11.0).abs() < 1e-9);
        assert!((sung.room(8.0) - 4.0).abs() < 1e-9, "50 ms at least");
        assert!((sung.room(4.0) - 1.6).abs() < 1e-9, "but not all of a very short one");
    }
}
