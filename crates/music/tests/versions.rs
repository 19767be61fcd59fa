//! Covers, remasters, added voices and bands, mash-ups: what must stay stays, what must change changes,
//! in every style, and an edit can be edited again.
#![expect(clippy::unwrap_used, reason = "a test may")]

use catbird_music::{compose, edit, style};
use catbird_score::{Brief, Gender, PartRole, Score, SungLine};

const LYRICS: &str = "[verse]\nThe kettle hums at half past five\nA coin of light is on the floor\nI count the ways to stay alive\nAnd leave my coat behind the door\n\
    [chorus]\nCarry the morning over the hill\nCarry it slowly, carry it still\n\
    [verse]\nThe tram goes singing through the square\nA paper bag is taking flight\nThere's always someone on the stair\nWho hums the song I heard last night\n\
    [chorus]\nCarry the morning over the hill\nCarry it slowly, carry it still\n\
    [bridge]\nAnd if the river turns around\nI'll know the water by its sound\n\
    [chorus]\nCarry the morning over the hill\nCarry it slowly, carry it still";

fn tag(id: &str) -> &str {
    match id {
        "hip_hop" => "hip-hop",
        "bossa" => "bossa nova",
        "future_bass" => "future bass",
        "rnb" => "r&b",
        "gufeng" => "chinese",
        other => other,
    }
}

/// A brief that names a style in the description, which every reader of briefs knows.
fn brief(style: &str, seed: u64) -> Brief {
    Brief {
        description: tag(style).to_owned(),
        seed,
        ..Brief::default()
    }
}

fn song(style: &str, seed: u64) -> Score {
    let score = compose(
        &Brief {
            lyrics: Some(LYRICS.into()),
            ..brief(style, seed)
        },
        None,
    )
    .unwrap();
    assert_eq!(score.style, style);
    score
}

fn piece(style: &str, seed: u64) -> Score {
    compose(
        &Brief {
            seconds: Some(70.0),
            ..brief(style, seed)
        },
        None,
    )
    .unwrap()
}

/// Rules of every score and of every band.
fn sound(score: &Score) {
    assert_eq!(score.check(), Ok(()));
    let ids: std::collections::BTreeSet<&str> = score.parts.iter().map(|p| p.id.as_str()).collect();
    assert_eq!(ids.len(), score.parts.len(), "part ids are unique");
    let mut at = 0;
    for c in &score.chords {
        assert_eq!(c.start, at, "the harmony is gapless");
        at = c.start + c.length;
    }
    assert_eq!(at, score.end(), "the harmony is as long as the form");
    for part in &score.parts {
        assert!(!part.notes.is_empty(), "{} is silent", part.id);
        for n in &part.notes {
            let end = score.tempo.seconds(n.onset() + f64::from(n.length));
            assert!(
                n.onset() >= 0.0 && end <= score.seconds + 0.4,
                "{}: {n:?} ends at {end} of {}",
                part.id,
                score.seconds
            );
            assert!(
                part.sound.is_drums() || (21..=110).contains(&n.pitch),
                "{}: {n:?}",
                part.id
            );
        }
    }
    assert!(score.parts.len() <= 18, "{} parts", score.parts.len());
}

fn notes(score: &Score) -> Vec<(u32, u32, u8)> {
    let lines = score.vocal.iter().flat_map(|v| &v.lines);
    lines
        .flat_map(SungLine::notes)
        .map(|n| (n.start, n.length, n.pitch))
        .collect()
}

fn words(score: &Score) -> Vec<String> {
    let lines = score.vocal.iter().flat_map(|v| &v.lines);
    lines.flat_map(|l| &l.words).map(|w| w.text.to_lowercase()).collect()
}

/// The band's notes by instrument: how much of `a` is not in `b`, 0–1.
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

/// How much of the melody (sung or led) sounds against its chords: share of long notes that are chord tones.
fn fitting(score: &Score, melody: &[(u32, u32, u8)]) -> f64 {
    let long: Vec<_> = melody.iter().filter(|n| n.1 >= 360).collect();
    let fit = long
        .iter()
        .filter(|n| score.chord_at(n.0).is_some_and(|c| c.chord.contains(n.2)))
        .count();
    fit as f64 / long.len().max(1) as f64
}

#[test]
fn a_cover_keeps_melody_words_and_form_in_every_style() {
    let (mut was, mut is) = (0.0, 0.0);
    let mut count = 0.0;
    for (i, s) in style::all().iter().enumerate() {
        for seed in 0..3 {
            let other = &style::all()[(i + 5 + seed as usize) % 17].id;
            let source = song(&s.id, 40 + seed);
            for weight in [0.0, 0.5, 1.0] {
                let mut b = brief(other, 900 + seed);
                b.audio_weight = Some(weight);
                let cover = edit::cover(&source, &b, None).unwrap();
                sound(&cover);
                assert_eq!(&cover.style, other);
                assert_eq!(words(&cover), words(&source));
                let (old, new) = (notes(&source), notes(&cover));
                assert_eq!(old.len(), new.len());
                let by = i32::from(new[0].2) - i32::from(old[0].2);
                for (a, b) in old.iter().zip(&new) {
                    assert_eq!((a.0, i32::from(a.2) + by), (b.0, i32::from(b.2)), "{} as {other}", s.id);
                }
                let form = |s: &Score| {
                    s.sections
                        .iter()
                        .map(|s| (s.role, s.start, s.length))
                        .collect::<Vec<_>>()
                };
                assert_eq!(form(&cover), form(&source));
                assert!(band_distance(&cover, &source) > 0.5, "{} as {other}", s.id);
                if weight == 0.0 {
                    was += fitting(&source, &old);
                    is += fitting(&cover, &new);
                    count += 1.0;
                }
                if weight == 1.0 {
                    assert!((cover.tempo.bpm_at(0) - source.tempo.bpm_at(0)).abs() < 1e-9);
                    let roots = |s: &Score, by: i32| -> Vec<(u32, u8)> {
                        s.chords
                            .iter()
                            .map(|c| (c.start, (i32::from(c.chord.root) + by).rem_euclid(12) as u8))
                            .collect()
                    };
                    assert_eq!(roots(&cover, 0), roots(&source, by));
                }
            }
        }
    }
    let (was, is) = (was / count, is / count);
    println!("long notes on chord tones: {was:.3} in the sources, {is:.3} in free covers");
    assert!(is > was - 0.06, "{is} against {was}");
}

#[test]
fn a_cover_takes_the_singer_asked_for() {
    let source = song("pop", 3);
    let was = source.vocal.as_ref().unwrap().singer.gender;
    let other = if was == Gender::Male {
        Gender::Female
    } else {
        Gender::Male
    };
    let mut b = brief("jazz", 4);
    b.voice.gender = Some(other);
    let cover = edit::cover(&source, &b, None).unwrap();
    let vocal = cover.vocal.as_ref().unwrap();
    assert_eq!(vocal.singer.gender, other);
    let top = notes(&cover).iter().map(|n| n.2).max().unwrap();
    assert!(
        top <= vocal.singer.high + 2,
        "{top} for a singer up to {}",
        vocal.singer.high
    );
    b.voice.gender = None;
    b.audio_weight = Some(1.0);
    let close = edit::cover(&source, &b, None).unwrap();
    assert_eq!(close.vocal.unwrap().singer, source.vocal.unwrap().singer);
}

#[test]
fn a_cover_can_have_other_words() {
    let source = song("folk", 5);
    let fits = LYRICS.replace("morning", "evening").replace("kettle", "teapot");
    let mut b = brief("rock", 6);
    b.lyrics = Some(fits.clone());
    let cover = edit::cover(&source, &b, None).unwrap();
    sound(&cover);
    let starts = |s: &Score| notes(s).iter().map(|n| n.0).collect::<Vec<_>>();
    assert_eq!(starts(&cover), starts(&source), "the same notes where the counts agree");
    assert!(words(&cover).contains(&"teapot".to_owned()));
    for text in [
        "[verse]\nOne short line\n[chorus]\nAnother",
        "Nobody told the lighthouse keeper that the harbour had been moved away\nAnd every single evening he was burning all the oil he had for nothing\n\nLa la la\nLa la la la la la la la la\n\nOh\nOh",
    ] {
        b.lyrics = Some(text.into());
        let cover = edit::cover(&source, &b, None).unwrap();
        sound(&cover);
        let want: Vec<String> = catbird_music::Lyrics::parse(text)
            .words()
            .map(|w| w.to_lowercase())
            .collect();
        assert_eq!(words(&cover), want);
    }
    b.lyrics = Some("la ".repeat(3000));
    assert!(matches!(
        edit::cover(&source, &b, None),
        Err(catbird_music::ComposeError::TooLong { .. })
    ));
}

#[test]
fn instrumentals_are_covered_and_songs_become_instrumentals() {
    for (i, s) in style::all().iter().enumerate() {
        let other = &style::all()[(i + 7) % 17].id;
        let source = piece(&s.id, 60 + i as u64);
        let cover = edit::cover(&source, &brief(other, 8), None).unwrap();
        sound(&cover);
        assert!(cover.vocal.is_none());
        let tune = |s: &Score| -> std::collections::BTreeSet<(u32, u8)> {
            let leads = s.parts.iter().filter(|p| p.role == PartRole::Lead);
            leads
                .flat_map(|p| p.notes.iter().map(|n| (n.start, n.pitch % 12)))
                .collect()
        };
        let by = (cover.key.tonic + 12 - source.key.tonic) % 12;
        let old: std::collections::BTreeSet<(u32, u8)> = tune(&source).iter().map(|n| (n.0, (n.1 + by) % 12)).collect();
        let kept = old.intersection(&tune(&cover)).count() as f64 / old.len() as f64;
        assert!(kept > 0.85, "{} as {other}: {kept:.2} of the lead is kept", s.id);

        let sung = song(&s.id, 70 + i as u64);
        let played = edit::cover_instrumental(&sung, &brief(other, 9)).unwrap();
        sound(&played);
        assert!(played.vocal.is_none() && played.brief.lyrics.is_none());
        let by = (played.key.tonic + 12 - sung.key.tonic) % 12;
        let melody: std::collections::BTreeSet<(u32, u8)> =
            notes(&sung).iter().map(|n| (n.0, (n.2 + by) % 12)).collect();
        let kept = melody.intersection(&tune(&played)).count() as f64 / melody.len() as f64;
        assert!(
            kept > 0.95,
            "{} played as {other}: {kept:.2} of the melody is kept",
            s.id
        );
    }
}

#[test]
fn two_takes_of_a_cover_differ_and_one_take_repeats() {
    for (a, b) in [("pop", "jazz"), ("rock", "bossa"), ("folk", "house"), ("rnb", "rock")] {
        let source = song(a, 11);
        let mut brief = brief(b, 12);
        let first = edit::cover(&source, &brief, None).unwrap();
        assert_eq!(first, edit::cover(&source, &brief, None).unwrap());
        brief.take = 1;
        let second = edit::cover(&source, &brief, None).unwrap();
        let d = band_distance(&first, &second);
        assert!(d > 0.3, "{a} as {b}: {d:.2}");
    }
}
