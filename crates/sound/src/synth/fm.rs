//! Two more frequency-modulation voices: the dance bass of the late eighties and the bright keys of
//! its ballads (Chowning, *The Synthesis of Complex Audio Spectra by Means of Frequency Modulation*,
//! JAES 1973; feedback of an operator onto itself: Tomisawa, US patent 4,249,447, 1981).

use catbird_score::Dice;

use super::{
    CONTROL, Note, Voice,
    envelope::{Adsr, Envelope},
    oscillator::{Glide, Phase, sine},
};
use crate::audio::RATE_F;

/// Radians as turns: how an index of modulation is written and how it is used.
const RADIAN: f32 = 1.0 / std::f32::consts::TAU;

/// Moves a phase on and gives it as it was.
#[inline]
fn turn(phase: &mut Phase, dt: f32) -> f32 {
    let now = phase.0;
    phase.0 += dt;
    if phase.0 >= 1.0 {
        phase.0 -= 1.0;
    }
    now
}

/// An envelope that has nothing more to say stays at 0: it would decay into denormal numbers.
#[inline]
fn burst(envelope: &mut Envelope) -> f32 {
    if envelope.is_over() { 0.0 } else { envelope.step() }
}

/// The highest index at which the last strong side band (at about index + 2 times `hz_modulator`) stays
/// below the band's end.
fn most_index(hz: f32, hz_modulator: f32) -> f32 {
    ((0.42 * RATE_F - hz) / hz_modulator - 2.0).clamp(0.0, 12.0)
}

/// A mono bass: carrier and modulator at 1 : 1 with feedback, and a 2 : 1 click at the start.
pub(super) struct FmBass {
    carrier: Phase,
    modulator: Phase,
    click: Phase,
    /// The modulator's last two values, for the feedback.
    last: [f32; 2],
    glide: Glide,
    loud: Envelope,
    bright: Envelope,
    tick: Envelope,
    /// Indices of the modulator at its brightest and of the click, radians.
    index: f32,
    click_index: f32,
    gain: f32,
}

/// Feedback of the modulator, radians: a saw's spectrum begins near 1.
const FEEDBACK: f32 = 0.9;

impl FmBass {
    pub fn new(note: &Note) -> Self {
        let envelope = |attack, decay, sustain, release| {
            let shape = Adsr {
                attack,
                decay,
                sustain,
                release,
            };
            Envelope::new(shape, note.gate, 1)
        };
        let most = most_index(note.hz, note.hz);
        // A tied note is not struck again.
        let struck = if note.from_hz.is_some() { 0.25 } else { 1.0 };
        Self {
            carrier: Phase::default(),
            modulator: Phase::default(),
            click: Phase::default(),
            last: [0.0; 2],
            glide: Glide::new(note.from_hz, note.hz, CONTROL),
            loud: envelope(0.003, 1.6, 0.55, 0.07),
            bright: envelope(0.001, 0.5, 0.3, 0.1),
            tick: envelope(0.001, 0.06, 0.0, 0.03),
            index: (0.9 + 1.6 * note.velocity).min(0.5 * most),
            click_index: struck * (0.5 + 1.2 * note.velocity).min(0.25 * most),
            gain: 0.5 * note.amplitude(),
        }
    }
}

impl Voice for FmBass {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let dt = Phase::step_of(self.glide.step());
            for (l, r) in left.iter_mut().zip(right) {
                let bright = self.bright.step();
                // The mean of two values keeps the loop from hunting.
                let own = FEEDBACK * RADIAN * bright * 0.5 * (self.last[0] + self.last[1]);
                let m = sine(turn(&mut self.modulator, dt) + own);
                self.last = [m, self.last[0]];
                let tick = self.click_index * burst(&mut self.tick) * sine(turn(&mut self.click, 2.0 * dt));
                let by = RADIAN * (self.index * bright * m + tick);
                let y = self.gain * self.loud.step() * sine(turn(&mut self.carrier, dt) + by);
                *l += y;
                *r += y;
            }
        }
        !self.loud.is_over()
    }
}

/// Bright ballad keys: two stacks a few cents apart, each a body (1 : 1) and a tine (14 : 1).
pub(super) struct GlassKeys {
    stacks: [Stack; 2],
    /// Turns a frame.
    dt: f32,
    /// The tine's modulator above the note.
    ratio: f32,
    loud: Envelope,
    hammer: Envelope,
    ring: Envelope,
    /// Phase and step of the chorus, turns.
    chorus: (f32, f32),
    /// Indices of body and tine, radians.
    body_index: f32,
    tine_index: f32,
    tine_level: f32,
    gain: f32,
}

#[derive(Clone, Copy, Default)]
struct Stack {
    body: [Phase; 2],
    tine: [Phase; 2],
}

/// Half of the stacks' distance, cents, and how the chorus moves it: depth in cents, rate in Hz.
const DETUNE_CENTS: f32 = 2.0;
const CHORUS_CENTS: f32 = 1.2;
const CHORUS_HZ: f32 = 0.55;

/// The tine's ratios: the highest that stays in the band is taken.
const TINES: [f32; 4] = [14.0, 7.0, 4.0, 2.0];

/// A stack is heard on its own side and, weaker, on the other.
const SIDES: [f32; 2] = [0.75, 0.4];

/// A cent as a share, for small numbers of them.
const CENT: f32 = 5.777_895e-4;

impl GlassKeys {
    pub fn new(note: &Note, dice: &mut Dice) -> Self {
        // High notes die sooner.
        let life = (4.5 * (220.0 / note.hz).powf(0.4)).clamp(0.9, 7.0);
        let envelope = |decay, sustain, release| {
            let shape = Adsr {
                attack: 0.0015,
                decay,
                sustain,
                release,
            };
            Envelope::new(shape, note.gate, 1)
        };
        let ratio = TINES.into_iter().find(|r| r * note.hz < 15_000.0).unwrap_or(1.0);
        let most = most_index(note.hz, note.hz);
        Self {
            stacks: Default::default(),
            dt: note.hz / RATE_F,
            ratio,
            loud: envelope(life, 0.0, 0.35),
            hammer: envelope(0.45 * life, 0.12, 0.3),
            ring: envelope(0.7, 0.0, 0.2),
            chorus: (dice.unit() as f32, CHORUS_HZ * CONTROL as f32 / RATE_F),
            body_index: (0.45 + 1.5 * note.velocity * note.velocity).min(0.5 * most),
            tine_index: if most_index(note.hz, ratio * note.hz) > 0.0 {
                0.8
            } else {
                0.0
            },
            tine_level: 0.28 * note.velocity,
            gain: 0.42 * note.amplitude(),
        }
    }
}

impl Voice for GlassKeys {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let cents = DETUNE_CENTS + CHORUS_CENTS * sine(self.chorus.0);
            self.chorus.0 = (self.chorus.0 + self.chorus.1).fract();
            let steps = [self.dt * (1.0 + CENT * cents), self.dt * (1.0 - CENT * cents)];
            for (l, r) in left.iter_mut().zip(right) {
                let hammer = RADIAN * self.body_index * self.hammer.step();
                let ring = burst(&mut self.ring);
                let gain = self.gain * self.loud.step();
                let mut heard = [0.0; 2];
                for ((stack, dt), heard) in self.stacks.iter_mut().zip(steps).zip(&mut heard) {
                    let m = sine(turn(&mut stack.body[1], dt));
                    let body = sine(turn(&mut stack.body[0], dt) + hammer * m);
                    let t = ring * sine(turn(&mut stack.tine[1], (self.ratio * dt).min(0.45)));
                    let tine = sine(turn(&mut stack.tine[0], dt) + RADIAN * self.tine_index * t);
                    *heard = gain * (body + self.tine_level * tine);
                }
                *l += SIDES[0] * heard[0] + SIDES[1] * heard[1];
                *r += SIDES[1] * heard[0] + SIDES[0] * heard[1];
            }
        }
        !self.loud.is_over()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(pitch: u8, gate: usize) -> Note {
        Note {
            hz: super::super::hz(pitch),
            from_hz: None,
            gate,
            velocity: 1.0,
            bpm: 120.0,
        }
    }

    fn rendered(mut voice: impl Voice, frames: usize) -> (Vec<f32>, bool) {
        let (mut l, mut r) = (vec![0.0; frames], vec![0.0; frames]);
        let mut alive = true;
        for (l, r) in l.chunks_mut(1_024).zip(r.chunks_mut(1_024)) {
            alive = alive && voice.render(l, r);
        }
        (l.iter().zip(&r).map(|(a, b)| 0.5 * (a + b)).collect(), alive)
    }

    /// Amplitude at `hz` under a Blackman–Harris window (Harris 1978; side lobes below −92 dB).
    fn at(x: &[f32], hz: f64) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        // Rotated in double precision: a cosine for every sample would take the tests half a minute.
        let (step, turn) = (angle(1.0 / x.len() as f64), angle(hz / f64::from(RATE_F)));
        let (mut window, mut tone) = ((1.0, 0.0), (1.0, 0.0));
        for v in x {
            let c = window.0;
            let (c2, c3) = (2.0 * c * c - 1.0, c * (4.0 * c * c - 3.0));
            let w = f64::from(*v) * (0.358_75 - 0.488_29 * c + 0.141_28 * c2 - 0.011_68 * c3);
            re += w * tone.0;
            im += w * tone.1;
            window = times(window, step);
            tone = times(tone, turn);
        }
        re.hypot(im) / x.len() as f64
    }

    fn angle(turns: f64) -> (f64, f64) {
        let (sin, cos) = (std::f64::consts::TAU * turns).sin_cos();
        (cos, sin)
    }

    fn times(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
        (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
    }

    /// The mean frequency around `hz`, cents from it.
    fn cents(x: &[f32], hz: f32) -> f64 {
        let (mut sum, mut all) = (0.0, 0.0);
        for c in -40..=40 {
            let c = f64::from(c);
            let power = at(x, f64::from(hz) * (c / 1_200.0).exp2()).powi(2);
            sum += power * c;
            all += power;
        }
        sum / all
    }

    #[test]
    fn both_are_in_tune() {
        for pitch in [28, 45, 60] {
            let note = note(pitch, 88_200);
            let (x, _) = rendered(FmBass::new(&note), 66_150);
            let off = cents(&x[8_000..60_000], note.hz);
            assert!(off.abs() < 3.0, "bass {pitch}: {off}");
        }
        for pitch in [40, 60, 84] {
            let note = note(pitch, 88_200);
            let (x, _) = rendered(GlassKeys::new(&note, &mut Dice::new(1, "x")), 66_150);
            let off = cents(&x[2_000..50_000], note.hz);
            assert!(off.abs() < 3.0, "keys {pitch}: {off}");
        }
    }

    #[test]
    fn a_slide_arrives_at_the_new_note() {
        let mut note = note(40, 88_200);
        note.from_hz = Some(note.hz * 1.5);
        let (x, _) = rendered(FmBass::new(&note), 66_150);
        assert!(cents(&x[12_000..60_000], note.hz).abs() < 3.0);
        assert!(at(&x[..1_500], f64::from(note.hz) * 1.4) > at(&x[..1_500], f64::from(note.hz) * 0.7));
    }

    #[test]
    fn the_bass_grows_darker() {
        let note = note(36, 88_200);
        let (x, _) = rendered(FmBass::new(&note), 66_150);
        let highs = |x: &[f32]| {
            let all = |from, to| {
                (from..to)
                    .map(|h| at(x, f64::from(note.hz) * f64::from(h)).powi(2))
                    .sum::<f64>()
            };
            all(4, 40) / all(1, 4)
        };
        let (early, late) = (highs(&x[500..5_000]), highs(&x[40_000..60_000]));
        assert!(early > 2.0 * late, "{early} then {late}");
    }

    #[test]
    fn nothing_folds_back_loudly() {
        // Between the harmonics there is only what has folded over.
        let worst = |x: &[f32], hz: f64| {
            let top = (20_000.0 / hz) as i32;
            let level = at(x, hz);
            let between = (1..top).flat_map(|h| [0.25, 0.5, 0.75].map(|f| hz * (f64::from(h) + f)));
            20.0 * (between.map(|f| at(x, f)).fold(0.0, f64::max) / level).log10()
        };
        for pitch in [40, 64, 88, 100] {
            let note = note(pitch, 88_200);
            let (x, _) = rendered(FmBass::new(&note), 44_100);
            let db = worst(&x[6_000..30_000], f64::from(note.hz));
            assert!(db < -40.0, "bass {pitch}: {db}");
            let (x, _) = rendered(GlassKeys::new(&note, &mut Dice::new(1, "x")), 44_100);
            let db = worst(&x[1_000..25_000], f64::from(note.hz));
            assert!(db < -40.0, "keys {pitch}: {db}");
        }
    }

    #[test]
    fn they_are_bounded_and_end() {
        for pitch in [24, 48, 72, 96, 108] {
            for gate in [1, 500, 22_050] {
                let note = note(pitch, gate);
                for (name, (x, alive)) in [
                    ("bass", rendered(FmBass::new(&note), gate + 44_100)),
                    (
                        "keys",
                        rendered(GlassKeys::new(&note, &mut Dice::new(1, "x")), gate + 44_100),
                    ),
                ] {
                    let peak = x.iter().fold(0.0f32, |p, v| p.max(v.abs()));
                    assert!(!alive && peak < 1.0, "{name} {pitch} {gate}: {peak}");
                    assert!(gate < 22_050 || peak > 0.1, "{name} {pitch}: {peak}");
                    assert!(x[0].abs() < 0.01 && x[gate + 44_000].abs() < 1e-3);
                }
            }
        }
    }
}
