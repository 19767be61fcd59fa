//! The end of a piece with recordings: what was played is mastered, brought to their level, and they
//! are laid over it.

use catbird_score::{Master, Score, Track};

use super::{reader::Reader, seam, whole::Wholes};
use crate::{
    audio::{Stereo, amplitude},
    error::SoundError,
    loudness, master,
    mix::Stem,
    progress::{Progress, Step, report},
    studio::Rendering,
    tape::Tape,
};

/// Masters `tape` and lays `wholes` over it; `sound` is what they sound like. With `stems`, those of
/// the recordings' too.
pub(crate) fn assemble(
    mut tape: Tape,
    score: &Score,
    wholes: &Wholes,
    sound: &[Stereo],
    stems: Option<Reader<'_>>,
    progress: &Progress<'_>,
) -> Result<Rendering, SoundError> {
    let mut audio = match stems {
        Some(reader) => {
            let played = tape.mix.clone();
            let voice = wholes.read(Track::Voice, reader)?;
            tape.lay(wholes, sound, &voice, &score.master);
            played
        }
        None => std::mem::take(&mut tape.mix),
    };
    if audio.peak() > 0.0 {
        master::master(&mut audio, &score.master, score.seed, progress)?;
        seam::even(&mut audio, wholes, sound, &score.master);
    }
    wholes.lay_stereo(&mut audio, Some(sound));
    report(progress, Step::Mastering, 1.0)?;
    let Tape {
        mix,
        stems: tracks,
        voice_fx,
        dry,
    } = tape;
    Ok(Rendering {
        loudness: loudness::measure(&audio),
        master: audio,
        mix: stems.map(|_| mix),
        stems: tracks,
        vocals_dry: dry,
        voice_fx,
    })
}

/// The dry voice with the singing of whole recordings in it.
pub(crate) fn lay_voice(dry: &mut [f32], wholes: &Wholes, voice: &[Stereo]) {
    let mono: Vec<Vec<f32>> = voice
        .iter()
        .map(|v| v.left.iter().zip(&v.right).map(|(l, r)| 0.5 * (l + r)).collect())
        .collect();
    wholes.lay(dry, |i| Some(&mono[i]));
}

impl Tape {
    /// Lays the recordings over the mix before the master, and what they are made of over the tracks.
    fn lay(&mut self, wholes: &Wholes, sound: &[Stereo], voice: &[Stereo], settings: &Master) {
        let mix = &mut self.mix;
        let frames = mix.frames();
        // Recordings are mastered already: before its own master the rest has to be as loud as after.
        let played = loudness::lufs(&mix.left, &mix.right);
        let gain = played.map_or(1.0, |lufs| amplitude(settings.lufs - lufs as f32));
        let under = |track: &mut Stereo| {
            track.scale(gain);
            wholes.lay_stereo(track, None);
        };
        self.stems.iter_mut().for_each(|stem| stem.audio.change(under));
        self.voice_fx.iter_mut().for_each(under);
        mix.scale(gain);
        wholes.lay_stereo(mix, Some(sound));
        let less = |whole: &[f32], voice: &[f32]| whole.iter().zip(voice).map(|(w, v)| w - v).collect();
        let band: Vec<Stereo> = sound
            .iter()
            .zip(voice)
            .map(|(whole, voice)| Stereo {
                left: less(&whole.left, &voice.left),
                right: less(&whole.right, &voice.right),
            })
            .collect();
        for (id, name, sound) in [("recording", "Recording", &band[..]), ("vocals", "Vocals", voice)] {
            let at = self.stems.iter().position(|s| s.id == id).unwrap_or_else(|| {
                self.stems.push(Stem::silence(id, name, frames));
                self.stems.len() - 1
            });
            // The played share was silenced above; fades of both sides simply add up.
            let mut laid = Stereo::silence(frames);
            wholes.lay_stereo(&mut laid, Some(sound));
            self.stems[at].audio.add(0, &laid.left, &laid.right);
        }
        Stem::sort(&mut self.stems);
        let dry = self.dry.get_or_insert_with(|| vec![0.0; frames]);
        lay_voice(dry, wholes, voice);
    }
}
