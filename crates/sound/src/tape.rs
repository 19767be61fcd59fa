//! A recording before the master, and how a span of another one is spliced into it.

use crate::{
    audio::{RATE, Stereo},
    mix::Stem,
};

/// Fade from the old sound to the new one at the beginning of a span: so short that a drum on its
/// first beat keeps its attack, so long that a bass wave that breaks off there does not click.
const FADE_IN_SECONDS: f64 = 0.006;

/// Fade back at the end of a span: what still rings of the new sound has to be gone by then, since
/// the old one follows untouched; over this time a tail bends down instead of being cut.
const FADE_OUT_SECONDS: f64 = 0.06;

/// Everything that was recorded of a score. All tracks are equally long.
#[derive(Default)]
pub(crate) struct Tape {
    /// The mix before the master.
    pub mix: Stereo,
    /// Its tracks; empty unless wanted.
    pub stems: Vec<Stem>,
    /// What the effects answer to the voice, with halves.
    pub voice_fx: Option<Stereo>,
    /// The voice before any effect.
    pub dry: Option<Vec<f32>>,
}

/// A span that is taken over from another recording of the same length.
pub(crate) struct Splice {
    from: usize,
    to: usize,
    fade_in: usize,
    fade_out: usize,
}

impl Splice {
    /// From second to second of a recording of `frames`.
    pub fn new(from: f64, to: f64, frames: usize) -> Self {
        let frame = |seconds: f64| ((seconds * f64::from(RATE)).round().max(0.0) as usize).min(frames);
        let (from, to) = (frame(from), frame(to));
        let length = to.saturating_sub(from);
        let fade = |seconds: f64, most: usize| ((seconds * f64::from(RATE)) as usize).min(most);
        Self {
            from,
            to,
            // The file's own ends need no way back.
            fade_in: if from == 0 {
                0
            } else {
                fade(FADE_IN_SECONDS, length / 4)
            },
            fade_out: if to == frames {
                0
            } else {
                fade(FADE_OUT_SECONDS, length / 2)
            },
        }
    }

    /// How much of the new sound there is at `frame`. The fades add up to 1 in amplitude: around
    /// them both sides mostly are the same notes in the same phase.
    fn share(&self, frame: usize) -> f32 {
        let rise = |done: usize, length: usize| {
            let x = (done as f32 + 0.5) / length as f32;
            0.5 - 0.5 * (std::f32::consts::PI * x).cos()
        };
        if frame < self.from + self.fade_in {
            rise(frame - self.from, self.fade_in)
        } else if frame >= self.to - self.fade_out {
            rise(self.to - 1 - frame, self.fade_out)
        } else {
            1.0
        }
    }

    /// Lays `new` (silence when absent) over `old` in the span; outside it `old` keeps every bit.
    pub fn lay(&self, old: &mut [f32], new: Option<&[f32]>) {
        for frame in self.from..self.to {
            let share = self.share(frame);
            let new = new.map_or(0.0, |new| new[frame]);
            old[frame] = if share < 1.0 {
                old[frame] + share * (new - old[frame])
            } else {
                new
            };
        }
    }

    fn lay_stereo(&self, old: &mut Stereo, new: Option<&Stereo>) {
        self.lay(&mut old.left, new.map(|new| &new.left[..]));
        self.lay(&mut old.right, new.map(|new| &new.right[..]));
    }
}

impl Tape {
    /// This recording with the span of `new` in it. A track that one side lacks is silent there.
    pub fn patched(mut self, new: Self, splice: &Splice) -> Self {
        let frames = self.mix.frames();
        splice.lay_stereo(&mut self.mix, Some(&new.mix));
        // The parts as they are now, then what only the old piece has; voice and effects end the list.
        let mut old = std::mem::take(&mut self.stems);
        let mut stems = Vec::with_capacity(old.len().max(new.stems.len()));
        for stem in new.stems {
            let mut under = match old.iter().position(|o| o.id == stem.id) {
                Some(i) => {
                    let mut found = old.remove(i);
                    found.name.clone_from(&stem.name);
                    found
                }
                None => Stem::silence(&stem.id, &stem.name, frames),
            };
            let new = stem.audio.stereo();
            under.audio.change(|old| splice.lay_stereo(old, Some(&new)));
            stems.push(under);
        }
        for mut stem in old {
            stem.audio.change(|old| splice.lay_stereo(old, None));
            stems.push(stem);
        }
        Stem::sort(&mut stems);
        self.stems = stems;
        if self.voice_fx.is_some() || new.voice_fx.is_some() {
            let under = self.voice_fx.get_or_insert_with(|| Stereo::silence(frames));
            splice.lay_stereo(under, new.voice_fx.as_ref());
        }
        self.dry = patched_voice(self.dry, new.dry.as_deref(), frames, splice);
        self
    }
}

/// The same for the dry voice alone.
pub(crate) fn patched_voice(
    old: Option<Vec<f32>>,
    new: Option<&[f32]>,
    frames: usize,
    splice: &Splice,
) -> Option<Vec<f32>> {
    if old.is_none() && new.is_none() {
        return None;
    }
    let mut voice = old.unwrap_or_else(|| vec![0.0; frames]);
    splice.lay(&mut voice, new);
    Some(voice)
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;
    use crate::track::Track;

    fn noise(seed: u64, frames: usize) -> Stereo {
        let mut dice = Dice::new(seed, "noise");
        let mut side = || (0..frames).map(|_| dice.unit() as f32 - 0.5).collect();
        Stereo {
            left: side(),
            right: side(),
        }
    }

    fn tape(seed: u64, frames: usize, ids: &[&str]) -> Tape {
        let stems: Vec<Stem> = ids
            .iter()
            .enumerate()
            .map(|(i, id)| Stem {
                audio: Track::from(&noise(seed * 100 + i as u64, frames)),
                ..Stem::silence(id, id, 0)
            })
            .collect();
        let mut mix = Stereo::silence(frames);
        for stem in &stems {
            let stem = stem.audio.stereo();
            mix.add(0, &stem.left, &stem.right);
        }
        Tape {
            mix,
            stems,
            voice_fx: None,
            dry: None,
        }
    }

    #[test]
    fn outside_the_span_nothing_changes_and_inside_it_is_the_new() {
        let mut dice = Dice::new(1, "spans");
        for _ in 0..40 {
            let frames = 44_100;
            let (a, b) = (dice.unit(), dice.unit());
            let (from, to) = (a.min(b), a.max(b) + 1e-3);
            let (old, new) = (noise(1, frames), noise(2, frames));
            let splice = Splice::new(from, to, frames);
            let mut out = old.left.clone();
            splice.lay(&mut out, Some(&new.left));
            let (first, last) = ((from * 44_100.0).round() as usize, (to * 44_100.0).round() as usize);
            let last = last.min(frames);
            assert_eq!(out[..first], old.left[..first]);
            assert_eq!(out[last..], old.left[last..]);
            let inside = first + splice.fade_in..last - splice.fade_out;
            assert_eq!(out[inside.clone()], new.left[inside]);
            for ((x, a), b) in out.iter().zip(&old.left).zip(&new.left).take(last).skip(first) {
                assert!((a.min(*b) - 1e-6..=a.max(*b) + 1e-6).contains(x));
            }
        }
    }

    #[test]
    fn sound_that_both_share_passes_through_the_edges_unchanged() {
        let frames = 44_100;
        let sine: Vec<f32> = (0..frames).map(|i| (i as f32 * 0.05).sin()).collect();
        let mut out = sine.clone();
        Splice::new(0.3, 0.7, frames).lay(&mut out, Some(&sine));
        assert!(out.iter().zip(&sine).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn tracks_are_united_and_still_sum_to_the_mix() {
        let frames = 22_050;
        let (old, new) = (
            tape(1, frames, &["drums", "bass", "vocals", "fx"]),
            tape(2, frames, &["drums", "keys", "fx"]),
        );
        let bass = old.stems[1].audio.stereo();
        let out = old.patched(new, &Splice::new(0.1, 0.4, frames));
        let ids: Vec<&str> = out.stems.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(ids, ["drums", "keys", "bass", "vocals", "fx"]);
        let mut sum = Stereo::silence(frames);
        for stem in &out.stems {
            let stem = stem.audio.stereo();
            sum.add(0, &stem.left, &stem.right);
        }
        assert!(sum.left.iter().zip(&out.mix.left).all(|(a, b)| (a - b).abs() < 1e-5));
        let patched = out.stems[2].audio.stereo().left;
        assert_eq!(patched[..4_410], bass.left[..4_410]);
        assert!(patched[5_000..14_000].iter().all(|x| *x == 0.0));
        assert!(out.stems[1].audio.stereo().left[..4_410].iter().all(|x| *x == 0.0));
    }
}
