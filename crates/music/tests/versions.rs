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
            let other = &style::all()[(i + 5 + seed as usize) % style::all().len()].id;
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
        let other = &style::all()[(i + 7) % style::all().len()].id;
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

/// How far two scores of one form are apart: master, then channels and hands, then sounds and fills.
fn remastered(a: &Score, b: &Score) -> f64 {
    let m = |s: &Score| {
        let m = s.master;
        [
            m.lufs,
            m.high_db,
            m.low_db,
            m.glue * 10.0,
            m.width * 10.0,
            m.drive * 10.0,
            m.reverb_seconds,
        ]
    };
    let mut d: f64 = m(a).iter().zip(m(b)).map(|(x, y)| f64::from((x - y).abs())).sum();
    for (p, q) in a.parts.iter().zip(&b.parts) {
        let c = |p: &catbird_score::Part| {
            let c = p.channel;
            [c.gain_db, c.pan * 5.0, c.reverb * 10.0, c.tilt_db]
        };
        d += c(p)
            .iter()
            .zip(c(q))
            .map(|(x, y)| f64::from((x - y).abs()))
            .sum::<f64>();
        d += if p.sound == q.sound { 0.0 } else { 5.0 };
        let grid = |p: &catbird_score::Part| {
            p.notes
                .iter()
                .map(|n| (n.start, n.pitch))
                .collect::<std::collections::BTreeSet<_>>()
        };
        d += grid(p).symmetric_difference(&grid(q)).count() as f64 * 0.1;
        if p.notes.len() == q.notes.len() {
            let moved: f64 = p
                .notes
                .iter()
                .zip(&q.notes)
                .map(|(x, y)| f64::from((x.nudge - y.nudge).abs()))
                .sum();
            d += moved / p.notes.len() as f64;
        }
    }
    d
}

#[test]
fn a_remaster_grows_with_its_strength_and_keeps_the_song() {
    use catbird_score::Strength::{High, Normal, Subtle};
    let mut figures = [0.0; 3];
    for (i, s) in style::all().iter().enumerate() {
        for source in [song(&s.id, 80 + i as u64), piece(&s.id, 90 + i as u64)] {
            let mut b = Brief {
                seed: 5 + i as u64,
                ..Brief::default()
            };
            let made = [Subtle, Normal, High].map(|strength| edit::remaster(&source, strength, &b).unwrap());
            let d = [0, 1, 2].map(|k| remastered(&made[k], &source));
            assert!(0.5 < d[0] && 1.5 * d[0] < d[1] && 1.2 * d[1] < d[2], "{}: {d:?}", s.id);
            for k in 0..3 {
                figures[k] += d[k] / 34.0;
                sound(&made[k]);
                assert_eq!(notes(&made[k]), notes(&source));
                assert_eq!(words(&made[k]), words(&source));
                assert_eq!((made[k].seconds, &made[k].chords), (source.seconds, &source.chords));
            }
            assert_eq!((&made[0].parts, &made[0].vocal), (&source.parts, &source.vocal));
            b.take = 1;
            for (k, strength) in [Subtle, Normal, High].into_iter().enumerate() {
                let other = edit::remaster(&source, strength, &b).unwrap();
                assert!(remastered(&other, &made[k]) > 0.4, "{} {strength:?}: two takes", s.id);
            }
        }
    }
    println!("mean distance from the source: subtle, normal, high = {figures:.1?}");
}

fn over(from: f64, to: f64) -> catbird_score::Span {
    catbird_score::Span {
        from: Some(from),
        to: Some(to),
    }
}

/// The notes of all parts outside a span of seconds.
fn outside(score: &Score, from: f64, to: f64) -> Vec<(u32, u8, u8)> {
    let mut all: Vec<(u32, u8, u8)> = score
        .parts
        .iter()
        .flat_map(|p| &p.notes)
        .filter(|n| !(from..to).contains(&(score.tempo.at(n.start) + 1e-6)))
        .map(|n| (n.start, n.pitch, n.velocity))
        .collect();
    all.sort_unstable();
    all
}

#[test]
fn a_voice_is_added_to_every_style() {
    let (mut fit, mut count) = (0.0, 0.0);
    for (i, s) in style::all().iter().enumerate() {
        for (seed, source) in [(1, piece(&s.id, 100 + i as u64)), (2, song(&s.id, 120 + i as u64))] {
            let mut b = Brief {
                lyrics: Some(LYRICS.replace("kettle", "kitchen")),
                seed,
                ..Brief::default()
            };
            let made = edit::add_vocals(&source, catbird_score::Span::default(), &b, None).unwrap();
            sound(&made);
            let want: Vec<String> = catbird_music::Lyrics::parse(b.lyrics.as_ref().unwrap())
                .words()
                .map(|w| w.to_lowercase())
                .collect();
            assert_eq!(words(&made), want, "{}", s.id);
            assert_eq!(
                (&made.chords, &made.tempo, made.seconds),
                (&source.chords, &source.tempo, source.seconds)
            );
            assert!(made.patch.is_none());
            for part in made.parts.iter().filter(|p| p.role != PartRole::Lead) {
                let was = source.parts.iter().find(|q| q.id == part.id).unwrap();
                assert_eq!(part.notes.len(), was.notes.len(), "{}: the band stays", part.id);
            }
            // Speech has no tune.
            let sung: Vec<(u32, u32, u8)> = made
                .vocal
                .iter()
                .flat_map(|v| &v.lines)
                .filter(|l| l.delivery == catbird_score::Delivery::Sung)
                .flat_map(SungLine::notes)
                .map(|n| (n.start, n.length, n.pitch))
                .collect();
            if !sung.is_empty() {
                fit += fitting(&made, &sung);
                count += 1.0;
            }
            b.take = 1;
            let other = edit::add_vocals(&source, catbird_score::Span::default(), &b, None).unwrap();
            assert_ne!(notes(&other), notes(&made), "{}: two takes", s.id);
        }
    }
    println!("added voices: {:.3} of long notes are chord tones", fit / count);
    assert!(fit / count > 0.85);
}

#[test]
fn a_voice_is_added_to_a_span_only() {
    let b = Brief {
        lyrics: Some("Somebody left the radio on\nAnd all the birds are singing along".into()),
        voice: catbird_score::VoiceWish {
            gender: Some(Gender::Male),
            ..Default::default()
        },
        seed: 3,
        ..Brief::default()
    };
    let source = piece("pop", 7);
    let made = edit::add_vocals(&source, over(20.0, 40.0), &b, None).unwrap();
    sound(&made);
    let patch = made.patch.as_ref().unwrap();
    assert!((patch.from - 20.0).abs() < 1.5 && (patch.to - 40.0).abs() < 1.5);
    let lines = catbird_score::timings::timed_lines(&made);
    for l in &lines {
        // A singer may be some milliseconds ahead of the bar.
        let inside = l.start >= patch.from - 0.02 && l.end <= patch.to + 0.1;
        assert!(inside, "{} – {}: {:.2} – {:.2} s", patch.from, patch.to, l.start, l.end);
    }
    assert_eq!(made.vocal.as_ref().unwrap().singer.gender, Gender::Male);
    assert_eq!(
        outside(&made, patch.from, patch.to),
        outside(&source, patch.from, patch.to)
    );

    let source = song("pop", 8);
    let made = edit::add_vocals(&source, over(20.0, 40.0), &b, None).unwrap();
    sound(&made);
    let patch = made.patch.as_ref().unwrap();
    let of = |s: &Score| -> Vec<(String, i64)> {
        let lines = catbird_score::timings::timed_lines(s).into_iter();
        let words = lines
            .flat_map(|l| l.words)
            .filter(|w| w.end < patch.from || w.start > patch.to);
        words.map(|w| (w.word, (w.start * 1000.0) as i64)).collect()
    };
    assert_eq!(of(&made), of(&source), "the voice outside the span stays");
    assert_eq!(
        made.vocal.as_ref().unwrap().singer,
        source.vocal.as_ref().unwrap().singer
    );
    assert!(words(&made).contains(&"radio".to_owned()));

    let bad = |span, lyrics: Option<String>| {
        let brief = Brief {
            lyrics,
            ..Brief::default()
        };
        edit::add_vocals(&source, span, &brief, None).unwrap_err().to_string()
    };
    let text = || Some("la la la".to_owned());
    assert!(bad(catbird_score::Span::default(), None).contains("no lyrics"));
    assert!(bad(catbird_score::Span::default(), Some("[verse]".into())).contains("no lyrics"));
    assert!(bad(over(10.0, 10.0), text()).contains("no length"));
    assert!(bad(over(1e6, 2e6), text()).contains("only"));
    assert!(bad(over(10.0, 10.2), text()).contains("bar"));
    assert!(bad(over(f64::NAN, 3.0), text()).contains("number"));
    assert!(bad(over(10.0, 20.0), Some(LYRICS.into())).contains("too short"));
}

#[test]
fn a_band_is_added_under_the_voice_that_stays() {
    for (i, s) in style::all().iter().enumerate() {
        let other = &style::all()[(i + 3) % style::all().len()].id;
        let source = song(&s.id, 140 + i as u64);
        let mut b = brief(other, 5);
        let made = edit::add_instrumental(&source, catbird_score::Span::default(), &b).unwrap();
        sound(&made);
        assert_eq!(made.vocal.as_ref().unwrap().lines, source.vocal.as_ref().unwrap().lines);
        assert_eq!(
            made.vocal.as_ref().unwrap().singer,
            source.vocal.as_ref().unwrap().singer
        );
        assert_eq!(
            (&made.tempo, made.seconds, &made.style),
            (&source.tempo, source.seconds, other)
        );
        assert!(band_distance(&made, &source) > 0.5);
        b.take = 1;
        let second = edit::add_instrumental(&source, catbird_score::Span::default(), &b).unwrap();
        assert!(
            band_distance(&second, &made) > 0.05,
            "{other}: {}",
            band_distance(&second, &made)
        );

        let part = edit::add_instrumental(&source, over(15.0, 35.0), &b).unwrap();
        assert_eq!(part.check(), Ok(()));
        let patch = part.patch.as_ref().unwrap();
        assert_eq!(
            outside(&part, patch.from, patch.to),
            outside(&source, patch.from, patch.to)
        );
        assert_eq!(part.vocal.as_ref().unwrap().lines, source.vocal.as_ref().unwrap().lines);
        assert_eq!(part.seconds, source.seconds);
    }
    let e = edit::add_instrumental(&piece("pop", 1), catbird_score::Span::default(), &brief("jazz", 1)).unwrap_err();
    assert!(e.to_string().contains("no vocals to accompany"));
}

/// Melodic intervals of all voices and leads.
fn grams(score: &Score, n: usize) -> std::collections::BTreeSet<Vec<i32>> {
    let mut out = std::collections::BTreeSet::new();
    let sung: Vec<u8> = notes(score).iter().map(|n| n.2).collect();
    let leads = score.parts.iter().filter(|p| p.role == PartRole::Lead);
    let lines = leads.map(|p| p.notes.iter().map(|n| n.pitch).collect::<Vec<_>>());
    for line in lines.chain([sung]) {
        let steps: Vec<i32> = line.windows(2).map(|w| i32::from(w[1]) - i32::from(w[0])).collect();
        out.extend(steps.windows(n).map(<[i32]>::to_vec));
    }
    out
}

#[test]
fn a_mashup_keeps_both_sides_recognisable_in_every_style() {
    for (i, s) in style::all().iter().enumerate() {
        let other = &style::all()[(i + 4) % style::all().len()].id;
        let seed = 200 + i as u64;
        for (kind, a, b) in [
            (
                "two songs",
                song(&s.id, seed),
                compose(
                    &Brief {
                        lyrics: Some(LYRICS.replace("morning", "thunder").replace("kettle", "engine")),
                        ..brief(other, seed + 50)
                    },
                    None,
                )
                .unwrap(),
            ),
            ("song and instrumental", song(&s.id, seed + 1), piece(other, seed + 51)),
            ("instrumental and song", piece(&s.id, seed + 2), song(other, seed + 52)),
            ("two instrumentals", piece(&s.id, seed + 3), piece(other, seed + 53)),
        ] {
            let mut brief = Brief {
                seed,
                ..Brief::default()
            };
            let made = edit::mashup(&a, &b, &brief, None).unwrap();
            sound(&made);
            assert!(
                (40.0..330.0).contains(&made.seconds),
                "{kind} {} {other}: {} s",
                s.id,
                made.seconds
            );
            assert_eq!(made.vocal.is_some(), a.vocal.is_some() || b.vocal.is_some());
            let m = grams(&made, 4);
            for (name, side) in [("first", &a), ("second", &b)] {
                let of = grams(side, 4);
                let share = of.intersection(&m).count() as f64 / of.len() as f64;
                assert!(
                    share > 0.25,
                    "{kind} of {} and {other}: {share:.2} of the {name} is heard",
                    s.id
                );
            }
            if kind == "two songs" {
                let w = words(&made);
                assert!(w.contains(&"thunder".to_owned()) && w.contains(&"morning".to_owned()));
                let top = notes(&made).iter().map(|n| n.2).max().unwrap();
                let singer = &made.vocal.as_ref().unwrap().singer;
                assert!(top <= singer.high + 5, "{top} for a singer up to {}", singer.high);
            }
            brief.take = 1;
            let second = edit::mashup(&a, &b, &brief, None).unwrap();
            let d = band_distance(&second, &made);
            assert!(d > 0.15, "{kind} of {} and {other}: two takes {d:.2}", s.id);
            brief.lyrics = Some("[verse]\nSilver is the number on the gate\nNobody remembers how we came this late\n[chorus]\nRing it out, ring it out again".into());
            let resung = edit::mashup(&a, &b, &brief, None).unwrap();
            sound(&resung);
            let want: Vec<String> = catbird_music::Lyrics::parse(brief.lyrics.as_ref().unwrap())
                .words()
                .map(|w| w.to_lowercase())
                .collect();
            assert_eq!(words(&resung), want, "{kind}");
        }
    }
}

#[test]
fn edits_can_be_edited() {
    use catbird_score::{Span, Strength};
    for (i, id) in ["pop", "rock", "jazz", "hip_hop", "house", "folk"]
        .into_iter()
        .enumerate()
    {
        let seed = 300 + i as u64;
        let source = song(id, seed);
        let b = |style: &str| Brief {
            lyrics: None,
            ..brief(style, seed + 7)
        };
        let more = Brief {
            lyrics: Some("[verse]\nAnother row of windows\nAnother line of rain".into()),
            seed,
            ..Brief::default()
        };
        let extension = edit::extend(&source, None, &more, None).unwrap();
        let joined = edit::join(&[source.clone(), extension.clone()]).unwrap();
        let replaced = edit::replace(&source, 20.0, 32.0, &more, None).unwrap();
        for (name, start) in [
            ("piece", &source),
            ("extension", &extension),
            ("joined", &joined),
            ("replaced", &replaced),
        ] {
            let cover = edit::cover(start, &b("bossa"), None).unwrap();
            sound(&cover);
            let again = edit::cover(&cover, &b("rock"), None).unwrap();
            sound(&again);
            assert_eq!(words(&again), words(start), "{name}");
            assert_eq!(again.style, "rock");
            let remaster = edit::remaster(&cover, Strength::High, &b("pop")).unwrap();
            sound(&remaster);
            let voiced = edit::add_vocals(&cover, Span::default(), &more, None).unwrap();
            sound(&voiced);
            let banded = edit::add_instrumental(&remaster, Span::default(), &b("funk")).unwrap();
            sound(&banded);
            let mash = edit::mashup(
                &again,
                start,
                &Brief {
                    seed,
                    ..Brief::default()
                },
                None,
            )
            .unwrap();
            sound(&mash);
            for edited in [&cover, &remaster, &voiced, &banded, &mash] {
                let on = edit::extend(edited, None, &more, None).unwrap();
                assert_eq!(on.check(), Ok(()));
                let singer = |s: &Score| s.vocal.as_ref().unwrap().singer.clone();
                assert_eq!(singer(&on), singer(edited), "{name}: the voice goes on");
                let whole = edit::join(&[edited.clone(), on]).unwrap();
                assert_eq!(whole.check(), Ok(()));
                if edited.seconds > 60.0 {
                    let (from, to) = (0.3 * edited.seconds, 0.5 * edited.seconds);
                    let span = edit::replace(edited, from, to, &more, None).unwrap();
                    assert_eq!(span.check(), Ok(()));
                }
            }
        }
    }
}

#[test]
fn a_persona_sings_every_style_and_take_with_its_own_voice() {
    let source = song("folk", 21);
    let singer = source.vocal.unwrap().singer;
    for s in style::all() {
        for take in 0..2 {
            let mut b = brief(&s.id, 22);
            b.lyrics = Some(LYRICS.into());
            b.take = take;
            b.voice.singer = Some(singer.clone());
            let made = compose(&b, None).unwrap();
            assert_eq!(made.vocal.as_ref().unwrap().singer, singer, "{} take {take}", s.id);
            let cover = edit::cover(&song(&s.id, 23), &b, None).unwrap();
            assert_eq!(cover.vocal.unwrap().singer, singer);
        }
    }
}

#[test]
fn two_takes_share_less_than_a_third_of_their_figures() {
    let mut worst = (0.0, String::new());
    for (i, s) in style::all().iter().enumerate() {
        for sung in [true, false] {
            let mut b = brief(&s.id, 400 + i as u64);
            b.lyrics = sung.then(|| LYRICS.into());
            let first = compose(&b, None).unwrap();
            b.take = 1;
            let second = compose(&b, None).unwrap();
            // Eight notes have seven intervals.
            let (x, y) = (grams(&first, 7), grams(&second, 7));
            let share = x.intersection(&y).count() as f64 / x.len().min(y.len()).max(1) as f64;
            if share > worst.0 {
                worst = (share, format!("{} sung: {sung}", s.id));
            }
            if let (Some(a), Some(b)) = (&first.vocal, &second.vocal) {
                assert_ne!(a.singer, b.singer, "{}: another voice", s.id);
            }
            let d = band_distance(&first, &second);
            assert!(d > 0.4, "{} sung {sung}: bands {d:.2}", s.id);
        }
    }
    println!(
        "two takes share at most {:.3} of their 8-note figures ({})",
        worst.0, worst.1
    );
    assert!(worst.0 < 0.3);
}

#[test]
fn the_closer_a_cover_the_more_of_chords_and_tempo_stays() {
    let weights = [0.0, 0.25, 0.5, 0.75, 1.0];
    let (mut chords, mut tempo) = ([0.0; 5], [0.0; 5]);
    for (i, s) in style::all().iter().enumerate() {
        let other = &style::all()[(i + 9) % style::all().len()].id;
        let source = song(&s.id, 500 + i as u64);
        for (k, weight) in weights.into_iter().enumerate() {
            let mut b = brief(other, 6);
            b.audio_weight = Some(weight);
            let cover = edit::cover(&source, &b, None).unwrap();
            let by = cover.key.tonic + 12 - source.key.tonic;
            let same = (0..source.end() / 960).filter(|t| {
                let root = |s: &Score| s.chord_at(t * 960).unwrap().chord.root;
                root(&cover) == (root(&source) + by) % 12
            });
            chords[k] += same.count() as f64 / f64::from(source.end() / 960) / style::all().len() as f64;
            tempo[k] += (cover.tempo.bpm_at(0) / source.tempo.bpm_at(0)).ln().abs() / style::all().len() as f64;
        }
    }
    println!("half bars on the source's root {chords:.2?}, distance of tempo {tempo:.3?}");
    assert!(chords.windows(2).all(|w| w[0] <= w[1]) && (chords[4] - 1.0).abs() < 1e-9 && chords[0] < 0.6);
    assert!(tempo.windows(2).all(|w| w[0] > w[1]));
}
