//! The voice before it meets the band: low cut, even loudness, de-essing, presence, air, and two
//! quiet doubles at the sides. The level itself is [`super::ride`]'s.

use catbird_score::{Channel, Gender, Vocal};

use super::{
    biquad::{Biquad, FLOOR, Memory},
    compressor::{Compressor, Settings},
    strip::{Cues, Strip},
};
use crate::{
    audio::{RATE_F, Stereo, amplitude, one_pole},
    loudness,
};

/// What the chain expects and delivers, LUFS over the sung time.
pub(crate) const LEVEL_LUFS: f64 = -20.0;

/// Sibilants lie above; vowels do not reach.
const ESS_HZ: f32 = 5_500.0;

/// The polished voice, centred, `frames` long.
pub(super) fn polish(dry: &[f32], vocal: &Vocal, frames: usize) -> Stereo {
    let mut voice: Vec<f32> = dry.iter().copied().chain(std::iter::repeat(0.0)).take(frames).collect();
    LowCut::new(vocal).run(&mut voice);
    level(&mut voice);
    Shape::default().run(&mut voice);
    level(&mut voice);
    Doubles::new(vocal).run(&voice)
}

/// The same voice block by block, by one who does not know yet how loud it will be: both levels are
/// those that most songs need.
pub(crate) struct Polish {
    cut: LowCut,
    shape: Shape,
    doubles: Doubles,
}

/// Loudness of a dry voice over its sung time, and of a shaped one: medians of 17 songs, one a style
/// (−27.1 … −25.5 and −25.1 … −24.9).
pub(crate) const DRY_LUFS: f64 = -26.2;
pub(crate) const SHAPED_LUFS: f64 = -25.0;

impl Polish {
    /// For this singer.
    pub fn new(vocal: &Vocal) -> Self {
        Self {
            cut: LowCut::new(vocal),
            shape: Shape::default(),
            doubles: Doubles::new(vocal),
        }
    }

    /// The next block.
    pub fn run(&mut self, mut voice: Vec<f32>) -> Stereo {
        let scale = |voice: &mut [f32], from: f64| {
            let gain = amplitude((LEVEL_LUFS - from) as f32);
            for x in voice {
                *x *= gain;
            }
        };
        self.cut.run(&mut voice);
        scale(&mut voice, DRY_LUFS);
        self.shape.run(&mut voice);
        scale(&mut voice, SHAPED_LUFS);
        self.doubles.run(&voice)
    }
}

fn level(voice: &mut [f32]) {
    if let Some(lufs) = loudness::lufs(voice, voice) {
        let gain = amplitude((LEVEL_LUFS - lufs).clamp(-40.0, 40.0) as f32);
        for x in voice {
            *x *= gain;
        }
    }
}

/// Rumble and breath noise below the lowest note.
struct LowCut([(Biquad, Memory); 2]);

impl LowCut {
    fn new(vocal: &Vocal) -> Self {
        let low_cut: f32 = if vocal.singer.gender == Gender::Male {
            75.0
        } else {
            110.0
        };
        let corner = low_cut.max(vocal.channel.low_cut_hz);
        // Two of these are a fourth-order Butterworth.
        Self([0.541, 1.307].map(|q| (Biquad::high_pass(corner, q), Memory::default())))
    }

    fn run(&mut self, voice: &mut [f32]) {
        for (filter, memory) in &mut self.0 {
            filter.run(memory, voice);
        }
    }
}

/// Dynamics and tone.
struct Shape {
    compress: Compress,
    de_ess: DeEss,
    tone: [(Biquad, Memory); 3],
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            compress: Compress::default(),
            de_ess: DeEss::default(),
            tone: [
                Biquad::bell(260.0, 0.8, -1.5),
                Biquad::bell(3_200.0, 0.8, 2.0),
                Biquad::high_shelf(10_000.0, 2.0),
            ]
            .map(|b| (b, Memory::default())),
        }
    }
}

impl Shape {
    fn run(&mut self, voice: &mut [f32]) {
        self.compress.run(voice);
        self.de_ess.run(voice);
        for (filter, memory) in &mut self.tone {
            filter.run(memory, voice);
        }
    }
}

/// A slow leveller, then a fast one for the peaks: gentler than one doing both.
pub(super) struct Compress {
    slow: Compressor,
    fast: Compressor,
    fall: f32,
    envelope: f32,
}

impl Default for Compress {
    fn default() -> Self {
        Self {
            slow: Compressor::new(Settings {
                threshold_db: -22.0,
                ratio: 2.5,
                knee_db: 10.0,
                attack_seconds: 0.02,
                release_seconds: 0.25,
            }),
            fast: Compressor::new(Settings {
                threshold_db: -11.0,
                ratio: 4.0,
                knee_db: 6.0,
                attack_seconds: 0.002,
                release_seconds: 0.06,
            }),
            fall: one_pole(0.01),
            envelope: 0.0,
        }
    }
}

impl Compress {
    pub(super) fn run(&mut self, voice: &mut [f32]) {
        for x in voice {
            self.envelope = x.abs().max(self.envelope * self.fall).max(FLOOR);
            *x *= self.slow.gain(self.envelope);
            *x *= self.fast.gain(x.abs());
        }
    }
}

/// Takes the band above [`ESS_HZ`] down while it outweighs the rest.
pub(super) struct DeEss {
    high: Biquad,
    memory: Memory,
    ess: f32,
    all: f32,
    reduction: f32,
    fast: f32,
    slow: f32,
}

impl Default for DeEss {
    fn default() -> Self {
        Self {
            high: Biquad::high_pass(ESS_HZ, 0.707),
            memory: Memory::default(),
            ess: 0.0,
            all: 0.0,
            reduction: 0.0,
            fast: one_pole(0.004),
            slow: one_pole(0.03),
        }
    }
}

impl DeEss {
    pub(super) fn run(&mut self, voice: &mut [f32]) {
        let (fast, slow) = (self.fast, self.slow);
        for x in voice {
            let top = self.high.step(&mut self.memory, *x);
            self.ess = top * top + fast * (self.ess - top * top) + FLOOR;
            self.all = *x * *x + slow * (self.all - *x * *x) + FLOOR;
            // Above −5 dB of the whole it hisses; up to 8 dB are taken.
            let share = self.ess / (self.all + 1e-7);
            let wanted = if self.all < 1e-6 {
                0.0
            } else {
                (1.0 - (0.3 / share.max(1e-3)).sqrt()).clamp(0.0, 0.6)
            };
            self.reduction = wanted + fast * (self.reduction - wanted) + FLOOR;
            *x -= self.reduction * top;
        }
    }
}

/// Two copies, a little later and a few cents off, far to the sides and 15 dB down: width without
/// moving the voice from the middle. Then the channel's own strip.
struct Doubles {
    sides: [Double; 2],
    strip: Strip,
    frame: usize,
}

impl Doubles {
    fn new(vocal: &Vocal) -> Self {
        let channel = Channel {
            gain_db: 0.0,
            duck_db: 0.0,
            low_cut_hz: 0.0,
            ..vocal.channel
        };
        Self {
            sides: [Double::new(13.0, 1.6, 0.53), Double::new(21.0, 1.9, 0.41)],
            strip: Strip::new(&channel, 0.0),
            frame: 0,
        }
    }

    fn run(&mut self, voice: &[f32]) -> Stereo {
        let [one, two] = &mut self.sides;
        let (left, right) = rayon::join(|| one.run(voice), || two.run(voice));
        let mut out = Stereo { left, right };
        self.strip
            .run(self.frame, &mut out.left, &mut out.right, Cues::default());
        self.frame += voice.len();
        out
    }
}

/// A copy whose delay sways.
struct Double {
    delay_ms: f64,
    depth_ms: f64,
    /// Turns a frame.
    step: f64,
    line: Vec<f32>,
    frame: usize,
}

impl Double {
    fn new(delay_ms: f64, depth_ms: f64, hz: f64) -> Self {
        Self {
            delay_ms,
            depth_ms,
            step: hz / f64::from(RATE_F),
            line: vec![0.0; 2_048],
            frame: 0,
        }
    }

    /// The voice with its copy.
    fn run(&mut self, voice: &[f32]) -> Vec<f32> {
        let gain = amplitude(-15.0);
        let mask = self.line.len() - 1;
        voice
            .iter()
            .map(|x| {
                self.line[self.frame & mask] = *x;
                // In 64 bits: after minutes 32 would count whole frames only.
                let sway = (std::f64::consts::TAU * (self.step * self.frame as f64).fract()).sin();
                let back = (self.delay_ms + self.depth_ms * sway) * f64::from(RATE_F) / 1_000.0;
                let (whole, part) = (back as usize, back.fract() as f32);
                let late = |back: usize| self.line[self.frame.wrapping_sub(back) & mask];
                let copy = late(whole) + (late(whole + 1) - late(whole)) * part;
                self.frame += 1;
                x + gain * copy
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;

    #[test]
    fn hiss_is_tamed_and_vowels_are_not() {
        let mut dice = Dice::new(1, "ess");
        let rms = |x: &[f32]| (x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32).sqrt();
        let vowel: Vec<f32> = (0..44_100).map(|i| 0.2 * (i as f32 * 0.06).sin()).collect();
        let mut hiss: Vec<f32> = (0..44_100).map(|_| 0.2 * (dice.unit() as f32 - 0.5)).collect();
        for _ in 0..2 {
            Biquad::high_pass(6_000.0, 0.7).run(&mut Memory::default(), &mut hiss);
        }
        let (mut v, mut h) = (vowel.clone(), hiss.clone());
        DeEss::default().run(&mut v);
        DeEss::default().run(&mut h);
        assert!(rms(&v) / rms(&vowel) > 0.98);
        assert!(rms(&h) / rms(&hiss) < 0.7, "{}", rms(&h) / rms(&hiss));
    }

    #[test]
    fn the_doubles_come_from_both_sides_and_blocks_do_not_matter() {
        let vocal = Vocal {
            partner: None,
            backing: Vec::new(),
            singer: catbird_score::Singer {
                name: "test".into(),
                gender: Gender::Female,
                low: 57,
                high: 74,
                warp: 1.0,
                tilt_db: 0.0,
                breath: 0.0,
                vibrato_cents: 0.0,
                vibrato_hz: 5.0,
                glide_ms: 50.0,
                drive: 0.0,
                electric: 0.0,
                density: 0.0,
                ..catbird_score::Singer::default()
            },
            channel: Channel::default(),
            lines: Vec::new(),
        };
        let voice: Vec<f32> = (0..50_000).map(|i| 0.2 * (i as f32 * 0.06).sin()).collect();
        let whole = Polish::new(&vocal).run(voice.clone());
        let mut pieces = Stereo::default();
        let mut polish = Polish::new(&vocal);
        for block in voice.chunks(7_777) {
            let Stereo { left, right } = polish.run(block.to_vec());
            pieces.left.extend(left);
            pieces.right.extend(right);
        }
        assert!(whole == pieces && whole.left != whole.right);
    }
}
