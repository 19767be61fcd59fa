//! A rotary loudspeaker: a horn above and a drum below the crossover, each turning before two
//! microphones. The moving path gives the Doppler shift (a delay line read at the distance), the
//! turning mouth the amplitude modulation, and the far wall of the cabinet one reflection (Smith,
//! Serafin, Abel & Berners, *Doppler Simulation and the Leslie*, `DAFx` 2002). The crossover is a
//! second-order Linkwitz–Riley (Linkwitz, *Active Crossover Networks for Noncoincident Drivers*, JAES 1976).

use std::f32::consts::TAU;

use super::CONTROL;
use crate::{
    audio::RATE_F,
    mix::biquad::{Biquad, Memory},
};

/// Speed of sound, m/s.
const SOUND: f32 = 343.0;

/// Where the drum ends and the horn begins, Hz.
const CROSSOVER_HZ: f32 = 800.0;

/// The horn's driver reaches no higher, Hz.
const HORN_END_HZ: f32 = 7_500.0;

/// What leaves the horn's back has lost its highs above this, Hz.
const SHADOW_HZ: f32 = 1_600.0;

/// Below this the drum's wavelengths are too long to be modulated, Hz.
const STILL_HZ: f32 = 180.0;

/// The microphones: distance from the axes in m, and where they stand in turns, an eighth to each side.
const MIC_METRES: f32 = 0.55;
const MIC_TURNS: [f32; 2] = [-0.125, 0.125];

/// The path by the cabinet's wall: longer, m, and quieter.
const WALL_METRES: f32 = 0.43;
const WALL_GAIN: f32 = 0.22;

/// What turns.
struct Turning {
    /// Turns a second: slow and fast. Negative turns the other way.
    hz: [f32; 2],
    /// Time constants of speeding up and of slowing down, seconds.
    inertia: [f32; 2],
    /// Radius of the mouth, m.
    radius: f32,
    /// Level at the back against the front.
    back: f32,
}

const HORN: Turning = Turning {
    hz: [0.8, 6.7],
    inertia: [0.7, 0.9],
    radius: 0.19,
    back: 0.38,
};

/// The heavier drum turns the other way, a little slower.
const DRUM: Turning = Turning {
    hz: [-0.67, -5.8],
    inertia: [1.7, 1.4],
    radius: 0.09,
    back: 0.5,
};

/// Keeps what follows a line from ending in denormal numbers (−360 dBFS).
const FLOOR: f32 = 1e-18;

/// Samples a line remembers; the longest path is half of it.
const LINE: usize = 256;

/// Reading between samples needs one on each side.
const MARGIN: f32 = 2.0;

/// The air between a rotor and the microphones.
struct Line {
    ring: [f32; LINE],
    at: usize,
}

impl Line {
    #[inline]
    fn write(&mut self, x: f32) {
        self.at = (self.at + 1) % LINE;
        self.ring[self.at] = x + FLOOR;
    }

    /// The sample of `delay` frames ago, by a cubic through four neighbours (Catmull–Rom).
    #[inline]
    fn read(&self, delay: f32) -> f32 {
        let whole = delay as usize;
        let t = delay - whole as f32;
        let of = |back: usize| self.ring[(self.at + LINE - back) % LINE];
        let (a, b, c, d) = (of(whole - 1), of(whole), of(whole + 1), of(whole + 2));
        b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
    }
}

/// One way from a mouth to a microphone, as it is at a moment.
#[derive(Clone, Copy, Default)]
struct Path {
    /// Frames.
    delay: f32,
    gain: f32,
    /// Share of the highs that comes along.
    bright: f32,
}

impl Path {
    /// The path of a mouth turned `away` from its direction, turns.
    fn new(turning: &Turning, away: f32, wall: bool) -> Self {
        let cos = (TAU * away).cos();
        let (r, d) = (turning.radius, MIC_METRES);
        let metres = (d * d + r * r - 2.0 * d * r * cos).sqrt() - (d - r);
        let facing = 0.5 + 0.5 * cos;
        let (more, gain) = if wall { (WALL_METRES, WALL_GAIN) } else { (0.0, 1.0) };
        Self {
            delay: MARGIN + (metres + more) * RATE_F / SOUND,
            gain: gain * (turning.back + (1.0 - turning.back) * facing),
            bright: 0.35 + 0.65 * facing,
        }
    }

    /// The change a frame on the way to `goal`.
    fn slope(self, goal: Self) -> Self {
        let by = 1.0 / CONTROL as f32;
        Self {
            delay: (goal.delay - self.delay) * by,
            gain: (goal.gain - self.gain) * by,
            bright: (goal.bright - self.bright) * by,
        }
    }

    #[inline]
    fn advance(&mut self, slope: Self) {
        self.delay += slope.delay;
        self.gain += slope.gain;
        self.bright += slope.bright;
    }
}

/// One rotor, its line of air and what each microphone hears of it.
struct Rotor {
    turning: Turning,
    /// Turns.
    angle: f32,
    /// Turns a second.
    hz: f32,
    line: Line,
    /// Direct and by the wall, for each microphone.
    paths: [[Path; 2]; 2],
    /// What is not modulated fully: a one-pole low-pass for each microphone, and its coefficient.
    dull: [f32; 2],
    pull: f32,
}

impl Rotor {
    fn new(turning: Turning, fast: bool, angle: f32, dull_hz: f32) -> Self {
        let mut rotor = Self {
            hz: turning.hz[usize::from(fast)],
            turning,
            angle,
            line: Line {
                ring: [0.0; LINE],
                at: 0,
            },
            paths: Default::default(),
            dull: [0.0; 2],
            pull: 1.0 - (-TAU * dull_hz / RATE_F).exp(),
        };
        rotor.paths = rotor.ways();
        rotor
    }

    /// All paths at the present angle. The wall hears what the microphone does not.
    fn ways(&self) -> [[Path; 2]; 2] {
        MIC_TURNS.map(|mic| {
            [
                Path::new(&self.turning, self.angle - mic, false),
                Path::new(&self.turning, self.angle - mic + 0.5, true),
            ]
        })
    }

    /// Turns on by one control block and says how the paths move meanwhile.
    fn turn(&mut self, fast: bool) -> [[Path; 2]; 2] {
        let goal = self.turning.hz[usize::from(fast)];
        let inertia = self.turning.inertia[usize::from(goal.abs() < self.hz.abs())];
        self.hz += (goal - self.hz) * (CONTROL as f32 / (inertia * RATE_F)).min(1.0);
        self.angle = (self.angle + self.hz * CONTROL as f32 / RATE_F).fract();
        let goals = self.ways();
        std::array::from_fn(|mic| std::array::from_fn(|way| self.paths[mic][way].slope(goals[mic][way])))
    }
}

/// The whole cabinet.
pub(super) struct Rotary {
    fast: bool,
    horn: Rotor,
    drum: Rotor,
    low: (Biquad, Memory),
    high: (Biquad, Memory),
    end: (Biquad, Memory),
}

impl Rotary {
    /// Already turning at its speed; `angle` is where the horn stands, turns.
    pub fn new(fast: bool, angle: f32) -> Self {
        let on = |b: Biquad| (b, Memory::default());
        Self {
            fast,
            horn: Rotor::new(HORN, fast, angle, SHADOW_HZ),
            drum: Rotor::new(DRUM, fast, 0.37 - angle, STILL_HZ),
            low: on(Biquad::low_pass(CROSSOVER_HZ, 0.5)),
            high: on(Biquad::high_pass(CROSSOVER_HZ, 0.5)),
            end: on(Biquad::low_pass(HORN_END_HZ, 0.6)),
        }
    }

    /// The switch; the rotors follow with their inertia.
    pub fn set(&mut self, fast: bool) {
        self.fast = fast;
    }

    /// Turns a second of the horn now.
    #[cfg(test)]
    pub fn horn_hz(&self) -> f32 {
        self.horn.hz
    }

    /// One block into the cabinet; overwrites what the two microphones hear.
    pub fn run(&mut self, block: &[f32; CONTROL], out: &mut [[f32; CONTROL]; 2]) {
        let (mut low, mut high) = (*block, *block);
        self.low.0.run(&mut self.low.1, &mut low);
        self.high.0.run(&mut self.high.1, &mut high);
        self.end.0.run(&mut self.end.1, &mut high);
        let (horn, drum) = (self.horn.turn(self.fast), self.drum.turn(self.fast));
        for i in 0..CONTROL {
            // The two halves of this crossover are in phase when one is turned over.
            self.horn.line.write(-high[i]);
            self.drum.line.write(low[i]);
            for (mic, out) in out.iter_mut().enumerate() {
                out[i] = horn_at(&mut self.horn, mic, horn[mic]) + drum_at(&mut self.drum, mic, drum[mic]);
            }
        }
    }
}

/// The horn at one microphone: its back is quieter and duller.
#[inline]
fn horn_at(rotor: &mut Rotor, mic: usize, slopes: [Path; 2]) -> f32 {
    let mut sum = 0.0;
    let mut bright = 0.0;
    for (path, slope) in rotor.paths[mic].iter_mut().zip(slopes) {
        path.advance(slope);
        let y = path.gain * rotor.line.read(path.delay);
        sum += y;
        bright += path.bright * y;
    }
    // `dull` follows what is missing of the highs.
    let rest = sum - bright;
    rotor.dull[mic] += rotor.pull * (rest - rotor.dull[mic]);
    bright + rotor.dull[mic]
}

/// The drum at one microphone: its deepest tones go everywhere alike.
#[inline]
fn drum_at(rotor: &mut Rotor, mic: usize, slopes: [Path; 2]) -> f32 {
    let [path, _] = &mut rotor.paths[mic];
    path.advance(slopes[0]);
    let x = rotor.line.read(path.delay);
    rotor.dull[mic] += rotor.pull * (x - rotor.dull[mic]);
    let still = rotor.dull[mic];
    still * STILL_GAIN + (x - still) * path.gain
}

/// The level of what is not modulated: about the mean of what is.
const STILL_GAIN: f32 = 0.75;

/// The greatest Doppler shift of a turning mouth as a share of the frequency, far away.
#[cfg(test)]
fn doppler(turning: &Turning, fast: bool) -> f32 {
    TAU * turning.hz[usize::from(fast)].abs() * turning.radius / SOUND
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the left microphone hears of a sine, in stereo.
    fn heard(hz: f32, fast: bool, seconds: f32) -> [Vec<f32>; 2] {
        let mut rotary = Rotary::new(fast, 0.1);
        let mut all = [Vec::new(), Vec::new()];
        let mut out = [[0.0; CONTROL]; 2];
        for b in 0..(seconds * RATE_F) as usize / CONTROL {
            let block = std::array::from_fn(|i| {
                let frame = (b * CONTROL + i) as f64;
                (std::f64::consts::TAU * f64::from(hz) * frame / f64::from(RATE_F)).sin() as f32
            });
            rotary.run(&block, &mut out);
            all[0].extend(out[0]);
            all[1].extend(out[1]);
        }
        all
    }

    /// The complex envelope around `hz`, averaged over `n` frames a value.
    fn envelope(x: &[f32], hz: f32, n: usize) -> Vec<(f64, f64)> {
        let w = std::f64::consts::TAU * f64::from(hz) / f64::from(RATE_F);
        x.chunks_exact(n)
            .enumerate()
            .map(|(c, chunk)| {
                chunk.iter().enumerate().fold((0.0, 0.0), |(re, im), (i, v)| {
                    let a = w * (c * n + i) as f64;
                    (re + f64::from(*v) * a.cos(), im - f64::from(*v) * a.sin())
                })
            })
            .collect()
    }

    /// The strongest period of a slow signal, Hz, between 0.3 and 12.
    fn rate(x: &[f64], per_second: f64) -> f64 {
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        let power = |hz: f64| {
            let (mut re, mut im) = (0.0, 0.0);
            for (i, v) in x.iter().enumerate() {
                let a = std::f64::consts::TAU * hz * i as f64 / per_second;
                re += (v - mean) * a.cos();
                im += (v - mean) * a.sin();
            }
            re * re + im * im
        };
        (30..1_200)
            .map(|i| f64::from(i) * 0.01)
            .max_by(|a, b| power(*a).total_cmp(&power(*b)))
            .unwrap_or(0.0)
    }

    #[test]
    fn loudness_swings_at_the_speed_of_the_rotor() {
        // 441 frames hold whole periods of these tones.
        for (hz, fast, want) in [
            (3_000.0, false, 0.8),
            (3_000.0, true, 6.7),
            (300.0, false, 0.67),
            (300.0, true, 5.8),
        ] {
            let [left, _] = heard(hz, fast, 8.0);
            let loud: Vec<f64> = envelope(&left, hz, 441).iter().map(|(a, b)| a.hypot(*b)).collect();
            let got = rate(&loud[10..], 100.0);
            assert!((got - want).abs() < 0.06, "{hz} Hz: {got} instead of {want}");
            let (least, most) = loud[10..]
                .iter()
                .fold((f64::MAX, 0.0f64), |(a, b), v| (a.min(*v), b.max(*v)));
            let depth = 20.0 * (most / least).log10();
            // No upper limit: a bare sine may meet its reflection out of phase.
            assert!(depth > 1.5, "{hz} Hz: {depth} dB deep");
        }
    }

    #[test]
    fn the_moving_horn_shifts_the_pitch() {
        let mut rotor = Rotor::new(HORN, true, 0.0, SHADOW_HZ);
        // The direct path alone, as the delay's slope: d(delay)/dt is the shift.
        let mut most = 0.0f32;
        for _ in 0..2_000 {
            let slope = rotor.turn(true);
            rotor.paths = rotor.ways();
            most = most.max(slope[0][0].delay.abs());
        }
        let want = doppler(&HORN, true);
        assert!((most / want - 1.0).abs() < 0.1, "{most} instead of {want}");
        assert!((0.02..0.027).contains(&most));
    }

    #[test]
    fn the_ears_hear_different_sides_at_one_level() {
        let [left, right] = heard(2_000.0, false, 5.0);
        let power = |x: &[f32]| x.iter().map(|v| v * v).sum::<f32>();
        let db = 10.0 * (power(&left) / power(&right)).log10();
        assert!(db.abs() < 0.5, "{db}");
        let side: f32 = left.iter().zip(&right).map(|(a, b)| (a - b).powi(2)).sum();
        assert!(side > 0.2 * power(&left));
    }

    #[test]
    fn it_speeds_up_in_about_a_second() {
        let mut rotary = Rotary::new(false, 0.0);
        rotary.set(true);
        let mut out = [[0.0; CONTROL]; 2];
        let mut seconds = 0.0;
        while rotary.horn_hz() < 5.5 && seconds < 5.0 {
            rotary.run(&[0.0; CONTROL], &mut out);
            seconds += CONTROL as f32 / RATE_F;
        }
        assert!((0.6..1.8).contains(&seconds), "{seconds}");
    }

    #[test]
    fn the_two_halves_make_a_whole() {
        // Averaged over the turn no tone is more than a few dB from the others.
        let level = |hz| {
            let [left, _] = heard(hz, true, 2.0);
            let tail = &left[4_410..];
            10.0 * (tail.iter().map(|v| v * v).sum::<f32>() / tail.len() as f32).log10()
        };
        for hz in [100.0, 300.0, 600.0, 800.0, 1_100.0, 2_000.0, 4_000.0] {
            let db = level(hz);
            assert!((-9.0..-1.0).contains(&db), "{hz} Hz: {db} dB");
        }
    }
}
