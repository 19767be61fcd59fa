//! Recordings at the desk: singing over our band, a backing under our voice, a loop beside both.

use catbird_score::Channel;

use super::{
    Stem,
    curve::Curve,
    strip::{Cues, Strip},
};
use crate::{
    audio::{Stereo, amplitude},
    loudness,
    track::Track,
};

/// How loud a backing comes to the desk, LUFS: about the median of our own bands there.
pub(crate) const BAND_LUFS: f64 = -16.0;

/// A backing is brought to our own band where both play in a piece, unless that hardly plays, LU.
const OWN_BAND: f64 = 6.0;

/// A band below this does not play: the heard notes of a remastered recording are kept, and turned down
/// as far as they go, LUFS.
const INAUDIBLE: f64 = -55.0;

/// The share of the vocal's reverb that a recorded voice gets: it brings a room of its own.
pub(super) const REVERB: f32 = 0.4;

/// What recordings add to a mix. Every track is as long as the piece.
#[derive(Default)]
pub(crate) struct Guests {
    /// Singing, as loud as a polished voice of our own.
    pub voice: Option<Stereo>,
    /// Backings, at [`BAND_LUFS`].
    pub band: Option<Stereo>,
    /// What sounds beside the rest, as loud as it was recorded.
    pub beside: Option<Stereo>,
    /// The singing in that; only with stems.
    pub beside_voice: Option<Stereo>,
    /// Singing as it was recorded, mono.
    pub dry: Option<Vec<f32>>,
}

/// What of the sum is recorded, and its share that is singing.
pub(super) struct Recorded {
    band: Stereo,
    voice: Option<Stereo>,
}

impl Guests {
    /// Both voices in one.
    pub(super) fn sing_along(&self, lead: Option<Stereo>) -> Option<Stereo> {
        let Some(voice) = &self.voice else { return lead };
        let mut lead = lead.unwrap_or_else(|| Stereo::silence(voice.frames()));
        lead.add(0, &voice.left, &voice.right);
        Some(lead)
    }

    /// Own and recorded singing of the block of `lead` at frame `at`, which has had its `gain`; `None`
    /// when nothing was recorded.
    pub(super) fn apart(&self, at: usize, lead: [&[f32]; 2], gain: &Curve) -> Option<[[Vec<f32>; 2]; 2]> {
        let voice = self.voice.as_ref()?;
        let n = lead[0].len();
        let mut recorded = [voice.left[at..at + n].to_vec(), voice.right[at..at + n].to_vec()];
        let [left, right] = &mut recorded;
        gain.over(at, n, |i, g| {
            left[i] *= g;
            right[i] *= g;
        });
        let less = |all: &[f32], part: &[f32]| all.iter().zip(part).map(|(a, p)| a - p).collect();
        let own = [less(lead[0], &recorded[0]), less(lead[1], &recorded[1])];
        Some([own, recorded])
    }

    /// Adds what is no voice to the band's `sum`. `presence` says how much a voice is there: a backing
    /// makes room for it as our band does.
    pub(super) fn play_along(&self, sum: &mut Stereo, presence: Option<&Curve>) -> Option<Recorded> {
        if self.band.is_none() && self.beside.is_none() {
            return None;
        }
        let mut recorded = Recorded {
            band: Stereo::silence(sum.frames()),
            voice: None,
        };
        let own = loudness::lufs(&sum.left, &sum.right).filter(|own| *own > INAUDIBLE);
        if let Some(band) = &self.band {
            let mut band = band.clone();
            let target = own.map_or(BAND_LUFS, |own| own.clamp(BAND_LUFS - OWN_BAND, BAND_LUFS + OWN_BAND));
            band.scale(amplitude((target - BAND_LUFS) as f32));
            let mut strip = Strip::new(&Channel::default(), 0.0);
            let cues = Cues {
                voice: presence,
                ..Cues::default()
            };
            strip.run(0, &mut band.left, &mut band.right, cues);
            recorded.band.add(0, &band.left, &band.right);
        }
        if let Some(beside) = &self.beside {
            // Alone it passes as it is; beside a band it is as loud as that.
            let now = loudness::lufs(&beside.left, &beside.right);
            let gain = match (own, now) {
                (Some(own), Some(now)) => amplitude((own - now).clamp(-20.0, 20.0) as f32),
                _ => 1.0,
            };
            let at = |side: &mut Stereo, audio: &Stereo| {
                let mut audio = audio.clone();
                audio.scale(gain);
                side.add(0, &audio.left, &audio.right);
            };
            at(&mut recorded.band, beside);
            if let Some(voice) = &self.beside_voice {
                let mut share = Stereo::silence(sum.frames());
                at(&mut share, voice);
                recorded.voice = Some(share);
            }
        }
        sum.add(0, &recorded.band.left, &recorded.band.right);
        Some(recorded)
    }

    /// The tracks of what was recorded: singing to `vocals`, all else as `recording`.
    pub(super) fn push_tracks(recorded: Option<Recorded>, stems: &mut Vec<Stem>) {
        let Some(Recorded { mut band, voice }) = recorded else {
            return;
        };
        if let Some(voice) = voice {
            for (b, v) in [(&mut band.left, &voice.left), (&mut band.right, &voice.right)] {
                b.iter_mut().zip(v).for_each(|(b, v)| *b -= v);
            }
            if let Some(vocals) = stems.iter_mut().find(|s| s.id == "vocals") {
                vocals.audio.add(0, &voice.left, &voice.right);
            } else {
                stems.push(Stem {
                    audio: Track::from(&voice),
                    ..Stem::silence("vocals", "Vocals", 0)
                });
            }
        }
        stems.push(Stem {
            audio: Track::from(&band),
            ..Stem::silence("recording", "Recording", 0)
        });
    }
}
