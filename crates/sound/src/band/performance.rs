//! From notes on the grid to events in frames: when each sounds, for how long, and from which pitch
//! it slides. Micro-timing is already in the score; nothing is added here.

use catbird_score::{Dice, Note, Part, TempoMap, Touch};

use crate::audio::RATE;

/// One sounding note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Event {
    /// Where it begins.
    pub frame: usize,
    /// Frames until its key is let go.
    pub gate: usize,
    /// MIDI pitch or percussion key.
    pub pitch: u8,
    /// MIDI velocity.
    pub velocity: u8,
    /// The pitch it slides from, when it is tied to a predecessor (monophonic patches) or slid to.
    pub slide_from: Option<u8>,
    /// How it is played.
    pub touch: Touch,
    /// Its place in the part; names its stream of chance.
    pub index: usize,
}

/// The frame of a moment, never negative.
pub(crate) fn frame_at(tempo: &TempoMap, tick: f64) -> usize {
    (tempo.seconds(tick) * f64::from(RATE)).round().max(0.0) as usize
}

fn event(tempo: &TempoMap, index: usize, note: &Note) -> Event {
    let frame = frame_at(tempo, note.onset());
    let end = frame_at(tempo, note.onset() + f64::from(note.length));
    Event {
        frame,
        gate: end.saturating_sub(frame).max(1),
        pitch: note.pitch,
        velocity: note.velocity,
        slide_from: None,
        touch: note.touch,
        index,
    }
}

/// What `part` plays within `frames`, by rising frame.
pub(crate) fn events(tempo: &TempoMap, part: &Part, frames: usize) -> Vec<Event> {
    let mut events: Vec<Event> = part
        .notes
        .iter()
        .enumerate()
        .map(|(i, n)| event(tempo, i, n))
        .filter(|e| e.frame < frames)
        .collect();
    // Nudges may swap neighbours; the index keeps the order total.
    events.sort_by_key(|e| (e.frame, e.index));
    for i in 1..events.len() {
        if events[i].touch == Touch::Slide {
            events[i].slide_from = Some(events[i - 1].pitch).filter(|from| *from != events[i].pitch);
        }
    }
    events
}

/// The events as the same hands play them once more for a double: late by about `wander` seconds, a little louder
/// or softer. `take` names the stream of chance.
pub(crate) fn another_take(events: &[Event], wander: f64, seed: u64, take: &str) -> Vec<Event> {
    let mut dice = Dice::new(seed, take);
    let mut played = events.to_vec();
    for e in &mut played {
        // A strummed chord moves as one: its notes draw the same number.
        let mut stroke = Dice::new(seed, &format!("{take} at {}", e.frame / 2_205));
        let late = (stroke.normal() * wander * f64::from(RATE)).clamp(-600.0, 600.0);
        e.frame = e.frame.saturating_add_signed(late as isize);
        e.velocity = (f64::from(e.velocity) + dice.normal() * 3.0).clamp(1.0, 127.0) as u8;
    }
    played.sort_by_key(|e| (e.frame, e.index));
    played
}

/// One voice only: each note ends where the next begins, and slides when they touch.
pub(crate) fn monophonic(events: &mut Vec<Event>) {
    // Of notes that begin together the highest is heard.
    events.sort_by_key(|e| (e.frame, std::cmp::Reverse(e.pitch)));
    events.dedup_by_key(|e| e.frame);
    for i in 1..events.len() {
        let next = events[i];
        let last = &mut events[i - 1];
        // 10 ms of silence is still a tie to the ear.
        let tied = last.frame + last.gate + RATE as usize / 100 >= next.frame;
        last.gate = last.gate.min(next.frame - last.frame);
        let from = last.pitch;
        if tied && from != next.pitch {
            events[i].slide_from = Some(from);
        }
    }
}

/// A key of the sampler that is struck again is let go first, so that the old note's end does not
/// end the new one.
pub(crate) fn release_before_repeat(events: &mut [Event]) {
    let mut sounding: [Option<usize>; 128] = [None; 128];
    for i in 0..events.len() {
        let Event { frame, pitch, .. } = events[i];
        if let Some(last) = sounding[usize::from(pitch & 127)].replace(i) {
            let last = &mut events[last];
            last.gate = last.gate.min(frame.saturating_sub(last.frame).max(1));
        }
    }
}

/// Ends each note of the keys `open` at the next note of the keys `closing` (hi-hats).
pub(crate) fn choke(events: &mut [Event], open: &[u8], closing: &[u8]) {
    let mut end = usize::MAX;
    for event in events.iter_mut().rev() {
        if open.contains(&event.pitch) {
            event.gate = end.saturating_sub(event.frame).max(1);
        }
        if open.contains(&event.pitch) || closing.contains(&event.pitch) {
            end = event.frame;
        }
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::{Channel, PartRole, Sound};

    use super::*;

    fn part(notes: &[(u32, u32, u8)]) -> Part {
        let notes = notes
            .iter()
            .map(|&(start, length, pitch)| Note {
                start,
                length,
                pitch,
                velocity: 100,
                nudge: 0,
                touch: Touch::Plain,
            })
            .collect();
        let sound = Sound::Sampled { bank: 0, program: 0 };
        Part {
            id: "x".into(),
            name: "X".into(),
            role: PartRole::Lead,
            sound,
            channel: Channel::default(),
            notes,
        }
    }

    #[test]
    fn frames_come_from_the_tempo_map() {
        let mut part = part(&[(0, 480, 60), (480, 240, 62)]);
        part.notes[0].nudge = -480;
        let events = events(&TempoMap::steady(60.0, 0.25), &part, RATE as usize * 10);
        // A nudge before the file is clipped to its beginning.
        assert_eq!((events[0].frame, events[0].gate), (0, RATE as usize / 4));
        assert_eq!((events[1].frame, events[1].gate), (55_125, 22_050));
    }

    #[test]
    fn one_voice_slides_between_touching_notes_only() {
        let tempo = TempoMap::steady(60.0, 0.0);
        let mut events = events(
            &tempo,
            &part(&[(0, 600, 40), (480, 100, 45), (960, 480, 47)]),
            usize::MAX,
        );
        monophonic(&mut events);
        assert_eq!(events[0].gate, 44_100);
        assert_eq!([events[1].slide_from, events[2].slide_from], [Some(40), None]);
    }

    #[test]
    fn a_closed_hat_ends_an_open_one() {
        let tempo = TempoMap::steady(60.0, 0.0);
        let mut events = events(&tempo, &part(&[(0, 60, 46), (240, 60, 42), (480, 60, 46)]), usize::MAX);
        choke(&mut events, &[46], &[42, 44]);
        assert_eq!(events[0].gate, 22_050);
        assert!(events[2].gate > 1_000_000);
    }

    #[test]
    fn a_repeated_key_is_let_go_first() {
        let tempo = TempoMap::steady(60.0, 0.0);
        let mut events = events(&tempo, &part(&[(0, 960, 60), (480, 960, 60)]), usize::MAX);
        release_before_repeat(&mut events);
        assert_eq!((events[0].gate, events[1].gate), (44_100, 88_200));
    }
}
