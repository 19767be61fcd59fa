//! A voice of a subtractive synthesiser: oscillators, a filter, envelopes and slow oscillators, as
//! a [`Patch`] says. Saws and pulses have polynomial band-limited steps (Välimäki & Huovilainen,
//! *Antialiasing Oscillators in Subtractive Synthesis*, IEEE Signal Processing Magazine 2007). The slow oscillators are functions of the time since the note began.

mod patches;

use catbird_score::Dice;

pub(super) use self::patches::*;
use super::{
    CONTROL, Note, Voice,
    envelope::{Adsr, Envelope},
    filter::Svf,
    ladder::Ladder,
    noise::Noise,
    oscillator::{Phase, pulses, saws, sine, triangles},
};
use crate::{audio::RATE_F, band::amp::tanh};

/// Waveform of an oscillator, ±1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Wave {
    Saw,
    /// Width, 0–1 of a cycle.
    Pulse(f32),
    Triangle,
    Sine,
    /// White, without pitch.
    Noise,
}

/// One oscillator of a patch, or several slightly detuned ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Oscillator {
    pub wave: Wave,
    /// Over the note; −12 is a sub oscillator.
    pub semitones: f32,
    /// Factor; the power does not grow with `unison`.
    pub level: f32,
    /// How many play at once, 1–7.
    pub unison: usize,
    /// The outermost of them, ± cents.
    pub detune: f32,
    /// How far left and right they lie, 0–1.
    pub spread: f32,
    /// Whether it runs freely: every note starts somewhere else in the cycle.
    pub free: bool,
}

/// What the filter lets through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pass {
    /// 24 dB an octave, the transistor ladder.
    Ladder,
    /// 6 dB an octave on both sides, state variable.
    Band,
    /// 12 dB an octave, state variable.
    High,
}

/// The filter and what moves it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cutoff {
    pub pass: Pass,
    /// Corner at middle C without velocity, Hz.
    pub hz: f32,
    /// Key tracking: octaves an octave.
    pub track: f32,
    /// Octaves of full velocity.
    pub velocity: f32,
    /// Octaves of the full envelope.
    pub envelope: f32,
    /// How much of the envelope needs velocity, 0–1.
    pub accent: f32,
    /// 0–1.
    pub resonance: f32,
    pub shape: Adsr,
}

/// Speed of a slow oscillator.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rate {
    /// Hz, beginning with the note.
    Hz(f32),
    /// Hz, found anywhere in its cycle.
    Free(f32),
    /// Quarter notes a cycle, beginning with the note.
    Beats(f32),
}

/// Its waveform, ±1.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    Sine,
    /// From the bottom up and back.
    Triangle,
    /// Up first.
    Square,
    /// Rising.
    Saw,
}

/// A slow oscillator and what it moves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lfo {
    pub rate: Rate,
    pub shape: Shape,
    /// Seconds before it begins.
    pub after: f32,
    /// Seconds until it is full from then on.
    pub fade: f32,
    /// Pitch, ± cents.
    pub cents: f32,
    /// Cutoff, ± octaves.
    pub octaves: f32,
    /// Amplitude: share that is taken away at the bottom, 0–1.
    pub amplitude: f32,
}

/// Chorus by detuning: every tone's pitch sways, each at its own place of the cycle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sway {
    /// ± cents.
    pub cents: f32,
    /// Hz.
    pub hz: f32,
}

/// Soft clipping; the number is the gain into it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Drive {
    None,
    /// The oscillators' sum.
    Before(f32),
    /// The filter's output.
    After(f32),
    /// What the amplitude envelope leaves: the note gets cleaner as it fades.
    Last(f32),
}

/// A sound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patch {
    pub oscillators: &'static [Oscillator],
    /// Semitones at which all of them play: more than one number is a chord under one key.
    pub chord: &'static [f32],
    /// Movement of the pulses' width: ± share of a cycle, Hz.
    pub width: (f32, f32),
    pub sway: &'static [Sway],
    pub cutoff: Cutoff,
    pub loud: Adsr,
    pub lfos: &'static [Lfo],
    pub drive: Drive,
    /// Seconds until 5 % of the interval are left, for notes that slide.
    pub glide: f32,
    /// Pitch at the start against the note (semitones) and seconds until 5 % of it are left.
    pub bend: (f32, f32),
    /// Whether it sounds one note at a time, and ties them.
    pub monophonic: bool,
    /// Gain, so that all patches peak alike.
    pub level: f32,
}

/// Frequency of middle C, Hz: where key tracking has its zero.
const MIDDLE_C: f32 = 261.625_58;

/// How much of its filter envelope a tied note has: the envelope is not struck again.
const TIED: f32 = 0.35;

/// Pulses never get thinner than this.
const THINNEST: f32 = 0.04;

/// Quality of the state-variable filter at no resonance; full resonance has 16 times as much.
const Q: f32 = 0.6;

/// −360 dBFS on the state-variable filter's input against denormal numbers.
const FLOOR: f32 = 1e-18;

/// Share of the way that a tremolo goes in a control period: a time constant of 2 ms.
const TREMOLO_PULL: f32 = 0.17;

/// Octaves below which a corner's movement is not followed: a tenth of a cent would not be heard.
const LEAST_MOVE: f32 = 1e-4;

/// Gains into the clipper below this change nothing that is heard, and are not divided by.
const LEAST_DRIVE: f32 = 0.01;

impl Shape {
    fn at(self, cycles: f32) -> f32 {
        // Time only runs forward from 0, so the integer part is below.
        let t = cycles - (cycles as i32) as f32;
        match self {
            Self::Sine => sine(t),
            Self::Triangle => 1.0 - 4.0 * (t - 0.5).abs(),
            Self::Square => 1.0f32.copysign(0.5 - t),
            Self::Saw => 2.0 * t - 1.0,
        }
    }
}

impl Lfo {
    /// The factor on the amplitude at a value of it.
    fn tremolo(&self, y: f32) -> f32 {
        1.0 - self.amplitude * (0.5 - 0.5 * y)
    }

    /// Its value `seconds` after the note began, with its fade; `start` in turns.
    fn at(&self, seconds: f32, bpm: f32, start: f32) -> f32 {
        let time = seconds - self.after;
        if time < 0.0 {
            return 0.0;
        }
        let cycles = match self.rate {
            Rate::Hz(hz) => hz * time,
            Rate::Free(hz) => hz * time + start,
            Rate::Beats(beats) => time * bpm / (60.0 * beats),
        };
        self.shape.at(cycles) * (time / self.fade.max(1e-3)).min(1.0)
    }
}

/// One sounding oscillator.
#[derive(Clone, Copy, Debug)]
struct Tone {
    wave: Wave,
    phase: Phase,
    /// Its frequency over the note's.
    ratio: f32,
    /// Its place in the sways' cycles, turns.
    place: f32,
    gain: [f32; 2],
}

impl Tone {
    /// The tones of one oscillator `semitones` over the note.
    fn all(from: &Oscillator, semitones: f32, dice: &mut Dice) -> Vec<Self> {
        let last = from.unison.max(2) - 1;
        let level = from.level / (from.unison.max(1) as f32).sqrt();
        (0..from.unison.max(1))
            .map(|i| {
                // −1 to 1 from the lowest to the highest; alone it stays in the middle.
                let off = if from.unison > 1 {
                    2.0 * i as f32 / last as f32 - 1.0
                } else {
                    0.0
                };
                // Neighbours in pitch lie on opposite sides; an even number would lean to one of them.
                let crossed = from.unison % 2 == 1 && i % 2 == 1;
                let pan = from.spread * if crossed { -off } else { off };
                let angle = (pan + 1.0) * std::f32::consts::FRAC_PI_4;
                let level = level * std::f32::consts::SQRT_2;
                let phase = if from.free { dice.unit() as f32 } else { 0.0 };
                Self {
                    wave: from.wave,
                    phase: Phase(phase),
                    ratio: ((from.semitones + semitones + from.detune * off / 100.0) / 12.0).exp2(),
                    place: i as f32 / from.unison.max(1) as f32,
                    gain: [level * angle.cos(), level * angle.sin()],
                }
            })
            .collect()
    }

    /// Its frequency over the note's after `seconds`.
    fn swaying(&self, sways: &[Sway], seconds: f32, start: f32) -> f32 {
        let sway = |s: &Sway| s.cents * Shape::Sine.at(self.place + start + s.hz * seconds);
        let cents: f32 = sways.iter().map(sway).sum();
        // To the first order: a cent is ln 2 / 1200.
        self.ratio * (1.0 + 5.776_226e-4 * cents)
    }

    /// Adds its next frames, at most a control period of them; in mono to the left only.
    fn add(&mut self, left: &mut [f32], right: Option<&mut [f32]>, dt: f32, width: f32, noise: &mut Noise) {
        let mut turns = [0.0; CONTROL];
        if self.wave != Wave::Noise {
            self.phase.turns(dt, &mut turns, left.len());
        }
        let wave = match self.wave {
            Wave::Saw => saws(&turns, dt),
            Wave::Pulse(middle) => pulses(&turns, dt, (middle + width).clamp(THINNEST, 1.0 - THINNEST)),
            Wave::Triangle => triangles(&turns, dt),
            Wave::Sine => turns.map(sine),
            Wave::Noise => {
                for y in turns.iter_mut().take(left.len()) {
                    *y = noise.step();
                }
                turns
            }
        };
        for (side, gain) in [Some(left), right].into_iter().flatten().zip(self.gain) {
            for (x, y) in side.iter_mut().zip(wave) {
                *x += gain * y;
            }
        }
    }
}

/// One side's filter.
#[derive(Clone, Copy, Debug)]
enum Filter {
    Ladder(Ladder),
    Band(Svf),
    High(Svf),
}

impl Filter {
    fn new(pass: Pass, hz: f32, resonance: f32) -> Self {
        let q = quality(resonance);
        match pass {
            Pass::Ladder => Self::Ladder(Ladder::new(hz, resonance)),
            Pass::Band => Self::Band(Svf::new(hz, q)),
            Pass::High => Self::High(Svf::new(hz, q)),
        }
    }

    fn tune(&mut self, hz: f32, resonance: f32) {
        match self {
            Self::Ladder(f) => f.tune(hz, resonance),
            Self::Band(f) | Self::High(f) => f.tune(hz, quality(resonance)),
        }
    }

    fn run(&mut self, block: &mut [f32]) {
        match self {
            Self::Ladder(f) => block.iter_mut().for_each(|x| *x = f.low(*x)),
            Self::Band(f) => block.iter_mut().for_each(|x| *x = f.band(*x + FLOOR)),
            Self::High(f) => block.iter_mut().for_each(|x| *x = f.high(*x + FLOOR)),
        }
    }

    /// Both sides at once: two ladders side by side cost little more than one, as each waits for itself.
    fn run_both(sides: &mut [Self; 2], left: &mut [f32], right: &mut [f32]) {
        if let [Self::Ladder(a), Self::Ladder(b)] = sides {
            for (l, r) in left.iter_mut().zip(right) {
                (*l, *r) = (a.low(*l), b.low(*r));
            }
        } else {
            sides[0].run(left);
            sides[1].run(right);
        }
    }
}

fn quality(resonance: f32) -> f32 {
    Q * (4.0 * resonance).exp2()
}

/// Soft clipping of a block with `gain` into it; 1 stays 1.
fn clip(block: &mut [f32], gain: f32) {
    let gain = gain.max(LEAST_DRIVE);
    let back = 1.0 / tanh(gain);
    for x in block {
        *x = back * tanh(gain * *x);
    }
}

/// The factor a control period that leaves 5 % after `seconds` (ln 20 = 3).
fn lag(seconds: f32) -> f32 {
    (-2.995_732 * CONTROL as f32 / (seconds.max(1e-4) * RATE_F)).exp()
}

/// A note of a [`Patch`].
pub(super) struct Analog {
    patch: &'static Patch,
    tones: Vec<Tone>,
    noise: Noise,
    /// Left and right; in mono the first serves both.
    filters: [Filter; 2],
    wide: bool,
    loud: Envelope,
    bright: Envelope,
    hz: f32,
    /// Octaves still to slide, and the factor a control period.
    slide: (f32, f32),
    /// Octaves of the pitch envelope that are left, and the factor a control period.
    bend: (f32, f32),
    /// log2 of the corner without envelope and movement.
    corner: f32,
    /// log2 of the corner the filters have.
    tuned: f32,
    /// Octaves of the filter envelope.
    opening: f32,
    /// Where the free slow oscillators and the pulse width begin, turns.
    start: f32,
    frame: usize,
    bpm: f32,
    /// What the slow oscillators left of the amplitude at the last control period.
    tremolo: f32,
    gain: f32,
}

/// The control values of one period.
struct Controls {
    hz: f32,
    width: f32,
    tremolo: f32,
}

impl Analog {
    pub fn new(patch: &'static Patch, note: &Note, dice: &mut Dice) -> Self {
        let cutoff = &patch.cutoff;
        let tones: Vec<Tone> = patch
            .chord
            .iter()
            .flat_map(|semitones| patch.oscillators.iter().map(move |o| (o, *semitones)))
            .flat_map(|(o, semitones)| Tone::all(o, semitones, dice))
            .collect();
        let start = dice.unit() as f32;
        let slide = note.from_hz.map_or(0.0, |from| (from / note.hz).log2());
        let tied = note.from_hz.is_some();
        let accent = 1.0 - cutoff.accent * (1.0 - note.velocity);
        Self {
            patch,
            tones,
            noise: Noise::new(dice),
            filters: [Filter::new(cutoff.pass, cutoff.hz, cutoff.resonance); 2],
            wide: patch.oscillators.iter().any(|o| o.unison > 1 && o.spread > 0.0),
            loud: Envelope::new(patch.loud, note.gate, 1),
            bright: Envelope::new(cutoff.shape, note.gate, CONTROL),
            hz: note.hz,
            slide: (slide, lag(patch.glide)),
            // A tied note comes from its neighbour, not from its pitch envelope.
            bend: (if tied { 0.0 } else { patch.bend.0 / 12.0 }, lag(patch.bend.1)),
            corner: cutoff.hz.log2() + cutoff.track * (note.hz / MIDDLE_C).log2() + cutoff.velocity * note.velocity,
            // Nowhere: the first control period tunes.
            tuned: f32::MIN,
            opening: cutoff.envelope * accent * if tied && patch.monophonic { TIED } else { 1.0 },
            start,
            frame: 0,
            bpm: note.bpm,
            tremolo: patch
                .lfos
                .iter()
                .map(|l| l.tremolo(l.at(0.0, note.bpm, start)))
                .product(),
            gain: patch.level * note.amplitude(),
        }
    }

    /// Moves everything that moves slowly.
    fn control(&mut self, frames: usize) -> Controls {
        let seconds = self.frame as f32 / RATE_F;
        self.frame += frames;
        let (mut octaves, mut corner, mut tremolo) = (self.slide.0 + self.bend.0, self.corner, 1.0);
        self.slide.0 *= self.slide.1;
        self.bend.0 *= self.bend.1;
        for lfo in self.patch.lfos {
            let y = lfo.at(seconds, self.bpm, self.start);
            octaves += lfo.cents / 1_200.0 * y;
            corner += lfo.octaves * y;
            tremolo *= lfo.tremolo(y);
        }
        corner += self.opening * self.bright.step();
        self.tune(corner);
        let (depth, hz) = self.patch.width;
        Controls {
            hz: self.hz * octaves.exp2(),
            width: depth * Shape::Sine.at(self.start + hz * seconds),
            tremolo,
        }
    }

    /// Moves the filters to a corner (log2 of Hz), when it is another one.
    fn tune(&mut self, corner: f32) {
        if (corner - self.tuned).abs() < LEAST_MOVE {
            return;
        }
        self.tuned = corner;
        let [first, second] = &mut self.filters;
        first.tune(corner.exp2(), self.patch.cutoff.resonance);
        if self.wide {
            match (&*first, second) {
                (Filter::Ladder(f), Filter::Ladder(s)) => s.follow(f),
                (_, second) => second.tune(corner.exp2(), self.patch.cutoff.resonance),
            }
        }
    }

    /// The oscillators' sum, filtered.
    fn sound(&mut self, controls: &Controls, left: &mut [f32], right: &mut [f32]) {
        let seconds = self.frame as f32 / RATE_F;
        for tone in &mut self.tones {
            let dt = Phase::step_of(controls.hz * tone.swaying(self.patch.sway, seconds, self.start));
            let right = if self.wide { Some(&mut *right) } else { None };
            tone.add(left, right, dt, controls.width, &mut self.noise);
        }
        if let Drive::Before(gain) = self.patch.drive {
            clip(left, gain);
            clip(right, gain);
        }
        if self.wide {
            Filter::run_both(&mut self.filters, left, right);
        } else {
            self.filters[0].run(left);
        }
        if let Drive::After(gain) = self.patch.drive {
            clip(left, gain);
            clip(right, gain);
        }
    }
}

impl Voice for Analog {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let frames = left.len();
            let controls = self.control(frames);
            let (mut a, mut b) = ([0.0; CONTROL], [0.0; CONTROL]);
            let (a, b) = (&mut a[..frames], &mut b[..frames]);
            self.sound(&controls, a, b);
            // Rounded and from the last value to this one, so that squares and saws do not click.
            let step = TREMOLO_PULL * (controls.tremolo - self.tremolo) / frames as f32;
            for (a, b) in a.iter_mut().zip(&mut *b) {
                self.tremolo += step;
                let level = self.tremolo * self.loud.step();
                *a *= level;
                *b *= level;
            }
            if let Drive::Last(gain) = self.patch.drive {
                clip(a, gain);
                clip(b, gain);
            }
            let other = if self.wide { &*b } else { &*a };
            for ((l, r), (a, b)) in left.iter_mut().zip(right).zip(a.iter().zip(other)) {
                *l += self.gain * a;
                *r += self.gain * b;
            }
        }
        !self.loud.is_over()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::hz;

    const ALL: [(&str, &Patch, u8); 18] = [
        ("acid", &ACID, 36),
        ("reese", &REESE, 36),
        ("wobble", &WOBBLE, 36),
        ("hoover", &HOOVER, 60),
        ("stab", &STAB, 60),
        ("synth brass", &SYNTH_BRASS, 60),
        ("poly synth", &POLY_SYNTH, 60),
        ("square lead", &SQUARE_LEAD, 72),
        ("whine", &WHINE, 84),
        ("big lead", &BIG_LEAD, 72),
        ("techno stab", &TECHNO_STAB, 57),
        ("rumble", &RUMBLE, 36),
        ("soft pluck", &PLUCK_SOFT, 72),
        ("string machine", &STRING_MACHINE, 60),
        ("dark pad", &DARK_PAD, 48),
        ("bright pad", &BRIGHT_PAD, 72),
        ("chip arp", &CHIP_ARP, 72),
        ("driven sub", &SUB_DRIVEN, 33),
    ];

    fn note(pitch: u8, velocity: f32) -> Note {
        Note {
            hz: hz(pitch),
            from_hz: None,
            gate: 44_100,
            velocity,
            bpm: 120.0,
        }
    }

    /// Both sides until the note is over or `seconds` have passed, and whether it is over.
    fn played(patch: &'static Patch, note: &Note, seconds: usize) -> ([Vec<f32>; 2], bool) {
        let mut voice = Analog::new(patch, note, &mut Dice::new(1, "x"));
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for _ in 0..seconds * 441 {
            let at = left.len();
            left.resize(at + 100, 0.0);
            right.resize(at + 100, 0.0);
            if !voice.render(&mut left[at..], &mut right[at..]) {
                return ([left, right], true);
            }
        }
        ([left, right], false)
    }

    fn plain(wave: Wave) -> Oscillator {
        Oscillator {
            wave,
            semitones: 0.0,
            level: 1.0,
            unison: 1,
            detune: 0.0,
            spread: 0.0,
            free: true,
        }
    }

    fn power(x: &[f32]) -> f32 {
        x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32
    }

    /// Power of the differences over the power: how bright.
    fn brightness(x: &[f32]) -> f32 {
        let steps: Vec<f32> = x.windows(2).map(|w| w[1] - w[0]).collect();
        power(&steps) / power(x)
    }

    /// Complex amplitude at `hz` of a stretch from frame `from` on, with a Hann window.
    fn at(x: &[f32], from: usize, frames: usize, hz: f32) -> (f64, f64) {
        let w = std::f64::consts::TAU * f64::from(hz) / f64::from(RATE_F);
        (from..from + frames).fold((0.0, 0.0), |(re, im), i| {
            let hann = 1.0 - (std::f64::consts::TAU * (i - from) as f64 / frames as f64).cos();
            let (v, a) = (f64::from(x[i]) * hann / frames as f64, w * i as f64);
            (re + v * a.cos(), im - v * a.sin())
        })
    }

    /// How far the fundamental is from `hz`, in cents, by its phase's advance over 40 cycles.
    fn cents(x: &[f32], hz: f32) -> f64 {
        let frames = (40.0 * RATE_F / hz) as usize;
        let (a, b) = (at(x, 4_000, frames, hz), at(x, 4_000 + frames, frames, hz));
        let turn = (a.0 * b.1 - a.1 * b.0).atan2(a.0 * b.0 + a.1 * b.1) / std::f64::consts::TAU;
        let off = turn * f64::from(RATE_F) / frames as f64;
        1_200.0 * (1.0 + off / f64::from(hz)).log2()
    }

    #[test]
    fn waves_are_in_tune() {
        for wave in [Wave::Saw, Wave::Pulse(0.3), Wave::Triangle, Wave::Sine] {
            let oscillators: &'static [Oscillator] = Box::leak(Box::new([plain(wave)]));
            let patch: &'static Patch = Box::leak(Box::new(Patch {
                oscillators,
                lfos: &[],
                ..SQUARE_LEAD
            }));
            for pitch in (24..=108).step_by(7) {
                let long = Note {
                    gate: 200_000,
                    ..note(pitch, 1.0)
                };
                let ([x, _], _) = played(patch, &long, 4);
                let off = cents(&x, hz(pitch));
                assert!(off.abs() < 1.0, "{wave:?} {pitch}: {off} cents");
            }
        }
    }

    #[test]
    fn plain_patches_are_in_tune() {
        for (patch, pitch) in [
            (&ACID, 40),
            (&CHIP_ARP, 76),
            (&SUB_DRIVEN, 40),
            (&WHINE, 84),
            (&SQUARE_LEAD, 70),
        ] {
            let long = Note {
                gate: 200_000,
                ..note(pitch, 1.0)
            };
            let ([x, _], _) = played(patch, &long, 4);
            // After the pitch envelope and before the vibrato.
            let x = &x[if patch.bend.0 == 0.0 { 0 } else { 8_000 }..];
            let off = cents(x, hz(pitch));
            assert!(off.abs() < 3.0, "{pitch}: {off} cents");
        }
    }

    #[test]
    fn aliases_are_40_db_below() {
        // At 5 kHz the 8th harmonic folds from 40 to 4.1 kHz, the 9th from 45 to 0.9 kHz.
        for wave in [Wave::Saw, Wave::Pulse(0.3), Wave::Triangle, Wave::Sine] {
            let mut tone = Tone::all(&plain(wave), 0.0, &mut Dice::new(1, "x")).remove(0);
            let (mut x, mut noise) = (vec![0.0; 44_100], Noise::new(&mut Dice::new(1, "y")));
            for x in x.chunks_mut(CONTROL) {
                tone.add(x, None, Phase::step_of(5_000.0), 0.0, &mut noise);
            }
            let level = |hz| {
                let (re, im) = at(&x, 0, x.len(), hz);
                10.0 * (re * re + im * im).log10()
            };
            for alias in [4_100.0, 900.0] {
                let db = level(alias) - level(5_000.0);
                assert!(db < -40.0, "{wave:?}: {db} dB at {alias}");
            }
        }
    }

    #[test]
    fn every_patch_peaks_alike_begins_softly_and_ends() {
        for (name, patch, middle) in ALL {
            for pitch in [middle - 12, middle, middle + 12] {
                let ([left, right], over) = played(patch, &note(pitch, 1.0), 11);
                let peak = left.iter().chain(&right).fold(0.0f32, |p, x| p.max(x.abs()));
                assert!((0.3..0.8).contains(&peak), "{name} {pitch}: {peak}");
                assert!(over, "{name} {pitch} never ends");
                for side in [&left, &right] {
                    assert!(side.iter().all(|x| x.is_finite()));
                    assert!(side[0].abs() < 0.01, "{name} begins with {}", side[0]);
                    assert!(side[side.len() - 1].abs() < 0.005, "{name} {pitch} breaks off");
                }
            }
        }
    }

    #[test]
    fn extreme_notes_stay_bounded() {
        for (name, patch, _) in ALL {
            for pitch in [0, 12, 120, 127] {
                let short = Note {
                    from_hz: Some(hz(127 - pitch)),
                    gate: 10,
                    bpm: 300.0,
                    ..note(pitch, 1.0)
                };
                let ([left, right], over) = played(patch, &short, 11);
                assert!(over, "{name} {pitch} never ends");
                assert!(left.iter().chain(&right).all(|x| x.abs() < 1.5), "{name} {pitch}");
            }
        }
    }

    #[test]
    fn chunks_of_any_length_are_the_same_note() {
        let render = |chunk: usize| {
            let mut voice = Analog::new(&POLY_SYNTH, &note(60, 0.8), &mut Dice::new(1, "x"));
            let (mut left, mut right) = (vec![0.0; 8_000], vec![0.0; 8_000]);
            for (l, r) in left.chunks_mut(chunk).zip(right.chunks_mut(chunk)) {
                voice.render(l, r);
            }
            (left, right)
        };
        assert!(render(8_000) == render(16 * 25));
    }

    #[test]
    fn the_short_ones_are_short_and_the_sub_is_long() {
        for (name, patch, pitch, from, to) in [
            ("stab", &STAB, 60, 0.2, 0.36),
            ("techno stab", &TECHNO_STAB, 57, 0.12, 0.3),
            ("soft pluck", &PLUCK_SOFT, 72, 0.3, 0.65),
            ("driven sub", &SUB_DRIVEN, 33, 1.6, 2.0),
        ] {
            let long = Note {
                gate: 200_000,
                ..note(pitch, 1.0)
            };
            let ([x, _], _) = played(patch, &long, 4);
            let levels: Vec<f32> = x.chunks(1_000).map(power).collect();
            let top = levels.iter().copied().fold(0.0, f32::max);
            // −40 dB.
            let last = levels.iter().rposition(|l| *l > 1e-4 * top).unwrap_or(0);
            let seconds = last as f32 * 1_000.0 / RATE_F;
            assert!((from..to).contains(&seconds), "{name}: {seconds} s");
        }
    }

    #[test]
    fn the_wobble_opens_twice_a_beat() {
        let ([x, _], _) = played(&WOBBLE, &note(36, 1.0), 2);
        // Half a beat at 120 is 250 ms: open in the middle of it, closed at its ends.
        let bright = |ms: usize| brightness(&x[(ms - 20) * 44..(ms + 20) * 44]);
        for (open, closed) in [(125, 250), (375, 500), (625, 750)] {
            let ratio = bright(open) / bright(closed);
            assert!(ratio > 8.0, "{ratio} at {open} ms");
        }
    }

    #[test]
    fn accents_open_the_acid_and_its_envelope_closes() {
        let sound = |velocity| played(&ACID, &note(36, velocity), 2).0[0].clone();
        let (soft, loud) = (sound(0.5), sound(1.0));
        let accent = brightness(&loud[..6_000]) / brightness(&soft[..6_000]);
        assert!(accent > 2.0, "{accent}");
        // Share of the power above 1.5 kHz.
        let high = |x: &[f32]| {
            let mut filter = Svf::new(1_500.0, 0.7);
            let y: Vec<f32> = x.iter().map(|x| filter.high(*x)).collect();
            power(&y[500..]) / power(&x[500..])
        };
        let closing = high(&loud[..4_000]) / high(&loud[30_000..40_000]);
        assert!(closing > 10.0, "{closing}");
    }

    #[test]
    fn slides_and_drops_arrive_in_their_time() {
        let tied = Note {
            from_hz: Some(hz(45)),
            ..note(33, 1.0)
        };
        let mut slid = Analog::new(&SUB_DRIVEN, &tied, &mut Dice::new(1, "x"));
        let mut struck = Analog::new(&SUB_DRIVEN, &note(33, 1.0), &mut Dice::new(1, "x"));
        assert!(slid.bend.0 == 0.0 && (slid.slide.0 - 1.0).abs() < 1e-3 && struck.bend.0 == 2.0);
        // 60 ms each.
        let (mut left, mut right) = (vec![0.0; 2_646], vec![0.0; 2_646]);
        let (left, right) = (&mut left[..], &mut right[..]);
        struck.render(left, right);
        assert!((0.05..0.12).contains(&struck.bend.0), "{}", struck.bend.0);
        slid.render(left, right);
        assert!(slid.slide.0 > 0.1);
        slid.render(left, right);
        assert!(slid.slide.0 < 0.05);
    }

    #[test]
    fn unison_leans_to_no_side() {
        for unison in 1..=7 {
            let wide = Oscillator {
                unison,
                spread: 0.8,
                detune: 10.0,
                ..plain(Wave::Saw)
            };
            let tones = Tone::all(&wide, 0.0, &mut Dice::new(1, "x"));
            let side = |i: usize| tones.iter().map(|t| t.gain[i].powi(2)).sum::<f32>();
            assert!((side(0) - 1.0).abs() < 1e-4 && (side(1) - 1.0).abs() < 1e-4, "{unison}");
        }
    }
}
