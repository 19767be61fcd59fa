//! The song as it is being made: a listener hears the first bars while the last lines are not yet sung.
//!
//! ```text
//! singer ── lines ──► feed ─────────────────────► voice ─┐
//! own players, the first bars ─┐                         ├─► master ─► listener
//! the recording's band ────────┴─ crossfade ─► band ─────┘
//! ```
//! The band of a sung piece begins after the last line is sung, since it makes room for the voice; until
//! then a second set of players goes ahead with what is sung already. As soon as the recording's own band
//! is there, it takes over. The mix is made with a second and a half of foresight ([`lead`]), the master
//! from a short listen into the piece ([`probe`]), so this is the same performance as the finished file,
//! but not the same samples. Nothing of it flows back: the file is the same whether somebody listens.

pub(crate) mod ahead;
pub(crate) mod feed;
mod finish;
mod lead;
mod probe;

use std::{
    collections::VecDeque,
    sync::mpsc::{Receiver, TryRecvError},
};

use catbird_score::Score;

use self::{feed::Feed, finish::Finish, lead::Lead};
use crate::{
    audio::{RATE, Stereo, add},
    band::samples::Samples,
    error::SoundError,
    mix::{CHUNK, desk::Desk},
    progress::{Progress, Step, report},
    studio::Live,
};

/// A block of the band, left and right.
pub(crate) type Block = [Vec<f32>; 2];

/// How many blocks the recording may be ahead of the listener's mix before it waits: 24 s, 8 MB.
pub(crate) const BLOCKS_AHEAD: usize = 64;

/// The own players go on at least this long, so that the recording has time to come after them…
const SOON: usize = 6 * RATE as usize;

/// … and at most this long, plus this share of the piece: they are work done twice.
const LATE: usize = 12 * RATE as usize;
const LATE_SHARE: f64 = 0.1;

/// Frames over which the mix of the listener gives way to the finished one.
const JOIN: usize = 4_096;

/// What is played to the listener, and where it comes from.
pub(crate) struct Stage<'s, 'a> {
    pub score: &'s Score,
    /// The piece's length.
    pub frames: usize,
    /// Where the listener's own mix ends, frames.
    pub until: usize,
    /// The voice, if there is one.
    pub feed: Option<&'s Feed>,
    /// The recording's band, block by block from the beginning.
    pub blocks: Receiver<Block>,
    pub sink: &'a Live<'a>,
}

/// Closes a feed when it goes.
pub(crate) struct Closing<'a>(pub Option<&'a Feed>);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        if let Some(feed) = self.0 {
            feed.close();
        }
    }
}

/// A listener who has heard the piece up to a frame.
pub(crate) struct BrokenOff<'a> {
    finish: Finish<'a>,
    until: usize,
    /// How the listener's mix would have gone on.
    tail: Block,
}

impl<'a> Stage<'_, 'a> {
    /// Plays until the end, or until [`Self::until`], in which case the rest can follow; or until the
    /// recording breaks off.
    pub fn perform(self, samples: impl FnOnce() -> Option<Samples>) -> Option<BrokenOff<'a>> {
        let samples = samples()?;
        let Self {
            score,
            frames,
            until,
            feed,
            blocks,
            sink,
        } = self;
        let probe = probe::listen(score, &samples);
        let mut finish = Finish::new(score, &probe.mix, sink);
        let mut lead = feed
            .zip(score.vocal.as_ref())
            .map(|(feed, vocal)| Lead::new(score, vocal, frames, feed, probe.voice_db));
        drop(probe);
        let mut band = Source {
            own: lead.is_some().then(|| Desk::new(score, frames, &samples)),
            latest: LATE + (LATE_SHARE * frames as f64) as usize,
            blocks,
            received: 0,
        };
        let mut tail = Block::default();
        let mut waiting: VecDeque<Block> = VecDeque::new();
        let (mut heard, mut mixed) = (0, 0);
        while mixed < until {
            if heard < frames {
                let n = CHUNK.min(frames - heard);
                if let Some(lead) = &mut lead {
                    lead.prepare(heard + n)?;
                }
                let block = band.block(heard, n, lead.as_ref())?;
                if let Some(lead) = &mut lead {
                    lead.hear(&block[0], &block[1]);
                }
                waiting.push_back(block);
                heard += n;
            }
            while let Some([mut left, mut right]) = waiting.pop_front() {
                let n = left.len();
                if let Some(lead) = &mut lead {
                    if !lead.is_ready(mixed, n, heard == frames) {
                        waiting.push_front([left, right]);
                        break;
                    }
                    let [voice_left, voice_right] = lead.block(mixed, n);
                    add(&mut left, &voice_left);
                    add(&mut right, &voice_right);
                }
                let keep = n.min(until.saturating_sub(mixed));
                tail = [left.split_off(keep), right.split_off(keep)];
                finish.block(&mut left, &mut right);
                mixed += n;
                if mixed >= until {
                    break;
                }
            }
        }
        if until < frames {
            return Some(BrokenOff { finish, until, tail });
        }
        finish.end();
        None
    }
}

impl BrokenOff<'_> {
    /// Plays the rest of the finished mix.
    pub fn go_on(self, mix: &Stereo, progress: &Progress<'_>) -> Result<(), SoundError> {
        let Self {
            mut finish,
            until,
            tail,
        } = self;
        for at in (until..mix.frames()).step_by(CHUNK) {
            report(progress, Step::Mixing, 1.0)?;
            let end = (at + CHUNK).min(mix.frames());
            let (mut left, mut right) = (mix.left[at..end].to_vec(), mix.right[at..end].to_vec());
            if at == until {
                let [old_left, old_right] = &tail;
                give_way(&mut left, old_left);
                give_way(&mut right, old_right);
            }
            finish.block(&mut left, &mut right);
        }
        finish.end();
        Ok(())
    }
}

/// Lets `old` pass into `new` from its beginning on.
fn give_way(new: &mut [f32], old: &[f32]) {
    let length = JOIN.min(old.len()).min(new.len());
    for (i, (new, old)) in new.iter_mut().zip(old).take(length).enumerate() {
        let share = (i as f32 + 0.5) / length as f32;
        *new = old + share * (*new - old);
    }
}

/// Where the band comes from.
struct Source {
    own: Option<Desk>,
    /// The own players stop here, frames.
    latest: usize,
    blocks: Receiver<Block>,
    received: usize,
}

impl Source {
    /// The band's block of `n` frames from `at` on; `None` when the recording has broken off.
    fn block(&mut self, at: usize, n: usize, lead: Option<&Lead<'_>>) -> Option<Block> {
        let index = at / CHUNK;
        let Some(desk) = &mut self.own else {
            return self.receive(index);
        };
        desk.play(at, n, lead.map(|l| &l.presence));
        let mut block = desk.bus.sum.clone();
        while self.received < index {
            match self.blocks.try_recv() {
                Ok(_) => self.received += 1,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return None,
            }
        }
        if (self.received > 0 && at >= SOON) || at >= self.latest {
            self.own = None;
            let [mut left, mut right] = self.receive(index)?;
            give_way(&mut left, &block[0]);
            give_way(&mut right, &block[1]);
            block = [left, right];
        }
        Some(block)
    }

    /// Block `index` of the recording; those before it are let go.
    fn receive(&mut self, index: usize) -> Option<Block> {
        loop {
            let block = self.blocks.recv().ok()?;
            self.received += 1;
            if self.received > index {
                return Some(block);
            }
        }
    }
}
