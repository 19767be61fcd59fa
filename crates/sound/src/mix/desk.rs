//! The band at the desk: players into strips, strips and their effects into a sum, block by block.

use std::sync::Arc;

use catbird_score::Score;
use rayon::prelude::*;
use rustysynth_ext::SoundFont;

use super::{
    CHUNK,
    curve::Curve,
    fade::Fade,
    kick,
    sends::{Effects, Sends},
    strip::{Cues, Strip},
    sweep,
};
use crate::{
    audio::add,
    band::{self, Player, calibration},
};

/// A part at the desk.
pub(crate) struct Track {
    player: Box<dyn Player>,
    strip: Strip,
    /// How much of it goes into the room and into the echo.
    pub sends: [f32; 2],
    /// Its last block, after the fader.
    pub left: Vec<f32>,
    /// The other side.
    pub right: Vec<f32>,
}

/// Every part with its player, and the band's effects. Each block continues where the last one ended.
pub(crate) struct Desk {
    /// In the score's order.
    pub tracks: Vec<Track>,
    /// The effects' answer to the last block.
    pub wet: [Vec<f32>; 2],
    /// The last block of the whole band.
    pub sum: [Vec<f32>; 2],
    effects: Effects,
    kick: Curve,
    sweep: Curve,
    fade: Fade,
}

impl Desk {
    /// The band of `score`, about to play `frames` frames.
    pub fn new(score: &Score, frames: usize, samples: Option<&Arc<SoundFont>>) -> Self {
        let tracks = score
            .parts
            .iter()
            .map(|part| Track {
                player: band::player(score, part, frames, samples, calibration::touch(part.sound)),
                strip: Strip::new(&part.channel, calibration::gain_db(part.sound)),
                sends: [part.channel.reverb.clamp(0.0, 1.0), part.channel.delay.clamp(0.0, 1.0)],
                left: vec![0.0; CHUNK],
                right: vec![0.0; CHUNK],
            })
            .collect();
        Self {
            tracks,
            wet: Default::default(),
            sum: Default::default(),
            effects: Effects::of(score),
            kick: kick::curve(score, frames),
            sweep: sweep::curve(score, frames),
            fade: Fade::of(score, frames),
        }
    }

    /// Plays the `n` frames from `at` on; `presence` says how much the voice is there.
    pub fn play(&mut self, at: usize, n: usize, presence: Option<&Curve>) {
        let cues = Cues {
            kick: Some(&self.kick),
            sweep: Some(&self.sweep),
            voice: presence,
        };
        self.tracks.par_iter_mut().for_each(|t| {
            t.left.resize(n, 0.0);
            t.right.resize(n, 0.0);
            t.player.play(&mut t.left, &mut t.right);
            t.strip.run(at, &mut t.left, &mut t.right, cues);
        });
        // Summed by one thread in the score's order: floats do not associate.
        let mut sends = Sends::new(n);
        for track in &self.tracks {
            sends.feed(&track.left, &track.right, track.sends[0], track.sends[1]);
        }
        let [left, right] = &mut self.sum;
        for side in [&mut *left, &mut *right] {
            side.clear();
            side.resize(n, 0.0);
        }
        for track in &mut self.tracks {
            self.fade.apply(at, &mut track.left, &mut track.right);
            add(left, &track.left);
            add(right, &track.right);
        }
        self.wet = self.effects.answer(sends);
        let [wet_left, wet_right] = &mut self.wet;
        self.fade.apply(at, wet_left, wet_right);
        add(left, wet_left);
        add(right, wet_right);
    }
}
