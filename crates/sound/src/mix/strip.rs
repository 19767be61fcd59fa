//! A channel strip: low cut, tilt, room for the kick and for the voice, width, pan, fader.

use catbird_score::Channel;

use super::{
    biquad::{Biquad, Memory},
    curve::Curve,
    widen::Widen,
};
use crate::audio::amplitude;

/// Nothing musical lives below; offsets and rumble do.
const DC_CUT_HZ: f32 = 24.0;

/// Where a voice carries its words: a wide band around 1.1 kHz (about 400 Hz – 3 kHz at half depth).
const PRESENCE_HZ: f32 = 1_100.0;
const PRESENCE_Q: f32 = 0.55;

/// How far the band steps back there while the voice sings.
const ROOM_DB: f32 = -3.0;

/// State of one channel.
pub(super) struct Strip {
    filters: Vec<(Biquad, [Memory; 2])>,
    room: (Biquad, [Memory; 2]),
    duck_db: f32,
    widen: Widen,
    gain: [f32; 2],
}

impl Strip {
    /// `calibration_db` is added to the channel's fader.
    pub fn new(channel: &Channel, calibration_db: f32) -> Self {
        let mut filters = vec![(
            Biquad::high_pass(DC_CUT_HZ.max(channel.low_cut_hz), 0.707),
            Default::default(),
        )];
        if channel.tilt_db.abs() > 0.05 {
            filters.push((
                Biquad::high_shelf(4_000.0, channel.tilt_db.clamp(-18.0, 18.0)),
                Default::default(),
            ));
        }
        // Constant power, 0 dB in the middle.
        let angle = (channel.pan.clamp(-1.0, 1.0) + 1.0) * std::f32::consts::FRAC_PI_4;
        let fader = amplitude((channel.gain_db + calibration_db).clamp(-80.0, 40.0)) * std::f32::consts::SQRT_2;
        Self {
            filters,
            room: (Biquad::band_pass(PRESENCE_HZ, PRESENCE_Q), Default::default()),
            duck_db: channel.duck_db.clamp(0.0, 40.0),
            widen: Widen::new(channel.width),
            gain: [fader * angle.cos(), fader * angle.sin()],
        }
    }

    /// A block in place. `kick` says how hard the kick has just hit and `voice` how much the voice is
    /// there (0–1), both from the song's beginning; `frame` is where the block stands.
    pub fn run(&mut self, frame: usize, left: &mut [f32], right: &mut [f32], kick: &Curve, voice: Option<&Curve>) {
        for (filter, [l, r]) in &mut self.filters {
            filter.run(l, left);
            filter.run(r, right);
        }
        self.widen.run(left, right);
        if let Some(voice) = voice {
            // A bell is 1 + (g − 1)·band-pass (Regalia & Mitra 1987): g may move without clicks.
            let (filter, [l, r]) = &mut self.room;
            let depth = amplitude(ROOM_DB) - 1.0;
            voice.over(frame, left.len(), |i, amount| {
                left[i] += depth * amount * filter.step(l, left[i]);
                right[i] += depth * amount * filter.step(r, right[i]);
            });
        }
        let [gl, gr] = self.gain;
        if self.duck_db > 0.0 {
            let floor = amplitude(-self.duck_db);
            kick.over(frame, left.len(), |i, amount| {
                let duck = 1.0 + (floor - 1.0) * amount;
                left[i] *= gl * duck;
                right[i] *= gr * duck;
            });
        } else {
            for (l, r) in left.iter_mut().zip(right) {
                *l *= gl;
                *r *= gr;
            }
        }
    }
}
