//! The band: one player a part, whatever its sound is made of.

pub(crate) mod amp;
pub(crate) mod calibration;
pub(crate) mod layered;
pub(crate) mod performance;
pub(crate) mod sampler;
pub(crate) mod samples;
mod soundfont;
pub(crate) mod strung;

use catbird_score::{Part, PartRole, Score, Sound};

use self::{
    amp::Amped,
    layered::Layered,
    sampler::{Preset, Sampler},
    samples::Samples,
    strung::Strung,
};
use crate::synth;

/// Whoever plays a part. Each call continues where the last one ended.
pub(crate) trait Player: Send {
    /// Overwrites the next frames.
    fn play(&mut self, left: &mut [f32], right: &mut [f32]);
}

/// The player of `part` for `frames` frames; `touch` bends its velocities ([`calibration::touch`]).
/// `samples` must have the presets that [`samples::presets`] tells.
pub(crate) fn player(score: &Score, part: &Part, frames: usize, samples: &Samples, touch: f32) -> Box<dyn Player> {
    let mut events = performance::events(&score.tempo, part, frames);
    for e in &mut events {
        e.velocity = (100.0 * (f32::from(e.velocity) / 100.0).powf(touch))
            .round()
            .clamp(1.0, 127.0) as u8;
    }
    match part.sound {
        Sound::Sampled { bank, program } => {
            Box::new(Sampler::new(samples, Preset::Melodic(bank, program), events, 0.0))
        }
        Sound::Kit { program } => Box::new(Sampler::new(samples, Preset::Kit(program), events, 0.0)),
        Sound::Amped { program, drive } => Box::new(Amped::new(samples, program, drive, &events, score.seed, &part.id)),
        Sound::Layered { program, kit } => Box::new(Layered::new(samples, program, kit, events, score.seed, &part.id)),
        Sound::Strung { guitar, drive } => {
            let lead = matches!(part.role, PartRole::Lead | PartRole::Counter);
            Box::new(Strung::new(guitar, drive, lead, &events, score.seed, &part.id))
        }
        Sound::Organ { registration } => synth::organ(registration, events, score.seed, &part.id),
        Sound::Synth { patch } => synth::patch(patch, events, score, &part.id),
        Sound::Machine { kit } => synth::machine(kit, events, score.seed, &part.id),
    }
}
