//! The mixing desk: players into strips, strips into the sum, sends into the room and the echo, and
//! the voice on top. What leaves here is exactly the sum of the stems.

pub(crate) mod biquad;
pub(crate) mod compressor;
pub(crate) mod curve;
mod delay;
mod kick;
mod reverb;
mod ride;
mod strip;
mod vocal;
pub(crate) mod widen;

use std::sync::Arc;

use catbird_score::Score;
use rayon::prelude::*;
use rustysynth_ext::SoundFont;

use self::{delay::Delay, reverb::Reverb, ride::Band, strip::Strip};
use crate::{
    audio::{RATE, RATE_F, Stereo},
    band::{self, Player, calibration},
    error::SoundError,
    progress::{Progress, Step, report},
};

/// Frames played at once: 0.37 s, small enough for the cache and for prompt cancelling. A constant,
/// so that block boundaries never depend on the machine.
const CHUNK: usize = 16_384;

/// One track of the mix as it enters it: after its fader, before the master.
#[derive(Clone, Debug)]
pub struct Stem {
    /// The part's id, or `vocals`, or `fx` for reverb and echoes.
    pub id: String,
    /// The part's name for humans.
    pub name: String,
    /// Its sound, as long as the song.
    pub audio: Stereo,
}

/// The sum, and its tracks when they are wanted.
pub(crate) struct Mix {
    pub audio: Stereo,
    pub stems: Vec<Stem>,
}

/// A part at the desk.
struct Track {
    player: Box<dyn Player>,
    strip: Strip,
    reverb: f32,
    delay: f32,
    left: Vec<f32>,
    right: Vec<f32>,
}

/// Plays and mixes the whole song of `frames` frames. `dry` is the voice.
pub(crate) fn mix(
    score: &Score,
    frames: usize,
    samples: Option<&Arc<SoundFont>>,
    dry: Option<&[f32]>,
    stems: bool,
    progress: &Progress<'_>,
) -> Result<Mix, SoundError> {
    let lead = score
        .vocal
        .as_ref()
        .zip(dry)
        .map(|(vocal, dry)| vocal::polish(dry, vocal, frames));
    let presence = lead.as_ref().map(ride::presence);
    let kick = kick::curve(score, frames);
    let fade = Fade::of(score, frames);
    let echo_seconds = (score.master.delay_beats * 60.0 / score.tempo.bpm_at(0) as f32).max(0.02);
    let room = || Reverb::new(score.master.reverb_seconds, score.master.reverb_db);
    let echo = || Delay::new(echo_seconds, 0.0);

    let mut tracks: Vec<Track> = score
        .parts
        .iter()
        .map(|part| Track {
            player: band::player(score, part, frames, samples, calibration::touch(part.sound)),
            strip: Strip::new(&part.channel, calibration::gain_db(part.sound)),
            reverb: part.channel.reverb.clamp(0.0, 1.0),
            delay: part.channel.delay.clamp(0.0, 1.0),
            left: vec![0.0; CHUNK],
            right: vec![0.0; CHUNK],
        })
        .collect();
    let mut sum = Stereo::silence(frames);
    let kept = if stems { frames } else { 0 };
    let mut out: Vec<Stem> = score.parts.iter().map(|p| stem(&p.id, &p.name, kept)).collect();
    let mut fx = stem("fx", "Reverb and delay", kept);
    let (mut reverb, mut delay) = (room(), echo());
    let mut band = Band::default();

    for at in (0..frames).step_by(CHUNK) {
        report(progress, Step::Playing, at as f32 / frames as f32)?;
        let n = CHUNK.min(frames - at);
        tracks.par_iter_mut().for_each(|t| {
            t.player.play(&mut t.left[..n], &mut t.right[..n]);
            t.strip
                .run(at, &mut t.left[..n], &mut t.right[..n], &kick, presence.as_ref());
        });
        // Summed by one thread in the score's order: floats do not associate.
        let mut sends = Sends::new(n);
        for track in &tracks {
            sends.feed(&track.left[..n], &track.right[..n], track.reverb, track.delay);
        }
        for (track, stem) in tracks.iter_mut().zip(&mut out) {
            fade.apply(at, &mut track.left[..n], &mut track.right[..n]);
            sum.add(at, &track.left[..n], &track.right[..n]);
            if stems {
                stem.audio.add(at, &track.left[..n], &track.right[..n]);
            }
        }
        sends.answer(&mut reverb, &mut delay);
        let [wet_left, wet_right] = &mut sends.out;
        fade.apply(at, wet_left, wet_right);
        sum.add(at, wet_left, wet_right);
        if stems {
            fx.audio.add(at, wet_left, wet_right);
        }
        if presence.is_some() {
            band.hear(&sum.left[at..at + n], &sum.right[at..at + n]);
        }
    }
    report(progress, Step::Mixing, 0.0)?;
    drop(tracks);

    if let (Some(vocal), Some(mut lead), Some(presence)) = (&score.vocal, lead, presence) {
        let gain = ride::gain(&lead, &presence, &band, vocal.channel.gain_db);
        let channel = vocal.channel;
        let (mut reverb, mut delay) = (room(), echo());
        for at in (0..frames).step_by(CHUNK) {
            report(progress, Step::Mixing, at as f32 / frames as f32)?;
            let n = CHUNK.min(frames - at);
            let (l, r) = (&mut lead.left[at..at + n], &mut lead.right[at..at + n]);
            gain.over(at, n, |i, g| {
                l[i] *= g;
                r[i] *= g;
            });
            let mut sends = Sends::new(n);
            sends.feed(l, r, channel.reverb.clamp(0.0, 1.0), channel.delay.clamp(0.0, 1.0));
            sends.answer(&mut reverb, &mut delay);
            fade.apply(at, l, r);
            let [wet_left, wet_right] = &mut sends.out;
            fade.apply(at, wet_left, wet_right);
            sum.add(at, l, r);
            sum.add(at, wet_left, wet_right);
            if stems {
                fx.audio.add(at, wet_left, wet_right);
            }
        }
        if stems {
            out.push(Stem {
                id: "vocals".into(),
                name: "Vocals".into(),
                audio: lead,
            });
        }
    }
    if stems {
        out.push(fx);
    } else {
        out.clear();
    }
    report(progress, Step::Mixing, 1.0)?;
    Ok(Mix { audio: sum, stems: out })
}

fn stem(id: &str, name: &str, frames: usize) -> Stem {
    Stem {
        id: id.into(),
        name: name.into(),
        audio: Stereo::silence(frames),
    }
}

/// A block's way into the shared effects and back.
struct Sends {
    reverb: [Vec<f32>; 2],
    delay: [Vec<f32>; 2],
    out: [Vec<f32>; 2],
}

/// Echoes also go into the room, as they would.
const ECHO_INTO_ROOM: f32 = 0.15;

impl Sends {
    fn new(n: usize) -> Self {
        let pair = || [vec![0.0; n], vec![0.0; n]];
        Self {
            reverb: pair(),
            delay: pair(),
            out: pair(),
        }
    }

    fn feed(&mut self, left: &[f32], right: &[f32], reverb: f32, delay: f32) {
        for (sends, amount) in [(&mut self.reverb, reverb), (&mut self.delay, delay)] {
            if amount > 0.0 {
                for (bus, source) in sends.iter_mut().zip([left, right]) {
                    for (b, s) in bus.iter_mut().zip(source) {
                        *b += amount * s;
                    }
                }
            }
        }
    }

    fn answer(&mut self, reverb: &mut Reverb, delay: &mut Delay) {
        let [left, right] = &mut self.out;
        delay.run([&self.delay[0], &self.delay[1]], [left, right]);
        for (bus, echo) in self.reverb.iter_mut().zip([&*left, &*right]) {
            for (b, e) in bus.iter_mut().zip(echo) {
                *b += ECHO_INTO_ROOM * e;
            }
        }
        reverb.run([&self.reverb[0], &self.reverb[1]], [left, right]);
    }
}

/// The end: silence is reached exactly with the last frame. The beginning: 1 ms, against clicks.
struct Fade {
    from: usize,
    frames: usize,
}

/// Longest and shortest fade, seconds.
const FADE_SECONDS: (f64, f64) = (5.0, 0.25);
const FADE_IN: usize = 44;

impl Fade {
    /// Over the ring-out, which begins where the form ends.
    fn of(score: &Score, frames: usize) -> Self {
        let from = score
            .tempo
            .at(score.end())
            .max(score.seconds - FADE_SECONDS.0)
            .min(score.seconds - FADE_SECONDS.1);
        Self {
            from: (from.max(0.0) * f64::from(RATE)) as usize,
            frames,
        }
    }

    fn apply(&self, at: usize, left: &mut [f32], right: &mut [f32]) {
        let length = self.frames.saturating_sub(self.from).max(2) as f32;
        for (i, (l, r)) in left.iter_mut().zip(right).enumerate() {
            let frame = at + i;
            if frame < FADE_IN {
                let gain = frame as f32 / FADE_IN as f32;
                *l *= gain;
                *r *= gain;
            }
            if frame >= self.from {
                let done = ((frame - self.from) as f32 / (length - 1.0)).min(1.0);
                // A raised cosine squared falls evenly to the ear and has no corner at either end.
                let gain = (0.5 + 0.5 * (std::f32::consts::PI * done).cos()).powf(1.5);
                *l *= gain;
                *r *= gain;
            }
        }
    }
}

/// Frames as seconds.
fn seconds(frames: usize) -> f32 {
    frames as f32 / RATE_F
}

#[cfg(test)]
mod tests;
