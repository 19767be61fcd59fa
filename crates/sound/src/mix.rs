//! The mixing desk: players into strips, strips into the sum, sends into the room and the echo, and
//! the voice on top. What leaves here is exactly the sum of the stems.

pub(crate) mod biquad;
pub(crate) mod choir;
pub(crate) mod compressor;
pub(crate) mod curve;
mod delay;
pub(crate) mod desk;
pub(crate) mod fade;
pub(crate) mod guests;
mod kick;
mod reverb;
pub(crate) mod ride;
pub(crate) mod sends;
mod strip;
mod sweep;
pub(crate) mod vocal;
pub(crate) mod widen;

use std::sync::Arc;

use catbird_score::{Channel, Score};

use self::{
    choir::Choir,
    desk::{Bus, Desk},
    fade::Fade,
    guests::Guests,
    ride::Band,
    sends::{Effects, Sends},
};
use crate::{
    audio::{RATE_F, Stereo},
    band::samples::Samples,
    error::SoundError,
    progress::{Progress, Step, report},
    studio::Stems,
    track::Track,
    voice::Singing,
};

/// Frames played at once: 0.37 s, small enough for the cache and for prompt cancelling. A constant,
/// so that block boundaries never depend on the machine.
pub(crate) const CHUNK: usize = 16_384;

/// Id of the backing singers' track.
pub(crate) const BACKING: &str = "backing_vocals";

/// One track of the mix as it enters it: after its fader, before the master.
#[derive(Clone, Debug)]
pub struct Stem {
    /// The part's id, or `vocals`, `backing_vocals`, or `fx` for reverb and echoes.
    pub id: String,
    /// The part's name for humans.
    pub name: String,
    /// Its sound, as long as the song.
    pub audio: Track,
}

impl Stem {
    /// A track of `frames` of silence.
    pub(crate) fn silence(id: &str, name: &str, frames: usize) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            audio: Track::silence(frames),
        }
    }

    /// The parts first, then what comes from a recording, then voice and effects.
    pub(crate) fn sort(stems: &mut [Self]) {
        stems.sort_by_key(|s| match s.id.as_str() {
            "recording" => 1,
            "vocals" => 2,
            BACKING => 3,
            "fx" => 4,
            _ => 0,
        });
    }
}

/// The sum, and its tracks when they are wanted.
pub(crate) struct Mix {
    pub audio: Stereo,
    pub stems: Vec<Stem>,
    /// What the effects answer to the voice; only with [`Stems::Halves`].
    pub voice_fx: Option<Stereo>,
}

/// Plays and mixes the whole song of `frames` frames. `sung` are the dry voices, `guests` are recordings. `tap`
/// hears each block of the band, in order, before anything is laid over it.
#[expect(clippy::too_many_arguments, reason = "one call, each of them another thing")]
pub(crate) fn mix(
    score: &Score,
    frames: usize,
    samples: &Samples,
    sung: Option<&Singing>,
    guests: &Guests,
    keep: Stems,
    progress: &Progress<'_>,
    tap: &mut dyn FnMut(&[f32], &[f32]),
) -> Result<Mix, SoundError> {
    let lead = score
        .vocal
        .as_ref()
        .zip(sung)
        .map(|(vocal, sung)| vocal::polish(&sung.front, vocal, frames));
    let lead = guests.sing_along(lead);
    let presence = lead.as_ref().map(ride::presence);
    let mut desk = Desk::new(score, frames, samples);
    let mut sum = Stereo::silence(frames);
    let all = keep == Stems::All;
    let parts = score.parts.iter().filter(|_| all);
    let mut out: Vec<Stem> = parts.map(|p| Stem::silence(&p.id, &p.name, frames)).collect();
    let mut fx = all.then(|| Stem::silence("fx", "Reverb and delay", frames));
    let mut band = Band::default();

    report(progress, Step::Playing, 0.0)?;
    let hear = |at: usize, bus: &Bus| {
        report(progress, Step::Playing, at as f32 / frames as f32)?;
        let [left, right] = &bus.sum;
        sum.add(at, left, right);
        for ([left, right], stem) in bus.tracks.iter().zip(&mut out) {
            stem.audio.add(at, left, right);
        }
        if let Some(fx) = &mut fx {
            fx.audio.add(at, &bus.wet[0], &bus.wet[1]);
        }
        Ok(())
    };
    desk.play_through(frames, presence.as_ref(), hear, |bus| tap(&bus.sum[0], &bus.sum[1]))?;
    report(progress, Step::Mixing, 0.0)?;
    drop(desk);
    let recorded = guests.play_along(&mut sum, presence.as_ref());
    if presence.is_some() {
        band.hear(&sum.left, &sum.right);
    }

    let mut voice_fx = (keep == Stems::Halves).then(|| Stereo::silence(frames));
    if let (Some(mut lead), Some(presence)) = (lead, presence) {
        let channel = score.vocal.as_ref().map_or_else(Channel::default, |v| v.channel);
        let gain = ride::gain(&lead, &presence, &band, channel.gain_db);
        let fade = Fade::of(score, frames);
        let mut effects = Effects::of(score);
        let mut choir = Choir::new(score, frames);
        for (number, phrases) in sung.iter().flat_map(|s| s.choir.iter().enumerate()) {
            for phrase in phrases {
                choir.hear(number, Arc::clone(phrase));
            }
        }
        let mut backing =
            (keep != Stems::None && !choir.is_empty()).then(|| Stem::silence(BACKING, "Backing vocals", frames));
        for at in (0..frames).step_by(CHUNK) {
            report(progress, Step::Mixing, at as f32 / frames as f32)?;
            let n = CHUNK.min(frames - at);
            let (l, r) = (&mut lead.left[at..at + n], &mut lead.right[at..at + n]);
            gain.over(at, n, |i, g| {
                l[i] *= g;
                r[i] *= g;
            });
            let mut sends = Sends::new(n);
            let [reverb, delay] = [channel.reverb, channel.delay].map(|send| send.clamp(0.0, 1.0));
            match guests.apart(at, [l, r], &gain) {
                None => sends.feed(l, r, reverb, delay),
                Some([own, recorded]) => {
                    sends.feed(&own[0], &own[1], reverb, delay);
                    sends.feed(&recorded[0], &recorded[1], guests::REVERB * reverb, 0.0);
                }
            }
            let [mut bus_left, mut bus_right] = if choir.is_empty() {
                Default::default()
            } else {
                choir.sing(at, n, &presence, &gain, channel.gain_db, &mut sends)
            };
            let [mut wet_left, mut wet_right] = effects.answer(sends);
            fade.apply(at, l, r);
            fade.apply(at, &mut bus_left, &mut bus_right);
            fade.apply(at, &mut wet_left, &mut wet_right);
            sum.add(at, l, r);
            sum.add(at, &bus_left, &bus_right);
            sum.add(at, &wet_left, &wet_right);
            if let Some(fx) = &mut fx {
                fx.audio.add(at, &wet_left, &wet_right);
            }
            if let Some(effects) = &mut voice_fx {
                effects.add(at, &wet_left, &wet_right);
            }
            if let Some(backing) = &mut backing {
                backing.audio.add(at, &bus_left, &bus_right);
            }
        }
        if keep != Stems::None {
            out.push(Stem {
                id: "vocals".into(),
                name: "Vocals".into(),
                audio: Track::from(&lead),
            });
            out.extend(backing);
        }
    }
    if keep != Stems::None {
        Guests::push_tracks(recorded, &mut out);
        out.extend(fx);
        Stem::sort(&mut out);
    }
    report(progress, Step::Mixing, 1.0)?;
    Ok(Mix {
        audio: sum,
        stems: out,
        voice_fx,
    })
}

/// Frames as seconds.
fn seconds(frames: usize) -> f32 {
    frames as f32 / RATE_F
}

#[cfg(test)]
mod tests;
