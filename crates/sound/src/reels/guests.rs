//! Recordings that enter the mix: singing over our band, a backing under our voice, a loop.

use catbird_score::{Reel, Score, Track};

use super::{continues, frame, of_kind, reader::Reader, rise};
use crate::{
    audio::{Stereo, amplitude},
    error::SoundError,
    loudness,
    mix::{
        biquad::{Biquad, Memory},
        guests::{BAND_LUFS, Guests},
        vocal::LEVEL_LUFS,
    },
};

/// Half of a fade at an edge of a reel, frames: 5 ms.
const HALF_FADE: usize = 220;

/// Below this a separated voice is rumble and the bass drum's remains.
const LOW_CUT_HZ: f32 = 75.0;

impl Guests {
    /// Reads all that enters the mix of `score` before its patch. `apart` also wants the singing of
    /// what sounds beside.
    pub fn read(score: &Score, frames: usize, reader: Reader<'_>, apart: bool) -> Result<Self, SoundError> {
        let mut guests = Self::default();
        for clip in clips(&score.reels, Track::Voice) {
            let mut voice = Laid::read(&clip, Track::Voice, frames, reader)?;
            guests.hear_dry(&voice);
            for (_, audio) in &mut voice.reels {
                low_cut(audio);
            }
            voice.bring_to(LEVEL_LUFS);
            voice.into_sum(&mut guests.voice);
        }
        for clip in clips(&score.reels, Track::Band) {
            let mut band = Laid::read(&clip, Track::Band, frames, reader)?;
            band.bring_to(BAND_LUFS);
            band.into_sum(&mut guests.band);
        }
        for clip in clips(&score.reels, Track::Beside) {
            Laid::read(&clip, Track::Beside, frames, reader)?.into_sum(&mut guests.beside);
            if apart {
                let voice = Laid::read(&clip, Track::Voice, frames, reader)?;
                guests.hear_dry(&voice);
                voice.into_sum(&mut guests.beside_voice);
            }
        }
        Ok(guests)
    }

    /// The dry singing alone.
    pub fn dry(score: &Score, frames: usize, reader: Reader<'_>) -> Result<Option<Vec<f32>>, SoundError> {
        let mut guests = Self::default();
        for track in [Track::Voice, Track::Beside] {
            for clip in clips(&score.reels, track) {
                guests.hear_dry(&Laid::read(&clip, Track::Voice, frames, reader)?);
            }
        }
        Ok(guests.dry)
    }

    fn hear_dry(&mut self, voice: &Laid) {
        let dry = self.dry.get_or_insert_with(|| vec![0.0; voice.frames]);
        for (at, audio) in &voice.reels {
            for (d, (l, r)) in dry[*at..].iter_mut().zip(audio.left.iter().zip(&audio.right)) {
                *d += 0.5 * (l + r);
            }
        }
    }
}

/// The reels of one kind, those of a clip together, in order of appearance; a reel that only goes on
/// is part of the one before.
fn clips(reels: &[Reel], track: Track) -> Vec<Vec<Reel>> {
    let mut clips: Vec<Vec<Reel>> = Vec::new();
    for reel in of_kind(reels, track) {
        match clips.iter_mut().find(|c| c[0].clip == reel.clip) {
            Some(clip) => match clip.last_mut() {
                Some(last) if (last.to - reel.from).abs() < 1e-3 && continues(last, reel) => last.to = reel.to,
                _ => clip.push(reel.clone()),
            },
            None => clips.push(vec![reel.clone()]),
        }
    }
    clips
}

/// The reels of one clip on the piece's time line, faded at their edges.
struct Laid {
    frames: usize,
    reels: Vec<(usize, Stereo)>,
    gains: Vec<f32>,
}

impl Laid {
    fn read(reels: &[Reel], track: Track, frames: usize, reader: Reader<'_>) -> Result<Self, SoundError> {
        let mut laid = Self {
            frames,
            reels: Vec::new(),
            gains: Vec::new(),
        };
        for reel in reels {
            let (from, to) = (frame(reel.from).min(frames), frame(reel.to).min(frames));
            let half = HALF_FADE.min((to - from) / 4);
            // Around the edge, so that two recordings that meet there pass into each other.
            let (first, last) = (from.saturating_sub(half), (to + half).min(frames));
            let mut audio = reader.read(reel, track, first as i64, last as i64)?;
            for side in [&mut audio.left, &mut audio.right] {
                let n = side.len();
                let length = 2 * half;
                if from > 0 {
                    for (i, x) in side.iter_mut().take(length).enumerate() {
                        *x *= rise(i, length);
                    }
                }
                if to < frames {
                    for (i, x) in side[n.saturating_sub(length)..].iter_mut().enumerate() {
                        *x *= rise(length - 1 - i, length);
                    }
                }
            }
            laid.reels.push((first, audio));
            laid.gains.push(amplitude(reel.gain_db));
        }
        Ok(laid)
    }

    /// One gain for all of the clip, so that its own dynamics stay.
    fn bring_to(&mut self, lufs: f64) {
        let mut all = Stereo::silence(0);
        for (_, audio) in &self.reels {
            all.left.extend_from_slice(&audio.left);
            all.right.extend_from_slice(&audio.right);
        }
        if let Some(now) = loudness::lufs(&all.left, &all.right) {
            let gain = amplitude((lufs - now).clamp(-40.0, 40.0) as f32);
            self.gains.iter_mut().for_each(|g| *g *= gain);
        }
    }

    fn into_sum(self, sum: &mut Option<Stereo>) {
        let sum = sum.get_or_insert_with(|| Stereo::silence(self.frames));
        for ((at, mut audio), gain) in self.reels.into_iter().zip(self.gains) {
            if gain != 1.0 {
                audio.scale(gain);
            }
            sum.add(at, &audio.left, &audio.right);
        }
    }
}

/// A fourth-order Butterworth.
fn low_cut(audio: &mut Stereo) {
    for side in [&mut audio.left, &mut audio.right] {
        for q in [0.541, 1.307] {
            Biquad::high_pass(LOW_CUT_HZ, q).run(&mut Memory::default(), side);
        }
    }
}
