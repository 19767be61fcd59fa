//! Edits of recordings: what stays is the recording itself, cut on its own bar lines.

use catbird_music::{ComposeError, edit};
use catbird_score::{Brief, Joins, PartRole, Reel, Score, Track, Wish, WishKind};

use super::{
    MORE, STYLES, ask,
    heard::{CLIP, heard},
    song, tune, whole,
};

/// A heard song or tune of a style.
pub fn recording(style: &str, seed: u64, sung: bool) -> Score {
    heard(&if sung { song(style, seed) } else { tune(style, seed) })
}

pub fn after(score: &Score) -> (u32, f64) {
    match score.joins {
        Some(Joins::After { tick, seconds }) => (tick, seconds),
        _ => panic!("it continues something"),
    }
}

/// The seconds of the piece in which nothing but the recording sounds, and that it is 1:1 there.
fn plain(score: &Score) -> Vec<(f64, f64)> {
    let whole = score.reels.iter().filter(|r| r.track == Track::Whole);
    whole
        .map(|r| {
            assert_eq!(r.clip, CLIP);
            assert!((r.source(r.from) - r.from).abs() < 1e-9 && (r.source(r.to) - r.to).abs() < 1e-9);
            (r.from, r.to)
        })
        .collect()
}

/// Notes that would be heard: those of parts that were written, outside of whole reels.
fn played(score: &Score, from: f64, to: f64) -> usize {
    let ours = score.parts.iter().filter(|p| !edit::recorded::is_heard(p));
    ours.flat_map(|p| &p.notes)
        .filter(|n| (from - 1e-6..to - 1e-6).contains(&score.tempo.at(n.start)))
        .count()
}

#[test]
fn a_recording_is_continued_on_its_bar_line_and_joined_exactly() {
    for (i, style) in STYLES.into_iter().enumerate() {
        for sung in [true, false] {
            let source = recording(style, 3 + i as u64, sung);
            for (at, lyrics) in [
                (None, Some(MORE)),
                (Some(0.1), None),
                (Some(21.7), Some(MORE)),
                (Some(source.seconds), None),
            ] {
                let new = edit::extend(&source, at, &ask(lyrics, 0), None).unwrap();
                whole(&new);
                let (tick, seconds) = after(&new);
                let bar = source.meter.bar();
                assert!(tick > 0 && tick % bar == 0);
                assert!(
                    (source.tempo.at(tick) - seconds).abs() < 1e-9,
                    "a bar line of the recording"
                );
                if let Some(at) = at.filter(|at| *at > 5.0 && *at < source.seconds) {
                    let gap = |t: u32| (source.tempo.at(t) - at).abs();
                    assert!(
                        gap(tick) <= gap(tick - bar).min(gap(tick + bar)) + 0.02,
                        "the nearest one"
                    );
                }
                if at == Some(0.1) {
                    assert_eq!(tick, bar);
                }
                assert_eq!(new.vocal.is_some(), lyrics.is_some());
                assert!(new.reels.is_empty() && new.heard.is_none());
                assert_eq!(new.key, source.key_at(tick));
                let bpm = new.tempo.bpm_at(0);
                assert!(new.tempo.marks.iter().all(|m| m.bpm == bpm), "steady");
                let back = tick.saturating_sub(8 * bar);
                let mean = f64::from(tick - back) / 8.0 / (source.tempo.at(tick) - source.tempo.at(back));
                assert!((mean - bpm).abs() < 1e-6, "{mean} {bpm}");
                assert!((new.master.lufs - source.heard.as_ref().unwrap().lufs).abs() < 1e-6);
                assert!(new.parts.iter().any(|p| p.role != PartRole::Lead));
                assert!(new.parts.iter().all(|p| !edit::recorded::is_heard(p)));

                let joined = edit::join(&[source.clone(), new.clone()]).unwrap();
                whole(&joined);
                assert!((joined.tempo.at(tick) - seconds).abs() < 1e-6);
                assert!((joined.seconds - (seconds + new.seconds - new.tempo.lead_seconds)).abs() < 1e-6);
                assert_eq!(plain(&joined), [(0.0, seconds)]);
                assert_eq!(played(&joined, 0.0, seconds), 0, "nobody plays into the recording");
                assert_eq!(
                    played(&joined, seconds, 1e9),
                    new.parts.iter().map(|p| p.notes.len()).sum::<usize>()
                );
                for tick in (0..tick).step_by(480) {
                    assert!((joined.tempo.at(tick) - source.tempo.at(tick)).abs() < 1e-9);
                }
                assert_eq!(joined.style, new.style);
            }
        }
    }
}

#[test]
fn a_joined_recording_is_edited_like_any_piece() {
    for style in ["Pop", "Jazz", "Electronic"] {
        let source = recording(style, 8, true);
        let first = edit::extend(&source, Some(30.0), &ask(Some(MORE), 0), None).unwrap();
        let joined = edit::join(&[source.clone(), first.clone()]).unwrap();
        let (tick, seam) = after(&first);
        // Again, from the end of what we wrote: the same band.
        let second = edit::extend(&joined, None, &ask(Some(MORE), 1), None).unwrap();
        whole(&second);
        assert_eq!(second.style, first.style);
        assert_eq!(
            second.vocal.as_ref().unwrap().singer,
            first.vocal.as_ref().unwrap().singer
        );
        assert_eq!(second.master, first.master);
        assert!(
            (second.tempo.bpm_at(0) - first.tempo.bpm_at(0)).abs() < 1e-6,
            "our tempo goes on"
        );
        let names = |s: &Score| {
            s.parts
                .iter()
                .map(|p| p.name.clone())
                .collect::<std::collections::BTreeSet<_>>()
        };
        let (a, b) = (names(&first), names(&second));
        assert!(a.intersection(&b).count() * 2 >= a.len().min(b.len()), "{a:?} {b:?}");
        let long = edit::join(&[joined.clone(), second.clone()]).unwrap();
        whole(&long);
        assert_eq!(plain(&long), [(0.0, seam)]);
        // The chain in one go is the same piece.
        let (tick_2, _) = after(&second);
        let mut moved = second.clone();
        moved.joins = Some(Joins::After {
            tick: tick_2 - tick,
            seconds: first.tempo.at(tick_2 - tick),
        });
        let chain = edit::join(&[source.clone(), first.clone(), moved]).unwrap();
        assert_eq!((chain.seconds, &chain.reels), (long.seconds, &long.reels));
        // A cut before the seam leaves less of the recording, and nothing of ours.
        let early = edit::extend(&joined, Some(20.0), &ask(None, 0), None).unwrap();
        let short = edit::join(&[joined.clone(), early.clone()]).unwrap();
        whole(&short);
        assert_eq!(plain(&short), [(0.0, after(&early).1)]);
        // A section across the seam.
        let new = edit::replace(
            &joined,
            seam - 8.0,
            seam + 8.0,
            &ask(Some("We cross the bridge tonight"), 0),
            None,
        )
        .unwrap();
        whole(&new);
        let reels = plain(&new);
        assert!(
            reels.len() == 1 && reels[0].1 < seam - 2.0 && reels[0].1 >= seam - 8.04,
            "{reels:?}"
        );
        assert!(new.patch.is_none() && new.heard.is_none());
        for remaining in [
            edit::extend(&new, Some(seam), &ask(None, 0), None).unwrap(),
            edit::replace(&new, 3.0, 12.0, &ask(None, 1), None).unwrap(),
        ] {
            whole(&remaining);
        }
    }
}

#[test]
fn a_section_of_a_recording_is_replaced_between_its_bar_lines() {
    for (i, style) in STYLES.into_iter().enumerate() {
        let source = recording(style, 5 + i as u64, i % 2 == 0);
        for lyrics in [
            None,
            Some("The rain is walking down the lane\nAnd every window knows my name"),
        ] {
            for (from, to) in [(20.3, 42.9), (0.0, 14.0), (30.0, source.seconds)] {
                let new = edit::replace(&source, from, to, &ask(lyrics, 0), None).unwrap();
                whole(&new);
                assert!(new.patch.is_none() && new.heard.is_none());
                assert_eq!(
                    (new.seconds, &new.tempo, &new.chords, &new.sections),
                    (source.seconds, &source.tempo, &source.chords, &source.sections)
                );
                let reels = plain(&new);
                // Seams are the heard bar lines, inward of what was asked.
                let lines: Vec<f64> = (0..=source.end() / 1920).map(|b| source.tempo.at(b * 1920)).collect();
                let on_line = |s: f64| s == 0.0 || s == source.seconds || lines.iter().any(|l| (l - s).abs() < 1e-6);
                let covered: f64 = reels.iter().map(|(a, b)| b - a).sum();
                assert!(reels.iter().all(|(a, b)| on_line(*a) && on_line(*b)), "{reels:?}");
                let gap = source.seconds - covered;
                assert!(
                    gap > to - from - 6.0 && gap < to - from + 0.1,
                    "{gap} for {from} to {to}"
                );
                for (a, b) in &reels {
                    assert_eq!(played(&new, *a, *b), 0, "outside it is the recording alone");
                    assert!(*b <= from + 3.2 || *a >= to - 3.2 || *a == 0.0, "{reels:?}");
                }
                let hole = reels.first().filter(|r| r.0 == 0.0).map_or(0.0, |r| r.1);
                assert!(played(&new, hole, hole + gap) > 10, "a band plays inside");
                assert!(
                    new.parts
                        .iter()
                        .filter(|p| edit::recorded::is_heard(p))
                        .flat_map(|p| &p.notes)
                        .all(|n| {
                            let at = new.tempo.at(n.start);
                            at < hole || at >= hole + gap - 1e-6
                        })
                );
                assert_eq!(new.vocal.is_some(), lyrics.is_some());
                let other = edit::replace(&source, from, to, &ask(lyrics, 1), None).unwrap();
                assert_eq!(other.reels, new.reels);
                assert_ne!(other.parts, new.parts);
                assert!((new.master.lufs + 14.0).abs() < 1e-6);

                let section = edit::section(&source, &new, from, to).unwrap();
                whole(&section);
                assert!(section.reels.is_empty() && section.tempo.lead_seconds < 0.11);
                assert!(section.parts.iter().all(|p| !edit::recorded::is_heard(p)));
                assert_eq!(edit::join(std::slice::from_ref(&section)).unwrap(), new);
                // And once more, somewhere else.
                let again = edit::replace(&new, 46.0, 58.0, &ask(None, 2), None).unwrap();
                whole(&again);
            }
        }
    }
}

#[test]
fn the_brief_says_what_the_band_of_a_recording_is() {
    let source = recording("Pop", 2, true);
    let with = |style: &str| Brief {
        wishes: vec![Wish::new(WishKind::Genre, style)],
        ..ask(Some(MORE), 0)
    };
    let styles: Vec<String> = ["Jazz", "Rock", "Folk"]
        .iter()
        .map(|s| edit::extend(&source, None, &with(s), None).unwrap().style)
        .collect();
    assert!(styles[0] != styles[1] && styles[1] != styles[2], "{styles:?}");
    let plain = edit::extend(&source, None, &ask(Some(MORE), 0), None).unwrap();
    assert_eq!(plain.style, source.style);
    let gender = |s: &Score| match s.vocal.as_ref().unwrap().singer.gender {
        catbird_score::Gender::Female => "Female",
        catbird_score::Gender::Male => "Male",
    };
    assert_eq!(
        gender(&plain),
        source.labels.gender,
        "a voice like the one that is heard"
    );
    let man = Brief {
        tags: "male vocals".into(),
        ..ask(Some(MORE), 0)
    };
    assert_eq!(gender(&edit::extend(&source, None, &man, None).unwrap()), "Male");
    let (a, b) = (plain, edit::extend(&source, None, &ask(Some(MORE), 1), None).unwrap());
    assert_ne!(a.vocal, b.vocal);
}

#[test]
fn odd_recordings_are_continued_too() {
    // Shorter than a bar, silent, without a melody, without any note.
    let mut source = recording("Pop", 4, false);
    source.parts.clear();
    source.heard.as_mut().unwrap().lufs = -70.0;
    let new = edit::extend(&source, None, &ask(Some(MORE), 0), None).unwrap();
    whole(&new);
    assert!((-24.0..-6.0).contains(&new.master.lufs));
    whole(&edit::replace(&source, 10.0, 20.0, &ask(Some("A word is enough"), 0), None).unwrap());
    let mut short = edit::cut::window(&recording("Pop", 4, true), 0, 1920);
    short.seconds = 1.2;
    short.heard = source.heard.clone();
    short.reels = vec![Reel::plain(CLIP, Track::Whole, 0.0, 1.2, 0.0)];
    let new = edit::extend(&short, Some(0.1), &ask(None, 0), None).unwrap();
    let joined = edit::join(&[short.clone(), new]).unwrap();
    whole(&joined);
    assert_eq!(plain(&joined), [(0.0, 1.2)]);
    assert!(matches!(
        edit::extend(&short, Some(5.0), &ask(None, 0), None),
        Err(ComposeError::Invalid(_))
    ));
}
