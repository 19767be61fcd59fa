//! The mix: style and words together.

use catbird_score::{Channel, Master};

use super::pull::pull;
use crate::{
    style::Style,
    vocabulary::{Said, VoiceTouch},
};

/// How the whole is mixed.
pub(super) fn master(style: &Style, said: &[Said], energy: f32) -> Master {
    let mix = style.mix;
    // Loudness is the same for all; what is energetic is brighter, denser and driven, what is calm softer.
    let asked = energy - style.energy;
    Master {
        lufs: -14.0,
        ceiling_dbtp: -1.0,
        reverb_seconds: (mix.reverb_seconds + pull(said, |t| t.reverb)).clamp(0.3, 5.0),
        reverb_db: (mix.reverb_db + pull(said, |t| t.wet_db)).clamp(-12.0, 8.0),
        delay_beats: mix.delay_beats,
        width: (mix.width + pull(said, |t| t.width)).clamp(0.6, 1.45),
        low_db: (mix.low_db + pull(said, |t| t.low_db)).clamp(-6.0, 6.0),
        high_db: (mix.high_db + 6.0 * asked + pull(said, |t| t.high_db)).clamp(-8.0, 6.0),
        glue: (mix.glue + 0.4 * asked + pull(said, |t| t.glue)).clamp(0.0, 0.9),
        drive: (mix.drive + 0.4 * asked + pull(said, |t| t.drive)).clamp(0.0, 0.8),
        lofi: (mix.lofi * (1.0 - 1.2 * asked.max(0.0)) + pull(said, |t| t.lofi)).clamp(0.0, 1.0),
    }
}

/// Where the voice sits.
pub(super) fn vocal_channel(style: &Style, said: &[Said]) -> Channel {
    let mix = style.mix;
    let voice = |knob: fn(&VoiceTouch) -> f32| pull(said, |t| t.voice.as_ref().map_or(0.0, knob));
    Channel {
        gain_db: mix.vocal_db + voice(|v| v.gain_db),
        pan: 0.0,
        width: 1.0,
        reverb: (mix.vocal_reverb + voice(|v| v.reverb) + 0.03 * pull(said, |t| t.wet_db)).clamp(0.0, 0.6),
        delay: (mix.vocal_delay + voice(|v| v.delay)).clamp(0.0, 0.5),
        low_cut_hz: 90.0,
        tilt_db: 0.0,
        duck_db: 0.0,
        sweep: 0.0,
    }
}
