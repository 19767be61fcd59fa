//! What comes after a piece, and chains of pieces.

use catbird_music::{ComposeError, edit};
use catbird_score::{Brief, Joins, Note, PartRole, Role, Score, Wish, WishKind};

use super::{MORE, STYLES, ask, lines, overlap, pitches, same_identity, song, tune, whole};

#[test]
fn an_extension_belongs_to_its_song() {
    let (mut own, mut foreign, mut takes) = (0.0, 0.0, 0.0);
    let mut n = 0.0;
    for (i, style) in STYLES.into_iter().enumerate() {
        for seed in [3, 11] {
            let source = song(style, seed);
            let new = edit::extend(&source, None, &ask(Some(MORE), 0), None).unwrap();
            whole(&new);
            same_identity(&new, &source);
            let Some(Joins::After { tick, seconds }) = new.joins else {
                panic!("an extension knows what it continues")
            };
            assert!(tick % source.meter.bar() == 0 && (source.tempo.at(tick) - seconds).abs() < 1e-9);
            assert!(seconds > source.seconds - 8.0);
            assert_eq!(new.key, source.key_at(tick));
            assert!(new.tempo.marks.iter().all(|m| m.bpm == source.tempo.bpm_at(tick - 1)));
            let hook = |s: &Score| pitches(lines(s, Role::Chorus).into_iter().take(4));
            let other = song(STYLES[(i + 1) % STYLES.len()], seed + 1);
            own += overlap(&hook(&new), &hook(&source), 3);
            foreign += overlap(&hook(&other), &hook(&source), 3);
            let second = edit::extend(&source, None, &ask(Some(MORE), 1), None).unwrap();
            same_identity(&second, &source);
            let verse = |s: &Score| pitches(lines(s, Role::Verse));
            takes += overlap(&verse(&new), &verse(&second), 8);
            n += 1.0;
        }
    }
    let (own, foreign, takes) = (own / n, foreign / n, takes / n);
    println!(
        "chorus 3-grams shared with its own song {own:.2}, with another {foreign:.2}; verses of two takes (8-grams) {takes:.2}"
    );
    assert!(own > 0.6 && own > 2.0 * foreign, "{own} against {foreign}");
    assert!(takes < 0.35, "{takes}");
}

#[test]
fn without_words_the_band_goes_on_and_ends() {
    for style in ["rock", "jazz", "calm", "dance/edm"] {
        let source = tune(style, 5);
        let new = edit::extend(&source, None, &ask(None, 0), None).unwrap();
        whole(&new);
        same_identity(&new, &source);
        assert!(
            new.vocal.is_none() && (25.0..70.0).contains(&new.seconds),
            "{}",
            new.seconds
        );
        assert_eq!(new.chords.last().unwrap().chord.root, new.key.tonic);
        let lead = |s: &Score| -> Vec<u8> {
            let lead = s.parts.iter().find(|p| p.role == PartRole::Lead).unwrap();
            lead.notes.iter().map(|n| n.pitch).collect()
        };
        let second = edit::extend(&source, None, &ask(None, 1), None).unwrap();
        assert_ne!(lead(&new), lead(&second), "{style}");
        assert!(overlap(&lead(&new), &lead(&source), 4) > overlap(&lead(&new), &lead(&tune(style, 6)), 4));
    }
    // Where no lead plays, the takes differ by who accompanies.
    for seed in 1..12 {
        let source = tune("calm", seed);
        let take = |n| edit::extend(&source, None, &ask(None, n), None).unwrap().parts;
        assert!(take(0) != take(1), "seed {seed}");
    }
    let asked = Brief {
        seconds: Some(33.3),
        ..ask(None, 0)
    };
    assert_eq!(
        edit::extend(&tune("jazz", 2), Some(20.0), &asked, None)
            .unwrap()
            .seconds,
        33.3
    );
}

#[test]
fn a_chain_is_one_piece_on_one_grid() {
    for style in STYLES {
        let source = song(style, 4);
        let first = edit::extend(&source, Some(41.0), &ask(Some(MORE), 0), None).unwrap();
        let second = edit::extend(&first, None, &ask(None, 1), None).unwrap();
        let joined = edit::join(&[source.clone(), first.clone(), second.clone()]).unwrap();
        whole(&joined);
        assert_eq!(joined.title, source.title);
        assert_eq!(joined.tempo.marks, source.tempo.marks, "one tempo");
        let Some(Joins::After { tick: a, seconds }) = first.joins else {
            panic!()
        };
        let Some(Joins::After { tick: b, .. }) = second.joins else {
            panic!()
        };
        assert!((seconds - 41.0).abs() < 2.0 * 60.0 / source.tempo.bpm_at(0) * 4.0);
        // Every note of every piece stands where its piece begins.
        for (piece, at, until) in [(&source, 0, a), (&first, a, a + b), (&second, a + b, u32::MAX)] {
            for part in &piece.parts {
                let in_piece = |n: &&Note| n.start < until - at;
                let sounds: Vec<_> = part
                    .notes
                    .iter()
                    .filter(in_piece)
                    .map(|n| (n.start + at, n.pitch, n.nudge))
                    .collect();
                let same = joined.parts.iter().find(|p| p.sound == part.sound && p.id == part.id);
                let Some(same) = same else {
                    assert!(sounds.is_empty());
                    continue;
                };
                let there: Vec<_> = same
                    .notes
                    .iter()
                    .filter(|n| n.start >= at && n.start < until)
                    .map(|n| (n.start, n.pitch, n.nudge))
                    .collect();
                assert_eq!(there, sounds, "{}", part.id);
            }
        }
        let expected = source.tempo.at(a) + first.tempo.at(b) - first.tempo.lead_seconds + second.seconds
            - second.tempo.lead_seconds;
        assert!((joined.seconds - expected).abs() < 1e-9);
    }
}

#[test]
fn chains_that_do_not_fit_are_refused() {
    let (a, b) = (song("Pop", 1), song("Jazz", 2));
    let after_b = edit::extend(&b, None, &ask(None, 0), None).unwrap();
    let invalid = |pieces: &[Score]| matches!(edit::join(pieces), Err(ComposeError::Invalid(_)));
    assert!(invalid(&[]) && invalid(std::slice::from_ref(&a)) && invalid(&[a.clone(), b.clone()]));
    assert!(invalid(&[a, after_b.clone()]), "an extension of another piece");
    assert!(invalid(&[after_b]));
    assert!(edit::fragment(&b).is_err());
}

#[test]
fn places_outside_the_piece_are_refused() {
    let source = tune("jazz", 2);
    for at in [0.0, -3.0, source.seconds + 0.5, f64::NAN, f64::INFINITY] {
        let Err(ComposeError::Invalid(text)) = edit::extend(&source, Some(at), &ask(None, 0), None) else {
            panic!("{at} was taken")
        };
        assert!(text.contains(&format!("{:.2}", source.seconds)), "{text}");
    }
    assert!(edit::extend(&source, Some(source.seconds), &ask(None, 0), None).is_ok());
    let short = Brief {
        seconds: Some(5.0),
        ..ask(Some(MORE), 0)
    };
    assert!(matches!(
        edit::extend(&source, None, &short, None),
        Err(ComposeError::TooLong { .. })
    ));
}

#[test]
fn every_kind_of_piece_can_be_continued_anywhere() {
    let source = song("Pop", 6);
    let section = source.tempo.at(8 * 1920);
    let sampled = edit::sample(&source, section, section + 9.0, &ask(None, 0), None).unwrap();
    let replaced = edit::replace(&source, section, section + 12.0, &ask(None, 0), None).unwrap();
    let cover = Brief {
        wishes: vec![Wish::new(WishKind::Genre, "Jazz")],
        ..ask(None, 0)
    };
    let covered = edit::cover(&source, &cover, None).unwrap();
    let extended = edit::extend(&source, None, &ask(Some(MORE), 0), None).unwrap();
    let joined = edit::join(&[source.clone(), extended.clone()]).unwrap();
    let cut_out = edit::fragment(&replaced).unwrap();
    for (name, piece) in [
        ("sampled", sampled),
        ("replaced", replaced),
        ("covered", covered),
        ("extended", extended),
        ("joined", joined),
        ("cut out", cut_out),
    ] {
        for (i, share) in [0.2, 0.51, 0.77, 1.0].into_iter().enumerate() {
            let lyrics = [None, Some(MORE)][i % 2];
            let at = share * piece.seconds;
            let new = edit::extend(&piece, Some(at), &ask(lyrics, 0), None).unwrap();
            whole(&new);
            same_identity(&new, &piece);
            let stop = new.chords.last().unwrap().start;
            let ends = new.parts.iter().any(|p| p.notes.iter().any(|n| n.start == stop));
            assert!(ends, "{name} at {at}: nobody ends it");
            let Some(Joins::After { seconds, .. }) = new.joins else {
                panic!()
            };
            let bar = piece.tempo.at(1920) - piece.tempo.at(0);
            assert!(
                (seconds - at).abs() <= 1.6 * bar || share == 1.0,
                "{name}: {seconds} for {at}"
            );
            let last = edit::join(&[
                Score {
                    joins: None,
                    reels: Vec::new(),
                    heard: None,
                    ..piece.clone()
                },
                new,
            ])
            .unwrap();
            whole(&last);
        }
    }
}

#[test]
fn style_words_colour_the_band_and_do_not_change_it() {
    let source = song("Rock", 12);
    let with = |word: &str| Brief {
        tags: word.into(),
        ..ask(Some(MORE), 0)
    };
    let plain = edit::extend(&source, None, &ask(Some(MORE), 0), None).unwrap();
    let drums = |s: &Score| {
        s.parts
            .iter()
            .filter(|p| p.role == PartRole::Drums)
            .map(|p| p.notes.len())
            .sum::<usize>()
    };
    assert!(drums(&plain) > 20);
    let bare = edit::extend(&source, None, &with("no drums"), None).unwrap();
    whole(&bare);
    assert_eq!(drums(&bare), 0);
    same_identity(&bare, &source);
    let guest = edit::extend(&source, None, &with("saxophone solo"), None).unwrap();
    whole(&guest);
    let names = |s: &Score| s.parts.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
    assert!(
        names(&guest).iter().any(|n| n.to_lowercase().contains("sax")),
        "{:?}",
        names(&guest)
    );
    assert!(!names(&source).iter().any(|n| n.to_lowercase().contains("sax")));
    // The tags of the song itself, sent again, change nothing.
    let tagged = catbird_music::compose(
        &Brief {
            tags: "rock, energetic, driving".into(),
            lyrics: Some(super::SONG.into()),
            seed: 4,
            ..Brief::default()
        },
        None,
    )
    .unwrap();
    let again = edit::extend(&tagged, None, &with("Driving, rock"), None).unwrap();
    let silent = edit::extend(&tagged, None, &ask(Some(MORE), 0), None).unwrap();
    assert_eq!(again.parts, silent.parts);
}
