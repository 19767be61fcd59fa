//! One phrase from its tokens and tones to samples.

use std::sync::Arc;

use catbird_score::{Dice, Gender, Singer, phoneme::Class};
use rten::ThreadPool;

use super::{
    cast::Cue,
    colour,
    envelope::{Natural, Shape},
    excitation::{self, HOP},
    hibari::{BINS, Hibari, HibariError},
    phrase::{BRIDGE, Phrase, Tone},
    pitch,
    plan::{self, Plan, RATE, Span},
    resample::resample,
    tract::{self, Frame, POINTS, Tract},
    unit::{self, Kind, Unit},
};

/// Samples a second of the product.
pub const SAMPLE_RATE: f64 = 44_100.0;
/// Speed of the natural reading: a little slow, so that vowels have a steady middle.
const SPEED: f32 = 0.85;
/// Seconds before the first note: room for consonants and a breath.
const LEAD: f64 = 0.75;
/// The vowel is begun this early, seconds: a vowel's energy rises over some 20 ms and the beat is heard
/// in the middle of the rise (measured against `judge_song`'s onsets).
const ADVANCE: f64 = 0.02;
/// RMS level of sung vowels, dBFS.
pub const LEVEL_DB: f32 = -26.0;
/// Mean energy of an envelope to mean square of its sound: 601 bins · 20 Hz / 30 Hz / (2 · 300²).
const ENERGY_DB: f32 = -26.53;
/// Loudness a step of MIDI velocity, dB, around 90.
const VELOCITY_DB: f64 = 0.15;
/// Half of each frame's distance from the phrase's median level is taken back, at most this much, dB.
const EVEN_OUT: f32 = 0.5;
const EVEN_OUT_MOST_DB: f32 = 8.0;
/// A pause of this many seconds is long enough to breathe in.
const BREATH_REST: f64 = 0.9;

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
    pub net: &'a Hibari,
    /// Its one thread.
    pub pool: Arc<ThreadPool>,
    /// Transforms.
    pub tract: Tract,
}

/// A phrase about to sound.
struct Voicing<'a> {
    frames: &'a [Sung],
    natural: &'a Natural,
    singer: &'a Singer,
    shape: &'a Shape,
}

/// What each sung frame is made of.
struct Sung {
    unit: Unit,
    source: f64,
    voiced: bool,
    gain: f32,
    /// Pitch, Hz.
    hz: f64,
}

impl Studio<'_> {
    /// Sings a phrase with chance from `dice`.
    pub fn render(&mut self, cue: &Cue<'_>, dice: &mut Dice) -> Result<Rendered, HibariError> {
        let Cue {
            phrase, singer, shape, ..
        } = cue;
        let at = entry(phrase);
        let origin = at as f64 / SAMPLE_RATE;
        let text = self.net.read(&phrase.ids(), SPEED, &self.pool)?;
        let prosody = self.net.speak(&text, &self.pool)?;
        let units = unit::units(&phrase.tokens, &text.durations);
        let mut plan = plan::plan(&units, &spans(phrase, origin), BRIDGE * RATE);

        let tones: Vec<Tone> = phrase.syllables.iter().flatten().copied().collect();
        let midi = pitch::curve(&tones, singer, origin, plan.frames(), dice);
        let hz: Vec<f64> = midi.into_iter().map(pitch::hz).collect();
        let conditioning = conditioning(singer, &plan, &prosody.f0, &hz);
        let spectra = self.net.decode(&prosody, &conditioning, &self.pool)?;
        let natural = Natural::fold(&spectra, &conditioning);
        drop(spectra);
        plan.hold(&natural.quality(&prosody.f0));

        let mut frames = sung(&plan, &prosody.f0, &hz);
        level(&mut frames, &natural, &tones, origin, dice);
        let breath = phrase.rest_before > BREATH_REST;
        let voice = Voicing {
            frames: &frames,
            natural: &natural,
            singer,
            shape,
        };
        let samples = resample(&self.synthesise(&voice, &plan, breath, dice));
        Ok(Rendered {
            at,
            samples: colour::colour(samples, singer),
        })
    }

    fn synthesise(&mut self, voice: &Voicing<'_>, plan: &Plan, breath: bool, dice: &mut Dice) -> Vec<f32> {
        let Voicing {
            frames,
            natural,
            singer,
            shape,
        } = *voice;
        let length = tract::excitation_length(frames.len());
        let pulses = pulses(singer, frames, length);
        let noise = excitation::noise(length, dice);
        let share = noise_share(singer);
        let (mut voiced, mut hiss) = (vec![0.0; BINS], vec![0.0; BINS]);
        let mut out = vec![0.0; length];
        let inhale = Inhale::new(plan, breath, dice);
        for (k, frame) in frames.iter().enumerate() {
            let air = inhale.gain(k);
            if frame.gain < 1e-4 && air < 1e-5 {
                continue;
            }
            natural.read(frame.source, shape, &mut voiced, &mut hiss);
            if frame.voiced {
                let density = (frame.hz as f32 / 30.0).ln();
                for ((v, n), share) in voiced.iter_mut().zip(&mut hiss).zip(&share) {
                    *n = 0.5 * (*v + share.1);
                    *v = 0.5 * (*v + share.0 + density);
                }
            } else {
                for n in &mut hiss {
                    *n *= 0.5;
                }
            }
            if air > 1e-5 {
                for (k, n) in hiss.iter_mut().enumerate() {
                    *n = (n.exp() * frame.gain + air * Inhale::envelope(k)).max(1e-9).ln();
                }
            }
            let at = k * HOP;
            let near = |k: Option<usize>| k.and_then(|k| frames.get(k)).is_some_and(|f| f.voiced);
            let around = f32::from(u8::from(near(k.checked_sub(1)))) + f32::from(u8::from(near(Some(k + 1)))) + 1.0;
            let sound = Frame {
                harmonics: frame.voiced.then_some(&voiced[..]),
                noise: &hiss,
                voice: (around / 3.0).sqrt(),
                gain: if air > 1e-5 { 1.0 } else { frame.gain },
            };
            self.tract.add(
                &sound,
                &pulses[at..at + POINTS],
                &noise[at..at + POINTS],
                &mut out[at..at + POINTS],
            );
        }
        out.drain(..tract::BEFORE);
        out
    }
}

/// The pitch the network decodes at: the sung one carried back to natural frames, kept in its
/// training range; unvoiced frames keep their own.
fn conditioning(singer: &Singer, plan: &Plan, f0: &[f32], hz: &[f64]) -> Vec<f32> {
    let mut sum = vec![(0.0, 0.0); f0.len()];
    for ((_, source), hz) in plan.map().into_iter().zip(hz) {
        let cell = &mut sum[(source as usize).min(f0.len() - 1)];
        *cell = (cell.0 + hz.ln(), cell.1 + 1.0);
    }
    let known: Vec<(f64, f64)> = sum
        .iter()
        .enumerate()
        .filter(|(_, c)| c.1 > 0.0)
        .map(|(i, c)| (i as f64, c.0 / c.1))
        .collect();
    let top = match singer.gender {
        Gender::Female => 280.0,
        Gender::Male => 220.0,
    };
    f0.iter()
        .enumerate()
        .map(|(i, &spoken)| {
            if spoken > 60.0 {
                interpolate(&known, i as f64).exp().clamp(130.0, top) as f32
            } else {
                spoken
            }
        })
        .collect()
}

/// One glottis; an electric one is a stack of detuned oscillators.
fn pulses(singer: &Singer, frames: &[Sung], length: usize) -> Vec<f32> {
    let hz: Vec<f64> = frames.iter().map(|f| f.hz).collect();
    let growl = 0.2 * f64::from(singer.drive).clamp(0.0, 1.0);
    let electric = singer.electric.clamp(0.0, 1.0);
    let mut out = excitation::pulses(&hz, tract::BEFORE, length, 0.0, growl);
    if electric > 0.0 {
        for (cents, share) in [(-11.0, 0.5), (9.0, 0.5), (1200.0, 0.3)] {
            for (x, y) in out
                .iter_mut()
                .zip(excitation::pulses(&hz, tract::BEFORE, length, cents, 0.0))
            {
                *x += electric * share * y;
            }
        }
        let level = (1.0 + electric * electric * 0.6).sqrt();
        for x in &mut out {
            *x /= level;
        }
    }
    out
}

/// Log share of harmonics and of noise in a voiced frame's energy, a bin: speech is clear at the
/// bottom and half noise at 9 kHz; breath raises the floor.
fn noise_share(singer: &Singer) -> Vec<(f32, f32)> {
    let breath = singer.breath.clamp(0.0, 0.6);
    (0..BINS)
        .map(|k| {
            let ramp = ((20.0 * k as f32 - 3000.0) / 6000.0).clamp(0.0, 1.0);
            let share = (NOISE_FLOOR * breath).max((NOISE_TOP + breath) * ramp).min(0.9);
            ((1.0 - share).ln(), (share + 1e-9).ln())
        })
        .collect()
}

/// Noise share at the bottom for a breath of 1, and at 9 kHz and above for none.
const NOISE_FLOOR: f32 = 0.5;
const NOISE_TOP: f32 = 0.15;

/// When each syllable is sung, in frames from `origin`. Frame k is centred on its own instant and the
/// plan counts it as k … k + 1, half a frame late.
fn spans(phrase: &Phrase, origin: f64) -> Vec<Span> {
    let frame = |t: f64| (t - origin - ADVANCE) * RATE + 0.5;
    let last = phrase.syllables.len() - 1;
    phrase
        .syllables
        .iter()
        .enumerate()
        .map(|(i, tones)| {
            let (start, mut end) = (tones[0].start, tones[tones.len() - 1].end);
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

fn sung(plan: &Plan, f0: &[f32], hz: &[f64]) -> Vec<Sung> {
    let mut out: Vec<Sung> = plan
        .map()
        .into_iter()
        .enumerate()
        .map(|(k, (unit, source))| {
            let spoken = f0[((source - 0.5).round().max(0.0) as usize).min(f0.len() - 1)];
            let voiced = match (unit.kind, unit.class) {
                (Kind::Before | Kind::After, _) | (_, Class::Unvoiced) => false,
                (Kind::Nucleus, Class::Vowel | Class::Sonorant) => true,
                (Kind::Gap, _) => spoken > 100.0,
                (_, Class::Sonorant | Class::Vowel) => spoken > 15.0,
                _ => spoken > 60.0,
            };
            Sung {
                unit,
                source,
                voiced,
                gain: plan.gain(k) as f32,
                hz: hz[k],
            }
        })
        .collect();
    // A word gap between two voiced sounds does not stop the voice.
    for k in 1..out.len().saturating_sub(2) {
        if out[k].unit.kind == Kind::Gap && out[k - 1].voiced && (out[k + 1].voiced || out[k + 2].voiced) {
            out[k].voiced = true;
        }
    }
    out
}

/// Sets each frame's loudness: spoken ups and downs are halved, the phrase's median is brought to the
/// common level, then the notes' velocities and a little life in long notes are added.
fn level(frames: &mut [Sung], natural: &Natural, tones: &[Tone], origin: f64, dice: &mut Dice) {
    let spoken: Vec<f32> = frames.iter().map(|f| natural.level_db(f.source)).collect();
    let mut voiced: Vec<f32> = frames
        .iter()
        .zip(&spoken)
        .filter(|(f, _)| f.voiced && f.gain > 0.5)
        .map(|(_, l)| *l)
        .collect();
    voiced.sort_by(f32::total_cmp);
    let median = voiced.get(voiced.len() / 2).copied().unwrap_or(LEVEL_DB - ENERGY_DB);
    let even: Vec<f32> = frames
        .iter()
        .zip(&spoken)
        .map(|(f, l)| {
            if f.voiced {
                ((median - l) * EVEN_OUT).clamp(-EVEN_OUT_MOST_DB, EVEN_OUT_MOST_DB)
            } else {
                0.0
            }
        })
        .collect();
    let mut tone = 0;
    let played: Vec<f32> = (0..frames.len())
        .map(|k| {
            let t = origin + k as f64 / RATE + ADVANCE + 0.03;
            while tone + 1 < tones.len() && tones[tone + 1].start <= t {
                tone += 1;
            }
            let Tone {
                start, end, velocity, ..
            } = tones[tone];
            let long = (end - start - 0.6).clamp(0.0, 1.0);
            let swell = (std::f64::consts::PI * ((t - start) / (end - start)).clamp(0.0, 1.0)).sin();
            ((velocity - 90.0) * VELOCITY_DB + 1.5 * long * (swell - 0.5)) as f32
        })
        .collect();
    let (even, played) = (smooth(&even), smooth(&played));
    for (k, frame) in frames.iter_mut().enumerate() {
        let shimmer = 0.25 * dice.normal() as f32;
        let db = LEVEL_DB - ENERGY_DB - median + even[k] + played[k] + shimmer;
        frame.gain *= 10f32.powf(db / 20.0);
    }
}

/// Nine frames of Hann.
fn smooth(x: &[f32]) -> Vec<f32> {
    let window: Vec<f32> = (1..=9)
        .map(|i| (std::f32::consts::PI * i as f32 / 10.0).sin().powi(2) / 5.0)
        .collect();
    let at = |i: isize| x[i.clamp(0, x.len() as isize - 1) as usize];
    (0..x.len() as isize)
        .map(|k| window.iter().enumerate().map(|(j, w)| w * at(k + j as isize - 4)).sum())
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

/// A quiet breath in before a phrase.
struct Inhale {
    from: f64,
    to: f64,
    gain: f32,
}

impl Inhale {
    fn new(plan: &Plan, breath: bool, dice: &mut Dice) -> Self {
        let first = plan.breaths.first().map_or(0.0, |b| b.from);
        let length = dice.between(22.0, 30.0);
        let to = first - dice.between(5.0, 8.0);
        let db = (LEVEL_DB - ENERGY_DB) as f64 - dice.between(29.0, 33.0);
        let gain = if breath { 10f64.powf(db / 20.0) as f32 } else { 0.0 };
        Self {
            from: (to - length).max(1.0),
            to,
            gain,
        }
    }

    /// Rises slowly, ends quickly.
    fn gain(&self, k: usize) -> f32 {
        let u = (k as f64 - self.from) / (self.to - self.from);
        if !(0.0..1.0).contains(&u) {
            return 0.0;
        }
        self.gain * (std::f64::consts::PI * u.powf(1.6)).sin().powi(2) as f32
    }

    /// Amplitude a bin: the broad resonances of an open mouth drawing air.
    fn envelope(bin: usize) -> f32 {
        let hz = 20.0 * bin as f32;
        let bump = |centre: f32, width: f32| (-((hz - centre) / width).powi(2)).exp();
        bump(1500.0, 500.0) + 0.8 * bump(2700.0, 700.0) + 0.6 * bump(4300.0, 1400.0) + 0.15 * bump(7500.0, 2500.0)
    }
}
