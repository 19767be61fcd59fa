//! Sampled instruments: one SoundFont synthesiser a part, all sharing the samples.

use std::sync::Arc;

use rustysynth_ext::{SoundFont, Synthesizer, SynthesizerSettings};

use super::{Player, performance::{Event, release_before_repeat}};
use crate::audio::RATE;

/// Frames of the synthesiser's block. Notes begin at block boundaries, so this is the timing's
/// grain: at most 8 frames (0.2 ms) off.
const BLOCK: usize = 16;

/// Voices of one part; a held piano pedal needs the most.
const POLYPHONY: usize = 96;

const NOTE_OFF: i32 = 0x80;
const NOTE_ON: i32 = 0x90;
const CONTROL: i32 = 0xB0;
const PROGRAM: i32 = 0xC0;

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
    key: u8,
    velocity: u8,
}

/// A part's synthesiser and its score.
pub(crate) struct Sampler {
    synth: Synthesizer,
    channel: i32,
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
        let mut synth = Synthesizer::new(bank, &settings).expect("constant settings are within the synthesiser's limits");
        let channel = match preset {
            Preset::Melodic(bank, program) => {
                synth.process_midi_message(0, CONTROL, 0x00, i32::from(bank));
                synth.process_midi_message(0, PROGRAM, i32::from(program), 0);
                release_before_repeat(&mut events);
                0
            }
            Preset::Kit(program) => {
                let channel = Synthesizer::PERCUSSION_CHANNEL as i32;
                synth.process_midi_message(channel, PROGRAM, i32::from(program), 0);
                release_late(&mut events);
                channel
            }
        };
        synth.process_midi_message(channel, CONTROL, 0x07, 127);
        // Pitch bend is 14 bit around 8192 over ±2 semitones.
        let bend = (8192.0 + detune_cents / 200.0 * 8192.0).round().clamp(0.0, 16_383.0) as i32;
        synth.process_midi_message(channel, 0xE0, bend & 127, bend >> 7);
        Self { synth, channel, messages: messages(&events), next: 0, frame: 0 }
    }
}

/// A hit's let-go would end every later hit of the same key, so only the last of a run gets one.
fn release_late(events: &mut [Event]) {
    let mut next = [usize::MAX; 128];
    for event in events.iter_mut().rev() {
        let following = &mut next[usize::from(event.pitch & 127)];
        event.gate = if *following - event.frame > PERCUSSION_GATE { PERCUSSION_GATE } else { usize::MAX };
        *following = event.frame;
    }
}

fn messages(events: &[Event]) -> Vec<Message> {
    let mut messages = Vec::with_capacity(events.len() * 2);
    for e in events {
        messages.push(Message { frame: e.frame, on: true, key: e.pitch, velocity: e.velocity });
        if let Some(frame) = e.frame.checked_add(e.gate) {
            messages.push(Message { frame, on: false, key: e.pitch, velocity: 0 });
        }
    }
    messages.sort_by_key(|m| (m.frame, m.on, m.key));
    messages
}

impl Player for Sampler {
    fn play(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (l, r) in left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK)) {
            // The nearest block boundary, not the next.
            while let Some(m) = self.messages.get(self.next).filter(|m| m.frame < self.frame + BLOCK / 2) {
                let command = if m.on { NOTE_ON } else { NOTE_OFF };
                self.synth.process_midi_message(self.channel, command, i32::from(m.key), i32::from(m.velocity));
                self.next += 1;
            }
            self.synth.render(l, r);
            self.frame += l.len();
        }
    }
}
