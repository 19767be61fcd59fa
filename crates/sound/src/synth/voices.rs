//! A synthetic choir: glottal pulses of several singers through the formants of a vowel, in parallel
//! (Fant, *Acoustic Theory of Speech Production*, 1960; Klatt, *Software for a Cascade/Parallel Formant
//! Synthesizer*, JASA 1980, for the alternating signs). The formants' frequencies, levels and widths
//! are those of the table "Formant Values" in the Csound manual's appendix. Above a soprano's first
//! formant the formant follows the note (Sundberg, *The Science of the Singing Voice*, 1987).

use catbird_score::Dice;

use super::{
    CONTROL, Note, Voice,
    envelope::{Adsr, Envelope},
    filter::Svf,
    noise::Noise,
    oscillator::{Phase, sine},
};
use crate::audio::{RATE_F, amplitude};

/// How they sing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChoirKind {
    /// A soft, open "ah".
    Aahs,
    /// A dark "oo".
    Oohs,
    /// Bright and loud, from "ah" to "oh".
    Gospel,
    /// A short pitched vocal chop: one singer and the octave.
    Chop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vowel {
    A,
    I,
    O,
    U,
}

/// Formants of a vowel.
const FORMANTS: usize = 5;

/// Frequencies in Hz, levels in dB below the first, widths in Hz.
struct Formants {
    hz: [f32; FORMANTS],
    db: [f32; FORMANTS],
    width: [f32; FORMANTS],
}

const fn formants(hz: [f32; FORMANTS], db: [f32; FORMANTS], width: [f32; FORMANTS]) -> Formants {
    Formants { hz, db, width }
}

/// A, I, O, U of bass, tenor, alto and soprano.
const TABLE: [[Formants; 4]; 4] = [
    [
        formants(
            [600.0, 1_040.0, 2_250.0, 2_450.0, 2_750.0],
            [0.0, -7.0, -9.0, -9.0, -20.0],
            [60.0, 70.0, 110.0, 120.0, 130.0],
        ),
        formants(
            [250.0, 1_750.0, 2_600.0, 3_050.0, 3_340.0],
            [0.0, -30.0, -16.0, -22.0, -28.0],
            [60.0, 90.0, 100.0, 120.0, 120.0],
        ),
        formants(
            [400.0, 750.0, 2_400.0, 2_600.0, 2_900.0],
            [0.0, -11.0, -21.0, -20.0, -40.0],
            [40.0, 80.0, 100.0, 120.0, 120.0],
        ),
        formants(
            [350.0, 600.0, 2_400.0, 2_675.0, 2_950.0],
            [0.0, -20.0, -32.0, -28.0, -36.0],
            [40.0, 80.0, 100.0, 120.0, 120.0],
        ),
    ],
    [
        formants(
            [650.0, 1_080.0, 2_650.0, 2_900.0, 3_250.0],
            [0.0, -6.0, -7.0, -8.0, -22.0],
            [80.0, 90.0, 120.0, 130.0, 140.0],
        ),
        formants(
            [290.0, 1_870.0, 2_800.0, 3_250.0, 3_540.0],
            [0.0, -15.0, -18.0, -20.0, -30.0],
            [40.0, 90.0, 100.0, 120.0, 120.0],
        ),
        formants(
            [400.0, 800.0, 2_600.0, 2_800.0, 3_000.0],
            [0.0, -10.0, -12.0, -12.0, -26.0],
            [40.0, 80.0, 100.0, 120.0, 120.0],
        ),
        formants(
            [350.0, 600.0, 2_700.0, 2_900.0, 3_300.0],
            [0.0, -20.0, -17.0, -14.0, -26.0],
            [40.0, 60.0, 100.0, 120.0, 120.0],
        ),
    ],
    [
        formants(
            [800.0, 1_150.0, 2_800.0, 3_500.0, 4_950.0],
            [0.0, -4.0, -20.0, -36.0, -60.0],
            [80.0, 90.0, 120.0, 130.0, 140.0],
        ),
        formants(
            [350.0, 1_700.0, 2_700.0, 3_700.0, 4_950.0],
            [0.0, -20.0, -30.0, -36.0, -60.0],
            [50.0, 100.0, 120.0, 150.0, 200.0],
        ),
        formants(
            [450.0, 800.0, 2_830.0, 3_500.0, 4_950.0],
            [0.0, -9.0, -16.0, -28.0, -55.0],
            [70.0, 80.0, 100.0, 130.0, 135.0],
        ),
        formants(
            [325.0, 700.0, 2_530.0, 3_500.0, 4_950.0],
            [0.0, -12.0, -30.0, -40.0, -64.0],
            [50.0, 60.0, 170.0, 180.0, 200.0],
        ),
    ],
    [
        formants(
            [800.0, 1_150.0, 2_900.0, 3_900.0, 4_950.0],
            [0.0, -6.0, -32.0, -20.0, -50.0],
            [80.0, 90.0, 120.0, 130.0, 140.0],
        ),
        formants(
            [270.0, 2_140.0, 2_950.0, 3_900.0, 4_950.0],
            [0.0, -12.0, -26.0, -26.0, -44.0],
            [60.0, 90.0, 100.0, 120.0, 120.0],
        ),
        formants(
            [450.0, 800.0, 2_830.0, 3_800.0, 4_950.0],
            [0.0, -11.0, -22.0, -22.0, -50.0],
            [70.0, 80.0, 100.0, 130.0, 135.0],
        ),
        formants(
            [325.0, 700.0, 2_700.0, 3_800.0, 4_950.0],
            [0.0, -16.0, -35.0, -40.0, -60.0],
            [50.0, 60.0, 170.0, 180.0, 200.0],
        ),
    ],
];

/// Where one voice type ends and the next begins, Hz: E3, D4 and B4.
const TYPES_HZ: [f32; 3] = [164.8, 293.7, 493.9];

/// Many throats are wider than one: the table's widths are multiplied by this.
const WIDER: f32 = 1.7;

/// The two sides' throats differ in length, as factors of the formants.
const THROATS: [f32; 2] = [0.985, 1.015];

/// From here on a glottal pulse falls by 12 dB an octave instead of a saw's 6, Hz.
const TILT_HZ: f32 = 700.0;

/// Keeps filters from ending in denormal numbers (−360 dBFS).
const FLOOR: f32 = 1e-18;

/// A kind in numbers.
struct Style {
    from: Vowel,
    to: Vowel,
    /// Over how long the vowel moves, seconds.
    moves: f32,
    adsr: Adsr,
    /// Cents: how far apart the singers are, and their vibrato's least and greatest depth.
    spread: f32,
    vibrato: (f32, f32),
    /// dB on the third formant and above: the table is of soloists, and singers in a choir hold their
    /// "singer's formant" back (Rossing, Sundberg & Ternström, JASA 1986).
    bright_db: f32,
    /// Level of the breath against the pulses.
    breath: f32,
    /// The whole: root mean square of a note at full velocity.
    level: f32,
}

impl ChoirKind {
    fn style(self, dice: &mut Dice) -> Style {
        let adsr = |attack, decay, sustain, release| Adsr {
            attack,
            decay,
            sustain,
            release,
        };
        match self {
            Self::Aahs => Style {
                from: Vowel::A,
                to: Vowel::A,
                moves: 1.0,
                adsr: adsr(0.12, 3.0, 0.85, 0.5),
                spread: 8.0,
                vibrato: (12.0, 20.0),
                bright_db: -7.0,
                breath: 0.02,
                level: 0.11,
            },
            Self::Oohs => Style {
                from: Vowel::U,
                to: Vowel::U,
                moves: 1.0,
                adsr: adsr(0.14, 3.0, 0.85, 0.55),
                spread: 7.0,
                vibrato: (12.0, 18.0),
                bright_db: -14.0,
                breath: 0.015,
                level: 0.1,
            },
            Self::Gospel => Style {
                from: Vowel::A,
                to: Vowel::O,
                moves: 1.2,
                adsr: adsr(0.06, 1.5, 0.8, 0.35),
                spread: 11.0,
                vibrato: (17.0, 25.0),
                bright_db: -2.0,
                breath: 0.03,
                level: 0.13,
            },
            Self::Chop => Style {
                from: if dice.chance(0.5) { Vowel::I } else { Vowel::O },
                to: Vowel::A,
                moves: 0.11,
                adsr: adsr(0.012, 0.7, 0.6, 0.08),
                spread: 0.0,
                vibrato: (0.0, 0.0),
                bright_db: -2.0,
                breath: 0.03,
                level: 0.13,
            },
        }
    }
}

/// One formant as a band-pass.
#[derive(Clone, Copy, Default)]
struct Resonance {
    hz: f32,
    q: f32,
    gain: f32,
}

impl Resonance {
    /// Between two of them.
    fn between(self, other: Self, t: f32) -> Self {
        Self {
            hz: self.hz + (other.hz - self.hz) * t,
            q: self.q + (other.q - self.q) * t,
            gain: self.gain + (other.gain - self.gain) * t,
        }
    }
}

/// The level of the source at a frequency, but for a factor: a saw above the tilt's corner twice as steep.
fn source(hz: f32) -> f32 {
    1.0 / (hz * (1.0 + (hz / TILT_HZ).powi(2)).sqrt())
}

/// The mouth's shape for a vowel sung at `hz`; all vowels and notes are equally loud.
fn mouth(vowel: Vowel, hz: f32, bright_db: f32) -> [Resonance; FORMANTS] {
    let kind = TYPES_HZ.iter().filter(|limit| hz >= **limit).count();
    let table = &TABLE[kind][vowel as usize];
    // The first formant never lies below the note.
    let first = table.hz[0].max(hz);
    let mut mouth: [Resonance; FORMANTS] = std::array::from_fn(|i| {
        let centre = table.hz[i].max(first * (1.0 + 0.3 * i as f32).min(1.6));
        let level = amplitude(table.db[i] + if i >= 2 { bright_db } else { 0.0 });
        // The table's levels are those of the sung spectrum: the source's fall is taken out. The signs
        // alternate, or there would be a zero between two formants.
        let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
        Resonance {
            hz: centre,
            q: centre / (WIDER * table.width[i]),
            gain: sign * level * source(first) / source(centre),
        }
    });
    // Notes near a formant, and open vowels, would be louder than others by 10 dB.
    let loudness = power(&mouth, hz).sqrt().max(1e-9);
    for r in &mut mouth {
        r.gain /= loudness;
    }
    mouth
}

/// Power of a note at `hz` through a mouth, its pulses at ±1: the sum over the harmonics.
fn power(mouth: &[Resonance; FORMANTS], hz: f32) -> f32 {
    let harmonics = ((6_000.0 / hz) as usize).clamp(1, 48);
    (1..=harmonics)
        .map(|n| {
            let f = hz * n as f32;
            let (mut re, mut im) = (0.0, 0.0);
            for r in mouth {
                // 1 / (1 + jQ(f/f0 − f0/f))
                let x = r.q * (f / r.hz - r.hz / f);
                let by = r.gain / (1.0 + x * x);
                re += by;
                im -= by * x;
            }
            let pulse = 2.0 / std::f32::consts::PI * source(f) * hz;
            0.5 * pulse * pulse * (re * re + im * im)
        })
        .sum()
}

/// One singer.
struct Singer {
    phase: Phase,
    /// Frequency without its movements, Hz.
    hz: f32,
    sides: [f32; 2],
    /// Vibrato: phase and step in turns, depth in cents.
    vibrato: (f32, f32, f32),
    /// Slow wandering of the pitch, cents.
    drift: f32,
}

/// The wandering's pull back to the note and its push, a control block.
const DRIFT: (f32, f32) = (0.002, 0.35);

/// The vibrato comes in over this time, seconds.
const VIBRATO_ONSET: f32 = 0.5;

/// The scoop of a chop: where it starts, semitones, and its time constant, seconds.
const SCOOP: f32 = -1.5;
const SCOOP_SECONDS: f32 = 0.03;

/// The chop's octave above.
const OCTAVE_LEVEL: f32 = 0.35;

/// Singers of a choir: their places in the spread of pitch, and from left to right.
const SINGERS: [(f32, f32); 5] = [(-1.0, 0.5), (0.55, -0.85), (0.0, 0.0), (-0.5, 0.85), (0.95, -0.45)];

/// One side: its tilt and its mouth.
struct Side {
    filters: [Svf; FORMANTS],
    gains: [f32; FORMANTS],
    tilt: f32,
    noise: Noise,
}

/// A note of it.
pub(super) struct Choir {
    kind: ChoirKind,
    singers: Vec<Singer>,
    sides: [Side; 2],
    from: [Resonance; FORMANTS],
    to: [Resonance; FORMANTS],
    /// Seconds: since the start, and over which the vowel moves.
    seconds: f32,
    moves: f32,
    breath: f32,
    chance: Noise,
    loud: Envelope,
    /// Share of its way that the tilt's filter makes in a frame.
    pull: f32,
    gain: f32,
}

impl Choir {
    pub fn new(kind: ChoirKind, note: &Note, dice: &mut Dice) -> Self {
        let style = kind.style(dice);
        let from = mouth(style.from, note.hz, style.bright_db);
        let to = mouth(style.to, note.hz, style.bright_db);
        let singers = if kind == ChoirKind::Chop {
            vec![
                singer(note.hz, 0.0, 1.0, (0.0, 0.0), dice),
                singer(2.0 * note.hz, 0.0, OCTAVE_LEVEL, (0.0, 0.0), dice),
            ]
        } else {
            let sing = |(place, pan): (f32, f32)| {
                let cents = place * style.spread + dice.between(-1.0, 1.0) as f32;
                singer(note.hz * (cents / 1_200.0).exp2(), pan, 1.0, style.vibrato, dice)
            };
            SINGERS.map(sing).into()
        };
        let pull = 1.0 - (-std::f32::consts::TAU * TILT_HZ / RATE_F).exp();
        let mut side = || Side {
            filters: [Svf::default(); FORMANTS],
            gains: [0.0; FORMANTS],
            tilt: 0.0,
            noise: Noise::new(dice),
        };
        let mut choir = Self {
            kind,
            sides: [side(), side()],
            from,
            to,
            seconds: 0.0,
            moves: style.moves,
            breath: style.breath,
            chance: Noise::new(dice),
            loud: Envelope::new(style.adsr, note.gate, 1),
            pull,
            // Half the singers are heard a side.
            gain: style.level * note.amplitude() / (0.5 * singers.len() as f32).sqrt(),
            singers,
        };
        choir.form();
        choir
    }

    /// Forms the vowel of this moment.
    fn form(&mut self) {
        let t = (self.seconds / self.moves).min(1.0);
        // Slow, quick, slow, as a jaw moves.
        let t = t * t * (3.0 - 2.0 * t);
        for (side, throat) in self.sides.iter_mut().zip(THROATS) {
            for (i, filter) in side.filters.iter_mut().enumerate() {
                let r = self.from[i].between(self.to[i], t);
                filter.tune(throat * r.hz, r.q);
                side.gains[i] = r.gain;
            }
        }
    }

    /// Moves the pitches; the steps of this block.
    fn sway(&mut self, frames: usize) -> [f32; SINGERS.len()] {
        let scoop = if self.kind == ChoirKind::Chop {
            100.0 * SCOOP * (-self.seconds / SCOOP_SECONDS).exp()
        } else {
            0.0
        };
        let onset = (self.seconds / VIBRATO_ONSET).min(1.0);
        let turns = frames as f32 / RATE_F;
        let mut steps = [0.0; SINGERS.len()];
        for (step, s) in steps.iter_mut().zip(&mut self.singers) {
            let (phase, rate, depth) = &mut s.vibrato;
            *phase = (*phase + *rate * turns).fract();
            let mut cents = scoop + onset * *depth * sine(*phase);
            if *depth > 0.0 {
                s.drift += DRIFT.1 * self.chance.step() - DRIFT.0 * s.drift;
                cents += s.drift;
            }
            // 2^x to second order; a scoop of 150 cents is right to 0.2 cents.
            let x = cents * CENT;
            *step = Phase::step_of(s.hz * (1.0 + x + 0.5 * x * x));
        }
        steps
    }
}

/// A cent in natural logarithms.
const CENT: f32 = std::f32::consts::LN_2 / 1_200.0;

fn singer(hz: f32, pan: f32, level: f32, depth: (f32, f32), dice: &mut Dice) -> Singer {
    let angle = (pan + 1.0) * std::f32::consts::FRAC_PI_4;
    let depth = dice.between(f64::from(depth.0), f64::from(depth.1)) as f32;
    Singer {
        phase: Phase(dice.unit() as f32),
        hz,
        sides: [level * angle.cos(), level * angle.sin()],
        vibrato: (dice.unit() as f32, dice.between(4.8, 6.0) as f32, depth),
        drift: 0.0,
    }
}

impl Side {
    /// One frame of pulses through tilt and mouth.
    #[inline]
    fn sing(&mut self, pulses: f32, breath: f32, pull: f32) -> f32 {
        self.tilt += pull * (pulses - self.tilt);
        let x = self.tilt + breath * self.noise.step() + FLOOR;
        self.filters
            .iter_mut()
            .zip(self.gains)
            .map(|(f, g)| g * f.band(x))
            .sum()
    }
}

impl Voice for Choir {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let steps = self.sway(left.len());
            if self.from[0].hz != self.to[0].hz && self.seconds < self.moves + 0.1 {
                self.form();
            }
            self.seconds += left.len() as f32 / RATE_F;
            for (l, r) in left.iter_mut().zip(right) {
                let (mut a, mut b) = (0.0, 0.0);
                for (s, dt) in self.singers.iter_mut().zip(steps) {
                    let saw = s.phase.saw(dt);
                    a += saw * s.sides[0];
                    b += saw * s.sides[1];
                }
                let gain = self.gain * self.loud.step();
                *l += gain * self.sides[0].sing(a, self.breath, self.pull);
                *r += gain * self.sides[1].sing(b, self.breath, self.pull);
            }
        }
        !self.loud.is_over()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [ChoirKind; 4] = [ChoirKind::Aahs, ChoirKind::Oohs, ChoirKind::Gospel, ChoirKind::Chop];

    fn sung(kind: ChoirKind, pitch: u8, gate: usize, frames: usize) -> (Vec<f32>, Vec<f32>, bool) {
        let note = Note {
            hz: super::super::hz(pitch),
            from_hz: None,
            gate,
            velocity: 1.0,
            bpm: 120.0,
        };
        let mut voice = Choir::new(kind, &note, &mut Dice::new(5, "choir"));
        let (mut l, mut r) = (vec![0.0; frames], vec![0.0; frames]);
        let mut alive = true;
        for (l, r) in l.chunks_mut(1_024).zip(r.chunks_mut(1_024)) {
            alive = alive && voice.render(l, r);
        }
        (l, r, alive)
    }

    /// Power at `hz` under a Hann window.
    fn at(x: &[f32], hz: f32) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        // Rotated in double precision: a cosine for every sample would take the tests half a minute.
        let (step, turn) = (angle(1.0 / x.len() as f64), angle(f64::from(hz / RATE_F)));
        let (mut window, mut tone) = ((1.0, 0.0), (1.0, 0.0));
        for v in x {
            let w = f64::from(*v) * (0.5 - 0.5 * window.0);
            re += w * tone.0;
            im += w * tone.1;
            window = times(window, step);
            tone = times(tone, turn);
        }
        (re * re + im * im) / (x.len() as f64).powi(2)
    }

    fn angle(turns: f64) -> (f64, f64) {
        let (sin, cos) = (std::f64::consts::TAU * turns).sin_cos();
        (cos, sin)
    }

    fn times(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
        (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
    }

    /// Power of the band `hz` ± `width`.
    fn band(x: &[f32], hz: f32, width: f32) -> f64 {
        let step = RATE_F / x.len() as f32;
        let n = (width / step) as i32;
        (-n..=n).map(|i| at(x, hz + i as f32 * step)).sum()
    }

    /// The mean pitch around the harmonic `n`, cents from `hz`.
    fn cents(x: &[f32], hz: f32, n: f32) -> f64 {
        let (mut sum, mut all) = (0.0, 0.0);
        for c in (-80..=80).step_by(2) {
            let p = at(x, n * hz * (c as f32 / 1_200.0).exp2());
            sum += p * f64::from(c);
            all += p;
        }
        sum / all
    }

    #[test]
    fn they_sing_in_tune() {
        for kind in [ChoirKind::Aahs, ChoirKind::Oohs, ChoirKind::Gospel] {
            for pitch in [45, 60, 76] {
                // Long enough to average the vibrato and the wandering.
                let (l, r, _) = sung(kind, pitch, 44_100 * 8, 44_100 * 8);
                let hz = super::super::hz(pitch);
                let off = 0.5 * (cents(&l[20_000..], hz, 1.0) + cents(&r[20_000..], hz, 1.0));
                assert!(off.abs() < 5.0, "{kind:?} {pitch}: {off} cents");
            }
        }
        for pitch in [55, 67, 79] {
            let (l, _, _) = sung(ChoirKind::Chop, pitch, 44_100, 44_100);
            let off = cents(&l[9_000..40_000], super::super::hz(pitch), 1.0);
            assert!(off.abs() < 3.0, "chop {pitch}: {off} cents");
        }
    }

    #[test]
    fn the_formants_are_at_their_places() {
        // A low note samples the envelope densely: 65 Hz, a bass.
        let (l, r, _) = sung(ChoirKind::Aahs, 36, 44_100 * 3, 44_100 * 3);
        let x: Vec<f32> = l.iter().zip(&r).map(|(a, b)| a + b).collect();
        let x = &x[20_000..60_000];
        let level = |hz: f32| 10.0 * band(x, hz, 70.0).log10();
        // Bass "a": 600 and 1040 Hz, a valley, then the three around 2450.
        assert!(level(600.0) > level(300.0) + 6.0);
        assert!(level(600.0) > level(820.0) + 2.0, "{} {}", level(600.0), level(820.0));
        assert!(level(1_040.0) > level(820.0));
        assert!(level(1_040.0) > level(1_500.0) + 6.0);
        assert!(level(2_400.0) > level(1_600.0) + 3.0);
        assert!(level(2_400.0) > level(4_500.0) + 15.0);
        let second = level(1_040.0) - level(600.0);
        assert!((-12.0..-2.0).contains(&second), "{second} instead of −7 dB");
    }

    #[test]
    fn vowels_differ() {
        let brightness = |kind| {
            let (l, _, _) = sung(kind, 57, 88_200, 60_000);
            let x = &l[6_000..20_000];
            let sum = |from: i32, to: i32| (from..to).map(|h| at(x, 220.0 * h as f32)).sum::<f64>();
            10.0 * (sum(3, 20) / sum(1, 3)).log10()
        };
        assert!(brightness(ChoirKind::Aahs) > brightness(ChoirKind::Oohs) + 8.0);
        assert!(brightness(ChoirKind::Gospel) > brightness(ChoirKind::Oohs) + 8.0);
    }

    #[test]
    fn a_chop_scoops_up_and_changes_its_vowel() {
        let (l, _, _) = sung(ChoirKind::Chop, 57, 30_000, 30_000);
        // In its first 12 ms the octave is nearer to 1.2 semitones below than to its place.
        let low = (-1.1f32 / 12.0).exp2();
        assert!(band(&l[..700], 440.0 * low, 1.0) > band(&l[..700], 440.0 * 1.03, 1.0));
        let first = |x: &[f32]| band(x, 650.0, 120.0) / band(x, 220.0, 60.0);
        assert!(first(&l[8_000..12_000]) > 1.5 * first(&l[500..3_000]));
    }

    #[test]
    fn sides_differ_but_weigh_alike() {
        let (l, r, _) = sung(ChoirKind::Gospel, 64, 88_200, 88_200);
        let power = |x: &[f32]| x.iter().map(|v| v * v).sum::<f32>();
        let db = 10.0 * (power(&l) / power(&r)).log10();
        assert!(db.abs() < 3.0, "{db}");
        let side: f32 = l.iter().zip(&r).map(|(a, b)| (a - b).powi(2)).sum();
        assert!(side > 0.1 * power(&l));
    }

    #[test]
    fn they_are_bounded_and_end() {
        for kind in KINDS {
            for pitch in [36, 48, 60, 72, 84, 96, 108] {
                for gate in [1, 8_000, 66_150] {
                    let (l, r, alive) = sung(kind, pitch, gate, gate + 44_100);
                    let peak = l.iter().chain(&r).fold(0.0f32, |p, v| p.max(v.abs()));
                    assert!(!alive && peak < 1.0, "{kind:?} {pitch} {gate}: {peak}");
                    assert!(gate < 66_150 || peak > 0.1, "{kind:?} {pitch}: {peak}");
                    assert!(l[0].abs() < 0.01 && l[gate + 44_000].abs() < 1e-4);
                    assert!(l.iter().chain(&r).all(|v| v.is_finite()));
                }
            }
        }
    }
}
