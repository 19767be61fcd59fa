//! Who sings, and how: voices chosen, duets, backing, rap, phrasing, and all of it through every edit.
#![expect(clippy::unwrap_used, reason = "a test may")]

mod backing;
mod duets;
mod edits;
mod phrasing;
mod rap;
mod voices;

use catbird_music::compose;
use catbird_score::{Brief, By, Chorister, Score, Singer, SungLine, Vocal};

/// A song with two verses and choruses that come back.
pub const LYRICS: &str = "[Verse 1]\nThe kettle hums at half past five\nA coin of light is on the floor\nI count the reasons to be alive\nAnd leave my worry at the door\n[Chorus]\nCarry the morning over the hill\nCarry the river into the sea\nIf you are waiting I love you still\nOpen the window and come to me\n[Verse 2]\nThe city wakes beneath the rain\nA silver train is rolling by\nI write your name upon the pane\nAnd draw a bird against the sky\n[Chorus]\nCarry the morning over the hill\nCarry the river into the sea\nIf you are waiting I love you still\nOpen the window and come to me";

/// The same with singers named in every way there is.
pub const DUET: &str = "[Verse 1: Female]\nThe kettle hums at half past five\nA coin of light is on the floor\n[Verse 2 - Male]\nThe city wakes beneath the rain\nA silver train is rolling by\n[Chorus]\n[Both]\nCarry the morning over the hill\nCarry the river into the sea\n[Bridge]\nMale: If you are waiting\nFemale: I love you still\n[Chorus: Duet]\nCarry the morning over the hill\nCarry the river into the sea";

/// A request to sing `lyrics`.
pub(crate) fn brief(tags: &str, lyrics: &str, seed: u64) -> Brief {
    Brief {
        lyrics: Some(lyrics.to_owned()),
        tags: tags.to_owned(),
        seed,
        ..Brief::default()
    }
}

/// The song of it.
pub(crate) fn song(tags: &str, lyrics: &str, seed: u64) -> Score {
    let score = compose(&brief(tags, lyrics, seed), None).unwrap();
    assert_eq!(score.check(), Ok(()));
    score
}

/// Who sings in it.
pub(crate) fn vocal(score: &Score) -> &Vocal {
    score.vocal.as_ref().expect("somebody sings")
}

/// Every line with who sings it.
pub(crate) fn voices(vocal: &Vocal) -> Vec<(&Singer, &SungLine)> {
    let lead = vocal.lines.iter().map(|l| {
        let who = match l.by {
            By::Partner => vocal.partner.as_ref().expect("a line of nobody"),
            By::Lead => &vocal.singer,
        };
        (who, l)
    });
    let others = vocal
        .backing
        .iter()
        .flat_map(|c| c.lines.iter().map(move |l| (&c.singer, l)));
    lead.chain(others).collect()
}

/// Nobody leaves the range, sings two notes at once, or sings outside the song.
pub(crate) fn sane(score: &Score, what: &str) {
    let vocal = vocal(score);
    for (who, line) in voices(vocal) {
        for note in line.notes() {
            assert!(
                (who.low..=who.high).contains(&note.pitch),
                "{what}: {} of {}..={} in “{}” by {}",
                note.pitch,
                who.low,
                who.high,
                line.text,
                who.name
            );
        }
        assert!(line.section < score.sections.len(), "{what}: no section");
    }
    for chorister in &vocal.backing {
        let mut last = 0;
        for note in chorister.lines.iter().flat_map(SungLine::notes) {
            assert!(
                note.start >= last,
                "{what}: {} sings two notes at once at {last}",
                chorister.name
            );
            assert!(note.length > 0 && (1..=127).contains(&note.velocity));
            last = note.start + note.length;
        }
        assert!(
            score.tempo.at(last) <= score.seconds,
            "{what}: {} sings on",
            chorister.name
        );
    }
}

/// The lead's line that a chorister's line goes with.
pub(crate) fn beside<'a>(vocal: &'a Vocal, line: &SungLine) -> Option<&'a SungLine> {
    let start = line.notes().next()?.start;
    vocal
        .lines
        .iter()
        .find(|l| l.notes().any(|n| n.start == start) && (l.text == line.text || l.text.ends_with(&line.text)))
}

/// Choristers who sing words of the lead.
pub(crate) fn with_words(vocal: &Vocal) -> impl Iterator<Item = &Chorister> {
    vocal
        .backing
        .iter()
        .filter(|c| c.name != "calls" && !c.name.ends_with("pad"))
}
