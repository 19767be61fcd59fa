//! Any form: every syllable has its note, inside the range and the slot, never two at once.

use catbird_score::{Brief, Chord, PPQ, Quality, Role};
use proptest::prelude::*;

use super::*;
use crate::form::{
    self,
    tests::{direction, lyric},
};

/// I V vi IV, a bar each.
fn four_chords(form: &Form) -> Vec<ChordSpan> {
    let bar = form.meter.bar();
    let roots = [
        (0, Quality::Major),
        (7, Quality::Major),
        (9, Quality::Minor),
        (5, Quality::Major),
    ];
    (0..form.end() / bar)
        .map(|i| {
            let (root, quality) = roots[i as usize % 4];
            ChordSpan {
                start: i * bar,
                length: bar,
                roman: String::new(),
                chord: Chord::new(root, quality),
            }
        })
        .collect()
}

fn song(direction: &Direction, seed: u64) -> (Form, Vec<ChordSpan>, Vocal) {
    let lyrics = [
        lyric(Role::Verse, &[8, 7, 8, 7]),
        lyric(Role::Chorus, &[6, 8, 6, 9]),
        lyric(Role::Verse, &[8, 8, 9, 7]),
        lyric(Role::Chorus, &[6, 8, 6, 9]),
        lyric(Role::Bridge, &[9, 9]),
        lyric(Role::Chorus, &[6, 8, 6, 9]),
    ];
    let form = form::plan(
        direction,
        Some(&lyrics),
        &Brief {
            seconds: Some(150.0),
            ..Brief::default()
        },
        &mut Dice::new(seed, "form"),
    )
    .unwrap();
    let chords = four_chords(&form);
    let vocal = sing(direction, &form, &chords, &mut Dice::new(seed, "melody"));
    (form, chords, vocal)
}

fn check(direction: &Direction, form: &Form, vocal: &Vocal) {
    let mut last = 0;
    assert_eq!(vocal.lines.len(), form.lines.len());
    for (line, placed) in vocal.lines.iter().zip(&form.lines) {
        assert_eq!(line.text, placed.text);
        for syllable in line.syllables() {
            assert!(!syllable.notes.is_empty(), "a syllable without a note in {}", line.text);
            for note in &syllable.notes {
                assert!(note.start >= last, "two notes at once");
                assert!(note.length > 0 && (direction.singer.low..=direction.singer.high).contains(&note.pitch));
                assert!(
                    note.start >= placed.start && note.start + note.length <= placed.start + placed.length,
                    "outside its slot"
                );
                assert!((1..=127).contains(&note.velocity));
                last = note.start + note.length;
            }
        }
    }
    assert!(form.tempo.at(last) < form.seconds);
}

#[test]
fn melodies_measure_like_sung_ones() {
    let d = direction(108.0, 4, 4);
    for seed in 0..6 {
        let (form, chords, vocal) = song(&d, seed);
        check(&d, &form, &vocal);
        let melody: Vec<Vec<Tone>> = vocal
            .lines
            .iter()
            .map(|l| {
                l.syllables()
                    .map(|s| {
                        let n = s.notes[s.notes.len() - 1];
                        Tone {
                            start: s.notes[0].start,
                            length: n.length,
                            pitch: n.pitch,
                        }
                    })
                    .collect()
            })
            .collect();
        let s = statistics::measure(&form, &chords, form.lines.iter().zip(&melody));
        assert!((0.5..=0.85).contains(&s.steps), "{s:?}");
        assert!(s.repeats < 0.3 && s.leaps < 0.09, "{s:?}");
        assert!((7.0..=17.0).contains(&s.range), "{s:?}");
        assert!(s.recurring > 0.45 && s.consonance > 0.75, "{s:?}");
        assert!(s.chorus_lift > 1.0, "{s:?}");
    }
}

#[test]
fn the_chorus_comes_back_and_seeds_differ() {
    let d = direction(108.0, 4, 4);
    let (form, _, vocal) = song(&d, 3);
    let sung = |section: usize| -> Vec<(Tick, u8)> {
        vocal
            .lines
            .iter()
            .filter(|l| l.section == section)
            .flat_map(SungLine::notes)
            .map(|n| (n.start - form.sections[section].start, n.pitch))
            .collect()
    };
    let choruses: Vec<usize> = (0..form.sections.len())
        .filter(|i| form.sections[*i].role == Role::Chorus)
        .collect();
    let (a, b) = (sung(choruses[0]), sung(choruses[1]));
    let same = a.iter().filter(|n| b.contains(n)).count();
    assert!(same * 10 >= a.len() * 7, "only {same} of {} notes come back", a.len());
    assert_eq!(song(&d, 3).2, vocal, "same seed, same melody");
    assert_ne!(song(&d, 4).2, vocal);
}

#[test]
fn stress_is_longer_and_stronger_and_rap_stays_near_speech() {
    let d = direction(100.0, 4, 4);
    let (_, _, vocal) = song(&d, 2);
    let mean = |stress: u8| {
        let all: Vec<f64> = vocal
            .lines
            .iter()
            .flat_map(SungLine::syllables)
            .filter(|s| s.stress == stress)
            .map(|s| f64::from(s.notes[0].length))
            .collect();
        all.iter().sum::<f64>() / all.len().max(1) as f64
    };
    assert!(mean(2) > 1.1 * mean(0), "{} against {}", mean(2), mean(0));
    let rap = Direction {
        rap: true,
        syllables_per_beat: 4.0,
        ..direction(92.0, 4, 4)
    };
    let (form, _, vocal) = song(&rap, 2);
    check(&rap, &form, &vocal);
    let rapped = vocal.lines.iter().filter(|l| l.delivery == Delivery::Rapped);
    let pitches: Vec<u8> = rapped.flat_map(SungLine::notes).map(|n| n.pitch).collect();
    assert!(pitches.len() > 40);
    assert!(pitches.iter().max().unwrap() - pitches.iter().min().unwrap() <= 9);
}

#[test]
fn swung_eighths_are_late() {
    let d = Direction {
        swing: 0.66,
        ..direction(100.0, 4, 4)
    };
    assert!(swing(240, &d) > 60.0);
    assert!(swing(480, &d).abs() < 1e-9);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_form_can_be_sung(
        lines in prop::collection::vec(1usize..15, 1..9), seconds in 30.0f64..200.0, bpm in 60.0f64..180.0, density in 1.0f32..4.0,
        meter in prop_oneof![Just((4u8, 4u8)), Just((3, 4)), Just((6, 8))], rap: bool, seed: u64,
    ) {
        let d = Direction { syllables_per_beat: density, rap, ..direction(bpm, meter.0, meter.1) };
        let lyrics = [lyric(Role::Verse, &lines), lyric(Role::Chorus, &lines[..lines.len().div_ceil(2)])];
        let brief = Brief { seconds: Some(seconds), ..Brief::default() };
        if let Ok(form) = form::plan(&d, Some(&lyrics), &brief, &mut Dice::new(seed, "form")) {
            let vocal = sing(&d, &form, &four_chords(&form), &mut Dice::new(seed, "melody"));
            check(&d, &form, &vocal);
            for line in &vocal.lines {
                for note in line.notes() {
                    let seconds = f64::from(note.length) / f64::from(PPQ) * 60.0 / form.tempo.bpm_at(note.start);
                    prop_assert!(seconds > 0.05, "{seconds} s");
                }
            }
        }
    }
}
