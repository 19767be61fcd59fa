//! The voice over a band that is still being played: polished, given room, and ridden, with what is
//! known a second and a half ahead instead of the whole song.

use catbird_score::{Score, Vocal};

use super::feed::Feed;
use crate::{
    audio::{Stereo, amplitude, one_pole},
    mix::{
        CHUNK,
        choir::Choir,
        curve::{Curve, STRIDE},
        fade::Fade,
        ride::{self, Band},
        sends::{Effects, Sends},
        vocal::Polish,
    },
};

/// A polished voice's usual amplitude between 300 Hz and 4 kHz: median of 17 songs (0.051 … 0.056).
const REFERENCE: f32 = 0.0545;

/// Singing that the first guess of the average counts for, seconds.
const GUESS_SECONDS: f64 = 6.0;

/// −100 dBFS.
const SILENT: f32 = 1e-5;

/// Strides of half a moving average over `seconds`.
fn half(seconds: f32) -> usize {
    (seconds * crate::audio::RATE_F / STRIDE as f32 / 2.0) as usize
}

/// A centred moving average of values that come one by one.
struct Moving {
    sums: Vec<f64>,
    half: usize,
}

impl Moving {
    fn over(seconds: f32) -> Self {
        Self {
            sums: vec![0.0],
            half: half(seconds),
        }
    }

    fn known(&self) -> usize {
        self.sums.len() - 1
    }

    fn push(&mut self, value: f64) {
        let last = self.sums[self.known()];
        self.sums.push(last + value);
    }

    /// How many averages can be told; all, once nothing more comes.
    fn ready(&self, ended: bool) -> usize {
        if ended {
            self.known()
        } else {
            self.known().saturating_sub(self.half)
        }
    }

    fn mean(&self, i: usize) -> f64 {
        let (from, to) = (i.saturating_sub(self.half), (i + self.half + 1).min(self.known()));
        (self.sums[to] - self.sums[from]) / (to - from).max(1) as f64
    }
}

/// The voice and what is known of the band.
pub(super) struct Lead<'a> {
    feed: &'a Feed,
    frames: usize,
    /// The polished voice from frame `base` to `reached`.
    polished: Stereo,
    base: usize,
    reached: usize,
    polish: Polish,
    voice: Band,
    /// Presence: its follower, its moving average, and what came out.
    followed: f32,
    coming: Moving,
    pub presence: Curve,
    fader: Fader,
    choir: Choir,
    effects: Effects,
    sends: [f32; 2],
    fade: Fade,
}

impl<'a> Lead<'a> {
    /// For a band that is expected to need a voice raised by `voice_db`.
    pub fn new(score: &Score, vocal: &Vocal, frames: usize, feed: &'a Feed, voice_db: f32) -> Self {
        let channel = vocal.channel;
        Self {
            feed,
            frames,
            polished: Stereo::default(),
            base: 0,
            reached: 0,
            polish: Polish::new(vocal),
            voice: Band::default(),
            followed: 0.0,
            coming: Moving::over(ride::PRESENCE_SECONDS),
            presence: Curve::default(),
            fader: Fader::new(voice_db, channel.gain_db),
            choir: Choir::new(score, frames),
            effects: Effects::of(score),
            sends: [channel.reverb.clamp(0.0, 1.0), channel.delay.clamp(0.0, 1.0)],
            fade: Fade::of(score, frames),
        }
    }

    /// Waits until the voice is sung far enough for [`Self::presence`] to be known up to frame `to`;
    /// `None` when it never will be.
    pub fn prepare(&mut self, to: usize) -> Option<()> {
        let ahead = (half(ride::PRESENCE_SECONDS) + 4) * STRIDE;
        let to = to + ahead;
        while self.reached < to.min(self.frames) {
            let next = (self.reached + CHUNK).min(self.frames);
            let block = self.polish.run(self.feed.read(self.reached, next)?);
            self.voice.hear(&block.left, &block.right);
            self.polished.left.extend(&block.left);
            self.polished.right.extend(&block.right);
            self.reached = next;
        }
        for (number, phrase) in self.feed.choir() {
            self.choir.hear(number, phrase);
        }
        let coefficient = |seconds: f32| one_pole(seconds / STRIDE as f32);
        let (up, down) = (coefficient(ride::PRESENCE_ATTACK), coefficient(ride::PRESENCE_RELEASE));
        for power in &self.voice.power.values[self.coming.known()..] {
            let there = ride::there(*power, REFERENCE);
            let c = if there > self.followed { up } else { down };
            self.followed = there + c * (self.followed - there);
            self.coming.push(f64::from(self.followed));
        }
        for i in self.presence.values.len()..self.coming.ready(self.reached == self.frames) {
            self.presence.values.push(self.coming.mean(i) as f32);
        }
        Some(())
    }

    /// Hears the band's next block.
    pub fn hear(&mut self, left: &[f32], right: &[f32]) {
        self.fader.band.hear(left, right);
    }

    /// Whether the block of `n` frames from `at` on can be mixed: nobody sings there, or the fader
    /// knows how it goes on.
    pub fn is_ready(&mut self, at: usize, n: usize, ended: bool) -> bool {
        self.fader.move_on(&self.voice.power, &self.presence, ended);
        let silent = |side: &[f32]| side[..n].iter().all(|x| x.abs() < SILENT);
        ended
            || self.fader.gain.values.len() > (at + n) / STRIDE + 1
            || (silent(&self.polished.left) && silent(&self.polished.right) && !self.choir.sounds(at, n))
    }

    /// The voice with its effects, to be added to the band's block of `n` frames from `at` on.
    pub fn block(&mut self, at: usize, n: usize) -> [Vec<f32>; 2] {
        let take = |side: &mut Vec<f32>| -> Vec<f32> { side.drain(..n).collect() };
        let (mut left, mut right) = (take(&mut self.polished.left), take(&mut self.polished.right));
        debug_assert_eq!(self.base, at, "blocks come in order");
        self.base += n;
        self.fader.gain.over(at, n, |i, g| {
            left[i] *= g;
            right[i] *= g;
        });
        let mut sends = Sends::new(n);
        sends.feed(&left, &right, self.sends[0], self.sends[1]);
        if !self.choir.is_empty() {
            let (presence, gain) = (&self.presence, &self.fader.gain);
            let bus = self
                .choir
                .sing(at, n, presence, gain, self.fader.channel_db, &mut sends);
            crate::audio::add(&mut left, &bus[0]);
            crate::audio::add(&mut right, &bus[1]);
        }
        let [mut wet_left, mut wet_right] = self.effects.answer(sends);
        self.fade.apply(at, &mut left, &mut right);
        self.fade.apply(at, &mut wet_left, &mut wet_right);
        crate::audio::add(&mut left, &wet_left);
        crate::audio::add(&mut right, &wet_right);
        [left, right]
    }
}

/// The fader as [`ride::gain`] moves it, but for the song's average, which is learnt on the way.
struct Fader {
    band: Band,
    /// Voice, band and presence, each weighted by presence.
    heard: [Moving; 3],
    wanted: Moving,
    /// Sums of the three over the song so far, the first guess included.
    total: [f64; 3],
    channel_db: f32,
    gain: Curve,
}

impl Fader {
    fn new(voice_db: f32, channel_db: f32) -> Self {
        let strides = GUESS_SECONDS * f64::from(crate::audio::RATE_F) / STRIDE as f64;
        // A voice of usual power over a band that makes `voice_db` right.
        let voice = 10f64.powf(f64::from(ride::VOICE_DB) / 10.0);
        let band = voice * 10f64.powf(f64::from(voice_db - ride::OVER_DB) / 10.0);
        Self {
            band: Band::default(),
            heard: std::array::from_fn(|_| Moving::over(ride::RIDE_SECONDS)),
            wanted: Moving::over(ride::RIDE_SECONDS),
            total: [voice * strides, band * strides, strides],
            channel_db,
            gain: Curve::default(),
        }
    }

    fn move_on(&mut self, voice: &Curve, presence: &Curve, ended: bool) {
        let known = voice
            .values
            .len()
            .min(presence.values.len())
            .min(self.band.power.values.len());
        for i in self.heard[0].known()..known {
            let weight = f64::from(presence.values[i]);
            let now = [
                f64::from(voice.values[i]) * weight,
                f64::from(self.band.power.values[i]) * weight,
                weight,
            ];
            for (moving, now) in self.heard.iter_mut().zip(now) {
                moving.push(now);
            }
        }
        let db = |x: f64| 10.0 * x.max(1e-12).log10();
        let floor = f64::from(ride::BAND_FLOOR);
        let over = |voice: f64, band: f64, weight: f64| {
            f64::from(ride::OVER_DB) + db((band / weight).max(floor)) - db(voice / weight)
        };
        let (low, high) = (f64::from(ride::RIDE_DB.0), f64::from(ride::RIDE_DB.1));
        for i in self.wanted.known()..self.heard[0].ready(ended) {
            let [voice, band, weight] = [0, 1, 2].map(|k| self.heard[k].mean(i));
            for (total, now) in self.total.iter_mut().zip([voice, band, weight]) {
                *total += now;
            }
            let average = over(self.total[0], self.total[1], self.total[2]);
            let aside = if weight > 0.02 {
                (over(voice, band, weight) - average).clamp(low, high)
            } else {
                0.0
            };
            self.wanted.push(average + aside);
        }
        for i in self.gain.values.len()..self.wanted.ready(ended) {
            let db = (self.wanted.mean(i) as f32).clamp(-30.0, 30.0) + self.channel_db;
            self.gain.values.push(amplitude(db));
        }
    }
}
