//! Sampled instruments: one `SoundFont` synthesiser a part, all sharing the samples.

use std::sync::Arc;

use rustysynth_ext::{SoundFont, Synthesizer, SynthesizerSettings};

use super::{
    Player,
    performance::{Event, release_before_repeat},
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

/// Percussion rings out by itself; a let-go this long after the hit only ends looped samples.
const PERCUSSION_GATE: usize = 4 * RATE as usize;

/// What a sampler plays and how.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Preset {
    /// Bank and program.
    Melodic(u8, u8),
    /// Program of the percussion bank.
    Kit(u8),
}

/// A message at a frame; let-goes sort before strikes.
struct Message {
    frame: usize,
    on: bool,
    synth: usize,
    key: u8,
    velocity: u8,
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
    messages: Vec<Message>,
    next: usize,
    frame: usize,
}

impl Sampler {
    /// `detune_cents` shifts the whole part (double-tracking).
    pub fn new(bank: &Arc<SoundFont>, preset: Preset, mut events: Vec<Event>, detune_cents: f32) -> Self {
        let mut settings = SynthesizerSettings::new(RATE as i32);
        settings.block_size = BLOCK;
        settings.maximum_polyphony = POLYPHONY;
        settings.enable_reverb_and_chorus = false;
        // Pitch bend is 14 bit around 8192 over ±2 semitones.
        let bend = (8192.0 + detune_cents / 200.0 * 8192.0).round().clamp(0.0, 16_383.0) as i32;
        let set_up = |channel: i32, bank_number: Option<u8>, program: u8, pan: i32| {
            let mut synth =
                Synthesizer::new(bank, &settings).expect("constant settings are within the synthesiser's limits");
            if let Some(number) = bank_number {
                synth.process_midi_message(channel, CONTROL, 0x00, i32::from(number));
            }
            synth.process_midi_message(channel, PROGRAM, i32::from(program), 0);
            synth.process_midi_message(channel, CONTROL, 0x07, 127);
            synth.process_midi_message(channel, CONTROL, 0x0A, pan);
            synth.process_midi_message(channel, BEND, bend & 127, bend >> 7);
            synth
        };
        let (channel, synths, messages) = match preset {
            Preset::Melodic(number, program) => {
                release_before_repeat(&mut events);
                (0, vec![set_up(0, Some(number), program, 64)], messages(&events, |_| 0))
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
            next: 0,
            frame: 0,
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

fn messages(events: &[Event], synth: impl Fn(u8) -> usize) -> Vec<Message> {
    let mut messages = Vec::with_capacity(events.len() * 2);
    for e in events {
        messages.push(Message {
            frame: e.frame,
            on: true,
            synth: synth(e.pitch),
            key: e.pitch,
            velocity: e.velocity,
        });
        if let Some(frame) = e.frame.checked_add(e.gate) {
            messages.push(Message {
                frame,
                on: false,
                synth: synth(e.pitch),
                key: e.pitch,
                velocity: 0,
            });
        }
    }
    messages.sort_by_key(|m| (m.frame, m.on, m.key));
    messages
}

impl Player for Sampler {
    fn play(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (l, r) in left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK)) {
            // The nearest block boundary, not the next.
            while let Some(m) = self
                .messages
                .get(self.next)
                .filter(|m| m.frame < self.frame + BLOCK / 2)
            {
                let command = if m.on { NOTE_ON } else { NOTE_OFF };
                self.synths[m.synth].process_midi_message(
                    self.channel,
                    command,
                    i32::from(m.key),
                    i32::from(m.velocity),
                );
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
