//! A section in place of another.

use catbird_music::{ComposeError, edit};
use catbird_score::{Brief, Note, Role, Score, SungLine};

use super::{STYLES, ask, overlap, same_identity, song, tune, whole};

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
            let shared = overlap(&tune(&new), &tune(&other), 5);
            assert!(shared < 0.5, "{style}: two takes share {shared:.2}");
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
fn a_section_can_lose_its_words() {
    let source = song("Folk", 2);
    let chorus = source.sections.iter().find(|s| s.role == Role::Chorus).unwrap();
    let (from, to) = (source.tempo.at(chorus.start), source.tempo.at(chorus.end()));
    let brief = Brief {
        instrumental: true,
        ..ask(None, 0)
    };
    let new = edit::replace(&source, from, to, &brief, None).unwrap();
    whole(&new);
    let (start, end) = span(&new);
    assert!(!sung(&source, start, end).is_empty() && sung(&new, start, end).is_empty());
    assert_eq!(outside(&new, start, end), outside(&source, start, end));
}
