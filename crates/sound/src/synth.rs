//! Our own instruments: synthesiser patches and drum machines. A note is a [`Voice`] that knows its
//! length from the start, so it begins at its exact frame and ends by itself.

mod analog;
mod bass;
mod bell;
mod drums;
mod effects;
mod envelope;
pub(crate) mod filter;
mod fm;
mod keys;
mod ladder;
mod lead;
mod noise;
mod oscillator;
mod pad;
mod pluck;
mod rotary;
mod supersaw;
mod sweeps;
mod tonewheel;
mod vinyl;
mod voices;

use catbird_score::{Dice, DrumKit, Registration, Score, SynthPatch};

use self::voices::ChoirKind;
use crate::band::{
    Player,
    performance::{Event, monophonic},
};

/// Control signals (filters, slow modulation) are renewed every so many frames.
const CONTROL: usize = 16;

/// One sounding note.
trait Voice: Send {
    /// Adds the next frames; false when the note is over.
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool;
}

/// What a patch knows about a note.
#[derive(Clone, Copy, Debug)]
struct Note {
    /// Frequency, Hz.
    hz: f32,
    /// Where it slides from, Hz.
    from_hz: Option<f32>,
    /// Frames until it is let go.
    gate: usize,
    /// 0–1.
    velocity: f32,
    /// Quarter notes a minute, for what moves in time.
    bpm: f32,
}

impl Note {
    /// Amplitude of a velocity: 40 dB a decade, the General MIDI recommendation, as the sampler has it.
    fn amplitude(&self) -> f32 {
        self.velocity * self.velocity
    }
}

/// Equal temperament around A4 = 440 Hz.
fn hz(pitch: u8) -> f32 {
    440.0 * ((f32::from(pitch) - 69.0) / 12.0).exp2()
}

type Make = Box<dyn Fn(&Note, &mut Dice) -> Box<dyn Voice> + Send>;

/// Plays any patch.
struct Polyphony {
    make: Make,
    events: Vec<Event>,
    next: usize,
    frame: usize,
    voices: Vec<Box<dyn Voice>>,
    bpm: f32,
    seed: u64,
    id: String,
}

impl Player for Polyphony {
    fn play(&mut self, left: &mut [f32], right: &mut [f32]) {
        left.fill(0.0);
        right.fill(0.0);
        self.voices.retain_mut(|v| v.render(left, right));
        while let Some(e) = self.events.get(self.next).filter(|e| e.frame < self.frame + left.len()) {
            let note = Note {
                hz: hz(e.pitch),
                from_hz: e.slide_from.map(hz),
                gate: e.gate,
                velocity: f32::from(e.velocity) / 127.0,
                bpm: self.bpm,
            };
            let mut voice = (self.make)(&note, &mut Dice::new(self.seed, &format!("{} {}", self.id, e.index)));
            let at = e.frame - self.frame;
            if voice.render(&mut left[at..], &mut right[at..]) {
                self.voices.push(voice);
            }
            self.next += 1;
        }
        self.frame += left.len();
    }
}

/// The player of a synthesiser part.
pub(crate) fn patch(patch: SynthPatch, mut events: Vec<Event>, score: &Score, id: &str) -> Box<dyn Player> {
    let make: Make = match patch {
        SynthPatch::SuperSaw => Box::new(|n, d| Box::new(supersaw::SuperSaw::new(n, d))),
        SynthPatch::Pluck => Box::new(|n, d| Box::new(pluck::Pluck::new(n, d))),
        SynthPatch::SubBass => Box::new(|n, _| Box::new(bass::SubBass::new(n))),
        SynthPatch::SawBass => Box::new(|n, d| Box::new(bass::SawBass::new(n, d))),
        SynthPatch::WarmPad => Box::new(|n, d| Box::new(pad::WarmPad::new(n, d))),
        SynthPatch::FmKeys => Box::new(|n, _| Box::new(keys::FmKeys::new(n))),
        SynthPatch::FmBass => Box::new(|n, _| Box::new(fm::FmBass::new(n))),
        SynthPatch::GlassKeys => Box::new(|n, d| Box::new(fm::GlassKeys::new(n, d))),
        SynthPatch::Bell => Box::new(|n, _| Box::new(bell::Bell::new(n))),
        SynthPatch::Lead => Box::new(|n, d| Box::new(lead::Lead::new(n, d))),
        SynthPatch::Riser => Box::new(|n, d| Box::new(effects::Riser::new(n, d))),
        SynthPatch::Impact => Box::new(|n, d| Box::new(effects::Impact::new(n, d))),
        SynthPatch::Downlifter => Box::new(|n, d| Box::new(sweeps::Downlifter::new(n, d))),
        SynthPatch::SubDrop => Box::new(|n, _| Box::new(sweeps::SubDrop::new(n))),
        SynthPatch::Swell => Box::new(|n, d| Box::new(sweeps::Swell::new(n, d))),
        SynthPatch::Hiss => Box::new(|n, d| Box::new(sweeps::Hiss::new(n, d))),
        SynthPatch::Vinyl => Box::new(|n, d| Box::new(vinyl::Vinyl::new(n, d))),
        SynthPatch::Aahs => choir(ChoirKind::Aahs),
        SynthPatch::Oohs => choir(ChoirKind::Oohs),
        SynthPatch::GospelChoir => choir(ChoirKind::Gospel),
        SynthPatch::VoxChop => choir(ChoirKind::Chop),
        SynthPatch::Acid => analog(&analog::ACID),
        SynthPatch::Reese => analog(&analog::REESE),
        SynthPatch::Wobble => analog(&analog::WOBBLE),
        SynthPatch::DrivenSub => analog(&analog::SUB_DRIVEN),
        SynthPatch::Hoover => analog(&analog::HOOVER),
        SynthPatch::Stab => analog(&analog::STAB),
        SynthPatch::TechnoStab => analog(&analog::TECHNO_STAB),
        SynthPatch::SynthBrass => analog(&analog::SYNTH_BRASS),
        SynthPatch::PolySynth => analog(&analog::POLY_SYNTH),
        SynthPatch::SquareLead => analog(&analog::SQUARE_LEAD),
        SynthPatch::Whine => analog(&analog::WHINE),
        SynthPatch::BigLead => analog(&analog::BIG_LEAD),
        SynthPatch::SoftPluck => analog(&analog::PLUCK_SOFT),
        SynthPatch::StringMachine => analog(&analog::STRING_MACHINE),
        SynthPatch::DarkPad => analog(&analog::DARK_PAD),
        SynthPatch::BrightPad => analog(&analog::BRIGHT_PAD),
        SynthPatch::ChipArp => analog(&analog::CHIP_ARP),
        SynthPatch::Rumble => analog(&analog::RUMBLE),
    };
    if is_monophonic(patch) {
        monophonic(&mut events);
    }
    let bpm = score.tempo.bpm_at(0) as f32;
    Box::new(Polyphony {
        make,
        events,
        next: 0,
        frame: 0,
        voices: Vec::new(),
        bpm,
        seed: score.seed,
        id: id.into(),
    })
}

fn analog(patch: &'static analog::Patch) -> Make {
    Box::new(move |n, d| Box::new(analog::Analog::new(patch, n, d)))
}

fn choir(kind: ChoirKind) -> Make {
    Box::new(move |n, d| Box::new(voices::Choir::new(kind, n, d)))
}

/// Whether a patch sounds one note at a time, and ties them.
fn is_monophonic(patch: SynthPatch) -> bool {
    use SynthPatch::{
        Acid, BigLead, DrivenSub, FmBass, Hoover, Lead, Reese, Rumble, SawBass, SquareLead, SubBass, VoxChop, Whine,
        Wobble,
    };
    matches!(
        patch,
        Acid | BigLead
            | DrivenSub
            | FmBass
            | Hoover
            | Lead
            | Reese
            | Rumble
            | SawBass
            | SquareLead
            | SubBass
            | VoxChop
            | Whine
            | Wobble
    )
}

/// The player of a drawbar organ part.
pub(crate) fn organ(registration: Registration, events: Vec<Event>, seed: u64, id: &str) -> Box<dyn Player> {
    Box::new(tonewheel::Organ::new(registration, events, seed, id))
}

/// The player of a drum machine part.
pub(crate) fn machine(kit: DrumKit, events: Vec<Event>, seed: u64, id: &str) -> Box<dyn Player> {
    Box::new(drums::Machine::new(kit, events, seed, id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::RATE_F;

    fn tone(patch_: SynthPatch, pitch: u8) -> Vec<f32> {
        let score = crate::calibrate::bare_score();
        let event = Event {
            frame: 0,
            gate: 44_100,
            pitch,
            velocity: 100,
            slide_from: None,
            touch: catbird_score::Touch::Plain,
            index: 0,
        };
        let mut player = patch(patch_, vec![event], &score, "x");
        let (mut l, mut r) = (vec![0.0; 44_100], vec![0.0; 44_100]);
        for (l, r) in l.chunks_mut(1_000).zip(r.chunks_mut(1_000)) {
            player.play(l, r);
        }
        l.iter().zip(&r).map(|(a, b)| 0.5 * (a + b)).collect()
    }

    /// Normalised autocorrelation at the lag of `hz`.
    fn periodicity(x: &[f32], hz: f32) -> f32 {
        let lag = (RATE_F / hz).round() as usize;
        let (a, b) = (&x[..x.len() - lag], &x[lag..]);
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    }

    #[test]
    fn notes_have_the_pitch_they_were_asked_for() {
        use SynthPatch::{FmKeys, Lead, Pluck, SawBass, SubBass, SuperSaw, WarmPad};
        for patch in [SuperSaw, Pluck, SubBass, SawBass, WarmPad, FmKeys, Lead] {
            for pitch in [45, 57] {
                let x = &tone(patch, pitch)[8_000..20_000];
                let at = periodicity(x, hz(pitch));
                let off = periodicity(x, hz(pitch) * 1.19);
                // The saw bass has a square an octave below.
                let least = if patch == SawBass { 0.5 } else { 0.8 };
                assert!(
                    at > least && at > off,
                    "{patch:?} {pitch}: {at:.2} there, {off:.2} beside"
                );
            }
        }
    }

    #[test]
    fn every_patch_sounds_stays_bounded_and_ends() {
        for patch_ in SynthPatch::ALL {
            for pitch in [24, 60, 108] {
                let score = crate::calibrate::bare_score();
                let event = Event {
                    frame: 100,
                    gate: 20_000,
                    pitch,
                    velocity: 127,
                    slide_from: None,
                    touch: catbird_score::Touch::Plain,
                    index: 0,
                };
                let mut player = patch(patch_, vec![event], &score, "x");
                let (mut l, mut r) = (vec![0.0; 44_100 * 12], vec![0.0; 44_100 * 12]);
                for (l, r) in l.chunks_mut(4_096).zip(r.chunks_mut(4_096)) {
                    player.play(l, r);
                }
                let peak = l.iter().chain(&r).fold(0.0f32, |p, x| p.max(x.abs()));
                assert!(l[..100].iter().all(|x| *x == 0.0), "{patch_:?} sounds early");
                assert!((0.005..4.0).contains(&peak), "{patch_:?} {pitch}: peak {peak}");
                assert!(l.iter().all(|x| x.is_finite()), "{patch_:?} {pitch}");
                assert!(
                    l[44_100 * 11..].iter().all(|x| x.abs() < 1e-3),
                    "{patch_:?} {pitch} never ends"
                );
            }
        }
    }
}
