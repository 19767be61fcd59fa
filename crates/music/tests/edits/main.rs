//! Edits over several styles and seeds: what must stay stays, what must be new is new, and nothing
//! breaks the score's rules.
#![expect(clippy::unwrap_used, reason = "a test may")]

mod extend;
mod heard;
mod oddity;
mod recording;
mod replace;
mod sample;
mod tape;
mod voices;

use std::collections::BTreeSet;

use catbird_music::compose;
use catbird_score::{Brief, Role, Score, SungLine, Wish, WishKind};

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
