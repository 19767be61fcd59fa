//! The backing singers at the desk: each through a strip of its own into one stereo bus, a little darker
//! and evener than the lead and deeper in the room. Their faders are relative to the lead's, which they
//! follow: at 0 dB a backing singer is as loud as the lead.

use std::sync::Arc;

use catbird_score::{Chorister, Gender, Score, Vocal};
use rayon::prelude::*;

use super::{
    biquad::{Biquad, Memory},
    curve::Curve,
    kick,
    sends::Sends,
    strip::{Cues, Strip},
    vocal::{Compress, DRY_LUFS, DeEss, LEVEL_LUFS, SHAPED_LUFS},
};
use crate::{
    audio::{amplitude, one_pole},
    voice::Rendered,
};

/// Highs taken from a backing singer, so that the lead's words are the clear ones: corner and gain.
const DARKER: (f32, f32) = (5_000.0, -3.5);

/// What a backing singer's reverb has over the one asked for.
const MORE_REVERB: f32 = 0.12;

/// How far a backing singer steps back while the lead sings, dB.
const UNDER_LEAD_DB: f32 = -1.5;

/// Peaks above this are held, dB under full scale; the lead's may rise to −11 dB.
const HELD_DB: f32 = -14.0;

/// A phrase's filters ring this long, frames.
const RING: usize = 8_192;

/// All of them.
pub(crate) struct Choir {
    seats: Vec<Seat>,
    kick: Curve,
}

/// One of them.
struct Seat {
    /// What is left to be heard, in order.
    phrases: Vec<Arc<Rendered>>,
    chain: Chain,
    strip: Strip,
    sends: [f32; 2],
    left: Vec<f32>,
    right: Vec<f32>,
    sounds: bool,
}

impl Choir {
    /// The backing singers of a song of `frames`; what they sing comes with [`Self::hear`].
    pub fn new(score: &Score, frames: usize) -> Self {
        let singers = score.vocal.iter().flat_map(|v: &Vocal| &v.backing);
        let pumps = singers.clone().any(|c| c.channel.duck_db > 0.0);
        Self {
            seats: singers.map(Seat::new).collect(),
            kick: if pumps {
                kick::curve(score, frames)
            } else {
                Curve::default()
            },
        }
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Hands a backing singer the next phrase.
    pub fn hear(&mut self, number: usize, phrase: Arc<Rendered>) {
        if let Some(seat) = self.seats.get_mut(number) {
            seat.phrases.push(phrase);
        }
    }

    /// Whether any of the phrases heard so far sounds in the `n` frames from `at` on.
    pub fn sounds(&self, at: usize, n: usize) -> bool {
        self.seats.iter().any(|s| s.touches(at, n, 0))
    }

    /// The bus for the `n` frames from `at` on, and what it sends to the effects. Blocks come in order.
    /// `presence` is how much the lead is there and `fader` its gain, of which `channel_db` is its own.
    pub fn sing(
        &mut self,
        at: usize,
        n: usize,
        presence: &Curve,
        fader: &Curve,
        channel_db: f32,
        sends: &mut Sends,
    ) -> [Vec<f32>; 2] {
        let kick = &self.kick;
        let own = amplitude(-channel_db);
        self.seats.par_iter_mut().for_each(|seat| {
            seat.sing(at, n, kick, presence);
            if seat.sounds {
                let (left, right) = (&mut seat.left, &mut seat.right);
                fader.over(at, n, |i, gain| {
                    left[i] *= gain * own;
                    right[i] *= gain * own;
                });
            }
        });
        // Summed by one thread in the score's order: floats do not associate.
        let mut bus = [vec![0.0; n], vec![0.0; n]];
        for seat in self.seats.iter().filter(|s| s.sounds) {
            sends.feed(&seat.left, &seat.right, seat.sends[0], seat.sends[1]);
            crate::audio::add(&mut bus[0], &seat.left);
            crate::audio::add(&mut bus[1], &seat.right);
        }
        bus
    }
}

impl Seat {
    fn new(chorister: &Chorister) -> Self {
        let channel = chorister.channel;
        Self {
            phrases: Vec::new(),
            chain: Chain::new(chorister),
            strip: Strip::new(&channel, 0.0),
            sends: [
                (channel.reverb + MORE_REVERB).clamp(0.0, 1.0),
                channel.delay.clamp(0.0, 1.0),
            ],
            left: Vec::new(),
            right: Vec::new(),
            sounds: false,
        }
    }

    fn touches(&self, at: usize, n: usize, ring: usize) -> bool {
        let (at, end) = (at as i64, (at + n) as i64);
        let over = |p: &Arc<Rendered>| p.at < end && p.at + (p.samples.len() + ring) as i64 > at;
        self.phrases.iter().any(over)
    }

    fn sing(&mut self, at: usize, n: usize, kick: &Curve, presence: &Curve) {
        self.sounds = self.touches(at, n, RING);
        if !self.sounds {
            return;
        }
        self.left.clear();
        self.left.resize(n, 0.0);
        for phrase in &self.phrases {
            let from = phrase.at - at as i64;
            let skip = usize::try_from(-from).unwrap_or(0).min(phrase.samples.len());
            let start = usize::try_from(from).unwrap_or(0).min(n);
            crate::audio::add(&mut self.left[start..], &phrase.samples[skip..]);
        }
        self.phrases
            .retain(|p| p.at + (p.samples.len() + RING) as i64 > (at + n) as i64);
        self.chain.run(&mut self.left);
        let left = &mut self.left;
        presence.over(at, n, |i, there| {
            left[i] *= 1.0 + (amplitude(UNDER_LEAD_DB) - 1.0) * there;
        });
        self.right.clone_from(&self.left);
        let cues = Cues {
            kick: Some(kick),
            voice: Some(presence),
            ..Cues::default()
        };
        self.strip.run(at, &mut self.left, &mut self.right, cues);
    }
}

/// From dry to even: low cut, levels that most singers need, compression, darker highs.
struct Chain {
    cut: [(Biquad, Memory); 2],
    compress: Compress,
    de_ess: DeEss,
    tone: [(Biquad, Memory); 2],
    held: Held,
}

impl Chain {
    fn new(chorister: &Chorister) -> Self {
        let corner: f32 = match chorister.singer.gender {
            Gender::Male => 100.0,
            Gender::Female => 150.0,
        };
        let corner = corner.max(chorister.channel.low_cut_hz);
        Self {
            cut: [0.541, 1.307].map(|q| (Biquad::high_pass(corner, q), Memory::default())),
            compress: Compress::default(),
            de_ess: DeEss::default(),
            tone: [Biquad::bell(260.0, 0.8, -2.5), Biquad::high_shelf(DARKER.0, DARKER.1)]
                .map(|b| (b, Memory::default())),
            held: Held::default(),
        }
    }

    fn run(&mut self, voice: &mut [f32]) {
        let scale = |voice: &mut [f32], from: f64| {
            let gain = amplitude((LEVEL_LUFS - from) as f32);
            for x in voice {
                *x *= gain;
            }
        };
        for (filter, memory) in &mut self.cut {
            filter.run(memory, voice);
        }
        scale(voice, DRY_LUFS);
        self.compress.run(voice);
        self.de_ess.run(voice);
        for (filter, memory) in &mut self.tone {
            filter.run(memory, voice);
        }
        scale(voice, SHAPED_LUFS);
        self.held.run(voice);
    }
}

/// Bends peaks above [`HELD_DB`] so that no single syllable of the choir sticks out.
struct Held {
    envelope: f32,
    fall: f32,
}

impl Default for Held {
    fn default() -> Self {
        Self {
            envelope: 0.0,
            fall: one_pole(0.08),
        }
    }
}

impl Held {
    fn run(&mut self, voice: &mut [f32]) {
        let threshold = amplitude(HELD_DB);
        for x in voice {
            self.envelope = x.abs().max(self.envelope * self.fall);
            if self.envelope > threshold {
                // Four to one.
                *x *= (threshold / self.envelope).powf(0.75);
            }
        }
    }
}
