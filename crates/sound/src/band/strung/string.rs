//! One plucked string: a single delay loop per polarisation (Karjalainen, Välimäki & Tolonen,
//! *Plucked-String Models: From the Karplus-Strong Algorithm to Digital Waveguides and Beyond*,
//! CMJ 1998), excited by a pick at a place on the string and heard by a pickup at another (the
//! combs of Jaffe & Smith, *Extensions of the Karplus-Strong Plucked-String Algorithm*, CMJ 1983).
//!
//! The loop is tuned by third-order Lagrange interpolation (Laakso, Välimäki, Karjalainen & Laine,
//! *Splitting the Unit Delay*, IEEE Signal Processing Magazine 1996): it has no memory of its own,
//! so the pitch may move at any time. Losses are a one-pole filter designed from two decay times.

use std::f32::consts::{PI, TAU};

use catbird_score::Dice;

use crate::audio::RATE_F;

/// Pitch and losses are renewed every so many frames and ramped in between.
const CONTROL: usize = 16;

/// Frames of a delay line: 21.5 Hz, well below a fall of a fourth from E1.
const LINE: usize = 2_048;

/// The frequency at which [`Loss::high`] is meant, Hz.
const HIGH_HZ: f32 = 4_000.0;

/// How fast a finger or palm takes hold of the string, seconds (1 − 1/e).
const GRIP_SECONDS: f32 = 0.006;

/// A loop above this gain would not end.
const LARGEST_GAIN: f32 = 0.999_9;

/// Kept in the loop so that a string at rest does not end in denormal numbers.
const FLOOR: f32 = 1e-18;

/// A block below this is over.
const SILENT: f32 = 2e-6;

/// Decay times, 60 dB, seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Loss {
    /// Of the fundamental.
    pub low: f32,
    /// Of the partials around [`HIGH_HZ`].
    pub high: f32,
}

impl Loss {
    /// This loss on its way to `goal`: decay rates, not times, are what adds up on a string.
    fn toward(self, goal: Self, share: f32) -> Self {
        let mix = |a: f32, b: f32| 1.0 / (1.0 / a + share * (1.0 / b - 1.0 / a));
        let near = |a: f32, b: f32| if (a / b - 1.0).abs() < 1e-3 { b } else { mix(a, b) };
        Self {
            low: near(self.low, goal.low),
            high: near(self.high, goal.high),
        }
    }

    fn scaled(self, by: f32) -> Self {
        Self {
            low: self.low * by,
            high: self.high * by,
        }
    }
}

/// The loop filter g(1 − a)/(1 − a z⁻¹).
#[derive(Clone, Copy, Debug, Default)]
struct Damper {
    gain: f32,
    pole: f32,
}

impl Damper {
    /// The filter that lets a string of `hz` decay in the times of `loss`. With r the ratio of the
    /// wanted gains a period at [`HIGH_HZ`] and at `hz`, |H| there gives
    /// (1 − r²)(a² + 1) − 2a(cos ω₀ − r² cos ω₁) = 0.
    fn new(loss: Loss, hz: f32) -> Self {
        let a_period = |t60: f32| 10.0f32.powf(-3.0 / (hz * t60));
        let (low, high) = (a_period(loss.low), a_period(loss.high.min(loss.low)));
        let ratio = (high / low).powi(2);
        let (c0, c1) = ((TAU * hz / RATE_F).cos(), (TAU * HIGH_HZ / RATE_F).cos());
        let a = 1.0 - ratio;
        let b = (c0 - ratio * c1).max(a);
        let pole = (a / (b + (b * b - a * a).max(0.0).sqrt()).max(1e-9)).clamp(0.0, 0.95);
        let at_hz = (1.0 - 2.0 * pole * c0 + pole * pole).sqrt() / (1.0 - pole);
        Self {
            gain: (low * at_hz).min(LARGEST_GAIN),
            pole,
        }
    }

    /// Phase delay at `hz`, frames.
    fn delay(self, hz: f32) -> f32 {
        let w = TAU * hz / RATE_F;
        (self.pole * w.sin()).atan2(1.0 - self.pole * w.cos()) / w
    }
}

/// Weights of the samples around a fractional delay of 0–1 (third-order Lagrange).
#[inline]
fn lagrange(f: f32) -> [f32; 4] {
    let (up, down, far) = (f + 1.0, f - 1.0, f - 2.0);
    [
        -f * down * far * (1.0 / 6.0),
        0.5 * up * down * far,
        -0.5 * up * f * far,
        up * f * down * (1.0 / 6.0),
    ]
}

/// What a control block ramps: the same three numbers as values, goals or steps a frame.
#[derive(Clone, Copy, Debug, Default)]
struct Setting {
    /// Frames.
    delay: f32,
    /// Of the loop filter.
    gain: f32,
    /// Of the loop filter.
    pole: f32,
}

/// One polarisation: the loop of delay line, interpolation and loss.
struct Plane {
    line: Box<[f32; LINE]>,
    now: Setting,
    /// Where the ramp of this control block ends, and its change a frame.
    goal: Setting,
    slope: Setting,
    moving: bool,
    /// The delay's whole frames, and the interpolator's weights for the rest.
    whole: usize,
    taps: [f32; 4],
    /// Where the pickup is, as a share of the string's length from the bridge.
    pickup: f32,
    /// Delay of the pickup's comb: whole frames and the rest.
    pickup_whole: usize,
    pickup_part: f32,
    /// Memory of the loop filter.
    state: f32,
}

impl Plane {
    fn new(pickup: f32) -> Self {
        Self {
            line: Box::new([0.0; LINE]),
            now: Setting::default(),
            goal: Setting::default(),
            slope: Setting::default(),
            moving: false,
            whole: 2,
            taps: [0.0; 4],
            pickup,
            pickup_whole: 0,
            pickup_part: 0.0,
            state: 0.0,
        }
    }

    fn setting(hz: f32, loss: Loss) -> Setting {
        let damper = Damper::new(loss, hz);
        Setting {
            delay: (RATE_F / hz - damper.delay(hz)).clamp(3.0, LINE as f32 - 4.0),
            gain: damper.gain * (1.0 - damper.pole),
            pole: damper.pole,
        }
    }

    /// Takes a tuning at once.
    fn jump(&mut self, hz: f32, loss: Loss) {
        self.goal = Self::setting(hz, loss);
        self.now = self.goal;
        self.moving = false;
        self.retap();
    }

    /// Ramps to a tuning within a control block.
    fn aim(&mut self, hz: f32, loss: Loss) {
        self.now = self.goal;
        self.goal = Self::setting(hz, loss);
        let slope = |from: f32, to: f32| (to - from) / CONTROL as f32;
        self.slope = Setting {
            delay: slope(self.now.delay, self.goal.delay),
            gain: slope(self.now.gain, self.goal.gain),
            pole: slope(self.now.pole, self.goal.pole),
        };
        self.moving = true;
    }

    /// Ends a ramp where it was meant to end, whatever rounding did.
    fn rest(&mut self) {
        if self.moving {
            self.now = self.goal;
            self.moving = false;
            self.retap();
        }
    }

    #[inline]
    fn retap(&mut self) {
        self.whole = self.now.delay as usize;
        self.taps = lagrange(self.now.delay - self.whole as f32);
        let pickup = self.pickup * self.now.delay;
        self.pickup_whole = pickup as usize;
        self.pickup_part = pickup - self.pickup_whole as f32;
    }

    /// One frame, `at` the place of the newest sample; what the pickup hears.
    #[inline]
    fn step(&mut self, at: usize, x: f32) -> f32 {
        if self.moving {
            self.now.delay += self.slope.delay;
            self.now.gain += self.slope.gain;
            self.now.pole += self.slope.pole;
            self.retap();
        }
        let base = at + LINE - self.whole;
        let read = |i: usize| self.line[i & (LINE - 1)];
        let back = self.taps[0] * read(base + 1)
            + self.taps[1] * read(base)
            + self.taps[2] * read(base - 1)
            + self.taps[3] * read(base - 2);
        self.state = self.now.gain * back + self.now.pole * self.state + FLOOR;
        let y = self.state + x;
        self.line[at & (LINE - 1)] = y;
        if self.pickup == 0.0 {
            return y;
        }
        // The wave that has been to the bridge comes back upside down.
        let base = at + LINE - self.pickup_whole;
        let (near, far) = (self.line[base & (LINE - 1)], self.line[(base - 1) & (LINE - 1)]);
        y - near - self.pickup_part * (far - near)
    }
}

/// A damped sine that is heard directly: the palm or the top plate.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Knock {
    /// Amplitude of the sine.
    pub level: f32,
    /// Its frequency, Hz.
    pub hz: f32,
    /// Its decay to 1/e, seconds.
    pub seconds: f32,
}

/// How a note moves away from its pitch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gesture {
    /// Where it begins, semitones from its pitch.
    pub from: f32,
    /// How long it stays there, seconds.
    pub wait: f32,
    /// How long it takes to arrive, seconds.
    pub glide: f32,
    /// Whether it falls in its last third.
    pub fall: bool,
    /// Depth of the finger's vibrato, semitones.
    pub vibrato: f32,
    /// A hard-plucked string is tighter and begins sharp (tension modulation: Tolonen, Välimäki &
    /// Karjalainen, *Modeling of Tension Modulation Nonlinearity in Plucked Strings*, IEEE TSAP 2000),
    /// semitones.
    pub sharp: f32,
}

/// Finger vibrato: rate, when it begins and how long it grows, seconds.
const VIBRATO_HZ: f32 = 5.2;
const VIBRATO_AFTER: f32 = 0.22;
const VIBRATO_GROWTH: f32 = 0.5;

/// A tightened string relaxes to 1/e in so many seconds; afterwards it counts as still.
const RELAX_SECONDS: f32 = 0.07;
const RELAXED_SECONDS: f32 = 0.4;

/// A fall goes down a fourth.
const FALL_SEMITONES: f32 = 5.0;

impl Gesture {
    /// Semitones from the note's pitch at `seconds` of `gate`.
    fn semitones(&self, seconds: f32, gate: f32) -> f32 {
        let on_the_way = ((seconds - self.wait) / self.glide.max(1e-3)).clamp(0.0, 1.0);
        let mut s = self.from * (0.5 + 0.5 * (PI * on_the_way).cos());
        if seconds < RELAXED_SECONDS {
            s += self.sharp * ((-seconds / RELAX_SECONDS).exp() - (-RELAXED_SECONDS / RELAX_SECONDS).exp());
        }
        if self.fall {
            s -= FALL_SEMITONES * ((3.0 * seconds / gate - 2.0).clamp(0.0, 1.0)).powf(1.3);
        }
        if self.vibrato > 0.0 {
            let grown = ((seconds - VIBRATO_AFTER) / VIBRATO_GROWTH).clamp(0.0, 1.0);
            s += self.vibrato * grown * (TAU * VIBRATO_HZ * (seconds - VIBRATO_AFTER)).sin();
        }
        s
    }
}

/// Everything a string must know to be plucked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pluck {
    /// Pitch, Hz.
    pub hz: f32,
    /// Frames until the finger is lifted.
    pub gate: usize,
    /// Amplitude of the pluck.
    pub level: f32,
    /// Corner of the pick's low-pass (two poles), Hz.
    pub bright: f32,
    /// Amplitude of the pick's scrape, of the pluck's.
    pub scrape: f32,
    /// Where it is plucked and heard, as shares of the string from the bridge; a pickup at 0 is the
    /// bridge itself.
    pub place: f32,
    pub pickup: f32,
    /// Decay of the free (or muted) string.
    pub loss: Loss,
    /// Decay once the finger is lifted.
    pub release: Loss,
    /// Whether both polarisations are there.
    pub both: bool,
    pub gesture: Gesture,
    pub knock: Knock,
}

/// The two polarisations: share of the pluck, tuning in cents, share of the decay time. The plane
/// that drives the bridge harder dies sooner: a pluck decays in two stages (Weinreich, *Coupled
/// Piano Strings*, JASA 1977).
const PLANES: [(f32, f32, f32); 2] = [(0.6, -0.3, 1.0), (0.4, 0.6, 0.45)];

/// Decay of the pick's scrape to 1/e, seconds.
const SCRAPE_SECONDS: f32 = 0.003;

/// What a pick puts into the string: force steps at the pick's place are a velocity pulse as long
/// as the wave's way to the bridge and back. The integrator leaks, so nothing of it is constant.
fn burst(pluck: &Pluck, hz: f32, dice: &mut Dice) -> Vec<f32> {
    let period = RATE_F / hz;
    let leak = (-PI * hz / RATE_F).exp();
    let smooth = 1.0 - (-TAU * pluck.bright.min(0.4 * RATE_F) / RATE_F).exp();
    let frames = (2.5 * period) as usize + 400;
    let comb = ((pluck.place * period) as usize).max(1);
    let (mut whole, mut poles) = (0.0f32, [0.0f32; 2]);
    let (mut scrape, fading) = (pluck.scrape, (-1.0 / (SCRAPE_SECONDS * RATE_F)).exp());
    let mut force = Vec::with_capacity(frames);
    for i in 0..frames {
        whole = leak * whole + f32::from(u8::from(i == 0));
        let x = whole + scrape * (2.0 * dice.unit() as f32 - 1.0);
        scrape *= fading;
        poles[0] += smooth * (x - poles[0]);
        poles[1] += smooth * (poles[0] - poles[1]);
        // What the leaky integrator still holds is faded out.
        let end = ((frames - i) as f32 / 200.0).min(1.0);
        force.push(pluck.level * poles[1] * end);
    }
    (0..frames + comb)
        .map(|i| {
            let now = force.get(i).copied().unwrap_or(0.0);
            now - i.checked_sub(comb).and_then(|j| force.get(j)).copied().unwrap_or(0.0)
        })
        .collect()
}

/// The knock as it is heard.
fn knock(knock: Knock, level: f32) -> Vec<f32> {
    if knock.level == 0.0 {
        return Vec::new();
    }
    let frames = (8.0 * knock.seconds * RATE_F) as usize;
    (0..frames)
        .map(|i| {
            let t = i as f32 / RATE_F;
            level * knock.level * (-t / knock.seconds).exp() * (TAU * knock.hz * t).sin()
        })
        .collect()
}

/// A string that sounds.
pub(super) struct Voice {
    /// Each with its share of the pluck, its tuning as a factor, and its share of the decay time.
    planes: Vec<(Plane, f32, f32, f32)>,
    burst: Vec<f32>,
    knock: Vec<f32>,
    pluck: Pluck,
    /// Decay times now, on their way to what the hands want.
    loss: Loss,
    /// Semitones at the last control block.
    semitones: f32,
    frame: usize,
    /// Output gain and its fall a frame, when it is choked.
    fade: f32,
    fading: f32,
    /// The largest sample since the last control block.
    peak: f32,
}

/// A lifted finger is done after so many frames, whatever the string still does.
const RELEASE_FRAMES: usize = 11_025;

impl Voice {
    pub fn new(pluck: &Pluck, dice: &mut Dice) -> Self {
        let semitones = pluck.gesture.semitones(0.0, pluck.gate as f32 / RATE_F);
        let hz = pluck.hz * (semitones / 12.0).exp2();
        let count = if pluck.both { 2 } else { 1 };
        let planes = PLANES[..count].iter().map(|&(share, cents, decay)| {
            let (share, cents, decay) = if pluck.both {
                (share, cents, decay)
            } else {
                (1.0, 0.0, 1.0)
            };
            let tune = (cents / 1_200.0).exp2();
            let mut plane = Plane::new(pluck.pickup);
            plane.jump(hz * tune, pluck.loss.scaled(decay));
            (plane, share, tune, decay)
        });
        Self {
            planes: planes.collect(),
            burst: burst(pluck, hz, dice),
            knock: knock(pluck.knock, pluck.level),
            pluck: *pluck,
            loss: pluck.loss,
            semitones,
            frame: 0,
            fade: 1.0,
            fading: 0.0,
            peak: 0.0,
        }
    }

    /// Stops it within `frames`, without a click.
    pub fn choke(&mut self, frames: usize) {
        self.fading = self.fading.max(1.0 / frames.max(1) as f32);
    }

    /// Whether it is being stopped.
    pub fn is_stopping(&self) -> bool {
        self.fading > 0.0
    }

    /// What damps the string now.
    fn goal(&self) -> Loss {
        let (frame, gate) = (self.frame as f32, self.pluck.gate as f32);
        if self.frame >= self.pluck.gate {
            return self.pluck.release;
        }
        let mut loss = self.pluck.loss;
        if self.pluck.gesture.fall && frame > gate * 2.0 / 3.0 {
            // 60 dB in twice the rest: 30 dB down where the finger leaves the string.
            let dying = (2.0 / 3.0 * gate / RATE_F).max(0.1);
            loss.low = loss.low.min(dying);
            loss.high = loss.high.min(0.5 * dying);
        }
        loss
    }

    /// Once a control block: pitch, losses, and whether anything is left.
    fn control(&mut self) {
        let gate = self.pluck.gate as f32 / RATE_F;
        let semitones = self.pluck.gesture.semitones(self.frame as f32 / RATE_F, gate);
        let grip = 1.0 - (-(CONTROL as f32) / (GRIP_SECONDS * RATE_F)).exp();
        let loss = self.loss.toward(self.goal(), grip);
        let still = (semitones - self.semitones).abs() < 1e-6 && loss == self.loss;
        for (plane, _, tune, decay) in &mut self.planes {
            if still {
                plane.rest();
            } else {
                let hz = self.pluck.hz * *tune * (semitones / 12.0).exp2();
                plane.aim(hz, loss.scaled(*decay));
            }
        }
        (self.semitones, self.loss) = (semitones, loss);
        if self.frame >= self.pluck.gate + RELEASE_FRAMES {
            self.choke(441);
        }
        if self.frame > self.burst.len().max(self.knock.len()) && self.frame.is_multiple_of(LINE) {
            if self.peak < SILENT {
                self.fade = 0.0;
            }
            self.peak = 0.0;
        }
    }

    /// Adds the next frames; false when the note is over.
    pub fn render(&mut self, out: &mut [f32]) -> bool {
        let mut done = 0;
        while done < out.len() && self.fade > 0.0 {
            if self.frame.is_multiple_of(CONTROL) {
                self.control();
            }
            let n = (CONTROL - self.frame % CONTROL).min(out.len() - done);
            for x in &mut out[done..done + n] {
                *x += self.step();
            }
            done += n;
        }
        self.fade > 0.0
    }

    #[inline]
    fn step(&mut self) -> f32 {
        let at = self.frame;
        let push = self.burst.get(at).copied().unwrap_or(0.0);
        let mut y = self.knock.get(at).copied().unwrap_or(0.0);
        for (plane, share, ..) in &mut self.planes {
            y += plane.step(at, push * *share);
        }
        self.frame += 1;
        self.peak = self.peak.max(y.abs());
        y *= self.fade;
        self.fade = (self.fade - self.fading).max(0.0);
        y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Loss = Loss { low: 6.0, high: 0.8 };

    fn pluck(hz: f32) -> Pluck {
        Pluck {
            hz,
            gate: 10 * 44_100,
            level: 1.0,
            bright: 6_000.0,
            scrape: 0.0,
            place: 0.13,
            pickup: 0.1,
            loss: OPEN,
            release: Loss { low: 0.1, high: 0.05 },
            both: false,
            gesture: Gesture::default(),
            knock: Knock::default(),
        }
    }

    fn played(pluck: &Pluck, frames: usize) -> Vec<f32> {
        let mut out = vec![0.0; frames];
        Voice::new(pluck, &mut Dice::new(1, "string")).render(&mut out);
        out
    }

    fn note(pitch: f32) -> f32 {
        440.0 * ((pitch - 69.0) / 12.0).exp2()
    }

    /// Magnitude and phase at `hz` of a Hann window at `from`.
    fn partial(x: &[f32], from: usize, frames: usize, hz: f32) -> (f64, f64) {
        let (mut re, mut im) = (0.0f64, 0.0f64);
        for (i, v) in x[from..from + frames].iter().enumerate() {
            let window = 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / frames as f64).cos();
            let angle = std::f64::consts::TAU * f64::from(hz) * (from + i) as f64 / f64::from(RATE_F);
            re += window * f64::from(*v) * angle.cos();
            im -= window * f64::from(*v) * angle.sin();
        }
        (re.hypot(im), im.atan2(re))
    }

    /// How far the partial around `hz` is from it, cents: the turn of its phase between two windows.
    fn cents(x: &[f32], from: usize, hz: f32) -> f64 {
        let hop = 2_205;
        let turn = partial(x, from + hop, 8_192, hz).1 - partial(x, from, 8_192, hz).1;
        let turn = (turn + 3.0 * std::f64::consts::PI).rem_euclid(std::f64::consts::TAU) - std::f64::consts::PI;
        let off = turn / std::f64::consts::TAU * f64::from(RATE_F) / hop as f64;
        1_200.0 * (1.0 + off / f64::from(hz)).log2()
    }

    /// 60 dB decay time of the partial at `hz` between two moments, seconds.
    fn t60(x: &[f32], hz: f32, from: f32, to: f32) -> f64 {
        let at = |s: f32| 20.0 * partial(x, (s * RATE_F) as usize, 4_096, hz).0.log10();
        60.0 * f64::from(to - from) / (at(from) - at(to))
    }

    #[test]
    fn strings_are_in_tune_from_the_lowest_to_the_highest() {
        for both in [false, true] {
            for pitch in [28.0, 33.0, 40.0, 45.0, 52.0, 59.0, 64.0, 71.0, 76.0, 83.0, 88.0] {
                let p = Pluck {
                    both,
                    ..pluck(note(pitch))
                };
                let off = cents(&played(&p, 40_000), 20_000, p.hz);
                println!("{pitch} {both}: {off:+.3} cents");
                assert!(off.abs() < 2.0, "{pitch}: {off:.2} cents");
            }
        }
    }

    #[test]
    fn strings_decay_in_the_times_they_were_given() {
        for pitch in [28.0, 40.0, 64.0, 88.0] {
            let p = pluck(note(pitch));
            let x = played(&p, 88_200);
            let low = t60(&x, p.hz, 0.3, 1.5);
            // The partial next to where the high time is meant.
            let high_hz = p.hz * (HIGH_HZ / p.hz).round();
            let high = t60(&x, high_hz, 0.15, 0.5);
            println!("{pitch}: {low:.2} s, {high:.3} s");
            assert!((low / 6.0 - 1.0).abs() < 0.1, "{pitch}: {low:.2} s");
            // The interpolator takes a little, too.
            assert!((0.5..0.95).contains(&high), "{pitch}: {high:.2} s");
        }
    }

    #[test]
    fn the_damper_has_the_gains_of_its_times() {
        for (hz, low, high) in [
            (41.2, 8.0, 0.9),
            (330.0, 4.0, 0.5),
            (1_318.0, 2.0, 0.4),
            (82.4, 0.2, 0.06),
        ] {
            let d = Damper::new(Loss { low, high }, hz);
            let at = |f: f32| {
                let c = (TAU * f / RATE_F).cos();
                d.gain * (1.0 - d.pole) / (1.0 - 2.0 * d.pole * c + d.pole * d.pole).sqrt()
            };
            let t60 = |f: f32| -3.0 / (hz * at(f).log10());
            assert!((t60(hz) / low - 1.0).abs() < 0.02, "{hz}: {}", t60(hz));
            assert!((t60(HIGH_HZ) / high - 1.0).abs() < 0.02, "{hz}: {}", t60(HIGH_HZ));
        }
    }

    #[test]
    fn the_pick_and_the_pickup_silence_the_partials_of_their_places() {
        let p = Pluck {
            place: 0.25,
            pickup: 0.2,
            ..pluck(note(45.0))
        };
        let x = played(&p, 44_100);
        let at = |n: f32| partial(&x, 8_000, 16_384, n * p.hz).0;
        assert!(at(4.0) < 0.1 * at(3.0), "{} {}", at(4.0), at(3.0));
        assert!(at(5.0) < 0.1 * at(3.0), "{} {}", at(5.0), at(3.0));
    }

    #[test]
    fn a_slide_is_heard_at_both_pitches_and_does_not_click() {
        // A dull string has no highs of its own: what is above 6 kHz is a click.
        let dull = |from: f32| {
            let mut p = pluck(note(52.0));
            p.bright = 300.0;
            p.loss.high = 0.1;
            p.gesture = Gesture {
                from,
                wait: 0.3,
                glide: 0.06,
                ..Gesture::default()
            };
            played(&p, 44_100)
        };
        let (slid, still) = (dull(-12.0), dull(0.0));
        assert!(cents(&slid, 2_000, note(40.0)).abs() < 3.0);
        assert!(cents(&slid, 30_000, note(52.0)).abs() < 3.0);
        let rough = |x: &[f32]| {
            let x = &x[11_025..20_000];
            let third = x.windows(4).map(|w| (w[3] - 3.0 * w[2] + 3.0 * w[1] - w[0]).abs());
            third.fold(0.0, f32::max)
        };
        println!("slide {:e}, still {:e}", rough(&slid), rough(&still));
        assert!(rough(&slid) < 3.0 * rough(&still) + 1e-4);
    }

    #[test]
    fn a_lifted_finger_damps_and_ends_the_note() {
        for pitch in [28.0, 40.0, 64.0, 88.0] {
            let p = Pluck {
                gate: 22_050,
                ..pluck(note(pitch))
            };
            let mut out = vec![0.0; 44_100];
            assert!(
                !Voice::new(&p, &mut Dice::new(1, "x")).render(&mut out),
                "{pitch} never ends"
            );
            let rms = |from: usize| {
                let x = &out[from..from + 2_205];
                (x.iter().map(|v| v * v).sum::<f32>() / 2_205.0).sqrt()
            };
            let db = |at: usize| 20.0 * (rms(at) / rms(19_800)).log10();
            println!("{pitch}: {:.1} dB at 0, {:.1} dB at 100 ms", db(22_050), db(26_460));
            // Not cut off, and gone soon.
            assert!((-20.0..-3.0).contains(&db(22_050)), "{pitch}: {}", db(22_050));
            assert!(db(26_460) < -40.0, "{pitch}: {}", db(26_460));
        }
    }

    #[test]
    fn a_finger_takes_hold_without_a_click() {
        let mut p = pluck(note(40.0));
        (p.bright, p.loss.high, p.gate) = (300.0, 0.1, 22_050);
        let x = played(&p, 26_000);
        let rough = |x: &[f32]| {
            let third = x.windows(4).map(|w| (w[3] - 3.0 * w[2] + 3.0 * w[1] - w[0]).abs());
            third.fold(0.0, f32::max)
        };
        let (before, after) = (rough(&x[20_000..22_000]), rough(&x[22_000..24_000]));
        println!("rough {before:e} before, {after:e} after");
        assert!(after < 2.0 * before + 1e-5, "{after:e} {before:e}");
    }

    #[test]
    fn a_bend_arrives_and_a_fall_ends_a_fourth_below() {
        let bend = Gesture {
            from: -2.0,
            wait: 0.04,
            glide: 0.14,
            ..Gesture::default()
        };
        assert_eq!(bend.semitones(0.03, 1.0), -2.0);
        assert!(bend.semitones(0.18, 1.0).abs() < 1e-5);
        let fall = Gesture {
            fall: true,
            ..Gesture::default()
        };
        assert!(fall.semitones(0.6, 0.9).abs() < 1e-5);
        assert!((fall.semitones(0.9, 0.9) + FALL_SEMITONES).abs() < 1e-5);
    }
}
