//! The band at the desk: players into strips, strips and their effects into a sum, block by block.

use std::time::{Duration, Instant};

use catbird_score::Score;
use rayon::prelude::*;

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
    band::{self, Player, calibration, samples::Samples},
    error::SoundError,
};

/// A block, left and right.
type Block = [Vec<f32>; 2];

/// A part at the desk.
struct Track {
    player: Box<dyn Player>,
    strip: Strip,
    /// The block that is being played, after the fader.
    block: Block,
    /// Frames since the player was last heard.
    quiet: usize,
    /// What the last one took.
    took: Duration,
}

/// A player below this is silent (−160 dBFS), and its strip has died away so many frames later: the longest
/// memory is the low cut's, 24 Hz.
const SILENT: f32 = 1e-8;
const SETTLED: usize = 16_000;

impl Track {
    fn play(&mut self, at: usize, n: usize, cues: Cues<'_>) {
        let began = Instant::now();
        let [left, right] = &mut self.block;
        left.resize(n, 0.0);
        right.resize(n, 0.0);
        self.player.play(left, right);
        let heard = |side: &[f32]| side.iter().any(|x| x.abs() > SILENT);
        let rests = !heard(left) && !heard(right);
        if rests && self.quiet >= SETTLED {
            left.fill(0.0);
            right.fill(0.0);
        } else {
            self.strip.run(at, left, right, cues);
        }
        self.quiet = if rests { self.quiet.saturating_add(n) } else { 0 };
        self.took = began.elapsed();
    }
}

/// Where the tracks come together.
pub(crate) struct Bus {
    /// The last block of every part, in the score's order.
    pub tracks: Vec<Block>,
    /// How much of each goes into the room and into the echo.
    pub sends: Vec<[f32; 2]>,
    /// The effects' answer to the last block.
    pub wet: Block,
    /// The last block of the whole band.
    pub sum: Block,
    effects: Effects,
    fade: Fade,
    /// What the last block took, with who heard it.
    took: Duration,
}

impl Bus {
    /// Mixes what is in [`Self::tracks`]. In the score's order: floats do not associate.
    fn mix(&mut self, at: usize, n: usize) {
        let mut sends = Sends::new(n);
        for ([left, right], [reverb, delay]) in self.tracks.iter().zip(&self.sends) {
            sends.feed(left, right, *reverb, *delay);
        }
        let [sum_left, sum_right] = &mut self.sum;
        for side in [&mut *sum_left, &mut *sum_right] {
            side.clear();
            side.resize(n, 0.0);
        }
        for [left, right] in &mut self.tracks {
            self.fade.apply(at, left, right);
            add(sum_left, left);
            add(sum_right, right);
        }
        self.wet = self.effects.answer(sends);
        let [wet_left, wet_right] = &mut self.wet;
        self.fade.apply(at, wet_left, wet_right);
        add(sum_left, wet_left);
        add(sum_right, wet_right);
    }
}

/// Every part with its player, and the band's effects. Each block continues where the last one ended.
pub(crate) struct Desk {
    tracks: Vec<Track>,
    pub bus: Bus,
    kick: Curve,
    sweep: Curve,
}

impl Desk {
    /// The band of `score`, about to play `frames` frames.
    pub fn new(score: &Score, frames: usize, samples: &Samples) -> Self {
        let tracks: Vec<Track> = score
            .parts
            .iter()
            .map(|part| Track {
                player: band::player(score, part, frames, samples, calibration::touch(part.sound)),
                strip: Strip::new(&part.channel, calibration::gain_db(part.sound)),
                block: Block::default(),
                quiet: usize::MAX,
                took: Duration::ZERO,
            })
            .collect();
        let sends = |part: &catbird_score::Part| [part.channel.reverb, part.channel.delay].map(|x| x.clamp(0.0, 1.0));
        Self {
            bus: Bus {
                tracks: vec![Block::default(); tracks.len()],
                sends: score.parts.iter().map(sends).collect(),
                wet: Block::default(),
                sum: Block::default(),
                effects: Effects::of(score),
                fade: Fade::of(score, frames),
                took: Duration::ZERO,
            },
            tracks,
            kick: kick::curve(score, frames),
            sweep: sweep::curve(score, frames),
        }
    }

    /// Plays the `n` frames from `at` on; `presence` says how much the voice is there.
    pub fn play(&mut self, at: usize, n: usize, presence: Option<&Curve>) {
        self.work(Some((at, n)), presence, None::<fn(&mut Bus)>);
        self.hand_over();
        self.bus.mix(at, n);
    }

    /// Plays all `frames` frames. `hear` is told each block in order, by its first frame; while it listens,
    /// the band already plays the next one. An error of it ends the work. `tell` has the block afterwards, on
    /// the caller's own thread: it may wait for somebody, which no thread of the pool must.
    pub fn play_through(
        &mut self,
        frames: usize,
        presence: Option<&Curve>,
        mut hear: impl FnMut(usize, &Bus) -> Result<(), SoundError> + Send,
        mut tell: impl FnMut(&Bus),
    ) -> Result<(), SoundError> {
        let mut played = None;
        for next in (0..frames).step_by(CHUNK).map(Some).chain([None]) {
            let next = next.map(|at| (at, CHUNK.min(frames - at)));
            let mut heard = Ok(());
            let listen = played.map(|(at, n)| {
                let (hear, heard) = (&mut hear, &mut heard);
                move |bus: &mut Bus| {
                    let began = Instant::now();
                    bus.mix(at, n);
                    *heard = hear(at, bus);
                    bus.took = began.elapsed();
                }
            });
            self.work(next, presence, listen);
            heard?;
            if played.is_some() {
                tell(&self.bus);
            }
            self.hand_over();
            played = next;
        }
        Ok(())
    }

    /// Lets every track play a block, and the bus work on the one before, on all threads. Who took longest
    /// the last time begins (Graham, *Bounds on Multiprocessing Timing Anomalies*, SIAM J. Appl. Math. 1969):
    /// nobody waits for one long track at the end. The order changes nothing that is heard.
    fn work<B: FnOnce(&mut Bus) + Send>(
        &mut self,
        block: Option<(usize, usize)>,
        presence: Option<&Curve>,
        listen: Option<B>,
    ) {
        let Self {
            tracks,
            bus,
            kick,
            sweep,
        } = self;
        let cues = Cues {
            kick: Some(kick),
            sweep: Some(sweep),
            voice: presence,
        };
        let mut jobs: Vec<(Duration, Box<dyn FnOnce() + Send + '_>)> = Vec::with_capacity(tracks.len() + 1);
        if let Some((at, n)) = block {
            for track in tracks {
                jobs.push((track.took, Box::new(move || track.play(at, n, cues))));
            }
        }
        if let Some(listen) = listen {
            jobs.push((bus.took, Box::new(move || listen(bus))));
        }
        jobs.sort_by_key(|(took, _)| std::cmp::Reverse(*took));
        jobs.into_iter().par_bridge().for_each(|(_, job)| job());
    }

    /// The tracks' blocks are the bus's now.
    fn hand_over(&mut self) {
        for (track, block) in self.tracks.iter_mut().zip(&mut self.bus.tracks) {
            std::mem::swap(&mut track.block, block);
        }
    }
}
