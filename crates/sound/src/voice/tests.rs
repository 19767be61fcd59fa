//! Whole-song tests; those that need the network read its path from `CATBIRD_TEST_HIBARI`.

use catbird_score::{
    Channel, Gender, Key, Labels, Master, Meter, Mode, Note, PitchClass, Role, Section, SungLine, SungWord, Syllable, TempoMap, Vocal,
};

use super::*;

/// A neutral female singer.
pub fn singer() -> Singer {
    Singer {
        name: "female".into(),
        gender: Gender::Female,
        low: 55,
        high: 76,
        warp: 1.0,
        tilt_db: 0.0,
        breath: 0.02,
        vibrato_cents: 45.0,
        vibrato_hz: 5.6,
        glide_ms: 90.0,
        drive: 0.0,
        electric: 0.0,
        density: 0.0,
    }
}
