//! One phrase from its tokens and tones to samples.

use std::sync::Arc;

use catbird_score::{Delivery, Dice, HOUSE, Singer, phoneme::Class};
use rten::ThreadPool;

use super::{
    aspiration,
    breath::Inhales,
    cast::{Cue, Seat},
    character::Character,
    colour,
    diction::Diction,
    effort::Effort,
    envelope::{BINS, Natural, Shape},
    excitation::{self, HOP, Regularity, Source},
    frames::{self, ENERGY_DB, LEVEL_DB, Playing, Sung},
    house::{House, HouseError},
    mouth::{Manner, Mouth},
    phrase::{Phrase, Tone},
    pitch,
    plan::{self, Plan, RATE, Span},
    resample::resample,
    tract::{self, Frame, POINTS, Tract},
    unit::{self, Kind},
};

/// Samples a second of the product.
pub const SAMPLE_RATE: f64 = 44_100.0;
/// Seconds before the first note: room for consonants and a breath.
const LEAD: f64 = 0.75;
/// A rapped syllable is this much shorter than its note, and never longer than so many seconds.
const RAPPED_SHARE: f64 = 0.84;
const RAPPED_MOST: f64 = 0.42;

/// A rendered phrase.
#[derive(Clone)]
pub struct Rendered {
    /// First sample's place in the file; may lie before its beginning.
    pub at: i64,
    /// 44.1 kHz.
    pub samples: Vec<f32>,
}

/// Where a phrase's samples begin in the file.
pub fn entry(phrase: &Phrase) -> i64 {
    ((phrase.start() - LEAD) * SAMPLE_RATE).round() as i64
}

/// The fixed means of a worker.
pub struct Studio<'a> {
    /// The network.
    pub net: &'a House,
    /// Its one thread.
    pub pool: Arc<ThreadPool>,
    /// Transforms.
    pub tract: Tract,
}

/// A phrase about to sound.
struct Voicing<'a> {
    frames: &'a [Sung],
    natural: &'a Natural,
    effort: &'a Effort,
    singer: &'a Singer,
    character: &'a Character,
    shape: &'a Shape,
    inhales: Inhales,
}

impl Studio<'_> {
    /// Sings a phrase with chance from `dice`.
    pub fn render(&mut self, cue: &Cue<'_>, dice: &mut Dice) -> Result<Rendered, HouseError> {
        let Cue {
            phrase, singer, shape, ..
        } = cue;
        let at = entry(phrase);
        let origin = at as f64 / SAMPLE_RATE;
        let shares = singer.blend.weights(singer.gender);
        let diction = Diction::of(phrase.delivery);
        let text = self
            .net
            .read(&phrase.ids(), phrase.language, shares, diction.speed, &self.pool)?;
        let units = unit::units(&phrase.tokens, &text.durations, phrase.language);
        let mut plan = plan::plan(&units, &spans(phrase, origin), diction);
        if phrase.delivery == Delivery::Rapped {
            plan.speak();
        }

        let character = Character::of(singer);
        let manner = pitch::Manner {
            singer,
            character: &character,
            delivery: phrase.delivery,
            backing: cue.seat != Seat::Front,
        };
        let mut melody = pitch::melody(&phrase.syllables, manner, origin, plan.frames(), dice);
        pitch::consonants(&mut melody.midi, &plan, &character);
        let hz: Vec<f64> = melody.midi.iter().map(|midi| pitch::hz(*midi)).collect();
        let spoken_at = conditioning(shares, &plan, 2 * text.pairs(), &hz);
        let natural = Natural::of(self.net.say(&text, &spoken_at, &self.pool)?);
        plan.sounding(natural.levels_db());
        plan.hold(&natural.quality());

        let tones: Vec<Tone> = phrase.syllables.iter().flatten().copied().collect();
        let effort = Effort::new(&tones, singer, origin, plan.frames());
        let mut frames = frames::frames(&plan, &natural.voicing, &hz);
        let playing = Playing {
            tones: &tones,
            melody: &melody,
            effort: &effort,
            character: &character,
            delivery: phrase.delivery,
            origin: origin + 0.03,
        };
        frames::level(&mut frames, &natural, &playing, dice);
        let level = f64::from(10f32.powf((LEVEL_DB - ENERGY_DB) / 20.0));
        let voice = Voicing {
            frames: &frames,
            natural: &natural,
            effort: &effort,
            singer,
            character: &character,
            shape,
            inhales: Inhales::new(&plan, phrase.rest_before, &effort.force, level, singer, dice),
        };
        let samples = resample(&self.synthesise(&voice, dice));
        Ok(Rendered {
            at,
            samples: colour::colour(samples, singer),
        })
    }

    /// Frames to samples, 24 kHz.
    fn synthesise(&mut self, voice: &Voicing<'_>, dice: &mut Dice) -> Vec<f32> {
        let Voicing {
            frames,
            natural,
            effort,
            singer,
            character,
            shape,
            inhales,
        } = voice;
        let source = glottis(singer, character, effort, frames, dice);
        let mut mouth = Mouth::new(character, dice);
        let (mut voiced, mut hiss) = (vec![0.0; BINS], vec![0.0; BINS]);
        let mut out = vec![0.0; source.pulses.len()];
        for (k, frame) in frames.iter().enumerate() {
            let air = inhales.at(k);
            let manner = Manner {
                force: effort.force[k],
                head: effort.head[k],
                belt: effort.belt[k],
                hz: frame.hz as f32,
                vowel: frame.unit.kind == Kind::Nucleus && frame.unit.class == Class::Vowel,
            };
            if frame.gain < 1e-4 && air.is_none() {
                mouth.shape(&manner, None, dice);
                continue;
            }
            natural.read(frame.source, shape, &mut voiced, &mut hiss);
            if frame.voiced {
                mouth.shape(&manner, Some(&mut voiced), dice);
                let breath = breathiness(singer, &manner, frame.airy);
                let buzzing = frame.unit.class == Class::VoicedObstruent;
                let own = natural.air(frame.source);
                aspiration::part(&mut voiced, &mut hiss, frame.hz as f32, own, buzzing, breath);
            } else {
                mouth.shape(&manner, None, dice);
                for n in &mut hiss {
                    *n *= 0.5;
                }
            }
            if let Some(air) = air {
                inhales.add(air, frame.gain, &mut hiss);
            }
            let near = |k: Option<usize>| k.and_then(|k| frames.get(k)).is_some_and(|f| f.voiced);
            let around = f32::from(u8::from(near(k.checked_sub(1)))) + f32::from(u8::from(near(Some(k + 1)))) + 1.0;
            let sound = Frame {
                harmonics: frame.voiced.then_some(&voiced[..]),
                noise: &hiss,
                voice: (around / 3.0).sqrt() * frame.held * if air.is_some() { frame.gain } else { 1.0 },
                gain: if air.is_some() { 1.0 } else { frame.gain },
            };
            let at = k * HOP;
            self.tract.add(
                &sound,
                &source.pulses[at..at + POINTS],
                &source.noise[at..at + POINTS],
                &mut out[at..at + POINTS],
            );
        }
        out.drain(..tract::BEFORE);
        out
    }
}

/// The pitch at which the net speaks: the sung one carried back to natural frames, kept in the range
/// the voices were taught in.
fn conditioning(shares: [f32; HOUSE.len()], plan: &Plan, frames: usize, hz: &[f64]) -> Vec<f64> {
    let taught = |end: usize| {
        let mean = HOUSE
            .iter()
            .zip(shares)
            .map(|(house, share)| f64::from(house.range[end]) * f64::from(share))
            .sum();
        pitch::hz(mean)
    };
    let (low, high) = (taught(0), taught(1));
    let mut sum = vec![(0.0, 0.0); frames];
    for ((_, source), hz) in plan.map().into_iter().zip(hz) {
        let cell = &mut sum[(source as usize).min(frames - 1)];
        *cell = (cell.0 + hz.ln(), cell.1 + 1.0);
    }
    let known: Vec<(f64, f64)> = sum
        .iter()
        .enumerate()
        .filter(|(_, c)| c.1 > 0.0)
        .map(|(i, c)| (i as f64, c.0 / c.1))
        .collect();
    (0..frames)
        .map(|i| interpolate(&known, i as f64).exp().clamp(low, high))
        .collect()
}

/// One glottis; an electric one is a stack of detuned oscillators.
fn glottis(singer: &Singer, character: &Character, effort: &Effort, frames: &[Sung], dice: &mut Dice) -> Source {
    let hz: Vec<f64> = frames.iter().map(|f| f.hz).collect();
    let voiced: Vec<f32> = frames.iter().map(|f| f32::from(u8::from(f.voiced))).collect();
    // Soft voices and those at the end of a breath are less regular.
    let rough: Vec<f32> = frames
        .iter()
        .zip(&effort.force)
        .map(|(f, force)| 1.0 - 0.5 * force + 2.0 * f.airy)
        .collect();
    let regularity = Regularity {
        detune: 0.0,
        growl: 0.2 * f64::from(singer.drive).clamp(0.0, 1.0),
        jitter: character.jitter,
        shimmer: character.shimmer,
    };
    let length = tract::excitation_length(frames.len());
    let mut out = excitation::source(&hz, &rough, &voiced, regularity, tract::BEFORE, length, dice);
    let electric = singer.electric.clamp(0.0, 1.0);
    if electric > 0.0 {
        for (detune, share) in [(-11.0, 0.5), (9.0, 0.5), (1200.0, 0.3)] {
            let steady = Regularity {
                detune,
                ..Regularity::default()
            };
            let other = excitation::source(&hz, &rough, &voiced, steady, tract::BEFORE, length, &mut dice.clone());
            for (x, y) in out.pulses.iter_mut().zip(other.pulses) {
                *x += electric * share * y;
            }
        }
        let level = (1.0 + electric * electric * 0.6).sqrt();
        for x in &mut out.pulses {
            *x /= level;
        }
    }
    out
}

/// How breathy a frame is: soft and high voices are, loud ones are not.
fn breathiness(singer: &Singer, manner: &Manner, airy: f32) -> f32 {
    let soft = (-manner.force).max(0.0);
    let firm = 1.0 - 0.5 * manner.force.max(0.0);
    singer.breath * firm + 0.08 * soft + 0.12 * manner.head + airy
}

/// When each syllable is sung, in frames from `origin`. Frame k is centred on its own instant and the
/// plan counts it as k … k + 1, half a frame late.
fn spans(phrase: &Phrase, origin: f64) -> Vec<Span> {
    let frame = |t: f64| (t - origin) * RATE + 0.5;
    let last = phrase.syllables.len() - 1;
    phrase
        .syllables
        .iter()
        .enumerate()
        .map(|(i, tones)| {
            let (start, mut end) = (tones[0].start, tones[tones.len() - 1].end);
            if phrase.delivery == Delivery::Rapped {
                let spoken = (RAPPED_SHARE * (end - start)).clamp(0.08, RAPPED_MOST);
                end = end.min(start + spoken);
            }
            if i == last {
                end = end.min(phrase.latest_end).max(start + 0.5 * (end - start));
            }
            Span {
                start: frame(start),
                end: frame(end),
            }
        })
        .collect()
}

/// Piecewise linear through rising points, constant outside.
fn interpolate(points: &[(f64, f64)], x: f64) -> f64 {
    let after = points.partition_point(|p| p.0 <= x);
    match (after.checked_sub(1).and_then(|i| points.get(i)), points.get(after)) {
        (Some(l), Some(r)) => l.1 + (r.1 - l.1) * (x - l.0) / (r.0 - l.0),
        (Some(p), None) | (None, Some(p)) => p.1,
        (None, None) => 0.0,
    }
}
