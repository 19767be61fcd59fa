//! What each sung frame is made of, and how loud it is.

use catbird_score::{Delivery, Dice, phoneme::Class};

use super::{
    character::Character,
    effort::Effort,
    envelope::Natural,
    phrase::Tone,
    pitch::Melody,
    plan::{Plan, RATE},
    smooth::hann_nine,
    unit::{Kind, Unit},
};

/// RMS level of sung vowels, dBFS.
pub const LEVEL_DB: f32 = -26.0;
/// Mean energy of an envelope to mean square of its sound: 601 bins · 20 Hz / 30 Hz / (2 · 300²).
pub const ENERGY_DB: f32 = -26.53;
/// Loudness a step of MIDI velocity, dB, around 90.
const VELOCITY_DB: f64 = 0.15;
/// Half of each frame's distance from the phrase's median level is taken back, at most this much, dB.
const EVEN_OUT: f32 = 0.5;
const EVEN_OUT_MOST_DB: f32 = 8.0;
/// What a rapper adds to consonants, dB, and how much a syllable loses on its way.
const RAPPED_CONSONANTS_DB: f32 = 2.5;
const RAPPED_DECAY_DB: f64 = 3.5;
/// How much breathier a voice gets as it is let go.
const LETTING_GO: f32 = 0.22;

/// A sung frame.
pub struct Sung {
    /// What sounds.
    pub unit: Unit,
    /// The natural frame it is made from.
    pub source: f64,
    /// Whether there are harmonics.
    pub voiced: bool,
    /// Amplitude factor.
    pub gain: f32,
    /// Pitch, Hz.
    pub hz: f64,
    /// What is left of the voice while it is let go, 0–1.
    pub held: f32,
    /// Breath that letting go adds.
    pub airy: f32,
}

/// The frames of a planned phrase; `voicing` is how sure the net is of the natural
/// frames' voice.
pub fn frames(plan: &Plan, voicing: &[f32], hz: &[f64]) -> Vec<Sung> {
    let mut out: Vec<Sung> = plan
        .map()
        .into_iter()
        .enumerate()
        .map(|(k, (unit, source))| {
            let sure = voicing[((source - 0.5).round().max(0.0) as usize).min(voicing.len() - 1)];
            let voiced = match (unit.kind, unit.class) {
                (Kind::Before | Kind::After, _) | (_, Class::Unvoiced) => false,
                (Kind::Nucleus, Class::Vowel | Class::Sonorant) => true,
                (Kind::Gap, _) => sure > 0.8,
                (_, Class::Sonorant | Class::Vowel) => sure > 0.2,
                _ => sure > 0.5,
            };
            let gain = plan.gain(k) as f32;
            let leaving = plan.leaving(k) as f32;
            Sung {
                unit,
                source,
                voiced,
                gain,
                hz: hz[k],
                held: (1.0 - leaving).powf(0.4),
                airy: LETTING_GO * leaving,
            }
        })
        .collect();
    // A word gap between two voiced sounds does not stop the voice.
    for k in 1..out.len().saturating_sub(2) {
        if out[k].unit.kind == Kind::Gap
            && out[k].unit.class != Class::Unvoiced
            && out[k - 1].voiced
            && (out[k + 1].voiced || out[k + 2].voiced)
        {
            out[k].voiced = true;
        }
    }
    out
}

/// How a phrase is played.
pub struct Playing<'a> {
    /// Its tones.
    pub tones: &'a [Tone],
    /// Its pitch.
    pub melody: &'a Melody,
    /// Its effort.
    pub effort: &'a Effort,
    /// Whose voice it is.
    pub character: &'a Character,
    /// Sung or rapped.
    pub delivery: Delivery,
    /// Seconds of the song at frame 0, a little late as the ear hears vowels.
    pub origin: f64,
}

/// Sets each frame's loudness: spoken ups and downs are halved, the phrase's median is brought to the
/// common level, then the notes' velocities and the life of a held note are added.
pub fn level(frames: &mut [Sung], natural: &Natural, playing: &Playing<'_>, dice: &mut Dice) {
    let Playing {
        tones,
        melody,
        effort,
        character,
        delivery,
        origin,
    } = *playing;
    let spoken: Vec<f32> = frames.iter().map(|f| natural.level_db(f.source)).collect();
    let mut voiced: Vec<f32> = frames
        .iter()
        .zip(&spoken)
        .filter(|(f, _)| f.voiced && f.gain > 0.5)
        .map(|(_, l)| *l)
        .collect();
    voiced.sort_by(f32::total_cmp);
    let median = voiced.get(voiced.len() / 2).copied().unwrap_or(LEVEL_DB - ENERGY_DB);
    let rapped = delivery == Delivery::Rapped;
    // At the end of a line speakers let vowel and consonants go: these are raised with it.
    let mut lift = 0.0;
    let even: Vec<f32> = frames
        .iter()
        .zip(&spoken)
        .map(|(f, l)| {
            let consonant = matches!(f.unit.class, Class::Unvoiced | Class::VoicedObstruent);
            if f.voiced {
                lift = ((median - l) * EVEN_OUT).clamp(-EVEN_OUT_MOST_DB, EVEN_OUT_MOST_DB);
            }
            let even = match f.unit.kind {
                _ if f.voiced => lift,
                Kind::Coda => lift.max(0.0),
                _ => 0.0,
            };
            even + if rapped && consonant { RAPPED_CONSONANTS_DB } else { 0.0 }
        })
        .collect();
    let mut tone = 0;
    let played: Vec<f32> = (0..frames.len())
        .map(|k| {
            let t = origin + k as f64 / RATE;
            while tone + 1 < tones.len() && tones[tone + 1].start <= t {
                tone += 1;
            }
            let Tone {
                start, end, velocity, ..
            } = tones[tone];
            let done = ((t - start) / (end - start)).clamp(0.0, 1.0);
            let shape = if rapped {
                0.4 * RAPPED_DECAY_DB - RAPPED_DECAY_DB * done
            } else {
                // Long notes swell, and most before their middle.
                let long = (end - start - 0.5).clamp(0.0, 1.0);
                1.8 * long * ((std::f64::consts::PI * done.powf(0.85)).sin() - 0.5)
            };
            ((velocity - 90.0) * VELOCITY_DB + shape) as f32
        })
        .collect();
    let (even, played) = (hann_nine(&even), hann_nine(&played));
    for (k, frame) in frames.iter_mut().enumerate() {
        // Soft voices are less even than full ones.
        let rough = 1.0 - 0.5 * effort.force[k];
        let shimmer = 0.22 * character.human as f32 * rough * dice.normal() as f32;
        let db = LEVEL_DB - ENERGY_DB - median + even[k] + played[k] + shimmer + melody.tremble_db[k];
        frame.gain *= 10f32.powf(db / 20.0);
    }
}
