//! Recordings that are no tidy songs: every edit takes them.

use catbird_music::{ComposeError, edit};
use catbird_score::{PartRole, Reel, Score, Track, Wish, WishKind};

use super::{
    MORE, ask,
    heard::CLIP,
    recording::{after, recording},
    song, whole,
};

/// Every edit of a recording, with and without words.
fn all_edits(source: &Score) {
    let far = source.seconds * 0.6;
    for lyrics in [None, Some(MORE)] {
        for at in [None, Some(0.1), Some(far)] {
            let new = edit::extend(source, at, &ask(lyrics, 0), None).unwrap();
            whole(&new);
            whole(&edit::join(&[source.clone(), new]).unwrap());
        }
        let short = lyrics.map(|_| "A word is enough");
        let (from, to) = (source.seconds * 0.3, far);
        let new = edit::replace(source, from, to, &ask(short, 0), None).unwrap();
        whole(&new);
        assert!(!edit::section(source, &new, from, to).unwrap().parts.is_empty());
        whole(&edit::sample(source, from, to, &ask(lyrics, 0), None).unwrap());
        whole(&edit::mashup(source, &recording("Pop", 1, true), &ask(None, 0), None).unwrap());
        whole(&edit::mashup(source, &song("Rock", 1), &ask(None, 1), None).unwrap());
    }
    whole(&edit::concat(&[source.clone(), recording("Pop", 1, true)], true).unwrap());
    whole(&edit::concat(&[song("Pop", 1), source.clone()], true).unwrap());
}

#[test]
fn every_edit_takes_whatever_the_ear_may_hear() {
    let plain = recording("Pop", 7, true);
    // A form of one section, a long introduction before the first beat, notes between the beats.
    let mut one = plain.clone();
    one.sections.truncate(1);
    one.sections[0].length = plain.end();
    for part in &mut one.parts {
        for (i, note) in part.notes.iter_mut().enumerate() {
            note.start += [0, 17, 31][i % 3];
        }
        part.notes.sort_by_key(|n| n.start);
    }
    one.tempo.lead_seconds = 6.3;
    one.seconds += 6.3;
    one.reels = vec![Reel::plain(CLIP, Track::Whole, 0.0, one.seconds, 0.0)];
    all_edits(&one);
    // Very fast, very slow.
    for factor in [0.45, 1.9] {
        let mut other = plain.clone();
        other.tempo.marks.iter_mut().for_each(|m| m.bpm *= factor);
        other.seconds = other.tempo.at(other.end()) - 0.4;
        let end = other.tempo.tick_at(other.seconds) as u32;
        for part in &mut other.parts {
            part.notes = edit::cut::notes_between(&part.notes, 0, end);
        }
        other.reels = vec![Reel::plain(CLIP, Track::Whole, 0.0, other.seconds, 0.0)];
        all_edits(&other);
    }
    // Nothing but sound.
    let mut none = plain;
    none.parts.clear();
    none.sections.clear();
    none.chords.clear();
    none.labels = catbird_score::Labels::default();
    *none.heard.as_mut().unwrap() = catbird_score::Heard {
        lufs: -70.0,
        ..catbird_score::Heard::default()
    };
    all_edits(&none);
}

/// A recording whose bars have other beats: the bar lines of a song of ours drawn anew.
fn in_metre(beats: u8, unit: u8) -> Score {
    let mut source = recording("Folk", 3, true);
    source.meter = catbird_score::Meter { beats, unit };
    let bar = source.meter.bar();
    let end = source.end() / bar * bar;
    source.sections.retain(|s| s.start + bar <= end);
    let lines: Vec<u32> = source
        .sections
        .iter()
        .map(|s| s.start.next_multiple_of(bar))
        .chain([end])
        .collect();
    for (section, edges) in source.sections.iter_mut().zip(lines.windows(2)) {
        (section.start, section.length) = (edges[0], edges[1] - edges[0]);
    }
    source.chords.retain(|c| c.start < end);
    let last = source.chords.last_mut().unwrap();
    last.length = end - last.start;
    source
}

#[test]
fn a_waltz_stays_one() {
    for (beats, unit) in [(3, 4), (6, 8)] {
        let source = in_metre(beats, unit);
        assert_eq!(source.check(), Ok(()));
        let bar = source.meter.bar();
        for style in ["Rock", "Pop", "Jazz"] {
            let brief = catbird_score::Brief {
                wishes: vec![Wish::new(WishKind::Genre, style)],
                ..ask(Some(MORE), 0)
            };
            let new = edit::extend(&source, Some(20.0), &brief, None).unwrap();
            assert_eq!(new.check(), Ok(()));
            assert_eq!(new.meter, source.meter);
            assert!(after(&new).0.is_multiple_of(bar));
            // The drummer counts as the recording does: what is struck falls on its beats.
            let drums: Vec<_> = new.parts.iter().filter(|p| p.role == PartRole::Drums).collect();
            let kicks: Vec<u32> = drums
                .iter()
                .flat_map(|p| &p.notes)
                .filter(|n| matches!(n.pitch, 35 | 36))
                .map(|n| n.start)
                .collect();
            let grid = if style == "Jazz" { 40 } else { 120 };
            let on = kicks.iter().filter(|t| t.is_multiple_of(grid)).count();
            assert!(on * 10 >= kicks.len() * 9, "{style}: {on} of {}", kicks.len());
            whole(&edit::join(&[source.clone(), new]).unwrap());
        }
        whole(&edit::replace(&source, 12.0, 25.0, &ask(None, 0), None).unwrap());
        whole(&edit::sample(&source, 12.0, 22.0, &ask(None, 0), None).unwrap());
        assert!(matches!(
            edit::mashup(&source, &song("Pop", 1), &ask(None, 0), None),
            Err(ComposeError::Invalid(_))
        ));
    }
}
