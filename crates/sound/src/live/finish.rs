//! The master of a song that is not known yet: every setting comes from a short listen into it, none
//! moves while it plays.

use catbird_score::Score;

use crate::{
    audio::Stereo,
    master::{
        Chain,
        loudness_match::{self, LATENCY, Last},
    },
    studio::Live,
};

/// Blocks go in as they are mixed and out to the listener.
pub(crate) struct Finish<'a> {
    chain: Option<Chain>,
    last: Last,
    /// Frames that the limiter still owes.
    owed: usize,
    sink: &'a Live<'a>,
}

impl<'a> Finish<'a> {
    /// Set up for a song that sounds like `heard`.
    pub fn new(score: &Score, heard: &Stereo, sink: &'a Live<'a>) -> Self {
        let chain = || Chain::heard(heard, &score.master, score.seed);
        let gain_db = chain().and_then(|mut chain| {
            let mut finished = heard.clone();
            chain.run(&mut finished.left, &mut finished.right);
            loudness_match::gain_db(&finished, &score.master)
        });
        Self {
            chain: chain(),
            last: Last::new(gain_db.unwrap_or(0.0), &score.master),
            owed: LATENCY,
            sink,
        }
    }

    /// Finishes a block and hands it on.
    pub fn block(&mut self, left: &mut [f32], right: &mut [f32]) {
        if let Some(chain) = &mut self.chain {
            chain.run(left, right);
        }
        for (l, r) in left.iter_mut().zip(right.iter_mut()) {
            [*l, *r] = self.last.step(*l, *r);
        }
        // What comes first was never put in.
        let skip = self.owed.min(left.len());
        self.owed -= skip;
        if skip < left.len() {
            (self.sink)(&left[skip..], &right[skip..]);
        }
    }

    /// Hands on what is still inside.
    pub fn end(mut self) {
        let (mut left, mut right) = ([0.0; LATENCY], [0.0; LATENCY]);
        for (l, r) in left.iter_mut().zip(&mut right) {
            [*l, *r] = self.last.step(0.0, 0.0);
        }
        // A piece shorter than the delay has some of that before its own beginning.
        (self.sink)(&left[self.owed..], &right[self.owed..]);
    }
}
