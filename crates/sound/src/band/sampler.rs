//! Sampled instruments: one `SoundFont` synthesiser a part, all sharing the samples.

use catbird_score::Touch;
use rustysynth_ext::{Synthesizer, SynthesizerSettings};

use super::{
    Player,
    performance::{Event, release_before_repeat},
    samples::Samples,
    soundfont::subset::PERCUSSION,
};
use crate::audio::{RATE, add};

/// Frames of the synthesiser's block. Notes begin at block boundaries, so this is the timing's
/// grain: at most 8 frames (0.2 ms) off.
const BLOCK: usize = 16;

/// Voices of one part; a held piano pedal needs the most.
const POLYPHONY: usize = 96;

const NOTE_OFF: i32 = 0x80;
const NOTE_ON: i32 = 0x90;
const CONTROL: i32 = 0xB0;
const PROGRAM: i32 = 0xC0;
const BEND: i32 = 0xE0;

/// A muted note is let go within.
const MUTED: usize = RATE as usize * 9 / 100;

/// Percussion rings out by itself; a let-go this long after the hit only ends looped samples.
const PERCUSSION_GATE: usize = 4 * RATE as usize;

/// What a sampler plays and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Preset {
    /// Bank and program.
    Melodic(u8, u8),
    /// Program of the percussion bank.
    Kit(u8),
}

impl Preset {
    /// Bank and program as a `SoundFont` numbers them.
    pub fn number(self) -> (u16, u16) {
        match self {
            Self::Melodic(bank, program) => (bank.into(), program.into()),
            Self::Kit(program) => (PERCUSSION, program.into()),
        }
    }
}

/// What is said at a frame, in this order when at one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Message {
    /// A key is let go.
    Off { synth: usize, key: u8 },
    /// Everything is bent by so many cents.
    Bend { cents: i16 },
    /// A key is struck.
    On { synth: usize, key: u8, velocity: u8 },
}

/// Semitones of a full pitch bend, set when the synthesiser is set up (registered parameter 0).
const BEND_RANGE: i32 = 12;

/// 14 bit around 8192.
fn bend_value(cents: f32) -> i32 {
    (8192.0 + cents / (100.0 * BEND_RANGE as f32) * 8192.0)
        .round()
        .clamp(0.0, 16_383.0) as i32
}

/// Touches on one channel: steps of a glide, frames apart.
const GLIDE_STEP: usize = 128;
/// How long a slide, a bend and a fall take, frames.
const SLIDE: usize = RATE as usize * 7 / 100;
const BEND_AFTER: usize = RATE as usize * 3 / 100;
const BENDING: usize = RATE as usize * 14 / 100;
const FALL: usize = RATE as usize * 22 / 100;

/// Where a touch leads the pitch over the note, as (first frame, frames, from, to) in cents.
fn glide(e: &Event) -> Option<(usize, usize, f32, f32)> {
    match e.touch {
        Touch::Plain | Touch::Muted => None,
        Touch::Slide => {
            let from = 100.0 * (f32::from(e.slide_from?) - f32::from(e.pitch));
            Some((e.frame, SLIDE.min(e.gate / 2), from.clamp(-700.0, 700.0), 0.0))
        }
        Touch::Bend => Some((
            e.frame + BEND_AFTER.min(e.gate / 4),
            BENDING.min(e.gate / 2),
            -200.0,
            0.0,
        )),
        Touch::Fall => {
            let frames = FALL.min(e.gate * 2 / 3);
            Some((e.frame + e.gate - frames, frames, 0.0, -500.0))
        }
    }
}

/// The bends of all touches, each note's beginning where its own pitch is.
fn bends(events: &[Event]) -> Vec<(usize, Message)> {
    let mut out = Vec::new();
    let mut bent = false;
    for e in events {
        let Some((at, frames, from, to)) = glide(e) else {
            if std::mem::take(&mut bent) {
                out.push((e.frame, Message::Bend { cents: 0 }));
            }
            continue;
        };
        out.push((e.frame, Message::Bend { cents: from as i16 }));
        let steps = (frames / GLIDE_STEP).max(1);
        for i in 1..=steps {
            // A finger speeds up and slows down.
            let x = 0.5 - 0.5 * (std::f32::consts::PI * i as f32 / steps as f32).cos();
            out.push((
                at + i * frames / steps,
                Message::Bend {
                    cents: (from + (to - from) * x) as i16,
                },
            ));
        }
        bent = to != 0.0;
    }
    out
}

/// Where the pieces of a kit stand, as the audience sees it: MIDI pan, and the keys there. The bank
/// records them in mono. A hi-hat's three keys share a place, so that they choke each other.
const PLACES: [(i32, &[u8]); 8] = [
    (64, &[]),
    (84, &[42, 44, 46, 60, 61, 80, 81]),
    (30, &[49, 55, 54, 56, 39]),
    (98, &[51, 52, 53, 57, 59]),
    (96, &[41, 43, 62, 63, 64]),
    (74, &[45, 47, 37, 65, 66, 67, 68]),
    (44, &[48, 75, 76]),
    (26, &[50, 69, 70, 82, 77, 73, 74]),
];

/// A part's synthesisers (a kit has one for each place that is played) and its score.
pub(crate) struct Sampler {
    synths: Vec<Synthesizer>,
    channel: i32,
    scratch: [[f32; BLOCK]; 2],
    messages: Vec<(usize, Message)>,
    detune_cents: f32,
    next: usize,
    frame: usize,
}

impl Sampler {
    /// `detune_cents` shifts the whole part (double-tracking).
    pub fn new(samples: &Samples, preset: Preset, mut events: Vec<Event>, detune_cents: f32) -> Self {
        let mut settings = SynthesizerSettings::new(RATE as i32);
        settings.block_size = BLOCK;
        settings.maximum_polyphony = POLYPHONY;
        settings.enable_reverb_and_chorus = false;
        let bend = bend_value(detune_cents);
        let bank = samples.of(preset);
        let set_up = |channel: i32, bank_number: Option<u8>, program: u8, pan: i32| {
            let mut synth =
                Synthesizer::new(bank, &settings).expect("constant settings are within the synthesiser's limits");
            if let Some(number) = bank_number {
                synth.process_midi_message(channel, CONTROL, 0x00, i32::from(number));
            }
            synth.process_midi_message(channel, PROGRAM, i32::from(program), 0);
            synth.process_midi_message(channel, CONTROL, 0x07, 127);
            synth.process_midi_message(channel, CONTROL, 0x0A, pan);
            for (control, value) in [(0x65, 0), (0x64, 0), (0x06, BEND_RANGE)] {
                synth.process_midi_message(channel, CONTROL, control, value);
            }
            synth.process_midi_message(channel, BEND, bend & 127, bend >> 7);
            synth
        };
        let (channel, synths, messages) = match preset {
            Preset::Melodic(number, program) => {
                for e in events.iter_mut().filter(|e| e.touch == Touch::Muted) {
                    e.gate = e.gate.min(MUTED);
                }
                release_before_repeat(&mut events);
                let mut messages = messages(&events, |_| 0);
                messages.extend(bends(&events));
                messages.sort_unstable();
                (0, vec![set_up(0, Some(number), program, 64)], messages)
            }
            Preset::Kit(program) => {
                release_late(&mut events);
                let mut places: Vec<usize> = events.iter().map(|e| place(e.pitch)).collect();
                places.sort_unstable();
                places.dedup();
                // Only this channel plays the percussion bank, so each place is a synthesiser.
                let channel = Synthesizer::PERCUSSION_CHANNEL as i32;
                let synths = places
                    .iter()
                    .map(|p| set_up(channel, None, program, PLACES[*p].0))
                    .collect();
                let at = |key| places.binary_search(&place(key)).unwrap_or(0);
                (channel, synths, messages(&events, at))
            }
        };
        Self {
            synths,
            channel,
            scratch: [[0.0; BLOCK]; 2],
            messages,
            detune_cents,
            next: 0,
            frame: 0,
        }
    }

    fn say(&mut self, message: Message) {
        match message {
            Message::Off { synth, key } => {
                self.synths[synth].process_midi_message(self.channel, NOTE_OFF, i32::from(key), 0);
            }
            Message::On { synth, key, velocity } => {
                self.synths[synth].process_midi_message(self.channel, NOTE_ON, i32::from(key), i32::from(velocity));
            }
            Message::Bend { cents } => {
                let bend = bend_value(f32::from(cents) + self.detune_cents);
                for synth in &mut self.synths {
                    synth.process_midi_message(self.channel, BEND, bend & 127, bend >> 7);
                }
            }
        }
    }
}

/// The place of a percussion key; what stands nowhere else is in the middle.
fn place(key: u8) -> usize {
    PLACES.iter().position(|(_, keys)| keys.contains(&key)).unwrap_or(0)
}

/// A hit's let-go would end every later hit of the same key, so only the last of a run gets one.
fn release_late(events: &mut [Event]) {
    let mut next = [usize::MAX; 128];
    for event in events.iter_mut().rev() {
        let following = &mut next[usize::from(event.pitch & 127)];
        event.gate = if *following - event.frame > PERCUSSION_GATE {
            PERCUSSION_GATE
        } else {
            usize::MAX
        };
        *following = event.frame;
    }
}

fn messages(events: &[Event], synth: impl Fn(u8) -> usize) -> Vec<(usize, Message)> {
    let mut messages = Vec::with_capacity(events.len() * 2);
    for e in events {
        let (synth, key) = (synth(e.pitch), e.pitch);
        let velocity = e.velocity;
        messages.push((e.frame, Message::On { synth, key, velocity }));
        if let Some(frame) = e.frame.checked_add(e.gate) {
            messages.push((frame, Message::Off { synth, key }));
        }
    }
    messages.sort_unstable();
    messages
}

impl Player for Sampler {
    fn play(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (l, r) in left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK)) {
            // The nearest block boundary, not the next.
            while let Some((_, message)) = self
                .messages
                .get(self.next)
                .filter(|(frame, _)| *frame < self.frame + BLOCK / 2)
            {
                self.say(*message);
                self.next += 1;
            }
            l.fill(0.0);
            r.fill(0.0);
            let [x, y] = &mut self.scratch;
            for synth in &mut self.synths {
                synth.render(&mut x[..l.len()], &mut y[..l.len()]);
                add(l, x);
                add(r, y);
            }
            self.frame += l.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(frame: usize, pitch: u8, touch: Touch) -> Event {
        Event {
            frame,
            gate: 20_000,
            pitch,
            velocity: 100,
            slide_from: Some(pitch - 3),
            touch,
            index: 0,
        }
    }

    fn cents(messages: &[(usize, Message)]) -> Vec<(usize, i16)> {
        let bend = |(at, m): &(usize, Message)| match m {
            Message::Bend { cents } => Some((*at, *cents)),
            _ => None,
        };
        messages.iter().filter_map(bend).collect()
    }

    #[test]
    fn a_slide_comes_from_the_note_before_and_a_bend_from_a_tone_below() {
        let slide = cents(&bends(&[event(1_000, 60, Touch::Slide)]));
        assert_eq!((slide[0], slide.last().expect("steps").1), ((1_000, -300), 0));
        assert!(
            slide.windows(2).all(|w| w[0].1 <= w[1].1 && w[0].0 <= w[1].0),
            "{slide:?}"
        );
        let bend = cents(&bends(&[event(1_000, 60, Touch::Bend)]));
        assert_eq!((bend[0].1, bend.last().expect("steps").1), (-200, 0));
        assert!(bend.last().expect("steps").0 < 1_000 + 20_000 / 2 + BEND_AFTER);
    }

    #[test]
    fn what_has_fallen_is_back_for_the_next_note() {
        let line = [
            event(0, 60, Touch::Fall),
            event(21_000, 62, Touch::Plain),
            event(42_000, 64, Touch::Plain),
        ];
        let heard = cents(&bends(&line));
        let fallen = heard.iter().position(|(at, _)| *at == 21_000).expect("a reset");
        assert!(heard[fallen - 1].1 == -500 && heard[fallen - 1].0 <= 20_000 && heard[fallen].1 == 0);
        assert_eq!(heard.len(), fallen + 1, "once is enough");
    }

    #[test]
    fn bends_are_spread_over_an_octave_each_way() {
        assert_eq!(bend_value(0.0), 8_192);
        assert_eq!(bend_value(-1_200.0), 0);
        assert_eq!(bend_value(1_200.0), 16_383);
    }
}
