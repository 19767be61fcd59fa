//! Guitars made of strings, not of recordings: plucked-string loops ([`string`]) played by two hands,
//! through pickup, amplifier and room, or through a wooden body.
//!
//! Electric: the pickup is a comb by its place and a resonance of its coil with the cable (Jungmann,
//! *Theoretical and Practical Studies on the Behavior of Electric Guitar Pick-ups*, Helsinki 1994);
//! rhythm at high gain is played twice and panned hard, as records do it. Acoustic: the body is a bank
//! of its first modes (air, top, back: Christensen & Vistisen, *Simple Model for Low-Frequency Guitar
//! Function*, JASA 1980; Fletcher & Rossing, *The Physics of Musical Instruments*, 1998, ch. 9) beside
//! the bridge's direct sound, heard by two microphones.

mod string;

use catbird_score::{Dice, Guitar, Touch};

use self::string::{Gesture, Knock, Loss, Pluck, Voice};
use super::{
    Player,
    amp::Amp,
    performance::{Event, another_take},
};
use crate::{
    audio::{RATE_F, one_pole},
    mix::biquad::{Biquad, Memory},
};

/// What is different from guitar to guitar.
struct Make {
    /// Decay of the open low E: fundamental and around 4 kHz, seconds.
    sustain: Loss,
    /// Corner of the pick's low-pass at velocity 0 and 127, Hz.
    bright: (f32, f32),
    /// Amplitude of the pick's scrape, of the pluck's.
    scrape: f32,
    /// Where an open string is plucked and heard, as shares of its length from the bridge.
    place: f32,
    pickup: f32,
    /// Amplitude of a pluck at velocity 127.
    level: f32,
    /// How sharp the hardest pluck begins, semitones.
    sharp: f32,
    /// The knock of the hand on the top, of the pluck's amplitude.
    knock: f32,
}

const HUMBUCKER: Make = Make {
    sustain: Loss { low: 8.0, high: 0.9 },
    bright: (1_400.0, 7_000.0),
    scrape: 0.25,
    place: 0.10,
    pickup: 0.085,
    level: 0.30,
    sharp: 0.10,
    knock: 0.0,
};

const SINGLE_COIL: Make = Make {
    sustain: Loss { low: 7.5, high: 1.2 },
    bright: (1_500.0, 11_000.0),
    scrape: 0.3,
    place: 0.13,
    pickup: 0.11,
    level: 0.075,
    sharp: 0.06,
    knock: 0.0,
};

const STEEL: Make = Make {
    sustain: Loss { low: 7.0, high: 0.9 },
    bright: (1_600.0, 12_000.0),
    scrape: 0.4,
    place: 0.17,
    pickup: 0.0,
    level: 0.50,
    sharp: 0.08,
    knock: 0.12,
};

const NYLON: Make = Make {
    sustain: Loss { low: 5.0, high: 0.3 },
    bright: (900.0, 4_500.0),
    scrape: 0.12,
    place: 0.22,
    pickup: 0.0,
    level: 0.55,
    sharp: 0.04,
    knock: 0.10,
};

/// Strings sounding at once; a guitar has six, and two may still be dying.
const MOST_VOICES: usize = 8;

/// The open strings, MIDI.
const OPEN: [u8; 6] = [40, 45, 50, 55, 59, 64];

/// How decay times fall with the pitch: (f / E2) to the minus this. 8 s at E2 are 2.3 s at E6.
const LOW_FALL: f32 = 0.45;
const HIGH_FALL: f32 = 0.25;
const LOW_E_HZ: f32 = 82.41;

/// The palm at the bridge.
const MUTED: Loss = Loss { low: 0.2, high: 0.06 };
/// It also takes the pick's brightness, and thumps.
const MUTED_BRIGHT: f32 = 0.45;
const MUTED_THUMP: Knock = Knock {
    level: 0.3,
    hz: 92.0,
    seconds: 0.022,
};

/// The finger lifted.
const LIFTED: Loss = Loss { low: 0.1, high: 0.045 };

/// The hand's knock on an acoustic top: its pitch is the air mode's.
const TOP_KNOCK: (f32, f32) = (105.0, 0.018);

/// Frames in which a string struck again, or taken by another note, is stopped.
const STOP_FRAMES: usize = 264;

/// Slides take so long, seconds; bends come from a whole tone below, after a moment.
const SLIDE_SECONDS: f32 = 0.06;
const BEND_FROM: f32 = -2.0;
const BEND_AFTER: f32 = 0.04;
const BEND_SECONDS: f32 = 0.14;

/// Held lead notes get a finger vibrato: least length in seconds, depth in semitones.
const VIBRATO_LEAST: f32 = 0.45;
const VIBRATO_DEPTH: f32 = 0.18;

/// At full drive the loudspeaker keeps the string alive: decay times grow by so much.
const FEEDBACK: f32 = 0.8;

/// From this drive on the rhythm guitar is played twice.
const DOUBLED_FROM: f32 = 0.35;

/// Tuning in cents and timing wander in seconds of the takes.
const TAKES: [(f32, f64); 2] = [(-2.5, 0.001), (3.5, 0.004)];

/// Equal temperament around A4 = 440 Hz.
fn hz(pitch: f32) -> f32 {
    440.0 * ((pitch - 69.0) / 12.0).exp2()
}

/// How far a fretted string is shortened: places fixed to the guitar grow by this.
fn shortened(pitch: u8) -> f32 {
    let open = OPEN.iter().rev().find(|o| **o <= pitch).copied().unwrap_or(pitch);
    (f32::from(pitch - open) / 12.0).exp2()
}

/// The hands: from events to strings.
struct Hands {
    make: &'static Make,
    events: Vec<Event>,
    /// Pitch each event slides from, where it does.
    from: Vec<Option<u8>>,
    next: usize,
    frame: usize,
    /// Pitch and string, oldest first.
    voices: Vec<(u8, Voice)>,
    /// All times of decay, by this.
    sustain: f32,
    /// Tuning of the whole guitar, semitones.
    tune: f32,
    lead: bool,
    /// Both polarisations: beating is life when clean and mud at high gain.
    both: bool,
    seed: u64,
    id: String,
}

/// The pitch that was played before each event's stroke, for slides.
fn slides(events: &[Event]) -> Vec<Option<u8>> {
    let (mut before, mut stroke) = (None, None::<Event>);
    events
        .iter()
        .map(|e| {
            if let Some(last) = stroke
                && last.frame < e.frame
            {
                before = Some(last.pitch);
            }
            stroke = Some(*e);
            (e.touch == Touch::Slide).then_some(e.slide_from.or(before)).flatten()
        })
        .collect()
}

impl Hands {
    fn pluck(&self, e: &Event, from: Option<u8>) -> Pluck {
        let make = self.make;
        let velocity = f32::from(e.velocity) / 127.0;
        let pitch = hz(f32::from(e.pitch) + self.tune);
        let (high, short) = (pitch / LOW_E_HZ, shortened(e.pitch));
        let muted = e.touch == Touch::Muted;
        let bright = make.bright.0 * (make.bright.1 / make.bright.0).powf(velocity);
        let knock = Knock {
            level: make.knock * velocity,
            hz: TOP_KNOCK.0,
            seconds: TOP_KNOCK.1,
        };
        let free = Loss {
            low: make.sustain.low * self.sustain * high.powf(-LOW_FALL),
            high: make.sustain.high * self.sustain * high.powf(-HIGH_FALL),
        };
        Pluck {
            hz: pitch,
            gate: e.gate,
            level: make.level * velocity * velocity,
            bright: if muted { MUTED_BRIGHT * bright } else { bright },
            scrape: make.scrape,
            place: (make.place * short).min(0.48),
            pickup: (make.pickup * short).min(0.45),
            loss: if muted { MUTED } else { free },
            release: LIFTED,
            both: self.both,
            gesture: self.gesture(e, from, velocity),
            knock: if muted { MUTED_THUMP } else { knock },
        }
    }

    fn gesture(&self, e: &Event, from: Option<u8>, velocity: f32) -> Gesture {
        let mut gesture = Gesture {
            fall: e.touch == Touch::Fall,
            sharp: self.make.sharp * velocity * velocity,
            ..Gesture::default()
        };
        if let Some(from) = from {
            gesture.from = f32::from(from) - f32::from(e.pitch);
            gesture.glide = SLIDE_SECONDS;
        } else if e.touch == Touch::Bend {
            gesture.from = BEND_FROM;
            gesture.wait = BEND_AFTER;
            gesture.glide = BEND_SECONDS;
        }
        if self.lead && e.gate as f32 > VIBRATO_LEAST * RATE_F && e.touch != Touch::Muted {
            gesture.vibrato = VIBRATO_DEPTH;
        }
        gesture
    }

    /// Stops what the new note's string still sounds, and the oldest when all fingers are busy.
    fn free_a_string(&mut self, pitch: u8) {
        for (_, voice) in self.voices.iter_mut().filter(|(p, _)| *p == pitch) {
            voice.choke(STOP_FRAMES);
        }
        let held = self.voices.iter().filter(|(_, v)| !v.is_stopping()).count();
        let surplus = (held + 1).saturating_sub(MOST_VOICES);
        let oldest = self.voices.iter_mut().filter(|(_, v)| !v.is_stopping());
        oldest.take(surplus).for_each(|(_, v)| v.choke(STOP_FRAMES));
    }

    /// Overwrites the next frames; false when they are silent.
    fn play(&mut self, out: &mut [f32]) -> bool {
        out.fill(0.0);
        let mut done = 0;
        let mut sounding = false;
        while done < out.len() {
            // Up to the next stroke, so that it may stop others on its frame.
            let stroke = self.events.get(self.next).map_or(usize::MAX, |e| e.frame);
            let end = stroke.saturating_sub(self.frame).min(out.len() - done) + done;
            sounding |= !self.voices.is_empty();
            self.voices.retain_mut(|(_, v)| v.render(&mut out[done..end]));
            self.frame += end - done;
            done = end;
            if stroke <= self.frame && done < out.len() {
                self.strike();
            }
        }
        sounding
    }

    fn strike(&mut self) {
        let (e, from) = (self.events[self.next], self.from[self.next]);
        self.next += 1;
        self.free_a_string(e.pitch);
        let mut dice = Dice::new(self.seed, &format!("string {} {}", self.id, e.index));
        self.voices
            .push((e.pitch, Voice::new(&self.pluck(&e, from), &mut dice)));
    }
}

/// Frames of silence after which an amplifier or a body has died away too.
const TAIL_FRAMES: usize = 44_100;

/// One electric guitar, played once: strings, pickup, amplifier.
struct Take {
    hands: Hands,
    pickup: (Biquad, Memory),
    /// The guitar's own volume knob: a clean chord must not overdrive the amplifier.
    volume: f32,
    amp: Amp,
    /// What the cabinet takes from a clean guitar and an open one would not.
    open: (Biquad, Memory),
    makeup: f32,
    quiet: usize,
}

impl Take {
    fn play(&mut self, out: &mut [f32]) {
        self.quiet = if self.hands.play(out) {
            0
        } else {
            self.quiet.saturating_add(out.len())
        };
        if self.quiet > TAIL_FRAMES {
            out.fill(0.0);
            return;
        }
        self.pickup.0.run(&mut self.pickup.1, out);
        for x in &mut *out {
            *x *= self.volume;
        }
        self.amp.run(out);
        self.open.0.run(&mut self.open.1, out);
        for x in out {
            *x *= self.makeup;
        }
    }
}

/// The first reflections of the room an amplifier stands in (Moorer, *About This Reverberation
/// Business*, CMJ 1979): delays in frames and gains, left and right.
const ROOM: [[(usize, f32); 3]; 2] = [
    [(397, 0.16), (829, -0.10), (1_361, 0.07)],
    [(487, -0.15), (733, 0.11), (1_559, -0.07)],
];

/// Frames of the room's memory, and its walls' low-pass in seconds.
const ROOM_FRAMES: usize = 2_048;
const WALL_SECONDS: f32 = 0.000_06;

/// A mono amplifier in a small room.
struct Room {
    line: Vec<f32>,
    at: usize,
    wall: f32,
    soft: f32,
}

impl Room {
    fn new() -> Self {
        Self {
            line: vec![0.0; ROOM_FRAMES],
            at: 0,
            wall: 1.0 - one_pole(WALL_SECONDS),
            soft: 0.0,
        }
    }

    fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (l, r) in left.iter_mut().zip(right) {
            self.soft += self.wall * (*l - self.soft) + 1e-18;
            self.line[self.at] = self.soft;
            let heard = |side: &[(usize, f32); 3]| {
                side.iter()
                    .map(|(d, g)| g * self.line[(self.at + ROOM_FRAMES - d) % ROOM_FRAMES])
                    .sum::<f32>()
            };
            let dry = *l;
            *l = dry + heard(&ROOM[0]);
            *r = dry + heard(&ROOM[1]);
            self.at = (self.at + 1) % ROOM_FRAMES;
        }
    }
}

/// A body's modes: frequency, Q, and gain at either microphone. Above the first few they are too
/// many to be known; their signs only spread the sound.
const MODES: [(f32, f32, [f32; 2]); 8] = [
    (102.0, 14.0, [0.90, 0.80]),
    (198.0, 18.0, [0.95, 1.00]),
    (237.0, 20.0, [0.40, 0.55]),
    (393.0, 22.0, [0.45, 0.30]),
    (552.0, 24.0, [0.35, -0.20]),
    (741.0, 26.0, [-0.20, 0.30]),
    (1_040.0, 20.0, [0.25, -0.20]),
    (1_530.0, 18.0, [-0.15, 0.22]),
];

/// The bridge's own sound, beside the modes'.
const DIRECT: f32 = 0.55;

/// The wooden body before two microphones.
struct Body {
    modes: Vec<(Biquad, Memory, [f32; 2])>,
    /// Below the air mode a body does not radiate.
    radiation: (Biquad, Memory),
    /// What either microphone's place makes of the direct sound.
    places: [(Biquad, Memory); 2],
}

impl Body {
    fn new(guitar: Guitar) -> Self {
        let on = |b: Biquad| (b, Memory::default());
        let nylon = guitar == Guitar::Nylon;
        // A classical guitar's modes lie a little lower; its top is thinner.
        let scale = if nylon { 0.94 } else { 1.0 };
        let modes = MODES.map(|(hz, q, gains)| (Biquad::band_pass(hz * scale, q), Memory::default(), gains));
        Self {
            modes: modes.into(),
            radiation: on(Biquad::high_pass(95.0, 0.7)),
            places: [on(Biquad::bell(2_300.0, 0.8, 3.0)), on(Biquad::bell(4_600.0, 0.8, 3.0))],
        }
    }

    fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (l, r) in left.iter_mut().zip(right) {
            let bridge = *l;
            let direct = DIRECT * self.radiation.0.step(&mut self.radiation.1, bridge);
            let mut sides = [0.0f32; 2];
            for (side, (filter, memory)) in sides.iter_mut().zip(&mut self.places) {
                *side = filter.step(memory, direct);
            }
            for (filter, memory, gains) in &mut self.modes {
                let mode = filter.step(memory, bridge);
                sides[0] += gains[0] * mode;
                sides[1] += gains[1] * mode;
            }
            *l = sides[0];
            *r = sides[1];
        }
    }
}

/// Where the strings are heard.
enum Sound {
    /// Two takes, hard left and right.
    Doubled(Box<[Take; 2]>),
    /// One take in a small room.
    Single(Box<Take>, Room),
    /// A body before two microphones; frames since the last string.
    Acoustic(Box<Hands>, Body, usize),
}

/// A guitar that plays a part.
pub(crate) struct Strung(Sound);

impl Strung {
    /// `drive` is 0 (clean) to 1 (high gain) and means nothing to an acoustic guitar; a `lead` is
    /// played once and with vibrato.
    pub fn new(guitar: Guitar, drive: f32, lead: bool, events: &[Event], seed: u64, id: &str) -> Self {
        let drive = drive.clamp(0.0, 1.0);
        let hands = |take: Option<usize>, sustain: f32, both: bool| {
            let events = take.map_or_else(
                || events.to_vec(),
                |side| another_take(events, TAKES[side].1, seed, &format!("take {side} of {id}")),
            );
            Hands {
                make: match guitar {
                    Guitar::Humbucker => &HUMBUCKER,
                    Guitar::SingleCoil => &SINGLE_COIL,
                    Guitar::Steel => &STEEL,
                    Guitar::Nylon => &NYLON,
                },
                from: slides(&events),
                events,
                next: 0,
                frame: 0,
                voices: Vec::new(),
                sustain,
                tune: take.map_or(0.0, |side| TAKES[side].0 / 100.0),
                lead,
                both,
                seed,
                id: take.map_or_else(|| id.to_owned(), |side| format!("take {side} of {id}")),
            }
        };
        let take =
            |side: Option<usize>| electric(guitar, drive, hands(side, 1.0 + FEEDBACK * drive, drive < DOUBLED_FROM));
        Self(match guitar {
            Guitar::Steel | Guitar::Nylon => {
                Sound::Acoustic(Box::new(hands(None, 1.0, true)), Body::new(guitar), usize::MAX)
            }
            Guitar::Humbucker if drive >= DOUBLED_FROM && !lead => {
                Sound::Doubled(Box::new([take(Some(0)), take(Some(1))]))
            }
            _ => Sound::Single(Box::new(take(None)), Room::new()),
        })
    }
}

/// Pickup and amplifier around `hands`.
fn electric(guitar: Guitar, drive: f32, hands: Hands) -> Take {
    let on = |b: Biquad| (b, Memory::default());
    let clean = (1.0 - drive / DOUBLED_FROM).max(0.0);
    let (pickup, open_db, makeup) = if guitar == Guitar::SingleCoil {
        (Biquad::low_pass(5_000.0, 1.9), 7.0, 1.2 + clean)
    } else {
        (Biquad::low_pass(3_000.0, 1.3), 3.0 * clean, 1.0 + clean)
    };
    Take {
        hands,
        pickup: on(pickup),
        volume: if guitar == Guitar::Humbucker {
            1.0 - 0.67 * clean
        } else {
            1.0
        },
        amp: Amp::new(drive),
        open: on(Biquad::high_shelf(2_800.0, open_db)),
        makeup,
        quiet: usize::MAX,
    }
}

impl Player for Strung {
    fn play(&mut self, left: &mut [f32], right: &mut [f32]) {
        match &mut self.0 {
            Sound::Doubled(takes) => {
                let [one, two] = &mut **takes;
                rayon::join(|| one.play(left), || two.play(right));
            }
            Sound::Single(take, room) => {
                take.play(left);
                room.run(left, right);
            }
            Sound::Acoustic(hands, body, quiet) => {
                *quiet = if hands.play(left) {
                    0
                } else {
                    quiet.saturating_add(left.len())
                };
                if *quiet > TAIL_FRAMES {
                    left.fill(0.0);
                    right.fill(0.0);
                } else {
                    body.run(left, right);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(Guitar, f32); 6] = [
        (Guitar::Humbucker, 0.0),
        (Guitar::Humbucker, 0.4),
        (Guitar::Humbucker, 0.95),
        (Guitar::SingleCoil, 0.1),
        (Guitar::Steel, 0.0),
        (Guitar::Nylon, 0.0),
    ];

    fn event(index: usize, frame: usize, gate: usize, pitch: u8, touch: Touch) -> Event {
        Event {
            frame,
            gate,
            pitch,
            velocity: 127,
            slide_from: None,
            index,
            touch,
        }
    }

    fn played(guitar: Guitar, drive: f32, lead: bool, events: &[Event], block: usize, frames: usize) -> [Vec<f32>; 2] {
        let mut player = Strung::new(guitar, drive, lead, events, 7, "guitar");
        let (mut left, mut right) = (vec![1.0; frames], vec![1.0; frames]);
        for (l, r) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
            player.play(l, r);
        }
        [left, right]
    }

    fn rms(x: &[f32]) -> f32 {
        (x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32).sqrt()
    }

    fn high(x: &[f32], hz: f32) -> f32 {
        let mut y = x.to_vec();
        for q in [0.54, 1.31] {
            Biquad::high_pass(hz, q).run(&mut Memory::default(), &mut y);
        }
        rms(&y)
    }

    fn decibels(ratio: f32) -> f32 {
        20.0 * ratio.log10()
    }

    #[test]
    fn notes_begin_on_time_are_of_a_good_level_and_end() {
        for (guitar, drive) in ALL {
            for pitch in [28, 40, 64, 88] {
                for touch in [Touch::Plain, Touch::Muted, Touch::Slide, Touch::Bend, Touch::Fall] {
                    let e = event(0, 2_000, 22_050, pitch, touch);
                    let [l, r] = played(guitar, drive, true, &[e], 1_000, 3 * 44_100);
                    let peak = l.iter().chain(&r).fold(0.0f32, |p, x| p.max(x.abs()));
                    let what = format!("{guitar:?} {drive} {pitch} {touch:?}");
                    assert!((0.1..1.0).contains(&peak), "{what}: peak {peak}");
                    assert!(
                        l[..2_000].iter().chain(&r[..2_000]).all(|x| x.abs() < 1e-9),
                        "{what} is early"
                    );
                    assert!(
                        l[88_200..].iter().chain(&r[88_200..]).all(|x| x.abs() < 1e-4),
                        "{what} never ends"
                    );
                }
            }
        }
    }

    #[test]
    fn the_sound_does_not_depend_on_the_block() {
        let events: Vec<Event> = (0..6u8)
            .map(|i| event(i.into(), 300 + 777 * usize::from(i), 9_000, 40 + 5 * i, Touch::Plain))
            .collect();
        for (guitar, drive) in ALL {
            let [a, _] = played(guitar, drive, false, &events, 1_024, 22_050);
            let [b, _] = played(guitar, drive, false, &events, 77, 22_050);
            let off = a.iter().zip(&b).fold(0.0f32, |off, (a, b)| off.max((a - b).abs()));
            // An amplifier that rests a block longer differs by the filters' floor.
            assert!(off < 1e-6, "{guitar:?} {drive}: {off}");
        }
    }

    #[test]
    fn a_palm_mute_is_darker_and_short_even_at_high_gain() {
        for (guitar, drive) in ALL {
            let tone = |touch| {
                let [l, _] = played(guitar, drive, true, &[event(0, 0, 22_050, 40, touch)], 512, 22_050);
                l
            };
            let (muted, free) = (tone(Touch::Muted), tone(Touch::Plain));
            let early = |x: &[f32]| decibels(high(&x[..4_410], 1_500.0) / rms(&x[..4_410]));
            assert!(
                early(&muted) < early(&free) - 1.0,
                "{guitar:?} {drive}: {} {}",
                early(&muted),
                early(&free)
            );
            let late = |x: &[f32]| decibels(rms(&x[8_820..11_025]) / rms(&x[..2_205]));
            println!(
                "{guitar:?} {drive}: muted {:.1} dB at 200 ms, free {:.1} dB",
                late(&muted),
                late(&free)
            );
            assert!(late(&muted) < -20.0 && late(&free) > -12.0, "{guitar:?} {drive}");
        }
    }

    #[test]
    fn a_power_chord_is_a_wall() {
        let chord = [40, 47, 52].map(|p| event(p.into(), 0, 4 * 44_100, p, Touch::Plain));
        let [l, r] = played(Guitar::Humbucker, 0.9, false, &chord, 1_024, 3 * 44_100);
        // It stands: the third second is hardly softer than the first.
        let fall = decibels(rms(&l[88_200..]) / rms(&l[4_410..44_100]));
        assert!(fall > -4.0, "{fall}");
        // No fizz.
        let fizz = decibels(high(&l, 7_000.0) / rms(&l));
        println!("fall {fall:.1} dB, fizz {fizz:.1} dB");
        assert!(fizz < -27.0, "{fizz}");
        // Two takes, not a copy.
        let dot: f32 = l.iter().zip(&r).map(|(a, b)| a * b).sum();
        let alike = dot / (rms(&l) * rms(&r) * l.len() as f32);
        assert!(alike.abs() < 0.5, "{alike}");
    }

    #[test]
    fn drives_make_a_chord_denser() {
        let chord = [40, 47, 52].map(|p| event(p.into(), 0, 88_200, p, Touch::Plain));
        let held = |drive| {
            let [l, _] = played(Guitar::Humbucker, drive, true, &chord, 1_024, 88_200);
            decibels(rms(&l[66_150..]) / rms(&l[..8_820]))
        };
        assert!(held(0.9) > held(0.0) + 3.0, "{} {}", held(0.9), held(0.0));
    }

    #[test]
    fn slides_come_from_the_stroke_before() {
        let events = [
            event(0, 0, 100, 60, Touch::Slide),
            event(1, 0, 100, 64, Touch::Plain),
            event(2, 500, 100, 67, Touch::Slide),
            event(3, 500, 100, 71, Touch::Slide),
            event(4, 900, 100, 72, Touch::Bend),
        ];
        assert_eq!(slides(&events), [None, None, Some(64), Some(64), None]);
    }

    #[test]
    fn there_are_no_more_strings_than_fingers_and_none_twice() {
        let many: Vec<Event> = (0..20)
            .map(|i| event(i, 400 * i, 441_000, 40 + i as u8, Touch::Plain))
            .collect();
        let mut player = Strung::new(Guitar::Nylon, 0.0, false, &many, 1, "x");
        let (mut l, mut r) = (vec![0.0; 16_000], vec![0.0; 16_000]);
        player.play(&mut l, &mut r);
        let Sound::Acoustic(hands, ..) = &player.0 else {
            panic!("an acoustic guitar")
        };
        assert_eq!(hands.voices.len(), MOST_VOICES);
        let same: Vec<Event> = (0..5).map(|i| event(i, 3_000 * i, 441_000, 40, Touch::Plain)).collect();
        let mut player = Strung::new(Guitar::Nylon, 0.0, false, &same, 1, "x");
        player.play(&mut l, &mut r);
        let Sound::Acoustic(hands, ..) = &player.0 else {
            panic!("an acoustic guitar")
        };
        assert_eq!(hands.voices.len(), 1);
    }
}
