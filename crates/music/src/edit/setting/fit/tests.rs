use catbird_score::{Meter, TempoMap, Touch};

use super::*;

fn note(start: Tick, length: Tick, pitch: u8) -> Note {
    Note {
        start,
        length,
        pitch,
        velocity: 90,
        nudge: 0,
        touch: Touch::Plain,
    }
}

fn sounds(stresses: &[u8]) -> Vec<Sound> {
    let last = stresses.len() - 1;
    let sound = |(i, s): (usize, &u8)| Sound {
        stress: *s,
        opens: i == 0,
        closes: i == last,
    };
    stresses.iter().enumerate().map(sound).collect()
}

fn laid(notes: &[Note], stresses: &[u8], bpm: f64, to: Tick) -> Option<Vec<Vec<Note>>> {
    let tempo = TempoMap::steady(bpm, 0.1);
    let clock = Clock {
        tempo: &tempo,
        meter: Meter::COMMON,
        end: Tick::MAX,
    };
    fit(notes, &sounds(stresses), clock, Bounds { from: 0, to }).map(|f| f.1)
}

#[test]
fn as_many_syllables_as_notes_take_a_note_each() {
    let notes = [
        note(0, 480, 60),
        note(480, 240, 62),
        note(720, 240, 64),
        note(960, 960, 65),
    ];
    let got = laid(&notes, &[2, 0, 0, 2], 100.0, 1920).unwrap();
    assert_eq!(got.concat(), notes);
}

#[test]
fn stresses_find_the_strong_notes() {
    // Three syllables on four notes: the unstressed one is not slurred, the stressed ones stand on beats.
    let notes = [
        note(0, 480, 60),
        note(480, 240, 62),
        note(720, 240, 62),
        note(960, 960, 65),
    ];
    let got = laid(&notes, &[2, 0, 2], 100.0, 1920).unwrap();
    assert_eq!(got[0][0].start, 0);
    assert_eq!(got[2][0].start, 960);
    assert_eq!(
        got[1].iter().map(|n| n.length).sum::<Tick>(),
        480,
        "one pitch, one note: {got:?}"
    );
    // An unstressed first syllable comes before the bar when there is room.
    let notes = [note(1920, 480, 60), note(2400, 480, 62), note(2880, 960, 64)];
    let got = laid(&notes, &[0, 2, 0, 2], 100.0, 3840).unwrap();
    assert!(got[0][0].start < 1920 && got[1][0].start == 1920, "{got:?}");
}

#[test]
fn long_notes_are_split_on_the_grid_and_never_too_fast() {
    let notes = [note(0, 960, 60), note(960, 960, 64)];
    let got = laid(&notes, &[2, 0, 1, 0, 2, 0], 100.0, 1920).unwrap();
    assert_eq!(got.len(), 6);
    let all = got.concat();
    assert!(all.windows(2).all(|w| w[0].start + w[0].length <= w[1].start));
    assert!(all.iter().all(|n| n.start % 120 == 0), "{all:?}");
    assert!(all.iter().all(|n| n.pitch == if n.start < 960 { 60 } else { 64 }));
    assert_eq!(laid(&notes, &[1; 24], 100.0, 1920), None);
}
