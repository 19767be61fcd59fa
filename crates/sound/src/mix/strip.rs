//! A channel strip: low cut, tilt, room for the kick and for the voice, width, pan, fader.

use catbird_score::Channel;

use super::{
    biquad::{Biquad, Memory},
    curve::Curve,
    sweep,
    widen::Widen,
};
use crate::{audio::amplitude, synth::filter::Svf};

/// Frames between two settings of the moving low-pass.
const RETUNE: usize = 32;

/// Nothing musical lives below; offsets and rumble do.
const DC_CUT_HZ: f32 = 24.0;

/// Where a voice carries its words: a wide band around 1.1 kHz (about 400 Hz – 3 kHz at half depth).
const PRESENCE_HZ: f32 = 1_100.0;
const PRESENCE_Q: f32 = 0.55;

/// How far the band steps back there while the voice sings.
const ROOM_DB: f32 = -3.0;

/// What a channel follows, each from the song's beginning.
#[derive(Clone, Copy, Default)]
pub(super) struct Cues<'a> {
    /// How hard the kick has just hit, 0–1.
    pub kick: Option<&'a Curve>,
    /// How far filters are open, 0–1.
    pub sweep: Option<&'a Curve>,
    /// How much the voice is there, 0–1.
    pub voice: Option<&'a Curve>,
}

/// State of one channel.
pub(super) struct Strip {
    filters: Vec<(Biquad, [Memory; 2])>,
    /// How far the low-pass may close, and its two sections a side.
    sweep: (f32, [[Svf; 2]; 2]),
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
            sweep: (channel.sweep.clamp(0.0, 1.0), Default::default()),
            room: (Biquad::band_pass(PRESENCE_HZ, PRESENCE_Q), Default::default()),
            duck_db: channel.duck_db.clamp(0.0, 40.0),
            widen: Widen::new(channel.width),
            gain: [fader * angle.cos(), fader * angle.sin()],
        }
    }

    /// A block in place; `frame` is where it stands.
    pub fn run(&mut self, frame: usize, left: &mut [f32], right: &mut [f32], cues: Cues<'_>) {
        for (filter, [l, r]) in &mut self.filters {
            filter.run_both([l, r], left, right);
        }
        if let Some(sweep) = cues.sweep {
            self.filter(frame, left, right, sweep);
        }
        self.widen.run(left, right);
        if let Some(voice) = cues.voice {
            // A bell is 1 + (g − 1)·band-pass (Regalia & Mitra 1987): g may move without clicks.
            let (filter, [l, r]) = &mut self.room;
            let depth = amplitude(ROOM_DB) - 1.0;
            voice.over(frame, left.len(), |i, amount| {
                left[i] += depth * amount * filter.step(l, left[i]);
                right[i] += depth * amount * filter.step(r, right[i]);
            });
        }
        let [gl, gr] = self.gain;
        if let Some(kick) = cues.kick.filter(|_| self.duck_db > 0.0) {
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

    fn filter(&mut self, frame: usize, left: &mut [f32], right: &mut [f32], sweep: &Curve) {
        let (depth, sides) = &mut self.sweep;
        if *depth == 0.0 {
            return;
        }
        sweep.over(frame, left.len(), |i, open| {
            if i == 0 || (frame + i).is_multiple_of(RETUNE) {
                let hz = sweep::corner_hz(open, *depth);
                // A little resonance at the corner is what makes the movement heard (two sections: 24 dB).
                for [first, second] in sides.iter_mut() {
                    first.tune(hz, 0.6);
                    second.tune(hz, 1.3);
                }
            }
            for ([first, second], x) in sides.iter_mut().zip([&mut left[i], &mut right[i]]) {
                *x = second.low(first.low(*x + 1e-18));
            }
        });
    }
}
