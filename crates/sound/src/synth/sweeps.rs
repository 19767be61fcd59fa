//! Further transitions: what falls away after a drop, what swells into one, and tape hiss.

use catbird_score::Dice;

use super::{
    CONTROL, Note, Voice,
    filter::Svf,
    noise::Noise,
    oscillator::{Phase, sine},
};
use crate::{audio::RATE_F, band::amp::tanh};

/// Keeps filters from ending in denormal numbers (−360 dBFS).
const FLOOR: f32 = 1e-18;

/// A straight line from one level to the next over a block, so that nothing steps.
#[derive(Clone, Copy, Default)]
struct Line {
    now: f32,
    slope: f32,
}

impl Line {
    fn aim(&mut self, goal: f32, frames: usize) {
        self.slope = (goal - self.now) / frames as f32;
    }

    #[inline]
    fn step(&mut self) -> f32 {
        self.now += self.slope;
        self.now
    }
}

/// Rises to 1 within `edge` frames of the start and falls to 0 within `edge` frames of `end`.
fn edges(frame: usize, end: usize, edge: usize) -> f32 {
    let near = frame.min(end.saturating_sub(frame));
    (near as f32 / edge as f32).min(1.0)
}

/// Noise and a tone that fall through the note.
pub(super) struct Downlifter {
    noise: [Noise; 2],
    filters: [[Svf; 2]; 2],
    /// Turns of the tone on each side.
    turns: [f32; 2],
    level: Line,
    frame: usize,
    gate: usize,
    gain: f32,
}

/// Corner of the noise and pitch of the tone, Hz: at the start and at the end.
const NOISE_HZ: (f32, f32) = (9_000.0, 180.0);
const TONE_HZ: (f32, f32) = (880.0, 55.0);

/// The tone's level, and how far apart the sides are, as a share of the pitch.
const TONE_LEVEL: f32 = 0.16;
const TONE_WIDTH: f32 = 0.004;

/// Frames of a quick start or end that is not a click.
const EDGE: usize = 441;

/// Exponential between two frequencies.
fn between(hz: (f32, f32), t: f32) -> f32 {
    hz.0 * (hz.1 / hz.0).powf(t)
}

impl Downlifter {
    pub fn new(note: &Note, dice: &mut Dice) -> Self {
        Self {
            noise: [Noise::new(dice), Noise::new(dice)],
            filters: Default::default(),
            turns: [0.0; 2],
            level: Line::default(),
            frame: 0,
            gate: note.gate.max(2 * EDGE),
            gain: note.amplitude(),
        }
    }
}

impl Voice for Downlifter {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let n = left.len();
            let t = (self.frame as f32 / self.gate as f32).min(1.0);
            for f in self.filters.iter_mut().flatten() {
                f.tune(between(NOISE_HZ, t), 0.75);
            }
            let hz = between(TONE_HZ, t);
            self.frame += n;
            // Loud where it lands, gone at its end.
            let fall = (1.0 - t) * (1.0 - 0.5 * t);
            self.level.aim(self.gain * fall * edges(self.frame, self.gate, EDGE), n);
            let line = self.level;
            for (side, channel) in [left, right].into_iter().enumerate() {
                self.level = line;
                let dt = hz * (1.0 + TONE_WIDTH * (side as f32 - 0.5)) / RATE_F;
                for x in channel {
                    let tone = TONE_LEVEL * sine(self.turns[side]);
                    self.turns[side] = (self.turns[side] + dt).fract();
                    let noise = 0.55 * self.noise[side].step() + FLOOR;
                    let low = self.filters[side].iter_mut().fold(noise, |x, f| f.low(x));
                    *x += self.level.step() * (low + tone);
                }
            }
        }
        self.frame < self.gate
    }
}

/// A sine that falls to the bottom: what a drop lands on. Its length is its own.
pub(super) struct SubDrop {
    turns: f32,
    level: Line,
    frame: usize,
    gain: f32,
}

/// From where to where it falls, Hz; after `FALL_SECONDS` it is within one of its end.
const DROP_HZ: (f32, f32) = (110.0, 28.0);
const FALL_SECONDS: f32 = 1.6;

/// It fades from here to there, seconds.
const FADE_SECONDS: (f32, f32) = (1.1, 2.2);

/// Into the soft clip.
const DROP_DRIVE: f32 = 1.4;

impl SubDrop {
    pub fn new(note: &Note) -> Self {
        Self {
            turns: 0.0,
            level: Line::default(),
            frame: 0,
            gain: 0.75 * note.amplitude(),
        }
    }

    /// Its pitch after `seconds`.
    fn hz(seconds: f32) -> f32 {
        let height = DROP_HZ.0 - DROP_HZ.1;
        DROP_HZ.1 + height * (-height.ln() * seconds / FALL_SECONDS).exp()
    }
}

impl Voice for SubDrop {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let dt = Self::hz(self.frame as f32 / RATE_F) / RATE_F;
            self.frame += left.len();
            let t = self.frame as f32 / RATE_F;
            let fade = ((FADE_SECONDS.1 - t) / (FADE_SECONDS.1 - FADE_SECONDS.0)).clamp(0.0, 1.0);
            let attack = (self.frame as f32 / EDGE as f32).min(1.0);
            self.level.aim(self.gain * fade * fade * attack, left.len());
            for (l, r) in left.iter_mut().zip(right) {
                let y = self.level.step() * tanh(DROP_DRIVE * sine(self.turns));
                self.turns = (self.turns + dt).fract();
                *l += y;
                *r += y;
            }
        }
        (self.frame as f32) < FADE_SECONDS.1 * RATE_F
    }
}

/// A reversed cymbal: squares at the ratios of a bar's partials and noise, growing exponentially until
/// the gate, where it stops.
pub(super) struct Swell {
    squares: [(Phase, f32); 6],
    noise: [Noise; 2],
    filters: [[Svf; 2]; 2],
    level: Line,
    frame: usize,
    gate: usize,
    gain: f32,
}

/// The six oscillators of the classic analogue cymbal, Hz: they share no low multiple.
const METAL_HZ: [f32; 6] = [205.3, 304.4, 369.6, 522.7, 540.0, 800.0];

/// Higher, and a little apart each time.
const METAL_RAISE: (f32, f32) = (2.6, 2.9);

/// How much it grows, dB, and over how long at most, seconds.
const GROWTH_DB: f32 = 54.0;
const GROWTH_SECONDS: f32 = 6.0;

/// How it stops, frames (15 ms).
const STOP: usize = 662;

impl Swell {
    pub fn new(note: &Note, dice: &mut Dice) -> Self {
        let raise = dice.between(f64::from(METAL_RAISE.0), f64::from(METAL_RAISE.1)) as f32;
        Self {
            squares: METAL_HZ.map(|hz| (Phase(dice.unit() as f32), Phase::step_of(raise * hz))),
            noise: [Noise::new(dice), Noise::new(dice)],
            filters: [[Svf::new(3_000.0, 0.7), Svf::new(7_000.0, 0.7)]; 2],
            level: Line::default(),
            frame: 0,
            gate: note.gate,
            gain: 0.8 * note.amplitude(),
        }
    }

    /// The level at a frame: exponential before the gate, a short line down after it.
    fn at(&self, frame: usize) -> f32 {
        if frame >= self.gate {
            return (1.0 - (frame - self.gate) as f32 / STOP as f32).max(0.0);
        }
        let left = (self.gate - frame) as f32;
        let over = (self.gate as f32).min(GROWTH_SECONDS * RATE_F);
        let start = (frame as f32 / EDGE as f32).min(1.0);
        start * 10.0f32.powf(-GROWTH_DB / 20.0 * left / over)
    }
}

impl Voice for Swell {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            // A cymbal's highs die first: backwards they come last.
            let t = (self.frame as f32 / self.gate as f32).min(1.0);
            for [_, low] in &mut self.filters {
                low.tune(4_000.0 + 11_000.0 * t * t, 0.7);
            }
            self.frame += left.len();
            self.level.aim(self.gain * self.at(self.frame), left.len());
            for (l, r) in left.iter_mut().zip(right) {
                let (mut a, mut b) = (0.0, 0.0);
                for (i, (phase, dt)) in self.squares.iter_mut().enumerate() {
                    let square = phase.square(*dt);
                    a += square;
                    // The same bars, struck from the other side.
                    b += if i % 2 == 0 { square } else { -square };
                }
                let level = self.level.step();
                for ((x, metal), (noise, [high, low])) in [(l, a), (r, b)]
                    .into_iter()
                    .zip(self.noise.iter_mut().zip(&mut self.filters))
                {
                    *x += level * low.low(high.high(0.16 * metal + 0.35 * noise.step()));
                }
            }
        }
        self.frame < self.gate + STOP
    }
}

/// Tape hiss, its level wandering slowly as a worn tape's does.
pub(super) struct Hiss {
    sides: [Tape; 2],
    level: [Line; 2],
    frame: usize,
    gate: usize,
    gain: f32,
}

struct Tape {
    noise: Noise,
    high: Svf,
    low: Svf,
    /// Phases of the two movements, turns.
    sway: [f32; 2],
}

/// The two movements: rates in Hz (a capstan's wow and a reel's turn), depths as shares.
const SWAY_HZ: [f32; 2] = [0.55, 0.13];
const SWAY_DEPTH: [f32; 2] = [0.1, 0.16];

/// Where tape hiss lies, Hz.
const HISS_HZ: (f32, f32) = (1_400.0, 8_500.0);

/// Faded in and out, frames.
const HISS_EDGE: usize = 4_410;

impl Hiss {
    pub fn new(note: &Note, dice: &mut Dice) -> Self {
        // Both sides of a tape wander nearly together.
        let [wow, reel] = [dice.unit() as f32, dice.unit() as f32];
        let mut side = |apart: f32| Tape {
            noise: Noise::new(dice),
            high: Svf::new(HISS_HZ.0, 0.5),
            low: Svf::new(HISS_HZ.1, 0.6),
            sway: [wow + apart, reel + apart],
        };
        Self {
            sides: [side(0.0), side(0.06)],
            level: Default::default(),
            frame: 0,
            gate: note.gate,
            gain: 0.16 * note.amplitude(),
        }
    }
}

impl Voice for Hiss {
    fn render(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        for (left, right) in left.chunks_mut(CONTROL).zip(right.chunks_mut(CONTROL)) {
            let n = left.len();
            self.frame += n;
            let edge = edges(self.frame, self.gate, HISS_EDGE);
            for ((channel, tape), level) in [left, right].into_iter().zip(&mut self.sides).zip(&mut self.level) {
                let mut wander = 1.0;
                for i in 0..2 {
                    wander += SWAY_DEPTH[i] * sine(tape.sway[i]);
                    tape.sway[i] = (tape.sway[i] + SWAY_HZ[i] * n as f32 / RATE_F).fract();
                }
                level.aim(self.gain * edge * wander, n);
                for x in channel {
                    *x += level.step() * tape.low.low(tape.high.high(tape.noise.step()));
                }
            }
        }
        self.frame < self.gate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(gate: usize) -> Note {
        Note {
            hz: 261.6,
            from_hz: None,
            gate,
            velocity: 1.0,
            bpm: 120.0,
        }
    }

    fn voices(gate: usize) -> [(&'static str, Box<dyn Voice>); 4] {
        let (note, mut dice) = (note(gate), Dice::new(3, "sweeps"));
        [
            ("downlifter", Box::new(Downlifter::new(&note, &mut dice))),
            ("sub drop", Box::new(SubDrop::new(&note))),
            ("swell", Box::new(Swell::new(&note, &mut dice))),
            ("hiss", Box::new(Hiss::new(&note, &mut dice))),
        ]
    }

    fn rendered(voice: &mut dyn Voice, frames: usize) -> ([Vec<f32>; 2], bool) {
        let (mut l, mut r) = (vec![0.0; frames], vec![0.0; frames]);
        let mut alive = true;
        for (l, r) in l.chunks_mut(1_024).zip(r.chunks_mut(1_024)) {
            alive = alive && voice.render(l, r);
        }
        ([l, r], alive)
    }

    fn rms(x: &[f32]) -> f32 {
        (x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32).sqrt()
    }

    /// Crossings of zero upwards a second.
    fn crossings(x: &[f32]) -> f32 {
        let n = x.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count();
        n as f32 * RATE_F / x.len() as f32
    }

    #[test]
    fn they_are_bounded_smooth_and_end() {
        for gate in [1, 100, 30_000, 132_300] {
            for (name, mut voice) in voices(gate) {
                let ([l, r], alive) = rendered(voice.as_mut(), gate + 110_000);
                let peak = l.iter().chain(&r).fold(0.0f32, |p, v| p.max(v.abs()));
                assert!(!alive && peak < 1.0, "{name} {gate}: {peak}");
                assert!(gate < 30_000 || peak > 0.1, "{name} {gate}: {peak}");
                assert!(l[0].abs() < 0.02 && l[gate + 109_999] == 0.0, "{name} {gate}");
                let last = l.iter().rposition(|v| *v != 0.0).unwrap_or(0);
                assert!(l[last].abs() < 0.01, "{name} {gate} ends at {}", l[last]);
            }
        }
    }

    #[test]
    fn a_downlifter_falls() {
        let ([l, _], _) = rendered(&mut Downlifter::new(&note(88_200), &mut Dice::new(1, "x")), 88_200);
        let parts: Vec<(f32, f32)> = l.chunks(22_050).map(|c| (crossings(c), rms(c))).collect();
        assert!(
            parts.windows(2).all(|w| w[1].0 < w[0].0 && w[1].1 < w[0].1),
            "{parts:?}"
        );
    }

    #[test]
    fn a_sub_drop_falls_from_110_to_28() {
        assert!((SubDrop::hz(0.0) - 110.0).abs() < 0.1 && (SubDrop::hz(1.6) - 29.0).abs() < 0.1);
        let ([l, _], _) = rendered(&mut SubDrop::new(&note(88_200)), 88_200);
        assert!((85.0..112.0).contains(&crossings(&l[..6_615])));
        assert!((27.0..31.0).contains(&crossings(&l[66_150..83_000])));
    }

    #[test]
    fn a_swell_grows_by_its_decibels_and_stops_dead() {
        let gate = 88_200;
        let ([l, _], _) = rendered(&mut Swell::new(&note(gate), &mut Dice::new(1, "x")), gate + 4_410);
        let db = |at: usize| 20.0 * rms(&l[at..at + 4_410]).log10();
        // 54 dB over two seconds; the highs that open add some.
        let grown = db(80_000) - db(36_000);
        assert!((22.0..38.0).contains(&grown), "{grown}");
        assert!(l[gate + STOP + CONTROL..].iter().all(|v| *v == 0.0));
        let peak = l.iter().fold(0.0f32, |p, v| p.max(v.abs()));
        assert!(l[gate - 2_205..gate].iter().any(|v| v.abs() > 0.5 * peak));
    }

    #[test]
    fn hiss_wanders_but_little() {
        let ([l, _], _) = rendered(&mut Hiss::new(&note(44_100 * 12), &mut Dice::new(1, "x")), 44_100 * 11);
        let levels: Vec<f32> = l[8_820..].chunks_exact(8_820).map(rms).collect();
        let (least, most) = levels
            .iter()
            .fold((f32::MAX, 0.0f32), |(a, b), v| (a.min(*v), b.max(*v)));
        let db = 20.0 * (most / least).log10();
        assert!((1.5..7.0).contains(&db), "{db}");
        assert!((2_500.0..9_000.0).contains(&crossings(&l[44_100..88_200])));
    }
}
