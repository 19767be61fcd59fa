//! What a listener hears of a piece with recordings: the one it begins with at once, the rest when it
//! is finished.

use crate::{
    audio::Stereo,
    mix::CHUNK,
    reels::whole::{AROUND, Wholes},
    studio::Live,
};

/// A listener who has heard the piece up to a frame.
pub(crate) struct Ahead<'a> {
    sink: &'a Live<'a>,
    heard: usize,
}

impl<'a> Ahead<'a> {
    /// Plays the recording at the beginning, if there is one: those samples are final.
    pub fn begin(sink: &'a Live<'a>, wholes: &Wholes, sound: &[Stereo]) -> Self {
        let mut ahead = Self { sink, heard: 0 };
        if let (Some(span), Some(sound)) = (wholes.spans.first(), sound.first())
            && span.frames.start == 0
        {
            let end = AROUND + span.frames.end;
            ahead.play(&sound.left[AROUND..end], &sound.right[AROUND..end]);
        }
        ahead
    }

    /// Plays the rest of the finished piece.
    pub fn go_on(mut self, master: &Stereo) {
        let from = self.heard.min(master.frames());
        self.play(&master.left[from..], &master.right[from..]);
    }

    fn play(&mut self, left: &[f32], right: &[f32]) {
        for (l, r) in left.chunks(CHUNK).zip(right.chunks(CHUNK)) {
            (self.sink)(l, r);
        }
        self.heard += left.len();
    }
}
