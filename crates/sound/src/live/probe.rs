//! A short listen into the song before it is played: some bars from all over it, with a tone where the
//! voice will be, tell how loud and how bright the whole will be.

use catbird_score::{
    Brief, Channel, Gender, Labels, Note, Part, Role, Score, Section, SungLine, TempoMap, TempoMark, Tick,
};
use rayon::prelude::*;

use crate::{
    audio::{RATE, RATE_F, Stereo, add, amplitude},
    band::samples::Samples,
    loudness,
    mix::{
        CHUNK,
        curve::{Curve, STRIDE},
        desk::Desk,
        ride,
        sends::{Effects, Sends},
        vocal,
    },
};

/// How many places are looked at, and how long each, seconds.
const PLACES: usize = 6;
const SECONDS: f64 = 1.0;

/// What the places of a sung piece lack in loudness against the whole, dB: notes that are held there
/// begin anew, and a voice has louder moments than its average. Median of 17 songs, one a style; the
/// others are up to 1.1 dB away.
const LACK_DB: f32 = 0.6;

/// What was heard.
pub(crate) struct Probe {
    /// The places one after the other, as they will be in the mix.
    pub mix: Stereo,
    /// The gain that a polished voice will need on average, dB, without its channel's own.
    pub voice_db: f32,
}

/// Plays the places.
pub(crate) fn listen(score: &Score, samples: &Samples) -> Probe {
    let sung: Vec<Note> = score
        .vocal
        .iter()
        .flat_map(|v| v.lines.iter().flat_map(SungLine::notes))
        .copied()
        .collect();
    let end = score.tempo.at(score.end()).min(score.seconds);
    let length = SECONDS.min(end / PLACES as f64).max(0.1);
    let heard: Vec<(Stereo, Vec<bool>, f32, f32)> = (0..PLACES)
        .into_par_iter()
        .map(|i| {
            let middle = end * (i as f64 + 0.5) / PLACES as f64;
            let place = Place::new(score, middle - length / 2.0, length);
            let voice = place.voice(&sung);
            let audio = place.play(score, samples, &voice);
            let mut ear = ride::Band::default();
            ear.hear(&audio.left, &audio.right);
            let (mut power, mut weight) = (0.0, 0.0);
            for (p, v) in ear.power.values.iter().zip(&voice) {
                if *v {
                    power += p;
                    weight += 1.0;
                }
            }
            (audio, voice, power, weight)
        })
        .collect();
    let power: f32 = heard.iter().map(|h| h.2).sum();
    let weight: f32 = heard.iter().map(|h| h.3).sum();
    let back_db = 10.0 * (power / weight.max(1.0)).max(ride::BAND_FLOOR).log10();
    let voice_db = ride::OVER_DB + back_db - ride::VOICE_DB;
    let mut mix = Stereo::default();
    for (mut audio, voice, ..) in heard {
        if let Some(vocal) = &score.vocal {
            let frames = audio.frames();
            let mut tone = tone(vocal.singer.gender, frames, voice_db + vocal.channel.gain_db);
            for (i, x) in tone.iter_mut().enumerate() {
                *x *= f32::from(u8::from(voice.get(i / STRIDE).copied().unwrap_or(false)));
            }
            let mut sends = Sends::new(frames);
            let Channel { reverb, delay, .. } = vocal.channel;
            sends.feed(&tone, &tone, reverb.clamp(0.0, 1.0), delay.clamp(0.0, 1.0));
            let Stereo { left, right } = charged(score, &[sends]);
            audio.add(0, &tone, &tone);
            audio.add(0, &left, &right);
        }
        mix.left.append(&mut audio.left);
        mix.right.append(&mut audio.right);
    }
    if !sung.is_empty() {
        mix.scale(amplitude(LACK_DB));
    }
    Probe { mix, voice_db }
}

/// A place in the song.
struct Place {
    from: Tick,
    to: Tick,
    tempo: TempoMap,
    frames: usize,
}

impl Place {
    fn new(score: &Score, from: f64, seconds: f64) -> Self {
        let tick = |seconds: f64| score.tempo.tick_at(seconds).max(0.0) as Tick;
        let (from, to) = (tick(from), tick(from + seconds).max(tick(from) + 1));
        let mut marks = vec![TempoMark {
            tick: 0,
            bpm: score.tempo.bpm_at(from),
        }];
        let later = score.tempo.marks.iter().filter(|m| (from + 1..to).contains(&m.tick));
        marks.extend(later.map(|m| TempoMark {
            tick: m.tick - from,
            bpm: m.bpm,
        }));
        Self {
            from,
            to,
            tempo: TempoMap {
                lead_seconds: 0.0,
                marks,
            },
            frames: (seconds * f64::from(RATE)) as usize,
        }
    }

    /// The part of a note that lies here.
    fn cut(&self, note: &Note) -> Option<Note> {
        let (start, end) = (note.start.max(self.from), (note.start + note.length).min(self.to));
        (start < end).then(|| Note {
            start: start - self.from,
            length: end - start,
            ..*note
        })
    }

    /// Whether the voice sings, one value a stride.
    fn voice(&self, sung: &[Note]) -> Vec<bool> {
        let mut out = vec![false; self.frames / STRIDE + 1];
        for note in sung.iter().filter_map(|n| self.cut(n)) {
            let stride = |tick: Tick| (self.tempo.at(tick) * f64::from(RATE)) as usize / STRIDE;
            let last = stride(note.start + note.length).min(out.len());
            let first = stride(note.start).min(last);
            out[first..last].fill(true);
        }
        out
    }

    /// The band here.
    fn play(&self, score: &Score, samples: &Samples, voice: &[bool]) -> Stereo {
        let parts = score.parts.iter().map(|part| Part {
            notes: part.notes.iter().filter_map(|n| self.cut(n)).collect(),
            id: part.id.clone(),
            name: String::new(),
            ..*part
        });
        let seconds = self.frames as f64 / f64::from(RATE);
        let excerpt = Score {
            version: score.version,
            seed: score.seed,
            title: String::new(),
            style: score.style.clone(),
            labels: Labels::default(),
            meter: score.meter,
            tempo: self.tempo.clone(),
            key: score.key,
            modulations: Vec::new(),
            // Longer than what is played, so that it does not fade.
            seconds: seconds + 10.0,
            sections: vec![Section {
                name: String::new(),
                role: Role::Verse,
                start: 0,
                length: self.to - self.from,
                energy: 0.5,
            }],
            chords: Vec::new(),
            vocal: None,
            parts: parts.collect(),
            master: score.master,
            brief: Brief::default(),
            patch: None,
            joins: None,
            reels: Vec::new(),
            heard: None,
        };
        let mut presence = Curve {
            values: voice.iter().map(|v| f32::from(u8::from(*v))).collect(),
        };
        presence.smooth(ride::PRESENCE_SECONDS);
        let presence = voice.contains(&true).then_some(presence);
        let mut desk = Desk::new(&excerpt, self.frames, samples);
        let mut out = Stereo::default();
        let mut sends = Vec::new();
        for at in (0..self.frames).step_by(CHUNK) {
            let n = CHUNK.min(self.frames - at);
            desk.play(at, n, presence.as_ref());
            let mut block = Sends::new(n);
            let (mut left, mut right) = (vec![0.0; n], vec![0.0; n]);
            for ([l, r], [reverb, delay]) in desk.bus.tracks.iter().zip(&desk.bus.sends) {
                block.feed(l, r, *reverb, *delay);
                add(&mut left, l);
                add(&mut right, r);
            }
            sends.push(block);
            out.left.append(&mut left);
            out.right.append(&mut right);
        }
        let wet = charged(score, &sends);
        out.add(0, &wet.left, &wet.right);
        out
    }
}

/// What the effects answer to a place once they are full of it: they hear it again and again, for as
/// long as the room rings.
fn charged(score: &Score, sends: &[Sends]) -> Stereo {
    let mut effects = Effects::of(score);
    let rounds = (f64::from(score.master.reverb_seconds) / SECONDS)
        .ceil()
        .clamp(1.0, 4.0) as usize;
    let mut wet = Stereo::default();
    for _ in 0..=rounds {
        wet = Stereo::default();
        for block in sends {
            let [mut left, mut right] = effects.answer(block.clone());
            wet.left.append(&mut left);
            wet.right.append(&mut right);
        }
    }
    wet
}

/// Something as loud and as bright as a voice that is raised by `gain_db`.
fn tone(gender: Gender, frames: usize, gain_db: f32) -> Vec<f32> {
    let hz = match gender {
        Gender::Female => 280.0,
        Gender::Male => 150.0,
    };
    let turn = std::f32::consts::TAU * hz / RATE_F;
    // A sawtooth's harmonics up to 4 kHz fall by 6 dB an octave, and so does singing, more or less.
    let mut out: Vec<f32> = (0..frames)
        .map(|i| {
            (1..=(4_000.0 / hz) as usize)
                .map(|h| ((turn * i as f32 * h as f32).sin()) / h as f32)
                .sum()
        })
        .collect();
    if let Some(lufs) = loudness::lufs(&out, &out) {
        let gain = amplitude((vocal::LEVEL_LUFS - lufs) as f32 + gain_db);
        for x in &mut out {
            *x *= gain;
        }
    }
    out
}
