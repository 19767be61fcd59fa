//! Any words, any length: the form is gapless and exact.

use catbird_score::{Brief, Channel, Dice, Gender, Key, Labels, Master, Meter, Mode, Role, Segment, Singer, Syllable};
use proptest::prelude::*;

use super::*;
use crate::words::PreparedLine;

pub(crate) fn direction(bpm: f64, beats: u8, unit: u8) -> Direction {
    Direction {
        style: "pop".into(),
        labels: Labels::default(),
        bpm,
        bpm_fixed: false,
        meter: Meter { beats, unit },
        swing: 0.5,
        key: Key {
            tonic: 0,
            mode: Mode::Major,
        },
        energy: 0.6,
        syllables_per_beat: 2.0,
        rap: false,
        singer: Singer {
            name: "test".into(),
            gender: Gender::Female,
            low: 57,
            high: 74,
            warp: 1.0,
            tilt_db: 0.0,
            breath: 0.1,
            vibrato_cents: 30.0,
            vibrato_hz: 5.5,
            glide_ms: 60.0,
            drive: 0.0,
            electric: 0.0,
            density: 0.3,
            ..Singer::default()
        },
        vocal_channel: Channel::default(),
        master: Master::default(),
        ..crate::direction::resolve(&Brief::default(), &Labels::default())
    }
}

pub(crate) fn lyric(role: Role, lines: &[usize]) -> PreparedSection {
    // Iambic: every other word is stressed.
    let word = |i: usize| SungWord {
        text: "word".into(),
        syllables: vec![Syllable {
            phonemes: "lɑ".into(),
            stress: if i % 2 == 1 { 2 } else { 0 },
            notes: vec![],
        }],
    };
    let line = |&n: &usize| PreparedLine {
        text: format!("{n} syllables"),
        words: (0..n).map(word).collect(),
        language: catbird_score::Language::English,
        sings: crate::lyrics::Sings::Lead,
    };
    PreparedSection {
        name: format!("{role:?}"),
        role,
        lines: lines.iter().map(line).collect(),
    }
}

/// What every form must keep.
fn check(form: &Form, direction: &Direction, words: usize) {
    let bar = direction.meter.bar();
    let mut at = 0;
    for s in &form.sections {
        assert_eq!(s.start, at, "gapless");
        assert!(s.length > 0 && s.length % bar == 0, "whole bars");
        assert!((0.0..=1.0).contains(&s.energy));
        at = s.end();
    }
    let mut last = 0;
    for line in &form.lines {
        let section = &form.sections[line.section];
        assert!(
            line.start >= section.start && line.start + line.length <= section.end(),
            "line inside its section"
        );
        assert!(line.start >= last, "lines do not overlap");
        assert!(
            line.start + line.length <= form.last_chord,
            "nothing is sung after the last chord"
        );
        last = line.start + line.length;
        let seconds = form.tempo.at(last) - form.tempo.at(line.start);
        assert!(
            line.syllables() as f64 / seconds <= setting::FASTEST + 0.3,
            "{} syllables in {seconds} s",
            line.syllables()
        );
    }
    assert_eq!(
        form.lines.iter().map(|l| l.words.len()).sum::<usize>(),
        words,
        "every word once"
    );
    assert!(form.last_chord < form.end() && form.last_chord >= form.sections[form.sections.len() - 1].start);
    let ring = form.seconds - form.tempo.at(form.last_chord);
    assert!(ring > 0.05 && ring < 4.2, "ring {ring}");
    assert!(form.tempo.lead_seconds <= 0.11);
}

fn plan_for(
    direction: &Direction,
    lyrics: Option<&[PreparedSection]>,
    seconds: Option<f64>,
) -> Result<Form, ComposeError> {
    let brief = Brief {
        seconds,
        ..Brief::default()
    };
    plan(direction, lyrics, &brief, &mut Dice::new(1, "form"))
}

#[test]
fn a_song_is_as_long_as_asked_and_shaped_like_one() {
    let lyrics = [
        lyric(Role::Verse, &[8, 7, 8, 7]),
        lyric(Role::Chorus, &[6, 8, 6, 8]),
        lyric(Role::Verse, &[8, 8, 9, 7]),
        lyric(Role::Chorus, &[6, 8, 6, 8]),
        lyric(Role::Bridge, &[9, 9]),
        lyric(Role::Chorus, &[6, 8, 6, 8]),
    ];
    let d = direction(110.0, 4, 4);
    for seconds in [30.0, 60.0, 90.0, 120.0, 180.0, 240.0] {
        let form = match plan_for(&d, Some(&lyrics), Some(seconds)) {
            Ok(form) => form,
            Err(e) => {
                assert!(seconds < 40.0, "{e}");
                continue;
            }
        };
        check(&form, &d, 164);
        assert_eq!(form.seconds, seconds);
        let bend = form.tempo.marks[0].bpm / 110.0;
        assert!((0.95..=1.24).contains(&bend), "{seconds}: tempo bent by {bend}");
        // The chorus is the same length and pattern each time.
        let choruses: Vec<_> = form
            .sections
            .iter()
            .filter(|s| s.role == Role::Chorus)
            .map(|s| s.length)
            .collect();
        assert!(choruses.iter().all(|c| *c == choruses[0]));
        let longest_wait = form
            .sections
            .iter()
            .filter(|s| !form.lines.iter().any(|l| form.sections[l.section].start == s.start))
            .map(|s| s.length)
            .max();
        assert!(longest_wait.unwrap_or(0) <= 16 * d.meter.bar());
        // Rising energy: the last chorus is the highest point.
        let top = form.sections.iter().map(|s| s.energy).fold(0.0, f32::max);
        assert_eq!(
            form.sections.iter().rfind(|s| s.role == Role::Chorus).unwrap().energy,
            top
        );
    }
}

#[test]
fn little_text_is_spread_over_a_long_song() {
    let d = direction(100.0, 4, 4);
    let lyrics = [lyric(Role::Verse, &[7, 7, 7, 7])];
    let form = plan_for(&d, Some(&lyrics), Some(240.0)).unwrap();
    check(&form, &d, 28);
    // No stretch without words is longer than a third of the song.
    let mut last = 0.0;
    for line in &form.lines {
        assert!(form.tempo.at(line.start) - last < 80.0);
        last = form.tempo.at(line.start + line.length);
    }
    assert!(240.0 - last < 80.0, "{} s of outro", 240.0 - last);
}

#[test]
fn too_many_words_are_refused_with_the_time_they_need() {
    let d = direction(100.0, 4, 4);
    let lyrics = [lyric(Role::Verse, &[10; 40])];
    let Err(ComposeError::TooLong {
        syllables: 400,
        seconds: 30,
        needed,
    }) = plan_for(&d, Some(&lyrics), Some(30.0))
    else {
        panic!("not refused")
    };
    assert!(needed < 90, "{needed}");
    check(&plan_for(&d, Some(&lyrics), Some(f64::from(needed))).unwrap(), &d, 400);
}

#[test]
fn a_second_is_enough_for_a_sting() {
    let d = direction(120.0, 4, 4);
    for seconds in [1.0, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0, 60.0] {
        let form = plan_for(&d, None, Some(seconds)).unwrap();
        check(&form, &d, 0);
        assert_eq!(form.seconds, seconds);
        assert!(
            (0.85..1.2).contains(&(form.tempo.marks[0].bpm / 120.0)),
            "{seconds} s at {}",
            form.tempo.marks[0].bpm
        );
    }
}

#[test]
fn a_fixed_tempo_stays() {
    let lyrics = [lyric(Role::Verse, &[8, 7, 8, 7]), lyric(Role::Chorus, &[6, 8, 6, 8])];
    for bpm in [70.0, 93.0, 128.0] {
        let d = Direction {
            bpm_fixed: true,
            ..direction(bpm, 4, 4)
        };
        for (words, lyrics) in [(58, Some(lyrics.as_slice())), (0, None)] {
            for seconds in [45.0, 60.0, 61.0, 97.0] {
                let form = plan_for(&d, lyrics, Some(seconds)).unwrap();
                check(&form, &d, words);
                assert!(
                    (form.tempo.marks[0].bpm / bpm - 1.0).abs() < 0.006,
                    "{bpm} → {:?} for {seconds}",
                    form.tempo.marks
                );
            }
        }
    }
}

#[test]
fn prescribed_segments_begin_on_their_second() {
    let d = direction(97.0, 4, 4);
    let segments = [
        (Role::Intro, 10.0),
        (Role::Verse, 25.0),
        (Role::Chorus, 40.0),
        (Role::Bridge, 7.0),
        (Role::Outro, 5.0),
    ];
    let brief = Brief {
        segments: segments
            .iter()
            .map(|&(role, seconds)| Segment { role, seconds })
            .collect(),
        ..Brief::default()
    };
    let form = plan(&d, None, &brief, &mut Dice::new(1, "form")).unwrap();
    check(&form, &d, 0);
    assert_eq!(form.seconds, 87.0);
    let mut at = 0.0;
    for (section, (role, seconds)) in form.sections.iter().zip(segments) {
        assert_eq!(section.role, role);
        assert!(
            (form.tempo.at(section.start) - at).abs() < 0.051,
            "{} at {}",
            section.name,
            form.tempo.at(section.start)
        );
        at += seconds;
    }
}

proptest! {
    #[test]
    fn any_instrumental_is_exact(seconds in 0.6f64..300.0, bpm in 50.0f64..190.0, meter in prop_oneof![Just((4u8, 4u8)), Just((3, 4)), Just((6, 8))], fixed: bool) {
        let d = Direction { bpm_fixed: fixed, ..direction(bpm, meter.0, meter.1) };
        let form = plan_for(&d, None, Some(seconds)).unwrap();
        check(&form, &d, 0);
        prop_assert_eq!(form.seconds, seconds);
    }

    #[test]
    fn any_segments_are_met(seconds in prop::collection::vec(5.0f64..60.0, 1..7), bpm in 60.0f64..170.0) {
        let d = direction(bpm, 4, 4);
        let brief = Brief { segments: seconds.iter().map(|&seconds| Segment { role: Role::Verse, seconds }).collect(), ..Brief::default() };
        let form = plan(&d, None, &brief, &mut Dice::new(1, "form")).unwrap();
        check(&form, &d, 0);
        let mut at = 0.0;
        for (section, s) in form.sections.iter().zip(&seconds) {
            prop_assert!((form.tempo.at(section.start) - at).abs() < 0.051);
            at += s;
        }
    }

    #[test]
    fn any_words_in_any_time_fit_or_are_refused(
        shape in prop::collection::vec((0usize..7, prop::collection::vec(1usize..16, 0..7)), 1..9),
        seconds in 20.0f64..260.0, bpm in 60.0f64..180.0, density in 1.0f32..4.0, meter in prop_oneof![Just((4u8, 4u8)), Just((3, 4)), Just((6, 8))],
    ) {
        let roles = [Role::Intro, Role::Verse, Role::PreChorus, Role::Chorus, Role::Bridge, Role::Inst, Role::Outro];
        let lyrics: Vec<_> = shape.iter().map(|(r, lines)| {
            let role = roles[*r];
            let wordless = matches!(role, Role::Intro | Role::Inst | Role::Outro);
            lyric(role, if wordless { &[] } else { lines })
        }).collect();
        let words: usize = lyrics.iter().flat_map(|s| &s.lines).map(|l| l.words.len()).sum();
        let d = Direction { syllables_per_beat: density, ..direction(bpm, meter.0, meter.1) };
        match plan_for(&d, Some(&lyrics), Some(seconds)) {
            Ok(form) => { check(&form, &d, words); prop_assert_eq!(form.seconds, seconds); }
            Err(ComposeError::TooLong { needed, .. }) => {
                prop_assert!(words as f64 / seconds > 2.5, "{words} words refused in {seconds} s");
                check(&plan_for(&d, Some(&lyrics), Some(f64::from(needed))).unwrap(), &d, words);
            }
            Err(e) => prop_assert!(false, "{}", e),
        }
        match plan_for(&d, Some(&lyrics), None) {
            Ok(form) => check(&form, &d, words),
            Err(e) => { let refused = matches!(e, ComposeError::TooLong { .. }); prop_assert!(refused, "{}", e); }
        }
    }
}
