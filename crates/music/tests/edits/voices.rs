//! Words on heard melodies, other singers and other bands: for recordings and for pieces of our own.

use catbird_music::{ComposeError, Lyrics, edit};
use catbird_score::{Brief, Gender, Note, PartRole, Reel, Score, Span, SungLine, Syllable, Tick, Track};

use super::{MORE, SONG, STYLES, ask, heard::heard, song, tune, whole};

/// Fastest line of anything that is set on a melody, syllables a second.
const FASTEST: f64 = 7.0;

fn sung(score: &Score) -> impl Iterator<Item = &SungLine> {
    score.vocal.iter().flat_map(|v| &v.lines)
}

fn syllables(score: &Score) -> Vec<&Syllable> {
    sung(score).flat_map(SungLine::syllables).collect()
}

fn words(score: &Score) -> Vec<String> {
    let words = sung(score).flat_map(|l| &l.words);
    words.map(|w| w.text.to_lowercase()).collect()
}

fn written(text: &str) -> Vec<String> {
    Lyrics::parse(text).words().map(|w| w.to_lowercase()).collect()
}

fn notes(score: &Score) -> Vec<Note> {
    sung(score).flat_map(SungLine::notes).copied().collect()
}

fn tracks(score: &Score) -> Vec<Track> {
    score.reels.iter().map(|r| r.track).collect()
}

/// Fastest line in syllables a second.
fn haste(score: &Score) -> f64 {
    sung(score)
        .map(|line| {
            let (first, last) = (line.notes().next().unwrap(), line.notes().last().unwrap());
            let seconds = score.tempo.at(last.start + last.length) - score.tempo.at(first.start);
            line.syllables().count() as f64 / seconds
        })
        .fold(0.0, f64::max)
}

/// Share of the stressed syllables on a beat, and of the unstressed ones.
fn on_beats(score: &Score) -> (f64, f64) {
    let all = syllables(score);
    let share = |stressed: bool| {
        let of: Vec<&&Syllable> = all.iter().filter(|s| (s.stress > 1) == stressed).collect();
        let on = of.iter().filter(|s| s.notes[0].start % score.meter.beat() == 0).count();
        on as f64 / of.len().max(1) as f64
    };
    (share(true), share(false))
}

/// The band's pitched notes by instrument: how much of `a` is not in `b`, 0–1.
fn band_distance(a: &Score, b: &Score) -> f64 {
    let notes = |s: &Score| -> std::collections::BTreeSet<(String, u32, u8)> {
        let parts = s.parts.iter();
        parts
            .flat_map(|p| p.notes.iter().map(|n| (p.name.clone(), n.start, n.pitch)))
            .collect()
    };
    let (a, b) = (notes(a), notes(b));
    1.0 - a.intersection(&b).count() as f64 / a.len().max(1) as f64
}

fn tagged(tags: &str, lyrics: Option<&str>, take: u32) -> Brief {
    Brief {
        tags: tags.into(),
        ..ask(lyrics, take)
    }
}

fn refused(result: Result<Score, ComposeError>, word: &str) {
    match result {
        Err(ComposeError::Invalid(text)) => assert!(text.contains(word), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn known_words_find_the_notes_they_were_sung_on() {
    let (mut right, mut all) = (0, 0);
    for (i, style) in STYLES.iter().enumerate() {
        for seed in 0..3 {
            let source = song(style, 300 + 10 * i as u64 + seed);
            let recording = heard(&source);
            let known = edit::with_words(&recording, SONG, None).unwrap();
            assert_eq!(known.check(), Ok(()));
            assert_eq!(words(&known), written(SONG));
            assert_eq!((&known.reels, &known.heard), (&recording.reels, &recording.heard));
            assert_eq!(known.tempo, recording.tempo);
            let vocal = known.vocal.as_ref().unwrap();
            assert_eq!(vocal.singer.gender, source.vocal.as_ref().unwrap().singer.gender);
            let (truth, found) = (syllables(&source), syllables(&known));
            assert_eq!(truth.len(), found.len());
            for (a, b) in truth.iter().zip(&found) {
                all += 1;
                right += usize::from(a.notes[0].start.abs_diff(b.notes[0].start) <= 120);
            }
        }
    }
    let share = f64::from(right as u32) / f64::from(all as u32);
    println!("{share:.3} of {all} syllables begin where they were sung");
    assert!(share > 0.9, "{share}");
}

#[test]
fn new_words_are_sung_on_a_heard_melody() {
    let (mut stressed, mut unstressed, mut count) = (0.0, 0.0, 0.0);
    let mut fastest: f64 = 0.0;
    for (i, style) in STYLES.iter().enumerate() {
        for seed in 0..2 {
            let source = heard(&song(style, 400 + 10 * i as u64 + seed));
            for text in [
                MORE,
                &format!("{MORE}\n{MORE}"),
                "[verse]\nOne short line\n[chorus]\nAnother one",
            ] {
                let other = STYLES[(i + 2) % STYLES.len()];
                let cover = edit::cover(&source, &tagged(other, Some(text), 0), None).unwrap();
                whole(&cover);
                assert_eq!(words(&cover), written(text));
                assert!(cover.reels.is_empty() && cover.heard.is_none());
                let (a, b) = on_beats(&cover);
                stressed += a;
                unstressed += b;
                count += 1.0;
                fastest = fastest.max(haste(&cover));
                let singer = &cover.vocal.as_ref().unwrap().singer;
                for n in notes(&cover) {
                    assert!(
                        n.pitch + 6 >= singer.low && n.pitch <= singer.high + 6,
                        "{} for {} – {}",
                        n.pitch,
                        singer.low,
                        singer.high
                    );
                }
            }
        }
    }
    let (stressed, unstressed) = (stressed / count, unstressed / count);
    println!("on a beat: {stressed:.3} of the stressed, {unstressed:.3} of the unstressed syllables");
    println!("fastest line: {fastest:.2} syllables a second");
    assert!(stressed > unstressed + 0.1, "{stressed} against {unstressed}");
    assert!(fastest <= FASTEST * 1.05, "{fastest}");
}

#[test]
fn a_cover_is_as_long_as_its_words_need_and_a_recorded_band_is_not() {
    let source = heard(&song("Pop", 450));
    let much = [MORE; 4].join("\n");
    let cover = edit::cover(&source, &tagged("folk", Some(&much), 0), None).unwrap();
    whole(&cover);
    assert_eq!(words(&cover), written(&much));
    assert!(
        cover.seconds > source.seconds,
        "{} of {}",
        cover.seconds,
        source.seconds
    );
    assert!(haste(&cover) <= FASTEST * 1.05);
    let endless = "la ".repeat(3000);
    for result in [
        edit::cover(&source, &tagged("folk", Some(&endless), 0), None),
        edit::swap_vocals(&source, &ask(Some(&endless), 0), None),
        edit::with_words(&source, &endless, None),
    ] {
        assert!(matches!(result, Err(ComposeError::TooLong { .. })));
    }
}

#[test]
fn a_cover_of_a_recording_keeps_its_melody_and_form() {
    for (i, style) in STYLES.iter().enumerate() {
        let truth = song(style, 500 + i as u64);
        let source = heard(&truth);
        let other = STYLES[(i + 3) % STYLES.len()];
        let cover = edit::cover(&source, &tagged(other, Some(SONG), 0), None).unwrap();
        whole(&cover);
        let form = |s: &Score| s.sections.iter().map(|s| (s.name.clone(), s.start)).collect::<Vec<_>>();
        assert_eq!(form(&cover), form(&source));
        let by = (i32::from(cover.key.tonic) - i32::from(source.key.tonic)).rem_euclid(12);
        let places = |notes: Vec<Note>, by: i32| -> std::collections::BTreeSet<(Tick, i32)> {
            notes
                .iter()
                .map(|n| (n.start, (i32::from(n.pitch) + by).rem_euclid(12)))
                .collect()
        };
        let (old, new) = (places(notes(&truth), by), places(notes(&cover), 0));
        let kept = old.intersection(&new).count() as f64 / old.len() as f64;
        assert!(kept > 0.85, "{style} as {other}: {kept:.2} of the melody is kept");
        assert!(cover.tempo.marks.len() <= cover.sections.len(), "our bands keep time");
        let second = edit::cover(&source, &tagged(other, Some(SONG), 1), None).unwrap();
        assert!(band_distance(&cover, &second) > 0.3, "{style} as {other}");

        let played = edit::cover(&source, &tagged(other, None, 0), None).unwrap();
        whole(&played);
        assert!(played.vocal.is_none() && played.reels.is_empty());
        let leads = played.parts.iter().filter(|p| p.role == PartRole::Lead);
        let lead = places(leads.flat_map(|p| p.notes.iter().copied()).collect(), 0);
        let by = (i32::from(played.key.tonic) - i32::from(source.key.tonic)).rem_euclid(12);
        let old = places(notes(&truth), by);
        let kept = old.intersection(&lead).count() as f64 / old.len() as f64;
        assert!(
            kept > 0.85,
            "{style} played as {other}: {kept:.2} of the melody is kept"
        );
    }
    // Without words for a style it keeps the one that was heard; a tune is covered, too.
    for style in STYLES {
        let source = heard(&tune(style, 9));
        let cover = edit::cover(&source, &ask(None, 0), None).unwrap();
        whole(&cover);
        assert_eq!(cover.style, source.style);
    }
}

#[test]
fn a_recorded_voice_gets_another_band_on_its_beats() {
    for (i, style) in STYLES.iter().enumerate() {
        let source = heard(&song(style, 600 + i as u64));
        let other = STYLES[(i + 1) % STYLES.len()];
        let swapped = edit::swap_sound(&source, &tagged(other, None, 0)).unwrap();
        whole(&swapped);
        assert_eq!(swapped.tempo, source.tempo);
        assert_eq!(swapped.seconds, source.seconds);
        assert_eq!(
            swapped.reels,
            [Reel {
                track: Track::Voice,
                ..source.reels[0].clone()
            }]
        );
        assert!(swapped.parts.iter().all(|p| p.id != "harmony" && p.id != "melody"));
        assert!(swapped.labels.gender == source.labels.gender && swapped.heard.is_none());
        let second = edit::swap_sound(&source, &tagged(other, None, 1)).unwrap();
        assert!(band_distance(&swapped, &second) > 0.3, "{style} as {other}");

        let bars = Span {
            from: Some(source.tempo.at(8 * source.meter.bar())),
            to: Some(source.tempo.at(16 * source.meter.bar())),
        };
        let partly = edit::add_instrumental(&source, bars, &tagged(other, None, 0)).unwrap();
        whole(&partly);
        assert_eq!(tracks(&partly), [Track::Whole, Track::Voice, Track::Whole]);
        assert!((partly.reels[1].from - bars.from.unwrap()).abs() < 1e-9);
        assert!((partly.reels[1].to - bars.to.unwrap()).abs() < 1e-9);
    }
    refused(edit::swap_sound(&heard(&tune("Pop", 4)), &ask(None, 0)), "Nobody sings");
    refused(edit::swap_sound(&tune("Pop", 4), &ask(None, 0)), "Nobody sings");
}

#[test]
fn a_piece_of_ours_keeps_voice_or_band() {
    for (i, style) in STYLES.iter().enumerate() {
        let source = song(style, 700 + i as u64);
        let other = STYLES[(i + 4) % STYLES.len()];
        let swapped = edit::swap_sound(&source, &tagged(other, None, 0)).unwrap();
        whole(&swapped);
        let (a, b) = (swapped.vocal.as_ref().unwrap(), source.vocal.as_ref().unwrap());
        assert_eq!((&a.singer, &a.lines), (&b.singer, &b.lines));
        assert_eq!((&swapped.tempo, &swapped.sections), (&source.tempo, &source.sections));
        assert!(band_distance(&swapped, &source) > 0.5, "{style} as {other}");
        let second = edit::swap_sound(&source, &tagged(other, None, 1)).unwrap();
        assert!(band_distance(&swapped, &second) > 0.3, "{style} as {other}");

        let mut singers = Vec::new();
        for take in 0..2 {
            let voice = edit::swap_vocals(&source, &ask(None, take), None).unwrap();
            whole(&voice);
            assert_eq!(voice.parts, source.parts);
            assert_eq!((voice.master, &voice.tempo), (source.master, &source.tempo));
            assert_eq!(words(&voice), words(&source));
            let (old, new) = (notes(&source), notes(&voice));
            let by = i32::from(new[0].pitch) - i32::from(old[0].pitch);
            assert_eq!(by % 12, 0);
            for (a, b) in old.iter().zip(&new) {
                assert_eq!(
                    (a.start, a.length, i32::from(a.pitch) + by, a.nudge),
                    (b.start, b.length, i32::from(b.pitch), b.nudge)
                );
            }
            let singer = voice.vocal.unwrap().singer;
            assert_ne!(singer, b.singer);
            singers.push(singer);
        }
        assert_ne!(singers[0], singers[1]);
        let asked = Brief {
            tags: "husky male vocals".into(),
            ..ask(Some(MORE), 0)
        };
        let voice = edit::swap_vocals(&source, &asked, None).unwrap();
        whole(&voice);
        assert_eq!(words(&voice), written(MORE));
        assert_eq!(voice.parts, source.parts);
        assert_eq!(voice.vocal.unwrap().singer.gender, Gender::Male);
    }
    refused(
        edit::swap_vocals(&tune("Rock", 4), &ask(Some(MORE), 0), None),
        "Nobody sings",
    );
}

#[test]
fn a_recorded_band_gets_another_singer() {
    for (i, style) in STYLES.iter().enumerate() {
        for (source, text) in [
            (heard(&song(style, 800 + i as u64)), MORE),
            (
                heard(&tune(style, 800 + i as u64)),
                "[verse]\nA gull is walking on the wall\nThe day is hardly here at all",
            ),
        ] {
            let swapped = edit::swap_vocals(&source, &ask(Some(text), 0), None).unwrap();
            assert_eq!(swapped.check(), Ok(()));
            assert_eq!(words(&swapped), written(text));
            assert_eq!(
                swapped.reels,
                [Reel {
                    track: Track::Band,
                    ..source.reels[0].clone()
                }]
            );
            assert_eq!((&swapped.tempo, swapped.key), (&source.tempo, source.key));
            // Of a note that two syllables share the second begins within it.
            let heard = |n: &&Note| {
                let tune = &source.parts[0].notes;
                tune.iter()
                    .any(|s| (s.start..s.start + s.length).contains(&n.start) && s.pitch % 12 == n.pitch % 12)
            };
            let sung = notes(&swapped);
            let same = sung.iter().filter(heard).count();
            assert!(
                same as f64 > 0.7 * sung.len() as f64,
                "{style}: {same} of {}",
                sung.len()
            );
            let singer = swapped.vocal.unwrap().singer;
            let outside = sung
                .iter()
                .filter(|n| n.pitch > singer.high + 4 || n.pitch + 4 < singer.low)
                .count();
            assert!(outside * 50 <= sung.len(), "{style}: {outside} notes outside the range");
        }
    }
    refused(
        edit::swap_vocals(&heard(&song("Pop", 5)), &ask(None, 0), None),
        "give the lyrics",
    );
}

#[test]
fn a_voice_is_added_to_a_recording() {
    for (i, style) in STYLES.iter().enumerate() {
        for source in [heard(&song(style, 900 + i as u64)), heard(&tune(style, 900 + i as u64))] {
            let all = edit::add_vocals(&source, Span::default(), &ask(Some(MORE), 0), None).unwrap();
            assert_eq!(all.check(), Ok(()));
            assert_eq!(words(&all), written(MORE));
            assert_eq!(tracks(&all), [Track::Band]);
            let second = edit::add_vocals(&source, Span::default(), &ask(Some(MORE), 1), None).unwrap();
            assert_ne!(notes(&all), notes(&second));
            let bars = Span {
                from: Some(source.tempo.at(8 * source.meter.bar())),
                to: Some(source.tempo.at(16 * source.meter.bar())),
            };
            let text = "[verse]\nThe lamps go out along the pier";
            let partly = edit::add_vocals(&source, bars, &ask(Some(text), 0), None).unwrap();
            assert_eq!(partly.check(), Ok(()));
            let want: &[Track] = if source.labels.gender.is_empty() {
                &[Track::Band]
            } else {
                &[Track::Whole, Track::Band, Track::Whole]
            };
            assert_eq!(tracks(&partly), want);
        }
    }
}
