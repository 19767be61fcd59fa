//! Standard MIDI File, format 1: a conductor track (tempo, metre, key, section markers), the sung
//! line with a lyric event a syllable, a track for each who sings along, and a track a part.

use midly::{
    Format, Header, MetaMessage, MidiMessage, PitchBend, Smf, Timing, TrackEvent, TrackEventKind,
    num::{u4, u7, u14, u15, u24, u28},
};

use crate::{
    instrument::{Guitar, Note, Part, Registration, Sound, SynthPatch, Touch},
    score::Score,
    time::PPQ,
    vocal::{By, SungLine, Vocal},
};

/// An event at an absolute tick; `order` sorts simultaneous ones (note-offs before note-ons).
struct At<'a> {
    tick: u32,
    order: u8,
    kind: TrackEventKind<'a>,
}

/// The General MIDI program nearest to a sound.
fn program(sound: Sound) -> u8 {
    match sound {
        Sound::Sampled { program, .. }
        | Sound::Kit { program }
        | Sound::Layered { program, .. }
        | Sound::Amped { program, .. } => program,
        Sound::Machine { .. } => 24,
        Sound::Strung { guitar, drive } => match guitar {
            Guitar::Humbucker if drive >= 0.6 => 30,
            Guitar::Humbucker => 29,
            Guitar::SingleCoil => 27,
            Guitar::Steel => 25,
            Guitar::Nylon => 24,
        },
        Sound::Organ { registration } => match registration {
            Registration::Jazz => 17,
            Registration::Rock => 18,
            Registration::Gospel | Registration::Soft => 16,
        },
        Sound::Synth { patch } => match patch {
            SynthPatch::SuperSaw | SynthPatch::Lead | SynthPatch::BigLead | SynthPatch::Hoover => 81,
            SynthPatch::SquareLead | SynthPatch::ChipArp => 80,
            SynthPatch::Whine => 82,
            SynthPatch::Pluck | SynthPatch::SoftPluck => 84,
            SynthPatch::SubBass | SynthPatch::SawBass | SynthPatch::Acid | SynthPatch::FmBass => 38,
            SynthPatch::Reese | SynthPatch::Rumble | SynthPatch::Wobble | SynthPatch::DrivenSub => 39,
            SynthPatch::WarmPad => 89,
            SynthPatch::PolySynth | SynthPatch::Stab | SynthPatch::TechnoStab => 90,
            SynthPatch::StringMachine => 50,
            SynthPatch::SynthBrass => 62,
            SynthPatch::DarkPad => 95,
            SynthPatch::BrightPad => 88,
            SynthPatch::FmKeys | SynthPatch::GlassKeys => 5,
            SynthPatch::Aahs | SynthPatch::GospelChoir => 52,
            SynthPatch::Oohs => 53,
            SynthPatch::VoxChop => 54,
            SynthPatch::Bell => 14,
            SynthPatch::Riser => 97,
            SynthPatch::Impact | SynthPatch::SubDrop => 118,
            SynthPatch::Swell => 119,
            SynthPatch::Vinyl | SynthPatch::Downlifter | SynthPatch::Hiss => 122,
        },
    }
}

/// Ticks are shifted by the file's lead so that a player's time agrees with the audio's.
struct Grid {
    lead: f64,
}

impl Grid {
    fn tick(&self, tick: f64) -> u32 {
        (tick + self.lead).round().max(0.0) as u32
    }

    fn push(&self, events: &mut Vec<At<'_>>, note: &Note, channel: u4) {
        let key = u7::new(note.pitch.min(127));
        let start = self.tick(note.onset());
        let end = self.tick(note.onset() + f64::from(note.length)).max(start + 1);
        let midi = |message| TrackEventKind::Midi { channel, message };
        events.push(At {
            tick: start,
            order: 2,
            kind: midi(MidiMessage::NoteOn {
                key,
                vel: u7::new(note.velocity.min(127)),
            }),
        });
        events.push(At {
            tick: end,
            order: 0,
            kind: midi(MidiMessage::NoteOff { key, vel: u7::new(0) }),
        });
    }
}

/// Ticks of one step of a bend, and the steps.
const BEND_STEP: u32 = PPQ / 32;
const BEND_STEPS: u32 = 8;

/// The touches of a part as pitch bends, within the two semitones that every player understands. `last` is the
/// note before.
fn bend(events: &mut Vec<At<'_>>, note: &Note, last: Option<&Note>, channel: u4, grid: &Grid) {
    let start = grid.tick(note.onset());
    let length = note.length.max(BEND_STEPS);
    // Where the bend goes from and to, in semitones, and when it begins.
    let (from, to, at) = match note.touch {
        Touch::Plain | Touch::Muted => return,
        Touch::Bend => (-2.0, 0.0, start),
        Touch::Slide => match last {
            Some(last) => (
                (f64::from(last.pitch) - f64::from(note.pitch)).clamp(-2.0, 2.0),
                0.0,
                start,
            ),
            None => return,
        },
        Touch::Fall => (0.0, -2.0, start + length - (BEND_STEP * BEND_STEPS).min(length / 2)),
    };
    let mut push = |tick, semitones: f64| {
        let bend = PitchBend(u14::new((8192.0 + semitones / 2.0 * 8191.0).round() as u16));
        events.push(At {
            tick,
            order: 1,
            kind: TrackEventKind::Midi {
                channel,
                message: MidiMessage::PitchBend { bend },
            },
        });
    };
    let step = BEND_STEP.min(length / 2 / BEND_STEPS).max(1);
    for i in 0..=BEND_STEPS {
        push(at + i * step, from + (to - from) * f64::from(i) / f64::from(BEND_STEPS));
    }
    if note.touch == Touch::Fall {
        push(start + length, 0.0);
    }
}

fn track(mut events: Vec<At<'_>>) -> Vec<TrackEvent<'_>> {
    events.sort_by_key(|e| (e.tick, e.order));
    let mut at = 0;
    let mut out: Vec<TrackEvent> = events
        .into_iter()
        .map(|e| {
            let delta = u28::new(e.tick - at);
            at = e.tick;
            TrackEvent { delta, kind: e.kind }
        })
        .collect();
    out.push(TrackEvent {
        delta: u28::new(0),
        kind: TrackEventKind::Meta(MetaMessage::EndOfTrack),
    });
    out
}

fn conductor<'a>(score: &'a Score, grid: &Grid) -> Vec<TrackEvent<'a>> {
    let meta = |tick, kind| At {
        tick,
        order: 1,
        kind: TrackEventKind::Meta(kind),
    };
    let mut events = vec![
        meta(0, MetaMessage::TrackName(score.title.as_bytes())),
        meta(
            0,
            MetaMessage::TimeSignature(score.meter.beats, score.meter.unit.trailing_zeros() as u8, 24, 8),
        ),
    ];
    for mark in &score.tempo.marks {
        let micros = (60_000_000.0 / mark.bpm).round() as u32;
        let tick = if mark.tick == 0 {
            0
        } else {
            grid.tick(f64::from(mark.tick))
        };
        events.push(meta(tick, MetaMessage::Tempo(u24::new(micros.min(0x00ff_ffff)))));
    }
    // Sharps (positive) or flats of the relative major, by the circle of fifths.
    let keys = std::iter::once((0, score.key)).chain(score.modulations.iter().copied());
    for (tick, key) in keys {
        let minor = key.mode.is_minor();
        let major = if minor { (key.tonic + 3) % 12 } else { key.tonic };
        let fifths = i32::from(major) * 7 % 12;
        let sharps = if fifths > 6 { fifths - 12 } else { fifths } as i8;
        let tick = if tick == 0 { 0 } else { grid.tick(f64::from(tick)) };
        events.push(meta(tick, MetaMessage::KeySignature(sharps, minor)));
    }
    for section in &score.sections {
        events.push(meta(
            grid.tick(f64::from(section.start)),
            MetaMessage::Marker(section.name.as_bytes()),
        ));
    }
    track(events)
}

fn part_track<'a>(part: &'a Part, channel: u4, grid: &Grid) -> Vec<TrackEvent<'a>> {
    let program = u7::new(program(part.sound).min(127));
    let mut events = vec![
        At {
            tick: 0,
            order: 0,
            kind: TrackEventKind::Meta(MetaMessage::TrackName(part.name.as_bytes())),
        },
        At {
            tick: 0,
            order: 1,
            kind: TrackEventKind::Midi {
                channel,
                message: MidiMessage::ProgramChange { program },
            },
        },
    ];
    for (i, note) in part.notes.iter().enumerate() {
        bend(
            &mut events,
            note,
            i.checked_sub(1).map(|i| &part.notes[i]),
            channel,
            grid,
        );
        grid.push(&mut events, note, channel);
    }
    track(events)
}

/// What one person sings; with `lyrics`, the words as events. General MIDI's "Choir Aahs".
fn sung_track<'a>(
    name: &'a str,
    lines: impl Iterator<Item = &'a SungLine>,
    lyrics: bool,
    channel: u4,
    grid: &Grid,
) -> Vec<TrackEvent<'a>> {
    let mut events = vec![
        At {
            tick: 0,
            order: 0,
            kind: TrackEventKind::Meta(MetaMessage::TrackName(name.as_bytes())),
        },
        At {
            tick: 0,
            order: 1,
            kind: TrackEventKind::Midi {
                channel,
                message: MidiMessage::ProgramChange { program: u7::new(52) },
            },
        },
    ];
    for word in lines.flat_map(|l| &l.words) {
        for (i, syllable) in word.syllables.iter().enumerate() {
            for (j, note) in syllable.notes.iter().enumerate() {
                if j == 0 && lyrics {
                    // The word stands on its first syllable, "-" on those that continue it.
                    let text: &[u8] = if i == 0 { word.text.as_bytes() } else { b"-" };
                    let tick = grid.tick(note.onset());
                    events.push(At {
                        tick,
                        order: 1,
                        kind: TrackEventKind::Meta(MetaMessage::Lyric(text)),
                    });
                }
                grid.push(&mut events, note, channel);
            }
        }
    }
    track(events)
}

/// A track for each who sings: the lead on channel 1, the others on channels of their own, since a double
/// holds the same keys.
fn vocal_tracks<'a>(
    vocal: &'a Vocal,
    channels: &mut impl Iterator<Item = u8>,
    grid: &Grid,
) -> Vec<Vec<TrackEvent<'a>>> {
    let two = vocal.partner.is_some();
    let by = |who: By| vocal.lines.iter().filter(move |l| !two || l.by == who);
    let mut tracks = vec![sung_track("Vocals", by(By::Lead), true, u4::new(0), grid)];
    let mut other = || u4::new(channels.next().unwrap_or(1));
    if two {
        tracks.push(sung_track("Vocals 2", by(By::Partner), true, other(), grid));
    }
    for chorister in &vocal.backing {
        tracks.push(sung_track(
            &chorister.name,
            chorister.lines.iter(),
            false,
            other(),
            grid,
        ));
    }
    tracks
}

/// The score as the bytes of a Standard MIDI File.
///
/// # Panics
/// Never: writing to memory does not fail.
pub fn midi(score: &Score) -> Vec<u8> {
    let bpm = score.tempo.bpm_at(0);
    let grid = Grid {
        lead: score.tempo.lead_seconds * bpm * f64::from(PPQ) / 60.0,
    };
    let mut tracks = vec![conductor(score, &grid)];
    // Channel 10 (index 9) is percussion; the lead has channel 1.
    let mut melodic = (1..16).filter(|c| *c != 9).cycle();
    if let Some(vocal) = &score.vocal {
        tracks.extend(vocal_tracks(vocal, &mut melodic, &grid));
    }
    for part in &score.parts {
        let channel = if part.sound.is_drums() {
            9
        } else {
            melodic.next().unwrap_or(1)
        };
        tracks.push(part_track(part, u4::new(channel), &grid));
    }
    let header = Header::new(Format::Parallel, Timing::Metrical(u15::new(PPQ as u16)));
    let mut bytes = Vec::new();
    Smf { header, tracks }
        .write_std(&mut bytes)
        .expect("writing to memory does not fail");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Channel, Key, Labels, Master, Meter, Mode, PartRole, Role, Section, TempoMap, TempoMark};

    fn score() -> Score {
        let note = |start, pitch, nudge| Note {
            start,
            length: 240,
            pitch,
            velocity: 90,
            nudge,
            touch: Touch::Plain,
        };
        let part = |id: &str, sound, notes| Part {
            id: id.into(),
            name: id.into(),
            role: PartRole::Comp,
            sound,
            channel: Channel::default(),
            notes,
        };
        Score {
            version: 1,
            seed: 1,
            title: "Test".into(),
            style: "pop".into(),
            labels: Labels::default(),
            meter: Meter::COMMON,
            tempo: TempoMap {
                lead_seconds: 0.2,
                marks: vec![TempoMark { tick: 0, bpm: 100.0 }, TempoMark { tick: 1920, bpm: 130.0 }],
            },
            key: Key {
                tonic: 9,
                mode: Mode::Minor,
            },
            modulations: vec![],
            seconds: 8.0,
            sections: vec![Section {
                name: "Verse".into(),
                role: Role::Verse,
                start: 0,
                length: 5760,
                energy: 0.5,
            }],
            chords: vec![],
            vocal: None,
            parts: vec![
                part(
                    "piano",
                    Sound::Sampled { bank: 0, program: 0 },
                    vec![note(0, 60, -8), note(2400, 64, 5)],
                ),
                part("drums", Sound::Kit { program: 0 }, vec![note(1920, 36, 0)]),
            ],
            master: Master::default(),
            brief: crate::Brief::default(),
            patch: None,
            joins: None,
            reels: Vec::new(),
            heard: None,
        }
    }

    /// Seconds of each note-on, by walking the file as a player does.
    fn onsets(bytes: &[u8]) -> Vec<(u8, f64)> {
        let smf = Smf::parse(bytes).expect("our own file parses");
        let mut tempi = vec![];
        let mut tick = 0;
        for event in &smf.tracks[0] {
            tick += event.delta.as_int();
            if let TrackEventKind::Meta(MetaMessage::Tempo(micros)) = event.kind {
                tempi.push((tick, f64::from(micros.as_int()) / 1e6 / f64::from(PPQ)));
            }
        }
        let seconds = |at: u32| {
            let spans = tempi.iter().enumerate().map(|(i, (from, per))| {
                let to = tempi.get(i + 1).map_or(u32::MAX, |t| t.0).min(at);
                f64::from(to.saturating_sub(*from)) * per
            });
            spans.sum::<f64>()
        };
        let mut out = vec![];
        for track in &smf.tracks[1..] {
            let mut tick = 0;
            for event in track {
                tick += event.delta.as_int();
                if let TrackEventKind::Midi {
                    message: MidiMessage::NoteOn { key, .. },
                    ..
                } = event.kind
                {
                    out.push((key.as_int(), seconds(tick)));
                }
            }
        }
        out
    }

    #[test]
    fn a_player_hears_each_note_when_the_audio_does() {
        let score = score();
        score.check().expect("a valid score");
        let heard = onsets(&midi(&score));
        let written: Vec<_> = score.parts.iter().flat_map(|p| &p.notes).collect();
        assert_eq!(heard.len(), written.len());
        for ((key, at), note) in heard.into_iter().zip(written) {
            assert_eq!(key, note.pitch);
            let error = at - score.tempo.seconds(note.onset());
            assert!(error.abs() < 0.0015, "note {key} is {error} s off");
        }
    }

    #[test]
    fn everybody_who_sings_has_a_track_and_only_the_leads_have_words() {
        let line = |start, pitch, by| SungLine {
            words: vec![crate::SungWord {
                text: "la".into(),
                syllables: vec![crate::Syllable {
                    phonemes: "lɑ".into(),
                    stress: 2,
                    notes: vec![Note {
                        start,
                        length: 240,
                        pitch,
                        velocity: 80,
                        nudge: 0,
                        touch: Touch::Plain,
                    }],
                }],
            }],
            by,
            ..SungLine::default()
        };
        let chorister = |name: &str| crate::Chorister {
            name: name.into(),
            singer: crate::Singer::default(),
            channel: Channel::default(),
            lines: vec![line(0, 60, By::Lead)],
        };
        let mut score = score();
        score.vocal = Some(Vocal {
            singer: crate::Singer::default(),
            channel: Channel::default(),
            lines: vec![line(0, 60, By::Lead), line(480, 48, By::Partner)],
            partner: Some(crate::Singer::default()),
            backing: vec![chorister("double left"), chorister("double right")],
        });
        score.check().expect("a valid score");
        let bytes = midi(&score);
        let smf = Smf::parse(&bytes).expect("our own file parses");
        let sung: Vec<(usize, usize, Vec<u8>)> = smf.tracks[1..5]
            .iter()
            .map(|track| {
                let words = track
                    .iter()
                    .filter(|e| matches!(e.kind, TrackEventKind::Meta(MetaMessage::Lyric(_))));
                let mut channels: Vec<u8> = Vec::new();
                let mut notes = 0;
                for event in track {
                    if let TrackEventKind::Midi { channel, message } = event.kind {
                        channels.push(channel.as_int());
                        notes += usize::from(matches!(message, MidiMessage::NoteOn { .. }));
                    }
                }
                channels.dedup();
                (words.count(), notes, channels)
            })
            .collect();
        let of = |words, channel| (words, 1, vec![channel]);
        assert_eq!(sung, [of(1, 0), of(1, 1), of(0, 2), of(0, 3)]);
        let mut crossed = score.clone();
        if let Some(vocal) = &mut crossed.vocal {
            vocal.backing[0].lines.push(line(100, 62, By::Lead));
        }
        assert!(crossed.check().is_err(), "one person sings one note at a time");
    }

    #[test]
    fn a_score_survives_json() {
        let score = score();
        let json = serde_json::to_string(&score).expect("serialises");
        assert_eq!(serde_json::from_str::<Score>(&json).expect("parses"), score);
    }

    #[test]
    fn an_unsung_word_or_a_gap_in_the_form_is_refused() {
        let mut gap = score();
        gap.sections[0].start = 480;
        assert!(gap.check().is_err());
        let mut disorder = score();
        disorder.parts[0].notes.reverse();
        assert!(disorder.check().is_err());
    }

    #[test]
    fn touches_are_pitch_bends_that_come_back_to_the_middle() {
        let mut score = score();
        let note = |start, pitch, touch| Note {
            start,
            length: 480,
            pitch,
            velocity: 90,
            nudge: 0,
            touch,
        };
        let part = Part {
            id: "lead".into(),
            name: "Lead".into(),
            role: PartRole::Lead,
            sound: Sound::Sampled { bank: 0, program: 27 },
            channel: Channel::default(),
            notes: vec![
                note(0, 60, Touch::Plain),
                note(480, 61, Touch::Slide),
                note(960, 67, Touch::Bend),
                note(1440, 64, Touch::Fall),
            ],
        };
        score.parts = vec![part];
        let bytes = midi(&score);
        let smf = Smf::parse(&bytes).expect("a MIDI file");
        let track = smf.tracks.last().expect("the part");
        let mut at = 0;
        let mut bends = Vec::new();
        for e in track {
            at += e.delta.as_int();
            if let TrackEventKind::Midi {
                message: MidiMessage::PitchBend { bend },
                ..
            } = e.kind
            {
                bends.push((at, bend.as_f32()));
            }
        }
        let lead = bends[0].0 - 480;
        let of = |from: u32, to: u32| -> Vec<f32> {
            let inside = bends.iter().filter(|(t, _)| (from..to).contains(&(t - lead)));
            inside.map(|(_, b)| *b).collect()
        };
        assert!(of(0, 480).is_empty(), "a plain note is not bent");
        let (slide, bend, fall) = (of(480, 960), of(960, 1440), of(1440, 1921));
        // The note before is a semitone lower: half of the two semitones of a full bend.
        assert!((slide[0] + 0.5).abs() < 0.01 && slide.last() == Some(&0.0), "{slide:?}");
        assert!((bend[0] + 1.0).abs() < 0.01 && bend.last() == Some(&0.0), "{bend:?}");
        assert!(
            fall[0] == 0.0 && fall.last() == Some(&0.0) && fall.iter().any(|b| *b < -0.99),
            "{fall:?}"
        );
    }

    #[test]
    fn a_plain_note_is_stored_as_it_always_was() {
        let note = Note {
            start: 1,
            length: 2,
            pitch: 60,
            velocity: 90,
            nudge: 0,
            touch: Touch::Plain,
        };
        let stored = serde_json::to_string(&note).expect("a note");
        assert_eq!(stored, r#"{"start":1,"length":2,"pitch":60,"velocity":90,"nudge":0}"#);
        assert_eq!(serde_json::from_str::<Note>(&stored).expect("a note"), note);
        let muted = Note {
            touch: Touch::Muted,
            ..note
        };
        let stored = serde_json::to_string(&muted).expect("a note");
        assert_eq!(serde_json::from_str::<Note>(&stored).expect("a note"), muted);
    }
}
