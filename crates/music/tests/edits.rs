//! Edits over several styles and seeds: what must stay stays, what must be new is new, and nothing
//! breaks the score's rules.
#![expect(clippy::unwrap_used, reason = "a test may")]

use std::collections::BTreeSet;

use catbird_music::{ComposeError, compose, edit};
use catbird_score::{Brief, Joins, Note, PartRole, Role, Score, SungLine, Wish, WishKind};

const SONG: &str = "[verse]\nThe kettle hums at half past five\nThe window keeps a coin of light\n\
    I count the boats that still arrive\nAnd fold the letters of the night\n[chorus]\n\
    Carry the morning over the hill\nCarry the morning, carry it still\nNothing is lost that we carry along\n\
    Carry the morning, carry the song\n[verse]\nThe harbour bell is slow to wake\nA gull is walking on the wall\n\
    The bread is warm enough to break\nThe day is hardly here at all\n[chorus]\n\
    Carry the morning over the hill\nCarry the morning, carry it still\nNothing is lost that we carry along\n\
    Carry the morning, carry the song";
const MORE: &str = "[verse]\nThe lamps go out along the pier\nThe tide has taken back the sand\n\
    I tell you what I could not hear\nAnd hold the silence in my hand\n[chorus]\n\
    Carry the evening down to the sea\nCarry the evening, carry it free\nNothing is gone that we carry along\n\
    Carry the evening, carry the song";
const STYLES: [&str; 6] = ["Pop", "Rock", "Jazz", "Folk", "Electronic", "R&B/Soul"];

fn song(style: &str, seed: u64) -> Score {
    let brief = Brief {
        lyrics: Some(SONG.into()),
        wishes: vec![Wish::new(WishKind::Genre, style)],
        seed,
        ..Brief::default()
    };
    compose(&brief, None).unwrap()
}

fn tune(style: &str, seed: u64) -> Score {
    let brief = Brief {
        wishes: vec![Wish::new(WishKind::Genre, style)],
        seconds: Some(80.0),
        seed,
        ..Brief::default()
    };
    compose(&brief, None).unwrap()
}

fn ask(lyrics: Option<&str>, take: u32) -> Brief {
    Brief {
        lyrics: lyrics.map(str::to_owned),
        seed: 77,
        take,
        ..Brief::default()
    }
}

fn lines(score: &Score, role: Role) -> Vec<&SungLine> {
    let vocal = score.vocal.as_ref().unwrap();
    vocal
        .lines
        .iter()
        .filter(|l| score.sections[l.section].role == role)
        .collect()
}

fn pitches<'a>(lines: impl IntoIterator<Item = &'a SungLine>) -> Vec<u8> {
    lines
        .into_iter()
        .flat_map(SungLine::syllables)
        .map(|s| s.notes.last().unwrap().pitch)
        .collect()
}

/// Interval n-grams.
fn grams(pitches: &[u8], n: usize) -> BTreeSet<Vec<i16>> {
    let steps: Vec<i16> = pitches.windows(2).map(|w| i16::from(w[1]) - i16::from(w[0])).collect();
    steps.windows(n).map(<[i16]>::to_vec).collect()
}

/// Share of the first's interval n-grams that the second has too.
fn overlap(a: &[u8], b: &[u8], n: usize) -> f64 {
    let (a, b) = (grams(a, n), grams(b, n));
    a.intersection(&b).count() as f64 / a.len().max(1) as f64
}

fn whole(score: &Score) {
    assert_eq!(score.check(), Ok(()));
    let mut at = 0;
    for c in &score.chords {
        assert_eq!(c.start, at, "the harmony is gapless");
        at += c.length;
    }
    assert_eq!(at, score.end());
    let ids: BTreeSet<&str> = score.parts.iter().map(|p| p.id.as_str()).collect();
    assert_eq!(ids.len(), score.parts.len(), "part ids are unique");
    for part in &score.parts {
        assert!(!part.notes.is_empty(), "{} is empty", part.id);
        for n in &part.notes {
            assert!(score.tempo.seconds(n.onset() + f64::from(n.length)) <= score.seconds + 0.35);
        }
    }
}

fn same_identity(new: &Score, source: &Score) {
    assert_eq!(new.meter, source.meter);
    assert_eq!(new.style, source.style);
    assert_eq!(new.master, source.master);
    if let (Some(a), Some(b)) = (&new.vocal, &source.vocal) {
        assert_eq!((&a.singer, a.channel), (&b.singer, b.channel));
    }
    for part in &new.parts {
        let same = source.parts.iter().find(|p| p.id == part.id);
        let same = same.unwrap_or_else(|| panic!("{} is new in the band", part.id));
        assert_eq!(
            (part.sound, part.channel, part.role),
            (same.sound, same.channel, same.role)
        );
    }
    assert!(new.parts.len() * 2 >= source.parts.len(), "most of the band plays on");
}

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
    assert!(takes < 0.3, "{takes}");
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
        assert_ne!(lead(&new), lead(&second));
        assert!(overlap(&lead(&new), &lead(&source), 4) > overlap(&lead(&new), &lead(&tune(style, 6)), 4));
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

/// Everything that starts outside a span of ticks, words included.
fn outside(score: &Score, from: u32, to: u32) -> Vec<(String, Note)> {
    let out = |n: &Note| n.start < from || n.start >= to;
    let mut all: Vec<(String, Note)> = Vec::new();
    for part in &score.parts {
        all.extend(part.notes.iter().filter(|n| out(n)).map(|n| (part.id.clone(), *n)));
    }
    for word in score.vocal.iter().flat_map(|v| &v.lines).flat_map(|l| &l.words) {
        let notes = word.syllables.iter().flat_map(|s| &s.notes);
        all.extend(notes.filter(|n| out(n)).map(|n| (word.text.clone(), *n)));
    }
    all
}

fn span(edited: &Score) -> (u32, u32) {
    let patch = edited.patch.as_ref().unwrap();
    let tick = |s: f64| edited.tempo.tick_at(s).round().max(0.0) as u32;
    (tick(patch.from), tick(patch.to))
}

/// The sung notes in a span.
fn sung(score: &Score, from: u32, to: u32) -> Vec<Note> {
    let lines = score.vocal.iter().flat_map(|v| &v.lines);
    lines
        .flat_map(SungLine::notes)
        .filter(|n| from <= n.start && n.start < to)
        .copied()
        .collect()
}

#[test]
fn a_replaced_section_is_new_and_everything_else_is_not() {
    let infill = "The rain is walking down the lane\nAnd every window knows my name";
    for style in STYLES {
        let source = song(style, 9);
        let chorus = source.sections.iter().find(|s| s.role == Role::Chorus).unwrap();
        let (a, b) = (source.tempo.at(chorus.start), source.tempo.at(chorus.end()));
        // Not on bar lines: the span snaps inward.
        for (from, to, lyrics) in [
            (a - 0.5, b + 0.4, None),
            (a + 0.3, b - 0.3, Some(infill)),
            (a, b, Some(infill)),
        ] {
            let new = edit::replace(&source, from, to, &ask(lyrics, 0), None).unwrap();
            whole(&new);
            same_identity(&new, &source);
            let patch = new.patch.as_ref().unwrap();
            assert_eq!(patch.base, source);
            let (start, end) = span(&new);
            assert!(start % new.meter.bar() == 0 && end % new.meter.bar() == 0);
            assert!(patch.from >= from - 0.04 && patch.to <= to + 0.04, "snapped inward");
            assert_eq!(
                (new.seconds, &new.tempo, &new.chords, &new.sections),
                (source.seconds, &source.tempo, &source.chords, &source.sections)
            );
            assert_eq!(outside(&new, start, end), outside(&source, start, end));
            assert_ne!(sung(&new, start, end), sung(&source, start, end), "a new melody");
            let words = |s: &Score| -> Vec<String> {
                s.vocal
                    .iter()
                    .flat_map(|v| &v.lines)
                    .flat_map(|l| &l.words)
                    .map(|w| w.text.clone())
                    .collect()
            };
            match lyrics {
                None => assert_eq!(words(&new), words(&source)),
                Some(_) => assert!(
                    words(&new)
                        .join(" ")
                        .contains("The rain is walking down the lane And every window knows my name")
                ),
            }
            let other = edit::replace(&source, from, to, &ask(lyrics, 1), None).unwrap();
            let tune = |s: &Score| sung(s, start, end).iter().map(|n| n.pitch).collect::<Vec<_>>();
            assert!(overlap(&tune(&new), &tune(&other), 5) < 0.5, "{style}: two takes");
            assert!(
                overlap(&tune(&new), &tune(&source), 5) < 0.5,
                "{style}: other than before"
            );

            let section = edit::fragment(&new).unwrap();
            whole(&section);
            assert_eq!(section.end(), end - start);
            assert!((section.seconds - section.tempo.lead_seconds - (patch.to - patch.from)).abs() < 1e-6);
            assert_eq!(sung(&section, 0, end).len(), sung(&new, start, end).len());
            assert_eq!(edit::join(&[section]).unwrap(), new);
        }
    }
}

#[test]
fn a_replaced_stretch_of_a_tune_has_new_parts() {
    for style in ["rock", "jazz", "calm", "dance/edm"] {
        let source = tune(style, 3);
        let from = source.tempo.at(8 * source.meter.bar());
        let to = source.tempo.at(16 * source.meter.bar());
        let takes = [0, 1].map(|take| edit::replace(&source, from, to, &ask(None, take), None).unwrap());
        for new in &takes {
            whole(new);
            same_identity(new, &source);
            let (start, end) = span(new);
            assert_eq!((start, end), (8 * 1920, 16 * 1920));
            assert_eq!(outside(new, start, end), outside(&source, start, end));
        }
        let inside = |s: &Score| -> Vec<(String, u32, u8)> {
            let notes = |p: &catbird_score::Part| {
                p.notes
                    .iter()
                    .filter(|n| (8 * 1920..16 * 1920).contains(&n.start))
                    .map(|n| (p.id.clone(), n.start, n.pitch))
                    .collect::<Vec<_>>()
            };
            s.parts.iter().flat_map(notes).collect()
        };
        assert_ne!(inside(&takes[0]), inside(&source), "{style}");
        assert_ne!(inside(&takes[0]), inside(&takes[1]), "{style}");
    }
    // The end can be replaced too, and the whole piece.
    let source = tune("jazz", 4);
    for (from, to) in [(60.0, source.seconds), (0.0, source.seconds)] {
        let new = edit::replace(&source, from, to, &ask(None, 0), None).unwrap();
        whole(&new);
        assert_eq!(new.patch.as_ref().unwrap().to, source.seconds);
        let end = new.chords.last().unwrap().start;
        assert!(
            new.parts.iter().any(|p| p.notes.iter().any(|n| n.start == end)),
            "it still ends"
        );
    }
}

#[test]
fn a_span_that_is_none_is_refused() {
    let source = song("Pop", 2);
    let refused = |from: f64, to: f64| match edit::replace(&source, from, to, &ask(None, 0), None) {
        Err(ComposeError::Invalid(text)) => text,
        other => panic!("{from} to {to}: {:?}", other.map(|s| s.title)),
    };
    for (from, to) in [
        (10.0, 10.0),
        (12.0, 9.0),
        (-1.0, 5.0),
        (f64::NAN, 3.0),
        (3.0, f64::INFINITY),
    ] {
        assert!(refused(from, to).contains("no length"));
    }
    assert!(refused(10.0, source.seconds + 5.0).contains(&format!("{:.2}", source.seconds)));
    assert!(refused(10.02, 10.1).contains("beat"));
    // A beat or two are enough.
    let beat = source.tempo.at(480) - source.tempo.at(0);
    let at = source.tempo.at(10 * 1920);
    let new = edit::replace(&source, at + 0.1 * beat, at + 3.2 * beat, &ask(None, 0), None).unwrap();
    whole(&new);
    assert_eq!(span(&new), (10 * 1920 + 480, 10 * 1920 + 3 * 480));
    let many = "one two three four five six seven eight nine ten eleven twelve\n".repeat(6);
    let Err(ComposeError::TooLong { needed, seconds, .. }) =
        edit::replace(&source, 10.0, 20.0, &ask(Some(&many), 0), None)
    else {
        panic!("72 words in ten seconds")
    };
    assert!(needed > seconds);
}

#[test]
fn a_sampled_piece_is_built_on_the_loop() {
    for (i, style) in ["Hip-hop", "Electronic", "Jazz", "Pop"].into_iter().enumerate() {
        let source = song("R&B/Soul", 6 + i as u64);
        let bar = source.meter.bar();
        let first = source.sections.iter().find(|s| s.role == Role::Verse).unwrap().start;
        let (from, to) = (source.tempo.at(first), source.tempo.at(first + 5 * bar));
        let brief = |lyrics: Option<&str>, take| Brief {
            wishes: vec![Wish::new(WishKind::Genre, style)],
            ..ask(lyrics, take)
        };
        for lyrics in [None, Some(MORE)] {
            let new = edit::sample(&source, from, to, &brief(lyrics, 0), None).unwrap();
            whole(&new);
            assert_eq!(new.vocal.is_some(), lyrics.is_some());
            assert_eq!(new.tempo.bpm_at(0), source.tempo.bpm_at(first));
            assert_eq!(new.key, source.key_at(first));
            assert!(new.parts.iter().any(|p| p.role == PartRole::Drums));
            // The four bars are heard, note for note, in the first full round.
            let loops: Vec<_> = new.parts.iter().filter(|p| p.id.starts_with("sample_")).collect();
            assert!(!loops.is_empty(), "{style}");
            for part in loops.iter().filter(|p| p.id != "sample_voice") {
                let id = part.id.trim_start_matches("sample_");
                let old = source
                    .parts
                    .iter()
                    .find(|p| p.id == id && p.sound == part.sound)
                    .unwrap();
                let notes = |p: &catbird_score::Part, at: u32| -> Vec<(u32, u8)> {
                    p.notes
                        .iter()
                        .filter(|n| (at..at + 4 * bar).contains(&n.start))
                        .map(|n| (n.start - at, n.pitch))
                        .collect()
                };
                let long = new
                    .sections
                    .iter()
                    .filter(|s| s.length >= 4 * bar && s.role == Role::Verse || s.role == Role::Chorus);
                assert!(
                    long.clone().any(|s| notes(part, s.start) == notes(old, first)),
                    "{style}: {}",
                    part.id
                );
            }
            let other = edit::sample(&source, from, to, &brief(lyrics, 1), None).unwrap();
            assert_ne!(new.parts, other.parts);
        }
    }
    assert!(matches!(
        edit::sample(&song("Pop", 1), 5.0, 4.0, &ask(None, 0), None),
        Err(ComposeError::Invalid(_))
    ));
}
