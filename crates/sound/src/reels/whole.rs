//! Spans in which a recording alone sounds, and how they are laid over what is played: inside them
//! every bit is the recording's, all fades lie beside them, on the played side.

use std::ops::Range;

use catbird_score::{Reel, Score, Track};

use super::{continues, frame, reader::Reader, rise};
use crate::{
    audio::{RATE, Stereo, amplitude},
    error::SoundError,
};

/// Fade of what is played into the recording before a span: a tail bends down instead of being cut.
const FADE_IN: usize = 6 * RATE as usize / 100;

/// Fade of the recording into what is played after a span: so short that a drum there keeps its attack.
const FADE_OUT: usize = 6 * RATE as usize / 1_000;

/// Gaps shorter than this between recordings are rounding, frames.
const SNAP: usize = RATE as usize / 50;

/// As much of a recording is known before and after a span, frames: to hear how loud it is there.
pub(crate) const AROUND: usize = 7 * RATE as usize / 2;

/// A span and what sounds in it.
#[derive(Debug)]
pub(crate) struct Span {
    reel: Reel,
    /// Its frames.
    pub frames: Range<usize>,
    fade_in: usize,
    fade_out: usize,
}

/// Every such span of a piece, by rising frame; they do not overlap.
#[derive(Debug, Default)]
pub(crate) struct Wholes {
    pub spans: Vec<Span>,
}

impl Wholes {
    /// Those of `score`, which is `frames` long; outside its patch those of the piece before.
    pub fn of(score: &Score, frames: usize) -> Self {
        let mut spans: Vec<Span> = Vec::new();
        for reel in effective(score) {
            let (mut from, mut to) = (frame(reel.from).min(frames), frame(reel.to).min(frames));
            if from < SNAP {
                from = 0;
            }
            if frames - to < SNAP {
                to = frames;
            }
            if let Some(last) = spans.last_mut() {
                // Where two recordings claim a moment, the later one has it.
                if from < last.frames.end + SNAP {
                    last.frames.end = from;
                }
                if last.frames.end == from && continues(&last.reel, &reel) {
                    last.frames.end = to;
                    continue;
                }
                if last.frames.is_empty() {
                    spans.pop();
                }
            }
            if from < to {
                spans.push(Span {
                    reel,
                    frames: from..to,
                    fade_in: 0,
                    fade_out: 0,
                });
            }
        }
        let mut wholes = Self { spans };
        wholes.set_fades(frames);
        wholes
    }

    fn set_fades(&mut self, frames: usize) {
        for i in 0..self.spans.len() {
            let before = i.checked_sub(1).map_or(0, |i| self.spans[i].frames.end);
            let next = self.spans.get(i + 1).map(|s| s.frames.clone());
            let span = &mut self.spans[i];
            let gap = span.frames.start - before;
            span.fade_in = FADE_IN.min(gap / 2);
            span.fade_out = match next {
                // The next one begins at once: this one's end is heard through its beginning.
                Some(next) if next.start == span.frames.end => FADE_OUT.min(next.len() / 2),
                Some(next) => FADE_OUT.min((next.start - span.frames.end) / 4),
                None => FADE_OUT.min((frames - span.frames.end) / 4),
            };
        }
    }

    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Where something is played.
    pub fn gaps(&self, frames: usize) -> Vec<Range<usize>> {
        let mut gaps = Vec::new();
        let mut at = 0;
        for span in &self.spans {
            if at < span.frames.start {
                gaps.push(at..span.frames.start);
            }
            at = span.frames.end;
        }
        if at < frames {
            gaps.push(at..frames);
        }
        gaps
    }

    /// What a track of the recordings sounds like in each span, and [`AROUND`] it.
    pub fn read(&self, track: Track, reader: Reader<'_>) -> Result<Vec<Stereo>, SoundError> {
        let read = |span: &Span| {
            let (from, to) = (span.frames.start as i64, span.frames.end as i64);
            let mut audio = reader.read(&span.reel, track, from - AROUND as i64, to + AROUND as i64)?;
            if span.reel.gain_db != 0.0 {
                audio.scale(amplitude(span.reel.gain_db));
            }
            Ok(audio)
        };
        self.spans.iter().map(read).collect()
    }

    /// Lays the spans over `under`: of each what `sound` gives for it, from [`AROUND`] before it on, or
    /// silence.
    pub fn lay<'a>(&self, under: &mut [f32], sound: impl Fn(usize) -> Option<&'a [f32]>) {
        // From the last one on, so that each may end inside the next.
        for (i, span) in self.spans.iter().enumerate().rev() {
            let Range { start, end } = span.frames;
            let sound = sound(i);
            let new = |frame: usize| sound.map_or(0.0, |s| s[frame + AROUND - start]);
            let first = start - span.fade_in;
            for (frame, x) in under[..start].iter_mut().enumerate().skip(first) {
                let share = rise(frame - first, span.fade_in);
                *x += share * (new(frame) - *x);
            }
            for (frame, x) in under[..end].iter_mut().enumerate().skip(start) {
                *x = new(frame);
            }
            let last = (end + span.fade_out).min(under.len());
            for (frame, x) in under[..last].iter_mut().enumerate().skip(end) {
                let share = rise(end + span.fade_out - 1 - frame, span.fade_out);
                *x += share * (new(frame) - *x);
            }
        }
    }

    /// The same for both sides of a track.
    pub fn lay_stereo(&self, under: &mut Stereo, sound: Option<&[Stereo]>) {
        self.lay(&mut under.left, |i| sound.map(|s| &s[i].left[..]));
        self.lay(&mut under.right, |i| sound.map(|s| &s[i].right[..]));
    }
}

/// The reels that are heard in the end, by rising second.
fn effective(score: &Score) -> Vec<Reel> {
    let whole = |r: &&Reel| r.track == Track::Whole;
    let own = score.reels.iter().filter(whole).cloned();
    let mut reels: Vec<Reel> = match score.patch.as_deref() {
        None => own.collect(),
        Some(patch) => {
            let before = |r: &Reel| Reel {
                to: r.to.min(patch.from),
                ..r.clone()
            };
            let after = |r: &Reel| Reel {
                from: r.from.max(patch.to),
                ..r.clone()
            };
            let base = effective(&patch.base);
            let inside = own.map(|r| Reel {
                from: r.from.max(patch.from),
                to: r.to.min(patch.to),
                ..r
            });
            base.iter()
                .flat_map(|r| [before(r), after(r)])
                .chain(inside)
                .filter(|r| r.from < r.to)
                .collect()
        }
    };
    reels.sort_by(|a, b| a.from.total_cmp(&b.from));
    reels
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use catbird_score::{Dice, Patch};

    use super::*;
    use crate::{calibrate::bare_score, recordings::Recordings};

    struct Shelf(Arc<Stereo>);

    impl Recordings for Shelf {
        fn track(&self, _: &str, _: Track) -> Result<Arc<Stereo>, SoundError> {
            Ok(Arc::clone(&self.0))
        }
    }

    fn noise(seed: u64, frames: usize) -> Stereo {
        let mut dice = Dice::new(seed, "noise");
        let mut side = || (0..frames).map(|_| dice.unit() as f32 - 0.5).collect();
        Stereo {
            left: side(),
            right: side(),
        }
    }

    fn piece(seconds: f64, reels: Vec<Reel>) -> Score {
        let mut score = bare_score();
        (score.seconds, score.reels) = (seconds, reels);
        score
    }

    #[test]
    fn a_span_is_the_recording_s_bit_by_bit_and_fades_lie_outside_it() {
        let recording = noise(1, 44_100 * 20);
        let shelf = Shelf(Arc::new(recording.clone()));
        let mut dice = Dice::new(3, "spans");
        for _ in 0..10 {
            let frames = 44_100 * 10;
            let (a, b) = (1.0 + 3.0 * dice.unit(), 5.0 + 3.0 * dice.unit());
            let offset = 4.0 * dice.unit();
            let reels = vec![
                Reel::plain("x", Track::Whole, 0.0, a, offset),
                Reel::plain("x", Track::Whole, b, 10.0, b + offset),
            ];
            let wholes = Wholes::of(&piece(10.0, reels), frames);
            let sound = wholes.read(Track::Whole, Reader(Some(&shelf))).expect("reads");
            let played = noise(2, frames);
            let mut out = played.clone();
            wholes.lay_stereo(&mut out, Some(&sound));
            let shift = frame(offset);
            let (a, b) = (frame(a), frame(b));
            assert_eq!(out.left[..a], recording.left[shift..shift + a]);
            assert_eq!(out.right[b..], recording.right[b + shift..frames + shift]);
            assert_eq!(
                out.left[a + FADE_OUT..b - FADE_IN],
                played.left[a + FADE_OUT..b - FADE_IN]
            );
            for i in (a..a + FADE_OUT).chain(b - FADE_IN..b) {
                let (old, new) = (played.left[i], recording.left[i + shift]);
                assert!((old.min(new) - 1e-6..=old.max(new) + 1e-6).contains(&out.left[i]));
            }
            assert_eq!(wholes.gaps(frames), std::iter::once(a..b).collect::<Vec<_>>());
        }
    }

    #[test]
    fn neighbours_are_joined_or_pass_into_each_other() {
        let at = |from, to, offset| Reel::plain("x", Track::Whole, from, to, offset);
        let frames = 44_100 * 10;
        let one = Wholes::of(&piece(10.0, vec![at(0.0, 4.0, 0.0), at(4.001, 9.995, 4.001)]), frames);
        assert_eq!(one.spans.len(), 1);
        assert_eq!(one.spans[0].frames, 0..frames);
        assert!(one.gaps(frames).is_empty());
        let two = Wholes::of(&piece(10.0, vec![at(0.0, 4.0, 0.0), at(4.0, 10.0, 6.0)]), frames);
        assert_eq!(two.spans.len(), 2);
        assert_eq!((two.spans[0].fade_out, two.spans[1].fade_in), (FADE_OUT, 0));
        // A sine that goes on in phase would show any dip.
        let hum: Vec<f32> = (0..44_100 * 20).map(|i| (i as f32 * 0.0141).sin()).collect();
        let shelf = Shelf(Arc::new(Stereo::from_mono(hum)));
        let sound = two.read(Track::Whole, Reader(Some(&shelf))).expect("reads");
        let mut out = Stereo::silence(frames);
        two.lay_stereo(&mut out, Some(&sound));
        let steepest = out.left.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.03, "{steepest}");
    }

    #[test]
    fn a_patch_takes_its_span_out_of_what_was_there() {
        let whole = Reel::plain("x", Track::Whole, 0.0, 10.0, 0.0);
        let mut score = piece(10.0, vec![Reel::plain("y", Track::Whole, 5.0, 9.0, 0.0)]);
        score.patch = Some(Box::new(Patch {
            base: piece(10.0, vec![whole]),
            from: 3.0,
            to: 6.0,
        }));
        let found = Wholes::of(&score, 441_000);
        let spans: Vec<_> = found
            .spans
            .iter()
            .map(|s| (s.reel.clip.as_str(), s.frames.clone()))
            .collect();
        assert_eq!(
            spans,
            [("x", 0..132_300), ("y", 220_500..264_600), ("x", 264_600..441_000)]
        );
    }
}
