//! A drawbar organ: ninety-one tone wheels that never stop, nine of them a key, through a tube
//! amplifier and a rotary loudspeaker.
//!
//! The wheels' frequencies are those of the gears (Hammond, *Electrical Musical Instrument*, US patent
//! 1,956,350, 1934, and the maker's service manual); a wheel that is needed twice is the same wheel,
//! which is why these organs do not beat. Each contact of a key closes at its own moment and cuts the
//! wave where it happens to be: the key click (Pekonen, Pihlajamäki & Välimäki, *Computationally
//! Efficient Hammond Organ Synthesis*, `DAFx` 2011, describes click, leakage, foldback and percussion).

use catbird_score::{Dice, Registration};

use super::{CONTROL, rotary::Rotary};
use crate::{
    audio::{RATE, RATE_F, amplitude},
    band::{Player, amp::tanh, performance::Event},
    mix::biquad::{Biquad, Memory},
    oversample::{Downsampler, Upsampler},
};

/// When the rotors run fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Switch {
    Slow,
    Fast,
    /// Fast once a chord is held for [`HELD_SECONDS`].
    Held,
}

/// A registration in numbers.
#[derive(Clone, Copy, Debug)]
struct Setting {
    /// Drawbars 16′ to 1′, 0–8.
    drawbars: [u8; 9],
    /// Level of the third-harmonic percussion, drawbar 8 = 1.
    percussion: f32,
    /// Into the tubes, dB.
    drive_db: f32,
    /// After them, dB.
    level_db: f32,
    /// Share of its way that a contact's level makes in a control block: 1 clicks most.
    contact: f32,
    switch: Switch,
}

impl Setting {
    fn of(registration: Registration) -> Self {
        match registration {
            Registration::Gospel => Self {
                drawbars: [8, 8, 8, 7, 5, 5, 3, 4, 6],
                percussion: 0.0,
                drive_db: 5.0,
                level_db: -5.0,
                contact: 0.8,
                switch: Switch::Held,
            },
            Registration::Jazz => Self {
                drawbars: [8, 8, 8, 0, 0, 0, 0, 0, 0],
                percussion: 1.1,
                drive_db: 3.0,
                level_db: -3.0,
                contact: 1.0,
                switch: Switch::Slow,
            },
            Registration::Rock => Self {
                drawbars: [8, 8, 8, 6, 4, 2, 0, 0, 0],
                percussion: 0.0,
                drive_db: 19.0,
                level_db: -8.0,
                contact: 1.0,
                switch: Switch::Fast,
            },
            Registration::Soft => Self {
                drawbars: [0, 0, 8, 5, 3, 0, 0, 0, 0],
                percussion: 0.0,
                drive_db: 0.0,
                level_db: 5.0,
                contact: 0.25,
                switch: Switch::Slow,
            },
        }
    }
}

/// Semitones of the nine drawbars from the key: 16′, 5 1/3′, 8′, 4′, 2 2/3′, 2′, 1 3/5′, 1 1/3′, 1′.
const PITCHES: [i32; 9] = [-12, 7, 0, 12, 19, 24, 28, 31, 36];

/// The percussion's pitch above the key, semitones: the third harmonic.
const PERCUSSION_PITCH: i32 = 19;

/// It falls by 60 dB in this time, seconds.
const PERCUSSION_SECONDS: f32 = 0.6;

/// Tone wheels; the first is C1 (MIDI 24).
const WHEELS: usize = 91;
const LOWEST_PITCH: i32 = 24;

/// Teeth of the driving and of the driven gear, C to B. The motor turns 20 times a second.
const GEARS: [(f64, f64); 12] = [
    (85.0, 104.0),
    (71.0, 82.0),
    (67.0, 73.0),
    (105.0, 108.0),
    (103.0, 100.0),
    (84.0, 77.0),
    (74.0, 64.0),
    (98.0, 80.0),
    (96.0, 74.0),
    (88.0, 64.0),
    (67.0, 46.0),
    (108.0, 70.0),
];
const MOTOR_HZ: f64 = 20.0;

/// What a wheel gives to each of its neighbours (−50 dB).
const LEAKAGE: f32 = 0.003;

/// Levels below this are silence.
const SILENT: f32 = 1e-5;

/// Share of its way to silence that an opening contact makes in a control block.
const OPENING: f32 = 0.3;

/// The nine contacts of a key close within this time when it is struck hardest and softest, seconds.
const CONTACTS_SECONDS: (f32, f32) = (0.0015, 0.008);

/// A key needs this long to come up before it can be struck again, frames.
const KEY_UP: usize = RATE as usize / 30;

/// A chord held for longer turns the rotors fast, seconds.
const HELD_SECONDS: f32 = 1.2;

/// The swell pedal follows the velocities: its lowest level, and its time constant in seconds.
const PEDAL_LEAST: f32 = 0.3;
const PEDAL_SECONDS: f32 = 0.12;

/// One drawbar at 8 on one key, before the tubes.
const UNIT: f32 = 0.11;

/// Blocks after the last wheel until air and filters are silent.
const TAIL: usize = 6_000 / CONTROL;

/// Frequency of a wheel (0 = C1), Hz. The top seven have 192 teeth on the gears of a fifth below.
fn wheel_hz(wheel: usize) -> f64 {
    let (gear, teeth) = if wheel < 84 {
        (wheel % 12, f64::from(2u32 << (wheel / 12)))
    } else {
        ((wheel + 5) % 12, 192.0)
    };
    let (driving, driven) = GEARS[gear];
    MOTOR_HZ * driving / driven * teeth
}

/// The wheel of a pitch; what lies beyond the last wheel is taken from the octave below (foldback).
fn wheel_of(pitch: i32) -> usize {
    let mut wheel = pitch - LOWEST_PITCH;
    while wheel >= WHEELS as i32 {
        wheel -= 12;
    }
    while wheel < 0 {
        wheel += 12;
    }
    wheel as usize
}

/// A drawbar's level: 3 dB a step.
fn drawbar(position: u8) -> f32 {
    if position == 0 {
        0.0
    } else {
        (0.5 * (f32::from(position) - 8.0)).exp2()
    }
}

/// One tone wheel as a rotating phasor.
struct Wheel {
    /// Turns a frame.
    turns: f64,
    /// Where it stood at frame 0, turns.
    origin: f64,
    /// Cosine and sine of the block's first frame.
    now: [f32; 2],
    /// The same of a whole block's turn.
    stride: [f32; 2],
    /// Cosines and sines of each frame's turn within a block.
    within: [[f32; CONTROL]; 2],
    level: f32,
}

impl Wheel {
    fn new(wheel: usize, origin: f64) -> Self {
        let turns = wheel_hz(wheel) / f64::from(RATE);
        let at = |frame: usize| std::f64::consts::TAU * turns * frame as f64;
        Self {
            turns,
            origin,
            now: [1.0, 0.0],
            stride: [at(CONTROL).cos() as f32, at(CONTROL).sin() as f32],
            within: [
                std::array::from_fn(|i| at(i).cos() as f32),
                std::array::from_fn(|i| at(i).sin() as f32),
            ],
            level: 0.0,
        }
    }

    /// Where the wheel is at `frame`, whether it was heard until now or not.
    fn catch_up(&mut self, frame: usize) {
        let turns = (self.origin + self.turns * frame as f64).fract();
        let (sin, cos) = (std::f64::consts::TAU * turns).sin_cos();
        self.now = [cos as f32, sin as f32];
    }

    /// Adds a block while the level goes to `level`. Sines of sums need no recursion within the block.
    fn add(&mut self, level: f32, out: &mut [f32; CONTROL]) {
        let [cos, sin] = self.now;
        let slope = (level - self.level) / CONTROL as f32;
        let [coss, sins] = &self.within;
        for i in 0..CONTROL {
            let level = self.level + slope * (i as f32 + 1.0);
            out[i] += level * (sin * coss[i] + cos * sins[i]);
        }
        self.level = level;
        let [c, s] = self.stride;
        // Newton's step towards length 1 keeps rounding from growing.
        let correct = 1.5 - 0.5 * (cos * cos + sin * sin);
        self.now = [correct * (cos * c - sin * s), correct * (sin * c + cos * s)];
    }
}

/// A key that is down.
struct Key {
    pitch: u8,
    /// Frame of its striking, and of its letting go.
    from: usize,
    until: usize,
    /// The wheel, the level and the frame of closing of each contact.
    contacts: [(usize, f32, usize); 9],
}

/// Tubes: soft, a little asymmetrical, at four times the rate.
struct Tube {
    gain: f32,
    level: f32,
    up: Upsampler,
    down: Downsampler,
    rumble: (Biquad, Memory),
}

/// The working point's distance from the middle: even harmonics.
const BIAS: f32 = 0.15;

impl Tube {
    fn new(drive_db: f32, level_db: f32) -> Self {
        Self {
            gain: amplitude(drive_db),
            level: amplitude(level_db),
            up: Upsampler::default(),
            down: Downsampler::default(),
            rumble: (Biquad::high_pass(32.0, 0.7), Memory::default()),
        }
    }

    fn run(&mut self, block: &mut [f32; CONTROL]) {
        let rest = tanh(BIAS);
        for x in block.iter_mut() {
            let four = self.up.step(self.gain * *x);
            *x = self.level * self.down.step(four.map(|y| tanh(y + BIAS) - rest));
        }
        self.rumble.0.run(&mut self.rumble.1, block);
    }
}

/// The organ and its player.
pub(crate) struct Organ {
    setting: Setting,
    events: Vec<Event>,
    next: usize,
    /// First frame of the next block.
    frame: usize,
    keys: Vec<Key>,
    wheels: Vec<Wheel>,
    /// Level of the percussion, common to all keys.
    percussion: f32,
    /// The swell pedal and where it goes.
    pedal: [f32; 2],
    tube: Tube,
    rotary: Rotary,
    dice: Dice,
    /// The block under way and how much of it is played.
    block: [[f32; CONTROL]; 2],
    used: usize,
    /// Blocks without a wheel.
    quiet: usize,
}

impl Organ {
    pub(crate) fn new(registration: Registration, events: Vec<Event>, seed: u64, id: &str) -> Self {
        let setting = Setting::of(registration);
        let mut dice = Dice::new(seed, &format!("organ {id}"));
        let mut events = events;
        events.sort_by_key(|e| (e.frame, e.index));
        lift_before_repeat(&mut events);
        let wheels = (0..WHEELS).map(|w| Wheel::new(w, dice.unit())).collect();
        Self {
            rotary: Rotary::new(setting.switch == Switch::Fast, dice.unit() as f32),
            tube: Tube::new(setting.drive_db, setting.level_db),
            pedal: [events.first().map_or(1.0, swell); 2],
            setting,
            events,
            next: 0,
            frame: 0,
            keys: Vec::new(),
            wheels,
            percussion: 0.0,
            dice,
            block: [[0.0; CONTROL]; 2],
            used: CONTROL,
            quiet: TAIL,
        }
    }

    /// Keys that go up and down before this block.
    fn turn_keys(&mut self) {
        let now = self.frame;
        self.keys.retain(|k| k.until > now);
        while let Some(event) = self.events.get(self.next).copied().filter(|e| e.frame <= now) {
            self.next += 1;
            let until = event.frame + event.gate;
            self.pedal[1] = swell(&event);
            if let Some(key) = self.keys.iter_mut().find(|k| k.pitch == event.pitch) {
                // One key for both: it stays down until the last of them ends.
                key.until = key.until.max(until);
                continue;
            }
            // The percussion sounds when all keys were up: once a phrase when played legato.
            if self.keys.iter().all(|k| k.from == event.frame) {
                self.percussion = 1.0;
            }
            let key = self.strike(&event, until.max(now + 1));
            self.keys.push(key);
        }
    }

    fn strike(&mut self, event: &Event, until: usize) -> Key {
        let softness = 1.0 - f32::from(event.velocity.min(127)) / 127.0;
        let spread = CONTACTS_SECONDS.0 + (CONTACTS_SECONDS.1 - CONTACTS_SECONDS.0) * softness;
        let contacts = std::array::from_fn(|i| {
            let late = (self.dice.unit() as f32 * spread * RATE_F) as usize;
            let wheel = wheel_of(i32::from(event.pitch) + PITCHES[i]);
            (wheel, UNIT * drawbar(self.setting.drawbars[i]), event.frame + late)
        });
        Key {
            pitch: event.pitch,
            from: event.frame,
            until,
            contacts,
        }
    }

    /// What each wheel should give now.
    fn goals(&self) -> [f32; WHEELS] {
        let mut goals = [0.0; WHEELS];
        for key in &self.keys {
            for (wheel, level, at) in key.contacts {
                if at <= self.frame {
                    goals[wheel] += level;
                }
            }
            let third = wheel_of(i32::from(key.pitch) + PERCUSSION_PITCH);
            goals[third] += UNIT * self.setting.percussion * self.percussion;
        }
        let own = goals;
        for (i, level) in own.iter().enumerate().filter(|(_, level)| **level > 0.0) {
            goals[i.saturating_sub(1)] += LEAKAGE * level;
            goals[(i + 1).min(WHEELS - 1)] += LEAKAGE * level;
        }
        goals
    }

    /// Whether the rotors should run fast.
    fn is_fast(&self) -> bool {
        match self.setting.switch {
            Switch::Slow => false,
            Switch::Fast => true,
            Switch::Held => {
                let held = |k: &&Key| (self.frame - k.from) as f32 > HELD_SECONDS * RATE_F;
                self.keys.iter().filter(held).count() >= 2
            }
        }
    }

    /// The next block.
    fn advance(&mut self) {
        self.turn_keys();
        let goals = self.goals();
        let mut block = [0.0; CONTROL];
        self.quiet += 1;
        for (wheel, goal) in self.wheels.iter_mut().zip(goals) {
            if goal < SILENT && wheel.level == 0.0 {
                continue;
            }
            if wheel.level == 0.0 {
                wheel.catch_up(self.frame);
            }
            let pull = if goal < wheel.level {
                OPENING
            } else {
                self.setting.contact
            };
            let mut level = wheel.level + pull * (goal - wheel.level);
            if goal < SILENT && level < SILENT {
                level = 0.0;
            }
            wheel.add(level, &mut block);
            self.quiet = 0;
        }
        self.percussion *= (-6.907_755 * CONTROL as f32 / (PERCUSSION_SECONDS * RATE_F)).exp();
        let before = self.pedal[0];
        self.pedal[0] += (self.pedal[1] - before) * (CONTROL as f32 / (PEDAL_SECONDS * RATE_F));
        let slope = (self.pedal[0] - before) / CONTROL as f32;
        for (i, x) in block.iter_mut().enumerate() {
            *x *= before + slope * i as f32;
        }
        self.rotary.set(self.is_fast());
        if self.quiet < TAIL {
            self.tube.run(&mut block);
        }
        // The rotors turn on in silence.
        self.rotary.run(&block, &mut self.block);
        if self.quiet >= TAIL {
            self.block = [[0.0; CONTROL]; 2];
        }
        self.frame += CONTROL;
        self.used = 0;
    }
}

impl Player for Organ {
    fn play(&mut self, left: &mut [f32], right: &mut [f32]) {
        let mut done = 0;
        while done < left.len() {
            if self.used == CONTROL {
                self.advance();
            }
            let n = (CONTROL - self.used).min(left.len() - done);
            left[done..done + n].copy_from_slice(&self.block[0][self.used..self.used + n]);
            right[done..done + n].copy_from_slice(&self.block[1][self.used..self.used + n]);
            self.used += n;
            done += n;
        }
    }
}

/// The swell pedal for an event. Keys of an organ know no velocity; the player's foot does.
fn swell(event: &Event) -> f32 {
    let velocity = f32::from(event.velocity.min(127)) / 127.0;
    PEDAL_LEAST + (1.0 - PEDAL_LEAST) * velocity * velocity
}

/// A key that is struck again at once comes up first, so that the repetition is heard. What overlaps
/// is left alone: there the key stays down.
fn lift_before_repeat(events: &mut [Event]) {
    let mut last: [Option<usize>; 128] = [None; 128];
    for i in 0..events.len() {
        let Event { frame, pitch, .. } = events[i];
        if let Some(before) = last[usize::from(pitch & 127)].replace(i) {
            let before = &mut events[before];
            let end = before.frame + before.gate;
            if end <= frame && end + KEY_UP > frame {
                let latest = frame.saturating_sub(before.frame + KEY_UP);
                before.gate = before.gate.min(latest.max(before.gate / 2)).max(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::Touch;

    use super::*;

    fn event(frame: usize, gate: usize, pitch: u8, velocity: u8) -> Event {
        Event {
            frame,
            gate,
            pitch,
            velocity,
            slide_from: None,
            touch: Touch::Plain,
            index: frame + usize::from(pitch),
        }
    }

    fn played(registration: Registration, events: Vec<Event>, frames: usize, chunk: usize) -> [Vec<f32>; 2] {
        let mut organ = Organ::new(registration, events, 7, "organ");
        let (mut l, mut r) = (vec![0.0; frames], vec![0.0; frames]);
        for (l, r) in l.chunks_mut(chunk).zip(r.chunks_mut(chunk)) {
            organ.play(l, r);
        }
        [l, r]
    }

    /// Amplitude at `hz` under a Hann window.
    fn at(x: &[f32], hz: f64) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        for (i, v) in x.iter().enumerate() {
            let w = 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / x.len() as f64).cos();
            let (sin, cos) = (std::f64::consts::TAU * hz * i as f64 / f64::from(RATE)).sin_cos();
            re += w * f64::from(*v) * cos;
            im += w * f64::from(*v) * sin;
        }
        re.hypot(im) * 4.0 / x.len() as f64
    }

    /// The bare sum of the wheels, before tubes and rotors.
    fn wheels(pitch: u8, seconds: f32) -> Vec<f32> {
        let mut organ = Organ::new(Registration::Jazz, vec![event(0, 1_000_000, pitch, 127)], 7, "x");
        organ.setting.percussion = 0.0;
        let mut all = Vec::new();
        while all.len() < (seconds * RATE_F) as usize {
            organ.turn_keys();
            let mut block = [0.0; CONTROL];
            let goals = organ.goals();
            for (wheel, goal) in organ.wheels.iter_mut().zip(goals) {
                if goal > 0.0 && wheel.level == 0.0 {
                    wheel.catch_up(organ.frame);
                }
                if goal > 0.0 {
                    wheel.add(goal, &mut block);
                }
            }
            organ.frame += CONTROL;
            all.extend(block);
        }
        all
    }

    #[test]
    fn every_wheel_is_in_tune() {
        for wheel in 0..WHEELS {
            let want = 440.0 * ((wheel as f64 + 24.0 - 69.0) / 12.0).exp2();
            let cents = 1_200.0 * (wheel_hz(wheel) / want).log2();
            assert!(cents.abs() < 2.0, "wheel {wheel}: {cents}");
        }
    }

    #[test]
    fn a_key_sounds_at_its_pitch() {
        for pitch in [36u8, 60, 84, 96] {
            let x = &wheels(pitch, 2.0)[20_000..80_000];
            let want = 440.0 * ((f64::from(pitch) - 69.0) / 12.0).exp2();
            let off = |c: i32| 0.5 * f64::from(c);
            let level = |c: i32| at(x, want * (off(c) / 1_200.0).exp2());
            let levels: Vec<f64> = (-12..=12).map(level).collect();
            let best = (-12..=12).max_by(|a, b| levels[(a + 12) as usize].total_cmp(&levels[(b + 12) as usize]));
            let best = best.map_or(99.0, off);
            assert!(best.abs() < 3.0, "{pitch}: {best} cents");
            // 16′, 5 1/3′ and 8′ alike, nothing at 4′ but leakage.
            let level = at(x, wheel_hz(wheel_of(i32::from(pitch))));
            assert!((level / f64::from(UNIT) - 1.0).abs() < 0.05, "{pitch}: {level}");
            assert!(at(x, wheel_hz(wheel_of(i32::from(pitch) + 12))) < 0.01 * level);
        }
    }

    #[test]
    fn the_top_folds_back() {
        assert_eq!(wheel_of(96 + 36), wheel_of(96 + 12));
        assert!((0..128).all(|p| PITCHES.iter().all(|s| wheel_of(p + s) < WHEELS)));
        assert!((wheel_hz(WHEELS - 1) - 5_924.6).abs() < 1.0);
    }

    #[test]
    fn phasors_keep_their_phase() {
        let mut wheel = Wheel::new(80, 0.3);
        wheel.catch_up(0);
        let mut block = [0.0; CONTROL];
        for _ in 0..60_000 {
            wheel.add(0.1, &mut block);
        }
        let [cos, sin] = wheel.now;
        wheel.catch_up(60_000 * CONTROL);
        let error = (cos - wheel.now[0]).hypot(sin - wheel.now[1]);
        assert!(error < 0.02, "{error}");
    }

    #[test]
    fn it_is_bounded_starts_in_time_and_ends() {
        use Registration::{Gospel, Jazz, Rock, Soft};
        for registration in [Gospel, Jazz, Rock, Soft] {
            for pitch in [24, 60, 108] {
                let [l, r] = played(registration, vec![event(1_000, 22_050, pitch, 127)], 66_150, 4_096);
                let peak = l.iter().chain(&r).fold(0.0f32, |p, x| p.max(x.abs()));
                assert!((0.1..1.0).contains(&peak), "{registration:?} {pitch}: {peak}");
                assert!(l[..1_000].iter().all(|x| *x == 0.0), "{registration:?} sounds early");
                assert!(l[1_000..1_600].iter().any(|x| *x != 0.0));
                assert!(l[40_000..].iter().chain(&r[40_000..]).all(|x| *x == 0.0));
            }
            let chord = [36, 43, 48, 52, 55, 60, 64, 67].map(|p| event(0, 88_200, p, 127));
            let [l, r] = played(registration, chord.to_vec(), 88_200, 1_000);
            let peak = l.iter().chain(&r).fold(0.0f32, |p, x| p.max(x.abs()));
            assert!((0.3..2.0).contains(&peak), "{registration:?} chord: {peak}");
            let mean = l.iter().sum::<f32>() / l.len() as f32;
            assert!(mean.abs() < 2e-3, "{registration:?}: direct current {mean}");
        }
    }

    #[test]
    fn blocks_of_any_length_give_the_same_sound() {
        let events = || vec![event(77, 9_000, 60, 90), event(5_003, 9_000, 64, 110)];
        assert_eq!(
            played(Registration::Gospel, events(), 20_000, 4_096),
            played(Registration::Gospel, events(), 20_000, 333)
        );
    }

    #[test]
    fn percussion_sounds_once_until_all_keys_are_up() {
        let mut organ = Organ::new(
            Registration::Jazz,
            vec![
                event(0, 30_000, 60, 100),
                event(20_000, 30_000, 64, 100),
                event(60_000, 9_000, 60, 100),
            ],
            1,
            "x",
        );
        let mut levels = Vec::new();
        for frames in [16, 20_000, 40_000] {
            let (mut l, mut r) = (vec![0.0; frames], vec![0.0; frames]);
            organ.play(&mut l, &mut r);
            levels.push(organ.percussion);
        }
        assert!(levels[0] > 0.9 && levels[1] < 0.1 && levels[2] > 0.9, "{levels:?}");
    }

    #[test]
    fn overlapping_notes_of_a_key_hold_it_once() {
        let mut organ = Organ::new(
            Registration::Soft,
            vec![event(0, 20_000, 60, 100), event(10_000, 30_000, 60, 100)],
            1,
            "x",
        );
        let mut down = Vec::new();
        for _ in 0..5 {
            let (mut l, mut r) = (vec![0.0; 9_600], vec![0.0; 9_600]);
            organ.play(&mut l, &mut r);
            down.push(organ.keys.len());
        }
        assert_eq!(down, [1, 1, 1, 1, 0]);
    }

    #[test]
    fn a_held_chord_turns_the_rotors() {
        let chord = [60, 64, 67].map(|p| event(0, 150_000, p, 100)).to_vec();
        let mut organ = Organ::new(Registration::Gospel, chord, 1, "x");
        let mut speeds = Vec::new();
        for _ in 0..8 {
            let (mut l, mut r) = (vec![0.0; 44_100], vec![0.0; 44_100]);
            organ.play(&mut l, &mut r);
            speeds.push(organ.rotary.horn_hz());
        }
        assert!(speeds[0] < 1.0 && speeds[2] > 5.5, "{speeds:?}");
        assert!(speeds[7] < 1.2, "{speeds:?}");
    }

    #[test]
    fn repeated_keys_come_up_between() {
        let mut events = [event(0, 10_000, 60, 100), event(10_000, 10_000, 60, 100)];
        lift_before_repeat(&mut events);
        assert_eq!(events.map(|e| e.gate), [10_000 - KEY_UP, 10_000]);
        let mut tied = [event(0, 12_000, 60, 100), event(10_000, 10_000, 60, 100)];
        lift_before_repeat(&mut tied);
        assert_eq!(tied[0].gate, 12_000);
    }
}
